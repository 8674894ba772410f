import type { ToolClaim } from '#shared/model/claims.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { MICROS_PER_DAY, formatTime } from '#shared/lib/time.ts';
import { str } from '#shared/lib/json.ts';
import { absence, claim, notApplicable, observedUs, unknown } from './facts/claim.ts';
import { actorNames } from './facts/actor-names.ts';
import type { Subject, Tool, ToolContext } from './tool.ts';

const RUNNING = /^(running|runnable|available|active|ready|in-?service|ok)$/i;
const STOPPED = /^(stopped|stopping|terminated|shutting-down|deleted|inactive|deallocated|deallocating|suspended|suspending|deprovisioning|pending deletion|failed)$/i;

/** Is it running, when was it last active, who uses it: from the resource's state and from the logs. */
export const runtimeTelemetry: Tool = {
  name: 'runtime_telemetry',
  description: 'Whether an entity is running or in use, when it was last active, and by whom.',
  claims: ['runtime_active'],
  needs: 'an inventory snapshot; audit logs for last use',
  cost: 3,
  lasting: ({ state: is, consumers }) => ({ state: is, consumers }),
  run(subject, _extra, context) {
    const resource = context.graph.resource(subject.entity, subject.account);
    const from = context.asOfUs - context.policy.thresholds.access_lookback_days * MICROS_PER_DAY;
    const used = usage(subject, resource, context, from);
    const users = resource ? context.graph.edgesTo(resource.urn).filter((e) => ['READS_FROM', 'WRITES_TO', 'RUNS_AS', 'INVOKES', 'USES_IMAGE'].includes(e.kind)).map((e) => e.source) : [];
    return {
      entity: subject.entity,
      claims: { runtime_active: activeClaim(subject, resource, used, context.graph) },
      facts: { state: state(resource) ?? null, last_active: used.lastUs === undefined ? null : formatTime(used.lastUs), successful_uses: used.events, consumers: [...new Set(users)].slice(0, 20) },
      coverage: { sources: ['inventory', 'events'], from: formatTime(from), to: formatTime(context.asOfUs) },
    };
  },
};

const state = (resource: StoredResource | undefined): string | undefined =>
  resource && (str(resource.config, 'State', 'Name') ?? str(resource.config, 'DBInstanceStatus') ?? str(resource.config, 'State', 'Code') ?? str(resource.config, 'State') ?? str(resource.config, 'Status')
    ?? str(resource.config, 'status') ?? str(resource.config, 'state')
    ?? str(resource.config, 'powerState')?.replace(/^(PowerState\/|VM )/i, '') ?? str(resource.config, 'extended', 'instanceView', 'powerState', 'code')?.replace(/^PowerState\//i, ''));

function usage(subject: Subject, resource: StoredResource | undefined, context: ToolContext, from: number): { events: number; lastUs: number | undefined } {
  const id = resource?.urn ?? subject.entity;
  if (resource?.kind === 'identity' || ['user', 'role'].includes(subject.entity_type)) {
    const events = actorNames(id, resource).flatMap((name) => context.events.byActor(name, from, context.asOfUs, 1000)).filter((e) => e.outcome === 'success');
    return { events: events.length, lastUs: events.length === 0 ? undefined : Math.max(...events.map((e) => e.time_us)) };
  }
  const groups = context.events.access(id, from, context.asOfUs).filter((g) => g.outcome === 'success');
  return { events: groups.reduce((n, g) => n + g.events, 0), lastUs: groups.length === 0 ? undefined : Math.max(...groups.map((g) => g.last_us)) };
}

function activeClaim(subject: Subject, resource: StoredResource | undefined, used: { events: number; lastUs: number | undefined }, graph: GraphView): ToolClaim {
  if ((resource?.kind ?? subject.entity_type) === 'bucket') return notApplicable('a bucket holds data and does not run; its use stands in the facts');
  const absent = resource ? undefined : absence(subject, graph);
  if (absent?.isGone) return unknown(absent.why, absent.missing);
  if (used.lastUs !== undefined) return claim(true, `used ${used.events} times, last on ${formatTime(used.lastUs)}`, { observed_us: used.lastUs, gist: 'the logs show that it is used' });
  if (!resource) return unknown('it is not in the inventory and the logs do not mention it', absent?.missing);
  const word = state(resource);
  if (word !== undefined && RUNNING.test(word)) return claim(true, `its state in the snapshot is ${word}`, { observed_us: observedUs(resource) });
  if (word !== undefined && STOPPED.test(word)) return claim(false, `its state in the snapshot is ${word}`, { observed_us: observedUs(resource) });
  return unknown('neither a state in the snapshot nor any use in the logs', [{ what: 'state or use', entity: subject.entity, supply: 'logs that cover it' }]);
}
