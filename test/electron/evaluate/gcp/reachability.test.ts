import { describe, expect, it } from 'vitest';
import { evaluateGcpEgress, evaluateGcpHostToHost } from '#electron/evaluate/gcp/host-paths.ts';
import { evaluateGcpIngress } from '#electron/evaluate/gcp/reachability.ts';
import { allow, binding, deny, email, firewall, folder, graphOfAssets, instance, instanceName, internetRange, link, network, nic, number, organization, policy, project, projectRecord, resource, scope } from './cloud-assets.ts';

type Json = Readonly<Record<string, unknown>>;
const web = instanceName('web');
const ingress = (records: readonly Json[], options: object = { port: 22, protocol: 'tcp' }, subject = web) => evaluateGcpIngress(scope(graphOfAssets(projectRecord(), ...records)), subject, options);
const ssh = firewall('allow-ssh', { ...allow('tcp', '22'), ...internetRange });
const vm = instance('web');
const policyRule = (priority: number, action: string, more: Json = {}): Json => ({ priority, direction: 'INGRESS', action, match: { srcIpRanges: ['0.0.0.0/0'], layer4Configs: [{ ipProtocol: 'tcp', ports: ['22'] }] }, ...more });
const firewallPolicy = (name: string, target: string, ...rules: readonly Json[]): Json => resource(`//compute.googleapis.com/${name}`, 'compute.googleapis.com/FirewallPolicy', { name: '1', displayName: name, associations: [{ name: 'a', attachmentTarget: target }], rules });
const onOrg = (...rules: readonly Json[]) => firewallPolicy('locations/global/firewallPolicies/1', organization, ...rules);
const onFolder = (...rules: readonly Json[]) => firewallPolicy('locations/global/firewallPolicies/2', folder, ...rules);
const onNetwork = (...rules: readonly Json[]) => firewallPolicy(`projects/${project}/global/firewallPolicies/net`, link('global/networks/main'), ...rules);
const inRegion = (region: string, ...rules: readonly Json[]) => firewallPolicy(`projects/${project}/regions/${region}/firewallPolicies/r`, link('global/networks/main'), ...rules);
const before = network({ networkFirewallPolicyEnforcementOrder: 'BEFORE_CLASSIC_FIREWALL' }), after = network({ networkFirewallPolicyEnforcementOrder: 'AFTER_CLASSIC_FIREWALL' });
const closed = firewall('only-office', { ...allow('tcp', '22'), sourceRanges: ['198.51.100.0/24'] });
const route = (data: Json) => resource(`//compute.googleapis.com/projects/${project}/global/routes/r`, 'compute.googleapis.com/Route', { name: 'r', network: link('global/networks/main'), destRange: '0.0.0.0/0', priority: 1000, ...data });
const gateway = { nextHopGateway: link('global/gateways/default-internet-gateway') };

