import type { ToolClaim, Coverage } from '#shared/model/claims.ts';
import { MICROS_PER_DAY, formatTime } from '#shared/lib/time.ts';
import { claim, notApplicable, unknown } from './facts/claim.ts';
import { findSequence, gatherEvents } from './facts/event-sequence.ts';
import { coverWindow, isHole, mergeLogs, within, type WindowCoverage } from './facts/log-coverage.ts';
import { globalRegion, isS3Data, neededForSequence, platformOf, type NeededLog } from './facts/log-sources.ts';
import type { AccessGroup, LogDays, LoggedEvent, Subject, Tool, ToolContext } from './tool.ts';

/** Longest run of days without a single event that still counts as covered, however quiet an account is: a dead trail is not. */
const LONGEST_GAP_DAYS = 14;

/** Who used it, from where, how often, within what the logs cover; for a detection, whether the sequence that it hints at is there. */
export const authLogs: Tool = {
  name: 'auth_logs',
  description: 'Access patterns and successful access from outside, with the time range that the logs really cover; for a detection, the sequence of events around it.',
  claims: ['external_access', 'sequence_confirmed'],
  needs: 'the log of the platform that the entity is of: CloudTrail (for S3: with data events), Entra sign-ins, Okta, audit logs of Google Cloud, Azure, Kubernetes, GitHub',
  cost: 4,
  lasting: () => null,
  run: (subject, _extra, context) => (subject.plan === 'detection' ? sequence(subject, context) : access(subject, context)),
};

function access(subject: Subject, context: ToolContext): ReturnType<Tool['run']> {
  const lookback = context.policy.thresholds.access_lookback_days;
  const to = context.asOfUs, from = to - lookback * MICROS_PER_DAY;
  const resource = context.graph.resource(subject.entity, subject.account);
  const account = resource?.account ?? subject.account;
  const groups = context.events.access(resource?.urn ?? subject.entity, from, to);
  const ours = new Set([...Object.keys(context.policy.accounts), ...(account === undefined ? [] : [account])]);
  const good = groups.filter((g) => g.outcome === 'success');
  const foreign = good.filter((g) => g.actor_type === 'anonymous' || (g.actor_account !== null && !ours.has(g.actor_account) && g.actor_type !== 'service'));
  const outside = good.filter((g) => g.through_vpce === 0 && g.src_public === 1 && g.actor_type !== 'service');
  const external = [...new Set([...foreign, ...outside])];
  const count = external.reduce((n, g) => n + g.events, 0);
  const platform = platformOf(subject, resource), coverage = dataCoverage(context, { platform, account }, groups, from, to);
  return {
    entity: subject.entity,
    claims: { external_access: accessClaim(subject, count, lookback, coverage, external, groups.length) },
    facts: {
      look_back_days: lookback, successful: good.reduce((n, g) => n + g.events, 0), external: count,
      foreign_success: foreign.reduce((n, g) => n + g.events, 0), outside_network_success: outside.reduce((n, g) => n + g.events, 0),
      last_foreign_us: latest(foreign), last_outside_us: latest(outside), refused: groups.filter((g) => g.outcome === 'failure').reduce((n, g) => n + g.events, 0),
      through_vpc_endpoint: good.filter((g) => g.through_vpce === 1).reduce((n, g) => n + g.events, 0),
      by: byCaller(groups).map((g) => ({ ...g, first_us: formatTime(g.first_us), last_us: formatTime(g.last_us) })).slice(0, 20),
    },
    coverage: coverage.coverage,
  };
}

const latest = (groups: readonly { last_us: number }[]): number | null => (groups.length === 0 ? null : Math.max(...groups.map((g) => g.last_us)));

/** As old as the logs, not as what they show: an access within the look-back counts for all of it. */
function accessClaim(subject: Subject, count: number, lookback: number, covered: DataCoverage, external: readonly { last_us: number }[], seen: number): ToolClaim {
  if (count > 0) return claim(count, `${count} successful requests from outside in ${lookback} days`, { observed_us: Math.max(covered.lastUs ?? 0, ...external.map((g) => g.last_us)) });
  if (covered.proven) return claim(0, `no successful request from outside in ${lookback} days, and the logs cover them`, { observed_us: covered.lastUs });
  const days = Math.floor(covered.coverage.days ?? 0);
  if (covered.never !== undefined) return unknown(covered.never, [{ what: `data-access logs over ${lookback} days`, entity: subject.entity, supply: '"winnow answer" by somebody who can tell' }]);
  const why = seen === 0 ? `the logs hold no data events for it (${covered.coverage.note ?? 'none imported'})` : `the logs cover ${days} of ${lookback} days${covered.coverage.note === undefined ? '' : `, ${covered.coverage.note} among them`}`;
  return unknown(why, [{ what: `data-access logs over ${lookback} days`, entity: subject.entity, supply: 'CloudTrail data events of this resource over the whole look-back' }], seen === 0 ? {} : { gist: `the logs cover only a part of ${lookback} days` });
}

