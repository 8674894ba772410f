import type { DecisionBrief } from '#electron/store/tables/decisions.ts';
import type { Review } from '#electron/store/tables/reviews.ts';
import type { Trace } from '#shared/model/decision.ts';
import type { Finding } from '#shared/model/finding.ts';
import type { Incident } from '#shared/model/incident.ts';
import { isObject, list, str } from '#shared/lib/json.ts';
import { formatTime, MICROS_PER_DAY, parseTime } from '#shared/lib/time.ts';
import type { StoryItem } from '#shared/rpc/schemas.ts';
import type { App } from '../create-app.ts';
import type { Checked } from './checked.ts';

const MOST_CHANGES = 100, MOST_ITEMS = 300;
/** Changes this long before the first report may have caused it. */
const BEFORE_US = 30 * MICROS_PER_DAY;

export interface StoryInput { readonly incident: Incident; readonly checked: Checked | null; readonly findings: readonly Finding[]; readonly trace: Trace | undefined; readonly decisions: readonly DecisionBrief[]; readonly reviews: readonly Review[] }

/** What happened, in order: changes of the entity from the logs and the recorded calls, accesses and sequences, reports, decisions, reviews. At most 300. */
export function storyOf(app: App, input: StoryInput): readonly StoryItem[] {
  const recorded = input.trace === undefined ? [] : input.trace.calls.flatMap((call) => [...callChanges(call), ...callSequence(call), ...callAccess(call)]);
  const seen = new Set(recorded.filter((i) => i.kind === 'change').map((i) => `${i.at_us} ${i.what}`));
  const items = [
    ...recorded, ...loggedChanges(app, input).filter((i) => !seen.has(`${i.at_us} ${i.what}`)), ...reports(input.findings), ...input.decisions.map(decided), ...checkedAgain(input.checked), ...input.reviews.map(reviewed),
  ];
  return items.toSorted((a, b) => a.at_us - b.at_us || (a.what < b.what ? -1 : 1)).slice(-MOST_ITEMS);
}

/** Who, without the account in front: `role/ci-deploy`. */
const shortActor = (actor: string | null | undefined): string => (actor === null || actor === undefined ? 'unknown' : actor.replace(/^arn:[^:]*:[^:]*:[^:]*:[^:]*:/, ''));

/** Changes of an incident's entity that the logs tell, from a month before its first report to a day after its last, newest first: who did what, from where. */
export function loggedChanges(app: App, { incident, findings }: Pick<StoryInput, 'incident' | 'findings'>): readonly StoryItem[] {
  const first = Math.min(...findings.map((f) => f.discovered_us)), last = Math.max(...findings.map((f) => f.updated_us));
  if (!Number.isFinite(first)) return [];
  return app.tables.events.changesOf(incident.entity, first - BEFORE_US, last + MICROS_PER_DAY, MOST_CHANGES).map((e): StoryItem => ({
    at: e.time, at_us: e.time_us, who: shortActor(e.actor), what: e.action, detail: [e.outcome === 'success' ? '' : e.error_code ?? e.outcome, e.src_ip === null ? '' : `from ${e.src_ip}`].filter((t) => t !== '').join(', '), source: e.source, kind: 'change',
  }));
}

type RecordedCall = Trace['calls'][number];
const timed = (value: unknown): number | undefined => (typeof value === 'number' ? value : parseTime(value));

function callChanges(call: RecordedCall): readonly StoryItem[] {
  if (call.tool !== 'change_history') return [];
  return list(call.output?.facts, 'changes').flatMap((c): readonly StoryItem[] => {
    const at = timed(str(c, 'time'));
    return at === undefined ? [] : [{ at: formatTime(at), at_us: at, who: shortActor(str(c, 'actor')), what: str(c, 'action') ?? '', detail: str(c, 'src_ip') === undefined ? '' : `from ${str(c, 'src_ip')}`, source: str(c, 'source') ?? sourceOf(call), kind: 'change', call_id: call.call_id }];
  });
}

