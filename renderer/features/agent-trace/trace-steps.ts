import type { TurnView } from '#shared/model/agent.ts';
import type { Call } from '#shared/model/claims.ts';
import type { Route, Trace, Triage, Validation } from '#shared/model/decision.ts';
import type { Incident } from '#shared/model/incident.ts';
import type { IconName } from '../../ui/icons.tsx';
import { plural } from '../../ui/format.ts';

/** One recorded decision with all that belongs to it. */
export interface RecordedRun { readonly incident: Incident; readonly trace: Trace; readonly triage: Triage; readonly validation: Validation; readonly route: Route }

/** One row of steps and waterfall. Only tool calls and a model's turns are timed: the other steps stand where they happened and have no bar. */
export interface Step {
  readonly id: string; readonly kind: 'engine' | 'group' | 'call' | 'turn'; readonly icon: IconName; readonly name: string; readonly detail: string; readonly depth: 0 | 1;
  /** Microseconds from the start of the run. */ readonly start_us: number | null; readonly duration_us: number | null;
  readonly call?: Call;
  /** A model's turn; prompt and answer stand in the exchange of the same id. */ readonly turn?: TurnView;
  /** What is recorded of a step that is no call. */ readonly record: unknown;
}

/** The steps of a run in the order in which they happened: correlate, plan, the calls by round, rules, validate, gate, route. */
export function stepsOf({ incident, trace, triage, validation, route }: RecordedRun): readonly Step[] {
  const engine = (id: string, icon: IconName, detail: string, record: unknown): Step => ({ id, kind: 'engine', icon, name: id, detail, depth: 0, start_us: null, duration_us: null, record });
  const rounds = Map.groupBy(trace.calls, (call) => call.round);
  const checked = validation.checks.filter((check) => check.result !== 'not_applicable');
  const isHuman = triage.engine.kind === 'human';
  return [
    engine('correlate', 'merge', `${plural(incident.supporting_findings.length, 'finding')}, 1 incident`, { key: incident.key, supporting_findings: incident.supporting_findings }),
    engine('plan', 'list', `${incident.primary_issue}, ${plural(trace.claims.length, 'claim')}`, { primary_issue: incident.primary_issue, claims: trace.claims.map(({ claim, required }) => ({ claim, required })) }),
    ...roundsAndTurns(rounds, trace),
    ...(trace.agent ? [engine('rules', 'policy', `${trace.agent.rules.decision} ${trace.agent.rules.priority}, ${trace.agent.agrees ? 'agree' : 'disagree'}`, trace.agent.rules)] : [engine(isHuman ? 'person' : 'rules', isHuman ? 'person' : 'policy', `${triage.decision} ${triage.priority}, ${trace.degraded === undefined ? trace.stopped : `no model: ${trace.degraded}`}`, { ...triage })]),
    engine('validate', 'okc', `${checked.filter((check) => check.result === 'pass').length} of ${checked.length} checks pass`, { passed: validation.passed, checks: validation.checks }),
    engine('gate', 'gate', `${validation.gate.rule}, ${validation.gate.outcome}`, validation.gate),
    engine('route', 'route', `${route.action}, ${route.rule === 'gate' ? 'no rule matched' : route.rule}`, route),
  ];
}

/** The plan's calls by round, then each turn of a model with the call that it led to. */
function roundsAndTurns(rounds: ReadonlyMap<number, readonly Call[]>, trace: Trace): readonly Step[] {
  const turns = trace.agent?.turns ?? [], asked = new Set(turns.map((turn) => turn.call_id));
  const sorted = [...rounds].toSorted(([a], [b]) => a - b), isAsked = ([, calls]: readonly [number, readonly Call[]]): boolean => calls.every((call) => asked.has(call.call_id));
  const steps = (found: typeof sorted): readonly Step[] => found.flatMap(([round, calls]) => roundSteps(round, calls, trace, rounds.size));
  return [...steps(sorted.filter((one) => !isAsked(one))), ...turns.flatMap((turn) => [turnStep(turn, trace), ...steps(sorted.filter((one) => isAsked(one) && one[1].some((call) => call.call_id === turn.call_id)))])];
}

