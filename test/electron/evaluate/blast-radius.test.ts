import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blastRadius, type BlastContext } from '#electron/evaluate/blast-radius.ts';
import { dependencies, reverseReach } from '#electron/evaluate/compromise-walk.ts';
import type { Edge, EdgeKind, NodeKind } from '#shared/model/resource.ts';
import type { BlastRadius } from '#shared/model/verdict.ts';
import { graphOf, type ResourceDraft } from '../../graph-of.ts';

const A = '111122223333';
const types: Partial<Record<NodeKind, string>> = { bucket: 'AWS::S3::Bucket', identity: 'AWS::IAM::Role', database: 'AWS::RDS::DBInstance', function: 'AWS::Lambda::Function' };
/** Marks in the name say what the policy would: prod, pii, jewel, tier0, tier1, lost. */
const node = (urn: string, kind: NodeKind, more: Partial<ResourceDraft> = {}): ResourceDraft => ({ urn, kind, type: types[kind] ?? `Test::${kind}`, account: A, ...more });
const context: BlastContext = {
  isProduction: (r) => r.urn.includes('prod'), isSensitive: (r) => r.urn.includes('pii'), isCrownJewel: (urn) => urn.includes('jewel'),
  tierOf: (urn) => (urn.includes('tier0') ? 'tier0' : urn.includes('tier1') ? 'tier1' : urn.includes('lost') ? 'unknown' : 'none'),
};
const edge = (source: string, kind: EdgeKind, target: string, condition?: string): Edge => ({ source, kind, target, derived: true, provenance: 'observed', ...(condition !== undefined && { condition }) });
const radius = (nodes: readonly ResourceDraft[], edges: readonly Edge[] = [], start = nodes[0]?.urn ?? ''): BlastRadius => blastRadius(graphOf(nodes, edges), start, context);
const vm = node('vm', 'vm');
const role = node('role', 'identity');
const runs = edge('vm', 'RUNS_AS', 'role');
const many = (count: number, name: (i: number) => string, kind: NodeKind): ResourceDraft[] => Array.from({ length: count }, (_, i) => node(name(i), kind));

describe('levels', () => {
  it.each<[string, readonly ResourceDraft[], readonly Edge[], BlastRadius['level'], string]>([
    ['nothing of note', [vm], [], 'low', 'below 10'],
    ['a store of sensitive data outside production', [vm, role, node('pii', 'bucket')], [runs, edge('role', 'CAN_READ', 'pii')], 'medium', 'outside production: pii'],
    ['the same store in production', [vm, role, node('prod-pii', 'bucket')], [runs, edge('role', 'CAN_READ', 'prod-pii')], 'high', 'production store of sensitive data'],
    ['a production store without sensitive data', [vm, role, node('prod-logs', 'bucket')], [runs, edge('role', 'CAN_READ', 'prod-logs')], 'low', 'below 10'],
    ['the entity itself is a production store of sensitive data', [node('prod-pii', 'bucket')], [], 'high', 'the entity itself'],
    ['a crown jewel', [vm, role, node('jewel', 'database')], [runs, edge('role', 'CAN_ADMIN', 'jewel')], 'high', 'crown jewel: jewel (CAN_ADMIN from role)'],
    ['an administrator', [vm, node('tier0', 'identity')], [edge('vm', 'RUNS_AS', 'tier0')], 'high', 'reaches an administrator'],
    ['the entity is an administrator', [node('tier0', 'identity')], [], 'high', 'the entity itself'],
    ['a privileged identity', [vm, node('tier1', 'identity')], [edge('vm', 'RUNS_AS', 'tier1')], 'medium', 'score 10.2, 10 or more'],
    ['five privileged identities', [vm, ...many(5, (i) => `tier1-${i}`, 'identity')], [0, 1, 2, 3, 4].map((i) => edge('vm', 'CAN_ASSUME', `tier1-${i}`)), 'high', 'score 50.2, 50 or more'],
    ['one other account', [vm, node('r2', 'identity', { account: '444455556666' })], [edge('vm', 'CAN_ASSUME', 'r2')], 'medium', 'another account'],
    ['three accounts', [vm, node('r2', 'identity', { account: '444455556666' }), node('r3', 'identity', { account: '777788889999' })], [edge('vm', 'CAN_ASSUME', 'r2'), edge('r2', 'CAN_ASSUME', 'r3')], 'high', 'reaches 3 accounts'],
    ['ten of the production nodes', [vm, role, ...many(12, (i) => `prod-${i}`, 'bucket')], [runs, ...Array.from({ length: 10 }, (_, i) => edge('role', 'CAN_READ', `prod-${i}`))], 'high', 'reaches 10 of the 12 production nodes'],
    ['nine of them', [vm, role, ...many(12, (i) => `prod-${i}`, 'bucket')], [runs, ...Array.from({ length: 9 }, (_, i) => edge('role', 'CAN_READ', `prod-${i}`))], 'low', 'below 10'],
    ['ten of very many', [vm, role, ...many(101, (i) => `prod-${i}`, 'bucket')], [runs, ...Array.from({ length: 10 }, (_, i) => edge('role', 'CAN_READ', `prod-${i}`))], 'medium', 'score 10.4'],
  ])('%s', (_name, nodes, edges, level, text) => {
    const found = radius(nodes, edges);
    expect(found.level).toBe(level);
    expect(found.reasons.map((r) => r.text).join('; ')).toContain(text);
  });
});

