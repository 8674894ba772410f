import { describe, expect, it } from 'vitest';
import { blastRadius, type BlastContext } from '#electron/evaluate/blast-radius.ts';
import { dependencies, reverseReach } from '#electron/evaluate/compromise-walk.ts';
import { evaluateCondition, parseCondition } from '#electron/pipeline/route/condition.ts';
import type { Edge, EdgeKind, NodeKind } from '#shared/model/resource.ts';
import type { BlastRadius } from '#shared/model/verdict.ts';
import { graphOf, type ResourceDraft } from '../../graph-of.ts';

/** Design 5-graph §4, row by row: the world that meets the row and the one next to it, the level of both and the reason given. */
const A = '111122223333', B = '444455556666', C = '777788889999';
/** Types that no account is counted by, so that only what a row is about weighs. */
const node = (urn: string, kind: NodeKind, more: Partial<ResourceDraft> = {}): ResourceDraft => ({ urn, kind, type: `Test::${kind}`, account: A, ...more });
const edge = (source: string, kind: EdgeKind, target: string, more: Partial<Edge> = {}): Edge => ({ source, kind, target, derived: true, provenance: 'observed', ...more });
/** Marks in the name say what the policy would: prod, open (unknown environment), pii, jewel, tier0, tier1, lost. */
const context: BlastContext = {
  isProduction: (r) => (r.urn.includes('open') ? 'unknown' : r.urn.includes('prod')), isSensitive: (r) => r.urn.includes('pii'), isCrownJewel: (urn) => urn.includes('jewel'),
  tierOf: (urn) => (urn.includes('tier0') ? 'tier0' : urn.includes('tier1') ? 'tier1' : urn.includes('lost') ? 'unknown' : 'none'),
};
type World = readonly ResourceDraft[];
/** All but the first are reached straight from the first. */
const star = (world: World): readonly Edge[] => world.slice(1).map((n) => edge(world[0]?.urn ?? '', 'CAN_ADMIN', n.urn));
const radius = (world: World, edges = star(world), more: Partial<BlastContext> = {}): BlastRadius => blastRadius(graphOf(world, edges), world[0]?.urn ?? '', { ...context, ...more });
const many = (count: number, name: string, kind: NodeKind, more: Partial<ResourceDraft> = {}): World => Array.from({ length: count }, (_, i) => node(`${name}-${i}`, kind, more));
const lab = node('lab', 'subnet'), prod = node('prod', 'subnet');

interface Side { readonly world: World; readonly level: BlastRadius['level']; readonly rule: string; readonly source: string; readonly text: RegExp; readonly missing?: RegExp }
const expectSide = ({ world, level, rule, source, text, missing }: Side, edges?: readonly Edge[]): void => {
  const found = radius(world, edges);
  expect({ level: found.level, reasons: found.reasons.map((r) => [r.rule, r.source, r.pointer]), missing: found.missing.map((m) => m.what).join('; ') }).toEqual({ level, reasons: expect.arrayContaining([[rule, source, '']]) as string[][], missing: missing === undefined ? '' : expect.stringMatching(missing) as string });
  expect(found.reasons.find((r) => r.rule === rule && r.source === source)?.text).toMatch(text);
};
const low = (world: World, text: RegExp): Side => ({ world, level: 'low', rule: 'BR.score', source: world[0]?.urn ?? '', text });

