import { describe, expect, it } from 'vitest';
import { priceOf, type AttackFacts } from '#electron/evaluate/attack-price.ts';
import { exploitOf } from '#electron/host/graph/attack-context.ts';
import { attackPaths, type AttackOptions, type AttackPaths } from '#electron/pipeline/graph/attack-paths.ts';
import { entryKinds, entryPoints } from '#electron/pipeline/graph/entry-points.ts';
import { searchLimits } from '#electron/pipeline/graph/path-search.ts';
import type { Edge, EdgeKind, NodeKind } from '#shared/model/resource.ts';
import { assignment, derivedAzure, guid, group, sub, urn } from '../../evaluate/azure/azure-records.ts';
import { compactOf, graphOf, type ResourceDraft } from '../../../graph-of.ts';

/** Design 5-graph §5, row by row. */
const A = '111122223333', B = '444455556666', day = 86_400e6, now = 1000 * day;
const noFacts: AttackFacts = { exploit: () => undefined, metadata: () => undefined };
const edge = (source: string, kind: EdgeKind, target: string, more: Partial<Edge> = {}): Edge => ({ source, kind, target, derived: true, provenance: 'observed', ...more });
const end = (kind: NodeKind) => ({ urn: kind, kind });

describe('edge cost', () => {
  const exploit = (cost: number): AttackFacts => ({ ...noFacts, exploit: () => ({ cost, why: 'CVE-1' }) }), imds = (version: 1 | 2): AttackFacts => ({ ...noFacts, metadata: () => version });
  it.each<readonly [row: string, kind: EdgeKind, source: NodeKind, target: NodeKind, more: Partial<Edge>, facts: AttackFacts, cost: number, why: RegExp, technique: string]>([
    ['anonymous data read 1', 'EXPOSES', 'internet', 'bucket', {}, noFacts, 1, /^$/, 'T1530'], ['anonymous data read 1: the read itself', 'CAN_READ', 'internet', 'bucket', { reason: 'anonymous read' }, noFacts, 1, /anonymous read/, 'T1530'],
    ['RUNS_AS via IMDSv1 1', 'RUNS_AS', 'vm', 'identity', {}, imds(1), 1, /IMDSv1 is not refused/, 'T1552.005'], ['IMDSv2 2', 'RUNS_AS', 'vm', 'identity', {}, imds(2), 2, /IMDSv2/, 'T1552.005'],
    ['RUNS_AS of a function asks no metadata', 'RUNS_AS', 'function', 'identity', {}, imds(2), 1, /^$/, 'T1078.004'],
    ['CAN_ASSUME 1', 'CAN_ASSUME', 'identity', 'identity', {}, noFacts, 1, /^$/, 'T1548.005'],
    ['self-escalation 1', 'PRIVESC', 'identity', 'identity', { cost: 1, reason: 'iam-001' }, noFacts, 1, /iam-001/, 'T1098.003'], ['PassRole new 2', 'PRIVESC', 'identity', 'identity', { reason: 'ec2-001' }, noFacts, 2, /ec2-001/, 'T1548.005'], ['existing-passrole 2', 'PRIVESC', 'identity', 'identity', { reason: 'lambda-003' }, noFacts, 2, /lambda-003/, 'T1548.005'],
    ['keys of another identity', 'PRIVESC', 'identity', 'identity', { reason: 'iam-002' }, noFacts, 2, /iam-002/, 'T1098.001'],
    ['exec/SSM 2', 'CAN_EXEC', 'identity', 'vm', {}, noFacts, 2, /^$/, 'T1651'], ['exec into a pod', 'CAN_EXEC', 'identity', 'pod', {}, noFacts, 2, /^$/, 'T1609'], ['secret read 2', 'CAN_READ', 'identity', 'secret_key', {}, noFacts, 2, /^$/, 'T1555.006'], ['data read 1', 'CAN_READ', 'identity', 'bucket', {}, noFacts, 1, /^$/, 'T1530'],
    ['a mounted secret', 'MOUNTS', 'pod', 'secret_key', {}, noFacts, 2, /^$/, 'T1552.007'],
    ['NET_REACH open admin port 3', 'NET_REACH', 'internet', 'vm', { cost: 3, reason: 'tcp 22' }, noFacts, 3, /^tcp 22$/, 'T1133'], ['NET_REACH of another port', 'NET_REACH', 'internet', 'vm', { cost: 6, reason: 'tcp 80' }, noFacts, 6, /^tcp 80$/, 'T1133'],
    ['exploit KEV 1', 'NET_REACH', 'internet', 'vm', { cost: 6, reason: 'tcp 80' }, exploit(1), 1, /^tcp 80; CVE-1$/, 'T1190'], ['EPSS 2', 'NET_REACH', 'internet', 'vm', { cost: 6 }, exploit(2), 2, /^CVE-1$/, 'T1190'], ['critical 4', 'NET_REACH', 'internet', 'vm', { cost: 6 }, exploit(4), 4, /CVE-1/, 'T1190'],
    ['high 6', 'NET_REACH', 'internet', 'vm', { cost: 6 }, exploit(6), 6, /^$/, 'T1190'], ['an open admin port is easier than a critical flaw', 'NET_REACH', 'internet', 'vm', { cost: 3 }, exploit(4), 3, /^$/, 'T1190'],
    ['conditional +2', 'CAN_ASSUME', 'identity', 'identity', { condition: '[]' }, noFacts, 3, /^$/, 'T1548.005'], ['conditional +2 on a machine', 'RUNS_AS', 'vm', 'identity', { condition: '[]' }, imds(1), 3, /IMDSv1/, 'T1552.005'],
    ['needs MFA +4', 'CAN_ASSUME', 'identity', 'identity', { condition: '[{"key":"aws:MultiFactorAuthPresent"}]' }, noFacts, 5, /^$/, 'T1548.005'], ['needs ExternalId +4', 'CAN_ASSUME', 'identity', 'identity', { condition: '[{"key":"sts:ExternalId"}]' }, noFacts, 5, /^$/, 'T1548.005'],
    ['container escape privileged 1', 'ESCAPES_TO', 'pod', 'node', { cost: 1, reason: 'PRIVILEGED' }, noFacts, 1, /PRIVILEGED/, 'T1611'], ['else 4', 'ESCAPES_TO', 'pod', 'node', {}, noFacts, 4, /^$/, 'T1611'],
  ])('%s', (_row, kind, source, target, more, facts, cost, why, technique) => {
    const price = priceOf(edge('a', kind, 'b', more), end(source), end(target), facts);
    expect(price).toEqual({ cost, why: expect.stringMatching(why) as string, techniques: [technique] });
  });
  it.each<EdgeKind>(['CONTAINS', 'MEMBER_OF', 'READS_FROM', 'WRITES_TO', 'TRUSTS', 'HAS_POLICY', 'SAME_AS'])('nobody goes by %s', (kind) => { expect(priceOf(edge('a', kind, 'b'), end('identity'), end('bucket'), noFacts).cost).toBe(0); });
});

