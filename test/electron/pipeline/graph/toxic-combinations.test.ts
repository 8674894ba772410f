import { describe, expect, it } from 'vitest';
import { entryPoints, type EntryPoints } from '#electron/pipeline/graph/entry-points.ts';
import { toxicCombinations } from '#electron/pipeline/graph/toxic-combinations.ts';
import type { Known, Reported, ToxicFacts } from '#electron/pipeline/graph/toxic-patterns.ts';
import type { Edge, NodeKind } from '#shared/model/resource.ts';
import type { IdentityAccess } from '#shared/model/verdict.ts';
import { compactOf, graphOf } from '../../../graph-of.ts';

interface World {
  readonly nodes?: Readonly<Record<string, NodeKind>>; readonly edges?: readonly (Partial<Edge> & Pick<Edge, 'source' | 'kind' | 'target'>)[]; readonly flaws?: readonly string[]; readonly tiers?: Readonly<Record<string, IdentityAccess['tier']>>;
  readonly reach?: Readonly<Record<string, Known['answer']>>; readonly exposed?: Readonly<Record<string, Known['answer']>>; readonly types?: Readonly<Record<string, string>>; readonly sensitive?: Readonly<Record<string, Known['answer']>>; readonly production?: Readonly<Record<string, Known['answer']>>; readonly reported?: readonly Reported[]; readonly entries?: EntryPoints;
}
const known = (answer: Known['answer'] = 'no'): Known => ({ answer, why: 'said so' });
function combine(world: World) {
  const nodes = Object.entries(world.nodes ?? {}).map(([urn, kind]) => ({ urn, kind, type: world.types?.[urn] ?? (kind === 'function' ? 'AWS::Lambda::Function' : 'T') }));
  const facts: ToxicFacts = {
    graph: compactOf([{ urn: 'internet', kind: 'internet', type: 'internet' }, ...nodes], world.edges), entries: world.entries ?? { points: [], edges: [] }, exploitable: world.flaws ?? [],
    exploit: (urn) => (world.flaws?.includes(urn) ? { cost: 1, why: 'CVE-1 is exploited in the wild' } : undefined), reachable: (urn) => (world.edges?.some((e) => e.source === 'internet' && e.target === urn) === true ? known('yes') : known(world.reach?.[urn])), exposed: (urn) => known(world.exposed?.[urn]), tier: (urn) => world.tiers?.[urn] ?? 'none',
    sensitive: (urn) => known(world.sensitive?.[urn]), production: (urn) => known(world.production?.[urn]), reported: (types) => (world.reported ?? []).filter((r) => types.includes(r.issue_type)),
  };
  return toxicCombinations(facts).map((c) => `${c.id} ${c.entity} ${c.severity}${c.needs_human_review ? ' review' : ''}`);
}

const host: World = { nodes: { vm: 'vm', role: 'identity', data: 'bucket' }, edges: [{ source: 'vm', kind: 'RUNS_AS', target: 'role' }, { source: 'role', kind: 'CAN_READ', target: 'data' }], flaws: ['vm'], tiers: { role: 'tier1' }, reach: { vm: 'yes' } };
const outside = (kind: 'external_account' | 'public_ci', condition?: string): EntryPoints => ({ points: [{ urn: 'out', kind }], edges: [{ source: 'out', kind: 'CAN_ASSUME', target: 'role', derived: true, provenance: 'observed', reason: 'let in', ...(condition !== undefined && { condition }) }] });
const report = (issue_type: string, entity: string, title = 'reported'): Reported => ({ finding_id: 'F-1', entity, issue_type, title });
const open = (target: string, kind: 'EXPOSES' | 'NET_REACH' = 'EXPOSES') => ({ source: 'internet', kind, target });

