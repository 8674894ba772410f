import { describe, expect, it } from 'vitest';
import { evaluateAzureEgress, evaluateAzureHostToHost, evaluateAzureIngress } from '#electron/evaluate/azure/reachability.ts';
import { arm, behind, graphOfAzure, id, nic, nsg, publicIp, rule, urn, vm, vnet, type Json } from './azure-records.ts';

const web = urn('Microsoft.Compute/virtualMachines', 'web');
const ingress = (records: readonly Json[], options: object = { port: 22, protocol: 'tcp' }, subject = web) => evaluateAzureIngress(graphOfAzure(...records), subject, options);
const open = nsg('nic-nsg', rule(100, 'Allow')), base = [vm(), nic(), publicIp(), vnet()];
const bare = nic({}, { networkSecurityGroup: null });
const withGroup = (...rules: readonly Json[]) => [...base, nsg('nic-nsg', ...rules)];
const admin = (access: string, more: Json = {}) => ({ id: id('Microsoft.Network/networkManagers', 'm/securityAdminConfigurations/c/ruleCollections/rc/rules/x'), type: 'Microsoft.Network/networkManagers/securityAdminConfigurations/ruleCollections/rules', name: 'x', properties: { priority: 10, direction: 'Inbound', access, protocol: 'Tcp', sources: [{ addressPrefix: '*', addressPrefixType: 'IPPrefix' }], destinationPortRanges: ['22'], ...more } });
const table = (hop: string, prefix = '0.0.0.0/0') => arm('Microsoft.Network/routeTables', 'rt', { routes: [{ name: 'd', properties: { addressPrefix: prefix, nextHopType: hop } }] });
const routed = vnet({ routeTable: { id: id('Microsoft.Network/routeTables', 'rt') } });
const asg = id('Microsoft.Network/applicationSecurityGroups', 'web');