describe('what a flaw costs', () => {
  type Reported = Parameters<typeof exploitOf>[0];
  const finding = (vulnerability: Reported['vulnerability'], more: Partial<Reported> = {}): Reported => ({ title: 'flaw', status: 'open', severity_reported: 'low', ...(vulnerability && { vulnerability: { cve: 'CVE-1', ...vulnerability } }), ...more });
  const known = new Set(['CVE-9']);
  it.each<readonly [string, Reported, object | undefined]>([
    ['KEV 1, as reported', finding({ kev: true }), { cost: 1, why: 'CVE-1 is exploited in the wild' }], ['KEV 1, by the list', finding({ cve: 'CVE-9' }), { cost: 1, why: 'CVE-9 is exploited in the wild' }], ['not on the list', finding({}), undefined],
    ['EPSS >= 0.5: 2', finding({ epss: 0.5 }), { cost: 2, why: 'CVE-1 is likely to be exploited (EPSS 0.5)' }], ['EPSS 0.49', finding({ epss: 0.49 }), undefined],
    ['critical 4', finding({ epss: 0.49 }, { severity_reported: 'critical' }), { cost: 4, why: 'CVE-1 is critical' }], ['high 6', finding({}, { severity_reported: 'high' }), { cost: 6, why: 'CVE-1 is high' }], ['medium is not counted on', finding({}, { severity_reported: 'medium' }), undefined],
    ['not affected (VEX)', finding({ kev: true, vex: 'not_affected' }), undefined], ['fixed (VEX)', finding({ kev: true, vex: 'fixed' }), undefined], ['closed', finding({ kev: true }, { status: 'resolved' }), undefined], ['no vulnerability at all', finding(undefined, { severity_reported: 'critical' }), undefined],
  ])('%s', (_row, given, wanted) => { expect(exploitOf(given, known)).toEqual(wanted); });
});

