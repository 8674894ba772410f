import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { readIdentityKnowledge } from '#electron/evaluate/aws/identity-knowledge.ts';
import { evaluateIdentity } from '#electron/evaluate/aws/identity.ts';
import type { Question, QuestionAnswer } from '#electron/evaluate/platform.ts';
import { answerQuestion } from '#electron/evaluate/question.ts';
import { deriveEdges } from '#electron/pipeline/graph/build-graph.ts';
import { derivations } from '#electron/pipeline/graph/derivations.ts';
import { resolvePointer } from '#shared/lib/json.ts';
import type { Edge } from '#shared/model/resource.ts';
import type { Verdict } from '#shared/model/verdict.ts';
import { graphOf, type ResourceDraft } from '../../../../graph-of.ts';

export const A = '111122223333', B = '444455556666', OUT = '999999999999', region = 'eu-central-1';
const read = (path: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, '../../../../../resources', path), 'utf8'));
export const knowledge = (() => {
  const result = readIdentityKnowledge({ primitives: read('attack/aws-privesc-primitives.json'), additions: read('attack/aws-privesc-additions.json'), managedPolicies: read('policies/aws-managed/policies.json') });
  if (!result.ok) throw new Error(result.error);
  return result.value;
})();

export const doc = (...Statement: readonly object[]): object => ({ Version: '2012-10-17', Statement });
export const allow = (Action: unknown, Resource: unknown = '*', more: object = {}): object => ({ Effect: 'Allow', Action, Resource, ...more });
export const deny = (Action: unknown, Resource: unknown = '*', more: object = {}): object => ({ Effect: 'Deny', Action, Resource, ...more });
export const when = (operator: string, key: string, value: unknown): object => ({ Condition: { [operator]: { [key]: value } } });
export const arn = (kind: string, name: string, account = A): string => `arn:aws:iam::${account}:${kind}/${name}`;

type Edges = readonly (Partial<Edge> & Pick<Edge, 'source' | 'kind' | 'target'>)[];
/** Asks as `winnow check questions` does, with the edges that follow from the records. */
export function ask(drafts: readonly ResourceDraft[], question: Question, edges: Edges = [], accounts: readonly string[] = [A, B]): QuestionAnswer {
  const graph = graphOf(drafts, edges), inside = new Set(accounts);
  const derived = () => graphOf(drafts, [...edges, ...[...deriveEdges(graph, new Set(drafts.map((d) => d.urn)), derivations(knowledge), undefined)].flatMap((g) => g.edges)]);
  const result = answerQuestion(graph, question, {
    knowledge, accounts: inside, derived,
    blast: { isProduction: (r) => r.tags['env'] === 'prod', isSensitive: (r) => r.kind === 'bucket', isCrownJewel: () => false, tierOf: (urn) => evaluateIdentity(graph, urn, inside, knowledge).tier },
  });
  if (!result.ok) throw new Error(result.error);
  expect(unresolved(result.value, drafts)).toEqual([]);
  return result.value;
}

/** Reasons that point at no place of the record that they name; ARNs that are not in the snapshot have no places. */
export function unresolved(verdict: Verdict, drafts: readonly ResourceDraft[]): readonly string[] {
  // As JSON tells it: a key without a value is not there.
  const configs = new Map(drafts.map((d): readonly [string, unknown] => [d.urn, JSON.parse(JSON.stringify(d.config ?? {}))]));
  return verdict.reasons.filter((r) => r.rule === '' || r.text === '' || (configs.has(r.source) && !resolvePointer(configs.get(r.source), r.pointer).ok)).map((r) => `${r.source} ${r.pointer}: ${r.text}`);
}

/** All that a verdict says, a line each: `rule source pointer: text`, `missing …`, `assumed …`, `via …`. Sources by the last part of their ARN. */
export function explained(verdict: Verdict): readonly string[] {
  const short = (urn: string): string => urn.split(/[/:]/).at(-1) ?? urn;
  return [
    ...verdict.reasons.map((r) => `${r.rule} ${short(r.source)}${r.pointer}: ${r.text}`), ...verdict.missing.map((m) => `missing ${m.what} of ${short(m.entity)} by ${m.supply}`),
    ...verdict.assumed.map((a) => `assumed ${a}`), ...(verdict.via === undefined ? [] : [`via ${verdict.via}`]),
  ];
}

/** An answer with the code of what blocks it, and lines (or parts of them) that its explanation must have. */
export type Told = readonly [answer: string, ...lines: readonly string[]];

/** `yes`, `no CODE`, `unknown`, `unknown CONDITION`. */
export function expectTold(verdict: Verdict, [answer, ...lines]: Told): void {
  const said = explained(verdict), got = [verdict.answer, verdict.blocked_by].filter((x) => x !== undefined).join(' ');
  // With what it says, where it is another answer.
  expect(got === answer ? [got] : [got, ...said]).toEqual([answer]);
  for (const line of lines) expect(said.join('\n')).toContain(line);
  expect(verdict.missing.length > 0 || verdict.blocked_by === 'CONDITION' || verdict.answer !== 'unknown').toBe(true);
  expect(verdict.answer !== 'unknown' && verdict.missing.length > 0).toBe(false);
}

/** A row of the design and its sibling: one fact changed, another answer. */
export interface Row { readonly id: string; readonly fact: string; readonly first: readonly [readonly ResourceDraft[], Question]; readonly firstTold: Told; readonly second: readonly [readonly ResourceDraft[], Question]; readonly secondTold: Told }
export function expectRow({ first, firstTold, second, secondTold }: Row): void {
  expectTold(ask(...first), firstTold);
  expectTold(ask(...second), secondTold);
  expect(firstTold[0]).not.toBe(secondTold[0]);
}

/** The same question about two snapshots. */
export const pair = (id: string, fact: string, question: Question, first: readonly ResourceDraft[], firstTold: Told, second: readonly ResourceDraft[], secondTold: Told): Row =>
  ({ id, fact, first: [first, question], firstTold, second: [second, question], secondTold });
