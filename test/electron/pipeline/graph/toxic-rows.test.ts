import { describe, expect, it } from 'vitest';
import { exposedTo, reachableFrom } from '#electron/host/graph/reachable.ts';
import type { EntryPoints } from '#electron/pipeline/graph/entry-points.ts';
import { toxicCombinations, type ToxicCombination } from '#electron/pipeline/graph/toxic-combinations.ts';
import { toxicPatterns, type Known, type Reported, type ToxicFacts } from '#electron/pipeline/graph/toxic-patterns.ts';
import type { Edge, NodeKind } from '#shared/model/resource.ts';
import type { IdentityAccess } from '#shared/model/verdict.ts';
import { graphOfAzure, nic, nsg, publicIp, rule, urn, vm, vnet } from '../../evaluate/azure/azure-records.ts';
import { account, allow, bucket, bucketPolicy, binding, firewall, graphOfAssets, instance, instanceName, internetRange, knowledge, network, projectPolicy, projectRecord } from '../../evaluate/gcp/cloud-assets.ts';
import { clusterOf, pod } from '../../evaluate/k8s/cluster.ts';
import { compactOf } from '../../../graph-of.ts';

/** Design 5-graph §5, T1–T10: every factor is given with its evidence; without any one there is no combination, with any one open it is high and goes to a person. */
type Answer = Known['answer'];
type Json = Readonly<Record<string, unknown>>;
interface World {
  readonly nodes: Readonly<Record<string, readonly [NodeKind, string?]>>; readonly edges?: readonly (Partial<Edge> & Pick<Edge, 'source' | 'kind' | 'target'>)[]; readonly flaws?: readonly string[]; readonly tiers?: Readonly<Record<string, IdentityAccess['tier']>>;
  readonly reach?: Readonly<Record<string, Answer>>; readonly exposed?: Readonly<Record<string, Answer>>; readonly sensitive?: Readonly<Record<string, Answer>>; readonly production?: Readonly<Record<string, Answer>>; readonly reported?: readonly Reported[]; readonly entries?: EntryPoints;
}
const combine = (world: World): readonly ToxicCombination[] => {
  const known = (of: Readonly<Record<string, Answer>> | undefined, id: string, what: string): Known => ({ answer: of?.[id] ?? 'no', why: `${what} ${of?.[id] ?? 'no'}` });
  return toxicCombinations({
    graph: compactOf([{ urn: 'internet', kind: 'internet', type: 'internet' }, ...Object.entries(world.nodes).map(([id, [kind, type = 'T']]) => ({ urn: id, kind, type }))], world.edges), entries: world.entries ?? { points: [], edges: [] },
    exploitable: world.flaws ?? [], exploit: (id) => (world.flaws?.includes(id) === true ? { cost: 1, why: 'CVE-1 is exploited in the wild' } : undefined), reachable: (id) => known(world.reach, id, 'reach'), exposed: (id) => known(world.exposed, id, 'open'),
    tier: (id) => world.tiers?.[id] ?? 'none', sensitive: (id) => known(world.sensitive, id, 'sensitive'), production: (id) => known(world.production, id, 'production'), reported: (types) => (world.reported ?? []).filter((r) => types.includes(r.issue_type)),
  } satisfies ToxicFacts);
};
const runs = { source: 'x', kind: 'RUNS_AS', target: 'role' } as const, host = { nodes: { x: ['vm'], role: ['identity'], data: ['bucket'] }, edges: [runs, { source: 'role', kind: 'CAN_READ', target: 'data' }], flaws: ['x'], tiers: { role: 'tier1' }, reach: { x: 'yes' } } as const satisfies World;
const open = (target: string) => ({ source: 'internet', kind: 'EXPOSES', target, reason: 'anonymous read' } as const);
const report = (issue_type: string, entity: string, title: string): Reported => ({ finding_id: 'F-1', entity, issue_type, title });
const outside = (kind: 'external_account' | 'public_ci', condition?: string): EntryPoints => ({ points: [{ urn: 'out', kind }], edges: [{ source: 'out', kind: 'CAN_ASSUME', target: 'role', derived: true, provenance: 'observed', reason: 'let in', ...(condition !== undefined && { condition }) }] });
const role = { role: ['identity'] } as const, lambda = { x: ['function', 'AWS::Lambda::Function'], role: ['identity'] } as const, privilegedPod = { nodes: { x: ['pod'], n: ['node'] }, edges: [{ source: 'x', kind: 'ESCAPES_TO', target: 'n', reason: 'PRIVILEGED: privileged container' }], reach: { x: 'yes' } } as const satisfies World;

