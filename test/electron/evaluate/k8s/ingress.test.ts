import { describe, expect, it } from 'vitest';
import { evaluateK8sIngress } from '#electron/evaluate/k8s/ingress.ts';
import type { Question, QuestionAnswer } from '#electron/evaluate/platform.ts';
import { ask, clusterOf, deployment, explain, explained, namespace, node, object, pod, policy, service, type Manifest } from './cluster.ts';

const web = deployment('x/web', { app: 'web' });
const world: readonly Manifest[] = [namespace('x'), namespace('y'), web];
const inbound = (object?: string, port?: number): Question => ({ question: 'ingress', subject: 'x/web[Deployment]', ...(object !== undefined && { object }), ...(port !== undefined && { port }) });
const svc = (spec: Manifest = {}, annotations?: Readonly<Record<string, string>>, more?: Manifest): Manifest => service('x/web', { app: 'web' }, spec, annotations, more);
const balancer = (more: Manifest = {}, annotations?: Readonly<Record<string, string>>, status?: Manifest): Manifest => svc({ type: 'LoadBalancer', ...more }, annotations, status);
const external = node('n1', [{ type: 'InternalIP', address: '10.0.0.4' }, { type: 'ExternalIP', address: '203.0.113.9' }]);
const internal = node('n1', [{ type: 'InternalIP', address: '10.0.0.4' }]);
const route = (spec: Manifest = {}, annotations?: Readonly<Record<string, string>>): Manifest => object('networking.k8s.io/v1', 'Ingress', 'web', 'x', { spec: { rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }] } }], ...spec } }, undefined, annotations);
const gateway = (from?: string, id = 'x/gw'): Manifest => object('gateway.networking.k8s.io/v1', 'Gateway', id.split('/')[1]!, id.split('/')[0], { spec: { gatewayClassName: 'public', listeners: [{ name: 'http', port: 80, protocol: 'HTTP', ...(from && { allowedRoutes: { namespaces: { from } } }) }] } });
const httpRoute = (parent: Manifest = { name: 'gw' }, backend: Manifest = { name: 'web', port: 80 }, ns = 'x'): Manifest => object('gateway.networking.k8s.io/v1', 'HTTPRoute', 'web', ns, { spec: { parentRefs: [parent], rules: [{ backendRefs: [backend] }] } });
const closed = policy('x/p', { podSelector: {}, ingress: [] });
const fromBlock = (cidr: string, except?: readonly string[]): Manifest => policy('x/p', { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr, ...(except && { except }) } }] }] });
const controller = (type: string): readonly Manifest[] => [namespace('ingress-nginx', { team: 'platform' }), deployment('ingress-nginx/controller', { 'app.kubernetes.io/name': 'ingress-nginx' }), service('ingress-nginx/controller', { 'app.kubernetes.io/name': 'ingress-nginx' }, { type })];