function turnStep(turn: TurnView, trace: Trace): Step {
  const names = { next: 'model, next', final: 'model, proposal', repair: 'model, repair' } as const;
  return { id: turn.turn_id, kind: 'turn', icon: 'chip', name: names[turn.purpose], detail: `${turn.asked === null || turn.asked === turn.outcome ? '' : `${turn.asked}: `}${turn.outcome}`, depth: 0, start_us: Math.max(0, turn.started_us - trace.started_us), duration_us: turn.duration_us, turn, record: turn };
}

function roundSteps(round: number, calls: readonly Call[], trace: Trace, rounds: number): readonly Step[] {
  const start = Math.min(...calls.map((call) => call.started_us)), end = Math.max(...calls.map((call) => call.started_us + call.duration_us));
  const from = Math.max(0, start - trace.started_us);
  const group: Step = { id: `round-${round}`, kind: 'group', icon: 'down', name: rounds === 1 ? 'enrich' : `enrich, round ${round}`, detail: plural(calls.length, 'call'), depth: 0, start_us: from, duration_us: end - start, record: { round, calls: calls.map((call) => call.call_id) } };
  return [group, ...calls.map((call): Step => ({ id: call.call_id, kind: 'call', icon: 'tool', name: call.tool, detail: call.status === 'error' ? 'failed' : coverageWords(call), depth: 1, start_us: Math.max(0, call.started_us - trace.started_us), duration_us: call.duration_us, call, record: call.output }))];
}

/** What a call's data cover, in a few words; empty when it doesn't say. */
export function coverageWords(call: Call): string {
  const coverage = call.output?.coverage;
  if (coverage === undefined) return '';
  if (coverage.days !== undefined) return `covers ${coverage.days} days`;
  return coverage.note ?? '';
}

/** How long the waterfall is in microseconds: the run, or the last call's end when clocks disagree. Never 0. */
export function spanOf(trace: Trace, steps: readonly Step[]): number {
  return Math.max(1, trace.duration_us, ...steps.map((step) => (step.start_us ?? 0) + (step.duration_us ?? 0)));
}

export interface GateLine { readonly rule: number; readonly state: string; readonly found: string; readonly isHit: boolean; /** Not looked at: an earlier gate decided. */ readonly isReached: boolean }
const states = ['Malformed, or a citation fails', 'A claim is unknown, in conflict or stale', 'resolve_now', 'defer', 'ticket', 'otherwise'] as const;

/** The six gates with what was found at each, first match wins. Gates 0, 1 and 5 have no rows of their own: their words come from checks and outcome. */
export function gateLines(validation: Validation): readonly GateLine[] {
  const { gate, checks } = validation;
  return states.map((state, rule) => {
    const isHit = rule === gate.rule, isReached = rule <= gate.rule, rows = gate.rows.filter((row) => row.rule === rule);
    const not = rows.filter((row) => row.value !== 'true').map((row) => (row.value === 'unknown' ? `unknown: ${row.condition}` : `not: ${row.condition}`));
    const found = isHit ? gate.why : !isReached ? 'not needed' : rule === 0 ? (checks.find((check) => check.check === 'citations')?.why ?? 'well formed') : rule === 1 ? 'nothing open that could change it' : not.length > 0 ? not.join('; ') : 'not proposed';
    return { rule, state, found, isHit, isReached };
  });
}

/** The step `offset` after the one with this id, held at both ends; the first when there is none of that id. */
export function stepFrom(steps: readonly Step[], id: string, offset: number): Step | undefined {
  const at = steps.findIndex((step) => step.id === id);
  return steps[at === -1 ? 0 : Math.min(steps.length - 1, Math.max(0, at + offset))];
}