describe('ingress to an instance, in pairs that differ in one fact', () => {
  const pairs: readonly (readonly [string, readonly Json[], readonly Json[], string])[] = [
    ['an external address', [vm, ssh], [instance('web', { networkInterfaces: [nic({ accessConfigs: [] })] }), ssh], 'NO_PUBLIC_IP'],
    ['a rule for the port', [vm, ssh], [vm, firewall('allow-ssh', { ...allow('tcp', '80'), ...internetRange })], 'FW_IN'],
    ['the protocol', [vm, firewall('f', { ...allow('all'), ...internetRange })], [vm, firewall('f', { ...allow('udp'), ...internetRange })], 'FW_IN'],
    ['the sources', [vm, ssh], [vm, closed], 'FW_IN'],
    ['a disabled rule', [vm, ssh], [vm, firewall('allow-ssh', { ...allow('tcp', '22'), ...internetRange, disabled: true })], 'FW_IN'],
    ['the direction', [vm, ssh], [vm, firewall('allow-ssh', { ...allow('tcp', '22'), destinationRanges: ['0.0.0.0/0'], direction: 'EGRESS' })], 'FW_IN'],
    ['a target tag', [vm, firewall('f', { ...allow('tcp', '22'), ...internetRange, targetTags: ['web'] })], [vm, firewall('f', { ...allow('tcp', '22'), ...internetRange, targetTags: ['db'] })], 'FW_IN'],
    ['a target service account', [vm, firewall('f', { ...allow('tcp', '22'), ...internetRange, targetServiceAccounts: [email('web')] })], [vm, firewall('f', { ...allow('tcp', '22'), ...internetRange, targetServiceAccounts: [email('db')] })], 'FW_IN'],
    ['a source tag means machines, not the internet', [vm, firewall('f', { ...allow('tcp', '22'), ...internetRange, sourceTags: ['lb'] })], [vm, firewall('f', { ...allow('tcp', '22'), sourceTags: ['lb'] })], 'FW_IN'],
    ['a deny of better priority', [vm, ssh, firewall('d', { ...deny('tcp', '22'), ...internetRange, priority: 2000 })], [vm, ssh, firewall('d', { ...deny('tcp', '22'), ...internetRange, priority: 900 })], 'FW_IN'],
    ['deny beats allow on a tie', [vm, ssh, firewall('d', { ...deny('tcp', '22'), ...internetRange, priority: 1001 })], [vm, ssh, firewall('d', { ...deny('tcp', '22'), ...internetRange, priority: 1000 })], 'FW_IN'],
    ['a deny for few addresses', [vm, ssh, firewall('d', { ...deny('all'), sourceRanges: ['198.51.100.0/24'], priority: 1 })], [vm, ssh, firewall('d', { ...deny('all'), sourceRanges: ['0.0.0.0/1', '128.0.0.0/1'], priority: 1 })], 'FW_IN'],
    ['the network of the rule', [vm, ssh], [vm, firewall('allow-ssh', { ...allow('tcp', '22'), ...internetRange, network: link('global/networks/other') })], 'FW_IN'],
    ['the state', [vm, ssh], [instance('web', { status: 'TERMINATED' }), ssh], 'STATE'],
    ['a route to the gateway', [vm, ssh, route(gateway)], [vm, ssh, route({ ...gateway, destRange: '10.0.0.0/8' })], 'NO_ROUTE'],
    ['a hierarchical deny', [vm, ssh, onOrg(policyRule(10, 'goto_next'))], [vm, ssh, onOrg(policyRule(10, 'deny'))], 'FW_IN'],
    ['a hierarchical allow, final', [vm, closed, onOrg(policyRule(10, 'allow'))], [vm, closed, onOrg(policyRule(10, 'goto_next'))], 'FW_IN'],
    ['the organization goes before the folder', [vm, ssh, onOrg(policyRule(10, 'allow')), onFolder(policyRule(10, 'deny'))], [vm, ssh, onOrg(policyRule(10, 'goto_next')), onFolder(policyRule(10, 'deny'))], 'FW_IN'],
    ['a policy of another folder', [vm, ssh, firewallPolicy('locations/global/firewallPolicies/3', 'folders/78', policyRule(10, 'deny'))], [vm, ssh, onFolder(policyRule(10, 'deny'))], 'FW_IN'],
    ['the first match of a policy', [vm, ssh, onOrg(policyRule(10, 'goto_next'), policyRule(20, 'deny'))], [vm, ssh, onOrg(policyRule(30, 'goto_next'), policyRule(20, 'deny'))], 'FW_IN'],
    ['VPC rules before the network policy', [vm, ssh, after, onNetwork(policyRule(10, 'deny'))], [vm, ssh, before, onNetwork(policyRule(10, 'deny'))], 'FW_IN'],
    ['the network policy where no VPC rule speaks', [vm, closed, after, onNetwork(policyRule(10, 'allow'))], [vm, closed, after, onNetwork(policyRule(10, 'allow', { disabled: true }))], 'FW_IN'],
    ['a regional policy of the region', [vm, closed, inRegion('europe-west1', policyRule(10, 'allow'))], [vm, closed, inRegion('us-east1', policyRule(10, 'allow'))], 'FW_IN'],
    ['the targets of a policy rule', [vm, ssh, onOrg(policyRule(10, 'deny', { targetResources: [link('global/networks/other')] }))], [vm, ssh, onOrg(policyRule(10, 'deny', { targetResources: [link('global/networks/main')] }))], 'FW_IN'],
    ['the target accounts of a policy rule', [vm, ssh, onOrg(policyRule(10, 'deny', { targetServiceAccounts: [email('db')] }))], [vm, ssh, onOrg(policyRule(10, 'deny', { targetServiceAccounts: [email('web')] }))], 'FW_IN'],
  ];
  it.each(pairs)('%s', (_, open, shut, code) => {
    const [a, b] = [ingress(open), ingress(shut)];
    expect(a.reachable).toMatchObject({ answer: 'yes', missing: [] });
    expect(a.open).toEqual([{ protocol: 'tcp', from: 22, to: 22 }]);
    expect(b.reachable).toMatchObject({ answer: 'no', blocked_by: code });
    expect(b.reachable.reasons[0]?.text).not.toBe('');
  });

  it('names the rule that decides, with its priority', () => {
    expect(ingress([vm, ssh]).reachable.reasons.map((r) => r.text)).toContain('VPC firewall rule allow-ssh (priority 1000) allows it');
    expect(ingress([vm, closed]).reachable.reasons[0]?.text).toBe('no rule speaks of it, and deny is implied for ingress');
    expect(ingress([vm, ssh, onOrg(policyRule(10, 'deny'))]).reachable.reasons[0]).toMatchObject({ rule: 'GCP.fw_policy', pointer: '/rules/0' });
  });

  it('tells the open ports when none is asked about', () => expect(ingress([vm, ssh, firewall('w', { ...allow('tcp', '80', '443', '8000-8100'), ...internetRange }), firewall('d', { ...deny('tcp', '8050'), ...internetRange, priority: 1 })], {}).open)
    .toEqual([{ protocol: 'tcp', from: 22, to: 22 }, { protocol: 'tcp', from: 80, to: 80 }, { protocol: 'tcp', from: 443, to: 443 }, { protocol: 'tcp', from: 8000, to: 8049 }, { protocol: 'tcp', from: 8051, to: 8100 }]));

  it('lets the office in where only the office is let in', () => {
    expect(ingress([vm, closed], { port: 22, protocol: 'tcp', peer: '198.51.100.7' }).reachable.answer).toBe('yes');
    expect(ingress([vm, closed], { port: 22, protocol: 'tcp', peer: '203.0.113.7' }).reachable.answer).toBe('no');
  });

  it.each([
    ['the firewall rules', [vm], 'the firewall rules of the network'], ['the interfaces', [resource(web, 'compute.googleapis.com/Instance', { name: 'web', status: 'RUNNING' }), ssh], 'its network interfaces'],
  ] as const)('is unknown without %s, and names them', (_, records, what) => expect(ingress(records).reachable).toMatchObject({ answer: 'unknown', missing: [expect.objectContaining({ what })] }));

  it('leaves open what an address group may let in', () => {
    const group = onNetwork(policyRule(10, 'allow', { match: { srcAddressGroups: ['//networksecurity.googleapis.com/x'], layer4Configs: [{ ipProtocol: 'tcp', ports: ['22'] }] } }));
    expect(ingress([vm, closed, group]).reachable.answer).toBe('unknown');
    expect(ingress([vm, ssh, group]).reachable.answer).toBe('yes');
  });
});

