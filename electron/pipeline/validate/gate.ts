import type { ClaimName, ClaimState, ClaimStates } from '#shared/model/claims.ts';
import { truth, type Tri } from '#shared/model/claim-states.ts';
import type { DecisionName, Priority } from '#shared/model/decision.ts';
import { assertNever } from '#shared/lib/assert-never.ts';
import { recentCache } from '#shared/lib/recent-cache.ts';

/** Everything that the gate looks at. A pure table: no tool, no graph, no clock. */
export interface GateFacts {
  readonly detection: boolean;
  /** What the incident is about is known by words alone, which anybody may have written. */
  readonly guessed?: boolean | undefined;
  /** The proposal can't be read, or a citation in it doesn't check out. */
  readonly malformed: boolean;
  readonly budget_exhausted: boolean;
  /** What the rules decide where a model's proposal differs: two that disagree are a person's. */
  readonly rules_say?: DecisionName | undefined;
  readonly exposure: Tri; readonly reconfirmed: Tri; readonly mitigation: Tri; readonly accepted_risk: Tri; readonly known_good: Tri; readonly issue: Tri; readonly refuted: Tri;
  readonly sequence: Tri; readonly exploit: Tri; readonly running: Tri; readonly owner: Tri; readonly owner_active: Tri;
  readonly production: Tri;
  /** `unknown` when it was only inferred: an inferred environment never supports resolve_now or lowers a priority. */
  readonly production_observed: Tri;
  readonly blast: 'low' | 'medium' | 'high' | 'unknown';
  /** Like `production_observed`: an inferred blast radius never pages. */
  readonly blast_observed: GateFacts['blast'];
  /** Confidence that `resolve_now` would have. */
  readonly confidence: number;
}

export interface Condition { readonly rule: number; readonly condition: string; readonly value: Tri; readonly claims: readonly ClaimName[] }
export interface Row { readonly rule: 2 | 3 | 4; readonly decision: 'resolve_now' | 'defer' | 'ticket'; readonly value: Tri; readonly conditions: readonly Condition[] }

export const not = (a: Tri): Tri => (a === 'true' ? 'false' : a === 'false' ? 'true' : 'unknown');
export const and = (...all: readonly Tri[]): Tri => (all.includes('false') ? 'false' : all.includes('unknown') ? 'unknown' : 'true');
export const or = (...all: readonly Tri[]): Tri => (all.includes('true') ? 'true' : all.includes('unknown') ? 'unknown' : 'false');
const tri = (b: boolean): Tri => (b ? 'true' : 'false');
const isHigh = (blast: GateFacts['blast']): Tri => (blast === 'unknown' ? 'unknown' : tri(blast === 'high'));

type Rows = readonly [Row, Row, Row];
const ROW_FACTS = ['detection', 'guessed', 'exposure', 'reconfirmed', 'mitigation', 'accepted_risk', 'known_good', 'issue', 'refuted', 'sequence', 'exploit', 'running', 'owner', 'owner_active', 'production_observed', 'blast', 'blast_observed'] as const satisfies readonly (keyof GateFacts)[];
/** What rows are made of; of the confidence only whether it suffices. */
type RowFacts = Pick<GateFacts, (typeof ROW_FACTS)[number]> & { readonly confident: boolean };
/** Few combinations occur, and each is asked about several times an incident. */
const made = recentCache<Rows>(500);

/** Rows 2, 3 and 4 of the decision table with each of their conditions, three-valued (design 3-decisions, "The gates"). */
export function gateRows(f: GateFacts): Rows {
  const confident = f.confidence > 0.9;
  let key = String(confident);
  for (const name of ROW_FACTS) key += ` ${f[name]}`;
  let rows = made.get(key);
  if (!rows) { rows = makeRows({ ...f, confident }); made.set(key, rows); }
  return rows;
}

