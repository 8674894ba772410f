import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ask, namespace, pod, policy, type Manifest } from './cluster.ts';

/**
 * A brute-force reading of the NetworkPolicy API, written on its own: no three values, no shared code. It enumerates (rule, peer, port) triples of all
 * policies as facts and looks the connection up among them.
 */
interface Pod { readonly ns: string; readonly name: string; readonly labels: Readonly<Record<string, string>> }
interface Selector { readonly matchLabels?: Readonly<Record<string, string>>; readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[] }
interface PolicyPeer { readonly podSelector?: Selector; readonly namespaceSelector?: Selector; readonly ipBlock?: { readonly cidr: string } }
interface PolicyPort { readonly protocol?: string; readonly port?: number | string; readonly endPort?: number }
interface Rule { readonly from?: readonly PolicyPeer[]; readonly to?: readonly PolicyPeer[]; readonly ports?: readonly PolicyPort[] }
interface Spec { readonly podSelector: Selector; readonly policyTypes?: readonly string[]; readonly ingress?: readonly Rule[]; readonly egress?: readonly Rule[] }
interface Policy { readonly ns: string; readonly spec: Spec }

const namespaces = ['x', 'y'], names = ['a', 'b', 'c'];
const pods: readonly Pod[] = namespaces.flatMap((ns) => names.map((name) => ({ ns, name, labels: { pod: name, ...(name === 'c' ? {} : { tier: 'web' }) } })));
const nsLabels = (ns: string): Readonly<Record<string, string>> => ({ ns, 'kubernetes.io/metadata.name': ns });
const portNames: Readonly<Record<string, readonly [number, string]>> = { 'serve-80': [80, 'TCP'], 'serve-81': [81, 'UDP'] };

function picks(selector: Selector, labels: Readonly<Record<string, string>>): boolean {
  for (const key in selector.matchLabels) if (labels[key] !== selector.matchLabels[key]) return false;
  for (const e of selector.matchExpressions ?? []) {
    const value: string | undefined = labels[e.key];
    const isIn = value !== undefined && (e.values ?? []).includes(value);
    const holds = e.operator === 'In' ? isIn : e.operator === 'NotIn' ? !isIn : e.operator === 'Exists' ? value !== undefined : value === undefined;
    if (!holds) return false;
  }
  return true;
}