describe('toxicCombinations', () => {
  it.each<[string, World, readonly string[]]>([
    ['T1: all three', host, ['T1 vm critical']],
    ['T1: reach not known', { ...host, reach: { vm: 'unknown' } }, ['T1 vm high review']],
    ['T1: privileges not known (and what they open neither)', { ...host, tiers: { role: 'unknown' }, sensitive: { data: 'unknown' } }, ['T1 vm high review', 'T2 vm high review']],
    ['T1: not reachable', { ...host, reach: { vm: 'no' } }, []], ['T1: no flaw', { ...host, flaws: [] }, []], ['T1: no privileges', { ...host, tiers: { role: 'none' } }, []], ['T1: no role', { ...host, edges: [] }, []],
    ['T2: and sensitive data behind the role', { ...host, sensitive: { data: 'yes' } }, ['T1 vm critical', 'T2 vm critical']],
    ['T2: data of which nothing is known', { ...host, sensitive: { data: 'unknown' } }, ['T1 vm critical', 'T2 vm high review']],
    ['T3: public and sensitive', { nodes: { data: 'bucket' }, edges: [open('data')], sensitive: { data: 'yes' } }, ['T3 data critical']],
    ['T3: sensitivity not known', { nodes: { data: 'bucket' }, edges: [open('data')], sensitive: { data: 'unknown' } }, ['T3 data high review']],
    ['T3: not sensitive', { nodes: { data: 'bucket' }, edges: [open('data')] }, []], ['T3: not public', { nodes: { data: 'bucket' }, sensitive: { data: 'yes' } }, []],
    ['T4: public function of an administrator', { nodes: { fn: 'function', role: 'identity' }, edges: [open('fn', 'NET_REACH'), { source: 'fn', kind: 'RUNS_AS', target: 'role' }], tiers: { role: 'tier0' } }, ['T4 fn critical']],
    ['T4: of someone privileged only', { nodes: { fn: 'function', role: 'identity' }, edges: [open('fn', 'NET_REACH'), { source: 'fn', kind: 'RUNS_AS', target: 'role' }], tiers: { role: 'tier1' } }, []],
    ['T4: a machine is no function', { nodes: { vm: 'vm', role: 'identity' }, edges: [open('vm', 'NET_REACH'), { source: 'vm', kind: 'RUNS_AS', target: 'role' }], tiers: { role: 'tier0' } }, []],
    ['T5: outside trust without proof', { nodes: { role: 'identity' }, tiers: { role: 'tier0' }, entries: outside('external_account') }, ['T5 role critical']],
    ['T5: with an ExternalId', { nodes: { role: 'identity' }, tiers: { role: 'tier0' }, entries: outside('external_account', '[{"key":"sts:ExternalId"}]') }, []],
    ['T5: to nobody special', { nodes: { role: 'identity' }, entries: outside('external_account') }, []],
    ['T6: privileged pod behind an ingress', { nodes: { pod: 'pod', node: 'node' }, edges: [{ source: 'pod', kind: 'ESCAPES_TO', target: 'node' }], reach: { pod: 'yes' } }, ['T6 pod critical']],
    ['T6: reported as privileged', { nodes: { pod: 'pod' }, reported: [report('privileged_container', 'pod')], reach: { pod: 'unknown' } }, ['T6 pod high review']],
    ['T6: without ingress', { nodes: { pod: 'pod', node: 'node' }, edges: [{ source: 'pod', kind: 'ESCAPES_TO', target: 'node' }], reach: { pod: 'no' } }, []],
    ['T7: unused key of an administrator', { nodes: { role: 'identity' }, tiers: { role: 'tier0' }, reported: [report('stale_credential', 'role', 'Access key unused for 120 days')] }, ['T7 role critical']],
    ['T7: old, perhaps in use', { nodes: { role: 'identity' }, tiers: { role: 'tier0' }, reported: [report('stale_credential', 'role', 'Access key older than 90 days')] }, ['T7 role high review']],
    ['T7: of no administrator', { nodes: { role: 'identity' }, tiers: { role: 'tier1' }, reported: [report('stale_credential', 'role', 'unused key')] }, []],
    ['T8: CI wildcard on a role that deploys', { nodes: { role: 'identity', data: 'bucket' }, edges: [{ source: 'role', kind: 'CAN_WRITE', target: 'data' }], entries: outside('public_ci') }, ['T8 role critical']],
    ['T8: what it may do is not known', { nodes: { role: 'identity' }, tiers: { role: 'unknown' }, entries: outside('public_ci') }, ['T8 role high review']],
    ['T8: reads only', { nodes: { role: 'identity', data: 'bucket' }, edges: [{ source: 'role', kind: 'CAN_READ', target: 'data' }], entries: outside('public_ci') }, []],
    ['T9: public production image', { nodes: { ami: 'image' }, edges: [open('ami')], production: { ami: 'yes' } }, ['T9 ami critical']],
    ['T9: a snapshot, environment not known', { reported: [report('public_snapshot', 'snap')], production: { snap: 'unknown' } }, ['T9 snap high review']],
    ['T9: not production', { nodes: { ami: 'image' }, edges: [open('ami')] }, []],
    ['T10: secret on a machine with a role', { nodes: { vm: 'vm', role: 'identity' }, edges: [{ source: 'vm', kind: 'RUNS_AS', target: 'role' }], reported: [report('secret_exposed', 'vm')] }, ['T10 vm critical']],
    ['T10: without a role', { nodes: { vm: 'vm' }, reported: [report('secret_exposed', 'vm')] }, []], ['T10: in a repository', { nodes: { repo: 'other', role: 'identity' }, edges: [{ source: 'repo', kind: 'RUNS_AS', target: 'role' }], reported: [report('secret_exposed', 'repo')] }, []],
  ])('%s', (_name, world, wanted) => expect(combine(world)).toEqual(wanted));
  it('names each entity once for a pattern, by the surest of its ways', () => {
    const two: World = { ...host, nodes: { ...host.nodes, other: 'identity' }, edges: [...host.edges ?? [], { source: 'vm', kind: 'RUNS_AS', target: 'other' }], tiers: { role: 'tier0', other: 'unknown' } };
    expect(combine(two).filter((c) => c.startsWith('T1 '))).toEqual(['T1 vm critical']);
  });
});

