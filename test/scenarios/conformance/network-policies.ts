import type { Estate, Expected, Row, Suite } from './suite.ts';

/**
 * What the conformance tests of network-policy-api (ClusterNetworkPolicy, AdminNetworkPolicy, BaselineAdminNetworkPolicy) and the end-to-end tests of
 * Kubernetes for NetworkPolicy say, as facts: four namespaces of two pods that listen everywhere, policies, and which connections are made.
 */
type Json = Readonly<Record<string, unknown>>;
const houses = ['red', 'blue', 'green', 'gold'] as const;
const ip = (house: string, i: number): string => `10.1.${houses.findIndex((h) => h === house) + 1}.${i + 1}`;
const pod = (house: string, i: number): Json => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name: `p${i}`, namespace: house, labels: { house, 'statefulset.kubernetes.io/pod-name': `p${i}` } },
  spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'agnhost', ports: [{ name: 'web', containerPort: 80 }, { name: 'dns', containerPort: 53, protocol: 'UDP' }] }] }, status: { phase: 'Running', podIP: ip(house, i) },
});
const host: Json = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'agent', namespace: 'host', labels: { house: 'host' } }, spec: { nodeName: 'n2', hostNetwork: true, containers: [{ name: 'c', image: 'agnhost' }] }, status: { podIP: '192.168.7.2', hostIP: '192.168.7.2' } };
const nodes = ['n1', 'n2'].map((name, i): Json => ({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { 'kubernetes.io/os': 'linux', 'kubernetes.io/hostname': name } }, status: { addresses: [{ type: 'InternalIP', address: `192.168.7.${i + 1}` }] } }));
const base: readonly Json[] = [...[...houses, 'host'].map((name): Json => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { house: name, 'kubernetes.io/metadata.name': name } } })), ...houses.flatMap((h) => [pod(h, 0), pod(h, 1)]), host, ...nodes];

type Tier = 'Admin' | 'Baseline';
const cluster = (name: string, tier: Tier, priority: number, subject: Json, more: Json): Json => ({ apiVersion: 'policy.networking.k8s.io/v1alpha2', kind: 'ClusterNetworkPolicy', metadata: { name }, spec: { tier, priority, subject, ...more } });
const older = (tier: Tier, priority: number, subject: Json, more: Json): Json => (tier === 'Admin'
  ? { apiVersion: 'policy.networking.k8s.io/v1alpha1', kind: 'AdminNetworkPolicy', metadata: { name: 'admin' }, spec: { priority, subject, ...more } } : { apiVersion: 'policy.networking.k8s.io/v1alpha1', kind: 'BaselineAdminNetworkPolicy', metadata: { name: 'default' }, spec: { subject, ...more } });
const inSpace = (house: string): Json => ({ namespaces: { matchLabels: { 'kubernetes.io/metadata.name': house } } });
const podsOf = (house: string): Json => ({ pods: { namespaceSelector: { matchLabels: { house } }, podSelector: { matchLabels: { house } } } });
const named = (house: string, name: string): Json => ({ pods: { namespaceSelector: { matchLabels: { house } }, podSelector: { matchLabels: { 'statefulset.kubernetes.io/pod-name': name } } } });
const networkPolicy = (name: string, namespace: string, spec: Json): Json => ({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace }, spec: { podSelector: {}, ...spec } });

/** `red/p0 > blue/p1 tcp/80 yes`; the receiver may be an address. */
const row = (text: string): Row => {
  const [from = '', , to = '', point = '', expected = ''] = text.split(' '), [protocol = '', port] = point.split('/');
  const name = (id: string): string => (/^[\d.:]+$/.test(id) ? id : id.startsWith('svc:') ? `${id.slice(4)}[Service]` : `${id}[Pod]`);
  return { ask: { question: /^[\d.:]+$/.test(to) ? 'egress' : 'host_to_host', subject: name(from), object: name(to), port: Number(port), protocol }, expected: expected as Expected };
};
const estate = (name: string, policies: readonly Json[], ...texts: readonly string[]): Estate => ({ name, files: { 'objects.json': { apiVersion: 'v1', kind: 'List', items: [...base, ...policies] } }, rows: texts.map(row) });

const ports = { tcp: [80, 8080], udp: [53, 5353], sctp: [9003, 9005] } as const;
type Protocol = keyof typeof ports;
/** Both spellings of a port: `protocols` of ClusterNetworkPolicy, `ports` of the older kinds. */
const onPort = (isNew: boolean, protocol: Protocol, port: number): Json => (isNew ? { protocols: [{ [protocol]: { destinationPort: { number: port } } }] } : { ports: [{ portNumber: { protocol: protocol.toUpperCase(), port } }] });