describe('ingress to a machine, in pairs that differ in one fact', () => {
  const pairs: readonly (readonly [string, readonly Json[], readonly Json[], string])[] = [
    ['a public address', [...base, open], [vm(), nic({ publicIPAddress: undefined }), vnet(), open], 'NO_PUBLIC_IP'],
    ['a rule that allows', withGroup(rule(100, 'Allow')), withGroup(rule(100, 'Deny')), 'NSG_IN'],
    ['the defaults deny', withGroup(rule(100, 'Allow')), withGroup(), 'NSG_IN'],
    ['the port', withGroup(rule(100, 'Allow', { destinationPortRange: '20-30' })), withGroup(rule(100, 'Allow', { destinationPortRange: '80' })), 'NSG_IN'],
    ['port ranges in a list', withGroup(rule(100, 'Allow', { destinationPortRange: undefined, destinationPortRanges: ['80', '22'] })), withGroup(rule(100, 'Allow', { destinationPortRange: undefined, destinationPortRanges: ['80', '23-443'] })), 'NSG_IN'],
    ['the protocol', withGroup(rule(100, 'Allow', { protocol: '*' })), withGroup(rule(100, 'Allow', { protocol: 'Udp' })), 'NSG_IN'],
    ['the tag Internet', withGroup(rule(100, 'Allow', { sourceAddressPrefix: 'Internet' })), withGroup(rule(100, 'Allow', { sourceAddressPrefix: 'VirtualNetwork' })), 'NSG_IN'],
    ['a tag of a service is not the internet', withGroup(rule(100, 'Allow', { sourceAddressPrefix: '0.0.0.0/0' })), withGroup(rule(100, 'Allow', { sourceAddressPrefix: 'GatewayManager' })), 'NSG_IN'],
    ['the sources', withGroup(rule(100, 'Allow', { sourceAddressPrefix: undefined, sourceAddressPrefixes: ['0.0.0.0/1', '128.0.0.0/1'] })), withGroup(rule(100, 'Allow', { sourceAddressPrefix: '198.51.100.0/24' })), 'NSG_IN'],
    ['the destination', withGroup(rule(100, 'Allow', { destinationAddressPrefix: '10.0.1.0/24' })), withGroup(rule(100, 'Allow', { destinationAddressPrefix: '10.0.2.0/24' })), 'NSG_IN'],
    ['the lowest number goes first', withGroup(rule(100, 'Allow'), rule(200, 'Deny')), withGroup(rule(300, 'Allow'), rule(200, 'Deny')), 'NSG_IN'],
    ['the direction', withGroup(rule(100, 'Allow')), withGroup(rule(100, 'Allow', { direction: 'Outbound' })), 'NSG_IN'],
    ['the subnet’s group must allow as well', [vm(), nic(), publicIp(), vnet(behind), open, nsg('subnet-nsg', rule(100, 'Allow'))], [vm(), nic(), publicIp(), vnet(behind), open, nsg('subnet-nsg')], 'NSG_IN'],
    ['both groups must allow the same port', [vm(), nic(), publicIp(), vnet(behind), open, nsg('subnet-nsg', rule(100, 'Allow', { destinationPortRange: '*' }))], [vm(), nic(), publicIp(), vnet(behind), open, nsg('subnet-nsg', rule(100, 'Allow', { destinationPortRange: '80' }))], 'NSG_IN'],
    ['no group: Basic is open, Standard closed', [vm(), bare, publicIp('Basic'), vnet()], [vm(), bare, publicIp('Standard'), vnet()], 'NSG_IN'],
    ['an application security group', [vm(), nic({ applicationSecurityGroups: [{ id: asg }] }), publicIp(), vnet(), nsg('nic-nsg', rule(100, 'Allow', { destinationAddressPrefix: undefined, destinationApplicationSecurityGroups: [{ id: asg }] }))], [vm(), nic(), publicIp(), vnet(), nsg('nic-nsg', rule(100, 'Allow', { destinationAddressPrefix: undefined, destinationApplicationSecurityGroups: [{ id: asg }] }))], 'NSG_IN'],
    ['a security admin rule denies first', [...base, open, admin('Allow')], [...base, open, admin('Deny')], 'NSG_IN'],
    ['a security admin rule always allows', [...base, nsg('nic-nsg'), admin('AlwaysAllow')], [...base, nsg('nic-nsg'), admin('Allow')], 'NSG_IN'],
    ['the power state', [...base, open], [vm({ extended: { instanceView: { powerState: { code: 'PowerState/deallocated' } } } }), nic(), publicIp(), vnet(), open], 'STATE'],
    ['a route that drops', [vm(), nic(), publicIp(), routed, open, table('Internet')], [vm(), nic(), publicIp(), routed, open, table('None')], 'NO_ROUTE'],
  ];
  it.each(pairs)('%s', (_, yes, no, code) => {
    const [a, b] = [ingress(yes), ingress(no)];
    expect(a.reachable).toMatchObject({ answer: 'yes', missing: [], via: expect.stringContaining('203.0.113.30') });
    expect(a.open).toEqual([{ protocol: 'tcp', from: 22, to: 22 }]);
    expect(b.reachable).toMatchObject({ answer: 'no', blocked_by: code });
    expect(b.reachable.reasons[0]?.text).not.toBe('');
  });

  it('a public address of IPv6 is a way in of its own', () => {
    const six = arm('Microsoft.Network/publicIPAddresses', 'web-ip6', { ipAddress: '2001:db8::30', publicIPAddressVersion: 'IPv6' }, { sku: { name: 'Standard' } });
    const dual = nic({}, { ipConfigurations: [
      { name: 'ip', properties: { privateIPAddress: '10.0.1.4', subnet: { id: `${id('Microsoft.Network/virtualNetworks', 'net')}/subnets/front` } } },
      { name: 'ip6', properties: { privateIPAddress: 'fd00::4', privateIPAddressVersion: 'IPv6', subnet: { id: `${id('Microsoft.Network/virtualNetworks', 'net')}/subnets/front` }, publicIPAddress: { id: id('Microsoft.Network/publicIPAddresses', 'web-ip6') } } },
    ] });
    const from = (prefix: string) => ingress([vm(), dual, six, vnet(), nsg('nic-nsg', rule(100, 'Allow', { sourceAddressPrefix: prefix }))]).reachable;
    expect(from('::/0')).toMatchObject({ answer: 'yes', via: expect.stringContaining('2001:db8::30') });
    expect(from('*').answer).toBe('yes');
    expect(from('0.0.0.0/0')).toMatchObject({ answer: 'no' });
  });

  it('names the rule that decides', () => {
    expect(ingress([...base, open]).reachable.reasons).toContainEqual({ rule: 'NSG', source: urn('Microsoft.Network/networkSecurityGroups', 'nic-nsg'), pointer: '/securityRules/0', text: 'rule r100 (priority 100) of network security group nic-nsg allows it' });
    expect(ingress(withGroup()).reachable.reasons.map((r) => r.text)).toContain('rule DenyAllInBound (priority 65500) of network security group nic-nsg denies it');
  });
  it('two groups that open different ports open none', () => expect(ingress([vm(), nic(), publicIp(), vnet(behind), open, nsg('subnet-nsg', rule(100, 'Allow', { destinationPortRange: '80' }))], {}).reachable.answer).toBe('no'));
  it('tells the open ports when none is asked about', () => expect(ingress(withGroup(rule(100, 'Allow', { destinationPortRange: '*' }), rule(50, 'Deny', { destinationPortRange: '3389' })), {}).open).toEqual([{ protocol: 'tcp', from: 0, to: 3388 }, { protocol: 'tcp', from: 3390, to: 65535 }]));
  it.each([
    ['the network interface', [vm(), publicIp(), vnet(), open], 'its network interfaces'], ['the group', [...base], 'the network security group'], ['the subnet', [vm(), nic(), publicIp(), open], 'the subnet and its network security group'],
  ] as const)('is unknown without %s', (_, records, what) => expect(ingress(records).reachable).toMatchObject({ answer: 'unknown', missing: expect.arrayContaining([expect.objectContaining({ what })]) }));
  it.each([['an appliance at the next hop', [vm(), nic(), publicIp(), routed, open, table('VirtualAppliance')]], ['the kind of the address where no group stands', [vm(), bare, vnet()]]] as const)('%s leaves it open', (_, records) => expect(ingress(records).reachable.answer).toBe('unknown'));
  it('reads the flat form of the command line', () => {
    const flat = { id: id('Microsoft.Network/networkSecurityGroups', 'nic-nsg'), name: 'nic-nsg', type: 'Microsoft.Network/networkSecurityGroups', securityRules: [{ name: 'ssh', priority: 100, direction: 'Inbound', access: 'Allow', protocol: 'Tcp', sourceAddressPrefix: '*', destinationAddressPrefix: '*', destinationPortRange: '22' }] };
    const flatNic = { id: id('Microsoft.Network/networkInterfaces', 'web-nic'), name: 'web-nic', type: 'Microsoft.Network/networkInterfaces', ipConfigurations: [{ name: 'ip', privateIpAddress: '10.0.1.4', publicIpAddress: { id: id('Microsoft.Network/publicIPAddresses', 'web-ip') }, subnet: { id: `${id('Microsoft.Network/virtualNetworks', 'net')}/subnets/front` } }], networkSecurityGroup: { id: flat.id } };
    expect(ingress([vm(), flatNic, publicIp(), vnet(), flat]).reachable.answer).toBe('yes');
  });
});

