import { describe, expect, it } from 'vitest';
import { graphView } from '#electron/store/graph-view.ts';
import { edgeMeanings, nodeMeanings } from '#shared/model/graph-meaning.ts';
import { edgeKinds, edgeSchema, nodeKinds, resourceSchema, type Edge, type Resource } from '#shared/model/resource.ts';
import { derivedAzure, arm, assignment, guid, nic, nsg, publicIp, rule, sub, vm, vnet } from '../evaluate/azure/azure-records.ts';
import { account, allow, binding, bucket, bucketPolicy, derivedGraph, firewall, instance, internetRange, network, projectPolicy, projectRecord } from '../evaluate/gcp/cloud-assets.ts';
import { newWorkspace } from './workspace.ts';

/** Design 5-graph §6: what nodes and edges are called, and what an edge carries. */
describe('names', () => {
  const nodes = ['internet', 'cidr', 'account', 'region', 'vpc', 'subnet', 'route_table', 'gateway', 'nacl', 'sg', 'eni', 'lb', 'endpoint', 'vm', 'function', 'container_workload', 'pod', 'node', 'k8s_ns', 'bucket', 'database', 'queue_topic', 'secret_key', 'identity', 'policy', 'image', 'finding', 'org_unit'];
  const edges = ['CONTAINS', 'MEMBER_OF', 'ATTACHED_TO', 'ROUTES_TO', 'ALLOWS', 'NET_REACH', 'EXPOSES', 'FORWARDS_TO', 'RUNS_AS', 'CAN_ASSUME', 'TRUSTS', 'HAS_POLICY', 'CAN_READ', 'CAN_WRITE', 'CAN_ADMIN', 'CAN_EXEC', 'PRIVESC', 'READS_FROM', 'WRITES_TO', 'INVOKES', 'ENCRYPTED_BY', 'MOUNTS', 'USES_IMAGE', 'AFFECTED_BY', 'ESCAPES_TO', 'PEERED_WITH', 'LOGS_TO', 'SAME_AS'];
  it('the nodes of the design, and `other` for what it has no word for; each means something', () => { expect([...nodeKinds].sort()).toEqual([...nodes, 'other'].sort()); expect(Object.keys(nodeMeanings).sort()).toEqual([...nodeKinds].sort()); });
  it('the edges of the design and no others; each means something', () => { expect([...edgeKinds].sort()).toEqual([...edges].sort()); expect(Object.keys(edgeMeanings).sort()).toEqual([...edgeKinds].sort()); });
  it('nothing else is taken', () => {
    expect(edgeSchema.safeParse({ source: 'a', kind: 'CAN_FLY', target: 'b', derived: true, provenance: 'observed' }).success).toBe(false);
    expect(edgeSchema.safeParse({ source: 'a', kind: 'CAN_READ', target: 'b', derived: true, provenance: 'observed' }).success).toBe(true);
    expect(resourceSchema.safeParse({ urn: 'a', type: 'T', kind: 'thing', aliases: [], tags: {}, deleted: false, config: {}, source: 's', provenance: 'observed' }).success).toBe(false);
  });
});

const edge = (more: Partial<Edge> = {}): Edge => ({ source: 'a', kind: 'CAN_ASSUME', target: 'b', derived: true, provenance: 'inferred', condition: '{"mfa":true}', cost: 3, reason: 'trust policy, statement 1', ...more });
const node = (urn: string): Resource => ({ urn, type: 'AWS::IAM::Role', kind: 'identity', aliases: [], tags: {}, deleted: false, config: {}, source: 's', provenance: 'observed' });

