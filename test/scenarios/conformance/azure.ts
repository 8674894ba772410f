import type { Question } from '#electron/evaluate/platform.ts';
import type { Estate, Expected, Suite } from './suite.ts';
import { planOf, shownOf, stateOf, type Block } from './terraform-forms.ts';

/**
 * What the fixtures of scanners (Checkov, tfsec, Prowler, KICS) and Azure's documentation say of blobs, machines, databases, vaults and roles that are
 * public or not, as facts; an open rule alone is not a reachable machine. Each estate is asked as a state, a shown state and a plan of Terraform, and as
 * `az … list` prints it, where that is given.
 */
type Json = Readonly<Record<string, unknown>>;
const subscription = '11111111-2222-3333-4444-555555555555', group = `/subscriptions/${subscription}/resourceGroups/shop`, id = (path: string): string => `${group}/providers/${path}`;
const providers = { azurerm: { name: 'azurerm', expressions: { subscription_id: { constant_value: subscription } } } };
const unknown = ['id', 'resource_manager_id', 'virtual_machine_id', 'ip_address', 'principal_id', 'client_id', 'private_ip_address', 'fully_qualified_domain_name', 'fqdn', 'vault_uri', 'default_hostname', 'role_definition_resource_id'];
const block = (type: string, name: string, path: string, values: Json, refs?: Block['refs']): Block => ({ type: `azurerm_${type}`, name, values: { id: path.startsWith('/') ? path : id(path), name, resource_group_name: 'shop', location: 'westeurope', ...values }, ...(refs && { refs }) });

interface Fact { readonly name: string; readonly ask: Question; readonly expected: Expected; readonly blocks: readonly Block[]; readonly resources?: readonly Json[] }
const written = ({ name, ask, expected, blocks, resources }: Fact): readonly Estate[] => [
  { name: `${name}, a state`, files: { 'terraform.tfstate': stateOf(blocks) }, rows: [{ ask, expected }] }, { name: `${name}, a state shown`, files: { 'show.json': shownOf(blocks) }, rows: [{ ask, expected }] },
  { name: `${name}, a plan`, files: { 'plan.json': planOf(blocks, providers, unknown) }, rows: [{ ask, expected }] },
  ...(resources === undefined ? [] : [{ name: `${name}, listed`, files: { 'resources.json': resources }, rows: [{ ask, expected }] }]),
];

const accountId = 'Microsoft.Storage/storageAccounts/acmefiles', containerId = `${accountId}/blobServices/default/containers/data`;
const account = (more: Json = {}): Block => block('storage_account', 'acmefiles', accountId, { allow_nested_items_to_be_public: true, public_network_access_enabled: true, static_website: [], network_rules: [], ...more });
const container = (level: string): Block => block('storage_container', 'data', 'https://acmefiles.blob.core.windows.net/data', { id: 'https://acmefiles.blob.core.windows.net/data', resource_manager_id: id(containerId), storage_account_name: 'acmefiles', container_access_type: level }, { storage_account_name: ['azurerm_storage_account.acmefiles', 'name'] });
const asArm = (path: string, properties: Json, more: Json = {}): Json => ({ id: id(path), type: path.replace(/^(Microsoft\.\w+\/\w+)\/[^/]+(?:\/(\w+)\/[^/]+)?(?:\/(\w+)\/[^/]+)?$/, (_, a: string, b?: string, c?: string) => [a, b, c].filter((x) => x !== undefined).join('/')), name: path.slice(path.lastIndexOf('/') + 1), location: 'westeurope', properties, ...more });
const accountArm = (properties: Json = {}): Json => asArm(accountId, { allowBlobPublicAccess: true, publicNetworkAccess: 'Enabled', ...properties }), containerArm = (publicAccess: string): Json => asArm(containerId, { publicAccess });
const blobs: Question = { question: 'public_storage', subject: id(accountId) };
const deny = (more: Json = {}): Json => ({ default_action: 'Deny', bypass: ['AzureServices'], ip_rules: [], virtual_network_subnet_ids: [], ...more });
const storage: readonly Fact[] = [
  { name: 'a container whose blobs everyone reads', ask: blobs, expected: 'yes', blocks: [account(), container('blob')], resources: [accountArm(), containerArm('Blob')] }, { name: 'a container that everyone lists', ask: blobs, expected: 'yes', blocks: [account(), container('container')] },
  { name: 'a private container', ask: blobs, expected: 'no', blocks: [account(), container('private')], resources: [accountArm(), containerArm('None')] }, { name: 'an account that lets no container be public', ask: blobs, expected: 'no', blocks: [account({ allow_nested_items_to_be_public: false }), container('container')], resources: [accountArm({ allowBlobPublicAccess: false }), containerArm('Container')] },
  { name: 'public network access is off', ask: blobs, expected: 'no', blocks: [account({ public_network_access_enabled: false }), container('blob')], resources: [accountArm({ publicNetworkAccess: 'Disabled' }), containerArm('Blob')] }, { name: 'a firewall that lets nobody in', ask: blobs, expected: 'no', blocks: [account({ network_rules: [deny()] }), container('blob')] },
  { name: 'a firewall for an office', ask: blobs, expected: 'no', blocks: [account({ network_rules: [deny({ ip_rules: ['203.0.113.0/24'] })] }), container('blob')] }, { name: 'a firewall that is open', ask: blobs, expected: 'yes', blocks: [account({ network_rules: [deny({ default_action: 'Allow' })] }), container('blob')] },
  { name: 'a firewall of its own', ask: blobs, expected: 'no', blocks: [account(), container('blob'), block('storage_account_network_rules', 'rules', accountId, { ...deny(), storage_account_id: id(accountId) }, { storage_account_id: ['azurerm_storage_account.acmefiles', 'id'] })] },
  { name: 'a static website', ask: blobs, expected: 'yes', blocks: [account({ allow_nested_items_to_be_public: false, static_website: [{ index_document: 'index.html' }] }), container('private')] }, { name: 'an account without containers', ask: blobs, expected: 'unknown', blocks: [account()] },
];

