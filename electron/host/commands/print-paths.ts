import type { AttackPath } from '#electron/pipeline/graph/attack-paths.ts';
import type { PathsReport } from '../handlers/paths.ts';
import { shortEntity } from './print-incidents.ts';
import { printable, terminalWidth, textTable } from './text-table.ts';

const MOST_PATHS = 20, MOST_CHOKES = 10;

/** One block a path, its steps with why each is possible; then where one change cuts most. */
export function printPaths(report: PathsReport): string {
  const { paths, choke_points: chokes } = report;
  const counted = `${paths.length} attack paths to ${report.reached} of ${report.targets} targets, as of ${report.as_of}`;
  if (report.targets === 0) return 'There is nothing to look for: the policy names no crown jewels that are in the graph, and no identity is an administrator.';
  if (paths.length === 0) return `${counted}.${report.truncated ? ` Limits were hit (${report.caps.join(', ')}).` : ''}`;
  const shown = paths.slice(0, MOST_PATHS).map((path, i) => printPath(path, i + 1));
  const table = textTable([{ head: '  from', shrink: true }, { head: 'step' }, { head: 'to', shrink: true }, { head: 'paths', align: 'right' }, { head: 'cuts off', align: 'right' }],
    chokes.slice(0, MOST_CHOKES).map((c) => [`  ${shortEntity(c.source)}`, c.kind, shortEntity(c.target), String(c.paths), String(c.cuts.length)]), terminalWidth());
  return [
    `${counted}${report.truncated ? `; there may be more (limits hit: ${report.caps.join(', ')})` : ''}`, ...shown,
    ...(paths.length > MOST_PATHS ? [`and ${paths.length - MOST_PATHS} more (--json lists all)`] : []),
    ...(chokes.length > 0 ? [`Mend once, cut many\n${table}`] : []),
  ].join('\n\n');
}

function printPath(path: AttackPath, number: number): string {
  const factors = [...(path.freshness < 1 ? [`freshness ${path.freshness}`] : []), ...(path.confidence < 1 ? [`confidence ${path.confidence}`] : [])];
  const head = `${number}. ${printable(shortEntity(path.source))} → ${printable(shortEntity(path.target))} (${path.what})   rank ${path.rank.toFixed(1)}, cost ${path.cost}${factors.length > 0 ? `, ${factors.join(', ')}` : ''}`;
  const rows = path.hops.map((h) => [`   ${h.kinds.join(', ')}`, `→ ${shortEntity(h.target)}`, String(h.cost), `${h.why}${h.condition === undefined ? '' : ' (under a condition)'}`]);
  return `${head}\n${textTable([{ head: '   step' }, { head: '', shrink: true }, { head: 'cost', align: 'right' }, { head: 'why', shrink: true }], rows, terminalWidth())}`;
}