function makeRows(f: RowFacts): Rows {
  const c = (rule: number, condition: string, value: Tri, ...claims: readonly ClaimName[]): Condition => ({ rule, condition, value, claims });
  const two = f.detection
    ? [c(2, 'sequence confirmed', f.sequence, 'sequence_confirmed'), c(2, 'not known-good', not(f.known_good), 'known_good')]
    : [
      c(2, 'exposure confirmed', f.exposure, 'exposure_confirmed'), c(2, 'confirmed again from the raw snapshot', f.exposure === 'false' ? 'false' : f.reconfirmed, 'exposure_reconfirmed'),
      c(2, 'blast radius high, or a known exploit in running production', or(isHigh(f.blast_observed), and(f.exploit, f.production_observed, f.running)), 'blast_radius', ...(f.exploit === 'false' ? [] : ['exploit_known', 'production', 'runtime_active'] as const)),
      // Something else about the entity may be exposed; a finding that the snapshot refutes pages nobody for it.
      c(2, 'not refuted by the snapshot', not(f.refuted), 'issue_confirmed'),
      c(2, 'no mitigation', not(f.mitigation), 'mitigation_confirmed'), c(2, 'no accepted risk in force', not(f.accepted_risk), 'accepted_risk'),
    ];
  const exonerated = or(f.mitigation, f.accepted_risk, f.detection ? f.known_good : 'false', f.refuted);
  const three = [
    c(3, 'mitigation confirmed, accepted risk, known-good, or refuted', exonerated, 'mitigation_confirmed', 'accepted_risk', 'known_good', 'issue_confirmed'),
    ...(f.guessed ? [c(3, 'the issue is named by a check, not by words alone', 'false')] : []),
  ];
  const four = [
    // Words chose what was asked: what exonerates the issue that they name says nothing about the one that was meant.
    ...(f.guessed ? [c(4, 'nothing exonerates an issue that only words name', exonerated === 'true' ? 'false' : 'true', ...(exonerated === 'true' ? ['mitigation_confirmed', 'accepted_risk', 'known_good', 'issue_confirmed'] as const : []))] : []),
    // Only a burst without success is bounded. Whether a source that got in is known-good after all is a person's question.
    ...(f.detection ? [c(4, 'no confirmed sequence', f.sequence === 'true' ? 'false' : 'true', 'sequence_confirmed')] : []),
    c(4, 'not both exposed and of high blast radius', not(and(f.exposure, isHigh(f.blast))), 'exposure_confirmed', 'blast_radius'),
    c(4, 'issue confirmed', f.issue, 'issue_confirmed'), c(4, 'owner identified', f.owner, 'owner_identified'), c(4, 'owner still exists', f.owner_active, 'owner_active'),
  ];
  if (!f.detection) {
    // What is not known lowers the confidence too, so as long as something is open it is that which is missing, not confidence.
    const others = and(...two.map((x) => x.value));
    two.push(c(2, 'confidence > 0.9', f.confident ? 'true' : others === 'unknown' ? 'unknown' : 'false'));
  }
  const row = <R extends 2 | 3 | 4, D extends Row['decision']>(rule: R, decision: D, conditions: readonly Condition[]) => ({ rule, decision, conditions, value: and(...conditions.map((x) => x.value)) });
  return [row(2, 'resolve_now', two), row(3, 'defer', three), row(4, 'ticket', four)];
}

/** What the rule engine proposes: the first row that holds. @param rows those of the facts, where the caller has them */
export function proposeByRows(f: GateFacts, rows: readonly Row[] = gateRows(f)): DecisionName {
  return rows.find((row) => row.value === 'true')?.decision ?? 'needs_human_review';
}

export interface GateResult { readonly rule: 0 | 1 | 2 | 3 | 4 | 5; readonly outcome: DecisionName; readonly priority: Priority; readonly why: string; readonly rows: readonly Condition[]; readonly deciding: readonly Condition[] }

