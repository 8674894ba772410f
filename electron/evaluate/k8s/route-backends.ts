import { at, isObject, list, str } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { inNamespace, namespaceOf } from './grouped.ts';
import { selects } from './selector.ts';
import { namespaceLabels } from './workload.ts';
import { servicePorts } from './service.ts';

/** A Service's port that a router (Ingress, Gateway route) leads to; `port` by number or name, all when undefined. */
export interface RouteBackend { readonly service: string; readonly port: number | string | undefined; readonly pointer: string }

/** Backends of an Ingress: networking.k8s.io/v1, and the form of v1beta1 and extensions. */
export function ingressBackends(ingress: StoredResource): readonly RouteBackend[] {
  const rules = list(ingress.config, 'spec', 'rules').flatMap((rule, r) => list(rule, 'http', 'paths').map((path, p) => ({ backend: at(path, 'backend'), pointer: `/spec/rules/${r}/http/paths/${p}/backend` })));
  const byDefault = ['defaultBackend', 'backend'].map((key) => ({ backend: at(ingress.config, 'spec', key), pointer: `/spec/${key}` }));
  return [...rules, ...byDefault].flatMap(({ backend, pointer }): RouteBackend[] => {
    const service = str(backend, 'service', 'name') ?? str(backend, 'serviceName');
    const port = at(backend, 'service', 'port', 'number') ?? at(backend, 'service', 'port', 'name') ?? at(backend, 'servicePort');
    return service === undefined ? [] : [{ service, port: typeof port === 'number' || typeof port === 'string' ? port : undefined, pointer }];
  });
}

/** Backends of an OpenShift Route; its `targetPort` is a port of the pods or a name of the Service's. */
export function routeBackends(route: StoredResource): readonly RouteBackend[] {
  return [at(route.config, 'spec', 'to'), ...list(route.config, 'spec', 'alternateBackends')].flatMap((to): RouteBackend[] => {
    const service = str(to, 'name'), port = at(route.config, 'spec', 'port', 'targetPort');
    return service === undefined || (str(to, 'kind') ?? 'Service') !== 'Service' ? [] : [{ service, port: typeof port === 'number' || typeof port === 'string' ? port : undefined, pointer: '/spec/to' }];
  });
}

const routeKinds = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'] as const;
export interface GatewayWay { readonly route: StoredResource; readonly gateway: StoredResource | undefined; readonly gatewayName: string; readonly pointer: string; readonly port: number | undefined }

/** Gateway API routes that lead to a Service, each with the gateway that lets it in (`undefined` when that is not in the snapshot). */
export function gatewayWays(graph: GraphView, service: StoredResource): readonly GatewayWay[] {
  const namespace = namespaceOf(service);
  return routeKinds.flatMap((kind) => graph.ofType(`K8s::${kind}`, { account: service.account })).flatMap((route) => {
    const backends = list(route.config, 'spec', 'rules').flatMap((rule, r) => list(rule, 'backendRefs').map((ref, b) => ({ ref, pointer: `/spec/rules/${r}/backendRefs/${b}` })));
    const leading = backends.filter(({ ref }) => (str(ref, 'kind') ?? 'Service') === 'Service' && str(ref, 'name') === service.name && (str(ref, 'namespace') ?? namespaceOf(route)) === namespace && at(ref, 'weight') !== 0 && isGranted(graph, route, service));
    return leading.flatMap(({ ref, pointer }) => list(route.config, 'spec', 'parentRefs').filter((p) => (str(p, 'kind') ?? 'Gateway') === 'Gateway').flatMap((parent): GatewayWay[] => {
      const gatewayNamespace = str(parent, 'namespace') ?? namespaceOf(route) ?? 'default', gatewayName = str(parent, 'name') ?? '';
      const gateway = inNamespace(graph, 'K8s::Gateway', service.account, gatewayNamespace).find((g) => g.name === gatewayName);
      const port = at(ref, 'port');
      return gateway && !letsIn(graph, gateway, route, str(parent, 'sectionName')) ? [] : [{ route, gateway, gatewayName: `${gatewayNamespace}/${gatewayName}`, pointer, port: typeof port === 'number' ? port : undefined }];
    }));
  });
}

/** A Service in another namespace must grant it (ReferenceGrant). */
function isGranted(graph: GraphView, route: StoredResource, service: StoredResource): boolean {
  const from = namespaceOf(route), to = namespaceOf(service) ?? 'default';
  if (from === to) return true;
  return inNamespace(graph, 'K8s::ReferenceGrant', service.account, to).some((grant) =>
    list(grant.config, 'spec', 'from').some((f) => str(f, 'namespace') === from && str(f, 'kind') === route.type.slice(5)) && list(grant.config, 'spec', 'to').some((t) => str(t, 'kind') === 'Service' && [undefined, service.name].includes(str(t, 'name'))));
}

/** Listeners say from which namespaces routes may attach; their own unless they say otherwise. */
function letsIn(graph: GraphView, gateway: StoredResource, route: StoredResource, section: string | undefined): boolean {
  const listeners = list(gateway.config, 'spec', 'listeners').filter((l) => section === undefined || str(l, 'name') === section);
  return listeners.some((listener) => {
    const allowed = at(listener, 'allowedRoutes', 'namespaces');
    const from = str(allowed, 'from') ?? 'Same';
    if (from === 'All') return true;
    if (from === 'Selector') return isObject(at(allowed, 'selector')) && selects(at(allowed, 'selector'), namespaceLabels(graph, route.account, namespaceOf(route) ?? 'default')) !== 'no';
    return from === 'Same' && namespaceOf(route) === namespaceOf(gateway);
  });
}

/** Does a backend's port mean this port of the Service? */
export function meansPort(service: StoredResource, port: number | string | undefined, index: number): boolean {
  const found = servicePorts(service).find((p) => p.index === index);
  if (!found) return false;
  return port === undefined || port === found.port || port === found.name || String(found.port) === port || port === found.target;
}