describe('load balancers and application gateways', () => {
  const lbId = id('Microsoft.Network/loadBalancers', 'lb');
  const lb = (more: Json = {}) => arm('Microsoft.Network/loadBalancers', 'lb', { frontendIPConfigurations: [{ name: 'f', id: `${lbId}/frontendIPConfigurations/f`, properties: { publicIPAddress: { id: id('Microsoft.Network/publicIPAddresses', 'web-ip') } } }], backendAddressPools: [{ name: 'p', id: `${lbId}/backendAddressPools/p` }], loadBalancingRules: [{ name: 'h', properties: { frontendPort: 443, backendPort: 8443, protocol: 'Tcp', frontendIPConfiguration: { id: `${lbId}/frontendIPConfigurations/f` }, backendAddressPool: { id: `${lbId}/backendAddressPools/p` } } }], ...more }, { sku: { name: 'Standard' } });
  const member = nic({ publicIPAddress: undefined, loadBalancerBackendAddressPools: [{ id: `${lbId}/backendAddressPools/p` }] });
  const at443 = { port: 443, protocol: 'tcp' };
  const to8443 = nsg('nic-nsg', rule(100, 'Allow', { destinationPortRange: '8443' }));
  it.each([
    ['the group lets the port behind in', [vm(), member, publicIp(), vnet(), lb(), to8443], [vm(), member, publicIp(), vnet(), lb(), nsg('nic-nsg', rule(100, 'Allow', { destinationPortRange: '443' }))], 'NSG_IN'],
    ['the pool', [vm(), member, publicIp(), vnet(), lb(), to8443], [vm(), nic({ publicIPAddress: undefined }), publicIp(), vnet(), lb(), to8443], 'NO_PUBLIC_IP'],
    ['a public front', [vm(), member, publicIp(), vnet(), lb(), to8443], [vm(), member, publicIp(), vnet(), lb({ frontendIPConfigurations: [{ name: 'f', id: `${lbId}/frontendIPConfigurations/f`, properties: {} }] }), to8443], 'NO_PUBLIC_IP'],
  ] as const)('%s', (_, yes, no, code) => {
    expect(ingress(yes, at443)).toMatchObject({ reachable: { answer: 'yes' }, open: [{ protocol: 'tcp', from: 443, to: 443 }] });
    expect(ingress(no, at443).reachable).toMatchObject({ answer: 'no', blocked_by: code });
  });
  it('a balancer is as open as what stands behind it', () => {
    expect(ingress([vm(), member, publicIp(), vnet(), lb(), to8443], at443, lbId.toLowerCase()).reachable.answer).toBe('yes');
    expect(ingress([vm(), member, publicIp(), vnet(), lb(), nsg('nic-nsg')], at443, lbId.toLowerCase()).reachable).toMatchObject({ answer: 'no', blocked_by: 'NSG_IN' });
  });
  it('an application gateway answers on its listeners', () => {
    const gw = id('Microsoft.Network/applicationGateways', 'gw');
    const gateway = (front: Json) => arm('Microsoft.Network/applicationGateways', 'gw', { frontendIPConfigurations: [{ name: 'f', id: `${gw}/frontendIPConfigurations/f`, properties: front }], frontendPorts: [{ id: `${gw}/frontendPorts/a`, properties: { port: 443 } }], httpListeners: [{ properties: { frontendPort: { id: `${gw}/frontendPorts/a` } } }] });
    expect(ingress([gateway({ publicIPAddress: { id: id('Microsoft.Network/publicIPAddresses', 'web-ip') } }), publicIp()], at443, gw.toLowerCase()).reachable.answer).toBe('yes');
    expect(ingress([gateway({ privateIPAddress: '10.0.9.4' })], at443, gw.toLowerCase()).reachable).toMatchObject({ answer: 'no', blocked_by: 'NO_PUBLIC_IP' });
    expect(ingress([gateway({ publicIPAddress: { id: id('Microsoft.Network/publicIPAddresses', 'web-ip') } }), publicIp()], { port: 80, protocol: 'tcp' }, gw.toLowerCase()).reachable).toMatchObject({ answer: 'no', blocked_by: 'LISTENER' });
  });
});

