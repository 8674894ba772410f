import { list, str, type JsonObject } from '#shared/lib/json.ts';
import { azureUrn, subscriptionIn, unplacedPart, untoldId, type AzureType, type UnplacedAbout } from '#shared/model/azure.ts';
import type { Resource } from '#shared/model/resource.ts';
import type { Normalized } from '../../../ports.ts';
import { armResource } from '../azure/arm-resource.ts';
import { kindOfAzure } from '../azure/resource-kinds.ts';
import { armId, armIdOf, armType, idOf, nameOfOne } from './azurerm-ids.ts';
import { accessPolicy, azureData, networkRules, routeOf } from './azurerm-shapes.ts';
import { keep } from './network-shapes.ts';
import { resolveOne } from './plan-references.ts';
import type { TfResource } from './read-resource.ts';
import { isUntold, untoldOf } from './untold.ts';

const source = 'terraform';

/**
 * An azurerm_* resource in the records of Azure Resource Manager, so that its answers are those of `az … list` of the same estate; undefined for types
 * that nothing evaluates. Associations and rules of balancers become parts of what they are about; those whose place a plan doesn't tell leave open what
 * they may be about.
 */
export function azureRecords(r: TfResource): Normalized | undefined {
  if (!r.type.startsWith('azurerm_')) return undefined;
  const part = parts.get(r.type);
  if (part) return { resources: part.read(r) ?? unplaced(r, part.about), edges: [] };
  const type = armType(r.type), id = armId(r, r);
  if (type === undefined) return undefined;
  if (id === undefined) return { resources: unplaced(r, placeable(r.type, type)), edges: [] };
  const read = armResource({ id, type, name: str(r.values, 'name'), location: str(r.values, 'location'), tags: r.values['tags'], ...azureData(r) }, source);
  if (!read.ok) return undefined;
  const [own, ...rest] = read.value.resources ?? [];
  if (!own) return undefined;
  const named = { ...own, aliases: [...new Set([...own.aliases, r.address, `terraform:${r.address}`])] };
  return { resources: [named, ...rest, ...(r.type !== 'azurerm_storage_account' ? [] : list(r.values, 'static_website').length > 0 ? website(id) : isUntold(r, 'static_website') ? unplaced(r, 'website') : [])], edges: read.value.edges ?? [] };
}

/** A static website has a container of its own, which Terraform doesn't list. */
function website(account: string): readonly Resource[] {
  const read = armResource({ id: `${account}/blobServices/default/containers/$web`, type: 'Microsoft.Storage/storageAccounts/blobServices/containers', name: '$web', publicAccess: 'None' }, source);
  return read.ok ? (read.value.resources ?? []).map((found) => ({ ...found, part: 'implied' })) : [];
}

/** What a resource is a rule or a container of, where it is one. */
const placeable = (name: string, type: AzureType): UnplacedAbout | undefined => (name.endsWith('_firewall_rule') ? type : new Map<string, UnplacedAbout>([['azurerm_network_security_rule', 'group'], ['azurerm_storage_container', 'container']]).get(name));

function unplaced(r: TfResource, about: UnplacedAbout | undefined): readonly Resource[] {
  if (about === undefined) return [];
  const direction = str(r.values, 'direction'), access = str(r.values, 'access'), level = str(r.values, 'container_access_type');
  return [{ urn: `terraform:${r.address}`, type: unplacedPart, kind: 'other', name: r.address, aliases: [r.address], tags: {}, deleted: false, source, provenance: 'observed', config: keep({ about, direction, access, ...(about === 'container' && { publicAccess: level }), ...(about === 'website' && r.type === 'azurerm_storage_account' && { isOwn: true }) }) }];
}

