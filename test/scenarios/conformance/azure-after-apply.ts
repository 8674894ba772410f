import type { Question } from '#electron/evaluate/platform.ts';
import type { Estate, Expected } from './suite.ts';
import { planOf, stateOf, type Block } from './terraform-forms.ts';

/**
 * Controls of Azure that a Terraform document sets and doesn't tell: known after apply (by a local, or in a `dynamic` block), or marked as sensitive. No default
 * holds for them. Each beside the same control told, both ways.
 */
type Json = Readonly<Record<string, unknown>>;
const subscription = '11111111-2222-3333-4444-555555555555', id = (path: string): string => `/subscriptions/${subscription}/resourceGroups/shop/providers/${path}`;
const providers = { azurerm: { name: 'azurerm', expressions: { subscription_id: { constant_value: subscription } } } };
const unknown = ['id', 'resource_manager_id', 'virtual_machine_id', 'ip_address', 'principal_id', 'fully_qualified_domain_name', 'fqdn', 'vault_uri', 'default_hostname'], local = ['local', 'it'] as const;
const block = (type: string, name: string, values: Json, refs?: Block['refs']): Block => ({ type: `azurerm_${type}`, name, values: { name, resource_group_name: 'shop', location: 'westeurope', ...values }, ...(refs && { refs }) });
const estate = (name: string, blocks: readonly Block[], ask: Question, expected: Expected, computed: readonly string[] = []): Estate => ({ name, files: { 'plan.json': planOf(blocks, providers, [...unknown, ...computed]) }, rows: [{ ask, expected }] });

/** A control: the block that sets it (with `value`), the path of what isn't told, and what is around it. */
interface Control { readonly name: string; readonly ask: Question; readonly around: readonly Block[]; readonly of: (value: unknown) => Block; readonly path: string; readonly yes: unknown; readonly no: unknown; readonly isBlock?: boolean }
const stated = ({ name, ask, around, of, path, yes, no, isBlock }: Control): readonly Estate[] => [
  estate(`${name}, told as open`, [...around, of(yes)], ask, 'yes'), estate(`${name}, told as closed`, [...around, of(no)], ask, 'no'),
  ...[yes, no].map((value, i) => { const own = of(value); return estate(`${name}, known after apply (${i})`, [...around, { ...own, refs: { ...own.refs, [path]: local } }], ask, 'unknown'); }),
  ...(isBlock === true ? [estate(`${name}, dynamic`, [...around, { ...of(yes), dynamic: [path] }], ask, 'unknown')] : []),
];

const blobs: Question = { question: 'public_storage', subject: id('Microsoft.Storage/storageAccounts/acmefiles') }, rules = (more: Json = {}): Json => ({ default_action: 'Deny', ip_rules: [], virtual_network_subnet_ids: [], ...more });
const account = (more: Json = {}): Block => block('storage_account', 'acmefiles', { allow_nested_items_to_be_public: true, public_network_access_enabled: true, static_website: [], network_rules: [], ...more });
const container = (container_access_type: unknown): Block => block('storage_container', 'data', { container_access_type }, { storage_account_name: ['azurerm_storage_account.acmefiles', 'name'] });
const storage: readonly Control[] = [
  ...(['allow_nested_items_to_be_public', 'public_network_access_enabled'] as const).map((key): Control => ({ name: key, ask: blobs, around: [container('blob')], of: (value) => account({ [key]: value }), path: key, yes: true, no: false })),
  { name: 'the rules of an account', ask: blobs, around: [container('blob')], of: (network_rules) => account({ network_rules }), path: 'network_rules', yes: [rules({ default_action: 'Allow' })], no: [rules()] },
  { name: 'the default of its rules', ask: blobs, around: [container('blob')], of: (default_action) => account({ network_rules: [rules({ default_action })] }), path: 'network_rules.0.default_action', yes: 'Allow', no: 'Deny' },
  { name: 'its addresses', ask: blobs, around: [container('blob')], of: (ip_rules) => account({ network_rules: [rules({ ip_rules })] }), path: 'network_rules.0.ip_rules', yes: ['0.0.0.0/1', '128.0.0.0/1'], no: ['203.0.113.0/24'] },
  { name: 'the level of a container', ask: blobs, around: [account()], of: container, path: 'container_access_type', yes: 'blob', no: 'private' },
];