describe('entryPoints', () => {
  const github = 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com';
  const role = (subject: string | undefined) => ({ urn: 'arn:aws:iam::111122223333:role/deploy', kind: 'identity' as const, type: 'AWS::IAM::Role', account: '111122223333', config: { AssumeRolePolicyDocument: { Statement: [{
    Effect: 'Allow', Principal: { Federated: github }, Action: 'sts:AssumeRoleWithWebIdentity', ...(subject !== undefined && { Condition: { StringLike: { 'token.actions.githubusercontent.com:sub': subject } } }) }] } } });
  const facts = (more: Partial<Parameters<typeof entryPoints>[1]> = {}) => ({ accounts: new Set<string>(['444455556666']), compromised: [], ...more });
  it.each<[string, string | undefined, number, boolean]>([
    ['no subject: any workflow', undefined, 1, false], ['a wildcard within the organization: perhaps', 'repo:acme/*', 1, true], ['a wildcard in its name: perhaps', 'repo:acme-*/*', 1, true], ['one branch of one repository: no entry', 'repo:acme/app:ref:refs/heads/main', 0, false],
  ])('%s', (_name, subject, count, isConditional) => {
    const { points, edges } = entryPoints(graphOf([role(subject)]), facts());
    expect(points.filter((p) => p.kind === 'public_ci')).toHaveLength(count);
    expect(edges.map((e) => e.condition !== undefined)).toEqual(count === 0 ? [] : [isConditional]);
  });
  it.each([['leaked_key', 'observed', 1, false], ['phished_user', 'observed', 1, false], ['phished_user', 'inferred', 3, true]] as const)('%s, %s', (how, provenance, cost, isConditional) => {
    const { edges, points } = entryPoints(graphOf([{ urn: 'alice', kind: 'identity', type: 'AWS::IAM::User' }]), facts({ compromised: [{ identity: 'alice', how, why: 'seen', provenance }] }));
    expect(points).toContainEqual({ urn: how === 'leaked_key' ? 'entry:leaked-key' : 'entry:phished-user', kind: how });
    expect(edges.map((e) => [e.target, e.cost, e.condition !== undefined])).toEqual([['alice', cost, isConditional]]);
  });
  it('the internet is always one; a host in a stranger’s hands is no identity', () => {
    expect(entryPoints(graphOf([{ urn: 'vm', kind: 'vm', type: 'X' }]), facts({ compromised: [{ identity: 'vm', how: 'leaked_key', why: '', provenance: 'observed' }] }))).toEqual({ points: [{ urn: 'internet', kind: 'internet' }], edges: [] });
  });
});