/** Rules in order: all of blue, one port of green, one port of gold and then all of it; `head` and `green` are the actions that come first. */
function ordered(isNew: boolean, tier: Tier, way: 'ingress' | 'egress', protocol: Protocol): readonly Estate[] {
  const [a, b] = ports[protocol], allow = isNew ? 'Accept' : 'Allow', peer = way === 'ingress' ? 'from' : 'to', isAdmin = tier === 'Admin';
  const rule = (action: string, house: string, port?: number): Json => ({ action, [peer]: [inSpace(house)], ...(port !== undefined && onPort(isNew, protocol, port)) });
  const made = (head: readonly string[], green: readonly string[]): Json => {
    const rules = { [way]: [...head.map((action) => rule(action, 'blue')), ...green.map((action) => rule(action, 'green', a)), rule(allow, 'gold', b), rule('Deny', 'gold')] };
    return isNew ? cluster('ordered', tier, 5, inSpace('red'), rules) : older(tier, 5, inSpace('red'), rules);
  };
  const ask = (other: string, port: number, expected: Expected): string => (way === 'egress' ? `red/p0 > ${other} ${protocol}/${port} ${expected}` : `${other} > red/p1 ${protocol}/${port} ${expected}`);
  const label = `${isNew ? 'ClusterNetworkPolicy' : 'older kinds'} ${tier} ${way} ${protocol}`;
  return [
    estate(`${label}: the first rule allows`, [made([allow, 'Deny', ...(isAdmin ? ['Pass'] : [])], ['Deny'])], ask('blue/p0', a, 'yes'), ask('blue/p1', b, 'yes'), ask('green/p0', a, 'no'), ask('green/p1', b, 'yes'), ask('gold/p0', b, 'yes'), ask('gold/p1', a, 'no')),
    estate(`${label}: the first rule denies`, [made(['Deny', allow], [allow, 'Deny'])], ask('blue/p0', a, 'no'), ask('blue/p1', b, 'no'), ask('green/p0', a, 'yes')),
    ...(isAdmin ? [estate(`${label}: the first rule passes`, [made(['Pass', 'Deny', allow], ['Pass', 'Deny'])], ask('blue/p0', a, 'yes'), ask('green/p1', a, 'yes'))] : []),
  ];
}