const nsgId = 'Microsoft.Network/networkSecurityGroups/web', subnetId = 'Microsoft.Network/virtualNetworks/main/subnets/web', nicId = 'Microsoft.Network/networkInterfaces/web', ipId = 'Microsoft.Network/publicIPAddresses/web', vmId = 'Microsoft.Compute/virtualMachines/web';
const ssh = (more: Json = {}): Json => ({ name: 'ssh', priority: 100, direction: 'Inbound', access: 'Allow', protocol: 'Tcp', source_port_range: '*', destination_port_range: '22', source_address_prefix: '*', destination_address_prefix: '*', source_address_prefixes: [], destination_port_ranges: [], ...more });
const nsg = (...rules: readonly Json[]): Block => block('network_security_group', 'web', nsgId, { security_rule: rules });
const ruleBlock = (more: Json = {}): Block => block('network_security_rule', 'ssh', `${nsgId}/securityRules/ssh`, { ...ssh(more), network_security_group_name: 'web' }, { network_security_group_name: ['azurerm_network_security_group.web', 'name'] });
const onNic: Block = block('network_interface_security_group_association', 'web', `${nicId}|${nsgId}`, { id: 'x', network_interface_id: id(nicId), network_security_group_id: id(nsgId) }, { network_interface_id: ['azurerm_network_interface.web', 'id'], network_security_group_id: ['azurerm_network_security_group.web', 'id'] });
const onSubnet: Block = block('subnet_network_security_group_association', 'web', subnetId, { subnet_id: id(subnetId), network_security_group_id: id(nsgId) }, { subnet_id: ['azurerm_subnet.web', 'id'], network_security_group_id: ['azurerm_network_security_group.web', 'id'] });
const nic = (isPublic = true): Block => block('network_interface', 'web', nicId, { virtual_machine_id: id(vmId), ip_configuration: [{ name: 'main', subnet_id: id(subnetId), private_ip_address: '10.0.1.4', public_ip_address_id: isPublic ? id(ipId) : '' }] }, { 'ip_configuration.0.subnet_id': ['azurerm_subnet.web', 'id'], ...(isPublic && { 'ip_configuration.0.public_ip_address_id': ['azurerm_public_ip.web', 'id'] as const }) });
const host = (more: Json = {}, kind = 'linux_virtual_machine'): Block => block(kind, 'web', vmId, { network_interface_ids: [id(nicId)], size: 'Standard_B1s', ...more }, { network_interface_ids: ['azurerm_network_interface.web', 'id'] });
const place = (sku = 'Standard'): readonly Block[] => [block('virtual_network', 'main', 'Microsoft.Network/virtualNetworks/main', { address_space: ['10.0.0.0/16'], subnet: [] }), block('subnet', 'web', subnetId, { virtual_network_name: 'main', address_prefixes: ['10.0.1.0/24'] }, { virtual_network_name: ['azurerm_virtual_network.main', 'name'] }), block('public_ip', 'web', ipId, { ip_address: '198.51.100.4', sku, allocation_method: 'Static' })];
const into: Question = { question: 'ingress', subject: 'web', port: 22, protocol: 'tcp' };
const arm = (rule: Json, isPublic = true): readonly Json[] => [
  asArm('Microsoft.Network/virtualNetworks/main', { addressSpace: { addressPrefixes: ['10.0.0.0/16'] }, subnets: [{ id: id(subnetId), name: 'web', properties: { addressPrefix: '10.0.1.0/24' } }] }), asArm(ipId, { ipAddress: '198.51.100.4' }, { sku: { name: 'Standard' } }), asArm(nsgId, { securityRules: [{ name: 'ssh', properties: rule }] }),
  asArm(nicId, { virtualMachine: { id: id(vmId) }, networkSecurityGroup: { id: id(nsgId) }, ipConfigurations: [{ name: 'main', properties: { subnet: { id: id(subnetId) }, privateIPAddress: '10.0.1.4', ...(isPublic && { publicIPAddress: { id: id(ipId) } }) } }] }), asArm(vmId, { networkProfile: { networkInterfaces: [{ id: id(nicId) }] } }),
];
const sshArm = (more: Json = {}): Json => ({ priority: 100, direction: 'Inbound', access: 'Allow', protocol: 'Tcp', sourceAddressPrefix: '*', sourcePortRange: '*', destinationAddressPrefix: '*', destinationPortRange: '22', ...more });
const reached = (name: string, expected: Expected, blocks: readonly Block[], more: Partial<Fact> & { readonly sku?: string } = {}): Fact => ({ name, ask: into, expected, blocks: [...place(more.sku), ...blocks], ...more });
const machines: readonly Fact[] = [
  reached('SSH open to the world', 'yes', [nic(), host(), nsg(ssh()), onNic], { resources: arm(sshArm()) }), reached('to an office', 'no', [nic(), host(), nsg(ssh({ source_address_prefix: '203.0.113.0/24' })), onNic], { resources: arm(sshArm({ sourceAddressPrefix: '203.0.113.0/24' })) }),
  reached('asked from that office', 'yes', [nic(), host(), nsg(ssh({ source_address_prefix: '203.0.113.0/24' })), onNic], { ask: { ...into, object: '203.0.113.9' } }), reached('to the internet by its tag', 'yes', [nic(), host({}, 'windows_virtual_machine'), nsg(ssh({ source_address_prefix: 'Internet' })), onNic]),
  reached('a list that holds everyone', 'yes', [nic(), host(), nsg(ssh({ source_address_prefix: '', source_address_prefixes: ['10.0.0.0/8', '0.0.0.0/0'] })), onNic]), reached('ranges of ports', 'yes', [nic(), host(), nsg(ssh({ destination_port_range: '', destination_port_ranges: ['443', '20-25'] })), onNic]), reached('other ports', 'no', [nic(), host(), nsg(ssh({ destination_port_range: '3389' })), onNic]),
  reached('a rule of its own', 'yes', [nic(), host(), nsg(), ruleBlock(), onNic]), reached('that denies', 'no', [nic(), host(), nsg(ssh({ priority: 200, name: 'later' })), ruleBlock({ access: 'Deny' }), onNic]), reached('UDP only', 'no', [nic(), host(), nsg(ssh({ protocol: 'Udp' })), onNic]),
  reached('no public address', 'no', [nic(false), host(), nsg(ssh()), onNic], { resources: arm(sshArm(), false) }), reached('a group at the subnet', 'yes', [nic(), host(), nsg(ssh()), onSubnet]), reached('a group at the subnet that lets nothing in', 'no', [nic(), host(), nsg(), onSubnet]),
  reached('a Standard address without a group', 'no', [nic(), host()]), reached('a Basic address without a group', 'yes', [nic(), host()], { sku: 'Basic' }), reached('a rule for egress', 'no', [nic(), host(), nsg(ssh({ direction: 'Outbound' })), onNic]),
];

