/**
 * Azure resources have their ARM id in lower case as urn (ids are case-insensitive) and, as `config`, the resource with `properties` folded into it, at
 * every level, as `az … list` prints it. Principals of Entra ID have their object id.
 */
const names = [
  'Microsoft.Compute/virtualMachines', 'Microsoft.Compute/virtualMachineScaleSets', 'Microsoft.Compute/disks', 'Microsoft.Network/networkInterfaces', 'Microsoft.Network/publicIPAddresses', 'Microsoft.Network/networkSecurityGroups',
  'Microsoft.Network/networkSecurityGroups/securityRules', 'Microsoft.Network/virtualNetworks', 'Microsoft.Network/virtualNetworks/subnets', 'Microsoft.Network/loadBalancers', 'Microsoft.Network/applicationGateways', 'Microsoft.Network/routeTables',
  'Microsoft.Network/natGateways', 'Microsoft.Network/applicationSecurityGroups', 'Microsoft.Network/azureFirewalls', 'Microsoft.Network/networkManagers/securityAdminConfigurations/ruleCollections/rules', 'Microsoft.Storage/storageAccounts',
  'Microsoft.Storage/storageAccounts/blobServices/containers', 'Microsoft.KeyVault/vaults', 'Microsoft.Sql/servers', 'Microsoft.Sql/servers/firewallRules', 'Microsoft.Sql/servers/databases', 'Microsoft.DBforPostgreSQL/flexibleServers', 'Microsoft.DBforMySQL/flexibleServers',
  'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules', 'Microsoft.DBforMySQL/flexibleServers/firewallRules', 'Microsoft.DocumentDB/databaseAccounts', 'Microsoft.Cache/Redis', 'Microsoft.Web/sites', 'Microsoft.Web/sites/config', 'Microsoft.Logic/workflows', 'Microsoft.Automation/automationAccounts',
  'Microsoft.ContainerService/managedClusters', 'Microsoft.ContainerRegistry/registries', 'Microsoft.ManagedIdentity/userAssignedIdentities', 'Microsoft.ServiceBus/namespaces', 'Microsoft.EventHub/namespaces', 'Microsoft.CognitiveServices/accounts', 'Microsoft.Search/searchServices',
  'Microsoft.Authorization/roleAssignments', 'Microsoft.Authorization/roleDefinitions', 'Microsoft.Authorization/denyAssignments', 'Microsoft.Authorization/roleEligibilityScheduleInstances', 'Microsoft.Resources/subscriptions', 'Microsoft.Resources/resourceGroups',
  'Microsoft.Management/managementGroups', 'Microsoft.Graph/users', 'Microsoft.Graph/groups', 'Microsoft.Graph/servicePrincipals', 'Microsoft.Graph/principals', 'Microsoft.Graph/directoryRoleAssignments', 'Microsoft.Graph/appRoleAssignments',
  'Microsoft.App/containerApps', 'Microsoft.ContainerInstance/containerGroups', 'Microsoft.Compute/images', 'Microsoft.Compute/snapshots', 'Microsoft.Sql/managedInstances', 'Microsoft.RecoveryServices/vaults', 'Microsoft.OperationalInsights/workspaces',
] as const;
export type AzureType = (typeof names)[number];
/** Every type that something is derived from, as Azure documents it. */
export const azureTypes: readonly AzureType[] = names;

const byLower = new Map<string, string>([...names.map((n) => [n.toLowerCase(), n] as const), ['microsoft.resources/subscriptions/resourcegroups', 'Microsoft.Resources/resourceGroups']]);
/** The type as Azure documents it; Resource Graph writes it in lower case. A type that isn't known stays as written. */
export const azureTypeName = (written: string): string => byLower.get(written.toLowerCase()) ?? written;
/** Marks a type by its documented name, so that a slip of the pen doesn't compile. */
export const azureType = (name: AzureType): AzureType => name;

/** What a plan doesn't say the place of: a rule, an association or a container, with `about` for the kind of thing that it may belong to. */
export const unplacedPart = 'Microsoft.Resources/UnplacedPart';
export type UnplacedAbout = 'group' | 'route' | 'outbound' | 'balancer' | 'peering' | 'network_rules' | 'container' | 'website' | AzureType;
/** The scope of a role assignment that a plan doesn't tell. */
export const untoldScope = '/untold';
/** Begins the id of a resource that is referred to and that a plan doesn't tell. */
export const untoldId = 'terraform:untold/';

/** Stands for the subscription of a plan that nothing names: it may be any. */
export const unnamedSubscription = '00000000-0000-0000-0000-000000000000';

/** The urn of an ARM id. */
export const azureUrn = (id: string): string => id.toLowerCase().replace(/\/$/, '');
export const subscriptionIn = (id: string): string | undefined => /^\/subscriptions\/([^/]+)/i.exec(id)?.[1]?.toLowerCase();
/** The type in an ARM id: `…/providers/Microsoft.Compute/virtualMachines/x`; children by all of their collections. */
export function typeInId(id: string): string | undefined {
  const last = id.split(/\/providers\//i).at(-1);
  if (last === undefined || !/\/providers\//i.test(id)) return /^\/subscriptions\/[^/]+$/i.test(id) ? 'Microsoft.Resources/subscriptions' : /\/resourceGroups\/[^/]+$/i.test(id) ? 'Microsoft.Resources/resourceGroups' : undefined;
  const [provider, ...parts] = last.split('/');
  const collections = parts.filter((_, i) => i % 2 === 0);
  return collections.length === 0 ? undefined : azureTypeName([provider, ...collections].join('/'));
}
/** Types that a resource of this id was of, for one that is gone. */
export const azureTypesOfId = (urn: string): readonly string[] => { const type = urn.startsWith('/') ? typeInId(urn) : undefined; return type === undefined ? [] : [type]; };

/** In the key `supposed` of a storage account's config: it is new, and has no containers but those that are recorded. */
export const noContainers = 'no_containers';