const nsgId = ['azurerm_network_security_group.web', 'id'] as const, onNic = block('network_interface_security_group_association', 'web', {}, { network_interface_id: ['azurerm_network_interface.web', 'id'], network_security_group_id: nsgId });
const ssh = (more: Json = {}): Json => ({ name: 'ssh', priority: 100, direction: 'Inbound', access: 'Allow', protocol: 'Tcp', source_port_range: '*', destination_port_range: '22', source_address_prefix: '*', destination_address_prefix: '*', source_address_prefixes: [], destination_port_ranges: [], ...more });
const nsg = (security_rule: unknown): Block => block('network_security_group', 'web', { security_rule }), own = (name: string, more: Json = {}): Block => block('network_security_rule', name, ssh({ name, ...more }), { network_security_group_name: ['azurerm_network_security_group.web', 'name'] });
const nic = block('network_interface', 'web', { ip_configuration: [{ name: 'main', private_ip_address: '10.0.1.4' }] }, { 'ip_configuration.0.subnet_id': ['azurerm_subnet.web', 'id'], 'ip_configuration.0.public_ip_address_id': ['azurerm_public_ip.web', 'id'] });
const vm = block('linux_virtual_machine', 'web', { size: 'Standard_B1s' }, { network_interface_ids: ['azurerm_network_interface.web', 'id'] });
const subnet = block('subnet', 'web', { address_prefixes: ['10.0.1.0/24'] }, { virtual_network_name: ['azurerm_virtual_network.main', 'name'] }), network = [block('virtual_network', 'main', { address_space: ['10.0.0.0/16'], subnet: [] }), subnet];
const ip = (sku: unknown = 'Standard'): Block => block('public_ip', 'web', { sku, allocation_method: 'Static' }), hosts = [...network, ip(), nic, vm, onNic], into: Question = { question: 'ingress', subject: 'web', port: 22, protocol: 'tcp' };
const routed = block('subnet_route_table_association', 'web', {}, { subnet_id: ['azurerm_subnet.web', 'id'], route_table_id: ['azurerm_route_table.out', 'id'] }), away = { name: 'all', address_prefix: '0.0.0.0/0', next_hop_type: 'None' };
const parts = [['access', 'Allow', 'Deny'], ['direction', 'Inbound', 'Outbound'], ['protocol', 'Tcp', 'Udp'], ['destination_port_range', '22', '80'], ['source_address_prefix', '*', '10.0.0.0/8']] as const;
const machines: readonly Control[] = [
  ...parts.map(([key, yes, no]): Control => ({ name: `${key} of a rule`, ask: into, around: hosts, of: (value) => nsg([ssh({ [key]: value })]), path: `security_rule.0.${key}`, yes, no })),
  ...parts.map(([key, yes, no]): Control => ({ name: `${key} of a rule of its own`, ask: into, around: [...hosts, nsg([])], of: (value) => own('ssh', { [key]: value }), path: key, yes, no })),
  { name: 'ports of a rule', ask: into, around: [...hosts, nsg([])], of: (destination_port_ranges) => own('ssh', { destination_port_range: null, destination_port_ranges }), path: 'destination_port_ranges', yes: ['20-25'], no: ['80', '443'] },
  { name: 'the priority of a denial', ask: into, around: [...hosts, nsg([]), own('ssh', { priority: 200 })], of: (priority) => own('no-ssh', { access: 'Deny', priority }), path: 'priority', yes: 300, no: 100 },
  { name: 'the priority of a rule before a denial', ask: into, around: [...hosts, nsg([]), own('no-ssh', { access: 'Deny', priority: 200 })], of: (priority) => own('ssh', { priority }), path: 'priority', yes: 100, no: 300 },
  { name: 'every rule of a group', ask: into, around: hosts, of: nsg, path: 'security_rule', yes: [ssh()], no: [ssh({ access: 'Deny' })], isBlock: true },
  { name: 'the kind of an address without a group', ask: into, around: [...network, nic, vm], of: ip, path: 'sku', yes: 'Basic', no: 'Standard' },
  { name: 'the routes of a subnet', ask: into, around: [...hosts, nsg([ssh()]), routed], of: (route) => block('route_table', 'out', { route }), path: 'route', yes: [], no: [away], isBlock: true },
  { name: 'where a route leads', ask: into, around: [...hosts, nsg([ssh()]), routed], of: (next_hop_type) => block('route_table', 'out', { route: [{ ...away, next_hop_type }] }), path: 'route.0.next_hop_type', yes: 'Internet', no: 'None' },
];

