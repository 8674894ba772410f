import { describe, expect, it } from 'vitest';
import { answerQuestion } from '#electron/evaluate/question.ts';
import type { Question, QuestionContext } from '#electron/evaluate/platform.ts';
import { expectRow, type Row } from '../rows.ts';
import { clusterOf, deployment, namespace, node, object, pod, policy, service, type Manifest } from './cluster.ts';

/** Design 5-graph §2, K8s: each sentence as a row, both sides, with what explains it. */
type Manifests = readonly Manifest[];
const context: QuestionContext = { knowledge: { primitives: [], managedPolicies: new Map() }, accounts: new Set(), blast: { isProduction: () => false, isSensitive: () => false, isCrownJewel: () => false, tierOf: () => 'none' }, derived: () => clusterOf([]) };
const asking = (question: Question, world: Manifests) => (more: Manifests) => {
  const own = new Set(more.map((m) => JSON.stringify([m['kind'], m['metadata']])));
  const graph = clusterOf([...world.filter((m) => !own.has(JSON.stringify([m['kind'], m['metadata']]))), ...more]), found = answerQuestion(graph, question, context);
  if (!found.ok) throw new Error(found.error);
  return { graph, verdict: found.value };
};
const base: Manifests = ['x', 'y'].flatMap((ns) => [namespace(ns), pod(`${ns}/a`), pod(`${ns}/b`)]);
const reach = (subject: string, target: string, port = 80, protocol = 'TCP') => asking({ question: 'host_to_host', subject: `${subject}[Pod]`, object: `${target}[Pod]`, port, protocol }, base);
const urn = (path: string) => `k8s:cluster/${path}`, p = urn('x/networkpolicy/p'), q = urn('x/networkpolicy/q');
const a = { podSelector: { matchLabels: { pod: 'a' } } };
const p_ = (spec: Manifest): Manifest => policy('x/p', { ...a, ...spec }), q_ = (spec: Manifest): Manifest => policy('x/q', { ...a, ...spec });
const all = { namespaceSelector: {} };
const open = (word = 'incoming', pointer = '') => ({ rule: 'K8S.netpol_open', source: urn(word === 'incoming' ? 'x/pod/a' : 'x/pod/a'), pointer, text: new RegExp(`no NetworkPolicy selects it for ${word} traffic`) });
const allowed = (source = p, at = '/spec/ingress/0') => ({ rule: 'K8S.netpol_allow', source, pointer: at, text: /allows it/ });
const shut = (source = p, code = 'NETPOL_IN') => ({ code, rule: 'K8S.netpol_isolate', source, pointer: '/spec/podSelector', text: /isolates it for (incoming|outgoing) traffic, and no rule allows this/ });

