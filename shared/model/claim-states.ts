import { MICROS_PER_DAY } from '../lib/time.ts';
import { claimDefinitions, claimNames, type Call, type ClaimName, type ClaimState, type ClaimStates, type ClaimValue, type Evidence, type ToolClaim } from './claims.ts';

export interface MergeOptions { readonly asOfUs: number; readonly maxAgeDays: number }

interface Voice { readonly name: ClaimName; readonly call: Call; readonly said: ToolClaim; /** What came of it alone. */ alone?: { readonly options: MergeOptions; readonly state: ClaimState } }

/** For these a single "true" counts, whatever else is said: production, IAM and network boundary take the OR (design 3-decisions). */
const OR_CLAIMS: ReadonlySet<ClaimName> = new Set(['production', 'touches_iam', 'touches_network_boundary', 'contains_sensitive_data', 'exploit_known', 'runtime_active', 'fix_available']);
const isClaim = (name: string): name is ClaimName => Object.hasOwn(claimDefinitions, name);
/** Any tool may be joined by a person's answer. */
const maySpeak = (call: Call, name: ClaimName): boolean => call.tool === 'human_answer' || (claimDefinitions[name].tools as readonly string[]).includes(call.tool);

/**
 * All claims after the recorded calls: who is not authoritative is not heard, known beats unknown, disagreement is `conflict`, blast radius takes
 * the maximum. Pure: the validator recomputes with it what an engine claims.
 */
export function mergeClaims(calls: readonly Call[], options: MergeOptions): ClaimStates {
  const first = new Map<ClaimName, Voice>(), several = new Map<ClaimName, Voice[]>();
  for (const call of calls) {
    for (const voice of voicesOf(call)) {
      const before = first.get(voice.name), others = several.get(voice.name);
      if (before === undefined) first.set(voice.name, voice); else if (others) others.push(voice); else several.set(voice.name, [before, voice]);
    }
  }
  const states: { [K in ClaimName]?: ClaimState } = {};
  for (const name of claimNames) {
    const voice = first.get(name), voices = several.get(name);
    if (voice) states[name] = voices ? mergeSeveral(name, voices, options) : ofOne(voice, options);
  }
  return withContradictions(states, calls);
}

const spoken = new WeakMap<Call, readonly Voice[]>();

/** What a call says that may be heard. Calls are merged anew after each round: it is read once. */
function voicesOf(call: Call): readonly Voice[] {
  let voices = spoken.get(call);
  if (voices === undefined) {
    voices = call.status !== 'ok' || call.output === undefined ? [] : Object.entries(call.output.claims).flatMap(([name, said]) => (said === undefined || !isClaim(name) || !maySpeak(call, name) ? [] : [{ name, call, said }]));
    spoken.set(call, voices);
  }
  return voices;
}

/** A claim for which some call exists, whatever it said, has been asked. */
export const isOpen = (state: ClaimState | undefined): boolean => state === undefined || state.value === 'unknown';

/** Nearly every claim has one voice: what came of it is kept with it. */
function ofOne(voice: Voice, options: MergeOptions): ClaimState {
  if (voice.alone?.options !== options) voice.alone = { options, state: stateOfOne(voice, options) };
  return voice.alone.state;
}

function stateOfOne({ name, call, said }: Voice, options: MergeOptions): ClaimState {
  const isOut = said.not_applicable === true;
  const value = isOut ? false : name === 'blast_radius' ? highest([said.value]) : said.value;
  return {
    claim: name, value, provenance: said.provenance, stale: isStale(value, said.observed_us, options), reason: said.reason, ...(said.gist !== undefined && { gist: said.gist }), evidence: [evidenceOf(name, call, said)], missing: said.missing ?? NOTHING,
    assumed: said.assumed === undefined ? NOTHING : [...new Set(said.assumed)].toSorted(), cap: said.cap, not_applicable: isOut, ...(said.instead !== undefined && { instead: said.instead }),
  };
}

function mergeSeveral(name: ClaimName, voices: readonly Voice[], options: MergeOptions): ClaimState {
  const applicable = voices.filter((v) => v.said.not_applicable !== true);
  if (applicable.length === 0) return toState(name, false, voices, options, true);
  const known = applicable.filter((v) => v.said.value !== 'unknown');
  if (known.length === 0) return toState(name, 'unknown', applicable, options, false);
  if (name === 'blast_radius') {
    const top = highest(known.map((v) => v.said.value));
    return toState(name, top, top === 'unknown' ? known : known.filter((v) => v.said.value === top), options, false);
  }
  // A guess from a name gives way to whoever saw or knows it.
  const seen = known.filter((v) => v.said.provenance === 'observed');
  const counted = seen.length > 0 ? seen : known;
  const distinct = [...new Set(counted.map((v) => v.said.value))];
  if (distinct.length === 1) return toState(name, distinct[0] ?? 'unknown', counted, options, false);
  if (OR_CLAIMS.has(name) && distinct.includes(true)) return toState(name, true, counted.filter((v) => v.said.value === true), options, false);
  return toState(name, 'conflict', known, options, false);
}

