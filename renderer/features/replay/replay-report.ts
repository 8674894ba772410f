import { z } from 'zod';
import { claimViewSchema, routeSchema, triageSchema, validationSchema } from '#shared/model/decision.ts';
import type { OutputOf } from '../../state/calls.ts';

export type Report = OutputOf<'replay.run'>;
export type Replayed = Report['replayed'][number];
export type Difference = Replayed['differences'][number];
export type Outcome = 'identical' | 'different' | 'failed' | 'by_people';

/** What a replay of one decision came to. */
export function outcomeOf({ skipped, error, identical }: Replayed): Outcome {
  return skipped !== undefined ? 'by_people' : error !== undefined ? 'failed' : identical ? 'identical' : 'different';
}

const rank: Readonly<Record<Outcome, number>> = { failed: 0, different: 1, identical: 2, by_people: 3 };
/** What needs a look first: what could not be made again, then what came out differently; else by incident. */
export function sortReplayed(replayed: readonly Replayed[]): readonly Replayed[] {
  return replayed.toSorted((a, b) => rank[outcomeOf(a)] - rank[outcomeOf(b)] || a.incident.localeCompare(b.incident) || a.decision_id.localeCompare(b.decision_id));
}

const partsSchema = z.object({ triage: triageSchema, validation: validationSchema, route: routeSchema, claims: z.array(claimViewSchema).readonly(), stopped: z.string(), rules_version: z.string() });
export type DecisionParts = z.infer<typeof partsSchema>;
/** One side of `replay.diff`; undefined when it is not what this version knows. */
export function partsOf(side: unknown): DecisionParts | undefined { const parsed = partsSchema.safeParse(side); return parsed.success ? parsed.data : undefined; }

export interface ClaimPair { readonly claim: string; readonly left: DecisionParts['claims'][number] | undefined; readonly right: DecisionParts['claims'][number] | undefined; readonly differs: boolean }
/** Claims of two decisions by name, in the order of the left one. A claim differs in its value, in how it is known, or in that one side lacks it. */
export function claimPairs(left: DecisionParts, right: DecisionParts): readonly ClaimPair[] {
  return [...new Set([...left.claims, ...right.claims].map((claim) => claim.claim))].map((name) => {
    const a = left.claims.find((claim) => claim.claim === name), b = right.claims.find((claim) => claim.claim === name);
    return { claim: name, left: a, right: b, differs: a?.value !== b?.value || a?.provenance !== b?.provenance || a?.stale !== b?.stale };
  });
}

export interface TextPair { readonly name: string; readonly left: string; readonly right: string; readonly differs: boolean }
const pair = (name: string, left: string, right: string): TextPair => ({ name, left, right, differs: left !== right });

/** What was decided, by whom and why, of both sides. */
export function decisionPairs(a: DecisionParts, b: DecisionParts): readonly TextPair[] {
  const engine = ({ triage }: DecisionParts): string => (triage.engine.kind === 'human' ? 'a person' : (triage.engine.model ?? `${triage.engine.kind} ${triage.engine.rules_version}`));
  return [
    pair('confidence', a.triage.confidence.toFixed(2), b.triage.confidence.toFixed(2)), pair('engine', engine(a), engine(b)), pair('owner', a.triage.owner ?? 'none', b.triage.owner ?? 'none'),
    pair('route', `${a.route.action}, ${a.route.status}`, `${b.route.action}, ${b.route.status}`), pair('stopped', a.stopped, b.stopped), pair('rationale', a.triage.rationale, b.triage.rationale),
  ];
}

/** Checks and gate rows of both sides by name. */
export function gatePairs(a: DecisionParts, b: DecisionParts): readonly TextPair[] {
  const rows = ({ validation }: DecisionParts): ReadonlyMap<string, string> => new Map([['gate', `${validation.gate.rule}, ${validation.gate.outcome}`], ...validation.gate.rows.map((row): [string, string] => [`${row.rule}: ${row.condition}`, row.value]), ...validation.checks.map((check): [string, string] => [`check ${check.check}`, check.result.replace('_', ' ')])]);
  const left = rows(a), right = rows(b);
  return [...new Set([...left.keys(), ...right.keys()])].map((name) => pair(name, left.get(name) ?? 'absent', right.get(name) ?? 'absent'));
}

/** A differing value on one line; `null` stands for absent. */
export function valueText(value: unknown): string { return value === null || value === undefined ? 'absent' : typeof value === 'string' ? value : JSON.stringify(value); }