const lbId = 'Microsoft.Network/loadBalancers/front', poolId = `${lbId}/backendAddressPools/hosts`;
const balancer: readonly Block[] = [
  block('lb', 'front', lbId, { sku: 'Standard', frontend_ip_configuration: [{ name: 'public', id: id(`${lbId}/frontendIPConfigurations/public`), public_ip_address_id: id(ipId) }] }, { 'frontend_ip_configuration.0.public_ip_address_id': ['azurerm_public_ip.web', 'id'], 'frontend_ip_configuration.0.id': ['azurerm_lb.none', 'id'] }),
  block('lb_backend_address_pool', 'hosts', poolId, { loadbalancer_id: id(lbId) }, { loadbalancer_id: ['azurerm_lb.front', 'id'] }),
  block('lb_rule', 'ssh', `${lbId}/loadBalancingRules/ssh`, { loadbalancer_id: id(lbId), protocol: 'Tcp', frontend_port: 2222, backend_port: 22, frontend_ip_configuration_name: 'public', backend_address_pool_ids: [id(poolId)] }, { loadbalancer_id: ['azurerm_lb.front', 'id'], backend_address_pool_ids: ['azurerm_lb_backend_address_pool.hosts', 'id'] }),
];
const pooled: Block = block('network_interface_backend_address_pool_association', 'web', `${nicId}/ipConfigurations/main`, { network_interface_id: id(nicId), ip_configuration_name: 'main', backend_address_pool_id: id(poolId) }, { network_interface_id: ['azurerm_network_interface.web', 'id'], backend_address_pool_id: ['azurerm_lb_backend_address_pool.hosts', 'id'] });
const over: Question = { ...into, port: 2222 };
const balanced: readonly Fact[] = [
  reached('over a load balancer', 'yes', [nic(false), host(), nsg(ssh()), onNic, ...balancer, pooled], { ask: over }), reached('on a port that it does not lead on', 'no', [nic(false), host(), nsg(ssh()), onNic, ...balancer, pooled]),
  reached('not in its pool', 'no', [nic(false), host(), nsg(ssh()), onNic, ...balancer], { ask: over }), reached('in its pool, and its group lets nobody in', 'no', [nic(false), host(), nsg(), onNic, ...balancer, pooled], { ask: over }),
];

