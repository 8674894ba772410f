import { str } from '#shared/lib/json.ts';
import { recentCache } from '#shared/lib/recent-cache.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Reachability } from '#shared/model/verdict.ts';
import { attachmentsOf, isAttachable } from './network/attachments.ts';
import { addressSources, internetSources } from '../network/cidr.ts';
import { combine, decided } from './network/combine.ts';
import { everyPort, pathsThrough, type Ask, type Doorway, type Path } from './network/doorway.ts';
import { standingOf, standsInVpc, type Standing } from './network/doorways.ts';
import { natRefuses } from './network/holder.ts';
import { balancerState, isBalancer, listenersOf } from './network/load-balancer.ts';
import { unreadable } from './network/lookup.ts';
import { missingRow, row, type Row } from './network/row.ts';
import { endpointReachability, isServed } from './network/service-endpoint.ts';
import { throughApis } from './network/through-api.ts';
import { throughBalancers } from './network/through-balancer.ts';
import { throughDistributions } from './network/through-edge.ts';

export interface IngressOptions {
  readonly port?: number;
  /** Name or IANA number; TCP and UDP when left out. */
  readonly protocol?: string;
  /** An address or network, or `internet` (the default): enough hosts anywhere, see `internetSources`. */
  readonly source?: string;
}

/**
 * Can hosts outside reach it? Rows 1–7 of design 5-graph §2 for AWS, three-valued: one row that definitely fails answers no even if others
 * are unknown; an answer of yes needs every row, and names what it took as not applied in `assumed`.
 * @param urn what stands in a VPC (`doorways.ts`), what AWS serves itself or shares (`service-endpoint.ts`), or a security group (is anything that
 *   it is attached to reachable through its rules?). Anything else is unknown.
 */
export function evaluateIngress(graph: GraphView, urn: string, options: IngressOptions = {}): Reachability {
  const resource = graph.resource(urn);
  if (!resource) return decided(missingRow('NO_PUBLIC_IP', urn, { what: 'the resource', entity: urn, supply: 'an inventory that contains it' }));
  const ask = askOf(options);
  if (typeof ask === 'string') return decided(missingRow('NO_PUBLIC_IP', urn, { what: ask, entity: urn, supply: 'a port from 0 to 65535, an address or a network' }));
  const refusal = natRefuses(resource);
  if (refusal) return decided(refusal);
  const reach = (balancer: string, port?: number, protocol = 'tcp'): Reachability => evaluateIngress(graph, balancer, { ...(options.source !== undefined && { source: options.source }), ...(port !== undefined && { port, protocol }) });
  const overOthers = (direct: Reachability, standing: Pick<Standing, 'doors' | 'state'>): Reachability => {
    const overEdge = throughDistributions(graph, resource, isDoorways(standing.doors) ? standing.doors : [], ask, direct);
    // An application balancer may be the target of a network balancer, which is nobody's target.
    const isFirst = isBalancer(resource.type) && str(resource.config, 'Type') !== 'application';
    const state = isBalancer(resource.type) ? balancerState(resource, listenersOf(graph, resource), ask.windows[0] ?? everyPort) : standing.state;
    return isFirst || overEdge.reachable.answer === 'yes' ? overEdge : throughBalancers(graph, resource, { ...standing, state }, ask, overEdge, reach);
  };
  const served = endpointReachability(graph, resource, options.source ?? 'internet');
  const overApi = served && resource.type === 'AWS::Lambda::Function' && served.reachable.answer !== 'yes' ? throughApis(graph, resource, served, reach) : undefined;
  if (served) return overApi && overApi.reachable.answer !== 'yes' ? overOthers(overApi, { doors: [], state: row('STATE', 'yes', resource.urn, '', 'the function is there') }) : overApi ?? served;
  if (resource.type === 'AWS::EC2::SecurityGroup') return groupReachability(graph, resource, ask);
  const standing = standingOf(graph, resource), paths = standing && pathsOf(graph, resource, standing, ask);
  if (!paths) return decided(missingRow('NO_PUBLIC_IP', urn, { what: `how ${resource.type} is reached`, entity: urn, supply: 'a person: this type is not evaluated' }));
  const direct = combine(paths.paths, paths.mode, urn);
  return direct.reachable.answer === 'yes' ? direct : overOthers(direct, standing);
}

/** Questions that are kept: what was worked out for one serves all that ask the same. */
const asks = recentCache<Ask | string>(16);

function askOf(options: IngressOptions): Ask | string {
  // An empty protocol is none that we know, and none is TCP and UDP; NaN is no port: they must not meet in one key.
  const key = JSON.stringify([String(options.port), options.protocol, options.source ?? 'internet']);
  let ask = asks.get(key);
  if (ask === undefined) { ask = makeAsk(options); asks.set(key, ask); }
  return ask;
}