const node = (urnOf: string, kind: NodeKind = 'identity', more: Partial<ResourceDraft> = {}): ResourceDraft => ({ urn: urnOf, kind, type: 'T', account: A, ...more });
const find = (drafts: readonly ResourceDraft[], edges: readonly Edge[], options: Partial<AttackOptions> = {}): AttackPaths => {
  const byUrn = new Map(drafts.map((d) => [d.urn, d]));
  return attackPaths(compactOf(drafts, edges), { facts: noFacts, administrators: [], sources: new Set(), asOfUs: now, maxAgeDays: 30, seenUs: (id) => byUrn.get(id)?.captured_us, targets: [{ urn: 'data', impact: 1, what: 'crown jewel' }], ...options });
};
const routes = (found: AttackPaths): readonly string[] => found.paths.map((p) => [p.source, ...p.hops.map((h) => h.target)].join(' '));
const data = node('data', 'bucket');

describe('sources', () => {
  it('internet, leaked key, phished user, external account, public CI', () => { expect([...entryKinds]).toEqual(['internet', 'leaked_key', 'phished_user', 'external_account', 'public_ci']); });
  const trust = (statement: object): ResourceDraft => ({ urn: `arn:aws:iam::${A}:role/r`, kind: 'identity', type: 'AWS::IAM::Role', account: A, config: { AssumeRolePolicyDocument: { Statement: { Effect: 'Allow', ...statement } } } });
  const github = `arn:aws:iam::${A}:oidc-provider/token.actions.githubusercontent.com`, subject = (value: string) => ({ Condition: { StringLike: { 'token.actions.githubusercontent.com:sub': value } } }), ci = { Principal: { Federated: github }, Action: 'sts:AssumeRoleWithWebIdentity' };
  const facts = (compromised: Parameters<typeof entryPoints>[1]['compromised'] = []) => ({ accounts: new Set([B]), compromised });
  const seen = (how: 'leaked_key' | 'phished_user', provenance: 'observed' | 'inferred' = 'observed') => facts([{ identity: `arn:aws:iam::${A}:role/r`, how, why: 'seen', provenance }]);
  const own = trust({ Principal: { AWS: A }, Action: 'sts:AssumeRole' }), stranger = trust({ Principal: { AWS: '999999999999' }, Action: 'sts:AssumeRole' });
  it.each<readonly [string, ResourceDraft, ReturnType<typeof facts>, readonly unknown[]]>([
    ['leaked key', own, seen('leaked_key'), [['entry:leaked-key', 1, 'seen', false]]], ['nobody’s key leaked', own, facts(), []],
    ['phished user', own, seen('phished_user'), [['entry:phished-user', 1, 'seen', false]]], ['one who could be', own, seen('phished_user', 'inferred'), [['entry:phished-user', 3, 'seen', true]]],
    ['external account', stranger, facts(), [['999999999999', 1, 'the trust policy lets a principal outside in', false]]], ['an account of ours', trust({ Principal: { AWS: B }, Action: 'sts:AssumeRole' }), facts(), []],
    ['external account with ExternalId +4', trust({ Principal: { AWS: '999999999999' }, Action: 'sts:AssumeRole', Condition: { StringEquals: { 'sts:ExternalId': 'x' } } }), facts(), [['999999999999', 5, 'the trust policy lets a principal outside in', true]]],
    ['public CI', trust(ci), facts(), [[github, 1, 'any workflow may ask for it', false]]], ['public CI, one branch', trust({ ...ci, ...subject('repo:acme/app:ref:refs/heads/main') }), facts(), []], ['public CI, one owner: conditional +2', trust({ ...ci, ...subject('repo:acme/*') }), facts(), [[github, 3, 'workflows that fit repo:acme/* may ask for it', true]]],
  ])('%s', (_row, role, given, wanted) => { expect(entryPoints(graphOf([role]), given).edges.map((e) => [e.source, e.cost, e.reason, e.condition !== undefined])).toEqual(wanted); });
  it('a path starts at any of them, and nowhere else', () => {
    const edges = [edge('someone', 'CAN_ASSUME', 'role'), edge('role', 'CAN_READ', 'data')], nodes = [node('someone'), node('role'), data];
    expect(routes(find(nodes, edges, { sources: new Set(['someone']) }))).toEqual(['someone role data']);
    expect(find(nodes, edges)).toMatchObject({ paths: [], reached: 0, targets: 1, truncated: false });
  });
});

