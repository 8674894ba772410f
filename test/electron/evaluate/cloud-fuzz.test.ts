import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assessIdentity, assessIngress, assessStorage } from '#electron/evaluate/assess.ts';
import { answerQuestion } from '#electron/evaluate/question.ts';
import { questionKinds, type QuestionContext } from '#electron/evaluate/platform.ts';
import { deriveEdges } from '#electron/pipeline/graph/build-graph.ts';
import { derivations } from '#electron/pipeline/graph/derivations.ts';
import { gcpTypes } from '#shared/model/gcp.ts';
import type { GraphView } from '#shared/model/resource.ts';
import { graphOf, type ResourceDraft } from '../../graph-of.ts';
import { knowledge as azureKnowledge, nic, nsg, publicIp, rule, vm, vnet, graphOfAzure, urn } from './azure/azure-records.ts';
import { firewall, graphOfAssets, instance, instanceName, allow, knowledge as gcpKnowledge, projectRecord } from './gcp/cloud-assets.ts';

const knowledge = { primitives: [], managedPolicies: new Map(), gcp: gcpKnowledge, azure: azureKnowledge };
const contextOf = (graph: GraphView): QuestionContext => ({ knowledge, accounts: new Set(), derived: () => graph, blast: { isProduction: () => 'unknown', isSensitive: () => false, isCrownJewel: () => false, tierOf: (id) => assessIdentity(graph, id, new Set(), knowledge).tier } });

/** Values that look like what the evaluators read, mixed with anything. */
const text = fc.oneof(fc.string(), fc.constantFrom('0.0.0.0/0', '::/0', '10.0.0.0/33', '999.1.1.1/8', '*', 'Internet', 'VirtualNetwork', '22', '99999-1', '0-65535', 'allUsers', 'group:a@b.example', 'serviceAccount:x@p.iam.gserviceaccount.com', 'roles/owner', 'roles/none', 'INGRESS', 'Inbound', 'Allow', 'Deny', 'enforced', 'projects/1', 'folders/1', 'organizations/1', 'projects/p/global/networks/n', '/subscriptions/s', '/'));
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, text, fc.integer(), fc.boolean(), fc.constant(null), tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  object: fc.dictionary(fc.constantFrom('networkInterfaces', 'accessConfigs', 'allowed', 'denied', 'ports', 'sourceRanges', 'bindings', 'members', 'role', 'condition', 'expression', 'rules', 'match', 'srcIpRanges', 'layer4Configs', 'associations', 'attachmentTarget', 'direction', 'action', 'priority', 'iamConfiguration', 'publicAccessPrevention', 'acl', 'entity', 'ipConfigurations', 'subnet', 'id', 'networkSecurityGroup', 'securityRules', 'sourceAddressPrefix', 'destinationPortRange', 'access', 'protocol', 'addressSpace', 'addressPrefixes', 'permissions', 'actions', 'principals', 'principalId', 'scope', 'roleDefinitionId', 'identity', 'properties', 'routes', 'virtualNetworkPeerings', 'managementGroupAncestorsChain', 'children', 'parent', 'ancestors', 'of', 'name', 'status', 'resources', 'restrictedServices', 'email', 'network', 'publicAccess', 'settings', 'ipConfiguration'), tie('value'), { maxKeys: 8 }),
}));

