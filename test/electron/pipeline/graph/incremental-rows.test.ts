import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveEdges, type DerivedGroup } from '#electron/pipeline/graph/build-graph.ts';
import { derivations } from '#electron/pipeline/graph/derivations.ts';
import { memoryGraph, type GraphRecord } from '#electron/pipeline/graph/memory-graph.ts';
import type { Edge } from '#shared/model/resource.ts';
import { graphOf, type ResourceDraft } from '../../../graph-of.ts';
import * as azure from '../../evaluate/azure/azure-records.ts';
import * as gcp from '../../evaluate/gcp/cloud-assets.ts';
import * as k8s from '../../evaluate/k8s/cluster.ts';

/** Design 5-graph §7: observed -> diff by hash -> dirty -> recompute only the derivations whose inputs touch it; and then the same stands there as after a rebuild. */
const all = derivations({ primitives: [], managedPolicies: new Map(), gcp: gcp.knowledge, azure: azure.knowledge });
type Json = Readonly<Record<string, unknown>>;
type Records = readonly Json[];
interface Cloud { readonly name: string; readonly read: (records: Records) => readonly GraphRecord[] }
const clouds = { gcp: { name: 'Google Cloud', read: gcp.recordsOf }, azure: { name: 'Azure', read: azure.recordsOf }, k8s: { name: 'Kubernetes', read: (records: Records) => k8s.recordsOf(records) } } satisfies Record<string, Cloud>;

/** A workspace's part: what was derived, by origin, with what it was read from. */
function workspace({ read }: Cloud) {
  const groups = new Map<string, DerivedGroup>();
  let before = new Map<string, string>();
  return {
    /** @returns the origins that were computed again. */
    take(records: Records): readonly string[] {
      const given = read(records), graph = memoryGraph(given), after = new Map([...new Set(given.flatMap((r) => r.resources.map((x) => x.urn)))].flatMap((urn) => { const r = graph.resource(urn); return r?.urn === urn ? [[urn, JSON.stringify([r.type, r.kind, r.name, r.account, r.aliases, r.tags, r.config])] as const] : []; }));
      const dirty = new Set([...before.keys(), ...after.keys()].filter((urn) => before.get(urn) !== after.get(urn)));
      const changed = [...deriveEdges(graph, dirty, all, before.size === 0 ? undefined : (keys) => [...groups.values()].filter((g) => g.inputs.some((i) => keys.has(i))).map((g) => g.origin))];
      for (const group of changed) if (group.inputs.length === 0) groups.delete(group.origin); else groups.set(group.origin, group);
      before = after;
      return changed.map((g) => g.origin);
    },
    edges: (): readonly string[] => [...groups.values()].flatMap((g) => g.edges).map(text).sort(),
  };
}
const text = (e: Edge): string => JSON.stringify([e.source, e.kind, e.target, e.cost, e.reason, e.condition]);
const rebuilt = (cloud: Cloud, records: Records): readonly string[] => { const w = workspace(cloud); w.take(records); return w.edges(); };

const vpc = [gcp.projectRecord(), gcp.network(), gcp.instance('web'), gcp.account('web'), gcp.bucket(), gcp.network({}, 'lab'), gcp.instance('lab', { networkInterfaces: [gcp.nic({ network: gcp.link('global/networks/lab') })] })];
const ssh = (more: Json = {}) => gcp.firewall('ssh', { ...gcp.allow('tcp', '22'), ...gcp.internetRange, ...more });
const owner = (who: string) => gcp.projectPolicy(gcp.binding('roles/owner', `user:${who}@acme.example`));
const open = (member: string) => gcp.bucketPolicy(gcp.binding('roles/storage.objectViewer', member));