describe('an administrator of a place has what it contains', () => {
  const place = node('place', 'account'), held = [edge('internet', 'CAN_ASSUME', 'user'), edge('user', 'CAN_ADMIN', 'place', { reason: 'AZOwner' }), edge('place', 'CONTAINS', 'data')];
  it('straight for the goal', () => {
    const [path] = find([node('user', 'identity', { account: undefined }), place, data], held).paths;
    expect(path?.hops.at(-1)).toMatchObject({ kind: 'CONTAINS', source: 'place', target: 'data', cost: 1, why: 'whoever administers place has what it contains', techniques: ['T1078.004'] });
    expect(path?.cost).toBe(3);
  });
  it.each<readonly [string, readonly Edge[]]>([['administers nothing', held.filter((e) => e.kind !== 'CAN_ADMIN')], ['contains something else', held.filter((e) => e.kind !== 'CONTAINS')]])('not where it %s', (_row, edges) => { expect(find([node('user', 'identity', { account: undefined }), place, data], edges).paths).toEqual([]); });
  it('over places in places', () => {
    const edges = [...held.slice(0, 2), edge('place', 'CONTAINS', 'ns'), edge('ns', 'CONTAINS', 'data')];
    expect(routes(find([node('user'), place, node('ns', 'k8s_ns'), data], edges))).toEqual(['internet user place ns data']);
    expect(find([node('user'), place, node('ns', 'vpc'), data], edges).paths).toEqual([]);
  });
  it('not by way of everything in it', () => {
    const edges = [...held, edge('place', 'CONTAINS', 'vm'), edge('vm', 'CAN_READ', 'data'), edge('place', 'CONTAINS', 'sa'), edge('sa', 'CAN_READ', 'data')];
    expect(routes(find([node('user'), place, node('vm', 'vm'), node('sa'), data], edges))).toEqual(['internet user place data']);
    expect(routes(find([node('user'), place, node('vm', 'vm'), node('sa'), node('data', 'bucket', { account: B })], edges.filter((e) => e.source !== 'place' || e.target !== 'data')))).toEqual(['internet user place sa data']);
  });
  it.each<readonly [string, readonly Edge[], readonly string[]]>([
    ['a workload in it runs as an identity elsewhere', [edge('place', 'CONTAINS', 'vm'), edge('vm', 'RUNS_AS', 'sa')], ['internet user place vm sa data']],
    ['a workload in it may assume one elsewhere', [edge('place', 'CONTAINS', 'vm'), edge('vm', 'CAN_ASSUME', 'sa')], ['internet user place vm sa data']],
    ['the workload is not in it', [edge('vm', 'RUNS_AS', 'sa')], []],
    ['an identity in it has rights beside it, in the same account', [edge('place', 'CONTAINS', 'sa')], ['internet user place sa data']],
    ['the identity of its workload is in it as well: straight to that', [edge('place', 'CONTAINS', 'vm'), edge('vm', 'RUNS_AS', 'sa'), edge('place', 'CONTAINS', 'sa')], ['internet user place sa data']],
    ['the goal is in a place in it: straight down', [edge('place', 'CONTAINS', 'vm'), edge('vm', 'RUNS_AS', 'sa'), edge('place', 'CONTAINS', 'ns'), edge('ns', 'CONTAINS', 'data')], ['internet user place ns data']],
  ])('by way of what is in it where the goal is not: %s', (_row, more, wanted) => {
    const edges = [...held.slice(0, 2), edge('sa', 'CAN_READ', 'data'), ...more];
    expect(routes(find([node('user'), place, node('ns', 'k8s_ns'), node('vm', 'vm'), node('sa'), data], edges))).toEqual(wanted);
  });
  it('however much else it contains', () => {
    const many = Array.from({ length: 20_050 }, (_, i) => `v${i}`);
    expect(routes(find([node('user'), place, ...many.map((v) => node(v, 'vm')), data], [...held.slice(0, 2), ...many.map((v) => edge('place', 'CONTAINS', v)), edge('place', 'CONTAINS', 'data')]))).toEqual(['internet user place data']);
  });
  it('an administrator outside AWS has only what its edges give, not the account that it is listed in', () => {
    const start = [edge('internet', 'CAN_ASSUME', 'admin')], of = (type: string) => routes(find([node('admin', 'identity', { type }), data], start, { administrators: ['admin'] }));
    expect([of('AWS::IAM::Role'), of('iam.googleapis.com/ServiceAccount')]).toEqual([['internet admin data'], []]);
  });
  it('an Owner of a resource group of Azure gets at the vault in it', () => {
    const alice = guid(1), kv = urn('Microsoft.KeyVault/vaults', 'kv'), records = (scope: string) => [{ id: group, type: 'microsoft.resources/subscriptions/resourcegroups', name: 'shop' }, { id: kv, type: 'Microsoft.KeyVault/vaults', name: 'kv', properties: { enableRbacAuthorization: true } }, assignment(alice, 'Owner', scope)];
    const paths = (scope: string) => { const graph = derivedAzure(...records(scope)), all = [alice, group.toLowerCase(), kv]; return routes(find(all.flatMap((id) => graph.resource(id) ?? []), [edge('internet', 'CAN_ASSUME', alice), ...all.flatMap((id) => graph.edgesFrom(id))], { targets: [{ urn: kv, impact: 1, what: 'crown jewel' }] })); };
    expect(paths(group)).toEqual([`internet ${alice} ${group.toLowerCase()} ${kv}`]);
    expect(paths(`${sub}/resourceGroups/lab`)).toEqual([]);
  });
});

