import type { AttackPath } from '#electron/pipeline/graph/attack-path.ts';
import type { PathsReport } from '../handlers/paths.ts';
import { shortEntity } from './print-incidents.ts';
import { printable, terminalWidth, textTable } from './text-table.ts';

const MOST_PATHS = 20, MOST_CHOKES = 10;

/** One block a path, its steps with why each is possible; then where one change cuts most. */
export function printPaths(report: PathsReport): string {
  const { paths, choke_points: chokes } = report;
  const counted = `${paths.length} attack paths to ${report.reached} of ${report.targets} targets, as of ${report.as_of}`;
  const nothing = report.targets === 0 ? 'There is nothing to look for: the policy names no crown jewels that are in the graph, and no identity is an administrator.' : `${counted}.${report.truncated ? ` Limits were hit (${report.caps.join(', ')}).` : ''}`;
  if (paths.length === 0) return [nothing, ...combinations(report)].join('\n\n');
  const shown = paths.slice(0, MOST_PATHS).map((path, i) => printPath(path, i + 1));
  const table = textTable([{ head: '  from', shrink: true }, { head: 'step' }, { head: 'to', shrink: true }, { head: 'paths', align: 'right' }, { head: 'cuts off', align: 'right' }],
    chokes.slice(0, MOST_CHOKES).map((c) => [`  ${nameOf(c.source)}`, c.kind, shortEntity(c.target), String(c.paths), String(c.cuts.length)]), terminalWidth());
  return [
    `${counted}${report.truncated ? `; there may be more (limits hit: ${report.caps.join(', ')})` : ''}`, ...shown,
    ...(paths.length > MOST_PATHS ? [`and ${paths.length - MOST_PATHS} more (--json lists all)`] : []),
    ...(chokes.length > 0 ? [`Mend once, cut many\n${table}`] : []), ...combinations(report),
  ].join('\n\n');
}

function printPath(path: AttackPath, number: number): string {
  const factors = [...(path.freshness < 1 ? [`freshness ${path.freshness}`] : []), ...(path.confidence < 1 ? [`confidence ${path.confidence}`] : [])];
  const head = `${number}. ${printable(nameOf(path.source))} → ${printable(shortEntity(path.target))} (${path.what})   rank ${path.rank.toFixed(1)}, cost ${path.cost}${factors.length > 0 ? `, ${factors.join(', ')}` : ''}`;
  const rows = path.hops.map((h) => [`   ${h.kinds.join(', ')}`, `→ ${shortEntity(h.target)}`, String(h.cost), `${h.why}${h.condition === undefined ? '' : ' (under a condition)'}`]);
  return `${head}\n${textTable([{ head: '   step' }, { head: '', shrink: true }, { head: 'cost', align: 'right' }, { head: 'why', prose: true }], rows, terminalWidth())}`;
}

/** Entry points that are no entity have names of their own. */
const nameOf = (urn: string): string => ({ 'entry:leaked-key': 'leaked key', 'entry:phished-user': 'phished user' })[urn] ?? shortEntity(urn);

/** What is dangerous together; open factors are marked. */
function combinations(report: PathsReport): readonly string[] {
  const rows = report.toxic_combinations.slice(0, MOST_PATHS).map((t) => [`  ${t.severity}`, shortEntity(t.entity), t.title, t.factors.map((f) => `${f.name}${f.answer === 'unknown' ? '?' : ''}`).join(', ')]);
  return rows.length === 0 ? [] : [`Toxic combinations (? is not known)\n${textTable([{ head: '  severity' }, { head: 'entity', shrink: true }, { head: 'combination', shrink: true }, { head: 'because', prose: true }], rows, terminalWidth())}`];
}