type NetRow = Row<Manifests> & { readonly ask?: ReturnType<typeof reach> };
const into = reach('y/b', 'x/a'), out = reach('x/a', 'y/b');
describe('NetworkPolicies', () => {
  it.each<NetRow>([
    { row: 'a pod is isolated once any NetworkPolicy selects it: ingress', yes: [policy('x/p', { podSelector: { matchLabels: { pod: 'b' } } })], says: open(), no: [p_({})], instead: shut() },
    { row: 'per direction: egress', ask: out, yes: [p_({ policyTypes: ['Ingress'] })], says: open('outgoing'), no: [p_({ policyTypes: ['Egress'] })], instead: shut(p, 'NETPOL_OUT') },
    { row: 'allowed = union of all selecting policies', yes: [p_({ ingress: [] }), q_({ ingress: [{ from: [all] }] })], says: allowed(q), no: [p_({ ingress: [] }), q_({ ingress: [] })], instead: shut(q) },
    { row: 'both the egress of the source and the ingress of the destination must allow: ingress', ask: out, yes: [p_({ policyTypes: ['Egress'], egress: [{ to: [all] }] }), policy('y/q', { podSelector: {}, ingress: [{ from: [all] }] })], says: allowed(p, '/spec/egress/0'), no: [p_({ policyTypes: ['Egress'], egress: [{ to: [all] }] }), policy('y/q', { podSelector: {}, ingress: [] })], instead: shut(urn('y/networkpolicy/q')) },
    { row: 'both the egress of the source and the ingress of the destination must allow: egress', ask: out, yes: [p_({ policyTypes: ['Egress'], egress: [{ to: [all] }] }), policy('y/q', { podSelector: {}, ingress: [{ from: [all] }] })], says: allowed(urn('y/networkpolicy/q')), no: [p_({ policyTypes: ['Egress'], egress: [] }), policy('y/q', { podSelector: {}, ingress: [{ from: [all] }] })], instead: shut(p, 'NETPOL_OUT') },
    { row: 'an ipBlock peer selects addresses, not pods', yes: [p_({ ingress: [{ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }, all] }] })], says: allowed(), no: [p_({ ingress: [{ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }] })], instead: shut() },
    { row: 'policyTypes default Ingress', ask: into, yes: [p_({ policyTypes: ['Egress'] })], says: open(), no: [p_({})], instead: shut() },
    { row: 'policyTypes default: no egress without egress rules', ask: out, yes: [p_({ ingress: [] })], says: open('outgoing'), no: [p_({ egress: [{ to: [{ podSelector: {} }] }] })], instead: shut(p, 'NETPOL_OUT') },
    { row: 'empty podSelector = all in the namespace', yes: [policy('x/p', { podSelector: { matchLabels: { pod: 'b' } }, ingress: [] })], says: open(), no: [policy('x/p', { podSelector: {}, ingress: [] })], instead: shut() },
    { row: 'empty podSelector: in that namespace only', yes: [policy('y/p', { podSelector: {}, ingress: [] })], says: open(), no: [policy('x/p', { podSelector: {}, ingress: [] })], instead: shut() },
    { row: 'from absent = all', yes: [p_({ ingress: [{ ports: [{ port: 80 }] }] })], says: allowed(), no: [p_({ ingress: [{ ports: [{ port: 80 }], from: [{ podSelector: { matchLabels: { pod: 'c' } } }] }] })], instead: shut() },
    { row: 'from:[] = all', yes: [p_({ ingress: [{ from: [] }] })], says: allowed(), no: [p_({ ingress: [] })], instead: shut() },
    { row: 'endPort', ask: reach('y/b', 'x/a', 8090), yes: [p_({ ingress: [{ ports: [{ port: 8080, endPort: 8090 }] }] })], says: allowed(), no: [p_({ ingress: [{ ports: [{ port: 8080, endPort: 8089 }] }] })], instead: shut() },
    { row: 'named ports', yes: [p_({ ingress: [{ ports: [{ port: 'serve-80' }] }] })], says: allowed(), no: [p_({ ingress: [{ ports: [{ port: 'serve-81' }] }] })], instead: shut() },
    { row: 'hostNetwork pods unaffected', yes: [pod('x/a', { pod: 'a' }, { hostNetwork: true }), p_({ ingress: [] })], says: { rule: 'K8S.host_network', source: urn('x/pod/a'), pointer: '/spec/hostNetwork', text: /NetworkPolicies do not hold/ }, no: [pod('x/a', { pod: 'a' }, { hostNetwork: false }), p_({ ingress: [] })], instead: shut() },
  ])('$row', ({ ask = into, ...row }) => { expectRow(row, ask); });

  it.each<NetRow>([
    { row: 'behaviour after SNAT undefined', ask: asking({ question: 'ingress', subject: 'x/web[Deployment]', object: '198.51.100.7' }, [namespace('x'), deployment('x/web', { app: 'web' })]), yes: [service('x/web', { app: 'web' }, { type: 'LoadBalancer', externalTrafficPolicy: 'Local' }), policy('x/p', { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '198.51.100.0/24' } }] }] })], says: allowed(), no: [service('x/web', { app: 'web' }, { type: 'LoadBalancer' }), policy('x/p', { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '198.51.100.0/24' } }] }] })], instead: { answer: 'unknown', code: 'SNAT', missing: /whose address the pod sees/ } },
    { row: 'an ipBlock with the address of a pod hangs on the plugin', yes: [p_({ ingress: [{ from: [all] }] })], says: allowed(), no: [pod('y/b', { pod: 'b' }, {}, { podIP: '10.1.2.3' }), p_({ ingress: [{ from: [{ ipBlock: { cidr: '10.1.0.0/16' } }] }] })], instead: { answer: 'unknown', code: 'IPBLOCK_OF_POD', rule: 'K8S.netpol_unknown', source: p, pointer: '/spec/ingress/0', text: /hangs on the network plugin/ } },
  ])('$row', ({ ask = into, ...row }) => { expectRow(row, ask); });
});