function makeAsk({ port, protocol, source = 'internet' }: IngressOptions): Ask | string {
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65535)) return `port ${port}`;
  const sources = source === 'internet' ? [internetSources(4), internetSources(6)] : [addressSources(source)].filter((s) => s !== undefined);
  if (sources.length === 0) return `source ${source}`;
  return { windows: [port === undefined ? everyPort : { from: port, to: port }], protocol, sources };
}

/** Ways into a resource; `only` leaves one security group's rules (is it open through this group?). */
function pathsOf(graph: GraphView, resource: StoredResource, standing: Standing, ask: Ask, only?: string): { readonly paths: readonly Path[]; readonly mode: 'any' | 'one-of' } {
  const through = (doorways: readonly Doorway[] | Row, state: Row, windows = ask.windows): readonly Path[] => {
    if (!isDoorways(doorways)) return [{ rows: [doorways, state], open: [], ruleOpens: 'unknown', family: 4, addresses: [] }];
    const limited = only === undefined ? doorways : doorways.filter((d) => d.groups !== 'none' && d.groups?.includes(only) === true).map((d) => ({ ...d, groups: [only] }));
    const asked = windows === ask.windows ? ask : { ...ask, windows };
    const paths = limited.flatMap((d) => pathsThrough(graph, d, asked, state));
    return paths.length > 0 ? paths : [{ rows: [noFamily(resource.urn), state], open: [], ruleOpens: 'no', family: 4, addresses: [] }];
  };
  const isAnyPort = ask.windows[0] === everyPort;
  if (!isBalancer(resource.type)) return { paths: through(standing.doors, standing.state, isAnyPort && standing.listens ? standing.listens : ask.windows), mode: standing.mode };
  const listeners = listenersOf(graph, resource);
  const asked = ask.windows[0] ?? everyPort;
  const heard = listeners?.filter((l) => l.from <= asked.to && l.to >= asked.from) ?? [];
  const state = balancerState(resource, listeners, asked);
  const paths = through(standing.doors, state, heard.length > 0 ? heard : ask.windows);
  return { paths: isAnyPort && heard.length > 0 && paths.every((p) => p.ruleOpens === 'no') ? besideListeners(resource, paths, through(standing.doors, state, ask.windows)) : paths, mode: 'any' };
}

/** The groups open ports on which no recorded listener is. Where the rest of the way isn't known either, that is no clear no: a listener more is one call. */
function besideListeners(balancer: StoredResource, paths: readonly Path[], wide: readonly Path[]): readonly Path[] {
  const open = wide.flatMap((p) => p.rows).find((r) => r.code === 'SG_IN' && r.answer === 'yes');
  if (!open || wide.every((p) => p.rows.every((r) => r.answer !== 'unknown'))) return paths;
  const text = `${open.reasons[0]?.text ?? ''}, where no recorded listener is`;
  const doubt = row('SG_IN', 'unknown', open.reasons[0]?.source ?? balancer.urn, open.reasons[0]?.pointer ?? '', text, { missing: [{ what: 'all listeners of the load balancer', entity: balancer.urn, supply: 'aws elbv2 describe-listeners (elb: describe-load-balancers)' }] });
  return wide.map((p) => ({ ...p, ruleOpens: 'unknown' as const, rows: p.rows.map((r) => (r.code === 'SG_IN' ? doubt : r)) }));
}

/** Types whose reach from outside is evaluated. */
export const hasIngress = (type: string): boolean => standsInVpc(type) || isServed(type) || type === 'AWS::EC2::SecurityGroup';

const isDoorways = (value: readonly Doorway[] | Row): value is readonly Doorway[] => Array.isArray(value);
const noFamily = (urn: string): Row => row('NO_PUBLIC_IP', 'no', urn, '', 'it has no address of the family that is asked about');

/** A security group is as exposed as what it is attached to, looked at through its own rules only. */
function groupReachability(graph: GraphView, group: StoredResource, ask: Ask): Reachability {
  const attached = attachmentsOf(graph, group);
  const known = attached.resources.filter((r) => isAttachable(r.type));
  const paths = known.flatMap((r) => { const standing = standingOf(graph, r); return standing ? pathsOf(graph, r, standing, ask, attached.id).paths : []; });
  const alone = attached.rules(ask);
  const rows: Row[] = alone.answer === 'no' ? [alone] : attached.missing.length > 0
    ? [missingRow('NOT_ATTACHED', group.urn, attached.missing[0] ?? unreadable(group))]
    : known.length === 0 ? [row('NOT_ATTACHED', 'no', group.urn, '', `${attached.id} is attached to nothing`)] : [];
  const own: readonly Path[] = rows.length === 0 ? [] : [{ rows, open: [], ruleOpens: alone.answer, family: 4, addresses: [] }];
  const result = combine(alone.answer === 'no' ? own : [...paths, ...own], 'any', group.urn);
  const reasons = alone.answer === 'yes' ? [...alone.reasons, ...result.reachable.reasons] : result.reachable.reasons;
  return { ...result, rule_opens: alone.answer, reachable: { ...result.reachable, reasons } };
}