/** Name, rule, source and text of each factor. */
type Given = readonly [name: string, rule: string, source: string, text: RegExp];
const reach: Given = ['reachable from the internet', 'NET.reach', 'x', /reach yes/], flaw: Given = ['exploitable', 'exploit', 'x', /CVE-1 is exploited in the wild/], may: Given = ['privileged', 'IAM.tier', 'role', /can escalate/], rules: Given = ['administrator', 'IAM.tier', 'role', /administrator-equivalent/];
interface Pattern { readonly id: string; readonly entity: string; readonly world: World; readonly factors: readonly Given[]; readonly without: Readonly<Record<string, World>>; readonly open: Readonly<Record<string, World>> }
const patterns: readonly Pattern[] = [
  { id: 'T1', entity: 'x', world: host, factors: [reach, flaw, may], without: { reach: { ...host, reach: {} }, flaw: { ...host, flaws: [] }, privileges: { ...host, tiers: {} }, role: { ...host, edges: [] } }, open: { reach: { ...host, reach: { x: 'unknown' } }, privileges: { ...host, tiers: { role: 'unknown' } } } },
  { id: 'T2', entity: 'x', world: { ...host, sensitive: { data: 'yes' } }, factors: [reach, flaw, may, ['leads to sensitive data', 'DATA.sensitive', 'data', /sensitive yes/]], without: { reach: { ...host, sensitive: { data: 'yes' }, reach: {} }, privileges: { ...host, sensitive: { data: 'yes' }, tiers: {} }, 'sensitive data': host, 'way to it': { ...host, sensitive: { data: 'yes' }, edges: [runs] } },
    open: { sensitivity: { ...host, sensitive: { data: 'unknown' } }, reach: { ...host, sensitive: { data: 'yes' }, reach: { x: 'unknown' } } } },
  { id: 'T2', entity: 'x', world: { ...host, nodes: { ...host.nodes, sub: ['account'] }, edges: [runs, { source: 'role', kind: 'CAN_ADMIN', target: 'sub' }, { source: 'sub', kind: 'CONTAINS', target: 'data' }], tiers: { role: 'tier0' }, sensitive: { data: 'yes' } }, factors: [reach, flaw, ['privileged', 'IAM.tier', 'role', /administrator-equivalent/], ['leads to sensitive data', 'DATA.sensitive', 'data', /yes/]],
    without: { 'what it administers': { ...host, nodes: { ...host.nodes, sub: ['account'] }, edges: [runs, { source: 'sub', kind: 'CONTAINS', target: 'data' }], tiers: { role: 'tier0' }, sensitive: { data: 'yes' } } }, open: {} },
  { id: 'T3', entity: 'data', world: { nodes: { data: ['bucket'] }, edges: [open('data')], sensitive: { data: 'yes' } }, factors: [['public', 'STORE.public', 'data', /anonymous read/], ['sensitive', 'DATA.sensitive', 'data', /sensitive yes/]], without: { openness: { nodes: { data: ['bucket'] }, sensitive: { data: 'yes' } }, sensitivity: { nodes: { data: ['bucket'] }, edges: [open('data')] }, store: { nodes: { data: ['function'] }, edges: [open('data')], sensitive: { data: 'yes' } } },
    open: { openness: { nodes: { data: ['bucket'] }, sensitive: { data: 'yes' }, exposed: { data: 'unknown' } }, sensitivity: { nodes: { data: ['bucket'] }, edges: [open('data')], sensitive: { data: 'unknown' } } } },
  { id: 'T4', entity: 'x', world: { nodes: lambda, edges: [runs], tiers: { role: 'tier0' }, reach: { x: 'yes' } }, factors: [['public without authentication', 'NET.reach', 'x', /reach yes/], rules],
    without: { reach: { nodes: lambda, edges: [runs], tiers: { role: 'tier0' } }, administrator: { nodes: lambda, edges: [runs], tiers: { role: 'tier1' }, reach: { x: 'yes' } }, 'a function': { nodes: { x: ['vm'], ...role }, edges: [runs], tiers: { role: 'tier0' }, reach: { x: 'yes' } }, 'anonymous callers, of an API server': { nodes: { x: ['endpoint', 'Microsoft.ContainerService/managedClusters'], ...role }, edges: [runs], tiers: { role: 'tier0' }, reach: { x: 'yes' } } },
    open: { reach: { nodes: lambda, edges: [runs], tiers: { role: 'tier0' }, reach: { x: 'unknown' } }, privileges: { nodes: lambda, edges: [runs], tiers: { role: 'unknown' }, reach: { x: 'yes' } }, 'authentication of what listens there': { nodes: { x: ['container_workload', 'K8s::Deployment'], ...role }, edges: [runs], tiers: { role: 'tier0' }, reach: { x: 'yes' } } } },
  { id: 'T5', entity: 'role', world: { nodes: role, tiers: { role: 'tier1' }, entries: outside('external_account') }, factors: [['trusts a principal outside, without ExternalId or subject', 'IAM.trust', 'role', /let in/], may],
    without: { 'an outsider': { nodes: role, tiers: { role: 'tier1' } }, 'want of an ExternalId': { nodes: role, tiers: { role: 'tier1' }, entries: outside('external_account', '[{"key":"sts:ExternalId"}]') }, 'want of a subject': { nodes: role, tiers: { role: 'tier1' }, entries: outside('external_account', '[{"key":"idp.example.com:sub"}]') }, privileges: { nodes: role, entries: outside('external_account') } },
    open: { privileges: { nodes: role, tiers: { role: 'unknown' }, entries: outside('external_account') } } },
  { id: 'T6', entity: 'x', world: privilegedPod, factors: [['privileged', 'K8S.escape', 'x', /PRIVILEGED/], reach], without: { privilege: { ...privilegedPod, edges: [] }, ingress: { ...privilegedPod, reach: {} } }, open: { ingress: { ...privilegedPod, reach: { x: 'unknown' } } } },
  { id: 'T6', entity: 'x', world: { nodes: { x: ['pod'] }, reported: [report('privileged_container', 'x', 'runs privileged')], reach: { x: 'yes' } }, factors: [['privileged', 'finding', 'F-1', /runs privileged/], reach], without: { report: { nodes: { x: ['pod'] }, reach: { x: 'yes' } } }, open: {} },
  { id: 'T7', entity: 'role', world: { nodes: role, tiers: { role: 'tier0' }, reported: [report('stale_credential', 'role', 'Access key unused for 91 days')] }, factors: [['unused for more than 90 days', 'finding', 'F-1', /unused for 91 days/], rules], without: { report: { nodes: role, tiers: { role: 'tier0' } }, administrator: { nodes: role, tiers: { role: 'tier1' }, reported: [report('stale_credential', 'role', 'unused')] } },
    open: { use: { nodes: role, tiers: { role: 'tier0' }, reported: [report('stale_credential', 'role', 'Access key not rotated')] }, privileges: { nodes: role, tiers: { role: 'unknown' }, reported: [report('stale_credential', 'role', 'unused for 91 days')] } } },
  { id: 'T8', entity: 'role', world: { nodes: { ...role, data: ['bucket'] }, edges: [{ source: 'role', kind: 'CAN_WRITE', target: 'data', reason: 's3:PutObject allowed' }], entries: outside('public_ci') }, factors: [['CI subject has a wildcard', 'IAM.trust', 'role', /let in/], ['deploys', 'IAM.permission', 'role', /s3:PutObject allowed/]],
    without: { wildcard: { nodes: { ...role, data: ['bucket'] }, edges: [{ source: 'role', kind: 'CAN_WRITE', target: 'data' }] }, deploying: { nodes: { ...role, data: ['bucket'] }, edges: [{ source: 'role', kind: 'CAN_READ', target: 'data' }], entries: outside('public_ci') } }, open: { permissions: { nodes: role, tiers: { role: 'unknown' }, entries: outside('public_ci') } } },
  { id: 'T9', entity: 'ami', world: { nodes: { ami: ['image'] }, edges: [open('ami')], production: { ami: 'yes' } }, factors: [['public', 'STORE.public', 'ami', /anonymous read/], ['production', 'ENV.production', 'ami', /production yes/]], without: { openness: { nodes: { ami: ['image'] }, production: { ami: 'yes' } }, production: { nodes: { ami: ['image'] }, edges: [open('ami')] } }, open: { environment: { nodes: { ami: ['image'] }, edges: [open('ami')], production: { ami: 'unknown' } } } },
  { id: 'T9', entity: 'snap', world: { nodes: { snap: ['other'] }, reported: [report('public_snapshot', 'snap', 'shared with all')], production: { snap: 'yes' } }, factors: [['public', 'finding', 'F-1', /shared with all/], ['production', 'ENV.production', 'snap', /yes/]], without: { report: { nodes: { snap: ['other'] }, production: { snap: 'yes' } } }, open: {} },
  { id: 'T10', entity: 'x', world: { nodes: { x: ['vm'], ...role }, edges: [runs], reported: [report('secret_exposed', 'x', 'key in user data')] }, factors: [['secret lies open', 'finding', 'F-1', /key in user data/], ['runs as a role', 'IAM.runs_as', 'role', /it runs as role/]],
    without: { secret: { nodes: { x: ['vm'], ...role }, edges: [runs] }, role: { nodes: { x: ['vm'] }, reported: [report('secret_exposed', 'x', 'key')] }, 'a machine': { nodes: { x: ['other'], ...role }, edges: [runs], reported: [report('secret_exposed', 'x', 'key')] } }, open: {} },
];

