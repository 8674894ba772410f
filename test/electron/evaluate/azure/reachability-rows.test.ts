import { describe, expect, it } from 'vitest';
import { evaluateAzureEgress, evaluateAzureIngress } from '#electron/evaluate/azure/reachability.ts';
import { expectRow, expectSaid, type Row } from '../rows.ts';
import { arm, behind, graphOfAzure, id, nic, nsg, publicIp, rule, urn, vm, vnet, type Json } from './azure-records.ts';

/** Design 5-graph §2, Azure ingress: each sentence as a row, both sides, with what explains it. */
type Records = readonly Json[];
const web = urn('Microsoft.Compute/virtualMachines', 'web'), nicUrn = urn('Microsoft.Network/networkInterfaces', 'web-nic');
const ask = (subject = web, options: object = { port: 22, protocol: 'tcp' }) => (records: Records) => { const graph = graphOfAzure(...records); return { graph, verdict: evaluateAzureIngress(graph, subject, options).reachable }; };
const from = (peer: string) => ask(web, { port: 22, protocol: 'tcp', peer });
const group = (name: string) => urn('Microsoft.Network/networkSecurityGroups', name);
const base: Records = [vm(), nic(), publicIp(), vnet()], bare = nic({}, { networkSecurityGroup: null });
const own = (...rules: readonly Json[]): Records => [...base, nsg('nic-nsg', ...rules)];
const both = (...subnetRules: readonly Json[]): Records => [vm(), nic(), publicIp(), vnet(behind), nsg('nic-nsg', rule(100, 'Allow')), nsg('subnet-nsg', ...subnetRules)];
const admin = (access: string, more: Json = {}) => ({ id: id('Microsoft.Network/networkManagers', 'm/securityAdminConfigurations/c/ruleCollections/rc/rules/x'), type: 'Microsoft.Network/networkManagers/securityAdminConfigurations/ruleCollections/rules', name: 'x', properties: { priority: 10, direction: 'Inbound', access, protocol: 'Tcp', sources: [{ addressPrefix: '*', addressPrefixType: 'IPPrefix' }], destinationPortRanges: ['22'], ...more } });
const adminUrn = `${urn('Microsoft.Network/networkManagers', 'm')}/securityadminconfigurations/c/rulecollections/rc/rules/x`;
const by = (name: string, priority: number, does: 'allows' | 'denies', at = 0, of = 'nic-nsg') => ({ rule: 'NSG', source: group(of), pointer: `/securityRules/${at}`, text: new RegExp(`rule ${name} \\(priority ${priority}\\) of network security group ${of} ${does} it`) });
const denyAll = (of = 'nic-nsg') => ({ code: 'NSG_IN', rule: 'NSG', source: group(of), pointer: '', text: new RegExp(`rule DenyAllInBound \\(priority 65500\\) of network security group ${of} denies it`) });
const byDefault = (name: string, priority: number) => ({ rule: 'NSG', source: group('nic-nsg'), pointer: '', text: new RegExp(`rule ${name} \\(priority ${priority}\\)`) });
const table = (...routes: readonly (readonly [prefix: string, hop: string])[]) => arm('Microsoft.Network/routeTables', 'rt', { routes: routes.map(([addressPrefix, nextHopType], i) => ({ name: `r${i}`, properties: { addressPrefix, nextHopType } })) });
const routed = vnet({ routeTable: { id: id('Microsoft.Network/routeTables', 'rt') } });

