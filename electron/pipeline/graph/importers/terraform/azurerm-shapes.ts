import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { noContainers, untoldId, untoldScope } from '#shared/model/azure.ts';
import { hasUntold } from '#shared/model/untold.ts';
import { armId, holdsMore, idOf, idsOf, principalOf } from './azurerm-ids.ts';
import { keep } from './network-shapes.ts';
import { resolveOne } from './plan-references.ts';
import type { TfResource } from './read-resource.ts';
import { isSupposed, isUntold, untoldOf } from './untold.ts';

type Shape = (r: TfResource) => JsonObject;
const texts = (value: unknown, key: string): readonly string[] => list(value, key).filter((t): t is string => typeof t === 'string' && t !== '');
const given = (value: unknown, key: string): string | undefined => str(value, key) || undefined;
const first = (value: unknown, key: string): unknown => list(value, key)[0];
const ref = (id: string | undefined): JsonObject | undefined => (id === undefined ? undefined : { id });
/** Switches that Terraform words as enabled and Azure as a state; with them the words for what else of a resource isn't told. */
const access = (r: TfResource, words: Readonly<Record<string, string>> = {}): JsonObject => ({ ...(typeof r.values['public_network_access_enabled'] === 'boolean' && { publicNetworkAccess: r.values['public_network_access_enabled'] ? 'Enabled' : 'Disabled' }), ...untoldOf(r, { public_network_access_enabled: 'publicNetworkAccess', ...words }) });

/** The id in an attribute; a stand-in for one that a plan doesn't know yet and that can't be followed, as what is not told isn't absent. */
function refOf(r: TfResource, path: string): JsonObject | undefined {
  const id = idOf(r, r.values, path);
  return id !== undefined ? { id } : isUntold(r, path) ? { id: `${untoldId}${r.address}/${path}` } : undefined;
}

/** Whom a rule names on one side: addresses, or groups; beside them what can't be read as either where a document doesn't tell. */
function endOf(r: TfResource, rule: unknown, path: string, side: 'source' | 'destination'): JsonObject {
  const one = given(rule, `${side}_address_prefix`), many = texts(rule, `${side}_address_prefixes`), key = `${side}_application_security_group_ids`;
  const groups = texts(rule, key).length > 0 ? texts(rule, key) : idsOf(r, `${path}${key}`);
  const isOpen = holdsMore(r, `${path}${key}`) || groups.length === 0 && [`${side}_address_prefix`, `${side}_address_prefixes`, key].some((k) => isUntold(r, `${path}${k}`));
  return { [`${side}AddressPrefix`]: one, [`${side}AddressPrefixes`]: isOpen ? [...many, `${untoldId}${r.address}`] : many, [`${side}ApplicationSecurityGroups`]: groups.map((id) => ({ id })) };
}

const ruleWords = { priority: 'priority', direction: 'direction', access: 'access', protocol: 'protocol', destination_port_range: 'destinationPortRange', destination_port_ranges: 'destinationPortRange' };
/** A rule of a network security group, inline or a resource of its own. */
const ruleOf = (r: TfResource, rule: unknown, path = ''): JsonObject => keep({
  ...Object.fromEntries(['name', 'priority', 'direction', 'access', 'protocol'].map((key) => [key, at(rule, key)])), ...untoldOf(r, ruleWords, path.split('.').filter((step) => step !== '')),
  ...Object.fromEntries(['source', 'destination'].flatMap((side) => [
    [`${side}PortRange`, given(rule, `${side}_port_range`)], [`${side}PortRanges`, texts(rule, `${side}_port_ranges`)],
  ])),
  ...endOf(r, rule, path, 'source'), ...endOf(r, rule, path, 'destination'),
});

