import type { ConnectorCall } from '../connector.ts';
import { azureTypes } from '#shared/model/azure.ts';

/** Per resource of a type one more list, as Resource Graph doesn't have it. */
export interface PerResource { readonly id: string; readonly of: string; readonly path: string; readonly version: string; readonly gives: string; readonly permission: string; readonly evidence: string }

const firewall = 'from where a database server lets itself be reached';
export const perResource: readonly PerResource[] = [
  { id: 'blob_containers', of: 'microsoft.storage/storageaccounts', path: '/blobServices/default/containers', version: '2023-05-01', gives: 'Microsoft.Storage/storageAccounts/blobServices/containers', permission: 'Microsoft.Storage/storageAccounts/blobServices/containers/read', evidence: 'which blob containers anyone may read' },
  { id: 'sql_firewall', of: 'microsoft.sql/servers', path: '/firewallRules', version: '2021-11-01', gives: 'Microsoft.Sql/servers/firewallRules', permission: 'Microsoft.Sql/servers/firewallRules/read', evidence: firewall },
  { id: 'postgresql_firewall', of: 'microsoft.dbforpostgresql/flexibleservers', path: '/firewallRules', version: '2022-12-01', gives: 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules', permission: 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules/read', evidence: firewall },
  { id: 'mysql_firewall', of: 'microsoft.dbformysql/flexibleservers', path: '/firewallRules', version: '2021-05-01', gives: 'Microsoft.DBforMySQL/flexibleServers/firewallRules', permission: 'Microsoft.DBforMySQL/flexibleServers/firewallRules/read', evidence: firewall },
  { id: 'site_config', of: 'microsoft.web/sites', path: '/config', version: '2023-12-01', gives: 'Microsoft.Web/sites/config', permission: 'Microsoft.Web/sites/config/read', evidence: 'which networks the access restrictions of apps let in' },
];
/** Rules of network managers that hold for a network: an action that reads, which the role Reader does not cover. */
export const adminRulesOf = { id: 'security_admin_rules', of: 'microsoft.network/virtualnetworks', version: '2024-05-01', permission: 'Microsoft.Network/virtualNetworks/listNetworkManagerEffectiveSecurityAdminRules/action' } as const;

/** Tables of Resource Graph. `types`: what it lists whole, as far as anything is derived from it. */
export interface Table { readonly id: string; readonly query: string; readonly types: readonly string[]; readonly permissions: readonly string[]; readonly evidence: string }
const isOwnTable = (type: string): boolean => /^Microsoft\.(Authorization|Graph|Management|Resources)\//.test(type) || perResource.some((p) => p.gives === type) || type.includes('securityAdminConfigurations');
const inResources = azureTypes.filter((type) => !isOwnTable(type));
/** The permission to read a type of resource: the next higher type that is a resource of its own gives it. */
const readOf = (type: string): string => `${type}/read`;
export const tables: readonly Table[] = [
  { id: 'resources', query: 'resources | order by id asc', types: inResources, permissions: ['Microsoft.ResourceGraph/resources/read', ...inResources.map(readOf)], evidence: 'which resources there are, how they are connected, and what is exposed' },
  { id: 'resource_groups', query: "resourcecontainers | where type in~ ('microsoft.resources/subscriptions', 'microsoft.resources/subscriptions/resourcegroups') | order by id asc", types: ['Microsoft.Resources/resourceGroups'], permissions: ['Microsoft.ResourceGraph/resources/read', 'Microsoft.Resources/subscriptions/read', 'Microsoft.Resources/subscriptions/resourceGroups/read'], evidence: 'what belongs to which subscription and resource group, with their tags' },
  { id: 'authorization', query: "authorizationresources | where type in~ ('microsoft.authorization/roleassignments', 'microsoft.authorization/roledefinitions') | order by id asc", types: ['Microsoft.Authorization/roleAssignments'], permissions: ['Microsoft.ResourceGraph/resources/read', 'Microsoft.Authorization/roleAssignments/read', 'Microsoft.Authorization/roleDefinitions/read'], evidence: 'who may do what (role assignments)' },
];

/** Lists of a subscription that Resource Graph doesn't have. */
export const perSubscription = [
  { id: 'deny_assignments', path: '/providers/Microsoft.Authorization/denyAssignments', version: '2022-04-01', gives: 'Microsoft.Authorization/denyAssignments', permission: 'Microsoft.Authorization/denyAssignments/read', evidence: 'what deny assignments forbid' },
  { id: 'eligible_roles', path: '/providers/Microsoft.Authorization/roleEligibilityScheduleInstances', version: '2020-10-01', gives: 'Microsoft.Authorization/roleEligibilityScheduleInstances', permission: 'Microsoft.Authorization/roleEligibilityScheduleInstances/read', evidence: 'which roles people can activate (Privileged Identity Management)' },
] as const;

/** Lists of the directory, by Microsoft Graph; other permissions, which a directory administrator gives. */
export const directoryCalls = [
  { id: 'users', permission: 'User.Read.All', evidence: 'who the users behind role assignments are' },
  { id: 'groups', permission: 'GroupMember.Read.All', evidence: 'who is in which group, and gets its roles' },
  { id: 'service_principals', permission: 'Application.Read.All', evidence: 'which applications there are, and who owns them' },
  { id: 'app_roles', permission: 'Application.Read.All', evidence: 'which applications may change the directory' },
  { id: 'directory_roles', permission: 'RoleManagement.Read.Directory', evidence: 'who administers the directory' },
] as const;

export const subscriptionsCall: ConnectorCall = { id: 'subscriptions', permissions: ['Microsoft.Resources/subscriptions/read'], evidence: 'which subscriptions there are' };
export const azureNeeds: readonly ConnectorCall[] = [
  subscriptionsCall, ...tables.map(({ id, permissions, evidence }) => ({ id, permissions, evidence })),
  ...[...perSubscription, ...perResource].map(({ id, permission, evidence }) => ({ id, permissions: [permission], evidence })),
  { id: adminRulesOf.id, permissions: [adminRulesOf.permission], evidence: 'which traffic a network manager refuses or always allows' },
  ...directoryCalls.map(({ id, permission, evidence }) => ({ id, permissions: [permission], evidence })),
];
/** What a role of Azure can give; Microsoft Graph has permissions of its own. */
export const isRolePermission = (permission: string): boolean => permission.includes('/');