const privateNic = { ...nic, refs: { 'ip_configuration.0.subnet_id': ['azurerm_subnet.web', 'id'] as const } }, lb = block('lb', 'front', { sku: 'Standard', frontend_ip_configuration: [{ name: 'public' }] }, { 'frontend_ip_configuration.0.public_ip_address_id': ['azurerm_public_ip.web', 'id'] });
const pool = block('lb_backend_address_pool', 'hosts', {}, { loadbalancer_id: ['azurerm_lb.front', 'id'] }), pooled = block('network_interface_backend_address_pool_association', 'web', { ip_configuration_name: 'main' }, { network_interface_id: ['azurerm_network_interface.web', 'id'], backend_address_pool_id: ['azurerm_lb_backend_address_pool.hosts', 'id'] });
const lbRule = (more: Json): Block => block('lb_rule', 'ssh', { protocol: 'Tcp', frontend_port: 2222, backend_port: 22, frontend_ip_configuration_name: 'public', ...more }, { loadbalancer_id: ['azurerm_lb.front', 'id'], backend_address_pool_ids: ['azurerm_lb_backend_address_pool.hosts', 'id'] });
const behind = [...network, ip(), privateNic, vm, onNic, nsg([ssh()]), lb, pool, pooled], over: Question = { ...into, port: 2222 }, agwId = id('Microsoft.Network/applicationGateways/front'), web: Question = { question: 'ingress', subject: agwId, port: 443, protocol: 'tcp' };
const gateway = (frontend_port: unknown): Block => block('application_gateway', 'front', { frontend_ip_configuration: [{ name: 'public' }], frontend_port, http_listener: [{ name: 'web', frontend_port_name: 'p', frontend_ip_configuration_name: 'public' }], backend_address_pool: [], gateway_ip_configuration: [] }, { 'frontend_ip_configuration.0.public_ip_address_id': ['azurerm_public_ip.web', 'id'] });
const balancers: readonly Control[] = [
  { name: 'the port of a balancer', ask: over, around: behind, of: (frontend_port) => lbRule({ frontend_port }), path: 'frontend_port', yes: 2222, no: 443 }, { name: 'the protocol of its rule', ask: over, around: behind, of: (protocol) => lbRule({ protocol }), path: 'protocol', yes: 'Tcp', no: 'Udp' },
  { name: 'the port of a gateway', ask: web, around: [ip()], of: (port) => gateway([{ name: 'p', port }]), path: 'frontend_port.0.port', yes: 443, no: 80 }, { name: 'the ports of a gateway', ask: web, around: [ip()], of: gateway, path: 'frontend_port', yes: [{ name: 'p', port: 443 }], no: [{ name: 'p', port: 80 }], isBlock: true },
];

const asked = (type: string, port: number): Question => ({ question: 'ingress', subject: id(type), port, protocol: 'tcp' }), visit = asked('Microsoft.Web/sites/shop', 443), aks = asked('Microsoft.ContainerService/managedClusters/apps', 443), vaultAsk = asked('Microsoft.KeyVault/vaults/keys', 443), db = asked('Microsoft.Sql/servers/db', 1433);
const app = (config: Json, more: Json = {}): Block => block('linux_web_app', 'shop', { public_network_access_enabled: true, enabled: true, site_config: [{ ip_restriction: [], ...config }], ...more }), cluster = (ranges: unknown, more: Json = {}): Block => block('kubernetes_cluster', 'apps', { private_cluster_enabled: false, api_server_access_profile: [{ authorized_ip_ranges: ranges }], ...more });
const vault = (more: Json): Block => block('key_vault', 'keys', { public_network_access_enabled: true, network_acls: [], access_policy: [], ...more }), server = block('mssql_server', 'db', { public_network_access_enabled: true });
const office = { name: 'hq', priority: 100, action: 'Allow', ip_address: '203.0.113.0/24', service_tag: null, virtual_network_subnet_id: null }, everyone = { ...office, name: 'all', ip_address: '0.0.0.0/0' };
const services: readonly Control[] = [
  { name: 'the networks of a cluster', ask: aks, around: [], of: cluster, path: 'api_server_access_profile.0.authorized_ip_ranges', yes: [], no: ['203.0.113.0/24'] }, { name: 'whether a cluster is private', ask: aks, around: [], of: (value) => cluster([], { private_cluster_enabled: value }), path: 'private_cluster_enabled', yes: false, no: true },
  { name: 'the restrictions of a site', ask: visit, around: [], of: (ip_restriction) => app({ ip_restriction }), path: 'site_config.0.ip_restriction', yes: [], no: [office], isBlock: true }, { name: 'all settings of a site', ask: visit, around: [], of: (site_config) => app({}, { site_config }), path: 'site_config', yes: [{ ip_restriction: [] }], no: [{ ip_restriction: [office] }] },
  { name: 'whom a restriction lets in', ask: visit, around: [], of: (ip_address) => app({ ip_restriction: [{ ...office, ip_address }] }), path: 'site_config.0.ip_restriction.0.ip_address', yes: '0.0.0.0/0', no: '203.0.113.0/24' }, { name: 'what a restriction does', ask: visit, around: [], of: (action) => app({ ip_restriction: [{ ...everyone, action }], ip_restriction_default_action: 'Deny' }), path: 'site_config.0.ip_restriction.0.action', yes: 'Allow', no: 'Deny' },
  { name: 'the priority of a restriction', ask: visit, around: [], of: (priority) => app({ ip_restriction: [{ ...everyone, priority: 100 }, { ...everyone, name: 'none', action: 'Deny', priority }] }), path: 'site_config.0.ip_restriction.1.priority', yes: 200, no: 50 }, { name: 'what becomes of others', ask: visit, around: [], of: (value) => app({ ip_restriction_default_action: value }), path: 'site_config.0.ip_restriction_default_action', yes: 'Allow', no: 'Deny' },
  { name: 'the network of a site', ask: visit, around: [], of: (value) => app({}, { public_network_access_enabled: value }), path: 'public_network_access_enabled', yes: true, no: false },
  { name: 'the network of a vault', ask: vaultAsk, around: [], of: (value) => vault({ public_network_access_enabled: value }), path: 'public_network_access_enabled', yes: true, no: false }, { name: 'the rules of a vault', ask: vaultAsk, around: [], of: (network_acls) => vault({ network_acls }), path: 'network_acls', yes: [rules({ default_action: 'Allow' })], no: [rules()] }, { name: 'the default of a vault', ask: vaultAsk, around: [], of: (default_action) => vault({ network_acls: [rules({ default_action })] }), path: 'network_acls.0.default_action', yes: 'Allow', no: 'Deny' },
  { name: 'the last address of a server’s rule', ask: db, around: [server], of: (end_ip_address) => block('mssql_firewall_rule', 'rule', { start_ip_address: '0.0.0.0', end_ip_address }, { server_id: ['azurerm_mssql_server.db', 'id'] }), path: 'end_ip_address', yes: '255.255.255.255', no: '0.0.0.0' },
];