describe('services', () => {
  const make = (type: string, properties: Json, ...more: readonly Json[]) => [arm(type, 'x', properties), ...more];
  const sql = 'Microsoft.Sql/servers', site = 'Microsoft.Web/sites', aks = 'Microsoft.ContainerService/managedClusters', vault = 'Microsoft.KeyVault/vaults', cosmos = 'Microsoft.DocumentDB/databaseAccounts';
  const fw = (start: string, end: string): Json => ({ id: `${id(sql, 'x')}/firewallRules/f`, name: 'f', type: 'Microsoft.Sql/servers/firewallRules', properties: { startIpAddress: start, endIpAddress: end } });
  it.each([
    ['SQL firewall rules', sql, make(sql, {}, fw('0.0.0.0', '255.255.255.255')), make(sql, {}, fw('198.51.100.1', '198.51.100.9')), 'NETWORK_RULES'],
    ['SQL rules for services of Azure', sql, make(sql, {}, fw('0.0.0.0', '255.255.255.255')), make(sql, {}, fw('0.0.0.0', '0.0.0.0')), 'NETWORK_RULES'],
    ['SQL public access', sql, make(sql, { publicNetworkAccess: 'Enabled' }, fw('0.0.0.0', '255.255.255.255')), make(sql, { publicNetworkAccess: 'Disabled' }, fw('0.0.0.0', '255.255.255.255')), 'PUBLIC_NETWORK_DISABLED'],
    ['a site’s restrictions', site, make(site, { state: 'Running', siteConfig: { ipSecurityRestrictions: [{ ipAddress: 'Any', action: 'Allow', priority: 100 }] } }), make(site, { state: 'Running', siteConfig: { ipSecurityRestrictions: [{ ipAddress: '198.51.100.0/24', action: 'Allow', priority: 100 }] } }), 'NETWORK_RULES'],
    ['a site that is stopped', site, make(site, { state: 'Running', siteConfig: {} }), make(site, { state: 'Stopped', siteConfig: {} }), 'STATE'],
    ['a private cluster', aks, make(aks, { apiServerAccessProfile: { enablePrivateCluster: false } }), make(aks, { apiServerAccessProfile: { enablePrivateCluster: true } }), 'PRIVATE_ENDPOINT'],
    ['authorized ranges of a cluster', aks, make(aks, { apiServerAccessProfile: {} }), make(aks, { apiServerAccessProfile: { authorizedIPRanges: ['198.51.100.0/24'] } }), 'NETWORK_RULES'],
    ['a vault’s network rules', vault, make(vault, { networkAcls: { defaultAction: 'Allow' } }), make(vault, { networkAcls: { defaultAction: 'Deny', ipRules: [{ value: '198.51.100.4/32' }] } }), 'NETWORK_RULES'],
    ['Cosmos DB’s filter', cosmos, make(cosmos, { ipRules: [] }), make(cosmos, { ipRules: [{ ipAddressOrRange: '198.51.100.4' }] }), 'NETWORK_RULES'],
  ] as const)('%s', (_, type, yes, no, code) => {
    expect(ingress(yes, {}, urn(type, 'x')).reachable).toMatchObject({ answer: 'yes' });
    expect(ingress(no, {}, urn(type, 'x')).reachable).toMatchObject({ answer: 'no', blocked_by: code });
  });
  it('asks for a server’s firewall rules', () => expect(ingress(make(sql, {}), {}, urn(sql, 'x')).reachable).toMatchObject({ answer: 'unknown', missing: [expect.objectContaining({ what: 'the firewall rules of the server' })] }));
});

