import { at, isObject, list, str } from '#shared/lib/json.ts';
import { subscriptionIn, unnamedSubscription, type AzureType } from '#shared/model/azure.ts';
import { differs, providerSetting } from './plan-providers.ts';
import { plannedIn, resolveOne, type Planned } from './plan-references.ts';
import type { TfResource } from './read-resource.ts';
import { isUntold } from './untold.ts';

/** `Terraform type | ARM type | names of what it lies in`, as attributes; its own name comes last. */
const table = `
virtual_network|Microsoft.Network/virtualNetworks|
subnet|Microsoft.Network/virtualNetworks/subnets|virtual_network_name
network_security_group|Microsoft.Network/networkSecurityGroups|
network_security_rule|Microsoft.Network/networkSecurityGroups/securityRules|network_security_group_name
public_ip|Microsoft.Network/publicIPAddresses|
network_interface|Microsoft.Network/networkInterfaces|
lb|Microsoft.Network/loadBalancers|
application_gateway|Microsoft.Network/applicationGateways|
nat_gateway|Microsoft.Network/natGateways|
route_table|Microsoft.Network/routeTables|
route|Microsoft.Network/routeTables/routes|route_table_name
application_security_group|Microsoft.Network/applicationSecurityGroups|
linux_virtual_machine|Microsoft.Compute/virtualMachines|
windows_virtual_machine|Microsoft.Compute/virtualMachines|
virtual_machine|Microsoft.Compute/virtualMachines|
storage_account|Microsoft.Storage/storageAccounts|
storage_container|Microsoft.Storage/storageAccounts/blobServices/containers|
key_vault|Microsoft.KeyVault/vaults|
mssql_server|Microsoft.Sql/servers|
sql_server|Microsoft.Sql/servers|
mssql_firewall_rule|Microsoft.Sql/servers/firewallRules|server_name
sql_firewall_rule|Microsoft.Sql/servers/firewallRules|server_name
postgresql_flexible_server|Microsoft.DBforPostgreSQL/flexibleServers|
postgresql_flexible_server_firewall_rule|Microsoft.DBforPostgreSQL/flexibleServers/firewallRules|server_name
mysql_flexible_server|Microsoft.DBforMySQL/flexibleServers|
mysql_flexible_server_firewall_rule|Microsoft.DBforMySQL/flexibleServers/firewallRules|server_name
linux_web_app|Microsoft.Web/sites|
windows_web_app|Microsoft.Web/sites|
linux_function_app|Microsoft.Web/sites|
windows_function_app|Microsoft.Web/sites|
app_service|Microsoft.Web/sites|
function_app|Microsoft.Web/sites|
kubernetes_cluster|Microsoft.ContainerService/managedClusters|
container_registry|Microsoft.ContainerRegistry/registries|
cosmosdb_account|Microsoft.DocumentDB/databaseAccounts|
user_assigned_identity|Microsoft.ManagedIdentity/userAssignedIdentities|
role_assignment|Microsoft.Authorization/roleAssignments|
role_definition|Microsoft.Authorization/roleDefinitions|
resource_group|Microsoft.Resources/resourceGroups|
`;
const known: ReadonlyMap<string, { readonly type: AzureType | typeof routes; readonly inside: string }> = new Map(table.trim().split('\n').map((line) => {
  const [name = '', type = '', inside = ''] = line.split('|');
  return [`azurerm_${name}`, { type: type as AzureType | typeof routes, inside }];
}));
/** Routes are parts of their table and no resources here, but have ids as others do. */
const routes = 'Microsoft.Network/routeTables/routes';
export const armType = (type: string): AzureType | undefined => { const found = known.get(type)?.type; return found === routes ? undefined : found; };

type Named = Pick<Planned, 'type' | 'values' | 'address'>;
type Around = Pick<TfResource, 'plan' | 'resolve' | 'resolveFrom'>;

/** The subscription that the configuration of a resource's provider names, else, of a single one, that of every recorded id; one of zeros stands for one that nothing names before the plan is applied. */
function subscriptionOf(plan: unknown, address: string): string {
  const isProvider = /^azurerm$/;
  return providerSetting(plan, isProvider, 'subscription_id', address) ?? (differs(plan, isProvider, 'subscription_id') ? undefined : subscriptionRecorded(plan)) ?? unnamedSubscription;
}

const recorded = new WeakMap<object, { readonly subscription: string | undefined }>();
function subscriptionRecorded(plan: unknown): string | undefined {
  if (!isObject(plan)) return undefined;
  const have = recorded.get(plan);
  if (have) return have.subscription;
  const all = new Set(plannedIn(plan).filter((p) => p.type.startsWith('azurerm_')).flatMap((p) => subscriptionIn(str(p.values, 'id') ?? '') ?? []));
  const subscription = all.size === 1 ? [...all][0] : undefined;
  recorded.set(plan, { subscription });
  return subscription;
}