describe('load balancers', () => {
  const backend = (data: Json = {}) => resource(`//compute.googleapis.com/projects/${project}/global/backendServices/b`, 'compute.googleapis.com/BackendService', { name: 'b', backends: [{ group: link('zones/europe-west1-b/instanceGroups/mig') }], ...data });
  const proxy = resource(`//compute.googleapis.com/projects/${project}/global/targetHttpProxies/p`, 'compute.googleapis.com/TargetHttpProxy', { name: 'p', urlMap: link('global/urlMaps/u') });
  const map = resource(`//compute.googleapis.com/projects/${project}/global/urlMaps/u`, 'compute.googleapis.com/UrlMap', { name: 'u', defaultService: link('global/backendServices/b') });
  const rule = (data: Json = {}) => resource(`//compute.googleapis.com/projects/${project}/global/forwardingRules/lb`, 'compute.googleapis.com/ForwardingRule', { name: 'lb', IPAddress: '203.0.113.80', IPProtocol: 'TCP', portRange: '80-80', loadBalancingScheme: 'EXTERNAL_MANAGED', target: link('global/targetHttpProxies/p'), ...data });
  const inside = instance('web', { networkInterfaces: [nic({ accessConfigs: [] })], metadata: { items: [{ key: 'created-by', value: `projects/${number}/zones/europe-west1-b/instanceGroupManagers/mig` }] } });
  const fromProxies = firewall('lb', { ...allow('tcp', '8080'), sourceRanges: ['130.211.0.0/22', '35.191.0.0/16'] });
  const at80 = { port: 80, protocol: 'tcp' };

  it.each([
    ['the scheme', [inside, backend(), proxy, map, rule(), fromProxies], [inside, backend(), proxy, map, rule({ loadBalancingScheme: 'INTERNAL_MANAGED' }), fromProxies], 'NO_PUBLIC_IP'],
    ['the proxies are let in', [inside, backend(), proxy, map, rule(), fromProxies], [inside, backend(), proxy, map, rule(), firewall('lb', { ...allow('tcp', '8080'), sourceRanges: ['10.0.0.0/8'] })], 'FW_IN'],
    ['the port of the rule', [inside, backend(), proxy, map, rule(), fromProxies], [inside, backend(), proxy, map, rule({ portRange: '443-443' }), fromProxies], 'NO_PUBLIC_IP'],
  ] as const)('an instance without an external address: %s', (_, open, shut, code) => {
    expect(ingress(open, at80).reachable).toMatchObject({ answer: 'yes', via: expect.stringContaining('203.0.113.80 over lb') });
    expect(ingress(shut, at80).reachable).toMatchObject({ answer: 'no', blocked_by: code });
  });

  it('passes packets on with the sender’s own address', () => {
    const pool = resource(`//compute.googleapis.com/projects/${project}/regions/europe-west1/targetPools/t`, 'compute.googleapis.com/TargetPool', { name: 't', instances: [link('zones/europe-west1-b/instances/web')] });
    const passing = rule({ target: link('regions/europe-west1/targetPools/t'), loadBalancingScheme: 'EXTERNAL' });
    expect(ingress([inside, pool, passing, fromProxies], at80).reachable).toMatchObject({ answer: 'no' });
    expect(ingress([inside, pool, passing, firewall('all', { ...allow('tcp', '80'), ...internetRange })], at80).reachable.answer).toBe('yes');
    expect(ingress([inside, pool, passing, firewall('all', { ...allow('tcp', '80'), ...internetRange })], at80, `//compute.googleapis.com/projects/${project}/global/forwardingRules/lb`).reachable.answer).toBe('yes');
  });

  it('notes what asks for an identity first', () => {
    const lb = `//compute.googleapis.com/projects/${project}/global/forwardingRules/lb`;
    expect(ingress([backend({ iap: { enabled: true } }), proxy, map, rule()], at80, lb).reachable).toMatchObject({ answer: 'yes', reasons: expect.arrayContaining([expect.objectContaining({ rule: 'IAP' })]) });
  });
});