const serverId = 'Microsoft.Sql/servers/db', sql = (more: Json = {}): Block => block('mssql_server', 'db', serverId, { version: '12.0', public_network_access_enabled: true, ...more });
const lets = (from: string, to: string): Block => block('mssql_firewall_rule', 'rule', `${serverId}/firewallRules/rule`, { server_id: id(serverId), start_ip_address: from, end_ip_address: to }, { server_id: ['azurerm_mssql_server.db', 'id'] });
const query: Question = { question: 'ingress', subject: id(serverId), port: 1433, protocol: 'tcp' };
const vault = (more: Json = {}): Block => block('key_vault', 'keys', 'Microsoft.KeyVault/vaults/keys', { public_network_access_enabled: true, network_acls: [], access_policy: [], ...more }), open: Question = { question: 'ingress', subject: id('Microsoft.KeyVault/vaults/keys'), port: 443, protocol: 'tcp' };
const app = (config: Json, more: Json = {}): Block => block('linux_web_app', 'shop', 'Microsoft.Web/sites/shop', { public_network_access_enabled: true, enabled: true, site_config: [{ ip_restriction: [], ...config }], ...more }), visit: Question = { question: 'ingress', subject: id('Microsoft.Web/sites/shop'), port: 443, protocol: 'tcp' };
const services: readonly Fact[] = [
  { name: 'a database for the world', ask: query, expected: 'yes', blocks: [sql(), lets('0.0.0.0', '255.255.255.255')] }, { name: 'for services of Azure', ask: query, expected: 'no', blocks: [sql(), lets('0.0.0.0', '0.0.0.0')] }, { name: 'for an office', ask: query, expected: 'no', blocks: [sql(), lets('203.0.113.1', '203.0.113.9')] }, { name: 'without rules', ask: query, expected: 'no', blocks: [sql()] },
  { name: 'without public access', ask: query, expected: 'no', blocks: [sql({ public_network_access_enabled: false }), lets('0.0.0.0', '255.255.255.255')] },
  { name: 'a vault that takes everyone’s calls', ask: open, expected: 'yes', blocks: [vault()] }, { name: 'a vault for a network', ask: open, expected: 'no', blocks: [vault({ network_acls: [deny({ ip_rules: ['203.0.113.0/24'] })] })] }, { name: 'a vault without public access', ask: open, expected: 'no', blocks: [vault({ public_network_access_enabled: false })] },
  { name: 'a site for everyone', ask: visit, expected: 'yes', blocks: [app({})] }, { name: 'a site for an office', ask: visit, expected: 'no', blocks: [app({ ip_restriction: [{ ip_address: '203.0.113.0/24', action: 'Allow', priority: 100, name: 'hq', service_tag: '' }], ip_restriction_default_action: 'Deny' })] }, { name: 'a site without public access', ask: visit, expected: 'no', blocks: [app({}, { public_network_access_enabled: false })] },
];