describe('a machine', () => {
  it.each<Row<Records>>([
    { row: 'public IP on NIC', yes: own(rule(100, 'Allow')), says: { source: nicUrn, pointer: '/ipConfigurations/0/publicIPAddress', text: /it has the public address 203\.0\.113\.30/, via: /203\.0\.113\.30/ }, no: [vm(), nic({ publicIPAddress: undefined }), vnet(), nsg('nic-nsg', rule(100, 'Allow'))], instead: { code: 'NO_PUBLIC_IP', source: nicUrn, pointer: '/ipConfigurations/0', text: /no public address/ } },
    { row: 'security admin rules first: Deny is final', yes: [...own(rule(100, 'Allow')), admin('Deny', { destinationPortRanges: ['23'] })], says: by('r100', 100, 'allows'), no: [...own(rule(100, 'Allow')), admin('Deny')], instead: { code: 'NSG_IN', rule: 'AVNM', source: adminUrn, pointer: '', text: /security admin rule x \(priority 10\) denies it/ } },
    { row: 'AlwaysAllow is final', yes: [...own(rule(100, 'Deny')), admin('AlwaysAllow')], says: { rule: 'AVNM', source: adminUrn, text: /security admin rule x \(priority 10\) allows it/ }, no: [...own(rule(100, 'Deny')), admin('AlwaysAllow', { direction: 'Outbound' })], instead: { code: 'NSG_IN', ...by('r100', 100, 'denies') } },
    { row: 'AlwaysAllow passes both groups', yes: [...both(rule(100, 'Deny')), admin('AlwaysAllow')], says: { rule: 'AVNM', text: /allows it/ }, no: [...both(rule(100, 'Deny')), admin('Allow')], instead: { code: 'NSG_IN', ...by('r100', 100, 'denies', 0, 'subnet-nsg') } },
    { row: 'Allow falls through to the NSG', yes: [...own(rule(100, 'Allow')), admin('Allow')], says: by('r100', 100, 'allows'), no: [...own(), admin('Allow')], instead: denyAll() },
    { row: 'a security admin rule of another network', yes: [...own(rule(100, 'Allow')), admin('Deny', { appliesToVirtualNetworks: [id('Microsoft.Network/virtualNetworks', 'other')] })], says: by('r100', 100, 'allows'), no: [...own(rule(100, 'Allow')), admin('Deny', { appliesToVirtualNetworks: [id('Microsoft.Network/virtualNetworks', 'net')] })], instead: { code: 'NSG_IN', rule: 'AVNM', text: /denies it/ } },
    { row: 'subnet NSG, then NIC NSG: the subnet’s must allow', yes: both(rule(100, 'Allow')), says: by('r100', 100, 'allows', 0, 'subnet-nsg'), no: both(), instead: denyAll('subnet-nsg') },
    { row: 'subnet NSG, then NIC NSG: the interface’s must allow', yes: both(rule(100, 'Allow')), says: by('r100', 100, 'allows'), no: [vm(), nic(), publicIp(), vnet(behind), nsg('nic-nsg'), nsg('subnet-nsg', rule(100, 'Allow'))], instead: denyAll() },
    { row: 'lowest priority number first', yes: own(rule(200, 'Deny'), rule(100, 'Allow')), says: by('r100', 100, 'allows', 1), no: own(rule(200, 'Allow'), rule(100, 'Deny')), instead: { code: 'NSG_IN', ...by('r100', 100, 'denies', 1) } },
    { row: 'first match wins', yes: own(rule(100, 'Deny', { destinationPortRange: '23' }), rule(200, 'Allow')), says: by('r200', 200, 'allows', 1), no: own(rule(100, 'Deny', { destinationPortRange: '22-23' }), rule(200, 'Allow')), instead: { code: 'NSG_IN', ...by('r100', 100, 'denies') } },
    { row: '65500 DenyAllInBound', yes: own(rule(4096, 'Allow')), says: by('r4096', 4096, 'allows'), no: own(), instead: denyAll() },
    { row: 'no NSG: Standard public IP closed, Basic open', yes: [vm(), bare, publicIp('Basic'), vnet()], says: { rule: 'NSG', source: nicUrn, pointer: '', text: /a Basic public address is open without one/ }, no: [vm(), bare, publicIp('Standard'), vnet()], instead: { code: 'NSG_IN', rule: 'NSG', source: nicUrn, text: /a Standard public address is closed without one/ } },
    { row: 'service tag Internet matches the internet', yes: own(rule(100, 'Allow', { sourceAddressPrefix: 'Internet' })), says: by('r100', 100, 'allows'), no: own(rule(100, 'Allow', { sourceAddressPrefix: 'AzureLoadBalancer' })), instead: denyAll() },
    { row: '"*" matches the internet', yes: own(rule(100, 'Allow', { sourceAddressPrefix: '*' })), says: by('r100', 100, 'allows'), no: own(rule(100, 'Allow', { sourceAddressPrefix: 'VirtualNetwork' })), instead: denyAll() },
    { row: 'AzureCloud may be anyone’s machine', yes: own(rule(100, 'Allow')), says: by('r100', 100, 'allows'), no: own(rule(100, 'Allow', { sourceAddressPrefix: 'AzureCloud' })), instead: { answer: 'unknown', text: /whether it applies is not known/, missing: /service tag/ } },
    { row: 'AllowVnetInBound with a default route of the user’s may let the internet in', yes: [vm(), nic(), publicIp(), routed, table(['0.0.0.0/0', 'Internet']), nsg('nic-nsg', rule(100, 'Allow'))], says: by('r100', 100, 'allows'), no: [vm(), nic(), publicIp(), routed, table(['0.0.0.0/0', 'Internet']), nsg('nic-nsg')], instead: { answer: 'unknown', ...byDefault('AllowVnetInBound', 65000), missing: /service tag/ } },
  ])('$row', (row) => { expectRow(row, ask()); });

  it.each<Row<Records> & { readonly peer: string }>([
    { row: '65000 AllowVnetInBound', peer: '10.0.9.9', yes: own(), says: byDefault('AllowVnetInBound', 65000), no: own(rule(4096, 'Deny')), instead: { code: 'NSG_IN', ...by('r4096', 4096, 'denies') } },
    { row: 'AllowVnetInBound: the address space, no other', peer: '10.1.0.9', yes: [vm(), nic(), publicIp(), vnet({}, { addressSpace: { addressPrefixes: ['10.0.0.0/15'] } }), nsg('nic-nsg')], says: byDefault('AllowVnetInBound', 65000), no: own(), instead: denyAll() },
    { row: 'AllowVnetInBound: behind a gateway are networks that nobody recorded', peer: '10.50.0.9', yes: own(rule(100, 'Allow')), says: by('r100', 100, 'allows'), no: [vm(), nic(), publicIp(), vnet({}, { subnets: [{ name: 'front', properties: { addressPrefix: '10.0.1.0/24' } }, { name: 'GatewaySubnet', properties: { addressPrefix: '10.0.255.0/27' } }] }), nsg('nic-nsg')], instead: { answer: 'unknown', ...byDefault('AllowVnetInBound', 65000), missing: /service tag/ } },
    { row: '65001 AllowAzureLoadBalancerInBound', peer: '168.63.129.16', yes: own(), says: byDefault('AllowAzureLoadBalancerInBound', 65001), no: own(rule(4096, 'Deny')), instead: { code: 'NSG_IN', ...by('r4096', 4096, 'denies') } },
    { row: 'one address in a tag of a service is open to question', peer: '20.38.1.1', yes: own(rule(100, 'Allow', { sourceAddressPrefix: '20.38.0.0/16' })), says: by('r100', 100, 'allows'), no: own(rule(100, 'Allow', { sourceAddressPrefix: 'Storage' })), instead: { answer: 'unknown', text: /r100 .*whether it applies is not known/, missing: /service tag/ } },
  ])('$row', ({ peer, ...row }) => { expectRow(row, from(peer)); });

  const six = { ipConfigurations: [{ name: 'ip', properties: { privateIPAddress: '10.0.1.4', subnet: { id: `${id('Microsoft.Network/virtualNetworks', 'net')}/subnets/front` } } }, { name: 'ip6', properties: { privateIPAddress: 'fd00:db8::4', privateIPAddressVersion: 'IPv6', subnet: { id: `${id('Microsoft.Network/virtualNetworks', 'net')}/subnets/front` } } }] };
  const dual = vnet({}, { addressSpace: { addressPrefixes: ['10.0.0.0/16', 'fd00:db8::/48'] } });
  it.each<Row<Records> & { readonly peer: string }>([
    { row: 'a private asker of IPv6 is inside the network', peer: 'fd00:db8::99', yes: [vm(), nic({}, six), dual, nsg('nic-nsg')], says: { ...byDefault('AllowVnetInBound', 65000) }, no: [vm(), nic({}, six), dual, nsg('nic-nsg', rule(4096, 'Deny'))], instead: { code: 'NSG_IN', ...by('r4096', 4096, 'denies') } },
    { row: 'one of another private network is not in it', peer: 'fd00:db9::99', yes: [vm(), nic({}, six), dual, nsg('nic-nsg', rule(100, 'Allow', { sourceAddressPrefix: 'fd00::/8' }))], says: by('r100', 100, 'allows'), no: [vm(), nic({}, six), dual, nsg('nic-nsg')], instead: denyAll() },
    { row: 'an interface without IPv6 has a reason to refuse it', peer: '2a00:1450::1', yes: [vm(), nic({}, { ipConfigurations: [...six.ipConfigurations.slice(0, 1), { name: 'ip6', properties: { ...six.ipConfigurations[1]?.properties, publicIPAddress: { id: id('Microsoft.Network/publicIPAddresses', 'six') } } }] }), arm('Microsoft.Network/publicIPAddresses', 'six', { ipAddress: '2a00:1451::4', publicIPAddressVersion: 'IPv6' }, { sku: { name: 'Standard' } }), dual, nsg('nic-nsg', rule(100, 'Allow'))], says: by('r100', 100, 'allows'), no: own(rule(100, 'Allow')), instead: { code: 'NO_PUBLIC_IP', source: nicUrn, pointer: '/ipConfigurations', text: /no address of IPv6/ } },
  ])('$row', ({ peer, ...row }) => { expectRow(row, from(peer)); });

  it('egress over IPv6 needs a public address of it', () => {
    const out = (records: Records) => { const graph = graphOfAzure(...records); return { graph, verdict: evaluateAzureEgress(graph, web, { port: 443, protocol: 'tcp', peer: '2a00:1450::1' }) }; };
    const none = out([vm(), nic({}, six), dual, nsg('nic-nsg')]), four = out(own());
    expectSaid(none.graph, none.verdict, 'no', { code: 'NO_OUTBOUND', source: nicUrn, pointer: '/ipConfigurations/1', text: /no public address of IPv6/ });
    expectSaid(four.graph, four.verdict, 'no', { code: 'NO_OUTBOUND', source: web, text: /no address of IPv6/ });
  });
});

