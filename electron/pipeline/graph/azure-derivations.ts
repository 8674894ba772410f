import { azureIdentityEdges, azureIdentityTypes, azurePlaceEdges } from '#electron/evaluate/azure/derived-edges.ts';
import type { AzureKnowledge } from '#electron/evaluate/azure/knowledge.ts';
import { evaluateAzureIngress } from '#electron/evaluate/azure/reachability.ts';
import { evaluateBlobAccess } from '#electron/evaluate/azure/storage-access.ts';
import type { AzureType } from '#shared/model/azure.ts';
import type { Derivation } from './build-graph.ts';
import { exposureEdges, reachEdges } from './reach-edges.ts';

/** Types whose own answer says whether the internet reaches them. */
export const azureReachable: readonly AzureType[] = [
  'Microsoft.Compute/virtualMachines', 'Microsoft.Network/loadBalancers', 'Microsoft.Network/applicationGateways', 'Microsoft.Sql/servers', 'Microsoft.DBforPostgreSQL/flexibleServers', 'Microsoft.DBforMySQL/flexibleServers', 'Microsoft.Web/sites',
  'Microsoft.ContainerService/managedClusters', 'Microsoft.DocumentDB/databaseAccounts', 'Microsoft.Cache/Redis',
];
const storage: readonly AzureType[] = ['Microsoft.Storage/storageAccounts', 'Microsoft.Storage/storageAccounts/blobServices/containers'];

/** Types that no edge above is about, and that fall with their group or subscription. */
const contained: readonly AzureType[] = [
  'Microsoft.Resources/resourceGroups', 'Microsoft.Compute/virtualMachineScaleSets', 'Microsoft.Compute/images', 'Microsoft.Compute/disks', 'Microsoft.Compute/snapshots', 'Microsoft.ServiceBus/namespaces', 'Microsoft.EventHub/namespaces', 'Microsoft.Sql/servers/databases', 'Microsoft.Sql/managedInstances',
  'Microsoft.ContainerRegistry/registries', 'Microsoft.App/containerApps', 'Microsoft.ContainerInstance/containerGroups', 'Microsoft.Search/searchServices', 'Microsoft.CognitiveServices/accounts', 'Microsoft.RecoveryServices/vaults', 'Microsoft.OperationalInsights/workspaces',
];

/** What follows from an Azure inventory: reach, public storage, who gets what by roles, what contains what. */
export function azureDerivations(knowledge: AzureKnowledge): readonly Derivation[] {
  const identity = azureIdentityTypes(knowledge.edges);
  return [
    { name: 'azure-reach', per: 'resource', types: azureReachable, derive: (graph, resource) => reachEdges(resource, evaluateAzureIngress(graph, resource.urn)) },
    { name: 'azure-exposure', per: 'resource', types: storage, derive: (graph, resource) => exposureEdges(resource, evaluateBlobAccess(graph, resource.urn)) },
    { name: 'azure-identity', per: 'resource', types: identity, derive: (graph, resource) => azureIdentityEdges({ graph, knowledge }, resource) },
    { name: 'azure-place', per: 'resource', types: [...new Set([...identity, ...azureReachable, ...storage, ...contained])], derive: (graph, resource) => azurePlaceEdges(graph, resource) },
  ];
}
