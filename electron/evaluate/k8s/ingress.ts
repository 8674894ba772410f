import { list, str } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { OpenInterval, Reachability, Verdict } from '#shared/model/verdict.ts';
import { parseNetwork, type Sources } from '../network/cidr.ts';
import { anyOf } from '../kleene.ts';
import { holdsPrivate } from './addresses.ts';
import { clientDecision, clientsOf, isInternet } from './clients.ts';
import { both, directionDecision, hasPolicies, protocolWord } from './connection.ts';
import { isRelayed, refuses, type Entry } from './entry.ts';
import { inNamespace } from './grouped.ts';
import { best, policyIngress, toVerdict } from './host-to-host.ts';
import { policyBlocks } from './network-policy.ts';
import { nodeEntries } from './node-entries.ts';
import { readBlock } from './policy-peers.ts';
import { routeEntries, routerDecision } from './route-entries.ts';
import { backendsOf, servicePorts } from './service.ts';
import { openings, serviceEntries, servicesOf } from './service-entries.ts';
import type { Decision, Point } from './traffic.ts';
import { resourceNamed, workloadsNamed, type Workload } from './workload.ts';

export interface K8sIngress { readonly port?: number | undefined; readonly protocol?: string | undefined; readonly source?: string | undefined }
interface Weighed { readonly entry: Entry; readonly decision: Decision }

/**
 * Can hosts outside the cluster reach it? For a workload: over a load balancer, external address, node port, Ingress, Route, Gateway, host port or the
 * host's network, and through the policies. For a Service or router: over its own way in. The port is the workload's or the one seen outside.
 */
export function evaluateK8sIngress(graph: GraphView, id: string, ask: K8sIngress = {}): Reachability {
  const clients = clientsOf(ask.source);
  const workloads = workloadsNamed(graph, id);
  const resource = workloads[0]?.resource ?? resourceNamed(graph, id);
  if (!clients || !resource) return unknownReach(clients ? { what: 'the workload', entity: id, supply: 'kubectl get pods,deployments,services,ingresses -A -o json' } : { what: `source ${ask.source ?? ''}`, entity: id, supply: 'an address or a network' });
  if (workloads.length === 0) return frontReach(graph, resource, clients, ask);
  const all = workloads.flatMap((workload) => clients.flatMap((sources) => entriesOf(graph, workload, sources, ask.port).map((entry) => ({ workload, entry }))));
  const weighed = all.filter(({ entry }) => isAsked(entry, ask)).map(({ workload, entry }) => ({ entry, decision: weigh(graph, workload, entry) }));
  return weighed.length > 0 ? combined(weighed, hasPolicies(graph, resource.account) ? [] : ['network_policy']) : withoutEntry(graph, workloads, ask, all.length > 0);
}

const entriesOf = (graph: GraphView, w: Workload, sources: Sources, port: number | undefined): readonly Entry[] => [...serviceEntries(graph, w, sources), ...routeEntries(graph, w, sources), ...nodeEntries(graph, w, sources, port)];

const isAsked = (entry: Entry, { port, protocol }: K8sIngress): boolean => (port === undefined || entry.port === port || entry.outer === port)
  && (protocol === undefined || /^(any|all|-1)$/i.test(protocol) || entry.protocol === protocolWord(protocol));

function weigh(graph: GraphView, workload: Workload, entry: Entry): Decision {
  if (entry.open.answer === 'no') return entry.open;
  const point = { protocol: entry.protocol, port: entry.port };
  const { senders } = entry;
  const policy = isRelayed(senders) ? best(senders.map((peer) => directionDecision(graph, 'ingress', workload, peer, point))) : clientDecision(graph, 'ingress', workload, point, senders);
  if (!policy) return entry.open;
  const isOpen = entry.hidesClient && !isRelayed(senders) && (policy.answer === 'no' ? mayMeanNodes(graph, workload) : policy.answer === 'yes' && !admitsNodes(graph, workload, point));
  return both([entry.open, isOpen
    ? { ...policy, answer: 'unknown', code: 'SNAT', missing: [{ what: 'whose address the pod sees (externalTrafficPolicy is not Local)', entity: workload.resource.urn, supply: 'a person who knows the network plugin' }] } : policy]);
}

/** Private addresses that stand for a node whose own is not recorded. */
const anyNode = ['10.0.0.1', '172.16.0.1', '192.168.0.1'];

/** Do policies let the nodes in as well, one of which may stand in for the client? Where none looks at addresses it makes no difference. */
function admitsNodes(graph: GraphView, workload: Workload, point: Point): boolean {
  if (policyBlocks(graph, 'ingress', workload).length === 0) return true;
  const recorded = graph.ofType('K8s::Node', { account: workload.cluster }).flatMap((n) => list(n.config, 'status', 'addresses')).filter((a) => str(a, 'type') === 'InternalIP').flatMap((a) => str(a, 'address') ?? []);
  return (recorded.length > 0 ? recorded : anyNode).flatMap((text) => { const network = parseNetwork(text); return network ? [directionDecision(graph, 'ingress', workload, { kind: 'address', family: network.family, value: network.from, text }, point)] : []; }).every((d) => d.answer === 'yes');
}

/** A node that stands in for the client is let in where a block holds private addresses. */
const mayMeanNodes = (graph: GraphView, workload: Workload): boolean => policyBlocks(graph, 'ingress', workload).some((b) => {
  const block = readBlock(b);
  return block !== undefined && holdsPrivate(block.network);
});