const principal = 'aaaaaaaa-0000-0000-0000-000000000001', identityId = 'Microsoft.ManagedIdentity/userAssignedIdentities/deploy';
const identity = block('user_assigned_identity', 'deploy', identityId, { principal_id: principal, client_id: 'bbbbbbbb-0000-0000-0000-000000000001' });
const assigned = (role: string, scope: string, ref?: readonly [string, string]): Block => block('role_assignment', 'role', `${scope}/providers/Microsoft.Authorization/roleAssignments/cccccccc-0000-0000-0000-000000000001`, { scope, role_definition_name: role, principal_id: principal, principal_type: 'ServicePrincipal' }, { principal_id: ['azurerm_user_assigned_identity.deploy', 'principal_id'], ...(ref && { scope: ref }) });
const may = (action: string): Question => ({ question: 'effective_permission', subject: id(identityId), action, object: id(accountId) });
const custom = block('role_definition', 'stopper', `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/dddddddd-0000-0000-0000-000000000001`, { name: 'stopper', scope: `/subscriptions/${subscription}`, role_definition_resource_id: `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/dddddddd-0000-0000-0000-000000000001`, permissions: [{ actions: ['Microsoft.Storage/storageAccounts/read'], not_actions: [], data_actions: [], not_data_actions: [] }], assignable_scopes: [`/subscriptions/${subscription}`] });
const byCustom: Block = block('role_assignment', 'custom', `${id(accountId)}/providers/Microsoft.Authorization/roleAssignments/cccccccc-0000-0000-0000-000000000002`, { scope: id(accountId), role_definition_id: custom.values['role_definition_resource_id'], principal_id: principal }, { principal_id: ['azurerm_user_assigned_identity.deploy', 'principal_id'], scope: ['azurerm_storage_account.acmefiles', 'id'], role_definition_id: ['azurerm_role_definition.stopper', 'role_definition_resource_id'] });
const people: readonly Fact[] = [
  { name: 'a role on the account', ask: may('Microsoft.Storage/storageAccounts/delete'), expected: 'yes', blocks: [account(), identity, assigned('Contributor', id(accountId), ['azurerm_storage_account.acmefiles', 'id'])] }, { name: 'a role that only reads', ask: may('Microsoft.Storage/storageAccounts/delete'), expected: 'no', blocks: [account(), identity, assigned('Reader', id(accountId), ['azurerm_storage_account.acmefiles', 'id'])] },
  { name: 'a role on the subscription', ask: may('Microsoft.Storage/storageAccounts/delete'), expected: 'yes', blocks: [account(), identity, assigned('Owner', `/subscriptions/${subscription}`)] }, { name: 'control that gives no data', ask: may('Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'), expected: 'no', blocks: [account(), identity, assigned('Contributor', id(accountId), ['azurerm_storage_account.acmefiles', 'id'])] },
  { name: 'a role of one’s own', ask: may('Microsoft.Storage/storageAccounts/read'), expected: 'yes', blocks: [account(), identity, custom, byCustom] }, { name: 'which gives no more', ask: may('Microsoft.Storage/storageAccounts/delete'), expected: 'no', blocks: [account(), identity, custom, byCustom] },
  { name: 'a machine that owns the subscription', ask: { question: 'escalation', subject: id(vmId) }, expected: 'yes', blocks: [...place(), nic(), host({ identity: [{ type: 'UserAssigned', identity_ids: [id(identityId)], principal_id: '' }] }), identity, assigned('Owner', `/subscriptions/${subscription}`)].map((b) => (b.type === 'azurerm_linux_virtual_machine' ? { ...b, refs: { ...b.refs, 'identity.0.identity_ids': ['azurerm_user_assigned_identity.deploy', 'id'] as const } } : b)) },
  { name: 'a machine that reads', ask: { question: 'escalation', subject: id(vmId) }, expected: 'no', blocks: [...place(), nic(), host({ identity: [{ type: 'UserAssigned', identity_ids: [id(identityId)], principal_id: '' }] }), identity, assigned('Reader', `/subscriptions/${subscription}`)].map((b) => (b.type === 'azurerm_linux_virtual_machine' ? { ...b, refs: { ...b.refs, 'identity.0.identity_ids': ['azurerm_user_assigned_identity.deploy', 'id'] as const } } : b)) },
];
export const azure: Suite = { name: 'Azure', estates: [...storage, ...machines, ...balanced, ...services, ...people].flatMap(written) };
