import { list, str, type JsonObject } from '#shared/lib/json.ts';
import { azureUrn, subscriptionIn, type AzureType } from '#shared/model/azure.ts';
import type { Resource } from '#shared/model/resource.ts';
import type { Normalized } from '../../../ports.ts';
import { armResource } from '../azure/arm-resource.ts';
import { kindOfAzure } from '../azure/resource-kinds.ts';
import { armId, armType, idOf } from './azurerm-ids.ts';
import { accessPolicy, azureData, networkRules } from './azurerm-shapes.ts';
import { keep } from './network-shapes.ts';
import type { TfResource } from './read-resource.ts';

const source = 'terraform';

/**
 * An azurerm_* resource in the records of Azure Resource Manager, so that its answers are those of `az … list` of the same estate; undefined for types
 * that nothing evaluates. Associations and rules of balancers become parts of what they are about.
 */
export function azureRecords(r: TfResource): Normalized | undefined {
  if (!r.type.startsWith('azurerm_')) return undefined;
  const part = parts.get(r.type);
  if (part) { const told = part(r); return told && { resources: [told], edges: [] }; }
  const type = armType(r.type), id = armId(r, r);
  if (type === undefined || id === undefined) return undefined;
  const read = armResource({ id, type, name: str(r.values, 'name'), location: str(r.values, 'location'), tags: r.values['tags'], ...azureData(r) }, source);
  if (!read.ok) return undefined;
  const [own, ...rest] = read.value.resources ?? [];
  if (!own) return undefined;
  const named = { ...own, aliases: [...new Set([...own.aliases, r.address, `terraform:${r.address}`])] };
  return { resources: [named, ...rest, ...(r.type === 'azurerm_storage_account' && list(r.values, 'static_website').length > 0 ? website(id) : [])], edges: read.value.edges ?? [] };
}

/** A static website has a container of its own, which Terraform doesn't list. */
function website(account: string): readonly Resource[] {
  const read = armResource({ id: `${account}/blobServices/default/containers/$web`, type: 'Microsoft.Storage/storageAccounts/blobServices/containers', name: '$web', publicAccess: 'None' }, source);
  return read.ok ? (read.value.resources ?? []).map((found) => ({ ...found, part: 'implied' })) : [];
}

type Part = (r: TfResource) => Resource | undefined;
const partOf = (r: TfResource, id: string | undefined, type: AzureType, config: JsonObject): Resource | undefined => {
  const account = id === undefined ? undefined : subscriptionIn(id);
  return id === undefined ? undefined : { urn: azureUrn(id), type, kind: kindOfAzure(type), aliases: [], tags: {}, deleted: false, config, source, provenance: 'observed', part: r.type, ...(account !== undefined && { account }) };
};
const joins = (type: AzureType, key: string, to: string, as: string): Part => (r) => { const other = idOf(r, r.values, to); return other === undefined ? undefined : partOf(r, idOf(r, r.values, key), type, { [as]: { id: other } }); };
const balancerOf = (id: string | undefined): string | undefined => (id === undefined ? undefined : /^.*\/loadBalancers\/[^/]+/i.exec(id)?.[0]);
const below = (balancer: string | undefined, collection: string, name: string | undefined): JsonObject | undefined => (balancer === undefined || name === undefined ? undefined : { id: `${balancer}/${collection}/${name}` });
const poolOf = (r: TfResource, key: string): string | undefined => {
  const id = idOf(r, r.values, key), [planned] = r.resolve(key);
  return id ?? (planned && `${idOf({ ...r, resolve: r.resolveFrom(planned.address) }, planned.values, 'loadbalancer_id') ?? ''}/backendAddressPools/${str(planned.values, 'name') ?? ''}`);
};

const balancerPart = (key: string, item: (r: TfResource, balancer: string) => JsonObject): Part => (r) => {
  const balancer = idOf(r, r.values, 'loadbalancer_id');
  return balancer === undefined ? undefined : partOf(r, balancer, 'Microsoft.Network/loadBalancers', { [key]: [item(r, balancer)] });
};
const leads = (r: TfResource, balancer: string): JsonObject => ({ name: str(r.values, 'name'), frontendIPConfiguration: below(balancer, 'frontendIPConfigurations', str(r.values, 'frontend_ip_configuration_name')), protocol: str(r.values, 'protocol'), frontendPort: r.values['frontend_port'], backendPort: r.values['backend_port'] });

function pooled(r: TfResource): Resource | undefined {
  const pool = poolOf(r, 'backend_address_pool_id'), nic = idOf(r, r.values, 'network_interface_id');
  return pool === undefined || nic === undefined ? undefined : partOf(r, balancerOf(pool), 'Microsoft.Network/loadBalancers', { backendAddressPools: [{ id: pool, backendIPConfigurations: [{ id: `${nic}/ipConfigurations/${str(r.values, 'ip_configuration_name') ?? ''}` }] }] });
}

function peering(r: TfResource): Resource | undefined {
  const network = armId(r, { type: 'azurerm_virtual_network', address: r.address, values: { name: str(r.values, 'virtual_network_name') ?? r.resolve('virtual_network_name').map((p) => str(p.values, 'name'))[0], resource_group_name: r.values['resource_group_name'], ...(str(r.values, 'id')?.startsWith('/') === true && { id: (str(r.values, 'id') ?? '').replace(/\/virtualNetworkPeerings\/.*$/i, '') }) } });
  return partOf(r, network, 'Microsoft.Network/virtualNetworks', { virtualNetworkPeerings: [keep({ name: str(r.values, 'name'), peeringState: 'Connected', allowVirtualNetworkAccess: r.values['allow_virtual_network_access'], useRemoteGateways: r.values['use_remote_gateways'], remoteVirtualNetwork: { id: idOf(r, r.values, 'remote_virtual_network_id') } })] });
}

const parts: ReadonlyMap<string, Part> = new Map<string, Part>([
  ['azurerm_subnet_network_security_group_association', joins('Microsoft.Network/virtualNetworks/subnets', 'subnet_id', 'network_security_group_id', 'networkSecurityGroup')], ['azurerm_subnet_route_table_association', joins('Microsoft.Network/virtualNetworks/subnets', 'subnet_id', 'route_table_id', 'routeTable')],
  ['azurerm_network_interface_security_group_association', joins('Microsoft.Network/networkInterfaces', 'network_interface_id', 'network_security_group_id', 'networkSecurityGroup')],
  ['azurerm_storage_account_network_rules', (r) => partOf(r, idOf(r, r.values, 'storage_account_id'), 'Microsoft.Storage/storageAccounts', keep({ networkAcls: networkRules(r.values) }))], ['azurerm_key_vault_access_policy', (r) => partOf(r, idOf(r, r.values, 'key_vault_id'), 'Microsoft.KeyVault/vaults', { accessPolicies: [accessPolicy(r.values)] })],
  ['azurerm_virtual_network_peering', peering], ['azurerm_network_interface_backend_address_pool_association', pooled],
  ['azurerm_lb_backend_address_pool', balancerPart('backendAddressPools', (r, balancer) => ({ name: str(r.values, 'name'), ...below(balancer, 'backendAddressPools', str(r.values, 'name')) }))],
  ['azurerm_lb_rule', balancerPart('loadBalancingRules', (r, balancer) => { const pool = list(r.values, 'backend_address_pool_ids').find((p) => typeof p === 'string') ?? poolOf(r, 'backend_address_pool_ids'); return { ...leads(r, balancer), ...(typeof pool === 'string' && { backendAddressPool: { id: pool } }) }; })],
]);