type Row = readonly [fact: string, answer: QuestionAnswer['answer'], manifests: readonly Manifest[], question: Question, by: RegExp];
const pairs: readonly Row[] = [
  ['a load balancer', 'yes', [balancer()], inbound(), /load balancer faces the internet/],
  ['a ClusterIP', 'no', [svc()], inbound(), /NO_ENTRY/],
  ['its selector means other pods', 'no', [balancer({ selector: { app: 'other' } }), service('x/plain', { app: 'web' })], inbound(), /NO_ENTRY/],
  ['its selector means these pods', 'yes', [balancer({ selector: { app: 'web' } })], inbound(), /load balancer/],
  ['an internal load balancer by annotation', 'no', [balancer({}, { 'networking.gke.io/load-balancer-type': 'Internal' })], inbound(), /INTERNAL_LB.*internal/],
  ['the annotation says External', 'yes', [balancer({}, { 'networking.gke.io/load-balancer-type': 'External' })], inbound(), /faces the internet/],
  ['a load balancer with a private address', 'no', [balancer({}, undefined, { status: { loadBalancer: { ingress: [{ ip: '10.0.0.40' }] } } })], inbound(), /INTERNAL_LB.*private addresses/],
  ['with a public address', 'yes', [balancer({}, undefined, { status: { loadBalancer: { ingress: [{ ip: '198.51.100.40' }] } } })], inbound(), /faces the internet/],
  ['source ranges that hold the address', 'yes', [balancer({ loadBalancerSourceRanges: ['198.51.100.0/24'] })], inbound('198.51.100.7'), /load balancer/],
  ['source ranges that don’t', 'no', [balancer({ loadBalancerSourceRanges: ['198.51.100.0/24'] })], inbound('203.0.113.7'), /SOURCE_RANGES/],
  ['source ranges of an office are not the internet', 'no', [balancer({ loadBalancerSourceRanges: ['198.51.100.0/24'] })], inbound('internet'), /SOURCE_RANGES/],
  ['halves of the internet are', 'yes', [balancer({ loadBalancerSourceRanges: ['0.0.0.0/1', '128.0.0.0/1'] })], inbound('internet'), /load balancer/],
  ['a public external address', 'yes', [svc({ externalIPs: ['203.0.113.50'] })], inbound(), /takes traffic to 203.0.113.50/],
  ['a private one', 'no', [svc({ externalIPs: ['10.9.9.9'] })], inbound(), /NO_PUBLIC_IP/],
  ['a node port on a node with a public address', 'yes', [svc({ type: 'NodePort', ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }] }), external], inbound(), /public address 203.0.113.9/],
  ['on a node without', 'no', [svc({ type: 'NodePort', ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }] }), internal], inbound(), /NO_PUBLIC_IP.*no public address/],
  ['an Ingress', 'yes', [svc(), route()], inbound(), /Ingress web leads to the Service/],
  ['an Ingress to another Service', 'no', [svc(), route({ rules: [], defaultBackend: { service: { name: 'other', port: { number: 80 } } } })], inbound(), /NO_ENTRY/],
  ['an Ingress by its default backend', 'yes', [svc(), route({ rules: [], defaultBackend: { service: { name: 'web', port: { number: 80 } } } })], inbound(), /Ingress web/],
  ['an Ingress to another port of the Service', 'no', [svc({ ports: [{ name: 'web', port: 80, targetPort: 8080 }, { name: 'metrics', port: 9090, targetPort: 9090 }] }), route()], inbound(undefined, 9090), /NO_ENTRY/],
  ['an ALB without a scheme is internal', 'no', [svc(), route({ ingressClassName: 'alb' })], inbound(), /INTERNAL_LB/],
  ['an internet-facing one', 'yes', [svc(), route({ ingressClassName: 'alb' }, { 'alb.ingress.kubernetes.io/scheme': 'internet-facing' })], inbound(), /Ingress web/],
  ['an allow list of the Ingress', 'no', [svc(), route({}, { 'nginx.ingress.kubernetes.io/whitelist-source-range': '198.51.100.0/24' })], inbound(), /SOURCE_RANGES.*198.51.100.0/],
  ['for who is on it', 'yes', [svc(), route({}, { 'nginx.ingress.kubernetes.io/whitelist-source-range': '198.51.100.0/24' })], inbound('198.51.100.9'), /Ingress web/],
  ['a controller that is reached over a load balancer', 'yes', [svc(), route(), ...controller('LoadBalancer')], inbound(), /Ingress web/],
  ['a controller that nothing leads to', 'no', [svc(), route(), ...controller('ClusterIP')], inbound(), /NO_ENTRY.*controller/],
  ['a policy that admits the controller’s namespace', 'yes', [svc(), route(), ...controller('LoadBalancer'), policy('x/p', { podSelector: {}, ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'platform' } } }] }] })], inbound(), /p allows it/],
  ['a policy that admits another', 'no', [svc(), route(), ...controller('LoadBalancer'), policy('x/p', { podSelector: {}, ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'shop' } } }] }] })], inbound(), /NETPOL_IN/],
  ['a gateway with a route', 'yes', [svc(), gateway(), httpRoute()], inbound(), /HTTPRoute web leads from gateway gw/],
  ['a route to a gateway that admits its own namespace only', 'no', [svc(), gateway(undefined, 'y/gw'), httpRoute({ name: 'gw', namespace: 'y' })], inbound(), /NO_ENTRY/],
  ['to one that admits all', 'yes', [svc(), gateway('All', 'y/gw'), httpRoute({ name: 'gw', namespace: 'y' })], inbound(), /HTTPRoute/],
  ['a route without the Service’s grant', 'no', [svc(), gateway(undefined, 'y/gw'), httpRoute({ name: 'gw' }, { name: 'web', namespace: 'x', port: 80 }, 'y')], inbound(), /NO_ENTRY/],
  ['with it', 'yes', [svc(), gateway(undefined, 'y/gw'), httpRoute({ name: 'gw' }, { name: 'web', namespace: 'x', port: 80 }, 'y'), object('gateway.networking.k8s.io/v1beta1', 'ReferenceGrant', 'g', 'x', { spec: { from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'y' }], to: [{ group: '', kind: 'Service' }] } })], inbound(), /HTTPRoute/],
  ['a route that gives the Service no weight', 'no', [svc(), gateway(), httpRoute({ name: 'gw' }, { name: 'web', port: 80, weight: 0 })], inbound(), /NO_ENTRY/],
  ['policies shut the way of a load balancer', 'no', [balancer(), closed], inbound(), /NETPOL_IN.*isolates it/],
  ['policies open it to everyone', 'yes', [balancer(), policy('x/p', { podSelector: {}, ingress: [{ ports: [{ port: 8080 }] }] })], inbound(), /p allows it/],
  ['a policy for the Service’s port, not the pod’s', 'no', [balancer(), policy('x/p', { podSelector: {}, ingress: [{ ports: [{ port: 80 }] }] })], inbound(), /NETPOL_IN/],
  ['an address in the block of a policy', 'yes', [balancer({ externalTrafficPolicy: 'Local' }), fromBlock('198.51.100.0/24')], inbound('198.51.100.7'), /p allows it/],
  ['among its exceptions', 'no', [balancer({ externalTrafficPolicy: 'Local' }), fromBlock('198.51.100.0/24', ['198.51.100.0/28'])], inbound('198.51.100.7'), /NETPOL_IN/],
  ['a block of everything', 'yes', [balancer(), fromBlock('0.0.0.0/0')], inbound('internet'), /p allows it/],
  ['an office’s block is not the internet', 'no', [balancer({ externalTrafficPolicy: 'Local' }), fromBlock('198.51.100.0/24')], inbound('internet'), /NETPOL_IN/],
  ['the pod’s port', 'yes', [balancer()], inbound(undefined, 8080), /load balancer/],
  ['a port that no Service has', 'no', [balancer()], inbound(undefined, 22), /NO_ENTRY/],
  ['a host port', 'yes', [external, deployment('x/web', { app: 'web' }, { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 8080, hostPort: 8080 }] }] })], inbound(undefined, 8080), /hostPort 8080/],
  ['no host port', 'no', [external, svc()], inbound(undefined, 8080), /NO_ENTRY/],
  ['the host’s network, policies or not', 'yes', [external, closed, deployment('x/web', { app: 'web' }, { hostNetwork: true, containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 8080 }] }] })], inbound(undefined, 8080), /node’s network/],
];