describe('each edge', () => {
  const open = () => {
    const { workspace, tables } = newWorkspace();
    for (const urn of ['a', 'b', 'c']) tables.nodes.put(node(urn), urn, JSON.stringify(node(urn)), { rawId: 1, record: 0, nowUs: 1 });
    return { tables, view: () => graphView(workspace.db, 1), rows: () => workspace.db.prepare('SELECT source, kind, target, derived, provenance, condition, cost, reason, origin, valid_from, valid_to FROM edges ORDER BY edge_id').all() };
  };
  it('kind, derived, condition, cost, since when and until when, and what it comes from', () => {
    const { tables, rows, view } = open();
    tables.nodes.replaceDerived('identity:1', [edge()], ['a', 'b'], 100);
    const kept = { source: 'a', kind: 'CAN_ASSUME', target: 'b', derived: 1, provenance: 'inferred', condition: '{"mfa":true}', cost: 3, reason: 'trust policy, statement 1', origin: 'identity:1', valid_from: 100 };
    expect(rows()).toEqual([{ ...kept, valid_to: null }]);
    expect(view().edgesFrom('a')).toEqual([edge()]);
    tables.nodes.replaceDerived('identity:1', [], ['a'], 200);
    expect(rows()).toEqual([{ ...kept, valid_to: 200 }]);
    expect(view().edgesFrom('a')).toEqual([]);
  });
  it('an observed edge says so and needs nothing more', () => {
    const { tables, rows, view } = open(), stated: Edge = { source: 'a', kind: 'MEMBER_OF', target: 'c', derived: false, provenance: 'observed' };
    tables.nodes.putEdges('observed:a', [stated], 100);
    expect(rows()).toMatchObject([{ derived: 0, condition: null, cost: null, reason: null, origin: 'observed:a', valid_from: 100, valid_to: null }]);
    expect(view().edgesTo('c')).toEqual([stated]);
  });
  it('one that stays keeps its time; one whose condition, cost or reason is another is another', () => {
    const { tables, rows } = open(), times = (): readonly unknown[] => (rows() as readonly { valid_from: number; valid_to: number | null }[]).map((r) => [r.valid_from, r.valid_to]);
    tables.nodes.replaceDerived('identity:1', [edge()], ['a'], 100);
    expect([tables.nodes.replaceDerived('identity:1', [edge()], ['a'], 200), times()]).toEqual([false, [[100, null]]]);
    for (const [i, more] of [{ cost: 1 }, { cost: 1, reason: 'other' }, { cost: 1, reason: 'other', condition: '{}' }].entries()) expect(tables.nodes.replaceDerived('identity:1', [edge(more)], ['a'], 300 + i)).toBe(true);
    expect(times()).toEqual([[100, 300], [300, 301], [301, 302], [302, null]]);
  });
  it('what an edge was derived from is found again by any of its inputs', () => {
    const { tables } = open();
    tables.nodes.replaceDerived('identity:1', [edge()], ['a', 'set:AWS::IAM::Role@1@'], 100);
    expect([...tables.nodes.originsReading(new Set(['set:AWS::IAM::Role@1@']))]).toEqual(['identity:1']);
    expect([...tables.nodes.originsReading(new Set(['b']))]).toEqual([]);
  });
});

describe('derived edges of the clouds', () => {
  const graphs = {
    gcp: () => derivedGraph(projectRecord(), account('web'), instance('web'), network(), firewall('ssh', { ...allow('tcp', '22'), ...internetRange }), bucket(), bucketPolicy(binding('roles/storage.objectViewer', 'allUsers', 'user:a@acme.example')), projectPolicy(binding('roles/owner', 'user:root@acme.example'), { ...binding('roles/editor', 'user:late@acme.example'), condition: { title: 't', expression: 'request.time < timestamp("2030-01-01T00:00:00Z")' } })),
    azure: () => derivedAzure({ id: sub, type: 'microsoft.resources/subscriptions', name: 'shop', properties: {} }, vm(), nic(), publicIp(), vnet(), nsg('nic-nsg', rule(100, 'Allow')), arm('Microsoft.KeyVault/vaults', 'kv', { enableRbacAuthorization: true }), assignment(guid(1), 'Owner', sub), assignment(guid(2), 'Key Vault Secrets User', sub, { condition: '@Resource[x] StringEquals \'a\'' })),
  };
  it.each(['gcp', 'azure'] as const)('%s: each says why, what it costs and, where something is open, what', (cloud) => {
    const graph = graphs[cloud](), starts = cloud === 'gcp' ? ['internet', 'user:root@acme.example', 'root@acme.example', 'user:a@acme.example', 'a@acme.example', 'user:late@acme.example', 'late@acme.example'] : ['internet', guid(1), guid(2)];
    const found = starts.flatMap((s) => graph.edgesFrom(s)).filter((e) => e.derived && e.kind !== 'CONTAINS');
    expect(found.length).toBeGreaterThan(5);
    expect(found.filter((e) => e.reason === undefined || e.reason === '' || e.cost === undefined || e.cost < 1)).toEqual([]);
    const open = found.filter((e) => e.condition !== undefined);
    expect(open.length).toBeGreaterThan(0);
    expect(open.map((e) => typeof (JSON.parse(e.condition ?? '') as { needs?: unknown }).needs)).toEqual(open.map(() => 'string'));
  });
});