function combined(weighed: readonly Weighed[], assumed: readonly string[]): Reachability {
  const decisive = weighed.find((w) => w.decision.answer === 'yes') ?? weighed.find((w) => w.decision.answer === 'unknown') ?? weighed[0];
  const open = weighed.filter((w) => w.decision.answer === 'yes');
  const intervals = new Map(open.map(({ entry }): [string, OpenInterval] => [`${entry.protocol}${entry.outer ?? entry.port}`, { protocol: entry.protocol.toLowerCase(), from: entry.outer ?? entry.port, to: entry.outer ?? entry.port }]));
  const reachable = toVerdict(decisive?.decision, [...assumed, ...decisive?.entry.assumed ?? []], decisive?.entry.via);
  return {
    reachable, open: [...intervals.values()], addresses: [], failed: [...new Set(weighed.flatMap((w) => (w.decision.answer === 'no' && w.decision.code !== undefined ? [w.decision.code] : [])))],
    rule_opens: anyOf(weighed.map((w) => w.entry.open.answer)),
  };
}

const plain = (reachable: Verdict): Reachability => ({ reachable, open: [], addresses: [], failed: reachable.blocked_by === undefined ? [] : [reachable.blocked_by], rule_opens: reachable.answer });
const unknownReach = (missing: Verdict['missing'][number]): Reachability => plain({ answer: 'unknown', assumed: [], missing: [missing], reasons: [] });

/**
 * No way in leads to the port that is asked about. From the internet that is a no where the cluster's Services are known: those of a running cluster hold
 * `default/kubernetes`, and a Service that selects the workload says how it is served. From a certain address, which may stand on a network that reaches
 * pods directly, policies alone decide.
 */
function withoutEntry(graph: GraphView, workloads: readonly Workload[], ask: K8sIngress, hasOther: boolean): Reachability {
  const [first] = workloads;
  if (!first) return combined([], []);
  const source = ask.source ?? 'internet';
  const policy = best(workloads.flatMap((w) => policyIngress(graph, w, source, ask.port, ask.protocol) ?? []));
  if (policy?.answer === 'no') return plain(toVerdict(policy, []));
  const noEntry = refuses('NO_ENTRY', first.resource, 'no_entry', first.pointer, hasOther ? 'no Service, Ingress, Gateway, host port or host network leads to this port from outside' : 'no Service, Ingress, Gateway, host port or host network leads to it from outside');
  const isComplete = inNamespace(graph, 'K8s::Service', first.cluster, 'default').some((s) => s.name === 'kubernetes');
  if (!isInternet(source) && !isComplete) return plain(toVerdict(policy, ['a route from the address to the pod network'], `${source} → ${first.resource.name ?? ''}`));
  if (isComplete || hasOther || workloads.some((w) => servicesOf(graph, w).length > 0)) return plain(toVerdict(noEntry, []));
  return plain({ answer: 'unknown', blocked_by: 'NO_ENTRY', assumed: [], reasons: noEntry.reasons, missing: [{ what: 'the Services, Ingresses and Gateways of the cluster', entity: first.resource.urn, supply: 'kubectl get services,ingresses,gateways,httproutes -A -o json' }] });
}

/** A Service, Ingress, Route or Gateway: its own way in, and that some workload behind a Service lets it through. */
function frontReach(graph: GraphView, resource: StoredResource, clients: readonly Sources[], ask: K8sIngress): Reachability {
  if (resource.type === 'K8s::Service') return serviceReach(graph, resource, clients, ask);
  if (resource.type === 'K8s::Ingress' || resource.type === 'K8s::route.openshift.io/Route') {
    const decision = best(clients.map((sources) => routerDecision(graph, resource, '/spec', sources, [])));
    return plain(toVerdict(decision, [], `${resource.type.slice(5)} ${resource.name ?? ''}`));
  }
  if (resource.type === 'K8s::Gateway') {
    const internal = /internal|-rilb/.test(str(resource.config, 'spec', 'gatewayClassName') ?? '');
    return plain(toVerdict(internal ? refuses('INTERNAL_LB', resource, 'gateway', '/spec/gatewayClassName', 'the gateway is internal') : { answer: 'yes', reasons: [{ rule: 'K8S.gateway', source: resource.urn, pointer: '/spec/listeners', text: 'a gateway takes traffic from outside' }], missing: [] }, ['gateway_exposed'], `Gateway ${resource.name ?? ''}`));
  }
  return unknownReach({ what: `how ${resource.type} is reached`, entity: resource.urn, supply: 'a person: this kind is not evaluated' });
}

function serviceReach(graph: GraphView, service: StoredResource, clients: readonly Sources[], ask: K8sIngress): Reachability {
  const behind = backendsOf(graph, service);
  const ports = servicePorts(service).filter((p) => ask.port === undefined || p.port === ask.port || p.nodePort === ask.port);
  const weighed = ports.flatMap((port) => clients.flatMap((sources) => openings(graph, service, port, sources).filter((e) => isAsked(e, { ...ask, port: undefined })).flatMap((entry): readonly Weighed[] => {
    const backends = behind.filter((b) => b.servicePort === port.port && b.protocol === port.protocol);
    return backends.length === 0 ? [{ entry, decision: entry.open }] : backends.map((b) => ({ entry, decision: weigh(graph, b.workload, { ...entry, port: b.port }) }));
  })));
  if (weighed.length > 0) return combined(weighed, hasPolicies(graph, service.account) ? [] : ['network_policy']);
  const routed = behind.flatMap((b) => clients.flatMap((sources) => routeEntries(graph, b.workload, sources).filter((e) => e.port === b.port).map((entry) => ({ entry, decision: weigh(graph, b.workload, entry) }))));
  if (routed.length > 0) return combined(routed, []);
  return plain(toVerdict(refuses('NO_ENTRY', service, 'no_entry', '/spec/type', ports.length === 0 ? 'it has no such port' : `a Service of type ${str(service.config, 'spec', 'type') ?? 'ClusterIP'} has no way in from outside`), []));
}
