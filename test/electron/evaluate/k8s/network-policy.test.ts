import { describe, expect, it } from 'vitest';
import type { Question, QuestionAnswer } from '#electron/evaluate/platform.ts';
import { ask, clusterOf, deployment, explain, explained, namespace, object, pod, policy, type Manifest } from './cluster.ts';

const base = ['x', 'y', 'z'].flatMap((ns) => [namespace(ns), ...['a', 'b', 'c'].map((name) => pod(`${ns}/${name}`))]);
const reach = (subject: string, target: string, port = 80, protocol = 'TCP'): Question => ({ question: 'host_to_host', subject: `${subject}[Pod]`, object: `${target}[Pod]`, port, protocol });
const anyPort = (subject: string, target: string, protocol?: string): Question => ({ question: 'host_to_host', subject: `${subject}[Pod]`, object: `${target}[Pod]`, protocol });
const into = (spec: Manifest, podSelector: Manifest = { matchLabels: { pod: 'a' } }): Manifest => policy('x/p', { podSelector, policyTypes: ['Ingress'], ...spec });
const outOf = (spec: Manifest, podSelector: Manifest = { matchLabels: { pod: 'a' } }): Manifest => policy('x/p', { podSelector, policyTypes: ['Egress'], ...spec });
const ns = (name: string): Manifest => ({ matchLabels: { ns: name } });
const byPod = (name: string): Manifest => ({ matchLabels: { pod: name } });
const expression = (key: string, operator: string, values?: readonly string[]): Manifest => ({ matchExpressions: [{ key, operator, ...(values && { values }) }] });