describe('ways into a cluster', () => {
  it.each(pairs)('%s: %s', (_, answer, manifests, question, by) => {
    // A later manifest of the same object replaces the one of the world.
    const own = new Set(manifests.map((m) => JSON.stringify([m['kind'], m['metadata']])));
    expect(explain(ask([...world.filter((m) => !own.has(JSON.stringify([m['kind'], m['metadata']]))), ...manifests], question))).toMatch(explained(answer, by));
  });

  it.each<Row>([
    ['a node port and no nodes', 'unknown', [svc({ type: 'NodePort' })], inbound(), /NODE/],
    ['a gateway that is not in the snapshot', 'unknown', [svc(), httpRoute()], inbound(), /GATEWAY/],
    ['no Services at all', 'unknown', [], inbound(), /NO_ENTRY/],
    ['no Services and a policy that shuts it', 'no', [closed], inbound(), /NETPOL_IN/],
    ['a controller that is not in the snapshot and a policy for some namespace', 'unknown', [svc(), route(), policy('x/p', { podSelector: {}, ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'platform' } } }] }] })], inbound(), /UNKNOWN_POD/],
    ['a private block behind a balancer that hides the client', 'unknown', [balancer(), fromBlock('10.0.0.0/8')], inbound('198.51.100.7'), /SNAT/],
    ['all Services of a running cluster and none of them', 'no', [service('default/kubernetes', {})], inbound('203.0.113.7'), /NO_ENTRY/],
    ['one address, as far as policies say', 'yes', [fromBlock('203.0.113.0/24')], inbound('203.0.113.7'), /p allows it/],
    ['one address that they leave out', 'no', [fromBlock('203.0.113.0/24', ['203.0.113.0/25'])], inbound('203.0.113.7'), /NETPOL_IN/],
    ['an internal load balancer for who is inside', 'yes', [balancer({}, { 'service.beta.kubernetes.io/aws-load-balancer-internal': 'true' })], inbound('10.4.4.4'), /from inside/],
    ['another workload as the sender', 'no', [pod('y/b'), closed], { question: 'ingress', subject: 'x/web[Deployment]', object: 'y/b[Pod]', port: 8080 }, /NETPOL_IN/],
  ])('%s: %s', (_, answer, manifests, question, by) => {
    expect(explain(ask([...world, ...manifests], question))).toMatch(explained(answer, by));
  });

  it('says which ports are open, and that of a Service by its own way in', () => {
    const graph = clusterOf([...world, balancer({ ports: [{ port: 443, targetPort: 'web' }, { port: 53, targetPort: 8080, protocol: 'UDP' }] })]);
    expect(evaluateK8sIngress(graph, 'x/web[Deployment]').open).toEqual([{ protocol: 'tcp', from: 443, to: 443 }, { protocol: 'udp', from: 53, to: 53 }]);
    expect(evaluateK8sIngress(graph, 'x/web[Service]').reachable).toMatchObject({ answer: 'yes', via: 'Service x/web (LoadBalancer) port 443' });
    expect(evaluateK8sIngress(clusterOf([...world, svc()]), 'x/web[Service]').reachable).toMatchObject({ answer: 'no', blocked_by: 'NO_ENTRY' });
    expect(evaluateK8sIngress(clusterOf([...world, svc(), route()]), 'x/web[Service]').reachable.answer).toBe('yes');
  });

  it('answers egress by policies', () => {
    const out = (object: string | undefined, ...more: readonly Manifest[]) => ask([...world, ...more], { question: 'egress', subject: 'x/web[Deployment]', object, port: 443 });
    expect(out(undefined)).toMatchObject({ answer: 'yes', assumed: ['network_policy', 'a route out of the cluster'] });
    expect(out('internet', policy('x/p', { podSelector: {}, policyTypes: ['Egress'] }))).toMatchObject({ answer: 'no', blocked_by: 'NETPOL_OUT' });
    const dns = policy('x/p', { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] } }] }] });
    expect(out('8.8.8.8', dns).answer).toBe('yes');
    expect(out('169.254.169.254', dns).answer).toBe('no');
  });
});