const group: Shape = (r) => ({ ...untoldOf(r, { security_rule: 'securityRules' }), securityRules: list(r.values, 'security_rule').map((rule, i) => ruleOf(r, rule, `security_rule.${i}.`)) });
/** The kind of an address or a balancer; of those that say nothing Standard is made. */
function sku(r: TfResource, words: Readonly<Record<string, string>> = {}): JsonObject {
  const untold = untoldOf(r, { sku: 'sku', ...words });
  return { ...untold, ...(!hasUntold(untold, 'sku') && { sku: { name: given(r.values, 'sku') ?? 'Standard' } }) };
}
const address: Shape = (r) => keep({ ipAddress: given(r.values, 'ip_address'), ...sku(r), publicIPAllocationMethod: given(r.values, 'allocation_method') });
const card: Shape = (r) => ({
  ...keep({ virtualMachine: ref(given(r.values, 'virtual_machine_id')), networkSecurityGroup: refOf(r, 'network_security_group_id') }),
  ipConfigurations: list(r.values, 'ip_configuration').map((config, i) => keep({ name: str(config, 'name'), privateIPAddress: given(config, 'private_ip_address'), subnet: subnetRef(r, `ip_configuration.${i}.subnet_id`), publicIPAddress: refOf(r, `ip_configuration.${i}.public_ip_address_id`) })),
});
/** A subnet; what refers to a network's inline subnets names the network, of which the only one is meant. */
function subnetRef(r: TfResource, path: string): JsonObject | undefined {
  const found = refOf(r, path), id = str(found, 'id');
  if (id === undefined || !/\/virtualNetworks\/[^/]+$/i.test(id)) return found;
  const [only, ...rest] = list(resolveOne(r.resolve, path)?.values, 'subnet'), name = str(only, 'name');
  return { id: name === undefined || rest.length > 0 ? `${untoldId}${r.address}/${path}` : `${id}/subnets/${name}` };
}
const network: Shape = (r) => ({ addressSpace: { addressPrefixes: texts(r.values, 'address_space') }, subnets: list(r.values, 'subnet').map((s, i) => keep({ name: str(s, 'name'), id: given(s, 'id'), networkSecurityGroup: refOf(r, `subnet.${i}.security_group`), routeTable: ref(idOf(r, r.values, `subnet.${i}.route_table_id`)), ...prefixesOf(s) })) });
const prefixesOf = (s: unknown): JsonObject => keep({ addressPrefixes: texts(s, 'address_prefixes').concat(given(s, 'address_prefix') ?? []), defaultOutboundAccess: at(s, 'default_outbound_access_enabled') ?? undefined });
const subnet: Shape = (r) => prefixesOf(r.values);
const machine: Shape = (r) => ({ networkProfile: { networkInterfaces: [...idsOf(r, 'network_interface_ids'), ...(holdsMore(r, 'network_interface_ids') ? [`${untoldId}${r.address}/network_interface_ids`] : [])].map((id) => ({ id })) } });

/** What nobody sets of an account, and what a new one has none of. */
function suppositions(r: TfResource): readonly string[] | undefined {
  const found = [...(isSupposed(r, 'static_website') ? ['static_website'] : []), ...(r.isNew ? [noContainers] : [])];
  return found.length === 0 ? undefined : found;
}
const storage: Shape = (r) => keep({
  supposed: suppositions(r),
  allowBlobPublicAccess: r.values['allow_nested_items_to_be_public'] ?? r.values['allow_blob_public_access'], networkAcls: networkRules(r, first(r.values, 'network_rules'), 'network_rules.0'),
  ...access(r, { allow_nested_items_to_be_public: 'allowBlobPublicAccess', allow_blob_public_access: 'allowBlobPublicAccess', network_rules: 'networkAcls' }),
});
/** The firewall of a storage account, vault or registry. @param path where its block stands */
export const networkRules = (r: TfResource, rules: unknown, path: string): JsonObject | undefined => (!isObject(rules) ? undefined : {
  ...untoldOf(r, { default_action: 'defaultAction', ip_rules: 'ipRules', ip_rule: 'ipRules' }, path === '' ? [] : path), defaultAction: str(rules, 'default_action'),
  ipRules: [...texts(rules, 'ip_rules').map((value) => ({ value })), ...list(rules, 'ip_rule').map((rule) => ({ value: str(rule, 'ip_range') }))], virtualNetworkRules: texts(rules, 'virtual_network_subnet_ids').map((id) => ({ id })),
});
const container: Shape = (r) => (isUntold(r, 'container_access_type') ? { untold: ['publicAccess'] } : { publicAccess: { blob: 'Blob', container: 'Container' }[str(r.values, 'container_access_type') ?? ''] ?? 'None' });
const vault: Shape = (r) => keep({ ...access(r, { network_acls: 'networkAcls' }), vaultUri: given(r.values, 'vault_uri'), enableRbacAuthorization: r.values['enable_rbac_authorization'] ?? r.values['rbac_authorization_enabled'], networkAcls: networkRules(r, first(r.values, 'network_acls'), 'network_acls.0'), accessPolicies: list(r.values, 'access_policy').map(accessPolicy) });
export const accessPolicy = (policy: unknown): JsonObject => ({ objectId: str(policy, 'object_id'), tenantId: str(policy, 'tenant_id'), permissions: { secrets: texts(policy, 'secret_permissions'), keys: texts(policy, 'key_permissions'), certificates: texts(policy, 'certificate_permissions') } });