type Row = readonly [fact: string, answer: QuestionAnswer['answer'], policies: readonly Manifest[], question: Question, by?: RegExp];
const named = ([fact, answer, manifests, question, by]: Row) => ({ fact, answer, manifests, question, by });
/** Two rows a block: the second differs in the fact that is named, and its answer flips. */
const pairs: readonly Row[] = [
  ['no policy', 'yes', [], reach('y/b', 'x/a'), /no NetworkPolicy selects it/],
  ['a policy that selects the receiver and has no rule', 'no', [into({ ingress: [] })], reach('y/b', 'x/a'), /p isolates it for incoming traffic/],

  ['rules absent altogether', 'no', [into({})], reach('y/b', 'x/a')],
  ['one empty rule', 'yes', [into({ ingress: [{}] })], reach('y/b', 'x/a'), /p allows it/],

  ['from absent', 'yes', [into({ ingress: [{ ports: [{ port: 80 }] }] })], reach('y/b', 'x/a')],
  ['from naming another pod', 'no', [into({ ingress: [{ from: [{ podSelector: byPod('c') }] }] })], reach('x/b', 'x/a')],

  ['from: [] is as absent', 'yes', [into({ ingress: [{ from: [] }] })], reach('y/b', 'x/a')],
  ['ingress: [] is none', 'no', [into({ ingress: [] })], reach('y/b', 'x/a')],

  ['the policy selects another pod', 'yes', [into({ ingress: [] }, byPod('b'))], reach('y/b', 'x/a')],
  ['an empty podSelector selects all of the namespace', 'no', [into({ ingress: [] }, {})], reach('y/b', 'x/a')],

  ['an empty podSelector stays in its namespace', 'yes', [into({ ingress: [] }, {})], reach('y/b', 'z/a')],
  ['a policy without podSelector selects all', 'no', [policy('x/p', { policyTypes: ['Ingress'] })], reach('y/b', 'x/a')],

  ['podSelector alone looks in the policy’s namespace', 'yes', [into({ ingress: [{ from: [{ podSelector: byPod('b') }] }] })], reach('x/b', 'x/a')],
  ['and not in another', 'no', [into({ ingress: [{ from: [{ podSelector: byPod('b') }] }] })], reach('y/b', 'x/a')],

  ['namespaceSelector alone takes every pod there', 'yes', [into({ ingress: [{ from: [{ namespaceSelector: ns('y') }] }] })], reach('y/c', 'x/a')],
  ['of that namespace', 'no', [into({ ingress: [{ from: [{ namespaceSelector: ns('y') }] }] })], reach('z/c', 'x/a')],

  ['both selectors in one entry: AND', 'no', [into({ ingress: [{ from: [{ namespaceSelector: ns('y'), podSelector: byPod('b') }] }] })], reach('y/c', 'x/a')],
  ['in two entries: OR', 'yes', [into({ ingress: [{ from: [{ namespaceSelector: ns('y') }, { podSelector: byPod('b') }] }] })], reach('y/c', 'x/a')],

  ['an empty namespaceSelector takes all namespaces', 'yes', [into({ ingress: [{ from: [{ namespaceSelector: {} }] }] })], reach('z/c', 'x/a')],
  ['an empty podSelector only its own', 'no', [into({ ingress: [{ from: [{ podSelector: {} }] }] })], reach('z/c', 'x/a')],

  ['the name label that the server gives each namespace', 'yes', [into({ ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'y' } } }] }] })], reach('y/b', 'x/a')],
  ['of another namespace', 'no', [into({ ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'z' } } }] }] })], reach('y/b', 'x/a')],

  ['the port of the rule', 'yes', [into({ ingress: [{ ports: [{ port: 80 }] }] })], reach('y/b', 'x/a', 80)],
  ['another port', 'no', [into({ ingress: [{ ports: [{ port: 80 }] }] })], reach('y/b', 'x/a', 81)],

  ['the protocol is TCP by default', 'yes', [into({ ingress: [{ ports: [{ port: 80 }] }] })], reach('y/b', 'x/a', 80, 'tcp')],
  ['and so not UDP', 'no', [into({ ingress: [{ ports: [{ port: 80 }] }] })], reach('y/b', 'x/a', 80, 'udp')],

  ['endPort: the last port', 'yes', [into({ ingress: [{ ports: [{ port: 79, endPort: 81 }] }] })], reach('y/b', 'x/a', 81)],
  ['behind it', 'no', [into({ ingress: [{ ports: [{ port: 79, endPort: 81 }] }] })], reach('y/b', 'x/a', 82)],

  ['a named port of the receiver', 'yes', [into({ ingress: [{ ports: [{ port: 'serve-80' }] }] })], reach('y/b', 'x/a', 80)],
  ['a name that it hasn’t', 'no', [into({ ingress: [{ ports: [{ port: 'metrics' }] }] })], reach('y/b', 'x/a', 80)],

  ['a named port with its protocol', 'yes', [into({ ingress: [{ ports: [{ port: 'serve-81', protocol: 'UDP' }] }] })], reach('y/b', 'x/a', 81, 'UDP')],
  ['a named port with the wrong protocol', 'no', [into({ ingress: [{ ports: [{ port: 'serve-81' }] }] })], reach('y/b', 'x/a', 81, 'TCP')],

  ['a protocol without a port is all its ports', 'yes', [into({ ingress: [{ ports: [{ protocol: 'SCTP' }] }] })], reach('y/b', 'x/a', 4000, 'SCTP')],
  ['and no other protocol', 'no', [into({ ingress: [{ ports: [{ protocol: 'SCTP' }] }] })], reach('y/b', 'x/a', 4000, 'TCP')],

  ['ports and from of one rule: both', 'no', [into({ ingress: [{ from: [{ namespaceSelector: ns('y') }], ports: [{ port: 443 }] }] })], reach('y/b', 'x/a')],
  ['two rules: either', 'yes', [into({ ingress: [{ from: [{ namespaceSelector: ns('y') }] }, { ports: [{ port: 443 }] }] })], reach('y/b', 'x/a')],

  ['two policies are added up', 'yes', [into({ ingress: [] }), policy('x/q', { podSelector: {}, ingress: [{ from: [{ namespaceSelector: ns('y') }] }] })], reach('y/b', 'x/a'), /q allows it/],
  ['the second for another namespace', 'no', [into({ ingress: [] }), policy('x/q', { podSelector: {}, ingress: [{ from: [{ namespaceSelector: ns('z') }] }] })], reach('y/b', 'x/a')],

  ['egress of the sender', 'no', [outOf({ egress: [] })], reach('x/a', 'y/b'), /outgoing/],
  ['egress of the receiver doesn’t matter', 'yes', [outOf({ egress: [] })], reach('y/b', 'x/a')],

  ['egress to the receiver’s namespace', 'yes', [outOf({ egress: [{ to: [{ namespaceSelector: ns('y') }] }] })], reach('x/a', 'y/b')],
  ['both directions must allow', 'no', [outOf({ egress: [{ to: [{ namespaceSelector: ns('y') }] }] }), policy('y/q', { podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }] })], reach('x/a', 'y/b'), /q isolates it for incoming/],

  ['a named port of egress is the receiver’s', 'yes', [outOf({ egress: [{ ports: [{ port: 'serve-80' }] }] })], reach('x/a', 'y/b', 80)],
  ['and not another number', 'no', [outOf({ egress: [{ ports: [{ port: 'serve-80' }] }] })], reach('x/a', 'y/b', 81)],

  ['without policyTypes: ingress only', 'yes', [policy('x/p', { podSelector: {}, ingress: [] })], reach('x/a', 'y/b')],
  ['without policyTypes and with egress rules: egress too', 'no', [policy('x/p', { podSelector: {}, egress: [{ to: [{ podSelector: {} }] }] })], reach('x/a', 'y/b')],

  ['without policyTypes and with egress: [] still ingress only', 'yes', [policy('x/p', { podSelector: {}, egress: [] })], reach('x/a', 'y/b')],
  ['and ingress is always meant', 'no', [policy('x/p', { podSelector: {}, egress: [{}] })], reach('y/b', 'x/a')],

  ['policyTypes Egress makes ingress rules void', 'yes', [policy('x/p', { podSelector: {}, policyTypes: ['Egress'], ingress: [] })], reach('y/b', 'x/a')],
  ['policyTypes Ingress', 'no', [policy('x/p', { podSelector: {}, policyTypes: ['Ingress'], egress: [{}] })], reach('y/b', 'x/a')],

  ['In', 'yes', [into({ ingress: [{ from: [{ podSelector: expression('pod', 'In', ['b', 'd']) }] }] })], reach('x/b', 'x/a')],
  ['NotIn', 'no', [into({ ingress: [{ from: [{ podSelector: expression('pod', 'NotIn', ['b', 'd']) }] }] })], reach('x/b', 'x/a')],

  ['NotIn selects what lacks the key', 'yes', [into({ ingress: [{ from: [{ podSelector: expression('tier', 'NotIn', ['db']) }] }] })], reach('x/b', 'x/a')],
  ['In doesn’t', 'no', [into({ ingress: [{ from: [{ podSelector: expression('tier', 'In', ['db']) }] }] })], reach('x/b', 'x/a')],

  ['Exists', 'yes', [into({ ingress: [{ from: [{ podSelector: expression('pod', 'Exists') }] }] })], reach('x/b', 'x/a')],
  ['DoesNotExist', 'no', [into({ ingress: [{ from: [{ podSelector: expression('pod', 'DoesNotExist') }] }] })], reach('x/b', 'x/a')],

  ['labels and expressions: both', 'no', [into({ ingress: [{ from: [{ podSelector: { ...byPod('b'), ...expression('tier', 'Exists') } }] }] })], reach('x/b', 'x/a')],
  ['labels alone', 'yes', [into({ ingress: [{ from: [{ podSelector: byPod('b') }] }] })], reach('x/b', 'x/a')],

  ['an ipBlock selects no pods', 'no', [into({ ingress: [{ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }] })], reach('y/b', 'x/a')],
  ['a selector beside it does', 'yes', [into({ ingress: [{ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }, { namespaceSelector: {} }] }] })], reach('y/b', 'x/a')],

  ['any port, when one is open', 'yes', [into({ ingress: [{ ports: [{ port: 7000, endPort: 7001 }] }] })], anyPort('y/b', 'x/a')],
  ['any port, when none is', 'no', [into({ ingress: [] })], anyPort('y/b', 'x/a')],

  ['any TCP port, when only UDP is open', 'no', [into({ ingress: [{ ports: [{ protocol: 'UDP' }] }] })], anyPort('y/b', 'x/a', 'TCP')],
  ['any UDP port', 'yes', [into({ ingress: [{ ports: [{ protocol: 'UDP' }] }] })], anyPort('y/b', 'x/a', 'UDP')],

  ['a pod always reaches itself', 'yes', [into({ ingress: [] })], reach('x/a', 'x/a')],
  ['but not its neighbour', 'no', [into({ ingress: [] })], reach('x/b', 'x/a')],
];