/** The log that a call looked at; all were CloudTrail's before calls named it. */
const sourceOf = (call: RecordedCall): string => call.output?.coverage.sources.find((s) => s !== 'inventory') ?? 'cloudtrail';

/** A chain that the logs show: the success after the guesses, and what followed. */
function callSequence(call: RecordedCall): readonly StoryItem[] {
  const facts = call.output?.facts;
  if (call.tool !== 'auth_logs' || !facts) return [];
  const success = timed(facts['first_success']);
  const failures = typeof facts['failures'] === 'number' ? facts['failures'] : 0;
  const base = { source: sourceOf(call), kind: 'sequence', call_id: call.call_id } as const;
  return [
    ...(success === undefined ? [] : [{ ...base, at: formatTime(success), at_us: success, who: str(call.arguments, 'entity') ?? '', what: 'login succeeded', detail: failures > 0 ? `after ${failures} failures` : '' }]),
    ...list(facts, 'follow_up').flatMap((c): readonly StoryItem[] => { const at = timed(str(c, 'time')); return at === undefined ? [] : [{ ...base, at: formatTime(at), at_us: at, who: shortActor(str(c, 'actor')), what: str(c, 'action') ?? '', detail: str(c, 'src_ip') === undefined ? '' : `from ${str(c, 'src_ip')}` }]; }),
  ];
}

/** Data access as the logs group it: one item for each kind of caller, at its last time. */
function callAccess(call: RecordedCall): readonly StoryItem[] {
  if (call.tool !== 'auth_logs') return [];
  return list(call.output?.facts, 'by').filter(isObject).flatMap((group): readonly StoryItem[] => {
    const at = timed(str(group, 'last_us'));
    if (at === undefined) return [];
    const who = [str(group, 'actor_type') ?? 'unknown', str(group, 'actor_account')].filter((t) => t !== undefined).join(' of ');
    const where = group['through_vpce'] === 1 ? 'through a VPC endpoint' : group['src_public'] === 1 ? 'from the internet' : 'from a private network';
    return [{ at: formatTime(at), at_us: at, who, what: `${str(group, 'events') ?? '?'} requests, ${str(group, 'outcome') ?? ''}`, detail: `${where}, since ${str(group, 'first_us') ?? '?'}`, source: sourceOf(call), kind: 'access', call_id: call.call_id }];
  });
}

/** The first report of each tool; what follows from the same tool is told by its count. */
function reports(findings: readonly Finding[]): readonly StoryItem[] {
  const bySource = Map.groupBy(findings, (f) => f.source);
  return [...bySource].flatMap(([source, all]) => {
    const [first] = all.toSorted((a, b) => a.discovered_us - b.discovered_us);
    return first === undefined ? [] : [{ at: first.discovered_at, at_us: first.discovered_us, who: source, what: first.title, detail: all.length === 1 ? '1 finding' : `${all.length} findings`, source, kind: 'report' as const }];
  });
}

const decided = (d: DecisionBrief): StoryItem => ({
  at: formatTime(d.started_us), at_us: d.started_us, who: d.engine === 'human' ? 'a person' : 'Winnow', what: `${d.decision} ${d.priority}`, detail: `confidence ${d.confidence.toFixed(2)}, ${Math.round(d.duration_us / 1000)} ms`, source: 'winnow', kind: 'decision',
});
const checkedAgain = (checked: Checked | null): readonly StoryItem[] => (checked === null ? [] : [{ at: checked.at, at_us: parseTime(checked.at) ?? 0, who: 'Winnow', what: 'checked again', detail: 'unchanged by new data', source: 'winnow', kind: 'decision' }]);
const reviewed = (r: Review): StoryItem => ({ at: formatTime(r.at_us), at_us: r.at_us, who: r.author, what: [r.action.replaceAll('_', ' '), r.decision, r.priority].filter((t) => t !== null).join(' '), detail: r.note ?? '', source: 'winnow', kind: 'review' });
