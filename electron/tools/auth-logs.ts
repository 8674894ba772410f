import type { ToolClaim, Coverage } from '#shared/model/claims.ts';
import { MICROS_PER_DAY, formatTime } from '#shared/lib/time.ts';
import { claim, notApplicable, unknown } from './facts/claim.ts';
import { findSequence } from './facts/event-sequence.ts';
import { coverWindow, isHole, within } from './facts/log-coverage.ts';
import type { Subject, Tool, ToolContext } from './tool.ts';

/** Longest run of days without a single event that still counts as covered, however quiet an account is: a dead trail is not. */
const LONGEST_GAP_DAYS = 14;

/** Who used it, from where, how often, within what the logs cover; for a detection, whether the sequence that it hints at is there. */
export const authLogs: Tool = {
  name: 'auth_logs',
  description: 'Access patterns and successful access from outside, with the time range that the logs really cover; for a detection, the sequence of events around it.',
  claims: ['external_access', 'sequence_confirmed'],
  needs: 'CloudTrail (for S3: with data events)',
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
  const coverage = dataCoverage(context, account, groups, from, to);
  return {
    entity: subject.entity,
    claims: { external_access: accessClaim(subject, count, lookback, coverage, external, groups.length) },
    facts: {
      look_back_days: lookback, successful: good.reduce((n, g) => n + g.events, 0), external: count,
      foreign_success: foreign.reduce((n, g) => n + g.events, 0), outside_network_success: outside.reduce((n, g) => n + g.events, 0),
      last_foreign_us: latest(foreign), last_outside_us: latest(outside), refused: groups.filter((g) => g.outcome === 'failure').reduce((n, g) => n + g.events, 0),
      through_vpc_endpoint: good.filter((g) => g.through_vpce === 1).reduce((n, g) => n + g.events, 0),
      by: groups.map((g) => ({ ...g, first_us: formatTime(g.first_us), last_us: formatTime(g.last_us) })).slice(0, 20),
    },
    coverage: coverage.coverage,
  };
}

const latest = (groups: readonly { last_us: number }[]): number | null => (groups.length === 0 ? null : Math.max(...groups.map((g) => g.last_us)));

/** As old as the logs, not as what they show: an access within the look-back counts for all of it. */
function accessClaim(subject: Subject, count: number, lookback: number, covered: { proven: boolean; coverage: Coverage; lastUs: number | undefined }, external: readonly { last_us: number }[], seen: number): ToolClaim {
  if (count > 0) return claim(count, `${count} successful requests from outside in ${lookback} days`, { observed_us: Math.max(covered.lastUs ?? 0, ...external.map((g) => g.last_us)) });
  if (covered.proven) return claim(0, `no successful request from outside in ${lookback} days, and the logs cover them`, { observed_us: covered.lastUs });
  const days = Math.floor(covered.coverage.days ?? 0);
  const why = seen === 0 ? `the logs hold no data events for it (${covered.coverage.note ?? 'none imported'})` : `the logs cover ${days} of ${lookback} days${covered.coverage.note === undefined ? '' : `, ${covered.coverage.note} among them`}`;
  return unknown(why, [{ what: `data-access logs over ${lookback} days`, entity: subject.entity, supply: 'CloudTrail data events of this resource over the whole look-back' }], seen === 0 ? {} : { gist: `the logs cover only a part of ${lookback} days` });
}

/**
 * Zero hits count only with proven coverage. Data events are logged per resource, so they must be seen for this entity (any outcome, any
 * caller) and its account's logs must span the look-back without a long silence.
 */
function dataCoverage(context: ToolContext, account: string | undefined, groups: readonly { first_us: number; last_us: number }[], from: number, to: number): { proven: boolean; coverage: Coverage; lastUs: number | undefined } {
  const logs = context.events.coverage().filter((c) => c.account === (account ?? '') && c.category === 'data_access');
  const [row] = logs;
  if (!row || groups.length === 0) return { proven: false, lastUs: undefined, coverage: { sources: row ? ['cloudtrail'] : [], days: 0, note: row ? 'data events are logged in this account, but none for this resource' : 'no data events imported for its account' } };
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

function sequence(subject: Subject, context: ToolContext): ReturnType<Tool['run']> {
  const from = subject.first_us - MICROS_PER_DAY, to = subject.last_us + MICROS_PER_DAY;
  const found = findSequence(subject, context, from, to);
  const account = context.graph.resource(subject.entity, subject.account)?.account ?? subject.account;
  // What is done to a bucket's objects stands in data events, which trails leave out unless told otherwise.
  const isData = subject.entity_type === 'bucket';
  const logs = context.events.coverage().filter((c) => (account === undefined || c.account === account) && (c.category === 'data_access') === isData);
  const covered = coverWindow(logs, subject, to, context.asOfUs);
  // Whose logs would show it is not told: those of an account that never heard of it prove nothing.
  const gap = covered.gap ?? (account === undefined && found.last_us === null ? 'its account is not known, and no log mentions it' : undefined);
  const base = { entity: subject.entity, facts: { ...found, from: formatTime(from), to: formatTime(to) }, coverage: { sources: logs.length > 0 ? ['cloudtrail'] : [], ...(logs.length > 0 && { from: formatTime(covered.first_us), to: formatTime(covered.last_us) }), ...(gap !== undefined && logs.length > 0 && { note: gap }) } };
  const logged = { what: 'logs around the detection', entity: subject.entity, supply: 'CloudTrail or sign-in logs of that time and the day after it' };
  if (found.confirmed) return { ...base, claims: { external_access: notApplicable('about detections the sequence counts'), sequence_confirmed: claim(true, found.why, { observed_us: found.last_us ?? undefined }) } };
  if (!found.answerable) return { ...base, claims: { sequence_confirmed: unknown(found.why, [{ what: 'host or network telemetry', entity: subject.entity, supply: 'endpoint or flow logs of that time' }]) } };
  if (found.open) return { ...base, claims: { sequence_confirmed: unknown(found.why, [{ what: 'whether the success was theirs', entity: subject.entity, supply: 'a word with the user, or "winnow answer"' }]) } };
  if (gap !== undefined) return { ...base, claims: { sequence_confirmed: unknown(logs.length === 0 ? (isData ? 'no data events of its account are imported' : gap) : `${found.why}, as far as the logs go: ${gap}`, [logged]) } };
  return { ...base, claims: { sequence_confirmed: claim(false, covered.extent === undefined ? found.why : `${found.why}, ${covered.extent}`, { observed_us: Math.min(covered.last_us, context.asOfUs) }) } };
}
