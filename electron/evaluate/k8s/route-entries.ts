import { str } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { parseNetwork, type Sources } from '../network/cidr.ts';
import { isInside } from './addresses.ts';
import { admittedBy } from './clients.ts';
import { inNamespace, namespaceOf } from './grouped.ts';
import { leavesOpen, opens, refuses, type Entry } from './entry.ts';
import { gatewayWays, ingressBackends, meansPort, routeBackends, type RouteBackend } from './route-backends.ts';
import { servicePorts, targetPort } from './service.ts';
import { openings, servicesOf } from './service-entries.ts';
import type { Decision, Peer } from './traffic.ts';
import { workloadOf, type Workload } from './workload.ts';

/** What the pods of well-known controllers are called in their labels. */
const controllerNames = /^(ingress-nginx|nginx-ingress(-controller)?|traefik|haproxy-ingress|kubernetes-ingress|kong|ingress-kong|contour|envoy|envoy-gateway|istio-ingressgateway|ambassador|emissary-ingress|router|ingresscontroller|nginx-gateway(-fabric)?|cilium-envoy)$/;

/** Ways in over routers: Ingress, OpenShift Route, Gateway API. What arrives at the workload comes from the router's pods. */
export function routeEntries(graph: GraphView, workload: Workload, sources: Sources): readonly Entry[] {
  const relays = controllers(graph, workload.cluster);
  const senders: readonly Peer[] = relays.length > 0 ? relays.map((w) => ({ kind: 'workload', workload: w })) : [{ kind: 'unknown_pod', text: 'the ingress controller' }];
  return servicesOf(graph, workload).flatMap((service) => {
    const ways = waysTo(graph, service, sources, relays);
    return servicePorts(service).flatMap((port): readonly Entry[] => {
      const target = targetPort(port, workload);
      if (target === undefined) return [];
      return ways.filter((way) => meansPort(service, way.port, port.index)).map((way) => ({ port: target, outer: undefined, protocol: port.protocol, senders, hidesClient: false, assumed: [], via: `${way.via} → Service ${service.name ?? ''}`, open: way.open }));
    });
  });
}

interface Way { readonly via: string; readonly port: RouteBackend['port']; readonly open: Decision }

function waysTo(graph: GraphView, service: StoredResource, sources: Sources, relays: readonly Workload[]): readonly Way[] {
  const namespace = namespaceOf(service) ?? 'default';
  const routers = [
    ...inNamespace(graph, 'K8s::Ingress', service.account, namespace).map((r) => ({ router: r, backends: ingressBackends(r), kind: 'Ingress' })),
    ...inNamespace(graph, 'K8s::route.openshift.io/Route', service.account, namespace).map((r) => ({ router: r, backends: routeBackends(r), kind: 'Route' })),
  ];
  const direct = routers.flatMap(({ router, backends, kind }) => backends.filter((b) => b.service === service.name).map((b): Way => ({ via: `${kind} ${router.name ?? ''}`, port: b.port, open: routerDecision(graph, router, b.pointer, sources, relays) })));
  const gateways = gatewayWays(graph, service).map((way): Way => ({
    via: `Gateway ${way.gatewayName} → ${way.route.type.slice(5)} ${way.route.name ?? ''}`, port: way.port,
    open: way.gateway ? gatewayDecision(graph, way.gateway, way.route, way.pointer, sources) : leavesOpen('GATEWAY', way.route, 'gateway', '/spec/parentRefs', 'its gateway is not in the snapshot', { what: `gateway ${way.gatewayName}`, entity: way.route.urn, supply: 'kubectl get gateways -A -o json' }),
  }));
  return [...direct, ...gateways];
}

