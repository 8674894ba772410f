import { expect } from 'vitest';
import { resolvePointer } from '#shared/lib/json.ts';
import type { GraphView } from '#shared/model/resource.ts';
import type { Verdict } from '#shared/model/verdict.ts';

/** What must be said of a row of design 5-graph: by which rule, on which record and where in it, in which words; which control refuses; what is taken for granted or missing. */
export interface Said {
  readonly rule?: string; readonly source?: string; readonly pointer?: string; readonly text?: RegExp;
  readonly code?: string; readonly via?: RegExp; readonly assumed?: readonly string[]; readonly missing?: RegExp;
}
/** One row: the words of the design, and two worlds that differ in one fact, whose answers differ. */
export interface Row<World> { readonly row: string; readonly yes: World; readonly says: Said; readonly no: World; readonly instead: Said & { readonly answer?: 'no' | 'unknown' } }

/** What is wrong with a verdict: the answer, the control, a reason that stands nowhere in the records or isn't given, what is missing or taken for granted. */
function faultsOf(graph: GraphView, verdict: Verdict, answer: Verdict['answer'], said: Said): readonly string[] {
  const faults: string[] = [];
  const note = (isRight: boolean, fault: string): void => { if (!isRight) faults.push(fault); };
  note(verdict.answer === answer && verdict.blocked_by === said.code, `wanted ${answer} ${said.code ?? ''}, got ${verdict.answer} ${verdict.blocked_by ?? ''}`);
  for (const reason of verdict.reasons) {
    const record = graph.resource(reason.source);
    note(!record || resolvePointer(record.config, reason.pointer).ok, `nothing at ${reason.pointer} of ${reason.source}`);
  }
  const { text } = said;
  if (text !== undefined) note(verdict.reasons.some((r) => text.test(r.text) && (said.rule === undefined || r.rule === said.rule) && (said.source === undefined || r.source === said.source) && (said.pointer === undefined || r.pointer === said.pointer)), `no reason fits ${String(text)} ${said.rule ?? ''} ${said.source ?? ''} ${said.pointer ?? ''}`);
  if (answer === 'yes') note(verdict.via !== undefined && (said.via === undefined || said.via.test(verdict.via)), `by ${verdict.via ?? 'nothing'}`);
  if (said.assumed) note(JSON.stringify(verdict.assumed) === JSON.stringify(said.assumed), `takes ${verdict.assumed.join(', ')} for granted`);
  const missing = verdict.missing.map((m) => m.what).join('; ');
  if (answer === 'unknown') note(said.missing !== undefined ? said.missing.test(missing) : said.code !== undefined || missing !== '', `missing: ${missing}`); else note(missing === '', `missing: ${missing}`);
  return faults;
}

/** Every reason stands in a record of the graph, at a place that is there; the one that is meant is among them. */
export function expectSaid(graph: GraphView, verdict: Verdict, answer: Verdict['answer'], said: Said): void {
  const faults = faultsOf(graph, verdict, answer, said);
  const { blocked_by, via, reasons, missing, assumed } = verdict;
  expect(faults.length === 0 ? [] : [...faults, JSON.stringify({ answer: verdict.answer, blocked_by, via, reasons, missing, assumed })]).toEqual([]);
}

/** Both sides of a row. */
export function expectRow<World>({ yes, says, no, instead }: Row<World>, ask: (world: World) => { readonly graph: GraphView; readonly verdict: Verdict }): void {
  const held = ask(yes), failed = ask(no);
  expectSaid(held.graph, held.verdict, 'yes', says);
  expectSaid(failed.graph, failed.verdict, instead.answer ?? 'no', instead);
}