interface DataCoverage { readonly proven: boolean; readonly coverage: Coverage; readonly lastUs: number | undefined; /** Why no log could show that there was none. */ readonly never?: string }

/** What of a platform's logs would show access to data, and why their silence says nothing where it never does (Google Cloud, "Cloud Audit Logs with Cloud Storage": public objects). */
const NEVER: Readonly<Record<string, string>> = {
  gcp: 'Google Cloud’s audit logs leave out what strangers do with public objects, so none of them proves that there was no such access', azure: 'resource logs of storage accounts are not read, and the Activity Log records no access to data',
};

/**
 * Zero hits count only with proven coverage. Data events are logged per resource, so they must be seen for this entity (any outcome, any
 * caller, reads among them), and the very logs in which it was seen must span the look-back without a long silence: those of the same account, region and service.
 */
function dataCoverage(context: ToolContext, of: { readonly platform: string | undefined; readonly account: string | undefined }, groups: readonly AccessGroup[], from: number, to: number): DataCoverage {
  const sources = [...new Set(groups.map((g) => g.source))], never = NEVER[of.platform ?? ''];
  if (never !== undefined) return { proven: false, lastUs: groups.length === 0 ? undefined : Math.min(to, Math.max(...groups.map((g) => g.last_us))), coverage: { sources, days: 0, note: never }, never };
  const known = context.events.coverage().filter((c) => isS3Data(c) && c.account === (of.account ?? ''));
  const seen = groups.filter((g) => g.source === 'cloudtrail' && g.account === (of.account ?? ''));
  const logs = known.filter((c) => seen.some((g) => g.region === c.region && g.log === c.log));
  const row = mergeLogs(logs);
  if (!row || !seen.some((g) => g.reads > 0)) return { proven: false, lastUs: undefined, coverage: { sources: known.length > 0 ? ['cloudtrail'] : [], days: 0, note: noteOfNone(known, seen) } };
  const first = Math.max(from, Math.min(row.first_us, ...groups.map((g) => g.first_us)));
  const last = Math.min(to, row.last_us);
  const days = Math.max(0, (last - first) / MICROS_PER_DAY);
  const wanted = (to - from) / MICROS_PER_DAY;
  const window = within(row, from, to), isBroken = window.longest_gap_days > LONGEST_GAP_DAYS || isHole(window);
  const proven = days >= wanted - 1.5 && !isBroken;
  return {
    proven, lastUs: last,
    coverage: { from: formatTime(first), to: formatTime(last), days: Math.round(days * 10) / 10, sources: ['cloudtrail'], ...(isBroken && { note: `${window.longest_gap_days} ${window.longest_gap_days === 1 ? 'day' : 'days in a row'} without any event` }) },
  };
}

function noteOfNone(known: readonly LogDays[], seen: readonly AccessGroup[]): string {
  if (known.length === 0) return 'no data events imported for its account';
  return seen.length === 0 ? 'data events are logged in this account, but none for this resource' : 'data events are logged for this resource, but no read is among them: a trail may log writes only';
}

/** The same callers in several logs are one line. */
function byCaller(groups: readonly AccessGroup[]): readonly Omit<AccessGroup, 'source' | 'account' | 'region' | 'log' | 'reads'>[] {
  const found = new Map<string, Omit<AccessGroup, 'source' | 'account' | 'region' | 'log' | 'reads'>>();
  for (const { source: _s, account: _a, region: _r, log: _l, reads: _n, ...g } of groups) {
    const key = JSON.stringify([g.actor_type, g.actor_account, g.src_public, g.through_vpce, g.outcome]), known = found.get(key);
    found.set(key, known ? { ...known, events: known.events + g.events, first_us: Math.min(known.first_us, g.first_us), last_us: Math.max(known.last_us, g.last_us) } : g);
  }
  return [...found.values()];
}

