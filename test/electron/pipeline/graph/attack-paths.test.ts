import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attackPaths, type AttackOptions, type AttackPaths } from '#electron/pipeline/graph/attack-paths.ts';
import { entryPoints } from '#electron/pipeline/graph/entry-points.ts';
import type { Move } from '#electron/pipeline/graph/attack-graph.ts';
import { searchLimits, searchPaths } from '#electron/pipeline/graph/path-search.ts';
import type { Edge, EdgeKind, NodeKind } from '#shared/model/resource.ts';
import { str } from '#shared/lib/json.ts';
import { compactOf, graphOf, type ResourceDraft } from '../../../graph-of.ts';

const A = '111122223333', B = '444455556666', day = 86_400e6, now = 100 * day;
type EdgeDraft = Partial<Edge> & Pick<Edge, 'source' | 'kind' | 'target'>;
const node = (urn: string, kind: NodeKind = 'identity', more: Partial<ResourceDraft> = {}): ResourceDraft => ({ urn, kind, type: kind === 'vm' ? 'AWS::EC2::Instance' : kind === 'bucket' ? 'AWS::S3::Bucket' : 'AWS::IAM::Role', account: A, ...more });
const edge = (source: string, kind: EdgeKind, target: string, more: Partial<Edge> = {}): EdgeDraft => ({ source, kind, target, ...more });
const nodes = (...urns: readonly string[]): readonly ResourceDraft[] => urns.map((u) => node(u, u.startsWith('vm') ? 'vm' : u.startsWith('data') ? 'bucket' : 'identity'));
type Options = Partial<AttackOptions> & { readonly exploit?: AttackOptions['facts']['exploit'] };
const find = (drafts: readonly ResourceDraft[], edges: readonly EdgeDraft[], { exploit = () => undefined, ...options }: Options = {}): AttackPaths => {
  const byUrn = new Map(drafts.map((d) => [d.urn, d]));
  return attackPaths(compactOf(drafts, edges), {
    facts: { exploit, metadata: (urn) => (str(byUrn.get(urn)?.config, 'MetadataOptions', 'HttpTokens') === 'required' ? 2 : 1) }, administrators: [], sources: new Set(), asOfUs: now, maxAgeDays: 30,
    seenUs: (urn) => byUrn.get(urn)?.captured_us, targets: [{ urn: 'data', impact: 1, what: 'crown jewel' }], ...options,
  });
};
const routes = (found: AttackPaths): readonly string[] => found.paths.map((p) => [p.source, ...p.hops.map((h) => h.target)].join(' '));

const classic = [edge('internet', 'NET_REACH', 'vm', { cost: 3 }), edge('vm', 'RUNS_AS', 'role', { cost: 1 }), edge('role', 'CAN_READ', 'data', { cost: 1 })];
const classicNodes = nodes('vm', 'role', 'data');

