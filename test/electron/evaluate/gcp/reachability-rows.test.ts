import { describe, expect, it } from 'vitest';
import { evaluateGcpEgress } from '#electron/evaluate/gcp/host-paths.ts';
import { evaluateGcpIngress } from '#electron/evaluate/gcp/reachability.ts';
import { expectRow, expectSaid, type Row } from '../rows.ts';
import { allow, binding, deny, email, firewall, folder, graphOfAssets, instance, instanceName, internetRange, link, network, nic, number, organization, policy, project, projectRecord, resource, scope } from './cloud-assets.ts';

/** Design 5-graph §2, Google Cloud ingress: each sentence as a row, both sides, with what explains it. */
type Json = Readonly<Record<string, unknown>>;
type Assets = readonly Json[];
const compute = `//compute.googleapis.com/projects/${project}`, web = instanceName('web'), main = `${compute}/global/networks/main`;
const ask = (subject: string, options: object) => (records: Assets) => { const graph = graphOfAssets(projectRecord(), ...records); return { graph, verdict: evaluateGcpIngress(scope(graph), subject, options).reachable }; };
const ssh = { port: 22, protocol: 'tcp' };
const vm = instance('web'), inner = instance('web', { networkInterfaces: [nic({ accessConfigs: [] })] });
const open = firewall('open', { ...allow('tcp', '22'), ...internetRange });
const rule = (priority: number, action: string, more: Json = {}): Json => ({ priority, direction: 'INGRESS', action, match: { srcIpRanges: ['0.0.0.0/0'], layer4Configs: [{ ipProtocol: 'tcp', ports: ['22'] }] }, ...more });
const attached = (path: string, name: string, target: string, rules: readonly Json[], more: Json = {}): Json => resource(`//compute.googleapis.com/${path}`, 'compute.googleapis.com/FirewallPolicy', { name: '1', displayName: name, associations: [{ name: 'a', attachmentTarget: target }], rules, ...more });
const onOrg = (...rules: readonly Json[]) => attached('locations/global/firewallPolicies/1', 'org', organization, rules);
const onFolder = (...rules: readonly Json[]) => attached('locations/global/firewallPolicies/2', 'folder', folder, rules);
const global = (...rules: readonly Json[]) => attached(`projects/${project}/global/firewallPolicies/g`, 'global', link('global/networks/main'), rules);
const regional = (...rules: readonly Json[]) => attached(`projects/${project}/regions/europe-west1/firewallPolicies/r`, 'regional', link('global/networks/main'), rules);
const system = (...rules: readonly Json[]) => attached(`projects/${project}/regions/europe-west1/firewallPolicies/s`, 'system', link('global/networks/main'), rules, { policyType: 'SYSTEM_REGIONAL' });
const before = network({ networkFirewallPolicyEnforcementOrder: 'BEFORE_CLASSIC_FIREWALL' }), after = network({ networkFirewallPolicyEnforcementOrder: 'AFTER_CLASSIC_FIREWALL' });
const closed = firewall('office', { ...allow('tcp', '22'), sourceRanges: ['198.51.100.0/24'] });
const opened = { rule: 'GCP.fw_in', source: `${compute}/global/firewalls/open`, pointer: '/allowed', text: /VPC firewall rule open \(priority 1000\) allows it/, via: /203\.0\.113\.10/ };
const implied = { code: 'FW_IN', rule: 'GCP.fw_in', source: main, pointer: '', text: /no rule speaks of it, and deny is implied for ingress/ };
const byPolicy = (path: string, name: string, priority: number, does: string, index = 0) => ({ rule: 'GCP.fw_policy', source: `//compute.googleapis.com/${path}`, pointer: `/rules/${index}`, text: new RegExp(`firewall policy ${name}, rule ${priority}, ${does}`) });
const paths = { org: 'locations/global/firewallPolicies/1', folder: 'locations/global/firewallPolicies/2', global: `projects/${project}/global/firewallPolicies/g`, regional: `projects/${project}/regions/europe-west1/firewallPolicies/r`, system: `projects/${project}/regions/europe-west1/firewallPolicies/s` };
const denied = (name: string, priority: number) => ({ code: 'FW_IN', rule: 'GCP.fw_in', source: `${compute}/global/firewalls/${name}`, pointer: '/denied', text: new RegExp(`VPC firewall rule ${name} \\(priority ${priority}\\) denies it`) });