describe('the walk', () => {
  const reach = (nodes: readonly ResourceDraft[], edges: readonly Edge[]): Readonly<Record<string, number>> => Object.fromEntries(radius(nodes, edges).reached.map((r) => [r.urn, r.probability]));
  const chain = (length: number): readonly ResourceDraft[] => [vm, ...many(length, (i) => `n${i}`, 'identity')];
  const link = (length: number): readonly Edge[] => Array.from({ length }, (_, i) => edge(i === 0 ? 'vm' : `n${i - 1}`, 'CAN_ASSUME', `n${i}`));
  it('ends six edges deep', () => expect(Object.keys(reach(chain(8), link(8)))).toHaveLength(7));
  it('halves under a condition', () => expect(reach([vm, role], [edge('vm', 'CAN_ASSUME', 'role', '[]')])).toEqual({ vm: 1, role: 0.5 }));
  it('drops what is less likely than a tenth', () => expect(reach(chain(4), link(4).map((e) => ({ ...e, condition: '[]' })))).toEqual({ vm: 1, n0: 0.5, n1: 0.25, n2: 0.125 }));
  it('counts mere network reach as a fifth, and fully where something can be exploited', () => {
    const nodes = [vm, node('other', 'vm'), node('cve', 'finding')];
    expect(reach(nodes, [edge('vm', 'NET_REACH', 'other')])).toEqual({ vm: 1, other: 0.2 });
    expect(reach(nodes, [edge('vm', 'NET_REACH', 'other'), edge('other', 'AFFECTED_BY', 'cve')])).toEqual({ vm: 1, other: 1 });
  });
  it('takes the better of two ways', () => expect(reach([vm, role, node('mid', 'identity')], [edge('vm', 'CAN_ASSUME', 'role', '[]'), edge('vm', 'CAN_ASSUME', 'mid'), edge('mid', 'CAN_ASSUME', 'role')])).toEqual({ vm: 1, mid: 1, role: 1 }));
  it('ends on cyclic trust', () => expect(reach([vm, role, node('b', 'identity')], [runs, edge('role', 'CAN_ASSUME', 'b'), edge('b', 'CAN_ASSUME', 'role')])).toEqual({ vm: 1, role: 1, b: 1 }));
  it.each<[EdgeKind, NodeKind]>([['READS_FROM', 'bucket'], ['LOGS_TO', 'bucket'], ['CONTAINS', 'vm'], ['MEMBER_OF', 'identity'], ['NET_REACH', 'internet'], ['MOUNTS', 'other']])('%s to %s is no compromise', (kind, target) =>
    expect(reach([vm, node('x', target)], [edge('vm', kind, 'x')])).toEqual({ vm: 1 }));
  it('an administrator gets what its account contains; others do not', () => {
    const root = node(`arn:aws:iam::${A}:root`, 'account');
    const contains = edge(root.urn, 'CONTAINS', 'db');
    expect(Object.keys(reach([node('tier0', 'identity'), root, node('db', 'database')], [contains]))).toEqual([root.urn, 'db', 'tier0'].sort());
    expect(Object.keys(reach([role, root, node('db', 'database')], [contains]))).toEqual(['role']);
  });
  it('resolves aliases', () => expect(reach([vm, node('role', 'identity', { aliases: ['profile'] })], [edge('vm', 'RUNS_AS', 'profile')])).toEqual({ vm: 1, role: 1 }));
  it('sums weights by probability', () => expect(radius([vm, node('tier1', 'identity')], [edge('vm', 'CAN_ASSUME', 'tier1', '[]')]).score).toBeCloseTo(5.2));
});

