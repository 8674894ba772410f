import { resolvePointer } from '#shared/lib/json.ts';
import type { GraphView } from '#shared/model/resource.ts';
import type { Answer, Missing, OpenInterval, Reachability, Reason, Verdict } from '#shared/model/verdict.ts';
import { onceApplied } from '#shared/model/untold.ts';
import { allOf, anyOf } from './kleene.ts';
import { joinPorts } from './network/port-sweep.ts';

/** One condition of a reachability table: its code is what blocks when it fails. */
export interface Row { readonly code: string; readonly answer: Answer; readonly reasons: readonly Reason[]; readonly missing?: readonly Missing[]; readonly assumed?: readonly string[] }
/** One way in: every row must hold. */
export interface Way { readonly rows: readonly Row[]; readonly open: readonly OpenInterval[]; readonly addresses: readonly string[]; readonly ruleOpens: Answer; readonly via: string }

export const row = (code: string, answer: Answer, source: string, pointer: string, text: string, more: Pick<Row, 'missing' | 'assumed'> = {}): Row => ({ code, answer, reasons: [{ rule: code, source, pointer, text }], ...more });
export const lostRow = (code: string, entity: string, what: string, supply: string): Row => ({ code, answer: 'unknown', reasons: [{ rule: code, source: entity, pointer: '', text: `${what} is not known` }], missing: [{ what, entity, supply }] });
/** A row about what the record of a thing sets and doesn't tell (`hasUntold`). */
export const untoldRow = (code: string, entity: string, what: string): Row => lostRow(code, entity, what, onceApplied);

/** One answer over all ways in: one open way is enough; of those that say the same the one with the fewest failures is told. */
export function combineWays(ways: readonly Way[]): Reachability {
  const answerOf = (way: Way): Answer => allOf(way.rows.map((r) => r.answer));
  const answer = anyOf(ways.map(answerOf));
  const failures = (way: Way): number => way.rows.filter((r) => r.answer === 'no').length + (way.addresses.length === 0 ? 0.5 : 0);
  const ranked = ways.filter((w) => answerOf(w) === answer).toSorted((a, b) => failures(a) - failures(b));
  const best = ranked[0];
  const rows = best?.rows ?? [];
  const failed = answer === 'no' ? rows.filter((r) => r.answer === 'no').map((r) => r.code) : [];
  const open = answer === 'yes' ? ranked.flatMap((w) => w.open) : [];
  const told = answer === 'no' ? [...rows.filter((r) => r.answer === 'no'), ...rows.filter((r) => r.answer !== 'no')] : rows;
  const first = failed[0];
  return {
    reachable: {
      answer, reasons: unique([...told, ...ranked.slice(1).flatMap((w) => w.rows.filter((r) => r.answer === answer).slice(0, 1))].flatMap((r) => r.reasons)),
      assumed: answer === 'unknown' ? [] : [...new Set(rows.filter((r) => answer === 'yes' || r.answer === 'no').flatMap((r) => r.assumed ?? []))],
      missing: answer === 'unknown' ? uniqueMissing(ranked.flatMap((w) => w.rows).filter((r) => r.answer === 'unknown').flatMap((r) => r.missing ?? [])) : [],
      ...(first !== undefined && { blocked_by: first }), ...(answer === 'yes' && best && { via: best.via }),
    },
    open: [...new Set(open.map((o) => o.protocol))].sort().flatMap((protocol) => joinPorts(open.filter((o) => o.protocol === protocol)).map(({ from, to }) => ({ protocol, from, to }))),
    addresses: [...new Set((answer === 'yes' ? ranked : ways).flatMap((w) => w.addresses))].sort(), failed, rule_opens: anyOf(ways.map((w) => w.ruleOpens)),
  };
}

const unique = (reasons: readonly Reason[]): readonly Reason[] => [...new Map(reasons.map((r) => [`${r.rule}\n${r.source}\n${r.pointer}\n${r.text}`, r])).values()];
const uniqueMissing = (missing: readonly Missing[]): readonly Missing[] => [...new Map(missing.map((m) => [`${m.entity}\n${m.what}`, m])).values()];

/** Reasons whose pointers lead to what is there: cut back to the nearest part that the record has, where it lacks what the reason is about. */
export function grounded(graph: GraphView, verdict: Verdict): Verdict {
  return { ...verdict, reasons: verdict.reasons.map((reason) => ({ ...reason, pointer: placeIn(graph.resource(reason.source)?.config, reason.pointer) })) };
}

function placeIn(config: unknown, pointer: string): string {
  let place = pointer;
  while (place !== '' && !resolvePointer(config, place).ok) place = place.slice(0, Math.max(0, place.lastIndexOf('/')));
  return place;
}
export const groundedReach = (graph: GraphView, found: Reachability): Reachability => ({ ...found, reachable: grounded(graph, found.reachable) });

/** An answer that one row decides. */
export const onlyRow = (only: Row): Reachability => combineWays([{ rows: [only], open: [], addresses: [], ruleOpens: 'unknown', via: only.reasons[0]?.source ?? '' }]);