const alice = azure.guid(1), bob = azure.guid(2), devs = azure.guid(3), kv = azure.arm('Microsoft.KeyVault/vaults', 'kv', { enableRbacAuthorization: true });
const otherNic = azure.nic({}, { networkSecurityGroup: { id: azure.id('Microsoft.Network/networkSecurityGroups', 'lab-nsg') } }, 'lab-nic');
const otherVm: Json = { ...azure.arm('Microsoft.Compute/virtualMachines', 'lab', { networkProfile: { networkInterfaces: [{ id: azure.id('Microsoft.Network/networkInterfaces', 'lab-nic') }] }, extended: { instanceView: { powerState: { code: 'PowerState/running' } } } }) };
const net = [{ id: azure.sub, type: 'microsoft.resources/subscriptions', name: 'shop', properties: {} }, azure.vm(), azure.nic(), azure.publicIp(), azure.vnet(), otherVm, otherNic, azure.nsg('lab-nsg'), kv];
const doors = (...ports: readonly string[]) => azure.nsg('nic-nsg', ...ports.map((port, i) => azure.rule(100 + i, 'Allow', { destinationPortRange: port })));
const user = (id: string, ...memberOf: readonly string[]): Json => ({ id, userPrincipalName: `${id}@shop.example`, memberOf });
const team: Json = { id: devs, securityEnabled: true, displayName: 'devs' };

const shop = [k8s.namespace('shop'), k8s.namespace('lab'), k8s.pod('shop/web', { app: 'web' }), k8s.pod('lab/x', { app: 'x' }), k8s.service('shop/web', { app: 'web' }, { type: 'LoadBalancer' }, undefined, { status: { loadBalancer: { ingress: [{ ip: '203.0.113.50' }] } } }), k8s.serviceAccount('shop/app'), k8s.serviceAccount('lab/app')];
const shut = (id: string) => k8s.policy(id, { podSelector: {}, policyTypes: ['Ingress'] });
const admin = (who: string) => [k8s.role('all', [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]), k8s.binding('all', 'ClusterRole', 'all', k8s.account(who))];

describe('recomputes what depends on a change', () => {
  it.each<{ readonly row: string; readonly cloud: Cloud; readonly from: Records; readonly to: Records; readonly touches: readonly RegExp[]; readonly leaves: readonly RegExp[] }>([
    { row: 'a firewall rule: the machines of its network', cloud: clouds.gcp, from: [...vpc, ssh()], to: [...vpc, ssh({ disabled: true })], touches: [/^gcp-reach:.*instances\/web$/], leaves: [/gcp-exposure/, /gcp-identity/, /gcp-place/] },
    { row: 'a new firewall rule', cloud: clouds.gcp, from: vpc, to: [...vpc, ssh()], touches: [/^gcp-reach:.*instances\/web$/], leaves: [/gcp-exposure/, /gcp-identity/] },
    { row: 'the policy of a bucket: its openness, and who reads it', cloud: clouds.gcp, from: [...vpc, open('user:a@acme.example')], to: [...vpc, open('allUsers')], touches: [/^gcp-exposure:.*acme-data/, /^gcp-identity:.*acme-data/], leaves: [/gcp-reach/] },
    { row: 'the policy of a project: who gets what in it', cloud: clouds.gcp, from: [...vpc, owner('a')], to: [...vpc, owner('b')], touches: [/^gcp-identity:.*projects\/acme-prod$/, /^gcp-identity:.*serviceAccounts\/web/], leaves: [/gcp-reach:.*instances/] },
    { row: 'a machine alone', cloud: clouds.gcp, from: [...vpc, ssh()], to: [...vpc.map((r) => (r === vpc[2] ? gcp.instance('web', { status: 'TERMINATED' }) : r)), ssh()], touches: [/^gcp-reach:.*instances\/web$/], leaves: [/instances\/lab$/, /gcp-exposure/] },
    { row: 'a network security group: the machines behind it', cloud: clouds.azure, from: [...net, doors()], to: [...net, doors('22')], touches: [/^azure-reach:.*\/web$/], leaves: [/^azure-reach:.*\/lab$/, /azure-identity/, /azure-place/] },
    { row: 'a role assignment: who gets what', cloud: clouds.azure, from: [...net, doors('22')], to: [...net, doors('22'), azure.assignment(alice, 'Owner', azure.sub)], touches: [/^azure-identity:\/subscriptions\/[^/]+$/, /^azure-identity:.*vaults\/kv$/], leaves: [/azure-reach/] },
    { row: 'a member of a group: what the group gets', cloud: clouds.azure, from: [...net, team, user(alice), user(bob), azure.assignment(devs, 'Owner', azure.sub)], to: [...net, team, user(alice, devs), user(bob), azure.assignment(devs, 'Owner', azure.sub)], touches: [/^azure-identity:\/subscriptions\/[^/]+$/], leaves: [/azure-reach/] },
    { row: 'one who leaves it', cloud: clouds.azure, from: [...net, team, user(alice, devs), user(bob), azure.assignment(devs, 'Owner', azure.sub)], to: [...net, team, user(alice), user(bob), azure.assignment(devs, 'Owner', azure.sub)], touches: [/^azure-identity:\/subscriptions\/[^/]+$/], leaves: [/azure-reach/] },
    { row: 'a network policy: the workloads of its namespace', cloud: clouds.k8s, from: shop, to: [...shop, shut('shop/shut')], touches: [/^k8s_workload:.*shop.*web/], leaves: [] },
    { row: 'a binding: the identities of the cluster', cloud: clouds.k8s, from: [...shop, ...admin('shop/app')], to: [...shop, ...admin('lab/app')], touches: [/^k8s_identity:/], leaves: [/k8s_workload.*Service/] },
  ])('$row', ({ cloud, from, to, touches, leaves }) => {
    const w = workspace(cloud);
    w.take(from);
    expect(w.take(from)).toEqual([]);
    const before = w.edges(), origins = w.take(to);
    for (const wanted of touches) expect(origins.filter((o) => wanted.test(o))).not.toEqual([]);
    expect(origins.filter((o) => leaves.some((l) => l.test(o)))).toEqual([]);
    expect(w.edges()).toEqual(rebuilt(cloud, to));
    expect(w.edges()).not.toEqual(before);
  });
});