const lbId = id('Microsoft.Network/loadBalancers', 'lb'), gwId = id('Microsoft.Network/applicationGateways', 'gw');
const lb = (front: Json = { publicIPAddress: { id: id('Microsoft.Network/publicIPAddresses', 'web-ip') } }) => arm('Microsoft.Network/loadBalancers', 'lb', { frontendIPConfigurations: [{ name: 'f', id: `${lbId}/frontendIPConfigurations/f`, properties: front }], backendAddressPools: [{ name: 'p', id: `${lbId}/backendAddressPools/p` }], loadBalancingRules: [{ name: 'h', properties: { frontendPort: 443, backendPort: 8443, protocol: 'Tcp', frontendIPConfiguration: { id: `${lbId}/frontendIPConfigurations/f` }, backendAddressPool: { id: `${lbId}/backendAddressPools/p` } } }] }, { sku: { name: 'Standard' } });
const gw = (front: Json = { publicIPAddress: { id: id('Microsoft.Network/publicIPAddresses', 'web-ip') } }) => arm('Microsoft.Network/applicationGateways', 'gw', {
  frontendIPConfigurations: [{ name: 'f', id: `${gwId}/frontendIPConfigurations/f`, properties: front }], frontendPorts: [{ id: `${gwId}/frontendPorts/a`, properties: { port: 443 } }], httpListeners: [{ properties: { frontendPort: { id: `${gwId}/frontendPorts/a` } } }], backendAddressPools: [{ id: `${gwId}/backendAddressPools/p`, properties: { backendAddresses: [{ ipAddress: '10.0.1.4' }] } }], backendHttpSettingsCollection: [{ properties: { port: 8443 } }],
  gatewayIPConfigurations: [{ properties: { subnet: { id: `${id('Microsoft.Network/virtualNetworks', 'net')}/subnets/gw` } } }],
});
const withGw = vnet({}, { subnets: [{ name: 'front', id: `${id('Microsoft.Network/virtualNetworks', 'net')}/subnets/front`, properties: { addressPrefix: '10.0.1.0/24' } }, { name: 'gw', id: `${id('Microsoft.Network/virtualNetworks', 'net')}/subnets/gw`, properties: { addressPrefix: '10.0.2.0/24' } }] });
const member = nic({ publicIPAddress: undefined, loadBalancerBackendAddressPools: [{ id: `${lbId}/backendAddressPools/p` }] }), inner = nic({ publicIPAddress: undefined }), to8443 = nsg('nic-nsg', rule(100, 'Allow', { destinationPortRange: '8443' }));