/** Is a router open to the clients? By its annotations and, where its controller is in the snapshot, by how that is reached. */
export function routerDecision(graph: GraphView, router: StoredResource, pointer: string, sources: Sources, relays: readonly Workload[]): Decision {
  const note = (name: string): string | undefined => str(router.config, 'metadata', 'annotations', name);
  const className = str(router.config, 'spec', 'ingressClassName') ?? note('kubernetes.io/ingress.class') ?? '';
  const isAlb = className === 'alb' || note('alb.ingress.kubernetes.io/scheme') !== undefined;
  if (!isInside(sources) && isAlb && note('alb.ingress.kubernetes.io/scheme') !== 'internet-facing') return refuses('INTERNAL_LB', router, 'ingress', '/metadata/annotations', 'its load balancer is internal (alb.ingress.kubernetes.io/scheme)');
  if (!isInside(sources) && (className === 'gce-internal' || note('appgw.ingress.kubernetes.io/use-private-ip') === 'true')) return refuses('INTERNAL_LB', router, 'ingress', '/spec/ingressClassName', 'its load balancer is internal');
  const limit = note('nginx.ingress.kubernetes.io/whitelist-source-range') ?? note('nginx.ingress.kubernetes.io/allowlist-source-range') ?? note('alb.ingress.kubernetes.io/inbound-cidrs') ?? note('haproxy.org/allow-list');
  if (limit !== undefined) {
    const networks = limit.split(',').map((t) => parseNetwork(t.trim()));
    if (networks.every((n) => n !== undefined) && !admittedBy(networks, sources)) return refuses('SOURCE_RANGES', router, 'ingress', '/metadata/annotations', `it admits ${limit} only`);
  }
  const open = opens(router, 'ingress', pointer, `${router.type.slice(5)} ${router.name ?? ''} leads to the Service`);
  const front = relays.length > 0 && !isAlb ? frontOf(graph, relays, sources) : undefined;
  return front && front.answer !== 'yes' ? { ...front, reasons: [...open.reasons, ...front.reasons] } : open;
}

function gatewayDecision(graph: GraphView, gateway: StoredResource, route: StoredResource, pointer: string, sources: Sources): Decision {
  const className = str(gateway.config, 'spec', 'gatewayClassName') ?? '';
  if (!isInside(sources) && (/internal|-rilb/.test(className) || str(gateway.config, 'metadata', 'annotations', 'networking.istio.io/service-type') === 'ClusterIP')) return refuses('INTERNAL_LB', gateway, 'gateway', '/spec/gatewayClassName', `the gateway is internal (${className})`);
  const own = inNamespace(graph, 'K8s::Service', gateway.account, namespaceOf(gateway) ?? 'default').filter((s) => str(s.config, 'metadata', 'labels', 'gateway.networking.k8s.io/gateway-name') === gateway.name);
  const fronts = own.flatMap((s) => servicePorts(s).flatMap((p) => openings(graph, s, p, sources))).map((o) => o.open);
  const open = opens(route, 'gateway', pointer, `${route.type.slice(5)} ${route.name ?? ''} leads from gateway ${gateway.name ?? ''} to the Service`);
  if (own.length === 0 || fronts.some((f) => f.answer === 'yes')) return open;
  return fronts[0] ?? refuses('NO_ENTRY', gateway, 'gateway', '', 'the gateway’s Service has no way in from outside');
}

const indexed = new WeakMap<object, readonly Workload[]>();
/** The controllers' workloads of a cluster, by the labels that their charts give them; found once for each list that the graph hands out. */
function controllers(graph: GraphView, cluster: string | undefined): readonly Workload[] {
  const lists = ['K8s::Pod', 'K8s::Deployment', 'K8s::DaemonSet'].map((type) => graph.ofType(type, { account: cluster }));
  const [key] = lists;
  const kept = key && indexed.get(key);
  if (kept) return kept;
  const found = lists.flat().flatMap((r) => workloadOf(graph, r) ?? []).filter((w) => controllerNames.test(w.labels.labels['app.kubernetes.io/name'] ?? '') || controllerNames.test(w.labels.labels['app'] ?? ''));
  if (key) indexed.set(key, found);
  return found;
}

/** How the controllers themselves are reached; undefined when no Service in the snapshot leads to them. */
function frontOf(graph: GraphView, relays: readonly Workload[], sources: Sources): Decision | undefined {
  const services = relays.flatMap((w) => servicesOf(graph, w));
  if (services.length === 0 || relays.some((w) => w.hostNetwork || w.ports.some((p) => p.hostPort !== undefined))) return undefined;
  const fronts = services.flatMap((s) => servicePorts(s).flatMap((p) => openings(graph, s, p, sources))).map((o) => o.open);
  const [first] = services;
  return fronts.find((f) => f.answer === 'yes') ?? fronts.find((f) => f.answer === 'unknown') ?? fronts[0] ?? (first && refuses('NO_ENTRY', first, 'ingress', '/spec/type', 'the ingress controller’s Service has no way in from outside'));
}