const web = deployment('x/web', { app: 'web' }), world: Manifests = [namespace('x'), namespace('y'), web], deploy = urn('x/deployment/web'), svc = urn('x/service/web');
const entry = (port?: number, from?: string) => asking({ question: 'ingress', subject: 'x/web[Deployment]', ...(port !== undefined && { port }), ...(from !== undefined && { object: from }) }, world);
const front = (spec: Manifest, annotations?: Readonly<Record<string, string>>, status?: Manifest) => service('x/web', { app: 'web' }, spec, annotations, status);
const publicNode = node('n1', [{ type: 'ExternalIP', address: '203.0.113.9' }]), privateNode = node('n1', [{ type: 'InternalIP', address: '10.0.0.4' }]);
const ingress = (name: string) => object('networking.k8s.io/v1', 'Ingress', 'in', 'x', { spec: { rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name, port: { number: 80 } } } }] } }] } });
const gateway = (from: string) => object('gateway.networking.k8s.io/v1', 'Gateway', 'gw', 'y', { spec: { gatewayClassName: 'public', listeners: [{ name: 'http', port: 80, protocol: 'HTTP', allowedRoutes: { namespaces: { from } } }] } });
const route = object('gateway.networking.k8s.io/v1', 'HTTPRoute', 'r', 'x', { spec: { parentRefs: [{ name: 'gw', namespace: 'y' }], rules: [{ backendRefs: [{ name: 'web', port: 80 }] }] } });
const container = (ports: Manifest, more: Manifest = {}) => deployment('x/web', { app: 'web' }, { containers: [{ name: 'c', image: 'i', ports: [ports] }], ...more });
const noEntry = { code: 'NO_ENTRY', text: /./ };