describe('services', () => {
  const run = `//run.googleapis.com/projects/${project}/locations/europe-west1/services/api`;
  const service = (ingressTo: string, more: Json = {}) => resource(run, 'run.googleapis.com/Service', { apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata: { name: 'api', annotations: { 'run.googleapis.com/ingress': ingressTo } }, ...more });
  const invoker = (member: string) => policy(run, 'run.googleapis.com/Service', binding('roles/run.invoker', member));
  const fn = `//cloudfunctions.googleapis.com/projects/${project}/locations/europe-west1/functions/f`;
  const sqlName = `//cloudsql.googleapis.com/projects/${project}/instances/db`;
  const sql = (ipConfiguration: Json, more: Json = {}) => resource(sqlName, 'sqladmin.googleapis.com/Instance', { name: 'db', state: 'RUNNABLE', databaseVersion: 'POSTGRES_15', settings: { ipConfiguration, activationPolicy: 'ALWAYS', ...more }, ipAddresses: [{ type: 'PRIMARY', ipAddress: '203.0.113.50' }] });
  const clusterName = `//container.googleapis.com/projects/${project}/locations/europe-west1/clusters/c`;
  const cluster = (data: Json) => resource(clusterName, 'container.googleapis.com/Cluster', { name: 'c', endpoint: '203.0.113.60', status: 'RUNNING', ...data });
  const everyone = { authorizedNetworks: [{ value: '0.0.0.0/0' }] };

  it.each([
    ['Cloud Run ingress', run, [service('all'), invoker('allUsers')], [service('internal'), invoker('allUsers')], 'INGRESS'],
    ['Cloud Run ingress of version 2', run, [resource(run, 'run.googleapis.com/Service', { ingress: 'INGRESS_TRAFFIC_ALL' }), invoker('allUsers')], [resource(run, 'run.googleapis.com/Service', { ingress: 'INGRESS_TRAFFIC_INTERNAL_ONLY' }), invoker('allUsers')], 'INGRESS'],
    ['the invoker', run, [service('all'), invoker('allUsers')], [service('all'), invoker('serviceAccount:x@acme-prod.iam.gserviceaccount.com')], 'INVOKER'],
    ['a function', fn, [resource(fn, 'cloudfunctions.googleapis.com/CloudFunction', { httpsTrigger: { url: 'https://f' }, ingressSettings: 'ALLOW_ALL' }), policy(fn, 'cloudfunctions.googleapis.com/CloudFunction', binding('roles/cloudfunctions.invoker', 'allUsers'))], [resource(fn, 'cloudfunctions.googleapis.com/CloudFunction', { httpsTrigger: { url: 'https://f' }, ingressSettings: 'ALLOW_INTERNAL_ONLY' }), policy(fn, 'cloudfunctions.googleapis.com/CloudFunction', binding('roles/cloudfunctions.invoker', 'allUsers'))], 'INGRESS'],
    ['Cloud SQL networks', sqlName, [sql({ ipv4Enabled: true, ...everyone })], [sql({ ipv4Enabled: true, authorizedNetworks: [{ value: '198.51.100.0/24' }] })], 'AUTHORIZED_NETWORKS'],
    ['a Cloud SQL address', sqlName, [sql({ ipv4Enabled: true, ...everyone })], [sql({ ipv4Enabled: false, ...everyone })], 'NO_PUBLIC_IP'],
    ['Cloud SQL stopped', sqlName, [sql({ ipv4Enabled: true, ...everyone })], [sql({ ipv4Enabled: true, ...everyone }, { activationPolicy: 'NEVER' })], 'STATE'],
    ['a private control plane', clusterName, [cluster({ privateClusterConfig: { enablePrivateEndpoint: false } })], [cluster({ privateClusterConfig: { enablePrivateEndpoint: true } })], 'PRIVATE_ENDPOINT'],
    ['authorized networks of a control plane', clusterName, [cluster({ masterAuthorizedNetworksConfig: { enabled: false } })], [cluster({ masterAuthorizedNetworksConfig: { enabled: true, cidrBlocks: [{ cidrBlock: '198.51.100.0/24' }] } })], 'AUTHORIZED_NETWORKS'],
  ] as const)('%s', (_, subject, open, shut, code) => {
    expect(ingress(open, {}, subject).reachable).toMatchObject({ answer: 'yes' });
    expect(ingress(shut, {}, subject).reachable).toMatchObject({ answer: 'no', blocked_by: code });
  });

  it('asks for the invoker’s policy where it isn’t recorded', () => expect(ingress([service('all')], {}, run).reachable).toMatchObject({ answer: 'unknown', missing: [expect.objectContaining({ what: 'the IAM policy of the resource' })] }));

  it('a topic is as public as its policy', () => {
    const topic = `//pubsub.googleapis.com/projects/${project}/topics/t`;
    expect(ingress([resource(topic, 'pubsub.googleapis.com/Topic', { name: 't' }), policy(topic, 'pubsub.googleapis.com/Topic', binding('roles/pubsub.publisher', 'allUsers'))], {}, topic).reachable.answer).toBe('yes');
    expect(ingress([resource(topic, 'pubsub.googleapis.com/Topic', { name: 't' }), policy(topic, 'pubsub.googleapis.com/Topic', binding('roles/pubsub.publisher', 'user:a@acme.example'))], {}, topic).reachable).toMatchObject({ answer: 'no', blocked_by: 'NO_GRANT' });
  });
});