describe('a machine behind a balancer', () => {
  it.each<Row<Records>>([
    { row: 'public LB backend', yes: [vm(), member, publicIp(), vnet(), lb(), to8443], says: { rule: 'BACKEND', source: lbId.toLowerCase(), pointer: '/loadBalancingRules/0', text: /load balancer lb leads port 443 to its port 8443/, via: /203\.0\.113\.30 over lb/ }, no: [vm(), inner, publicIp(), vnet(), lb(), to8443], instead: { code: 'NO_PUBLIC_IP', source: nicUrn, text: /no public address/ } },
    { row: 'an internal LB leads nobody in', yes: [vm(), member, publicIp(), vnet(), lb(), to8443], says: { rule: 'BACKEND', text: /leads port 443/ }, no: [vm(), member, publicIp(), vnet(), lb({ privateIPAddress: '10.0.1.100' }), to8443], instead: { code: 'NO_PUBLIC_IP', text: /no public address/ } },
    { row: 'the group sees the sender behind an LB', yes: [vm(), member, publicIp(), vnet(), lb(), nsg('nic-nsg', rule(100, 'Allow', { destinationPortRange: '8443', sourceAddressPrefix: 'Internet' }))], says: by('r100', 100, 'allows'), no: [vm(), member, publicIp(), vnet(), lb(), nsg('nic-nsg', rule(100, 'Allow', { destinationPortRange: '8443', sourceAddressPrefix: 'AzureLoadBalancer' }))], instead: denyAll() },
    { row: 'AppGW backend', yes: [vm(), inner, publicIp(), withGw, gw(), to8443], says: { rule: 'LISTENER', source: gwId.toLowerCase(), pointer: '/httpListeners', text: /it listens on 443/, via: /203\.0\.113\.30 gw to/ }, no: [vm(), inner, publicIp(), withGw, gw({ privateIPAddress: '10.0.2.10' }), to8443], instead: { code: 'NO_PUBLIC_IP', text: /no public address/ } },
  ])('$row', (row) => { expectRow(row, ask(web, { port: 443, protocol: 'tcp' })); });
  it('one address of the internet gets in over a balancer as well', () => {
    expectRow({ row: '', yes: [vm(), member, publicIp(), vnet(), lb(), to8443], says: { rule: 'BACKEND', text: /leads port 443/ }, no: [vm(), inner, publicIp(), vnet(), lb(), to8443], instead: { code: 'NO_PUBLIC_IP', text: /no public address/ } }, ask(web, { port: 443, protocol: 'tcp', peer: '203.0.113.77' }));
  });
});