const fan = (count: number): readonly Edge[] => Array.from({ length: count }, (_, i) => `h${String(i).padStart(2, '0')}`).flatMap((h) => [edge('internet', 'CAN_EXEC', h), edge(h, 'CAN_READ', 'data')]);
const chain = (costs: readonly number[]): readonly Edge[] => costs.map((cost, i) => edge(i === 0 ? 'internet' : `n${i}`, 'CAN_ASSUME', i === costs.length - 1 ? 'data' : `n${i + 1}`, { cost }));
const hosts = [...Array.from({ length: 12 }, (_, i) => node(`h${String(i).padStart(2, '0')}`, 'vm')), data], steps = [...Array.from({ length: 14 }, (_, i) => node(`n${i}`)), data];

describe('search', () => {
  it.each<readonly [string, AttackPaths, number, readonly string[]]>([
    ['K=10: ten', find(hosts, fan(10)), 10, []], ['K=10: eleven', find(hosts, fan(11)), 10, ['paths']],
    ['depth <= 12', find(steps, chain(Array(12).fill(1) as number[])), 1, []], ['depth 13', find(steps, chain(Array(13).fill(1) as number[])), 0, ['depth']],
    ['cost <= 60', find(steps, chain([10, 10, 10, 10, 10, 10])), 1, []], ['cost 61', find(steps, chain([10, 10, 10, 10, 10, 11])), 0, ['cost']],
    ['pops', find(hosts, fan(3), { limits: { ...searchLimits, pops: 100 } }), 3, []], ['pops: too many', find(hosts, fan(3), { limits: { ...searchLimits, pops: 10 } }), 1, ['pops']],
  ])('%s: `truncated` when a cap hits', (_row, found, paths, caps) => { expect([found.paths.length, found.truncated, found.caps]).toEqual([paths, caps.length > 0, caps]); });
  it('as designed', () => { expect(searchLimits).toEqual({ paths: 10, depth: 12, cost: 60, pops: 500_000 }); });
  it('simple paths: none goes round', () => { expect(routes(find(steps, [edge('internet', 'CAN_ASSUME', 'n1'), edge('n1', 'CAN_ASSUME', 'n2'), edge('n2', 'CAN_ASSUME', 'n1'), edge('n2', 'CAN_READ', 'data')]))).toEqual(['internet n1 n2 data']); });
  it('two edges between the same nodes are one step, the easiest; all kinds are told', () => {
    const found = find(hosts, [edge('internet', 'NET_REACH', 'h00', { cost: 6 }), edge('internet', 'CAN_EXEC', 'h00', { cost: 2 }), edge('h00', 'CAN_READ', 'data')]);
    expect(found.paths).toMatchObject([{ cost: 3, hops: [{ kind: 'CAN_EXEC', kinds: ['CAN_EXEC', 'NET_REACH'] }, {}] }]);
  });
});