describe('a service control policy of AWS', () => {
  const A = '111122223333', role = (name: string, actions: string): ResourceDraft => ({ urn: `arn:aws:iam::${A}:role/${name}`, type: 'AWS::IAM::Role', kind: 'identity', account: A, config: { RoleName: name, Arn: `arn:aws:iam::${A}:role/${name}`, AttachedManagedPolicies: [],
    AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${A}:role/a` }, Action: 'sts:AssumeRole' }] }, RolePolicyList: [{ PolicyName: 'p', PolicyDocument: { Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] } }] } });
  const scp = (effect: string): ResourceDraft => ({ urn: 'arn:aws:organizations::999999999999:policy/p-1', type: 'AWS::Organizations::Policy', kind: 'policy', config: { Type: 'SERVICE_CONTROL_POLICY', Content: { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }, { Effect: effect, Action: 'sts:AssumeRole', Resource: '*' }] }, Targets: [{ TargetId: A }] } });
  const machine: ResourceDraft = { urn: `arn:aws:ec2:eu-central-1:${A}:instance/i-1`, type: 'AWS::EC2::Instance', kind: 'vm', account: A, region: 'eu-central-1', config: { InstanceId: 'i-1', State: { Name: 'running' }, SubnetId: 'subnet-1', VpcId: 'vpc-1', SecurityGroups: [] } };
  it('the identities of the accounts, and no machine', () => {
    const at = (effect: string) => graphOf([role('a', 'sts:AssumeRole'), role('b', 's3:GetObject'), machine, scp(effect)]), groups = new Map<string, DerivedGroup>();
    const take = (effect: string, dirty: readonly string[]): readonly string[] => [...deriveEdges(at(effect), new Set(dirty), all, (keys) => [...groups.values()].filter((g) => g.inputs.some((i) => keys.has(i))).map((g) => g.origin))].map((g) => { groups.set(g.origin, g); return g.origin; });
    const assumes = (): boolean => [...groups.values()].flatMap((g) => g.edges).some((e) => e.kind === 'CAN_ASSUME' && e.source.endsWith('/a') && e.target.endsWith('/b'));
    expect(take('Allow', [role('a', '').urn, role('b', '').urn, machine.urn, scp('').urn])).toContain(`reach:${machine.urn}`);
    expect(assumes()).toBe(true);
    expect(take('Deny', [scp('').urn])).toEqual([`identity:${A}`]);
    expect(assumes()).toBe(false);
  });
});

describe('ends where a rebuild would, whatever came and went', () => {
  const parts: readonly { readonly cloud: Cloud; readonly base: Records; readonly slots: readonly (readonly (Records)[])[] }[] = [
    { cloud: clouds.gcp, base: [], slots: [[[], [gcp.projectRecord()]], [[], [gcp.network()]], [[], [gcp.instance('web')], [gcp.instance('web', { tags: { items: [] } })]], [[], [gcp.account('web')]], [[], [ssh()], [ssh({ targetTags: ['web'] })], [ssh({ disabled: true })]], [[], [gcp.bucket()]], [[], [open('allUsers')], [open('user:a@acme.example')]], [[], [owner('a')], [owner('b')]],
      [[], [gcp.policy(gcp.accountName('web'), 'iam.googleapis.com/ServiceAccount', gcp.binding('roles/iam.serviceAccountTokenCreator', 'user:c@acme.example'))]]] },
    { cloud: clouds.azure, base: [], slots: [[[], [net[0]!]], [[], [azure.vm()], [azure.vm({}, { identity: { principalId: azure.guid(50) } })]], [[], [azure.nic()], [azure.nic({}, { networkSecurityGroup: null })]], [[], [azure.publicIp()], [azure.publicIp('Basic')]], [[], [azure.vnet()]], [[], [doors()], [doors('22')], [doors('80', '443')]], [[], [kv]], [[], [team]], [[], [user(alice)], [user(alice, devs)]],
      [[], [azure.assignment(devs, 'Owner', azure.sub)], [azure.assignment(devs, 'Key Vault Secrets User', azure.group)]], [[], [azure.assignment(alice, 'Contributor', azure.group)]], [[], [{ id: azure.group, type: 'microsoft.resources/subscriptions/resourcegroups', name: 'shop' }]]] },
    { cloud: clouds.k8s, base: [], slots: [[[], [k8s.namespace('shop')], [k8s.namespace('shop', { tier: 'a' })]], [[], [k8s.pod('shop/web', { app: 'web' })], [k8s.pod('shop/web', { app: 'web' }, { serviceAccountName: 'app', containers: [{ name: 'c', image: 'x', securityContext: { privileged: true } }] })]], [[], [shop[4]!]], [[], [shut('shop/shut')]], [[], [k8s.serviceAccount('shop/app')]], [[], admin('shop/app'), admin('lab/app')], [[], [k8s.node('n1', [])]],
      [[], [k8s.object('v1', 'Secret', 'key', 'shop', {})]], [[], [k8s.role('shop/read', [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }]), k8s.binding('shop/read', 'Role', 'read', k8s.account('shop/app'))]]] },
  ];
  it.each(parts.map((p) => ({ name: p.cloud.name, ...p })))('$name', ({ cloud, base, slots }) => {
    const states = fc.array(fc.tuple(...slots.map((slot) => fc.nat(slot.length - 1))), { minLength: 2, maxLength: 4 });
    fc.assert(fc.property(states, (steps) => {
      const w = workspace(cloud);
      for (const choice of steps) {
        const records = [...base, ...slots.flatMap((slot, i) => slot[choice[i] ?? 0] ?? [])];
        w.take(records);
        expect(w.edges()).toEqual(rebuilt(cloud, records));
      }
    }), { numRuns: 60 });
  });
});