describe('external entry', () => {
  it.each<NetRow>([
    { row: 'Service LoadBalancer', yes: [front({ type: 'LoadBalancer' })], says: { rule: 'K8S.load_balancer', source: svc, pointer: '/spec/type', text: /load balancer faces the internet/, via: /Service x\/web \(LoadBalancer\) port 80/ }, no: [front({ type: 'ClusterIP' })], instead: noEntry },
    { row: 'an internal load balancer', yes: [front({ type: 'LoadBalancer' })], says: { rule: 'K8S.load_balancer', text: /faces the internet/ }, no: [front({ type: 'LoadBalancer' }, { 'service.beta.kubernetes.io/azure-load-balancer-internal': 'true' })], instead: { code: 'INTERNAL_LB', rule: 'K8S.load_balancer', source: svc, pointer: '/metadata/annotations', text: /internal \(service\.beta\.kubernetes\.io\/azure-load-balancer-internal\)/ } },
    { row: 'externalIPs', yes: [front({ externalIPs: ['203.0.113.50'] })], says: { rule: 'K8S.external_ips', source: svc, pointer: '/spec/externalIPs', text: /takes traffic to 203\.0\.113\.50/ }, no: [front({ externalIPs: ['10.0.0.50'] })], instead: { code: 'NO_PUBLIC_IP', rule: 'K8S.external_ips', source: svc, pointer: '/spec/externalIPs', text: /external addresses are private/ } },
    { row: 'loadBalancerSourceRanges limit', yes: [front({ type: 'LoadBalancer', loadBalancerSourceRanges: ['0.0.0.0/0'] })], says: { text: /faces the internet/ }, no: [front({ type: 'LoadBalancer', loadBalancerSourceRanges: ['198.51.100.0/24'] })], instead: { code: 'SOURCE_RANGES', rule: 'K8S.source_ranges', source: svc, pointer: '/spec/loadBalancerSourceRanges', text: /admits other sources only/ } },
    { row: 'loadBalancerSourceRanges let the office in', ask: entry(undefined, '198.51.100.7'), yes: [front({ type: 'LoadBalancer', loadBalancerSourceRanges: ['198.51.100.0/24'] })], says: { text: /faces the internet/ }, no: [front({ type: 'LoadBalancer', loadBalancerSourceRanges: ['203.0.113.0/24'] })], instead: { code: 'SOURCE_RANGES', text: /other sources only/ } },
    { row: 'NodePort (node must be reachable)', yes: [front({ type: 'NodePort', ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }] }), publicNode], says: { rule: 'K8S.node', source: urn('node/n1'), pointer: '/status/addresses', text: /node n1 has the public address 203\.0\.113\.9/, assumed: ['network_policy', 'node_firewall'] }, no: [front({ type: 'NodePort', ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }] }), privateNode], instead: { code: 'NO_PUBLIC_IP', rule: 'K8S.node', source: urn('node/n1'), text: /no public address/ } },
    { row: 'NodePort without a word of the nodes', yes: [front({ type: 'NodePort' }), publicNode], says: { rule: 'K8S.node', text: /203\.0\.113\.9/ }, no: [front({ type: 'NodePort' })], instead: { answer: 'unknown', code: 'NODE', missing: /the nodes/ } },
    { row: 'Ingress -> Service -> pods', yes: [front({}), ingress('web')], says: { source: urn('x/ingress/in'), text: /Ingress in leads to the Service/ }, no: [front({}), ingress('other')], instead: noEntry },
    { row: 'Gateway -> Service -> pods', yes: [front({}), gateway('All'), route], says: { source: urn('x/httproute/r'), text: /HTTPRoute r leads from gateway gw/ }, no: [front({}), gateway('Same'), route], instead: noEntry },
    { row: 'Service -> pods: the selector', yes: [front({ type: 'LoadBalancer' })], says: { text: /faces the internet/ }, no: [service('x/web', { app: 'api' }, { type: 'LoadBalancer' }), service('x/plain', { app: 'web' })], instead: noEntry },
    { row: 'hostPort', ask: entry(8080), yes: [container({ containerPort: 8080, hostPort: 8080 }), publicNode, front({})], says: { rule: 'K8S.host_port', source: deploy, pointer: '/spec/template/spec/containers', text: /listens on its node by hostPort 8080/ }, no: [container({ containerPort: 8080 }), publicNode, front({})], instead: noEntry },
    { row: 'hostNetwork', ask: entry(8080), yes: [container({ containerPort: 8080 }, { hostNetwork: true }), publicNode, front({})], says: { rule: 'K8S.host_network', source: deploy, pointer: '/spec/template/spec/hostNetwork', text: /listens on its node’s network/ }, no: [container({ containerPort: 8080 }, { hostNetwork: false }), publicNode, front({})], instead: noEntry },
    { row: 'hostNetwork: the node must be reachable', ask: entry(8080), yes: [container({ containerPort: 8080 }, { hostNetwork: true }), publicNode, front({})], says: { rule: 'K8S.host_network', text: /./ }, no: [container({ containerPort: 8080 }, { hostNetwork: true }), privateNode, front({})], instead: { code: 'NO_PUBLIC_IP', rule: 'K8S.node', text: /no public address/ } },
    { row: 'policies stand behind every entry', yes: [front({ type: 'LoadBalancer' }), policy('x/p', { podSelector: {}, ingress: [{ ports: [{ port: 8080 }] }] })], says: { text: /faces the internet/ }, no: [front({ type: 'LoadBalancer' }), policy('x/p', { podSelector: {}, ingress: [{ ports: [{ port: 80 }] }] })], instead: shut() },
  ])('$row', ({ ask = entry(), ...row }) => { expectRow(row, ask); });
  it('is told for the Service too', () => expect(asking({ question: 'ingress', subject: 'x/web[Service]' }, world)([front({ type: 'LoadBalancer' })]).verdict).toMatchObject({ answer: 'yes', via: 'Service x/web (LoadBalancer) port 80' }));
});