const machine: readonly Row<Assets>[] = [
  { row: 'external IP', yes: [vm, open], says: { text: /it has the external address 203\.0\.113\.10/, source: web, pointer: '/networkInterfaces/0/accessConfigs', assumed: ['default_route', 'firewall_policies'] }, no: [inner, open], instead: { code: 'NO_PUBLIC_IP', source: web, pointer: '/networkInterfaces/0', text: /it has no external address/ } },
  { row: 'hierarchical policies first', yes: [vm, closed, onOrg(rule(10, 'allow'))], says: byPolicy(paths.org, 'org', 10, 'allows it'), no: [vm, open, onOrg(rule(10, 'deny'))], instead: { code: 'FW_IN', ...byPolicy(paths.org, 'org', 10, 'denies it') } },
  { row: 'org, then folders', yes: [vm, open, onOrg(rule(10, 'allow')), onFolder(rule(1, 'deny'))], says: byPolicy(paths.org, 'org', 10, 'allows it'), no: [vm, open, onOrg(rule(10, 'goto_next')), onFolder(rule(1, 'deny'))], instead: { code: 'FW_IN', ...byPolicy(paths.folder, 'folder', 1, 'denies it') } },
  { row: 'first match', yes: [vm, closed, onOrg(rule(20, 'deny'), rule(10, 'allow'))], says: byPolicy(paths.org, 'org', 10, 'allows it', 1), no: [vm, closed, onOrg(rule(20, 'allow'), rule(10, 'deny'))], instead: { code: 'FW_IN', ...byPolicy(paths.org, 'org', 10, 'denies it', 1) } },
  { row: 'goto_next continues', yes: [vm, open, onOrg(rule(10, 'goto_next'), rule(20, 'deny'))], says: { ...opened }, no: [vm, open, onOrg(rule(10, 'goto_next', { disabled: true }), rule(20, 'deny'))], instead: { code: 'FW_IN', ...byPolicy(paths.org, 'org', 20, 'denies it', 1) } },
  { row: 'regional system policies before VPC rules', yes: [vm, firewall('shut', { ...deny('tcp', '22'), ...internetRange }), system(rule(10, 'allow'))], says: byPolicy(paths.system, 'system', 10, 'allows it'), no: [vm, firewall('shut', { ...deny('tcp', '22'), ...internetRange }), regional(rule(10, 'allow'))], instead: denied('shut', 1000) },
  { row: 'regional system policies after hierarchical ones', yes: [vm, closed, onFolder(rule(10, 'goto_next')), system(rule(10, 'allow'))], says: byPolicy(paths.system, 'system', 10, 'allows it'), no: [vm, closed, onFolder(rule(10, 'deny')), system(rule(10, 'allow'))], instead: { code: 'FW_IN', ...byPolicy(paths.folder, 'folder', 10, 'denies it') } },
  { row: 'VPC rules before the global network policy', yes: [vm, open, after, global(rule(10, 'deny'))], says: opened, no: [vm, firewall('shut', { ...deny('tcp', '22'), ...internetRange }), after, global(rule(10, 'allow'))], instead: denied('shut', 1000) },
  { row: 'the global network policy before the regional one', yes: [vm, closed, global(rule(10, 'allow')), regional(rule(1, 'deny'))], says: byPolicy(paths.global, 'global', 10, 'allows it'), no: [vm, closed, global(rule(10, 'goto_next')), regional(rule(1, 'deny'))], instead: { code: 'FW_IN', ...byPolicy(paths.regional, 'regional', 1, 'denies it') } },
  { row: 'the regional network policy last', yes: [vm, closed, regional(rule(10, 'allow'))], says: byPolicy(paths.regional, 'regional', 10, 'allows it'), no: [vm, closed, regional(rule(10, 'goto_next'))], instead: implied },
  { row: 'implied deny of ingress', yes: [vm, open], says: opened, no: [vm, closed], instead: implied },
  { row: 'BEFORE_CLASSIC_FIREWALL: VPC rules after the network policies', yes: [vm, firewall('shut', { ...deny('tcp', '22'), ...internetRange }), before, global(rule(10, 'allow'))], says: byPolicy(paths.global, 'global', 10, 'allows it'), no: [vm, firewall('shut', { ...deny('tcp', '22'), ...internetRange }), after, global(rule(10, 'allow'))], instead: denied('shut', 1000) },
  { row: 'BEFORE_CLASSIC_FIREWALL: the policy denies before a VPC rule allows', yes: [vm, open, after, global(rule(10, 'deny'))], says: opened, no: [vm, open, before, global(rule(10, 'deny'))], instead: { code: 'FW_IN', ...byPolicy(paths.global, 'global', 10, 'denies it') } },
  { row: 'lowest priority number wins', yes: [vm, open, firewall('shut', { ...deny('tcp', '22'), ...internetRange, priority: 1001 })], says: opened, no: [vm, open, firewall('shut', { ...deny('tcp', '22'), ...internetRange, priority: 999 })], instead: denied('shut', 999) },
  { row: 'deny beats allow on a tie', yes: [vm, firewall('open', { ...allow('tcp', '22'), ...internetRange, priority: 1000 }), firewall('other', { ...allow('tcp', '22'), ...internetRange, priority: 1000 })], says: opened, no: [vm, open, firewall('shut', { ...deny('tcp', '22'), ...internetRange, priority: 1000 })], instead: denied('shut', 1000) },
  { row: 'disabled rules skipped', yes: [vm, open, firewall('shut', { ...deny('tcp', '22'), ...internetRange, priority: 1, disabled: true })], says: opened, no: [vm, open, firewall('shut', { ...deny('tcp', '22'), ...internetRange, priority: 1, disabled: false })], instead: denied('shut', 1) },
  { row: 'targets by tag', yes: [vm, firewall('open', { ...allow('tcp', '22'), ...internetRange, targetTags: ['db', 'web'] })], says: opened, no: [instance('web', { tags: { items: ['app'] } }), firewall('open', { ...allow('tcp', '22'), ...internetRange, targetTags: ['db', 'web'] })], instead: implied },
  { row: 'targets by service account', yes: [vm, firewall('open', { ...allow('tcp', '22'), ...internetRange, targetServiceAccounts: [email('web')] })], says: opened, no: [vm, firewall('open', { ...allow('tcp', '22'), ...internetRange, targetServiceAccounts: [email('db')] })], instead: implied },
];

