import { at, list, str } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { isInside, isPublic } from './addresses.ts';
import { admittedBy } from './clients.ts';
import { inNamespace, namespaceOf } from './grouped.ts';
import { leavesOpen, opens, refuses, type Entry } from './entry.ts';
import { nodeDecision } from './node-entries.ts';
import { isBehind, servicePorts, targetPort, type ServicePort } from './service.ts';
import { parseNetwork, type Sources } from '../network/cidr.ts';
import type { Decision } from './traffic.ts';
import type { Workload } from './workload.ts';

/** Annotations by which a load balancer stays inside (documentation of the clouds' controllers), with the values that say so. */
const internalMarks: readonly (readonly [annotation: string, value: RegExp])[] = [
  ['service.beta.kubernetes.io/aws-load-balancer-internal', /^(true|0\.0\.0\.0\/0)$/i], ['service.beta.kubernetes.io/aws-load-balancer-scheme', /^internal$/i], ['cloud.google.com/load-balancer-type', /^internal$/i],
  ['networking.gke.io/load-balancer-type', /^internal$/i], ['service.beta.kubernetes.io/azure-load-balancer-internal', /^true$/i], ['service.beta.kubernetes.io/openstack-internal-load-balancer', /^true$/i],
  ['service.beta.kubernetes.io/oci-load-balancer-internal', /^true$/i], ['service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type', /^private$/i], ['service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type', /^intranet$/i],
];

/** The Services of a workload's namespace that select it. */
export const servicesOf = (graph: GraphView, workload: Workload): readonly StoredResource[] =>
  inNamespace(graph, 'K8s::Service', workload.cluster, workload.namespace).filter((s) => isBehind(s, workload) === 'yes');

/** Ways in over Services: load balancer, external addresses, node ports. A ClusterIP alone is none. */
export function serviceEntries(graph: GraphView, workload: Workload, sources: Sources): readonly Entry[] {
  return servicesOf(graph, workload).flatMap((service) => servicePorts(service).flatMap((port): readonly Entry[] => {
    const target = targetPort(port, workload);
    return target === undefined ? [] : openings(graph, service, port, sources).map((o) => ({ ...o, port: target }));
  }));
}

/** A Service's own openings at one of its ports, whatever stands behind. */
export function openings(graph: GraphView, service: StoredResource, port: ServicePort, sources: Sources): readonly Entry[] {
  const type = str(service.config, 'spec', 'type') ?? 'ClusterIP';
  const hidesClient = str(service.config, 'spec', 'externalTrafficPolicy') !== 'Local';
  const base = { port: port.port, protocol: port.protocol, hidesClient, assumed: [] };
  const label = `Service ${namespaceOf(service) ?? ''}/${service.name ?? ''}`;
  const found: Entry[] = [];
  if (type === 'LoadBalancer') {
    const limits = sourceRanges(service);
    const left = limits === undefined ? sources : limits === 'unreadable' ? undefined : admittedBy(limits, sources);
    found.push({ ...base, outer: port.port, senders: left ?? sources, via: `${label} (LoadBalancer) port ${port.port}`, open: balancerDecision(service, limits, left, isInside(sources)) });
  }
  const externals = list(service.config, 'spec', 'externalIPs').filter((ip) => typeof ip === 'string');
  if (externals.length > 0) found.push({ ...base, outer: port.port, senders: sources, via: `${label} (external address) port ${port.port}`, open: addressDecision(service, externals, sources) });
  if ((type === 'NodePort' || (type === 'LoadBalancer' && port.nodePort !== undefined)) && at(service.config, 'spec', 'allocateLoadBalancerNodePorts') !== false) {
    const reach = nodeDecision(graph, service.account, { port: port.nodePort, protocol: port.protocol }, sources, undefined);
    found.push({ ...base, outer: port.nodePort, senders: sources, via: `${label} (NodePort${port.nodePort === undefined ? '' : ` ${port.nodePort}`})`, assumed: reach.assumed, open: { ...reach.decision, reasons: [...reach.decision.reasons, { rule: 'K8S.node_port', source: service.urn, pointer: `/spec/ports/${port.index}`, text: `${label} is open on a port of every node` }] } });
  }
  return found;
}

/** Networks that a load balancer lets in; undefined for everyone. */
function sourceRanges(service: StoredResource): readonly NonNullable<ReturnType<typeof parseNetwork>>[] | 'unreadable' | undefined {
  const field = list(service.config, 'spec', 'loadBalancerSourceRanges');
  const texts = field.length > 0 ? field : (str(service.config, 'metadata', 'annotations', 'service.beta.kubernetes.io/load-balancer-source-ranges')?.split(',') ?? []);
  if (texts.length === 0) return undefined;
  const networks = texts.map((t) => (typeof t === 'string' ? parseNetwork(t.trim()) : undefined));
  return networks.every((n) => n !== undefined) ? networks : 'unreadable';
}

function balancerDecision(service: StoredResource, limits: ReturnType<typeof sourceRanges>, left: Sources | undefined, inside: boolean): Decision {
  const mark = internalMarks.find(([annotation, value]) => value.test(str(service.config, 'metadata', 'annotations', annotation) ?? ''));
  if (mark && !inside) return refuses('INTERNAL_LB', service, 'load_balancer', '/metadata/annotations', `its load balancer is internal (${mark[0]})`);
  const addresses = list(service.config, 'status', 'loadBalancer', 'ingress').flatMap((i) => str(i, 'ip') ?? []);
  const hostnames = list(service.config, 'status', 'loadBalancer', 'ingress').flatMap((i) => str(i, 'hostname') ?? []);
  if (!inside && hostnames.some((h) => h.startsWith('internal-'))) return refuses('INTERNAL_LB', service, 'load_balancer', '/status/loadBalancer/ingress', 'its load balancer is internal');
  if (!inside && addresses.length > 0 && hostnames.length === 0 && !addresses.some(isPublic)) return refuses('INTERNAL_LB', service, 'load_balancer', '/status/loadBalancer/ingress', `its load balancer has private addresses only (${addresses.join(', ')})`);
  if (limits === 'unreadable') return leavesOpen('UNREADABLE', service, 'source_ranges', '/spec/loadBalancerSourceRanges', 'its source ranges can’t be read', { what: 'source ranges that can be read', entity: service.urn, supply: 'kubectl get services -A -o json' });
  if (!left) return refuses('SOURCE_RANGES', service, 'source_ranges', '/spec/loadBalancerSourceRanges', 'its load balancer admits other sources only');
  return opens(service, 'load_balancer', '/spec/type', inside ? 'its load balancer takes traffic from inside the network' : 'its load balancer faces the internet');
}

function addressDecision(service: StoredResource, addresses: readonly string[], sources: Sources): Decision {
  const open = addresses.filter(isPublic);
  // A private address still serves who asks from inside.
  if (open.length > 0 || isInside(sources)) return opens(service, 'external_ips', '/spec/externalIPs', `it takes traffic to ${(open.length > 0 ? open : addresses).join(', ')}`);
  return refuses('NO_PUBLIC_IP', service, 'external_ips', '/spec/externalIPs', 'its external addresses are private');
}