/** Lets a proposal stand or sends it to a person; never turns it into another decision. @param rows those of the facts, where the caller has them */
export function gate(proposed: DecisionName, f: GateFacts, rows: readonly Row[] = gateRows(f)): GateResult {
  const all = rows.flatMap((row) => row.conditions);
  const review = (rule: 0 | 1 | 5, why: string, deciding: readonly Condition[]): GateResult => ({ rule, outcome: 'needs_human_review', priority: reviewPriority(f), why, rows: all, deciding });
  if (f.malformed) return review(0, 'the proposal is malformed or cites evidence that does not check out', []);
  if (f.budget_exhausted) return review(0, 'the budget of tool calls was spent before the outcome was settled', all.filter((c) => c.value === 'unknown'));
  if (f.rules_say !== undefined && f.rules_say !== proposed) {
    const rested = rows.filter((row) => row.decision === proposed || row.decision === f.rules_say).flatMap((row) => row.conditions);
    return review(5, `the model proposes ${proposed}, the rules ${f.rules_say}`, rested.length > 0 ? rested : all);
  }
  if (proposed === 'needs_human_review') {
    const open = rows.filter((row) => row.value === 'unknown').flatMap((row) => row.conditions.filter((c) => c.value === 'unknown'));
    return open.length > 0 ? review(1, `open: ${open.map((c) => c.condition).join('; ')}`, open) : review(5, `no row holds: ${all.filter((c) => c.value === 'false').map((c) => `not "${c.condition}"`).join('; ')}`, all.filter((c) => c.value === 'false'));
  }
  const row = rows.find((r) => r.decision === proposed);
  if (!row) return review(0, 'the proposal names no decision of the table', []);
  if (row.value === 'true') return { rule: row.rule, outcome: proposed, priority: priorityOf(proposed, f), why: row.conditions.map((c) => c.condition).join(', '), rows: all, deciding: row.conditions };
  const failing = row.conditions.filter((c) => c.value === row.value);
  return review(row.value === 'unknown' ? 1 : 5, row.value === 'unknown' ? `the proposal rests on what is not known: ${failing.map((c) => c.condition).join('; ')}` : `the proposal's row does not hold: not "${failing.map((c) => c.condition).join('", not "')}"`, failing);
}

/** P1 for resolve_now, P4 for defer; a ticket by exposure, environment and blast radius; review is never silent when exposed or of high blast. */
export function priorityOf(decision: DecisionName, f: GateFacts): Priority {
  switch (decision) {
    case 'resolve_now': return 'P1';
    case 'defer': return 'P4';
    case 'needs_human_review': return reviewPriority(f);
    case 'ticket': {
      if (f.exposure === 'true' && (f.production === 'true' || f.blast === 'medium' || f.blast === 'high')) return 'P2';
      return f.exposure === 'false' && f.production_observed === 'false' && f.blast === 'low' && !f.guessed ? 'P4' : 'P3';
    }
    default: return assertNever(decision);
  }
}

const reviewPriority = (f: GateFacts): Priority => (f.exposure === 'true' || f.blast === 'high' || f.sequence === 'true' ? 'P2' : 'P3');

/** What an issue's plan says about how its claims are read. */
export interface IssueReading { readonly detection: boolean; readonly vulnerability: boolean; readonly guessed?: boolean | undefined }

/** The gate's view of a set of claims. */
export function gateFacts(claims: ClaimStates, reading: IssueReading, state: { readonly malformed: boolean; readonly budget_exhausted: boolean; readonly confidence: number; readonly rules_say?: DecisionName | undefined }): GateFacts {
  const of = (name: ClaimName): ClaimState | undefined => claims[name];
  // What was only inferred never supports resolve_now or defer.
  const observed = (name: ClaimName): Tri => (of(name)?.provenance === 'inferred' ? 'unknown' : truth(of(name)));
  const blast = of('blast_radius');
  const issue = truth(of('issue_confirmed'));
  const production = of('production');
  const value = blast === undefined || blast.stale ? 'unknown' : blast.value;
  const level = value === 'low' || value === 'medium' || value === 'high' ? value : 'unknown';
  return {
    ...state, detection: reading.detection, guessed: reading.guessed,
    exposure: observed('exposure_confirmed'), reconfirmed: observed('exposure_reconfirmed'), mitigation: observed('mitigation_confirmed'), accepted_risk: observed('accepted_risk'),
    known_good: observed('known_good'), issue, refuted: not(observed('issue_confirmed')), sequence: observed('sequence_confirmed'), exploit: reading.vulnerability ? observed('exploit_known') : 'false', running: observed('runtime_active'),
    owner: truth(of('owner_identified')), owner_active: truth(of('owner_active')), production: truth(production),
    production_observed: observed('production'),
    blast: level, blast_observed: blast?.provenance === 'inferred' ? 'unknown' : level,
  };
}