describe('an instance', () => {
  it.each(machine)('$row', (row) => { expectRow(row, ask(web, ssh)); });

  it('implied allow of egress', () => {
    const egress = (...records: Assets) => { const graph = graphOfAssets(projectRecord(), ...records); return { graph, verdict: evaluateGcpEgress(scope(graph), web, { port: 443, protocol: 'tcp' }) }; };
    const shut = firewall('shut-out', { ...deny('all'), destinationRanges: ['0.0.0.0/0'], direction: 'EGRESS' });
    const held = egress(vm, open), failed = egress(vm, shut);
    expectSaid(held.graph, held.verdict, 'yes', { rule: 'GCP.fw_out', source: main, text: /no rule speaks of it, and allow is implied for egress/ });
    expectSaid(failed.graph, failed.verdict, 'no', { code: 'FW_OUT', rule: 'GCP.fw_out', source: `${compute}/global/firewalls/shut-out`, pointer: '/denied', text: /shut-out \(priority 1000\) denies it/ });
  });

  it('answers for an asker of IPv6 with a reason, whether it speaks IPv6 or not', () => {
    const six = instance('web', { networkInterfaces: [nic({ ipv6AccessConfigs: [{ externalIpv6: '2001:db8:1::5', externalIpv6PrefixLength: 96 }] })] });
    const rules = firewall('open', { ...allow('tcp', '22'), sourceRanges: ['::/0'] });
    const from = (records: Assets) => ask(web, { ...ssh, peer: '2a00:1450::1' })(records);
    const held = from([instance('web', { networkInterfaces: [nic({ ipv6AccessConfigs: [{ externalIpv6: '2a00:1451::5' }] })] }), rules]), failed = from([vm, rules]);
    expectSaid(held.graph, held.verdict, 'yes', { rule: 'GCP.fw_in', text: /open \(priority 1000\) allows it/, via: /2a00:1451::5/ });
    expectSaid(failed.graph, failed.verdict, 'no', { code: 'NO_PUBLIC_IP', source: web, pointer: '/networkInterfaces', text: /no address of IPv6/ });
    expect(from([six, rules]).verdict.reasons.length).toBeGreaterThan(0);
  });
  it('a private asker of IPv6 is inside', () => {
    const own = instance('web', { networkInterfaces: [nic({ accessConfigs: [], ipv6Address: 'fd20:1::5', ipv6AccessType: 'INTERNAL' })] });
    const from = (range: string) => ask(web, { ...ssh, peer: 'fd20:2::9' })([own, firewall('open', { ...allow('tcp', '22'), sourceRanges: [range] })]);
    expectSaid(from('fd20::/16').graph, from('fd20::/16').verdict, 'yes', { text: /the asker is inside private address space/, source: web });
    expectSaid(from('fd30::/16').graph, from('fd30::/16').verdict, 'no', { ...implied });
  });
  it('egress over IPv6 needs an external address of it', () => {
    const graph = graphOfAssets(projectRecord(), vm, open);
    expectSaid(graph, evaluateGcpEgress(scope(graph), web, { port: 443, protocol: 'tcp', peer: '2a00:1450::1' }), 'no', { code: 'NO_NAT', source: web, pointer: '/networkInterfaces', text: /no external address of IPv6/ });
  });
});