describe('a group as the subject', () => {
  const group = urn('Microsoft.Network/networkSecurityGroups', 'nic-nsg');
  it('is exposed through an interface behind it', () => expect(ingress([...base, open], {}, group)).toMatchObject({ reachable: { answer: 'yes' }, rule_opens: 'yes' }));
  it('is not where the interface has no address', () => expect(ingress([vm(), nic({ publicIPAddress: undefined }), vnet(), open], {}, group)).toMatchObject({ reachable: { answer: 'no', blocked_by: 'NO_PUBLIC_IP' }, rule_opens: 'yes' }));
  it('opens nothing by its defaults', () => expect(ingress([nsg('nic-nsg')], {}, group)).toMatchObject({ reachable: { answer: 'no', blocked_by: 'NSG_IN' }, rule_opens: 'no' }));
  it('is open as a rule, and unknown as an exposure, without interfaces', () => expect(ingress([open], {}, group)).toMatchObject({ reachable: { answer: 'unknown' }, rule_opens: 'yes' }));
});

describe('egress and host to host', () => {
  const inner = nic({ publicIPAddress: undefined });
  const egress = (...records: readonly Json[]) => evaluateAzureEgress(graphOfAzure(...records), web, { port: 443, protocol: 'tcp' });
  const denyOut = nsg('nic-nsg', rule(100, 'Deny', { direction: 'Outbound', destinationAddressPrefix: 'Internet', destinationPortRange: '*', protocol: '*' }));
  it.each([
    ['a rule', [...base, nsg('nic-nsg')], [...base, denyOut], 'NSG_OUT'],
    ['default access of the subnet', [vm(), inner, vnet(), nsg('nic-nsg')], [vm(), inner, vnet({ defaultOutboundAccess: false }), nsg('nic-nsg')], 'NO_OUTBOUND'],
    ['a NAT gateway', [vm(), inner, vnet({ defaultOutboundAccess: false, natGateway: { id: id('Microsoft.Network/natGateways', 'n') } }), nsg('nic-nsg')], [vm(), inner, vnet({ defaultOutboundAccess: false }), nsg('nic-nsg')], 'NO_OUTBOUND'],
    ['a route', [vm(), inner, routed, nsg('nic-nsg'), table('Internet')], [vm(), inner, routed, nsg('nic-nsg'), table('None')], 'NO_ROUTE'],
  ] as const)('egress: %s', (_, yes, no, code) => {
    expect(egress(...yes)).toMatchObject({ answer: 'yes' });
    expect(egress(...no)).toMatchObject({ answer: 'no', blocked_by: code });
  });

  const dbVm = (state = 'running') => arm('Microsoft.Compute/virtualMachines', 'db', { networkProfile: { networkInterfaces: [{ id: id('Microsoft.Network/networkInterfaces', 'db-nic') }] }, extended: { instanceView: { powerState: { code: `PowerState/${state}` } } } });
  const dbNic = (network = 'net', config: Json = {}) => nic({ publicIPAddress: undefined, privateIPAddress: network === 'net' ? '10.0.1.9' : '10.9.1.9', subnet: { id: `${id('Microsoft.Network/virtualNetworks', network)}/subnets/front` }, ...config }, { networkSecurityGroup: { id: id('Microsoft.Network/networkSecurityGroups', 'db-nsg') } }, 'db-nic');
  const reach = (...records: readonly Json[]) => evaluateAzureHostToHost(graphOfAzure(...records), web, urn('Microsoft.Compute/virtualMachines', 'db'), { port: 1433, protocol: 'tcp' });
  const start = [vm(), inner, vnet(), nsg('nic-nsg')];
  const peering = (to: string, state = 'Connected') => ({ virtualNetworkPeerings: [{ name: 'p', properties: { peeringState: state, remoteVirtualNetwork: { id: id('Microsoft.Network/virtualNetworks', to) } } }] });
  const deny1433 = rule(100, 'Deny', { destinationPortRange: '1433' });
  const other = (state: string) => [vm(), inner, nsg('nic-nsg'), dbVm(), dbNic('other'), nsg('db-nsg'), vnet({}, peering('other', state)), vnet({ addressPrefix: '10.9.1.0/24' }, { addressSpace: { addressPrefixes: ['10.9.0.0/16'] }, ...peering('net', state) }, 'other')];
  it.each([
    ['the default lets the network in', [...start, dbVm(), dbNic(), nsg('db-nsg')], [...start, dbVm(), dbNic(), nsg('db-nsg', deny1433)], 'NSG_IN'],
    ['egress of the sender', [...start, dbVm(), dbNic(), nsg('db-nsg')], [vm(), inner, vnet(), nsg('nic-nsg', rule(100, 'Deny', { direction: 'Outbound', destinationPortRange: '1433' })), dbVm(), dbNic(), nsg('db-nsg')], 'NSG_OUT'],
    ['a source group', [vm(), nic({ publicIPAddress: undefined, applicationSecurityGroups: [{ id: asg }] }), vnet(), nsg('nic-nsg'), dbVm(), dbNic(), nsg('db-nsg', rule(90, 'Allow', { sourceAddressPrefix: undefined, sourceApplicationSecurityGroups: [{ id: asg }], destinationPortRange: '1433' }), deny1433)], [...start, dbVm(), dbNic(), nsg('db-nsg', rule(90, 'Allow', { sourceAddressPrefix: undefined, sourceApplicationSecurityGroups: [{ id: asg }], destinationPortRange: '1433' }), deny1433)], 'NSG_IN'],
    ['the state', [...start, dbVm(), dbNic(), nsg('db-nsg')], [...start, dbVm('stopped'), dbNic(), nsg('db-nsg')], 'STATE'],
    ['a peering', other('Connected'), other('Disconnected'), 'NO_PEERING'],
  ] as const)('host to host: %s', (_, yes, no, code) => {
    expect(reach(...yes)).toMatchObject({ answer: 'yes' });
    expect(reach(...no)).toMatchObject({ answer: 'no', blocked_by: code });
  });
});