/** The id of what a new resource is named to lie in, where the plan or its prior state records that. */
function recordedParent(r: Around, { type, values }: Named, inside: string): string | undefined {
  const whole = known.get(type)?.type ?? '', parent = whole.slice(0, whole.lastIndexOf('/'));
  const referred = str(values, inside) === undefined ? resolveOne(r.resolve, inside) : undefined;
  const found = referred ?? plannedIn(r.plan).find((p) => armType(p.type) === parent && str(p.values, 'name') === str(values, inside) && str(p.values, 'resource_group_name') === str(values, 'resource_group_name'));
  const id = found && str(found.values, 'id');
  return id?.startsWith('/') === true ? id : undefined;
}

/** The name of the one resource that an attribute refers to. */
export const nameOfOne = (r: Pick<Around, 'resolve'>, key: string): string | undefined => str(resolveOne(r.resolve, key)?.values, 'name');

/** A storage account by its name, which is one in all of Azure. */
const accountNamed = (r: Around, name: string | undefined): string | undefined => {
  const found = name === undefined ? undefined : plannedIn(r.plan).find((p) => p.type === 'azurerm_storage_account' && str(p.values, 'name') === name);
  return found && armIdOf(r, found);
};

/** The ARM id of a resource: its own, else made of the names that it is planned under. Undefined where what it lies in is not told. */
export function armId(r: Around, found: Named): string | undefined {
  const { type, values, address } = found, own = [str(values, 'resource_manager_id'), str(values, 'role_definition_resource_id'), str(values, 'id')].find((id) => id?.startsWith('/') === true);
  if (own !== undefined) return own.split('|')[0];
  const of = known.get(type), name = str(values, 'name') ?? address.replace(/[^\w.-]/g, '-'), subscription = `/subscriptions/${subscriptionOf(r.plan, address)}`;
  if (!of) return undefined;
  if (type === 'azurerm_resource_group') return `${subscription}/resourceGroups/${name}`;
  if (type === 'azurerm_storage_container') { const account = idOf(r, values, 'storage_account_id') ?? idOf(r, values, 'storage_account_name') ?? accountNamed(r, str(values, 'storage_account_name')); return account === undefined ? undefined : `${account}/blobServices/default/containers/${name}`; }
  if (type.startsWith('azurerm_role_')) { const scope = idOf(r, values, 'scope') ?? (type === 'azurerm_role_assignment' ? '/' : subscription); return `${scope === '/' ? '' : scope}/providers/${of.type}/${name}`; }
  const parent = idOf(r, values, 'server_id');
  if (parent !== undefined) return `${parent}/${of.type.slice(of.type.lastIndexOf('/') + 1)}/${name}`;
  const around = of.inside === '' ? undefined : recordedParent(r, found, of.inside);
  if (around !== undefined) return `${around}/${of.type.slice(of.type.lastIndexOf('/') + 1)}/${name}`;
  const group = str(values, 'resource_group_name') ?? nameOfOne(r, 'resource_group_name');
  const [provider = '', ...collections] = of.type.split('/'), names = [...(of.inside === '' ? [] : [str(values, of.inside) ?? nameOfOne(r, of.inside)]), name];
  if (group === undefined || names.includes(undefined)) return undefined;
  return `${subscription}/resourceGroups/${group}/providers/${provider}/${collections.map((c, i) => `${c}/${names[i] ?? ''}`).join('/')}`;
}

/** The id in an attribute, or that of the resource that a plan refers to. */
export function idOf(r: Around, values: unknown, path: string): string | undefined {
  const value = at(values, ...path.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step)));
  if (typeof value === 'string' && value.startsWith('/')) return value;
  const found = resolveOne(r.resolve, path);
  return found && armIdOf(r, found);
}

/** The id of another resource of the plan, whose own references are looked up where it stands. */
export const armIdOf = (r: Around, found: Planned): string | undefined => armId({ ...r, resolve: r.resolveFrom(found.address) }, found);

/** Every id in a list attribute, with those that a plan refers to. */
export const idsOf = (r: TfResource, key: string): readonly string[] => {
  const all = list(r.values, ...stepsOf(key)), own = all.filter((id): id is string => typeof id === 'string' && id.startsWith('/'));
  return own.length > 0 && !all.includes(null) ? own : [...new Set([...own, ...r.resolve(key).flatMap((found) => armIdOf(r, found) ?? [])])];
};
const stepsOf = (key: string): readonly (string | number)[] => key.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step));
/** Does a list hold more than a plan tells: references of it lead nowhere, and it isn't one place that hangs on a condition? */
export const holdsMore = (r: TfResource, key: string): boolean => isUntold(r, key) && list(r.values, ...stepsOf(key)).filter((v) => v === null).length !== 1 && idsOf(r, key).length > 0 && !r.isFollowed(key);

/** The object id of an identity: recorded, or a stand-in until the plan is applied. */
export const principalOf = ({ values, address }: Named): string => str(values, 'principal_id') ?? str(list(values, 'identity')[0], 'principal_id') ?? `principal:${address}`;