const robot = 'aaaaaaaa-0000-0000-0000-000000000001', does: Question = { question: 'effective_permission', subject: robot, action: 'Microsoft.Storage/storageAccounts/delete', object: id('Microsoft.Storage/storageAccounts/acmefiles') };
const assignment = (more: Json = {}): Block => ({ ...block('role_assignment', 'a', { scope: `/subscriptions/${subscription}`, role_definition_name: 'Owner', principal_type: 'ServicePrincipal', ...more }), refs: { principal_id: ['azurerm_user_assigned_identity.ci', 'principal_id'] } }), ci = { ...block('user_assigned_identity', 'ci', {}), values: { name: 'ci', resource_group_name: 'shop', location: 'westeurope' } };
const byCi: Question = { ...does, subject: id('Microsoft.ManagedIdentity/userAssignedIdentities/ci') };
const people: readonly Estate[] = [
  estate('a role without a condition', [ci, account(), assignment()], byCi, 'yes'), estate('under a condition that is not told', [ci, account(), { ...assignment(), refs: { ...assignment().refs, condition: local } }], byCi, 'unknown'), estate('a role that is not told', [ci, account(), { ...assignment(), refs: { ...assignment().refs, role_definition_name: local } }], byCi, 'unknown'), estate('another role', [ci, account(), assignment({ role_definition_name: 'Reader' })], byCi, 'no'),
];

/** Several instances of one resource: the one that is meant is told by a key, or not at all. */
const many = (name: string, plan: Json, key: string): Json => ({ ...plan, ...JSON.parse(JSON.stringify(plan).replaceAll(`"address":"${name}","mode":"managed","type":"azurerm_public_ip","name":"web","values"`, `"address":"${name}${key}","mode":"managed","type":"azurerm_public_ip","name":"web","values"`)) as Json });
const several = (reference: string): Json => {
  const blocks = [...network, ip('Basic'), block('public_ip', 'other', { sku: 'Standard', allocation_method: 'Static' }), { ...nic, refs: { ...nic.refs, 'ip_configuration.0.public_ip_address_id': [reference, 'id'] as const } }, vm], plan = many('azurerm_public_ip.web', planOf(blocks, providers, unknown), '[0]');
  return JSON.parse(JSON.stringify(plan).replaceAll('"address":"azurerm_public_ip.other","mode":"managed","type":"azurerm_public_ip","name":"other","values"', '"address":"azurerm_public_ip.web[1]","mode":"managed","type":"azurerm_public_ip","name":"web","values"')) as Json;
};
const instances: readonly Estate[] = [
  { name: 'one address of two', files: { 'plan.json': several('azurerm_public_ip.web[0]') }, rows: [{ ask: into, expected: 'yes' }] }, { name: 'one of two, which is not told', files: { 'plan.json': several('azurerm_public_ip.web') }, rows: [{ ask: into, expected: 'unknown' }] },
];