describe('levels', () => {
  it.each<{ readonly row: string; readonly side: Side; readonly other: Side }>([
    { row: 'low: score < 10', side: { world: [prod, ...many(3, 'prod-vm', 'vm')], level: 'medium', rule: 'BR.score', source: 'prod', text: /^score 10, 10 or more$/ }, other: low([lab, ...many(3, 'prod-vm', 'vm')], /^score 9\.2, below 10, and nothing of note is reached$/) },
    { row: 'medium: 1 sensitive store outside production', side: { world: [lab, node('pii', 'bucket')], level: 'medium', rule: 'BR.sensitive', source: 'pii', text: /outside production: pii \(CAN_ADMIN from lab\)/ }, other: low([lab, node('notes', 'bucket')], /score 0\.4/) },
    { row: 'only a store holds data', side: { world: [lab, node('pii', 'secret_key')], level: 'medium', rule: 'BR.sensitive', source: 'pii', text: /outside production/ }, other: low([lab, node('pii', 'sg')], /score 0\.4/) },
    { row: 'medium: 1 other account', side: { world: [lab, node('far', 'subnet', { account: B })], level: 'medium', rule: 'BR.other_account', source: 'far', text: /reaches another account: far/ }, other: low([lab, node('far', 'subnet')], /score 0\.4/) },
    { row: 'an entity of no account crosses none until it has two', side: { world: [node('someone', 'identity', { account: undefined }), node('near', 'subnet'), node('far', 'subnet', { account: B })], level: 'medium', rule: 'BR.other_account', source: 'near', text: /reaches another account/ }, other: low([node('someone', 'identity', { account: undefined }), node('near', 'subnet')], /score 0\.4/) },
    { row: 'a tenant’s users and groups stand in no account', side: { world: [node('alice', 'identity', { type: 'Microsoft.Graph/users', account: 'tenant' }), node('near', 'subnet'), node('far', 'subnet', { account: B })], level: 'medium', rule: 'BR.other_account', source: 'near', text: /another account/ }, other: low([node('alice', 'identity', { type: 'Microsoft.Graph/users', account: 'tenant' }), node('near', 'subnet')], /score 0\.4/) },
    { row: 'high: score >= 50', side: { world: [prod, node('prod-2', 'subnet'), ...many(16, 'prod-vm', 'vm')], level: 'high', rule: 'BR.score', source: 'prod', text: /^score 50, 50 or more$/ }, other: { world: [lab, node('prod-2', 'subnet'), ...many(16, 'prod-vm', 'vm')], level: 'medium', rule: 'BR.score', source: 'lab', text: /^score 49\.2, 10 or more$/ } },
    { row: 'high: a production store of sensitive data', side: { world: [lab, node('prod-pii', 'database')], level: 'high', rule: 'BR.sensitive_production', source: 'prod-pii', text: /production store of sensitive data: prod-pii/ }, other: { world: [lab, node('pii', 'database')], level: 'medium', rule: 'BR.sensitive', source: 'pii', text: /outside production/ } },
    { row: 'x itself included', side: { world: [node('prod-pii', 'bucket')], level: 'high', rule: 'BR.sensitive_production', source: 'prod-pii', text: /the entity itself/ }, other: low([node('prod-notes', 'bucket')], /score 1,/) },
    { row: 'high: tier 0', side: { world: [lab, node('tier0', 'identity')], level: 'high', rule: 'BR.tier0', source: 'tier0', text: /reaches an administrator: tier0/ }, other: { world: [lab, node('tier1', 'identity')], level: 'medium', rule: 'BR.score', source: 'lab', text: /score 10\.2/ } },
    { row: 'high: x is tier 0', side: { world: [node('tier0', 'identity')], level: 'high', rule: 'BR.tier0', source: 'tier0', text: /the entity itself/ }, other: low([node('plain', 'identity')], /score 0\.2/) },
    { row: 'high: a crown jewel', side: { world: [lab, node('jewel', 'subnet')], level: 'high', rule: 'BR.crown_jewel', source: 'jewel', text: /reaches a crown jewel: jewel/ }, other: low([lab, node('glass', 'subnet')], /score 0\.4/) },
    { row: 'high: >= 3 accounts', side: { world: [lab, node('b', 'subnet', { account: B }), node('c', 'subnet', { account: C })], level: 'high', rule: 'BR.accounts', source: 'lab', text: /^reaches 3 accounts$/ }, other: { world: [lab, node('b', 'subnet', { account: B }), node('c', 'subnet', { account: B })], level: 'medium', rule: 'BR.other_account', source: 'c', text: /another account/ } },
  ])('$row', ({ side, other }) => { expectSide(side); expectSide(other); });

  const shares: readonly (readonly [string, NodeKind])[] = [
    ['AWS::S3::Bucket', 'bucket'], ['AWS::EC2::Instance', 'vm'], ['storage.googleapis.com/Bucket', 'bucket'], ['sqladmin.googleapis.com/Instance', 'database'], ['iam.googleapis.com/ServiceAccount', 'identity'],
    ['Microsoft.Storage/storageAccounts', 'bucket'], ['Microsoft.KeyVault/vaults', 'secret_key'], ['Microsoft.ManagedIdentity/userAssignedIdentities', 'identity'], ['K8s::Secret', 'secret_key'], ['K8s::Deployment', 'container_workload'],
  ];
  it.each(shares)('high: >= 10 %% (and >= 10) of the account’s production nodes: %s', (type, kind) => {
    const level = (reached: number, all: number, name = 'prod'): readonly [string, string] => {
      const world = [lab, ...many(all, name, kind, { type, config: { State: {}, SubnetId: 's' } })];
      const found = radius(world, star(world.slice(0, reached + 1)));
      return [found.level, found.reasons.find((r) => r.rule === 'BR.share')?.text ?? ''];
    };
    expect(level(10, 100)).toEqual(['high', `reaches 10 of the 100 production nodes of account ${A}`]);
    expect(level(10, 101)).toEqual(['medium', '']);
    expect(level(9, 12)[0]).not.toBe('high');
    expect(level(10, 100, 'lab')).toEqual(['low', '']);
    // Whether they are production decides.
    expect(level(10, 100, 'open')).toEqual(['unknown', '']);
    expect(level(10, 101, 'open')[1]).toBe('');
  });
});