const backend = resource(`${compute}/global/backendServices/b`, 'compute.googleapis.com/BackendService', { name: 'b', backends: [{ group: link('zones/europe-west1-b/instanceGroups/mig') }] });
const proxy = (where: string) => resource(`${compute}/${where}/targetHttpProxies/p`, 'compute.googleapis.com/TargetHttpProxy', { name: 'p', urlMap: link('global/urlMaps/u') });
const map = resource(`${compute}/global/urlMaps/u`, 'compute.googleapis.com/UrlMap', { name: 'u', defaultService: link('global/backendServices/b') });
const front = (where: string, data: Json = {}) => resource(`${compute}/${where}/forwardingRules/lb`, 'compute.googleapis.com/ForwardingRule', { name: 'lb', IPAddress: '203.0.113.80', IPProtocol: 'TCP', portRange: '80-80', loadBalancingScheme: 'EXTERNAL_MANAGED', target: link(`${where}/targetHttpProxies/p`), ...data });
const member = instance('web', { networkInterfaces: [nic({ accessConfigs: [] })], metadata: { items: [{ key: 'created-by', value: `projects/${number}/zones/europe-west1-b/instanceGroupManagers/mig` }] } });
const from = (...sourceRanges: readonly string[]) => firewall('lb', { ...allow('tcp', '8080'), sourceRanges });
const proxied = (where = 'global', data: Json = {}): Assets => [member, backend, proxy(where), map, front(where, data)];
const subnet = (purpose: string) => resource(`${compute}/regions/europe-west1/subnetworks/proxies`, 'compute.googleapis.com/Subnetwork', { name: 'proxies', purpose, ipCidrRange: '10.129.0.0/23', network: link('global/networks/main') });
const through = { rule: 'BACKEND', source: `${compute}/global/forwardingRules/lb`, text: /behind the forwarding rule lb/, via: /203\.0\.113\.80 over lb/ };