const front: Question = { question: 'ingress', subject: id('Microsoft.Network/loadBalancers/front'), port: 2222, protocol: 'tcp' }, shut = behind.map((b) => (b.type === 'azurerm_network_security_group' ? nsg([]) : b)), alone = { ...lbRule({}), refs: { loadbalancer_id: local } };
const elsewhere: Block = { ...pooled, name: 'more', refs: { network_interface_id: local, backend_address_pool_id: ['azurerm_lb_backend_address_pool.hosts', 'id'] } };
/** Parts of balancers that a plan doesn't place leave open what they may turn, and not what a group shuts. */
const besides: readonly Estate[] = [
  estate('a rule of a balancer that is not told, before a group that lets SSH in', [...behind, alone], over, 'unknown'), estate('before one that lets nothing in', [...shut, alone], over, 'no'),
  estate('a balancer before machines that let nobody in', [...shut, lbRule({})], front, 'no'), estate('and before one that is not told', [...shut, lbRule({}), elsewhere], front, 'unknown'),
];

/** What nobody sets is filled in when applied: its default holds. Rules of their own exclude those in the group. */
const filledIn: readonly Estate[] = [
  estate('an account whose rules nobody sets', [account(), container('blob')].map((b) => ({ ...b, values: Object.fromEntries(Object.entries(b.values).filter(([key]) => key !== 'network_rules')) })), blobs, 'yes', ['network_rules']),
  estate('a group of which the rules stand by themselves', [...hosts, { ...nsg([]), dynamic: ['security_rule'] }, own('ssh')], into, 'yes'), estate('by themselves, and let nobody in', [...hosts, { ...nsg([]), dynamic: ['security_rule'] }, own('ssh', { source_address_prefix: '10.0.0.0/8' })], into, 'no'),
];
const hidden = (name: string, blocks: readonly Block[], ask: Question, expected: Expected): readonly Estate[] => [
  { name: `${name}, a state`, files: { 'terraform.tfstate': stateOf(blocks) }, rows: [{ ask, expected }] }, { name: `${name}, a plan`, files: { 'plan.json': planOf(blocks, providers, unknown) }, rows: [{ ask, expected }] },
];
const idOf = (b: Block, path: string): Block => ({ ...b, values: { ...b.values, id: id(path) } }), files = (more: Json = {}): Block => idOf(account({ network_rules: [rules()], ...more }), 'Microsoft.Storage/storageAccounts/acmefiles'), data = { ...container('blob'), values: { ...container('blob').values, id: 'https://acmefiles.blob.core.windows.net/data', resource_manager_id: id('Microsoft.Storage/storageAccounts/acmefiles/blobServices/default/containers/data'), storage_account_name: 'acmefiles' } };
const sensitive: readonly Estate[] = [
  ...hidden('sensitive rules of an account', [{ ...files(), sensitive: ['network_rules'] }, data], blobs, 'unknown'), ...hidden('sensitive tags of an account', [{ ...files({ tags: { a: 'b' } }), sensitive: ['tags'] }, data], blobs, 'no'),
  ...hidden('a sensitive level of a container', [idOf(account(), 'Microsoft.Storage/storageAccounts/acmefiles'), { ...data, sensitive: ['container_access_type'] }], blobs, 'unknown'),
];
/** A website that a provider fills in is taken as none, which the answer says; one by a local may be there. */
const website = (name: string, own: Block, expected: Expected, assumed?: string): Estate => { const found = estate(name, [own, container('private')], blobs, expected); return { ...found, rows: found.rows.map((r) => ({ ...r, ...(assumed !== undefined && { assumed }) })) }; };
const websites: readonly Estate[] = [
  website('a static website that a provider fills in', { ...account(), dynamic: ['static_website'] }, 'no', 'static_website'), website('none', account(), 'no'), website('one', account({ static_website: [{ index_document: 'index.html' }] }), 'yes'), website('one that is not told', { ...account(), refs: { static_website: local } }, 'unknown'),
];
export const azureAfterApply: readonly Estate[] = [...[...storage, ...machines, ...balancers, ...services].flatMap(stated), ...people, ...instances, ...besides, ...filledIn, ...sensitive, ...websites];