const all = ['Accept', 'Deny'] as const;
const everyAddress: Json = { networks: ['0.0.0.0/0', '::/0'] };
const special: readonly Estate[] = [
  ...(['Admin', 'Baseline'] as const).flatMap((tier) => [
    estate(`${tier}: networks are checked against pods too`, [cluster('c', tier, 8, podsOf('red'), { egress: [{ action: all[0], to: [podsOf('green')] }, { action: all[1], to: [everyAddress] }] })],
      ...Object.entries(ports).flatMap(([protocol, [port]]) => ['blue', 'gold'].map((h) => `red/p1 > ${h}/p0 ${protocol}/${port} no`).concat(`red/p1 > green/p0 ${protocol}/${port} yes`, `red/p1 > 203.0.113.9 ${protocol}/${port} no`))),
    estate(`${tier}: addresses of single pods`, [cluster('c', tier, 8, podsOf('red'), { egress: [{ action: all[0], to: [{ networks: [`${ip('blue', 0)}/32`, `${ip('gold', 0)}/32`] }] }, { action: all[1], to: [everyAddress] }] })],
      'red/p1 > blue/p0 tcp/80 yes', 'red/p1 > gold/p0 udp/53 yes', 'red/p1 > blue/p1 tcp/80 no', 'red/p1 > gold/p1 sctp/9003 no', 'red/p0 > red/p1 tcp/80 no'),
    estate(`${tier}: only ingress rules leave egress alone`, [cluster('c', tier, 8, inSpace('red'), { ingress: [{ action: 'Deny', from: [inSpace('green')] }] })], 'green/p0 > red/p0 tcp/80 no', 'red/p0 > green/p0 tcp/80 yes', 'red/p0 > blue/p0 tcp/80 yes'),
    estate(`${tier}: only egress rules leave ingress alone`, [cluster('c', tier, 8, inSpace('red'), { egress: [{ action: 'Deny', to: [inSpace('green')] }] })], 'red/p0 > green/p0 tcp/80 no', 'green/p0 > red/p0 tcp/80 yes', 'blue/p0 > red/p0 tcp/80 yes'),
    estate(`${tier}: pod selectors alone and with namespaces`, [cluster('c', tier, 20, { pods: { podSelector: { matchLabels: { house: 'red' } } } }, {
      egress: [{ action: 'Deny', to: [{ pods: { podSelector: { matchLabels: { house: 'blue' } } } }] }, { action: 'Deny', to: [named('gold', 'p0')] }], ingress: [{ action: 'Deny', from: [{ pods: { podSelector: { matchLabels: { house: 'green' } } } }] }, { action: 'Deny', from: [named('gold', 'p0')] }],
    }), cluster('d', tier, 21, named('blue', 'p0'), { egress: [{ action: 'Deny', to: [inSpace('green')] }] })],
    'red/p0 > blue/p0 tcp/80 no', 'red/p0 > gold/p0 tcp/80 no', 'red/p0 > gold/p1 tcp/80 yes', 'green/p0 > red/p0 tcp/80 no', 'gold/p0 > red/p0 tcp/80 no', 'gold/p1 > red/p0 tcp/80 yes', 'green/p0 > gold/p0 tcp/80 yes', 'blue/p0 > green/p0 tcp/80 no', 'blue/p1 > green/p0 tcp/80 yes'),
    estate(`${tier}: ranges of ports`, [cluster('c', tier, 9, inSpace('red'), { egress: [{ action: 'Accept', to: [inSpace('blue')], protocols: [{ tcp: { destinationPort: { range: { start: 80, end: 8080 } } } }] }, { action: 'Deny', to: [{ namespaces: { matchExpressions: [{ key: 'house', operator: 'Exists' }] } }] }] })],
      'red/p0 > blue/p0 tcp/80 yes', 'red/p0 > blue/p0 tcp/443 yes', 'red/p0 > blue/p0 tcp/8080 yes', 'red/p0 > blue/p0 tcp/8081 no', 'red/p0 > blue/p0 tcp/79 no', 'red/p0 > blue/p0 udp/80 no'),
    estate(`${tier}: policies of one priority that do not contradict`, [cluster('a', tier, 15, inSpace('red'), { ingress: [{ action: 'Deny', from: [inSpace('green')], ...onPort(true, 'tcp', 80) }] }), cluster('b', tier, 15, inSpace('red'), { egress: [{ action: 'Deny', to: [inSpace('gold')], ...onPort(true, 'tcp', 80) }] }), cluster('c', tier, 15, inSpace('gold'), { ingress: [{ action: 'Deny', from: [inSpace('green')], ...onPort(true, 'tcp', 8080) }] })],
      'green/p0 > red/p0 tcp/80 no', 'red/p0 > gold/p0 tcp/80 no', 'green/p1 > gold/p0 tcp/8080 no', 'green/p0 > red/p0 tcp/8080 yes', 'green/p1 > gold/p0 tcp/80 yes', 'red/p1 > blue/p0 tcp/80 yes'),
    estate(`${tier}: policies of one priority that contradict`, [cluster('a', tier, 15, inSpace('red'), { ingress: [{ action: 'Deny', from: [inSpace('green')] }] }), cluster('b', tier, 15, inSpace('red'), { ingress: [{ action: 'Accept', from: [inSpace('green')] }] })], 'green/p0 > red/p0 tcp/80 unknown', 'gold/p0 > red/p0 tcp/80 yes'),
    estate(`${tier}: named ports`, [cluster('c', tier, 6, inSpace('red'), { egress: [{ action: 'Accept', to: [inSpace('gold')], protocols: [{ destinationNamedPort: 'web' }] }, { action: 'Deny', to: [inSpace('gold')] }] })], 'red/p0 > gold/p1 tcp/80 yes', 'red/p1 > gold/p1 tcp/8080 no', 'red/p1 > gold/p1 udp/80 no'),
  ]),
  estate('nodes as peers', [cluster('c', 'Admin', 7, podsOf('red'), { egress: [
    { action: 'Accept', to: [{ nodes: { matchLabels: { 'kubernetes.io/os': 'linux' } } }], protocols: [{ tcp: { destinationPort: { number: 3600 } } }] }, { action: 'Pass', to: [{ nodes: { matchLabels: { 'kubernetes.io/os': 'linux' } } }], protocols: [{ udp: { destinationPort: { number: 3604 } } }] },
    { action: 'Deny', to: [podsOf('green'), { nodes: { matchLabels: { 'kubernetes.io/hostname': 'n2' } } }] }] })],
  'red/p1 > host/agent tcp/3600 yes', 'red/p1 > host/agent udp/3604 yes', 'red/p1 > host/agent tcp/3602 no', 'red/p1 > host/agent sctp/3604 no', 'red/p1 > 192.168.7.2 tcp/3602 no', 'red/p1 > 192.168.7.1 tcp/3602 yes', 'blue/p1 > host/agent tcp/3602 yes', 'red/p0 > blue/p0 tcp/80 yes'),
  estate('a Service that leads back to the sender', [{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'back', namespace: 'red' }, spec: { selector: { house: 'red' }, ports: [{ port: 80, targetPort: 80 }] } }, cluster('c', 'Admin', 15, inSpace('red'), { ingress: [{ action: 'Deny', from: [inSpace('red')] }] })],
    'red/p0 > svc:red/back tcp/80 no', 'red/p0 > red/p0 tcp/80 yes', 'blue/p0 > svc:red/back tcp/80 yes'),
  estate('pods that only their StatefulSet tells of', [{ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db', namespace: 'gold' }, spec: { replicas: 2, template: { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'c' }] } } } }, cluster('c', 'Admin', 9, named('gold', 'db-0'), { ingress: [{ action: 'Deny', from: [inSpace('red')] }] })],
    'red/p0 > gold/db-0 tcp/80 no', 'red/p0 > gold/db-1 tcp/80 yes', 'red/p0 > gold/db-2 tcp/80 unknown', 'blue/p0 > gold/db-0 tcp/80 yes'),
  estate('priority 50 denies, 60 passes', [cluster('a', 'Admin', 50, podsOf('red'), { ingress: [{ action: 'Deny', from: [podsOf('green')] }] }), cluster('b', 'Admin', 60, podsOf('red'), { ingress: [{ action: 'Pass', from: [podsOf('green')] }] })], 'green/p0 > red/p0 tcp/80 no', 'green/p1 > red/p1 udp/53 no'),
  estate('priority 40 passes, 50 denies, the baseline accepts', [cluster('a', 'Admin', 50, podsOf('red'), { ingress: [{ action: 'Deny', from: [podsOf('green')] }] }), cluster('b', 'Admin', 40, podsOf('red'), { ingress: [{ action: 'Pass', from: [podsOf('green')] }] }), cluster('c', 'Baseline', 10, podsOf('red'), { ingress: [{ action: 'Accept', from: [podsOf('green')] }] })], 'green/p0 > red/p0 tcp/80 yes'),
  ...(['Deny', 'Pass'] as const).flatMap((action) => [true, false].map((hasPolicy) => estate(`administrators ${action}, the namespace ${hasPolicy ? 'allows' : 'says nothing'}, the baseline denies`, [
    cluster('a', 'Admin', 10, inSpace('red'), { ingress: [{ action, from: [inSpace('green')] }], egress: [{ action, to: [inSpace('green')] }] }),
    ...(hasPolicy ? [networkPolicy('n', 'red', { policyTypes: ['Ingress', 'Egress'], ingress: [{ from: [{ namespaceSelector: { matchLabels: { house: 'green' } } }] }], egress: [{ to: [{ namespaceSelector: { matchLabels: { house: 'green' } } }] }] })] : []),
    cluster('b', 'Baseline', 10, inSpace('red'), { ingress: [{ action: 'Deny', from: [inSpace('green')] }], egress: [{ action: 'Deny', to: [inSpace('green')] }] }),
  ], ...['green/p0 > red/p0 tcp/80', 'green/p1 > red/p0 tcp/8080', 'red/p0 > green/p0 tcp/80', 'red/p1 > green/p0 tcp/8080'].map((text) => `${text} ${action === 'Pass' && hasPolicy ? 'yes' : 'no'}`)))),
];

const from = (...peers: readonly Json[]): Json => ({ ingress: [{ from: peers }] });
const space = (house: string): Json => ({ namespaceSelector: { matchLabels: { house } } });
const own = (name: string): Json => ({ podSelector: { matchLabels: { 'statefulset.kubernetes.io/pod-name': name } } });
/** NetworkPolicies of the namespace red. */
const plain = ([
  ['nothing comes in', [{}], 'red/p1 > red/p0 tcp/80 no', 'blue/p0 > red/p0 tcp/80 no', 'red/p0 > red/p0 tcp/80 yes', 'red/p0 > blue/p0 tcp/80 yes', 'host/agent > red/p0 tcp/80 no'],
  ['nothing goes out', [{ policyTypes: ['Egress'] }], 'red/p0 > red/p1 tcp/80 no', 'red/p0 > blue/p0 udp/53 no', 'blue/p0 > red/p0 tcp/80 yes', 'red/p0 > 203.0.113.9 tcp/443 no'],
  ['an empty rule allows all', [{ ingress: [{}] }], 'blue/p0 > red/p0 tcp/80 yes', 'red/p1 > red/p0 udp/53 yes'],
  ['pods of the own namespace', [from({ podSelector: {} })], 'red/p1 > red/p0 tcp/80 yes', 'blue/p0 > red/p0 tcp/80 no'],
  ['one pod of the own namespace', [from(own('p1'))], 'red/p1 > red/p0 tcp/80 yes', 'blue/p1 > red/p0 tcp/80 no'],
  ['a namespace', [from(space('blue'))], 'blue/p0 > red/p0 tcp/80 yes', 'green/p0 > red/p0 tcp/80 no', 'red/p1 > red/p0 tcp/80 no'],
  ['every namespace', [from({ namespaceSelector: {} })], 'gold/p1 > red/p0 tcp/80 yes', 'red/p1 > red/p0 tcp/80 yes'],
  ['a namespace or a pod', [from(space('blue'), own('p1'))], 'blue/p0 > red/p0 tcp/80 yes', 'red/p1 > red/p0 tcp/80 yes', 'green/p1 > red/p0 tcp/80 no'],
  ['a pod of a namespace', [from({ ...space('blue'), ...own('p1') })], 'blue/p1 > red/p0 tcp/80 yes', 'blue/p0 > red/p0 tcp/80 no', 'red/p1 > red/p0 tcp/80 no'],
  ['namespaces that are in none of a list', [from({ namespaceSelector: { matchExpressions: [{ key: 'house', operator: 'NotIn', values: ['blue', 'green'] }] } })], 'gold/p0 > red/p0 tcp/80 yes', 'green/p0 > red/p0 tcp/80 no'],
  ['a port of TCP', [{ ingress: [{ ports: [{ port: 80 }] }] }], 'blue/p0 > red/p0 tcp/80 yes', 'blue/p0 > red/p0 tcp/81 no', 'blue/p0 > red/p0 udp/80 no'],
  ['a port by name', [{ ingress: [{ ports: [{ port: 'dns', protocol: 'UDP' }] }] }], 'blue/p0 > red/p0 udp/53 yes', 'blue/p0 > red/p0 tcp/53 no', 'blue/p0 > red/p0 tcp/80 no'],
  ['a range', [{ ingress: [{ ports: [{ port: 81, endPort: 90 }] }] }], 'blue/p0 > red/p0 tcp/81 yes', 'blue/p0 > red/p0 tcp/90 yes', 'blue/p0 > red/p0 tcp/80 no'],
  ['only SCTP', [{ ingress: [{ ports: [{ protocol: 'SCTP', port: 80 }] }] }], 'blue/p0 > red/p0 tcp/80 no', 'blue/p0 > red/p0 sctp/80 yes'],
  ['policies add up', [from(space('blue')), { ingress: [{ ports: [{ port: 81 }] }] }], 'blue/p0 > red/p0 tcp/80 yes', 'green/p0 > red/p0 tcp/81 yes', 'green/p0 > red/p0 tcp/80 no'],
  ['out to a block without a part of it', [{ policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '203.0.113.0/24', except: ['203.0.113.128/25'] } }] }] }], 'red/p0 > 203.0.113.9 tcp/443 yes', 'red/p0 > 203.0.113.200 tcp/443 no', 'red/p0 > 198.51.100.1 tcp/443 no', 'red/p0 > blue/p0 tcp/80 no'],
  ['an exception that another policy takes back', [{ policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '203.0.113.0/24', except: ['203.0.113.128/25'] } }] }] }, { policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '203.0.113.200/32' } }] }] }], 'red/p0 > 203.0.113.200 tcp/443 yes', 'red/p0 > 203.0.113.201 tcp/443 no'],
] satisfies readonly (readonly [name: string, specs: readonly Json[], ...texts: readonly string[]])[]).map(([name, specs, ...texts]): Estate => estate(`NetworkPolicy: ${name}`, specs.map((spec, i) => networkPolicy(`n${i}`, 'red', spec)), ...texts));

const orders = [true, false].flatMap((isNew) => (['Admin', 'Baseline'] as const).flatMap((tier) => (['ingress', 'egress'] as const).flatMap((way) => (['tcp', 'udp', 'sctp'] as const).flatMap((protocol) => ordered(isNew, tier, way, protocol)))));
export const networkPolicies: Suite = { name: 'policies of Kubernetes', estates: [...orders, ...special, ...plain] };