const levels = ['low', 'medium', 'high'];
const highest = (values: readonly ClaimValue[]): ClaimValue => levels.toReversed().find((level) => values.includes(level)) ?? 'unknown';

const NOTHING: readonly never[] = [];
const evidenceOf = (name: ClaimName, call: Call, said: ToolClaim): Evidence => ({ claim: name, value: said.value, source: call.tool, call_id: call.call_id, pointer: `/claims/${name}/value` });
/** One without a time rests on what doesn't age. */
const isStale = (value: ClaimValue, newestUs: number | undefined, options: MergeOptions): boolean => value !== 'unknown' && newestUs !== undefined && options.asOfUs - newestUs > options.maxAgeDays * MICROS_PER_DAY;

function toState(name: ClaimName, value: ClaimValue, voices: readonly Voice[], options: MergeOptions, notApplicable: boolean): ClaimState {
  // Voices that say the same each suffice, so the freshest counts.
  const newest = Math.max(...voices.map((v) => v.said.observed_us ?? Number.POSITIVE_INFINITY));
  const caps = voices.flatMap((v) => (v.said.cap === undefined ? [] : [v.said.cap]));
  return {
    claim: name, value,
    provenance: voices.some((v) => v.said.provenance === 'observed') ? 'observed' : 'inferred',
    stale: isStale(value, Number.isFinite(newest) ? newest : undefined, options),
    reason: [...new Set(voices.map((v) => v.said.reason))].join(' | '),
    ...(voices.some((v) => v.said.gist !== undefined) && { gist: [...new Set(voices.map((v) => v.said.gist ?? v.said.reason))].join(' | ') }),
    evidence: voices.map((v) => evidenceOf(name, v.call, v.said)),
    missing: voices.flatMap((v) => v.said.missing ?? []),
    assumed: [...new Set(voices.flatMap((v) => v.said.assumed ?? []))].toSorted(),
    cap: caps.length === voices.length && caps.length > 0 ? Math.max(...caps) : undefined,
    not_applicable: notApplicable,
    ...(voices.some((v) => v.said.instead !== undefined) && { instead: [...new Set(voices.flatMap((v) => v.said.instead ?? []))].toSorted() }),
  };
}

/**
 * A successful outside access within the look-back contradicts a blocking control, unless the control came later. And a known-good pattern doesn't
 * excuse a sequence that the logs confirm.
 */
function withContradictions(states: { [K in ClaimName]?: ClaimState }, calls: readonly Call[]): ClaimStates {
  const contradiction = contradictingAccess(calls);
  const { mitigation_confirmed: mitigation, exposure_confirmed: exposure, external_access: access } = states;
  if (contradiction && access && exposure?.value === false && !exposure.not_applicable && states.control_newer_than_access?.value !== true) {
    const note = `the snapshot refuses it, but the logs show a success from outside${states.control_newer_than_access ? ` (${states.control_newer_than_access.reason})` : ''}`;
    const conflict = (s: ClaimState): ClaimState => ({ ...s, value: 'conflict', reason: `${s.reason} | ${note}`, ...(s.gist !== undefined && { gist: `${s.gist} | ${note}` }), evidence: [...s.evidence, ...access.evidence] });
    states.exposure_confirmed = conflict(exposure);
    if (mitigation) states.mitigation_confirmed = conflict(mitigation);
    if (states.issue_confirmed?.value === false) states.issue_confirmed = conflict(states.issue_confirmed);
  }
  const { known_good: good, sequence_confirmed: sequence } = states;
  if (good?.value === true && sequence?.value === true) {
    states.known_good = { ...good, value: 'conflict', reason: `${good.reason} | but the logs confirm the sequence: ${sequence.reason}`, evidence: [...good.evidence, ...sequence.evidence] };
  }
  return states;
}

/** The time of the last successful access that the snapshot's control should have refused; undefined when there is none. */
export function contradictingAccess(calls: readonly Call[]): { readonly last_us: number } | undefined {
  const logs = calls.find((c) => c.tool === 'auth_logs' && c.status === 'ok')?.output?.facts;
  if (!logs) return undefined;
  const networkBound = calls.some((c) => c.tool === 'network_analyzer' && c.status === 'ok' && isNetworkBound(c.output?.facts['storage']));
  const foreign = logs['last_foreign_us'], outside = networkBound ? logs['last_outside_us'] : null;
  const times = [foreign, outside].filter((t) => typeof t === 'number');
  return times.length === 0 ? undefined : { last_us: Math.max(...times) };
}

function isNetworkBound(storage: unknown): boolean {
  const control = typeof storage === 'object' && storage !== null && 'blocking_control' in storage ? storage.blocking_control : undefined;
  return typeof control === 'object' && control !== null && 'network_bound' in control && control.network_bound === true;
}

export type Tri = 'true' | 'false' | 'unknown';
/** A claim as the gate sees it: true, false, or unknown (which unknown, conflict and stale all are). A text such as an owner's id is true. */
export function truth(state: ClaimState | undefined): Tri {
  if (state === undefined || state.stale || state.value === 'unknown' || state.value === 'conflict') return 'unknown';
  if (state.not_applicable) return 'false';
  return state.value === false || state.value === 0 || state.value === '' ? 'false' : 'true';
}