describe('unknown', () => {
  const parsed = parseCondition('blast_radius < medium', new Set(['blast_radius']));
  const config = { State: { Name: 'running' }, SubnetId: 's' }, instance = (more: object): ResourceDraft => node('i', 'vm', { type: 'AWS::EC2::Instance', config: more });
  const gce = (more: object): ResourceDraft => node('i', 'vm', { type: 'compute.googleapis.com/Instance', config: more });
  const azureVm = (more: object): ResourceDraft => node('i', 'vm', { type: 'Microsoft.Compute/virtualMachines', config: more });
  const pod = (more: object): ResourceDraft => node('i', 'pod', { type: 'K8s::Pod', config: more });
  it.each<{ readonly row: string; readonly known: World; readonly open: World; readonly what: RegExp; readonly supply: RegExp; readonly edges?: (world: World) => readonly Edge[] }>([
    { row: 'identity: privileges of an identity on the way', known: [lab, node('found', 'identity')], open: [lab, node('lost', 'identity')], what: /^the policies of lost$/, supply: /get-account-authorization-details/ },
    { row: 'identity: of Google Cloud', known: [lab, node('found', 'identity')], open: [lab, node('lost', 'identity', { type: 'iam.googleapis.com/ServiceAccount' })], what: /^the policies of lost$/, supply: /gcloud asset export/ },
    { row: 'identity: of Azure', known: [lab, node('found', 'identity')], open: [lab, node('lost', 'identity', { type: 'Microsoft.ManagedIdentity/userAssignedIdentities' })], what: /^the policies of lost$/, supply: /az role assignment list/ },
    { row: 'identity: of a cluster', known: [lab, node('found', 'identity')], open: [lab, node('lost', 'identity', { type: 'K8s::ServiceAccount' })], what: /^the policies of lost$/, supply: /kubectl get roles/ },
    { row: 'identity: the role that it runs as isn’t recorded', known: [instance(config)], open: [instance({ ...config, IamInstanceProfile: { Arn: 'arn:aws:iam::111122223333:instance-profile/x' } })], what: /^the role that it runs as$/, supply: /get-account-authorization-details/ },
    { row: 'identity: nor the service account', known: [gce({ networkInterfaces: [{}] }), node('sa', 'identity')], open: [gce({ networkInterfaces: [{}] })], edges: () => [edge('i', 'RUNS_AS', 'sa')], what: /^the identity that it runs as$/, supply: /gcloud asset export/ },
    { row: 'identity: nor the managed identity', known: [azureVm({ networkProfile: {} }), node('sa', 'identity')], open: [azureVm({ networkProfile: {} })], edges: () => [edge('i', 'RUNS_AS', 'sa')], what: /^the identity that it runs as$/, supply: /az ad sp|az identity/ },
    { row: 'identity: nor the account of a pod', known: [pod({ spec: {} }), node('sa', 'identity')], open: [pod({ spec: {} })], edges: () => [edge('i', 'RUNS_AS', 'sa')], what: /^the identity that it runs as$/, supply: /kubectl get serviceaccounts/ },
    { row: 'network: where it stands', known: [instance(config)], open: [instance({ State: { Name: 'running' } })], what: /where it stands in the network/, supply: /describe-instances/ },
    { row: 'a machine of Google Cloud known by name alone', known: [gce({ networkInterfaces: [{}] })], open: [gce({})], what: /whether it runs as a service account; where it stands in the network/, supply: /gcloud asset export/ },
    { row: 'a machine of Azure known by name alone', known: [azureVm({ networkProfile: {} })], open: [azureVm({})], what: /whether it runs as a managed identity; where it stands in the network/, supply: /az vm list/ },
    { row: 'a pod known by name alone', known: [pod({ spec: {} })], open: [pod({})], what: /as which account it runs/, supply: /kubectl get pods/ },
    { row: 'whether a sensitive store is production', known: [lab], open: [lab, node('open-pii', 'bucket')], what: /^whether open-pii, which holds sensitive data, is production$/, supply: /accounts:/ },
  ])('$row', ({ known, open, what, supply, edges = star }) => {
    expect(radius(known, edges(known))).toMatchObject({ level: 'low', missing: [] });
    const found = radius(open, edges(open));
    expect(found.level).toBe('unknown');
    expect(found.missing.map((m) => m.what).join('; ')).toMatch(what);
    expect(found.missing.map((m) => m.supply).join('; ')).toMatch(supply);
    // Then nothing below medium may be claimed, nor at or above it.
    for (const [level, holds] of [['low', 'true'], [found.level, 'unknown']] as const) expect(parsed.ok && evaluateCondition(parsed.value, new Map([['blast_radius', level]]))).toBe(holds);
  });
  it('what is missing cannot lower a high one', () => {
    expect(radius([lab, node('lost', 'identity'), node('jewel', 'bucket')])).toMatchObject({ level: 'high', missing: [{ what: 'the policies of lost' }] });
    expect(radius([lab, node('lost', 'identity'), node('glass', 'bucket')]).level).toBe('unknown');
  });
});