function admits(policies: readonly Policy[], way: 'ingress' | 'egress', own: Pod, other: Pod, port: number, protocol: string): boolean {
  let isolated = false;
  for (const { ns, spec } of policies) {
    const types = spec.policyTypes ?? (spec.egress && spec.egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress']);
    if (ns !== own.ns || !picks(spec.podSelector, own.labels) || !types.includes(way === 'ingress' ? 'Ingress' : 'Egress')) continue;
    isolated = true;
    for (const rule of spec[way] ?? []) {
      const peers = way === 'ingress' ? rule.from : rule.to;
      const peerOk = !peers || peers.length === 0 || peers.some((p) => (p.ipBlock ? false : p.namespaceSelector
        ? picks(p.namespaceSelector, nsLabels(other.ns)) && (!p.podSelector || picks(p.podSelector, other.labels))
        : other.ns === ns && picks(p.podSelector ?? {}, other.labels)));
      const portOk = !rule.ports || rule.ports.length === 0 || rule.ports.some((p) => {
        if (typeof p.port === 'string') { const named = portNames[p.port]; return named !== undefined && named[0] === port && named[1] === protocol && (p.protocol ?? 'TCP') === protocol; }
        return (p.protocol ?? 'TCP') === protocol && (p.port === undefined || (p.endPort === undefined ? p.port === port : p.port <= port && port <= p.endPort));
      });
      if (peerOk && portOk) return true;
    }
  }
  return !isolated;
}

const values = fc.subarray(['a', 'b', 'c', 'web', 'x', 'y'], { minLength: 1 });
const expression = fc.oneof(
  fc.record({ key: fc.constantFrom('pod', 'tier', 'ns', 'none'), operator: fc.constantFrom('In', 'NotIn'), values }),
  fc.record({ key: fc.constantFrom('pod', 'tier', 'none'), operator: fc.constantFrom('Exists', 'DoesNotExist') }),
);
const selector: fc.Arbitrary<Selector> = fc.oneof(
  fc.constant({}), fc.record({ matchLabels: fc.constantFrom<Readonly<Record<string, string>>>({ pod: 'a' }, { pod: 'b' }, { tier: 'web' }, { ns: 'y' }, { ns: 'x' }, { pod: 'a', tier: 'web' }) }),
  fc.record({ matchExpressions: fc.array(expression, { minLength: 1, maxLength: 2 }) }),
);
const peer: fc.Arbitrary<PolicyPeer> = fc.oneof(
  fc.record({ podSelector: selector }), fc.record({ namespaceSelector: selector }), fc.record({ podSelector: selector, namespaceSelector: selector }), fc.constant({ ipBlock: { cidr: '0.0.0.0/0' } }),
);
const ranged = fc.tuple(fc.constantFrom(79, 80, 81), fc.nat(3)).map(([port, more]) => ({ port, endPort: port + more }));
const policyPort: fc.Arbitrary<PolicyPort> = fc.oneof(
  fc.record({ port: fc.constantFrom<number | string>(80, 81, 'serve-80', 'serve-81', 'other') }), fc.record({ protocol: fc.constantFrom('TCP', 'UDP', 'SCTP') }), fc.record({ protocol: fc.constantFrom('TCP', 'UDP'), port: fc.constantFrom<number | string>(80, 81, 'serve-81') }), ranged,
);
const rule = (end: 'from' | 'to'): fc.Arbitrary<Rule> => fc.record({ [end]: fc.array(peer, { maxLength: 2 }), ports: fc.array(policyPort, { maxLength: 2 }) }, { requiredKeys: [] });
const anyPolicy: fc.Arbitrary<Policy> = fc.record({
  ns: fc.constantFrom(...namespaces),
  spec: fc.record({
    podSelector: selector, policyTypes: fc.subarray(['Ingress', 'Egress'], { minLength: 1 }), ingress: fc.array(rule('from'), { maxLength: 2 }), egress: fc.array(rule('to'), { maxLength: 2 }),
  }, { requiredKeys: ['podSelector'] }),
});

describe('NetworkPolicies against a brute-force oracle', () => {
  it('agrees on every connection', () => {
    const world: readonly Manifest[] = [...namespaces.map((ns) => namespace(ns, { ns })), ...pods.map((p) => pod(`${p.ns}/${p.name}`, p.labels))];
    const answers = { yes: 0, no: 0 };
    fc.assert(fc.property(fc.array(anyPolicy, { maxLength: 4 }), fc.constantFrom(...pods), fc.constantFrom(...pods), fc.constantFrom(79, 80, 81, 82), fc.constantFrom('TCP', 'UDP', 'SCTP'), (policies, from, to, port, protocol) => {
      const same = from === to;
      const expected = same || (admits(policies, 'egress', from, to, port, protocol) && admits(policies, 'ingress', to, from, port, protocol)) ? 'yes' : 'no';
      const found = ask([...world, ...policies.map((p, i) => policy(`${p.ns}/p${i}`, { ...p.spec }))], { question: 'host_to_host', subject: `${from.ns}/${from.name}[Pod]`, object: `${to.ns}/${to.name}[Pod]`, port, protocol });
      expect(found.answer).toBe(expected);
      answers[expected] += 1;
    }), { numRuns: 1500 });
    // Neither answer is so rare that agreement would be luck.
    expect(Math.min(answers.yes, answers.no)).toBeGreaterThan(150);
  });

  it('is the same whatever the order of policies, and a further policy that selects nothing changes nothing', () => {
    const world: readonly Manifest[] = [...namespaces.map((ns) => namespace(ns, { ns })), ...pods.map((p) => pod(`${p.ns}/${p.name}`, p.labels))];
    fc.assert(fc.property(fc.array(anyPolicy, { maxLength: 3 }), fc.constantFrom(...pods), fc.constantFrom(...pods), (policies, from, to) => {
      const named = policies.map((p, i) => policy(`${p.ns}/p${i}`, { ...p.spec }));
      const of = (more: readonly Manifest[]) => ask(more, { question: 'host_to_host', subject: `${from.ns}/${from.name}[Pod]`, object: `${to.ns}/${to.name}[Pod]`, port: 80 }).answer;
      const answer = of([...world, ...named]);
      expect(of([...named.toReversed(), ...world.toReversed()])).toBe(answer);
      expect(of([...world, ...named, policy('x/idle', { podSelector: { matchLabels: { pod: 'nobody' } }, ingress: [] })])).toBe(answer);
    }), { numRuns: 200 });
  });
});