const server: Shape = (r) => {
  const delegated = given(r.values, 'delegated_subnet_id') ?? idOf(r, r.values, 'delegated_subnet_id');
  return keep({ ...access(r, delegated === undefined ? { delegated_subnet_id: 'network' } : {}), fullyQualifiedDomainName: given(r.values, 'fully_qualified_domain_name') ?? given(r.values, 'fqdn'), network: delegated === undefined ? undefined : { delegatedSubnetResourceId: delegated }, firewallRules: [] });
};
const addresses: Shape = (r) => keep({ startIpAddress: str(r.values, 'start_ip_address'), endIpAddress: str(r.values, 'end_ip_address') });
const site: Shape = (r) => {
  const config = first(r.values, 'site_config'), words = { priority: 'priority', action: 'action', ip_address: 'ipAddress', service_tag: 'ipAddress', virtual_network_subnet_id: 'ipAddress', subnet_id: 'ipAddress' };
  const restrictions = list(config, 'ip_restriction').map((rule, i) => keep({ ...untoldOf(r, words, `site_config.0.ip_restriction.${i}`), name: given(rule, 'name'), priority: at(rule, 'priority'), action: given(rule, 'action') ?? 'Allow', ipAddress: given(rule, 'ip_address') ?? given(rule, 'service_tag'), tag: given(rule, 'service_tag') === undefined ? undefined : 'ServiceTag', vnetSubnetResourceId: given(rule, 'virtual_network_subnet_id') ?? given(rule, 'subnet_id') }));
  const untold = untoldOf(r, { ip_restriction: 'ipSecurityRestrictions', ip_restriction_default_action: 'ipSecurityRestrictionsDefaultAction' }, 'site_config.0');
  return keep({ ...access(r, { enabled: 'state' }), defaultHostName: given(r.values, 'default_hostname'), state: r.values['enabled'] === false ? 'Stopped' : undefined, siteConfig: keep({ ...untold, ipSecurityRestrictions: restrictions, ipSecurityRestrictionsDefaultAction: given(config, 'ip_restriction_default_action') }) });
};
const cluster: Shape = (r) => keep({ fqdn: given(r.values, 'fqdn'), apiServerAccessProfile: keep({
  ...untoldOf(r, { private_cluster_enabled: 'enablePrivateCluster', 'api_server_access_profile.0.authorized_ip_ranges': 'authorizedIPRanges', api_server_authorized_ip_ranges: 'authorizedIPRanges' }),
  enablePrivateCluster: r.values['private_cluster_enabled'] === true, authorizedIPRanges: [...texts(first(r.values, 'api_server_access_profile'), 'authorized_ip_ranges'), ...texts(r.values, 'api_server_authorized_ip_ranges')],
}) });
const registry: Shape = (r) => keep({ ...access(r, { network_rule_set: 'networkAcls' }), loginServer: given(r.values, 'login_server'), networkAcls: networkRules(r, first(r.values, 'network_rule_set'), 'network_rule_set.0') });
const cosmos: Shape = (r) => keep({ ...access(r, { ip_range_filter: 'ipRules', is_virtual_network_filter_enabled: 'networkAcls' }), documentEndpoint: given(r.values, 'endpoint'), isVirtualNetworkFilterEnabled: r.values['is_virtual_network_filter_enabled'], ipRules: (Array.isArray(r.values['ip_range_filter']) ? texts(r.values, 'ip_range_filter') : (given(r.values, 'ip_range_filter') ?? '').split(',')).filter((t) => t !== '').map((ipAddressOrRange) => ({ ipAddressOrRange })) });
/** The fronts of a balancer or gateway. */
const frontsOf = (r: TfResource): readonly JsonObject[] => list(r.values, 'frontend_ip_configuration').map((front, i) => keep({ name: str(front, 'name'), id: given(front, 'id') ?? `${armId(r, r) ?? ''}/frontendIPConfigurations/${str(front, 'name') ?? ''}`, publicIPAddress: refOf(r, `frontend_ip_configuration.${i}.public_ip_address_id`) }));
const balancer: Shape = (r) => ({ ...sku(r, { frontend_ip_configuration: 'frontendIPConfigurations' }), frontendIPConfigurations: frontsOf(r) });
/** An application gateway, whose parts refer to each other by name until it is there. */
const gateway: Shape = (r) => {
  const own = armId(r, r) ?? '', part = (collection: string, item: unknown): string => given(item, 'id') ?? `${own}/${collection}/${str(item, 'name') ?? ''}`;
  const untold = untoldOf(r, { frontend_ip_configuration: 'frontendIPConfigurations', frontend_port: 'frontendPorts', http_listener: 'httpListeners', backend_address_pool: 'backendAddressPools' });
  return keep({
    ...untold, frontendIPConfigurations: frontsOf(r), frontendPorts: list(r.values, 'frontend_port').map((p, i) => ({ ...untoldOf(r, { port: 'port' }, `frontend_port.${i}`), name: str(p, 'name'), id: part('frontendPorts', p), port: at(p, 'port') })),
    httpListeners: list(r.values, 'http_listener').map((l, i) => ({ ...untoldOf(r, { frontend_port_name: 'frontendPort', frontend_ip_configuration_name: 'frontendIPConfiguration' }, `http_listener.${i}`), name: str(l, 'name'), frontendPort: { id: given(l, 'frontend_port_id') ?? `${own}/frontendPorts/${str(l, 'frontend_port_name') ?? ''}` }, frontendIPConfiguration: { id: given(l, 'frontend_ip_configuration_id') ?? `${own}/frontendIPConfigurations/${str(l, 'frontend_ip_configuration_name') ?? ''}` } })),
    backendAddressPools: list(r.values, 'backend_address_pool').map((p, i) => ({ ...untoldOf(r, { ip_addresses: 'backendAddresses', fqdns: 'backendAddresses' }, `backend_address_pool.${i}`), name: str(p, 'name'), id: part('backendAddressPools', p), backendAddresses: [...texts(p, 'ip_addresses').map((ipAddress) => ({ ipAddress })), ...texts(p, 'fqdns').map((fqdn) => ({ fqdn }))] })), backendHttpSettingsCollection: list(r.values, 'backend_http_settings').map((s) => ({ name: str(s, 'name'), port: at(s, 'port') })),
    gatewayIPConfigurations: list(r.values, 'gateway_ip_configuration').map((g, i) => keep({ name: str(g, 'name'), subnet: subnetRef(r, `gateway_ip_configuration.${i}.subnet_id`) })), firewallPolicy: ref(given(r.values, 'firewall_policy_id')), webApplicationFirewallConfiguration: isObject(first(r.values, 'waf_configuration')) ? { enabled: at(first(r.values, 'waf_configuration'), 'enabled') } : undefined,
  });
};
/** A route, inline or a resource of its own. @param path where its block stands */
export const routeOf = (r: TfResource, route: unknown, path: string): JsonObject => keep({ ...untoldOf(r, { address_prefix: 'addressPrefix', next_hop_type: 'nextHopType' }, path === '' ? [] : path), name: str(route, 'name'), addressPrefix: str(route, 'address_prefix'), nextHopType: str(route, 'next_hop_type'), nextHopIpAddress: given(route, 'next_hop_in_ip_address') });
const table: Shape = (r) => ({ ...untoldOf(r, { route: 'routes' }), routes: list(r.values, 'route').map((route, i) => routeOf(r, route, `route.${i}`)) });

