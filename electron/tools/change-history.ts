import type { ToolClaim } from '#shared/model/claims.ts';
import { MICROS_PER_DAY, formatTime } from '#shared/lib/time.ts';
import { claim, unknown } from './facts/claim.ts';
import { closesAccess } from './facts/logged-calls.ts';
import { changeLogs } from './facts/log-sources.ts';
import type { Extra, LogDays, LoggedEvent, Subject, Tool } from './tool.ts';

const MOST_CHANGES = 50;
/** What changed on an entity, by whom; and whether a control came after the access that contradicts it. */
export const changeHistory: Tool = {
  name: 'change_history',
  description: 'Changes of an entity in the look-back, by whom; whether a blocking control is newer than an access that it should have refused.',
  claims: ['control_newer_than_access'],
  needs: 'the log of changes of its platform (CloudTrail management events, Azure Activity, admin activity of Google Cloud, audit logs), or AWS Config history',
  cost: 5,
  lasting: () => null,
  run(subject, extra, context) {
    const from = Math.min(context.asOfUs - context.policy.thresholds.change_lookback_days * MICROS_PER_DAY, extra.last_access_us ?? context.asOfUs);
    const resource = context.graph.resource(subject.entity, subject.account);
    const changes = context.events.changesOf(resource?.urn ?? subject.entity, from, context.asOfUs, MOST_CHANGES).filter((e) => e.outcome === 'success');
    const versions = resource ? context.resourceVersions(resource.urn).map((v) => ({ captured_at: formatTime(v.captured_us), hash: v.hash.slice(0, 12) })) : [];
    const { name, supply, holds } = changeLogs(subject, resource), logs = { name, supply, rows: context.events.coverage().filter(holds) };
    return {
      entity: subject.entity,
      claims: extra.last_access_us === undefined ? {} : { control_newer_than_access: newerClaim(subject, extra, changes, logs) },
      facts: { changes: changes.map((e) => ({ time: e.time, action: e.action, actor: e.actor, src_ip: e.src_ip, source: e.source })), versions: versions.slice(-10) },
      coverage: { from: formatTime(from), to: formatTime(context.asOfUs), sources: [...new Set([...logs.rows.map((l) => l.source), ...changes.map((e) => e.source), ...(versions.length > 0 ? ['inventory'] : [])])].toSorted(), ...(logs.rows.length === 0 && { note: `nothing of ${name} is imported` }) },
    };
  },
};

function newerClaim(subject: Subject, extra: Extra, changes: readonly LoggedEvent[], logs: { readonly name: string; readonly supply: string; readonly rows: readonly LogDays[] }): ToolClaim {
  const last = extra.last_access_us ?? 0;
  const control = changes.find(closesAccess);
  if (control && control.time_us > last) return claim(true, `${control.action} by ${control.actor ?? 'someone'} on ${control.time}, after the last such access (${formatTime(last)})`, { observed_us: control.time_us });
  const covered = logs.rows.length > 0 && Math.min(...logs.rows.map((c) => c.first_us)) <= last && Math.max(...logs.rows.map((c) => c.last_us)) >= last;
  if (covered) return claim(false, `no change of it is logged after the access of ${formatTime(last)}`, { observed_us: Math.max(...logs.rows.map((c) => c.last_us)) });
  return unknown(`${logs.name} does not cover the time since that access`, [{ what: 'management events', entity: subject.entity, supply: `${logs.supply} since ${formatTime(last)}` }]);
}