describe('score = sum p*w', () => {
  it.each<{ readonly row: string; readonly target: ResourceDraft; readonly weight: number }>([
    { row: 'crown jewel 25', target: node('jewel', 'vm'), weight: 25 }, { row: 'sensitive data store 10', target: node('pii', 'bucket'), weight: 10 }, { row: 'identity tier0 50', target: node('tier0', 'identity'), weight: 50 }, { row: 'tier1 10', target: node('tier1', 'identity'), weight: 10 },
    { row: 'prod compute 3', target: node('prod', 'vm'), weight: 3 }, { row: 'prod compute 3: a function', target: node('prod', 'function'), weight: 3 }, { row: 'prod compute 3: a pod', target: node('prod', 'pod'), weight: 3 },
    { row: 'other prod 1', target: node('prod', 'bucket'), weight: 1 }, { row: 'other prod 1: an identity', target: node('prod', 'identity'), weight: 1 }, { row: 'non-prod 0.2', target: node('dev', 'vm'), weight: 0.2 },
    { row: 'the greatest counts', target: node('prod-jewel-pii', 'bucket'), weight: 25 }, { row: 'an administrator that is a jewel', target: node('jewel-tier0', 'identity'), weight: 50 }, { row: 'of unknown environment: as production', target: node('open', 'vm'), weight: 3 },
    { row: 'a node that isn’t recorded', target: node('ghost', 'vm', { deleted: true }), weight: 0.2 },
  ])('$row', ({ target, weight }) => {
    const world = [lab, target], sure = radius(world), half = radius(world, [edge('lab', 'CAN_ADMIN', target.urn, { condition: '[]' })]);
    expect(sure.reached.find((r) => r.urn === target.urn)).toEqual({ urn: target.urn, probability: 1, weight, why: 'CAN_ADMIN from lab' });
    expect(sure.score).toBeCloseTo(0.2 + weight);
    expect(half.score).toBeCloseTo(0.2 + weight / 2);
  });
});