const gcpNames = ['//compute.googleapis.com/projects/p/zones/z/instances/i', '//compute.googleapis.com/projects/p/global/networks/n', '//storage.googleapis.com/b', '//storage.googleapis.com/b#iam-policy', '//cloudresourcemanager.googleapis.com/projects/p', '//cloudresourcemanager.googleapis.com/folders/1', '//iam.googleapis.com/projects/p/serviceAccounts/x@p.iam.gserviceaccount.com'];
const azureNames = ['/subscriptions/s', '/subscriptions/s/resourcegroups/g/providers/microsoft.compute/virtualmachines/v', '/subscriptions/s/resourcegroups/g/providers/microsoft.network/networkinterfaces/n', '/subscriptions/s/resourcegroups/g/providers/microsoft.storage/storageaccounts/a', '/subscriptions/s/resourcegroups/g/providers/microsoft.network/virtualnetworks/v'];
const azureTypes = ['Microsoft.Compute/virtualMachines', 'Microsoft.Network/networkInterfaces', 'Microsoft.Network/networkSecurityGroups', 'Microsoft.Network/virtualNetworks', 'Microsoft.Storage/storageAccounts', 'Microsoft.Storage/storageAccounts/blobServices/containers', 'Microsoft.Authorization/roleAssignments', 'Microsoft.Authorization/denyAssignments', 'Microsoft.Authorization/roleDefinitions', 'Microsoft.Management/managementGroups', 'Microsoft.Resources/subscriptions', 'Microsoft.Network/loadBalancers', 'Microsoft.Network/applicationGateways', 'Microsoft.Network/routeTables', 'Microsoft.Sql/servers', 'Microsoft.Web/sites', 'Microsoft.KeyVault/vaults', 'Microsoft.Graph/groups', 'Microsoft.Graph/directoryRoleAssignments', 'Microsoft.ManagedIdentity/userAssignedIdentities'];
const draft = (names: readonly string[], types: readonly string[]) => fc.record({ urn: fc.constantFrom(...names), type: fc.constantFrom(...types), config: value }).map((d): ResourceDraft => ({ ...d, kind: 'other', account: 'p' }));
const graphs = (names: readonly string[], types: readonly string[]) => fc.array(draft(names, types), { minLength: 1, maxLength: 8 }).map((drafts) => {
  const own = [...new Map(drafts.map((d) => [d.urn, d])).values()];
  // Cycles included: everything is a member of everything.
  return { graph: graphOf(own, own.flatMap((a) => own.map((b) => ({ source: a.urn, kind: 'MEMBER_OF' as const, target: b.urn })))), urns: own.map((d) => d.urn) };
});

describe.each([['Google Cloud', gcpNames, Object.values(gcpTypes)], ['Azure', azureNames, azureTypes]] as const)('malformed inventory of %s', (_, names, types) => {
  it('never makes an evaluation throw or loop', () => fc.assert(fc.property(graphs(names, types), fc.nat(70_000), ({ graph, urns }, port) => {
    for (const urn of urns) {
      assessStorage(graph, urn, knowledge);
      assessIngress(graph, urn, { port }, knowledge);
      assessIdentity(graph, urn, new Set(), knowledge);
      for (const question of questionKinds) answerQuestion(graph, { question, subject: urn, object: urns[0], port: 22, action: 'storage.objects.get' }, contextOf(graph));
    }
    for (const group of deriveEdges(graph, new Set(urns), derivations(knowledge), undefined)) expect(group.origin).toContain(':');
  }), { numRuns: 150 }));
});

describe('rule sets beyond any limit', () => {
  const many = Array.from({ length: 3000 }, (_unused, i) => i);
  it('a network of 3,000 firewall rules is evaluated', () => {
    const rules = many.map((i) => firewall(`f${i}`, { ...allow('tcp', String(i + 1)), sourceRanges: [`${11 + (i % 80)}.${i % 256}.0.0/16`] }));
    expect(assessIngress(graphOfAssets(projectRecord(), instance('web'), ...rules), instanceName('web'), {}, knowledge).reachable.answer).toBe('no');
  });
  it('a group of 3,000 rules is evaluated', () => {
    const rules = many.map((i) => rule(i + 100, i % 2 === 0 ? 'Allow' : 'Deny', { destinationPortRange: String(i + 1), sourceAddressPrefix: i % 7 === 0 ? '*' : `${11 + (i % 80)}.0.0.0/8` }));
    expect(assessIngress(graphOfAzure(vm(), nic(), publicIp(), vnet(), nsg('nic-nsg', ...rules)), urn('Microsoft.Compute/virtualMachines', 'web'), { port: 15, protocol: 'tcp' }, knowledge).reachable.answer).toBe('yes');
  });
});