describe('NetworkPolicies between pods', () => {
  it.each(pairs.map(named))('$fact: $answer', ({ answer, manifests, question, by }) => {
    expect(explain(ask([...base, ...manifests], question))).toMatch(explained(answer === 'no' ? 'no NETPOL_(IN|OUT)' : answer, by));
  });

  it('has pairs whose answer flips', () => {
    const known = pairs.map((p) => p[1]);
    for (let i = 0; i < known.length; i += 2) expect(new Set([known[i], known[i + 1]])).toEqual(new Set(['no', 'yes']));
    expect(pairs.length / 2).toBeGreaterThanOrEqual(30);
  });

  const others: readonly Row[] = [
    ['a policy on a pod of the host’s network is void', 'yes', [pod('x/h', { pod: 'h' }, { hostNetwork: true }), into({ ingress: [] }, {})], reach('y/b', 'x/h'), /node’s network/],
    ['a sender on the host’s network may be seen or not', 'unknown', [pod('x/h', { pod: 'h' }, { hostNetwork: true }), into({ ingress: [{ from: [{ podSelector: byPod('h') }] }] })], reach('x/h', 'x/a')],
    ['the receiver’s own node is always let in', 'yes', [pod('x/h', { pod: 'h' }, { hostNetwork: true, nodeName: 'n1' }), pod('x/s', { pod: 's' }, { nodeName: 'n1' }), into({ ingress: [] }, byPod('s'))], reach('x/h', 'x/s'), /own node n1/],
    ['an ipBlock with the pod’s own address hangs on the plugin', 'unknown', [pod('y/k', { pod: 'k' }, {}, { podIP: '10.1.2.3' }), into({ ingress: [{ from: [{ ipBlock: { cidr: '10.1.0.0/16' } }] }] })], reach('y/k', 'x/a'), /address block contains/],
    ['with the address among the exceptions it doesn’t', 'no', [pod('y/k', { pod: 'k' }, {}, { podIP: '10.1.2.3' }), into({ ingress: [{ from: [{ ipBlock: { cidr: '10.1.0.0/16', except: ['10.1.2.0/24'] } }] }] })], reach('y/k', 'x/a')],
    ['a pod that has ended', 'no', [pod('y/e', { pod: 'e' }, {}, { phase: 'Succeeded' })], reach('x/a', 'y/e'), /run to its end/],
    ['labels of a namespace that was not imported', 'unknown', [pod('w/a'), into({ ingress: [{ from: [{ namespaceSelector: ns('w') }] }] })], reach('w/a', 'x/a'), /labels of a namespace/],
    ['its name is known all the same', 'yes', [pod('w/a'), into({ ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'w' } } }] }] })], reach('w/a', 'x/a')],
    ['a policy of the plugin is not evaluated', 'unknown', [object('cilium.io/v2', 'CiliumNetworkPolicy', 'c', 'x', { spec: {} })], reach('y/b', 'x/a')],
    ['Calico’s NetworkPolicy is not taken for one', 'unknown', [object('projectcalico.org/v3', 'NetworkPolicy', 'c', 'x', { spec: { ingress: [] } })], reach('y/b', 'x/a')],
    ['a rule that can’t be read', 'unknown', [into({ ingress: [{ ports: [{ port: '80' }] }] })], reach('y/b', 'x/a')],
    ['an endPort below its port', 'unknown', [into({ ingress: [{ ports: [{ port: 90, endPort: 80 }] }] })], reach('y/b', 'x/a', 85)],
    ['an empty peer is no peer', 'unknown', [into({ ingress: [{ from: [{}] }] })], reach('y/b', 'x/a')],
  ];
  it.each(others.map(named))('$fact: $answer', ({ answer, manifests, question, by }) => {
    expect(explain(ask([...base, ...manifests], question))).toMatch(explained(answer, by));
  });

  it('says that it takes the absence of policies for granted where none was imported', () => {
    expect(ask(base, reach('y/b', 'x/a'))).toMatchObject({ answer: 'yes', assumed: ['network_policy'] });
    expect(ask([...base, policy('z/p', { podSelector: {} })], reach('y/b', 'x/a')).assumed).toEqual([]);
  });

  it('answers for controllers by their template, and for owners that are not in the snapshot by their pods', () => {
    const owned = { ...pod('x/web-1-abc', { app: 'web' }), metadata: { name: 'web-1-abc', namespace: 'x', labels: { app: 'web' }, ownerReferences: [{ kind: 'ReplicaSet', name: 'web-1' }] } };
    const closed = policy('x/p', { podSelector: { matchLabels: { app: 'web' } }, ingress: [{ ports: [{ port: 8080 }] }] });
    const graph = [...base, deployment('x/web', { app: 'web' }), owned, closed];
    for (const object of ['x/web[Deployment]', 'x/web[deployment]', 'x/web-1[ReplicaSet]']) {
      expect(ask(graph, { question: 'host_to_host', subject: 'y/b[Pod]', object, port: 8080 }).answer).toBe('yes');
      expect(ask(graph, { question: 'host_to_host', subject: 'y/b[Pod]', object, port: 22 }).answer).toBe('no');
    }
  });

  it('names the workload that it doesn’t know', () => {
    expect(ask(base, reach('x/nobody', 'x/a'))).toMatchObject({ answer: 'unknown', missing: [{ entity: 'x/nobody[Pod]' }] });
    expect(ask(base, reach('x/a', 'x/nobody'))).toMatchObject({ answer: 'unknown', missing: [{ entity: 'x/nobody[Pod]' }] });
  });

  it('keeps two clusters apart', () => {
    const named = (cluster: string, m: Manifest): Manifest => ({ ...m, metadata: { ...(m['metadata'] as Manifest), annotations: { 'winnow/cluster': cluster } } });
    const two = [...[namespace('x'), pod('x/a'), pod('x/b')].map((m) => named('one', m)), ...[namespace('x'), pod('x/a'), pod('x/b'), into({ ingress: [] })].map((m) => named('two', m))];
    expect(clusterOf(two).ofType('K8s::Pod').map((p) => p.account)).toEqual(['one', 'one', 'two', 'two']);
    const between = (cluster: string) => ask(two, { question: 'host_to_host', subject: `${cluster}/x/b[Pod]`, object: `${cluster}/x/a[Pod]`, port: 80 }).answer;
    expect([between('one'), between('two')]).toEqual(['yes', 'no']);
    expect(ask(two, reach('x/b', 'x/a')).answer).toBe('unknown');
  });
});

describe('a pod whose address is not recorded', () => {
  const to = (cidr: string) => policy('x/p', { podSelector: { matchLabels: { app: 'a' } }, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr } }] }] });
  it.each([['10.4.0.0/16', 'unknown'], ['203.0.113.0/24', 'no'], ['0.0.0.0/0', 'no']])('against the block %s: %s', (cidr, answer) =>
    expect(ask([namespace('x'), pod('x/a', { app: 'a' }), pod('x/b', { app: 'b' }), to(cidr)], { question: 'host_to_host', subject: 'x/a[Pod]', object: 'x/b[Pod]', port: 80 }).answer).toBe(answer));
});