/** Whom a plan doesn't tell may be anyone, as the members of a group that is not recorded. */
function assignee(r: TfResource): JsonObject {
  const planned = resolveOne(r.resolve, 'principal_id'), id = given(r.values, 'principal_id') ?? (planned && principalOf(planned));
  return id === undefined ? { principalId: `principal:${r.address}`, principalType: 'Group' } : keep({ principalId: id, principalType: given(r.values, 'principal_type') });
}
const assignment: Shape = (r) => keep({
  scope: idOf(r, r.values, 'scope') ?? given(r.values, 'scope') ?? untoldScope, roleDefinitionId: idOf(r, r.values, 'role_definition_id'), roleDefinitionName: given(r.values, 'role_definition_name'), condition: given(r.values, 'condition') ?? (isUntold(r, 'condition') ? `${untoldId}${r.address}/condition` : undefined), ...assignee(r),
});
/** A definition of which an action isn't told gives what nobody knows, as one without permissions. */
const isOpenRole = (r: TfResource): boolean => list(r.values, 'permissions').some((_, i) => ['actions', 'not_actions', 'data_actions', 'not_data_actions'].some((key) => isUntold(r, `permissions.${i}.${key}`)));
const definition: Shape = (r) => ({ roleName: str(r.values, 'name'), assignableScopes: texts(r.values, 'assignable_scopes'), permissions: isOpenRole(r) ? [] : list(r.values, 'permissions').map((p) => ({ actions: texts(p, 'actions'), notActions: texts(p, 'not_actions'), dataActions: texts(p, 'data_actions'), notDataActions: texts(p, 'not_data_actions') })) });
const identity: Shape = (r) => keep({ principalId: principalOf(r), clientId: given(r.values, 'client_id') });