function sequence(subject: Subject, context: ToolContext): ReturnType<Tool['run']> {
  const from = subject.first_us - MICROS_PER_DAY, to = subject.last_us + MICROS_PER_DAY;
  const resource = context.graph.resource(subject.entity, subject.account), account = resource?.account ?? subject.account;
  const gathered = gatherEvents(subject, context, from, to, resource), { own, events: any } = gathered, found = findSequence(subject, context, from, to, gathered);
  const needed = neededForSequence({ subject, account, resource, own: own.length > 0 ? own : any });
  const covered = needed.map((need) => coverOne(need, { subject, context, to, own, any }));
  const logs = covered.flatMap((c) => c.logs), gap = needed.length === 0 ? 'which log would show it is not told: neither the graph nor the logs know it' : covered.find((c) => c.gap !== undefined)?.gap;
  const spans = covered.filter((c) => c.logs.length > 0), first_us = Math.max(...spans.map((c) => c.window.first_us)), last_us = Math.min(...spans.map((c) => c.window.last_us));
  const base = {
    entity: subject.entity, facts: { ...found, from: formatTime(from), to: formatTime(to) },
    coverage: { sources: [...new Set(logs.map((l) => l.source))], ...(logs.length > 0 && { from: formatTime(first_us), to: formatTime(last_us) }), ...(gap !== undefined && logs.length > 0 && { note: gap }) },
  };
  const logged = { what: 'logs around the detection', entity: subject.entity, supply: [...new Set(covered.filter((c) => c.gap !== undefined).map((c) => c.need.supply))].join('; ') || 'the sign-in logs of its identity provider, of that time and the day after it' };
  if (found.confirmed) return { ...base, claims: { external_access: notApplicable('about detections the sequence counts'), sequence_confirmed: claim(true, found.why, { observed_us: found.last_us ?? undefined }) } };
  if (!found.answerable) return { ...base, claims: { sequence_confirmed: unknown(found.why, [{ what: 'host or network telemetry', entity: subject.entity, supply: 'endpoint or flow logs of that time' }]) } };
  if (found.open) return { ...base, claims: { sequence_confirmed: unknown(found.why, [{ what: 'whether the success was theirs', entity: subject.entity, supply: 'a word with the user, or "winnow answer"' }]) } };
  if (gap !== undefined) return { ...base, claims: { sequence_confirmed: unknown(logs.length === 0 ? gap : `${found.why}, as far as the logs go: ${gap}`, [logged]) } };
  const extent = covered.map((c) => c.window.extent).find((e) => e !== undefined);
  return { ...base, claims: { sequence_confirmed: claim(false, extent === undefined ? found.why : `${found.why}, ${extent}`, { observed_us: Math.min(last_us, context.asOfUs) }) } };
}

interface Looked { readonly subject: Subject; readonly context: ToolContext; readonly to: number; readonly own: readonly LoggedEvent[]; readonly any: readonly LoggedEvent[] }

/** Does a log that would have shown it cover the time? The regions of an AWS account log apart: those in which it was seen must each cover it. */
function coverOne(need: NeededLog, { subject, context, to, own, any }: Looked): { readonly need: NeededLog; readonly logs: readonly LogDays[]; readonly window: WindowCoverage; readonly gap: string | undefined } {
  const logs = context.events.coverage().filter(need.holds), window = coverWindow(logs, subject, to, context.asOfUs);
  const gapOf = (): string | undefined => {
    if (need.never !== undefined) return need.never;
    if (logs.length === 0) return need.none;
    if (window.gap !== undefined) return inWords(need, window.gap);
    // Whose logs would show it is not told: those of an account that never heard of it prove nothing.
    if (need.account === undefined && any.length === 0) return 'its account is not known, and no log mentions it';
    return need.regional === true ? regionGap(logs, { subject, context, to, own, any }) : undefined;
  };
  return { need, logs, window, gap: gapOf() };
}

/** Gaps are told of the logs; which ones goes without saying only where there is but one kind. */
const inWords = (need: NeededLog, gap: string): string => (need.regional === true ? gap : gap.replace(/^the logs (\w+)/, (_, verb: string) => `${need.name} ${verb === 'have' ? 'has' : `${verb}s`}`));

function regionGap(logs: readonly LogDays[], { subject, context, to, own }: Looked): string | undefined {
  const signIns = new Set(own.filter((e) => e.source === 'cloudtrail' && e.action === 'ConsoleLogin').map((e) => e.region ?? ''));
  const regions = new Set(logs.map((l) => l.region)), global = globalRegion(subject.entity);
  if (signIns.size === 0 && subject.entity_type !== 'bucket' && !regions.has('') && !regions.has(global)) return `the logs hold no event of ${global}, where sign-ins and global services are logged`;
  for (const region of signIns) {
    const gap = coverWindow(logs.filter((l) => l.region === region), subject, to, context.asOfUs).gap;
    if (gap !== undefined) return `${gap} (in ${region}, where it signed in)`;
  }
  return undefined;
}