describe('what is missing', () => {
  const instance = (config: object): ResourceDraft => node('i', 'vm', { type: 'AWS::EC2::Instance', config });
  const placed = { State: { Name: 'running' }, SubnetId: 'subnet-1' };
  it('an entity that is not in the graph', () => expect(radius([vm], [], 'ghost')).toMatchObject({ level: 'unknown', missing: [{ entity: 'ghost' }] }));
  it.each<[string, readonly ResourceDraft[], readonly Edge[], BlastRadius['level']]>([
    ['an identity of unknown privileges', [node('lost', 'identity')], [], 'unknown'],
    ['one that the entity runs as', [vm, node('lost', 'identity')], [edge('vm', 'RUNS_AS', 'lost')], 'unknown'],
    ['unless the level is high already', [vm, node('lost', 'identity'), node('jewel', 'bucket')], [edge('vm', 'RUNS_AS', 'lost'), edge('vm', 'CAN_READ', 'jewel')], 'high'],
    ['a role that was not imported', [vm], [edge('vm', 'RUNS_AS', 'arn:aws:iam::111122223333:role/ghost')], 'unknown'],
    ['an instance profile that leads nowhere', [vm, node('p', 'identity', { type: 'AWS::IAM::InstanceProfile' })], [edge('vm', 'RUNS_AS', 'p')], 'unknown'],
    ['an instance profile that leads on', [vm, node('p', 'identity', { type: 'AWS::IAM::InstanceProfile' }), role], [edge('vm', 'RUNS_AS', 'p'), edge('p', 'RUNS_AS', 'role')], 'low'],
    ['an instance of which only the name is known', [instance({})], [], 'unknown'],
    ['an instance that has no profile', [instance(placed)], [], 'low'],
    ['an instance whose profile has no edge', [instance({ ...placed, IamInstanceProfile: { Arn: 'arn:aws:iam::111122223333:instance-profile/x' } })], [], 'unknown'],
    ['a function without its role', [node('f', 'function', { config: {} })], [], 'unknown'],
    ['a bucket needs neither', [node('b', 'bucket', { config: {} })], [], 'low'],
  ])('%s', (_name, nodes, edges, level) => {
    const found = radius(nodes, edges);
    expect(found.level).toBe(level);
    expect(found.missing.length > 0).toBe(level === 'unknown' || level === 'high');
  });
});

describe('backwards', () => {
  const graph = graphOf([vm, role, node('db', 'database'), node('app', 'function')], [runs, edge('role', 'CAN_READ', 'db', '[]'), edge('app', 'READS_FROM', 'db'), edge('vm', 'WRITES_TO', 'app')]);
  it('lists who can get there, nearest first', () => expect(reverseReach(graph, 'db').reached.map((r) => [r.urn, r.probability])).toEqual([['role', 0.5], ['vm', 0.5]]));
  it('keeps data flow apart', () => {
    expect(dependencies(graph, 'db')).toEqual({ upstream: [], downstream: ['app'] });
    expect(dependencies(graph, 'app')).toEqual({ upstream: ['db', 'vm'], downstream: [] });
  });
});

describe('properties', () => {
  const names = ['a', 'b', 'prod-c', 'pii-d', 'tier1-e', 'prod-pii-f'];
  const edges = fc.array(fc.record({ from: fc.nat(5), to: fc.nat(5), kind: fc.constantFrom<EdgeKind>('CAN_ASSUME', 'CAN_READ', 'NET_REACH', 'READS_FROM'), conditional: fc.boolean() }), { maxLength: 15 });
  const nodes = names.map((name, i) => node(name, i % 2 === 0 ? 'identity' : 'bucket'));
  it('more edges never shrink it, and the order of edges does not matter', () => {
    const rank = { low: 0, medium: 1, high: 2, unknown: 3 } as const;
    fc.assert(fc.property(edges, edges, (first, second) => {
      const build = (list: typeof first): readonly Edge[] => list.map((e) => edge(names[e.from] ?? '', e.kind, names[e.to] ?? '', e.conditional ? '[]' : undefined));
      const small = radius(nodes, build(first), 'a'), large = radius(nodes, [...build(first), ...build(second)], 'a');
      expect(rank[large.level]).toBeGreaterThanOrEqual(rank[small.level]);
      expect(large.score).toBeGreaterThanOrEqual(small.score - 1e-9);
      const swapped = radius(nodes.toReversed(), build(first).toReversed(), 'a');
      expect({ ...swapped, reached: swapped.reached.map((r) => r.urn), reasons: [] }).toEqual({ ...small, reached: small.reached.map((r) => r.urn), reasons: [] });
    }));
  });
});
