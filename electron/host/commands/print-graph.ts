import type { showGraph } from '../handlers/graph.ts';
import { textTable, terminalWidth } from './text-table.ts';

type Found = Extract<ReturnType<typeof showGraph>, { ok: true }>['value'];

/** The slice as lists: one section a direction, edge by edge. */
export function printGraph(found: Found): string {
  const sections = Object.entries(found.slice).flatMap(([name, part]) => {
    const edges: unknown = typeof part === 'object' && part !== null && 'edges' in part ? part.edges : undefined;
    if (!Array.isArray(edges) || edges.length === 0) return [];
    const rows = edges.map((e: unknown) => ['source', 'kind', 'target', 'provenance', 'reason'].map((k) => (typeof e === 'object' && e !== null && k in e ? String(Object.entries(e).find(([key]) => key === k)?.[1] ?? '') : '')));
    return [`${name}\n${textTable([{ head: '  from', shrink: true }, { head: 'edge' }, { head: 'to', shrink: true }, { head: 'provenance' }, { head: 'why', prose: true, max: 40 }], rows.map(([a = '', ...rest]) => [`  ${a}`, ...rest]), terminalWidth())}`];
  });
  return [`${found.entity}   graph version ${found.graph_version}`, ...(sections.length > 0 ? sections : ['nothing is connected to it'])].join('\n\n');
}