describe('an instance behind a load balancer', () => {
  const rows: readonly Row<Assets>[] = [
    { row: 'LB: external scheme', yes: [...proxied(), from('130.211.0.0/22', '35.191.0.0/16')], says: through, no: [...proxied('global', { loadBalancingScheme: 'INTERNAL_SELF_MANAGED' }), from('130.211.0.0/22', '35.191.0.0/16')], instead: { code: 'NO_PUBLIC_IP', source: web, text: /no external address/ } },
    { row: 'ingress is from the proxies 130.211.0.0/22', yes: [...proxied(), from('130.211.0.0/22')], says: through, no: [...proxied(), from('130.212.0.0/22')], instead: implied },
    { row: 'ingress is from the proxies 35.191.0.0/16', yes: [...proxied(), from('35.191.0.0/16')], says: through, no: [...proxied(), from('35.192.0.0/16')], instead: implied },
    { row: 'a VM may be exposed without an external IP', yes: [...proxied(), from('35.191.0.0/16')], says: through, no: [member, from('35.191.0.0/16')], instead: { code: 'NO_PUBLIC_IP', source: web, text: /no external address/ } },
    { row: 'a regional load balancer connects from its proxy-only subnet', yes: [...proxied('regions/europe-west1'), subnet('REGIONAL_MANAGED_PROXY'), from('10.129.0.0/23')], says: { ...through, source: `${compute}/regions/europe-west1/forwardingRules/lb` }, no: [...proxied('regions/europe-west1'), subnet('REGIONAL_MANAGED_PROXY'), from('130.211.0.0/22', '35.191.0.0/16')], instead: implied },
    { row: 'and where that subnet is not recorded it is open', yes: [...proxied('regions/europe-west1'), subnet('REGIONAL_MANAGED_PROXY'), from('10.129.0.0/23')], says: { text: /behind the forwarding rule/ }, no: [...proxied('regions/europe-west1'), from('10.129.0.0/23')], instead: { answer: 'unknown', text: /proxy-only subnet of its region is not known/, missing: /proxy-only subnet/ } },
  ];
  it.each(rows)('$row', (row) => { expectRow(row, ask(web, { port: 80, protocol: 'tcp' })); });
  it('one address of the internet gets in over a load balancer as well', () => { expectRow({ ...rows[1]! }, ask(web, { port: 80, protocol: 'tcp', peer: '203.0.113.7' })); });
  it('a proxy for HTTP answers TCP, not UDP', () => {
    const udp = ask(web, { port: 80, protocol: 'udp' })([...proxied(), from('35.191.0.0/16')]), rule80 = ask(`${compute}/global/forwardingRules/lb`, { port: 80, protocol: 'udp' })([...proxied(), from('35.191.0.0/16')]);
    expectSaid(udp.graph, udp.verdict, 'no', { code: 'NO_PUBLIC_IP', text: /no external address/ });
    expectSaid(rule80.graph, rule80.verdict, 'no', { code: 'LISTENER', text: /does not listen on the port/ });
  });
});

const run = `//run.googleapis.com/projects/${project}/locations/europe-west1/services/api`;
const fn = `//cloudfunctions.googleapis.com/projects/${project}/locations/europe-west1/functions/f`;
const service = (ingress: string) => resource(run, 'run.googleapis.com/Service', { metadata: { name: 'api', annotations: { 'run.googleapis.com/ingress': ingress } } });
const invoker = (who: string) => policy(run, 'run.googleapis.com/Service', binding('roles/run.invoker', who));
const func = (ingressSettings: string) => resource(fn, 'cloudfunctions.googleapis.com/CloudFunction', { httpsTrigger: { url: 'https://f' }, ingressSettings });
const caller = (who: string) => policy(fn, 'cloudfunctions.googleapis.com/CloudFunction', binding('roles/cloudfunctions.invoker', who));
const neg = resource(`${compute}/regions/europe-west1/networkEndpointGroups/n`, 'compute.googleapis.com/NetworkEndpointGroup', { name: 'n', networkEndpointType: 'SERVERLESS', cloudRun: { service: 'api' } });
const negBackend = (group: string) => resource(`${compute}/global/backendServices/b`, 'compute.googleapis.com/BackendService', { name: 'b', backends: [{ group: link(`regions/europe-west1/networkEndpointGroups/${group}`) }] });
const other = resource(`${compute}/regions/europe-west1/networkEndpointGroups/o`, 'compute.googleapis.com/NetworkEndpointGroup', { name: 'o', networkEndpointType: 'SERVERLESS', cloudRun: { service: 'web' } });
const balanced = (group: string): Assets => [service('internal-and-cloud-load-balancing'), invoker('allUsers'), neg, other, negBackend(group), proxy('global'), map, front('global')];
const isAll = { rule: 'INGRESS', source: run, pointer: '/metadata/annotations', text: /ingress is all/ }, inside = { code: 'INGRESS', rule: 'INGRESS', source: run, pointer: '/metadata/annotations', text: /ingress is internal/ };
const anyone = { rule: 'INVOKER', source: `${run}#iam-policy`, pointer: '/bindings/0', text: /roles\/run\.invoker with run\.routes\.invoke for allUsers/ }, nobody = { code: 'INVOKER', rule: 'INVOKER', source: run, text: /no binding on it or above it gives run\.routes\.invoke/ };