describe('PaaS', () => {
  const types = { sql: 'Microsoft.Sql/servers', site: 'Microsoft.Web/sites', vault: 'Microsoft.KeyVault/vaults', cosmos: 'Microsoft.DocumentDB/databaseAccounts', registry: 'Microsoft.ContainerRegistry/registries', search: 'Microsoft.Search/searchServices', bus: 'Microsoft.ServiceBus/namespaces' } as const;
  const everyone = { id: `${id(types.sql, 'x')}/firewallRules/f`, name: 'f', type: 'Microsoft.Sql/servers/firewallRules', properties: { startIpAddress: '0.0.0.0', endIpAddress: '255.255.255.255' } };
  const site = (restrictions: readonly Json[], more: Json = {}) => [arm(types.site, 'x', { state: 'Running', siteConfig: { ipSecurityRestrictions: restrictions }, ...more })];
  const restrict = (priority: number, action: string, ipAddress: string, more: Json = {}): Json => ({ priority, action, ipAddress, name: `n${priority}`, ...more });
  const off = (type: string) => ({ code: 'PUBLIC_NETWORK_DISABLED', source: urn(type, 'x'), pointer: '/publicNetworkAccess', text: /public network access is Disabled/ });
  it.each<Row<Records> & { readonly type: string; readonly peer?: string }>([
    { row: 'publicNetworkAccess of a server', type: types.sql, yes: [arm(types.sql, 'x', { publicNetworkAccess: 'Enabled' }), everyone], says: { rule: 'PUBLIC_NETWORK_DISABLED', source: urn(types.sql, 'x'), pointer: '/publicNetworkAccess', text: /Enabled/ }, no: [arm(types.sql, 'x', { publicNetworkAccess: 'Disabled' }), everyone], instead: off(types.sql) },
    { row: 'publicNetworkAccess of a vault', type: types.vault, yes: [arm(types.vault, 'x', { publicNetworkAccess: 'Enabled' })], says: { text: /public network access is Enabled/ }, no: [arm(types.vault, 'x', { publicNetworkAccess: 'Disabled' })], instead: off(types.vault) },
    { row: 'ipRules of a vault', type: types.vault, yes: [arm(types.vault, 'x', { networkAcls: { defaultAction: 'Deny', ipRules: [{ value: '0.0.0.0/0' }] } })], says: { rule: 'NETWORK_RULES', source: urn(types.vault, 'x'), pointer: '/networkAcls', text: /the network rules let it in/ }, no: [arm(types.vault, 'x', { networkAcls: { defaultAction: 'Deny', ipRules: [{ value: '198.51.100.4/32' }] } })], instead: { code: 'NETWORK_RULES', source: urn(types.vault, 'x'), pointer: '/networkAcls', text: /only named networks/ } },
    { row: 'ipRules of a registry', type: types.registry, yes: [arm(types.registry, 'x', { networkRuleSet: { defaultAction: 'Allow' } })], says: { rule: 'NETWORK_RULES', text: /no network rules limit it/ }, no: [arm(types.registry, 'x', { networkRuleSet: { defaultAction: 'Deny', ipRules: [{ value: '198.51.100.4' }] } })], instead: { code: 'NETWORK_RULES', text: /only named networks/ } },
    { row: 'ipRules of a search service', type: types.search, yes: [arm(types.search, 'x', { networkRuleSet: { ipRules: [] } })], says: { rule: 'NETWORK_RULES', text: /no network rules limit it/ }, no: [arm(types.search, 'x', { networkRuleSet: { ipRules: [{ value: '198.51.100.4' }] } })], instead: { code: 'NETWORK_RULES', text: /only named networks/ } },
    { row: 'ipRules of Cosmos DB', type: types.cosmos, yes: [arm(types.cosmos, 'x', { ipRules: [] })], says: { rule: 'NETWORK_RULES', text: /no network rules/ }, no: [arm(types.cosmos, 'x', { ipRules: [{ ipAddressOrRange: '198.51.100.4' }] })], instead: { code: 'NETWORK_RULES', text: /only named networks/ } },
    { row: 'rules that are resources of their own are taken for none, and said so', type: types.bus, yes: [arm(types.bus, 'x', {})], says: { rule: 'NETWORK_RULES', text: /its network rules are not recorded/, assumed: ['network_rules'] }, no: [arm(types.bus, 'x', { publicNetworkAccess: 'Disabled' })], instead: off(types.bus) },
    { row: 'private endpoint: a site that says nothing of public access is closed by it', type: types.site, yes: site([], { privateEndpointConnections: [{ properties: { privateLinkServiceConnectionState: { status: 'Approved' } } }], publicNetworkAccess: 'Enabled' }), says: { text: /public network access is Enabled/ }, no: site([], { privateEndpointConnections: [{ properties: { privateLinkServiceConnectionState: { status: 'Approved' } } }] }), instead: { code: 'PRIVATE_ENDPOINT', source: urn(types.site, 'x'), pointer: '/privateEndpointConnections/0', text: /private endpoint/ } },
    { row: 'access restrictions: first match', type: types.site, yes: site([restrict(100, 'Allow', 'Any'), restrict(200, 'Deny', '0.0.0.0/0')]), says: { rule: 'NETWORK_RULES', source: urn(types.site, 'x'), pointer: '/siteConfig/ipSecurityRestrictions/0', text: /access restriction n100 \(priority 100\) allows it/ }, no: site([restrict(300, 'Allow', 'Any'), restrict(200, 'Deny', '0.0.0.0/0'), restrict(201, 'Deny', '::/0')]), instead: { code: 'NETWORK_RULES', pointer: '/siteConfig/ipSecurityRestrictions/1', text: /n200 \(priority 200\) denies it/ } },
    { row: 'access restrictions for one address', type: types.site, peer: '203.0.113.7', yes: site([restrict(100, 'Deny', '203.0.113.8/32'), restrict(200, 'Allow', 'Any')]), says: { text: /n200 \(priority 200\) allows it/ }, no: site([restrict(100, 'Deny', '203.0.113.7/32'), restrict(200, 'Allow', 'Any')]), instead: { code: 'NETWORK_RULES', text: /n100 \(priority 100\) denies it/ } },
    { row: 'access restrictions: who is let in shuts the others out', type: types.site, yes: site([restrict(100, 'Deny', '203.0.113.0/24')]), says: { text: /let everyone in/ }, no: site([restrict(100, 'Allow', '203.0.113.0/24')]), instead: { code: 'NETWORK_RULES', text: /only named networks/ } },
    { row: 'access restrictions: one address in a service tag is open to question', type: types.site, peer: '20.38.1.1', yes: site([restrict(100, 'Allow', '20.38.0.0/16')]), says: { text: /n100 .* allows it/ }, no: site([restrict(100, 'Allow', 'AzureFrontDoor.Backend', { tag: 'ServiceTag' })]), instead: { answer: 'unknown', missing: /access restriction applies/ } },
    { row: 'access restrictions: a service tag is not the internet', type: types.site, yes: site([restrict(100, 'Allow', 'Internet', { tag: 'ServiceTag' })]), says: { text: /n100 .* allows it/ }, no: site([restrict(100, 'Allow', 'AzureFrontDoor.Backend', { tag: 'ServiceTag' })]), instead: { code: 'NETWORK_RULES', text: /only named networks/ } },
  ])('$row', ({ type, peer, ...row }) => { expectRow(row, ask(urn(type, 'x'), peer === undefined ? {} : { peer })); });
});

it('a verdict never says no without a reason, whoever asks', () => {
  const graph = graphOfAzure(...own(rule(100, 'Allow')));
  for (const peer of ['2a00:1450::1', 'fd00::1', '10.0.0.1', '203.0.113.1', undefined]) expect(evaluateAzureIngress(graph, web, { port: 22, protocol: 'tcp', peer }).reachable.reasons.length).toBeGreaterThan(0);
});