describe('attackPaths: one path', () => {
  it('goes from the internet over a host and its role to the data', () => {
    expect(find(classicNodes, classic)).toMatchObject({ targets: 1, reached: 1, truncated: false, caps: [], paths: [{ source: 'internet', target: 'data', what: 'crown jewel', cost: 5, rank: 59.049, freshness: 1, confidence: 1, hops: [{ kind: 'NET_REACH', cost: 3 }, { kind: 'RUNS_AS', cost: 1 }, { kind: 'CAN_READ', cost: 1 }] }] });
  });
  it.each<[string, readonly EdgeDraft[]]>([
    ['one edge is missing', classic.filter((e) => e.kind !== 'RUNS_AS')],
    ['an edge points the other way', [...classic.slice(0, 2), edge('data', 'CAN_READ', 'role')]],
    ['an edge is no compromise', [...classic.slice(0, 2), edge('role', 'READS_FROM', 'data')]],
    ['nothing starts outside', classic.slice(1)],
  ])('there is none when %s', (_name, edges) => expect(find(classicNodes, edges)).toMatchObject({ paths: [], reached: 0, truncated: false }));

  it.each<[string, readonly ResourceDraft[], readonly EdgeDraft[], Options, number]>([
    ['IMDSv2 costs one more', [node('vm', 'vm', { config: { MetadataOptions: { HttpTokens: 'required' } } }), ...nodes('role', 'data')], classic, {}, 6],
    ['a flaw exploited in the wild is easier than the open port', classicNodes, classic, { exploit: () => ({ cost: 1, why: 'CVE' }) }, 3],
    ['a flaw that is harder than the open port changes nothing', classicNodes, classic, { exploit: () => ({ cost: 4, why: 'CVE' }) }, 5],
    ['reach alone costs 6', classicNodes, [edge('internet', 'NET_REACH', 'vm'), ...classic.slice(1)], {}, 8],
    ['a condition costs 2 where no cost is stored', classicNodes, [...classic.slice(0, 2), edge('role', 'CAN_READ', 'data', { condition: '[]' })], {}, 7],
    ['MFA costs 4', classicNodes, [...classic.slice(0, 2), edge('role', 'CAN_READ', 'data', { condition: '[{"key":"aws:MultiFactorAuthPresent"}]' })], {}, 9],
    ['a stored cost holds its condition', classicNodes, [...classic.slice(0, 2), edge('role', 'CAN_READ', 'data', { condition: '[]', cost: 3 })], {}, 7],
    ['an escalation’s stored cost does not', classicNodes, [...classic.slice(0, 2), edge('role', 'PRIVESC', 'data', { condition: '[]', cost: 2 })], {}, 8],
    ['of two edges between the same nodes the easiest counts', classicNodes, [...classic, edge('internet', 'CAN_EXEC', 'vm', { cost: 2 })], {}, 4],
    ['an instance profile is no step of its own', [...classicNodes, node('profile', 'identity', { type: 'AWS::IAM::InstanceProfile' })], [edge('internet', 'NET_REACH', 'vm', { cost: 3 }), edge('vm', 'RUNS_AS', 'profile'), edge('profile', 'RUNS_AS', 'role'), edge('role', 'CAN_READ', 'data')], {}, 5],
    ['an administrator goes straight for what is in its account', classicNodes, classic.slice(0, 2), { administrators: ['role'] }, 5],
  ])('%s', (_name, drafts, edges, options, cost) => expect(find(drafts, edges, options).paths.map((p) => p.cost)).toEqual([cost]));

  it('an administrator of one account has nothing to say in another, but may use whoever is let in there', () => {
    const drafts = [node('admin'), node('app'), node('data', 'bucket', { account: B })];
    const administrators = ['admin'];
    const start = edge('internet', 'CAN_ASSUME', 'admin');
    expect(find(drafts, [start], { administrators }).paths).toEqual([]);
    expect(routes(find(drafts, [start, edge('app', 'CAN_READ', 'data')], { administrators }))).toEqual(['internet admin app data']);
  });
  it('principals outside are sources too', () => {
    const trusted = { ...node('role'), type: 'AWS::IAM::Role', config: { AssumeRolePolicyDocument: { Statement: { Effect: 'Allow', Principal: { AWS: '999999999999' }, Action: 'sts:AssumeRole', Condition: { StringEquals: { 'sts:ExternalId': 'x' } } } } } };
    const into = (...accounts: readonly string[]) => entryPoints(graphOf([trusted]), { accounts: new Set(accounts), compromised: [] });
    const { edges, points } = into(B);
    expect(edges).toMatchObject([{ source: '999999999999', kind: 'CAN_ASSUME', target: 'role', cost: 5 }]);
    expect(into(B, '999999999999').edges).toEqual([]);
    expect(find([trusted, node('data', 'bucket')], [...edges, edge('role', 'CAN_READ', 'data')], { sources: new Set(points.map((p) => p.urn)) }).paths).toMatchObject([{ source: '999999999999', cost: 6, confidence: 0.7 }]);
  });
});

describe('attackPaths: many', () => {
  const hosts = Array.from({ length: 15 }, (_, i) => `vm-${String(i).padStart(2, '0')}`);
  const fan = [...hosts.flatMap((vm, i) => [edge('internet', 'NET_REACH', vm, { cost: 3 + Math.floor(i / 5) }), edge(vm, 'RUNS_AS', 'role')]), edge('role', 'CAN_READ', 'data')];
  const drafts = nodes(...hosts, 'role', 'data');
  it('lists the ten easiest and says that there are more', () => {
    const found = find(drafts, fan);
    expect(found.paths.map((p) => p.cost)).toEqual([5, 5, 5, 5, 5, 6, 6, 6, 6, 6]);
    expect(found).toMatchObject({ truncated: true, caps: ['paths'] });
  });
  it('names the step on all of them as the choke point', () => {
    expect(find(drafts, fan).choke_points).toEqual([{ source: 'role', kind: 'CAN_READ', target: 'data', paths: 10, closes: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], cuts: ['data'] }]);
  });
  it('lists all when there are few, and none is named as choke point that is not on most', () => {
    const two = [edge('internet', 'NET_REACH', 'vm-00'), edge('vm-00', 'RUNS_AS', 'role'), edge('role', 'CAN_READ', 'data'), edge('internet', 'NET_REACH', 'vm-01'), edge('vm-01', 'RUNS_AS', 'role-2'), edge('role-2', 'CAN_READ', 'data')];
    expect(find(nodes('vm-00', 'vm-01', 'role', 'role-2', 'data'), two)).toMatchObject({ paths: [{ cost: 8 }, { cost: 8 }], choke_points: [], truncated: false });
  });
  it('counts a step that cuts several targets', () => {
    const edges = [edge('internet', 'NET_REACH', 'vm'), edge('vm', 'RUNS_AS', 'role'), edge('role', 'CAN_READ', 'data'), edge('role', 'CAN_READ', 'data-2')];
    const targets = ['data', 'data-2'].map((urn) => ({ urn, impact: 1, what: 'crown jewel' }));
    expect(find(nodes('vm', 'role', 'data', 'data-2'), edges, { targets }).choke_points).toMatchObject([{ source: 'internet', target: 'vm', paths: 2, cuts: ['data', 'data-2'] }, { source: 'vm', target: 'role', paths: 2 }]);
  });
  it('prefers fewer steps at the same cost, then the name, and never goes round', () => {
    const edges = [edge('internet', 'CAN_EXEC', 'b', { cost: 2 }), edge('internet', 'CAN_EXEC', 'a', { cost: 1 }), edge('a', 'CAN_ASSUME', 'b', { cost: 1 }), edge('b', 'CAN_ASSUME', 'a', { cost: 1 }), edge('b', 'CAN_READ', 'data', { cost: 1 }), edge('internet', 'CAN_EXEC', 'c', { cost: 2 }), edge('c', 'CAN_READ', 'data', { cost: 1 })];
    expect(routes(find(nodes('a', 'b', 'c', 'data'), edges))).toEqual(['internet b data', 'internet c data', 'internet a b data']);
  });
  it('ranks by impact, cost, freshness and confidence', () => {
    const old = [node('vm', 'vm', { captured_us: now - 60 * day }), ...nodes('role', 'data')];
    expect(find(old, classic).paths[0]).toMatchObject({ freshness: 0.5, rank: 29.525 });
    expect(find(classicNodes, classic.map((e) => ({ ...e, provenance: 'inferred' as const }))).paths[0]).toMatchObject({ confidence: 0.512 });
    expect(find(classicNodes, classic, { targets: [{ urn: 'data', impact: 0.5, what: 'x' }] }).paths[0]?.rank).toBeCloseTo(29.525, 3);
  });
});