describe('Cloud Run and Cloud Functions', () => {
  it.each<Row<Assets>>([
    { row: 'ingress=all AND invoker allUsers', yes: [service('all'), invoker('allUsers')], says: isAll, no: [service('internal'), invoker('allUsers')], instead: inside },
    { row: 'ingress=all AND nobody may invoke', yes: [service('all'), invoker('allUsers')], says: anyone, no: [service('all'), invoker('serviceAccount:x@acme-prod.iam.gserviceaccount.com')], instead: nobody },
    { row: 'ingress=internal AND nobody may invoke', yes: [service('all'), invoker('allAuthenticatedUsers')], says: { rule: 'INVOKER', text: /for allAuthenticatedUsers/ }, no: [service('internal'), invoker('user:a@acme.example')], instead: inside },
    { row: 'ingress from load balancers is as open as the external one that leads there', yes: balanced('n'), says: { rule: 'INGRESS', source: `${compute}/global/forwardingRules/lb`, text: /the load balancer lb leads to it/ }, no: balanced('o'), instead: { code: 'INGRESS', rule: 'INGRESS', source: run, pointer: '/metadata/annotations', text: /no external load balancer leads to it/ } },
    { row: 'and open to question where no load balancer is recorded', yes: balanced('n'), says: { rule: 'INGRESS', text: /leads to it/ }, no: [service('internal-and-cloud-load-balancing'), invoker('allUsers')], instead: { answer: 'unknown', text: /which load balancers lead to it is not known/, missing: /which load balancers lead to it/ } },
  ])('$row', (row) => { expectRow(row, ask(run, {})); });
  it.each<Row<Assets>>([
    { row: 'a function: ingress', yes: [func('ALLOW_ALL'), caller('allUsers')], says: { rule: 'INGRESS', source: fn, pointer: '/ingressSettings', text: /ingress is ALLOW_ALL/ }, no: [func('ALLOW_INTERNAL_ONLY'), caller('allUsers')], instead: { code: 'INGRESS', source: fn, pointer: '/ingressSettings', text: /ALLOW_INTERNAL_ONLY/ } },
    { row: 'a function: invoker', yes: [func('ALLOW_ALL'), caller('allUsers')], says: { rule: 'INVOKER', source: `${fn}#iam-policy`, pointer: '/bindings/0', text: /cloudfunctions\.functions\.invoke for allUsers/ }, no: [func('ALLOW_ALL'), caller('domain:acme.example')], instead: { code: 'INVOKER', source: fn, text: /no binding/ } },
  ])('$row', (row) => { expectRow(row, ask(fn, {})); });
});

describe('a control plane', () => {
  const name = `//container.googleapis.com/projects/${project}/locations/europe-west1/clusters/c`;
  const cluster = (named: Json): Json => resource(name, 'container.googleapis.com/Cluster', { name: 'c', endpoint: '10.0.0.2', status: 'RUNNING', privateClusterConfig: { enablePrivateEndpoint: true }, controlPlaneEndpointsConfig: { dnsEndpointConfig: named } });
  it('by its DNS endpoint is reached from anywhere where that takes outside traffic, private as its address may be', () => {
    expectRow({ row: '', yes: [cluster({ endpoint: 'gke-c.example', allowExternalTraffic: true })], says: { rule: 'PRIVATE_ENDPOINT', source: name, pointer: '/controlPlaneEndpointsConfig/dnsEndpointConfig', text: /DNS endpoint takes traffic from anywhere/, via: /gke-c\.example/ }, no: [cluster({ endpoint: 'gke-c.example', allowExternalTraffic: false })], instead: { code: 'PRIVATE_ENDPOINT', source: name, pointer: '/privateClusterConfig', text: /private endpoint only/ } }, ask(name, {}));
  });
});