const shapes: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ['network_security_group', group], ['network_security_rule', (r) => ruleOf(r, r.values)], ['public_ip', address], ['network_interface', card], ['virtual_network', network], ['subnet', subnet], ['lb', balancer], ['application_gateway', gateway], ['route_table', table], ['storage_account', storage], ['storage_container', container], ['key_vault', vault],
  ...['linux_virtual_machine', 'windows_virtual_machine', 'virtual_machine'].map((name): [string, Shape] => [name, machine]), ...['mssql_server', 'sql_server', 'postgresql_flexible_server', 'mysql_flexible_server'].map((name): [string, Shape] => [name, server]),
  ...['mssql', 'sql', 'postgresql_flexible_server', 'mysql_flexible_server'].map((name): [string, Shape] => [`${name}_firewall_rule`, addresses]), ...['linux_web_app', 'windows_web_app', 'linux_function_app', 'windows_function_app', 'app_service', 'function_app'].map((name): [string, Shape] => [name, site]),
  ['kubernetes_cluster', cluster], ['container_registry', registry], ['cosmosdb_account', cosmos], ['role_assignment', assignment], ['role_definition', definition], ['user_assigned_identity', identity],
]);

/** What a resource of its own runs as. */
function runsAs(r: TfResource): JsonObject {
  const block = first(r.values, 'identity');
  if (!isObject(block)) return {};
  const ids = [...texts(block, 'identity_ids'), ...(texts(block, 'identity_ids').length > 0 ? [] : [idOf(r, r.values, 'identity.0.identity_ids') ?? []].flat())];
  return { identity: keep({ type: str(block, 'type'), principalId: /systemassigned/i.test(str(block, 'type') ?? '') ? principalOf(r) : undefined, userAssignedIdentities: Object.fromEntries(ids.map((id) => [id, {}])) }) };
}

/** The properties of an azurerm_* resource in Azure's own words, folded as `az … list` prints them. */
export const azureData = (r: TfResource): JsonObject => ({ ...(shapes.get(r.type.replace('azurerm_', '')) ?? (() => ({})))(r), ...runsAs(r) });