describe('a firewall rule as the subject', () => {
  const rule = `//compute.googleapis.com/projects/${project}/global/firewalls/allow-ssh`;
  it('is exposed through the instance that it targets', () => expect(ingress([vm, ssh], {}, rule)).toMatchObject({ reachable: { answer: 'yes' }, rule_opens: 'yes' }));
  it('is not where the instance has no address', () => expect(ingress([instance('web', { networkInterfaces: [nic({ accessConfigs: [] })] }), ssh], {}, rule)).toMatchObject({ reachable: { answer: 'no', blocked_by: 'NO_PUBLIC_IP' }, rule_opens: 'yes' }));
  it('opens nothing when disabled', () => expect(ingress([vm, firewall('allow-ssh', { ...allow('tcp', '22'), ...internetRange, disabled: true })], {}, rule)).toMatchObject({ reachable: { answer: 'no', blocked_by: 'FW_IN' }, rule_opens: 'no' }));
  it('is open as a rule, and unknown as an exposure, without machines', () => expect(ingress([ssh], {}, rule)).toMatchObject({ reachable: { answer: 'unknown' }, rule_opens: 'yes' }));
});

describe('egress and host to host', () => {
  const inside = instance('web', { networkInterfaces: [nic({ accessConfigs: [] })] });
  const egress = (records: readonly Json[], options = {}) => evaluateGcpEgress(scope(graphOfAssets(projectRecord(), ...records)), web, { port: 443, protocol: 'tcp', ...options });
  const router = (nats: readonly Json[]) => resource(`//compute.googleapis.com/projects/${project}/regions/europe-west1/routers/r`, 'compute.googleapis.com/Router', { name: 'r', network: link('global/networks/main'), nats });
  const denyOut = firewall('deny-out', { ...deny('all'), destinationRanges: ['0.0.0.0/0'], direction: 'EGRESS' });
  it.each([
    ['an external address', [vm, ssh], [inside, ssh], 'NO_NAT'],
    ['Cloud NAT', [inside, ssh, router([{ sourceSubnetworkIpRangesToNat: 'ALL_SUBNETWORKS_ALL_IP_RANGES' }])], [inside, ssh, router([{ sourceSubnetworkIpRangesToNat: 'LIST_OF_SUBNETWORKS', subnetworks: [{ name: link('regions/europe-west1/subnetworks/other') }] }])], 'NO_NAT'],
    ['an egress rule', [vm, ssh], [vm, denyOut], 'FW_OUT'],
    ['a route', [vm, ssh, route(gateway)], [vm, ssh, route({ ...gateway, destRange: '10.0.0.0/8' })], 'NO_ROUTE'],
  ] as const)('egress: %s', (_, open, shut, code) => {
    expect(egress(open)).toMatchObject({ answer: 'yes' });
    expect(egress(shut)).toMatchObject({ answer: 'no', blocked_by: code });
  });

  const db = (data: Json = {}) => instance('db', { tags: { items: ['db'] }, serviceAccounts: [{ email: email('db'), scopes: [] }], networkInterfaces: [nic({ accessConfigs: [], networkIP: '10.10.0.9' })], ...data });
  const other = (name: string) => db({ networkInterfaces: [nic({ accessConfigs: [], networkIP: '10.20.0.9', network: link(`global/networks/${name}`), subnetwork: link('regions/europe-west1/subnetworks/o') })] });
  const reach = (...records: readonly Json[]) => evaluateGcpHostToHost(scope(graphOfAssets(projectRecord(), ...records)), web, instanceName('db'), { port: 5432, protocol: 'tcp' });
  const toDb = (data: Json) => firewall('db', { ...allow('tcp', '5432'), ...data });
  const peer = (state: string) => network({ peerings: [{ name: 'p', network: link('global/networks/other'), state }] });
  it.each([
    ['a source tag', [vm, db(), toDb({ sourceTags: ['web'] })], [vm, db(), toDb({ sourceTags: ['app'] })], 'FW_IN'],
    ['a source account', [vm, db(), toDb({ sourceServiceAccounts: [email('web')] })], [vm, db(), toDb({ sourceServiceAccounts: [email('app')] })], 'FW_IN'],
    ['a source range', [vm, db(), toDb({ sourceRanges: ['10.10.0.0/24'] })], [vm, db(), toDb({ sourceRanges: ['10.11.0.0/24'] })], 'FW_IN'],
    ['egress of the sender', [vm, db(), toDb({ sourceTags: ['web'] })], [vm, db(), toDb({ sourceTags: ['web'] }), firewall('o', { ...deny('tcp', '5432'), destinationRanges: ['10.10.0.0/16'], direction: 'EGRESS', targetTags: ['web'] })], 'FW_OUT'],
    ['the state of the receiver', [vm, db(), toDb({ sourceTags: ['web'] })], [vm, db({ status: 'TERMINATED' }), toDb({ sourceTags: ['web'] })], 'STATE'],
    ['a peering', [vm, other('other'), peer('ACTIVE'), firewall('x', { ...allow('tcp', '5432'), sourceRanges: ['10.0.0.0/8'], network: link('global/networks/other') })], [vm, other('other'), peer('INACTIVE'), firewall('x', { ...allow('tcp', '5432'), sourceRanges: ['10.0.0.0/8'], network: link('global/networks/other') })], 'NO_PEERING'],
  ] as const)('host to host: %s', (_, open, shut, code) => {
    expect(reach(...open)).toMatchObject({ answer: 'yes' });
    expect(reach(...shut)).toMatchObject({ answer: 'no', blocked_by: code });
  });
});