describe('attackPaths: limits', () => {
  const chain = (length: number, cost = 1): readonly EdgeDraft[] => Array.from({ length }, (_, i) => edge(i === 0 ? 'internet' : `n${i}`, 'CAN_ASSUME', i === length - 1 ? 'data' : `n${i + 1}`, { cost }));
  const chainNodes = nodes(...Array.from({ length: 20 }, (_, i) => `n${i}`), 'data');
  it.each<[string, number, number, number, readonly string[]]>([
    ['twelve steps are taken', 12, 1, 1, []], ['thirteen are not', 13, 1, 0, ['depth']],
    ['a cost of 60 is', 12, 5, 1, []], ['a cost of 61 is not', 61, 1, 0, ['cost', 'depth']], ['nor is one of 66', 11, 6, 0, ['cost']],
  ])('%s', (_name, length, cost, paths, caps) => {
    const found = find([...chainNodes, ...nodes(...Array.from({ length: 45 }, (_, i) => `n${i + 20}`))], chain(length, cost));
    expect(found.paths).toHaveLength(paths);
    expect([found.truncated, found.caps.every((c) => caps.includes(c))]).toEqual([caps.length > 0, true]);
  });
  it('stops after so many looks', () => expect(find(chainNodes, chain(10), { limits: { ...searchLimits, pops: 5 } })).toMatchObject({ paths: [], truncated: true, caps: ['pops'] }));
});

describe('searchPaths', () => {
  it('finds what trying every path finds', () => {
    const names = ['s', 'a', 'b', 'c', 'd', 't'];
    const arc = fc.record({ source: fc.constantFrom(...names), target: fc.constantFrom(...names), cost: fc.integer({ min: 1, max: 9 }) });
    fc.assert(fc.property(fc.uniqueArray(arc, { selector: (x) => `${x.source}${x.target}`, maxLength: 22 }), (arcs) => {
      const steps = arcs.filter((x) => x.source !== x.target);
      const number = (name: string): number => names.indexOf(name);
      const moves = steps.map((x, edge): Move => ({ source: number(x.source), target: number(x.target), cost: x.cost, edge }));
      const every = (at: string, seen: readonly string[]): readonly number[][] => (at === 't' ? [[]] : steps.filter((s) => s.source === at && !seen.includes(s.target) && s.target !== 's').flatMap((s) => every(s.target, [...seen, s.target]).map((rest) => [s.cost, ...rest])));
      const sum = (costs: readonly number[]): number => costs.reduce((a, b) => a + b, 0);
      const wanted = every('s', ['s']).map((p) => [sum(p), p.length] as const).sort((x, y) => x[0] - y[0] || x[1] - y[1]).slice(0, 10);
      const found = searchPaths({ graph: { nodeCount: names.length, urnOf: (n) => names[n] ?? '' }, into: (n) => moves.filter((m) => m.target === n), outOf: (n) => moves.filter((m) => m.source === n) }, number('t'), (n) => n === number('s'));
      expect(found.paths.map((p) => [sum(p.map((s) => s.cost)), p.length])).toEqual(wanted);
    }), { numRuns: 400 });
  });
});