describe('policies of the administrator', () => {
  const admin = (priority: number, action: string, name = `anp${priority}`): Manifest => object('policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy', name, undefined, { spec: { priority, subject: { namespaces: { matchLabels: { ns: 'x' } } }, ingress: [{ action, from: [{ namespaces: { matchLabels: { ns: 'y' } } }], ports: [{ portNumber: { protocol: 'TCP', port: 8080 } }] }] } });
  const baseline = object('policy.networking.k8s.io/v1alpha1', 'BaselineAdminNetworkPolicy', 'default', undefined, { spec: { subject: { namespaces: {} }, ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }] } });
  const open = policy('x/p', { podSelector: {}, ingress: [{}] });
  const from = (port: number, ...more: readonly Manifest[]) => ask([...world, pod('y/b'), ...more], { question: 'host_to_host', subject: 'y/b[Pod]', object: 'x/web[Deployment]', port });

  it.each([
    ['Deny before any NetworkPolicy', 'no', 8080, [admin(1, 'Deny'), open]], ['on its port only', 'yes', 8081, [admin(1, 'Deny'), open]],
    ['Allow over a NetworkPolicy that refuses', 'yes', 8080, [admin(1, 'Allow'), closed]], ['Pass leaves it to the NetworkPolicy', 'no', 8080, [admin(1, 'Pass'), closed]],
    ['the lower priority number wins', 'yes', 8080, [admin(5, 'Deny'), admin(2, 'Allow')]], ['whatever the order', 'no', 8080, [admin(2, 'Deny'), admin(5, 'Allow')]],
    ['a baseline for pods that nothing isolates', 'no', 8080, [baseline]], ['a NetworkPolicy comes before it', 'yes', 8080, [baseline, open]], ['Pass and then the baseline', 'no', 8080, [admin(1, 'Pass'), baseline]],
    ['ClusterNetworkPolicy of the baseline tier', 'no', 8080, [object('policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy', 'c', undefined, { spec: { tier: 'Baseline', priority: 1, subject: { namespaces: {} }, ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }] } })]],
  ] as const)('%s: %s', (_, answer, port, more) => {
    expect(explain(from(port, ...more))).toMatch(explained(answer === 'no' ? 'no \\w*NETPOL_IN' : 'yes'));
  });
});