/** Reads a resource as parts of others; undefined where it is not told of which. */
type Reads = (r: TfResource) => readonly Resource[] | undefined;
interface Part { readonly about: UnplacedAbout; readonly read: Reads }
const partOf = (r: TfResource, id: string | undefined, type: AzureType, config: JsonObject): readonly Resource[] | undefined => {
  const account = id === undefined ? undefined : subscriptionIn(id);
  return id === undefined ? undefined : [{ urn: azureUrn(id), type, kind: kindOfAzure(type), aliases: [], tags: {}, deleted: false, config, source, provenance: 'observed', part: r.type, ...(account !== undefined && { account }) }];
};
const joins = (type: AzureType, key: string, to: string, as: string): Reads => (r) => partOf(r, idOf(r, r.values, key), type, { [as]: { id: idOf(r, r.values, to) ?? `${untoldId}${r.address}/${to}` } });
const balancerOf = (id: string | undefined): string | undefined => (id === undefined ? undefined : /^.*\/(?:loadBalancers|applicationGateways)\/[^/]+/i.exec(id)?.[0]);
const below = (balancer: string | undefined, collection: string, name: string | undefined): { readonly id: string } | undefined => (balancer === undefined || name === undefined ? undefined : { id: `${balancer}/${collection}/${name}` });
/** The id of a pool or a rule of a balancer: written, or that of the resource that a plan refers to; of a gateway its only pool. */
const belowOf = (r: TfResource, key: string, collection: string): string | undefined => {
  const planned = resolveOne(r.resolve, key), written = str(r.values, key);
  if (written?.startsWith('/') === true || !planned) return written?.startsWith('/') === true ? written : undefined;
  const [only, ...rest] = list(planned.values, 'backend_address_pool');
  if (planned.type === 'azurerm_application_gateway') return only === undefined || rest.length > 0 ? undefined : str(only, 'id') ?? below(armIdOf(r, planned), collection, str(only, 'name'))?.id;
  return str(planned.values, 'id') ?? below(idOf({ ...r, resolve: r.resolveFrom(planned.address) }, planned.values, 'loadbalancer_id'), collection, str(planned.values, 'name'))?.id;
};
const poolOf = (r: TfResource, key: string): string | undefined => belowOf(r, key, 'backendAddressPools');

const balancerPart = (key: string, item: (r: TfResource, balancer: string) => JsonObject | undefined): Reads => (r) => {
  const balancer = idOf(r, r.values, 'loadbalancer_id'), found = balancer === undefined ? undefined : item(r, balancer);
  return found && partOf(r, balancer, 'Microsoft.Network/loadBalancers', { [key]: [found] });
};
const leads = (r: TfResource, balancer: string): JsonObject => ({ ...untoldOf(r, { frontend_ip_configuration_name: 'frontendIPConfiguration', protocol: 'protocol', frontend_port: 'frontendPort', frontend_port_start: 'frontendPort', frontend_port_end: 'frontendPort', backend_port: 'backendPort' }), name: str(r.values, 'name'), frontendIPConfiguration: below(balancer, 'frontendIPConfigurations', str(r.values, 'frontend_ip_configuration_name')), protocol: str(r.values, 'protocol'), frontendPort: r.values['frontend_port'], frontendPortRangeStart: r.values['frontend_port_start'], frontendPortRangeEnd: r.values['frontend_port_end'], backendPort: r.values['backend_port'] });

const pooled = (type: AzureType): Reads => (r) => {
  const pool = poolOf(r, 'backend_address_pool_id'), nic = idOf(r, r.values, 'network_interface_id');
  return pool === undefined || nic === undefined ? undefined : partOf(r, balancerOf(pool), type, { backendAddressPools: [{ id: pool, backendIPConfigurations: [{ id: `${nic}/ipConfigurations/${str(r.values, 'ip_configuration_name') ?? ''}` }] }] });
};

/** Which address configuration a NAT rule leads to, told by neither of the two. */
const natted: Reads = (r) => {
  const rule = belowOf(r, 'nat_rule_id', 'inboundNatRules'), nic = idOf(r, r.values, 'network_interface_id');
  return rule === undefined || nic === undefined ? undefined : partOf(r, balancerOf(rule), 'Microsoft.Network/loadBalancers', { inboundNatTargets: [{ id: rule, backendIPConfiguration: { id: `${nic}/ipConfigurations/${str(r.values, 'ip_configuration_name') ?? ''}` } }] });
};

const pooledAddress: Reads = (r) => {
  const pool = poolOf(r, 'backend_address_pool_id'), ipAddress = str(r.values, 'ip_address');
  return pool === undefined || ipAddress === undefined ? undefined : partOf(r, balancerOf(pool), 'Microsoft.Network/loadBalancers', { backendAddressPools: [{ id: pool, loadBalancerBackendAddresses: [{ name: str(r.values, 'name'), ipAddress, virtualNetwork: { id: idOf(r, r.values, 'virtual_network_id') } }] }] });
};

/** A rule leads to a pool, of which a plan may not tell which; in a state one without leads nowhere. */
function leadsTo(r: TfResource, pool: string | undefined, isWanted: boolean, balancer: string): JsonObject | undefined {
  return pool === undefined && isWanted ? undefined : { ...leads(r, balancer), ...below(balancer, r.type === 'azurerm_lb_rule' ? 'loadBalancingRules' : 'inboundNatRules', str(r.values, 'name')), ...(pool !== undefined && { backendAddressPool: { id: pool } }) };
}
const balanced = (r: TfResource, balancer: string): JsonObject | undefined => {
  const pool = list(r.values, 'backend_address_pool_ids').find((p) => typeof p === 'string') ?? poolOf(r, 'backend_address_pool_ids');
  return leadsTo(r, typeof pool === 'string' ? pool : undefined, isUntold(r, 'backend_address_pool_ids'), balancer);
};
const translated = (r: TfResource, balancer: string): JsonObject | undefined => leadsTo(r, poolOf(r, 'backend_address_pool_id'), isUntold(r, 'backend_address_pool_id'), balancer);