describe('forward compromise edges only', () => {
  const reached = (edges: readonly Edge[], ...more: World): Readonly<Record<string, number>> => Object.fromEntries(radius([node('x', 'vm'), node('y', 'vm'), node('key', 'secret_key'), ...more], edges).reached.filter((r) => r.urn !== 'x').map((r) => [r.urn, r.probability]));
  it.each<readonly [string, EdgeKind, string, number]>([
    ['RUNS_AS', 'RUNS_AS', 'y', 1], ['CAN_ASSUME', 'CAN_ASSUME', 'y', 1], ['PRIVESC', 'PRIVESC', 'y', 1], ['CAN_READ', 'CAN_READ', 'y', 1], ['CAN_WRITE', 'CAN_WRITE', 'y', 1], ['CAN_ADMIN (CONTROLS)', 'CAN_ADMIN', 'y', 1], ['CAN_EXEC', 'CAN_EXEC', 'y', 1],
    ['ESCAPES_TO', 'ESCAPES_TO', 'y', 1], ['MOUNTS a secret', 'MOUNTS', 'key', 1], ['NET_REACH alone x0.2', 'NET_REACH', 'y', 0.2],
  ])('%s: forwards and not backwards; a condition halves it', (_row, kind, target, p) => {
    expect(reached([edge('x', kind, target)])).toEqual({ [target]: p });
    expect(reached([edge(target, kind, 'x')])).toEqual({});
    expect(reached([edge('x', kind, target, { condition: '[]' })])).toEqual({ [target]: p / 2 });
  });
  const others: readonly EdgeKind[] = ['CONTAINS', 'MEMBER_OF', 'ATTACHED_TO', 'ROUTES_TO', 'ALLOWS', 'EXPOSES', 'FORWARDS_TO', 'TRUSTS', 'HAS_POLICY', 'READS_FROM', 'WRITES_TO', 'INVOKES', 'ENCRYPTED_BY', 'USES_IMAGE', 'AFFECTED_BY', 'PEERED_WITH', 'LOGS_TO', 'SAME_AS'];
  it.each(others)('%s is none', (kind) => { expect(reached([edge('x', kind, 'y')])).toEqual({}); expect(reached([edge('x', 'CAN_ADMIN', 'y')])).toEqual({ y: 1 }); });
  it('MOUNTS of anything else is none', () => { expect(reached([edge('x', 'MOUNTS', 'y')])).toEqual({}); });
  it('NET_REACH to a node with an exploitable finding counts fully: in the graph, or by findings', () => {
    const edges = [edge('x', 'NET_REACH', 'y')];
    expect(reached([...edges, edge('y', 'AFFECTED_BY', 'cve')], node('cve', 'finding'))).toEqual({ y: 1 });
    expect(radius([node('x', 'vm'), node('y', 'vm')], edges, { isExploitable: (urn) => urn === 'y' }).reached.map((r) => r.probability)).toEqual([1, 1]);
    expect(radius([node('x', 'vm'), node('y', 'vm')], edges, { isExploitable: (urn) => urn === 'x' }).reached.map((r) => r.probability)).toEqual([1, 0.2]);
  });
  it('CONTAINS only downward from an admin', () => {
    const root = node(`arn:aws:iam::${A}:root`, 'account'), within = [edge(root.urn, 'CONTAINS', 'db')], of = (who: string, edges = within): readonly string[] => radius([node(who, 'identity'), root, node('db', 'database')], edges).reached.map((r) => r.urn).filter((urn) => urn !== who);
    expect(of('tier0')).toEqual([root.urn, 'db']);
    expect(of('tier1')).toEqual([]);
    expect(of('tier0', [edge('db', 'CONTAINS', root.urn)])).toEqual([root.urn]);
    expect(of('someone', [...within, edge('someone', 'CAN_ADMIN', root.urn, { reason: 'AZOwner' })])).toEqual([root.urn, 'db']);
  });
  it('p(node) = max product over paths', () => {
    const two = [edge('x', 'CAN_ASSUME', 'y', { condition: '[]' }), edge('x', 'CAN_ASSUME', 'z', { condition: '[]' }), edge('z', 'CAN_ASSUME', 'y')];
    expect(reached(two, node('z', 'identity'))).toEqual({ y: 0.5, z: 0.5 });
    expect(reached(two.map((e) => ({ ...e, ...(e.source === 'x' && e.target === 'z' && { condition: undefined }) })), node('z', 'identity'))).toEqual({ y: 1, z: 1 });
  });
  it('count if p >= 0.1', () => {
    expect(reached([edge('x', 'NET_REACH', 'y', { condition: '[]' })])).toEqual({ y: 0.1 });
    expect(reached([edge('x', 'NET_REACH', 'y'), edge('y', 'NET_REACH', 'key')])).toEqual({ y: 0.2 });
    expect(reached([edge('x', 'NET_REACH', 'y', { condition: '[]' }), edge('y', 'CAN_READ', 'key', { condition: '[]' })])).toEqual({ y: 0.1 });
  });
  it('depth <= 6', () => {
    const chain = Array.from({ length: 7 }, (_, i) => edge(i === 0 ? 'x' : `n${i}`, 'CAN_ASSUME', `n${i + 1}`)), nodes = Array.from({ length: 7 }, (_, i) => node(`n${i + 1}`, 'identity'));
    expect(Object.keys(reached(chain, ...nodes))).toEqual(['n1', 'n2', 'n3', 'n4', 'n5', 'n6']);
    expect(Object.keys(reached([...chain, edge('x', 'CAN_ASSUME', 'n2')], ...nodes))).toContain('n7');
  });
});

describe('returned separately', () => {
  const graph = graphOf([node('who', 'identity'), node('db', 'database'), node('app', 'function'), node('sink', 'bucket')], [edge('who', 'CAN_READ', 'db', { condition: '[]' }), edge('app', 'READS_FROM', 'db'), edge('app', 'WRITES_TO', 'sink')]);
  it('reverse BR: who can reach x, with the reason, itself left out', () => {
    expect(reverseReach(graph, 'db').reached.map(({ urn, probability, why }) => [urn, probability, why])).toEqual([['who', 0.5, 'CAN_READ to db']]);
    expect(reverseReach(graph, 'who').reached).toEqual([]);
  });
  it('dependency impact, unweighted: upstream and downstream are not compromise', () => {
    expect(dependencies(graph, 'app')).toEqual({ upstream: ['db'], downstream: ['sink'] });
    expect(dependencies(graph, 'db')).toEqual({ upstream: [], downstream: ['app'] });
    expect(reverseReach(graph, 'sink').reached).toEqual([]);
    expect(blastRadius(graph, 'app', context).reached.map((r) => r.urn)).toEqual(['app']);
  });
});