describe('toxic combinations', () => {
  const of = (world: World, id: string): readonly ToxicCombination[] => combine(world).filter((c) => c.id === id);
  it.each(patterns)('$id: critical where every factor is yes, each with its evidence', ({ id, entity, world, factors }) => {
    const found = of(world, id);
    expect(found).toMatchObject([{ entity, severity: 'critical', needs_human_review: false }]);
    expect(found[0]?.factors).toEqual(factors.map(([name, by, source, text]) => ({ name, answer: 'yes', evidence: [{ rule: by, source, pointer: '', text: expect.stringMatching(text) as string }] })));
  });
  it.each(patterns.flatMap(({ id, without }) => Object.entries(without).map(([what, world]) => ({ id, what, world }))))('$id: none without $what', ({ id, world }) => { expect(of(world, id)).toEqual([]); });
  it.each(patterns.flatMap(({ id, entity, open: worlds }) => Object.entries(worlds).map(([what, world]) => ({ id, entity, what, world }))))('$id: high, for a person, where $what is open', ({ id, entity, world }) => {
    const found = of(world, id);
    expect(found).toMatchObject([{ entity, severity: 'high', needs_human_review: true }]);
    expect(found[0]?.factors.filter((f) => f.answer === 'unknown').map((f) => f.evidence.length)).toEqual([1]);
  });
  it('all ten, each with its techniques', () => { expect(toxicPatterns.map((p) => p.id)).toEqual(['T1', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7', 'T8', 'T9', 'T10']); expect(toxicPatterns.flatMap((p) => p.techniques).every((t) => /^T\d{4}(\.\d{3})?$/.test(t))).toBe(true); });
});

describe('is it reachable, is it open', () => {
  const shipped = { primitives: [], managedPolicies: new Map(), gcp: knowledge }, web = urn('Microsoft.Compute/virtualMachines', 'web');
  const google = (...ports: readonly string[]) => reachableFrom(graphOfAssets(projectRecord(), instance('web'), network(), firewall('in', { ...allow('tcp', ...ports), ...internetRange, disabled: ports.length === 0 })), shipped)(instanceName('web'));
  const azure = (...records: readonly Json[]) => reachableFrom(graphOfAzure(vm(), nic(), vnet(), ...records), shipped)(web);
  it('a machine of Google Cloud: evaluated where no edge says it', () => { expect([google('22').answer, google().answer]).toEqual(['yes', 'no']); });
  it('a machine of Azure', () => { expect([azure(publicIp(), nsg('nic-nsg', rule(100, 'Allow'))), azure(publicIp(), nsg('nic-nsg')), azure(publicIp())].map((k) => k.answer)).toEqual(['yes', 'no', 'unknown']); });
  it('what no rule is about is open, what isn’t recorded is not reached', () => { const ask = reachableFrom(graphOfAssets(projectRecord(), account('web')), shipped); expect([ask('//iam.googleapis.com/projects/acme-prod/serviceAccounts/web@acme-prod.iam.gserviceaccount.com').answer, ask('ghost').answer]).toEqual(['unknown', 'no']); });
  it('a pod', () => { const graph = clusterOf([pod('x/a')]), ask = reachableFrom(graph, shipped); expect(ask(graph.ofType('K8s::Pod')[0]?.urn ?? '').answer).not.toBe('yes'); });
  it('a bucket', () => {
    const ask = (...records: readonly Json[]) => exposedTo(graphOfAssets(projectRecord(), projectPolicy(), ...records), shipped)('//storage.googleapis.com/acme-data').answer;
    expect([ask(bucket(), bucketPolicy(binding('roles/storage.objectViewer', 'allUsers'))), ask(bucket(), bucketPolicy(binding('roles/storage.objectViewer', 'user:a@acme.example')))]).toEqual(['yes', 'no']);
    expect(ask(bucket())).toBe('unknown');
    expect(ask()).toBe('unknown');
  });
  it('what else holds data: open as long as nothing evaluates it, told where an edge says it', () => {
    const pii = { urn: '/x/blobservices/default/containers/pii', type: 'Other::Store', kind: 'bucket' as const, aliases: [], tags: {}, deleted: false, config: {}, source: 'x', provenance: 'observed' as const, hash: '', ref: { raw_id: '1', record: 0, pointer: '' } };
    const view = { ...graphOfAssets(projectRecord()), resource: (id: string) => (id === pii.urn ? pii : undefined) }, edge = { source: 'internet', kind: 'EXPOSES' as const, target: pii.urn, derived: true, provenance: 'observed' as const, id: 1 };
    expect(exposedTo(view, shipped)(pii.urn).answer).toBe('unknown');
    expect(exposedTo({ ...view, resource: (id) => (id === pii.urn ? { ...pii, type: 'Microsoft.Storage/storageAccounts/blobServices/containers' } : undefined) }, shipped)(pii.urn).answer).toBe('unknown');
    expect(exposedTo({ ...view, edgesTo: () => [edge] }, shipped)(pii.urn).answer).toBe('yes');
  });
});