const routed: Reads = (r) => {
  const route = armId(r, { type: 'azurerm_route', address: r.address, values: r.values });
  return partOf(r, route?.replace(/\/routes\/[^/]+$/i, ''), 'Microsoft.Network/routeTables', { routes: [routeOf(r, r.values, '')] });
};

const served: Reads = (r) => { const account = idOf(r, r.values, 'storage_account_id'); return account === undefined ? undefined : website(account); };

function peering(r: TfResource): readonly Resource[] | undefined {
  const network = armId(r, { type: 'azurerm_virtual_network', address: r.address, values: { name: str(r.values, 'virtual_network_name') ?? nameOfOne(r, 'virtual_network_name'), resource_group_name: r.values['resource_group_name'], ...(str(r.values, 'id')?.startsWith('/') === true && { id: (str(r.values, 'id') ?? '').replace(/\/virtualNetworkPeerings\/.*$/i, '') }) } });
  if (['allow_virtual_network_access', 'remote_virtual_network_id'].some((key) => isUntold(r, key) && idOf(r, r.values, key) === undefined)) return undefined;
  return partOf(r, network, 'Microsoft.Network/virtualNetworks', { virtualNetworkPeerings: [keep({ name: str(r.values, 'name'), peeringState: 'Connected', allowVirtualNetworkAccess: r.values['allow_virtual_network_access'], useRemoteGateways: r.values['use_remote_gateways'], remoteVirtualNetwork: { id: idOf(r, r.values, 'remote_virtual_network_id') } })] });
}

const subnets = 'Microsoft.Network/virtualNetworks/subnets', interfaces = 'Microsoft.Network/networkInterfaces';
const parts: ReadonlyMap<string, Part> = new Map(([
  ['subnet_network_security_group_association', 'group', joins(subnets, 'subnet_id', 'network_security_group_id', 'networkSecurityGroup')], ['network_interface_security_group_association', 'group', joins(interfaces, 'network_interface_id', 'network_security_group_id', 'networkSecurityGroup')],
  ['network_interface_application_security_group_association', 'group', (r) => partOf(r, idOf(r, r.values, 'network_interface_id'), interfaces, { applicationSecurityGroups: [{ id: idOf(r, r.values, 'application_security_group_id') ?? `${untoldId}${r.address}` }] })],
  ['subnet_route_table_association', 'route', joins(subnets, 'subnet_id', 'route_table_id', 'routeTable')], ['route', 'route', routed], ['subnet_nat_gateway_association', 'outbound', joins(subnets, 'subnet_id', 'nat_gateway_id', 'natGateway')],
  ['storage_account_network_rules', 'network_rules', (r) => partOf(r, idOf(r, r.values, 'storage_account_id'), 'Microsoft.Storage/storageAccounts', keep({ networkAcls: networkRules(r, r.values, '') }))], ['storage_account_static_website', 'website', served],
  ['key_vault_access_policy', 'Microsoft.KeyVault/vaults', (r) => partOf(r, idOf(r, r.values, 'key_vault_id'), 'Microsoft.KeyVault/vaults', { accessPolicies: [accessPolicy(r.values)] })], ['virtual_network_peering', 'peering', peering],
  ['lb_backend_address_pool', 'balancer', balancerPart('backendAddressPools', (r, balancer) => ({ name: str(r.values, 'name'), ...below(balancer, 'backendAddressPools', str(r.values, 'name')) }))], ['lb_rule', 'balancer', balancerPart('loadBalancingRules', balanced)], ['lb_nat_rule', 'balancer', balancerPart('inboundNatRules', translated)],
  ['lb_backend_address_pool_address', 'balancer', pooledAddress], ['network_interface_nat_rule_association', 'balancer', natted], ['network_interface_backend_address_pool_association', 'balancer', pooled('Microsoft.Network/loadBalancers')],
  ['network_interface_application_gateway_backend_address_pool_association', 'balancer', pooled('Microsoft.Network/applicationGateways')],
] satisfies readonly (readonly [string, UnplacedAbout, Reads])[]).map(([name, about, read]) => [`azurerm_${name}`, { about, read }]));