describe('rank = 100 * impact * 0.9^cost * freshness * confidence', () => {
  const two = (more: Partial<Edge> = {}): readonly Edge[] => [edge('internet', 'CAN_EXEC', 'h00', more), edge('h00', 'CAN_READ', 'data')];
  const rank = (edges: readonly Edge[], options: Partial<AttackOptions> = {}, age = 0) => find([node('h00', 'vm', { captured_us: now - age * day }), data], edges, options).paths.map(({ cost, impact, freshness, confidence, rank: value }) => [cost, impact, freshness, confidence, value])[0];
  it.each<readonly [string, readonly unknown[] | undefined, readonly unknown[]]>([
    ['cost 3', rank(two()), [3, 1, 1, 1, 72.9]], ['cost 4', rank(two({ cost: 3 })), [4, 1, 1, 1, 65.61]], ['impact 0.9', rank(two(), { targets: [{ urn: 'data', impact: 0.9, what: 'administrator' }] }), [3, 0.9, 1, 1, 65.61]],
    ['as fresh as the policy wants', rank(two(), {}, 30), [3, 1, 1, 1, 72.9]], ['twice as old', rank(two(), {}, 60), [3, 1, 0.5, 1, 36.45]], ['inferred 0.8', rank(two({ provenance: 'inferred' })), [3, 1, 1, 0.8, 58.32]], ['conditional 0.7, and 2 more', rank(two({ condition: '[]' })), [5, 1, 1, 0.7, 41.334]],
  ])('%s', (_row, found, wanted) => { expect(found).toEqual(wanted); });
  it('tie: fewer hops, then id', () => {
    const edges = [edge('internet', 'CAN_EXEC', 'h01'), edge('h01', 'CAN_READ', 'data'), edge('internet', 'CAN_EXEC', 'h00'), edge('h00', 'CAN_READ', 'data'), edge('internet', 'CAN_ASSUME', 'h02', { cost: 1 }), edge('h02', 'CAN_ASSUME', 'h03', { cost: 1 }), edge('h03', 'CAN_READ', 'data')];
    expect(routes(find(hosts, edges))).toEqual(['internet h00 data', 'internet h01 data', 'internet h02 h03 data']);
  });
});

describe('choke points', () => {
  const through = (count: number, aside: number): readonly Edge[] => [...Array.from({ length: count + aside }, (_, i) => [edge('internet', 'CAN_EXEC', `h0${i}`), edge(`h0${i}`, 'CAN_ASSUME', i < count ? 'n1' : `n${i + 2}`)]).flat(), edge('n1', 'CAN_READ', 'data'), ...Array.from({ length: aside }, (_, i) => edge(`n${i + count + 2}`, 'CAN_READ', 'data'))];
  const all = [...hosts, ...steps.slice(0, -1)];
  it('an edge on most of the paths, with what it closes', () => {
    expect(find(all, through(2, 1)).choke_points).toEqual([{ source: 'n1', kind: 'CAN_READ', target: 'data', paths: 2, closes: [0, 1], cuts: [] }]);
    expect(find(all, through(3, 0)).choke_points).toEqual([{ source: 'n1', kind: 'CAN_READ', target: 'data', paths: 3, closes: [0, 1, 2], cuts: ['data'] }]);
  });
  it('half of them is not most', () => { expect(find(all, through(1, 1)).choke_points).toEqual([]); });
});
