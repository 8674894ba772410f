import { at, isObject, list, scalarText, str, type JsonObject } from '#shared/lib/json.ts';
import { computeName } from '#shared/model/gcp.ts';
import { hasUntold } from '#shared/model/untold.ts';
import { accountEmail, camelData, containerId, googleName, linkOf, projectOf, runName } from './google-names.ts';
import { keep } from './network-shapes.ts';
import { resolveOne } from './plan-references.ts';
import type { TfResource } from './read-resource.ts';
import { isUntold, untoldOf } from './untold.ts';

const single: ReadonlySet<string> = new Set(['settings', 'ip_configuration', 'private_cluster_config', 'master_authorized_networks_config', 'service_config', 'metadata', 'template', 'spec', 'event_trigger', 'ip_filter', 'public_network_source', 'iap', 'cloud_run', 'cloud_function', 'dns_endpoint_config', 'control_plane_endpoints_config']);
export const plain = (values: unknown): JsonObject => { const found = camelData(values, single); return isObject(found) ? found : {}; };
type Shape = (r: TfResource) => JsonObject;

const instance: Shape = (r) => ({
  ...plain(r.values), ...untoldOf(r, { tags: 'tags', service_account: 'serviceAccounts', network_interface: 'networkInterfaces' }), id: str(r.values, 'instance_id'), status: str(r.values, 'current_status') ?? str(r.values, 'desired_status'), tags: { items: list(r.values, 'tags') },
  networkInterfaces: isUntold(r, 'network_interface') ? undefined : list(r.values, 'network_interface').map((nic, i) => ({
    ...plain(nic), ...untoldOf(r, { access_config: 'accessConfigs', ipv6_access_config: 'ipv6AccessConfigs' }, `network_interface.${i}`),
    ...keep({ network: networkOf(r, nic, i), subnetwork: linkOf(r, at(nic, 'subnetwork'), `network_interface.${i}.subnetwork`, `regions/${(str(r.values, 'zone') ?? '').replace(/-[a-z]$/, '')}/subnetworks`) }), accessConfigs: list(nic, 'access_config').map(plain), ipv6AccessConfigs: list(nic, 'ipv6_access_config').map(plain), aliasIpRanges: list(nic, 'alias_ip_range').map(plain),
  })),
  serviceAccounts: list(r.values, 'service_account').map((account, i) => { const path = `service_account.${i}.email`, found = resolveOne(r.resolve, path), email = str(account, 'email') ?? (found && accountEmail(r, found)); return { scopes: list(account, 'scopes'), email, ...(email === undefined && isUntold(r, path) && { untold: ['email'] }) }; }),
});

/** The network of an interface; where a plan names the subnetwork alone, the one that this lies in. */
function networkOf(r: TfResource, nic: unknown, i: number): string | undefined {
  const named = linkOf(r, at(nic, 'network') || undefined, `network_interface.${i}.network`, 'global/networks');
  const subnet = named === undefined ? resolveOne(r.resolve, `network_interface.${i}.subnetwork`) : undefined;
  return named ?? (subnet && linkOf({ ...r, address: subnet.address, values: subnet.values, resolve: r.resolveFrom(subnet.address) }, subnet.values['network'], 'network', 'global/networks'));
}

const rules = (r: TfResource, key: string): readonly JsonObject[] => list(r.values, key).map((rule, i) => ({ IPProtocol: str(rule, 'protocol') ?? 'all', ports: list(rule, 'ports'), ...untoldOf(r, { protocol: 'IPProtocol', ports: 'ports' }, `${key}.${i}`) }));
const ruleWords = { direction: 'direction', disabled: 'disabled', priority: 'priority', allow: 'allowed', deny: 'denied', source_ranges: 'sourceRanges', destination_ranges: 'destinationRanges', source_tags: 'sourceTags', source_service_accounts: 'sourceServiceAccounts', target_tags: 'targetTags', target_service_accounts: 'targetServiceAccounts' };
const firewall: Shape = (r) => keep({
  ...plain(r.values), ...untoldOf(r, ruleWords), network: linkOf(r, r.values['network'], 'network', 'global/networks'), direction: str(r.values, 'direction') ?? 'INGRESS', allow: undefined, deny: undefined,
  allowed: rules(r, 'allow'), denied: rules(r, 'deny'), ...emailsOf(r, 'source_service_accounts', 'sourceServiceAccounts'), ...emailsOf(r, 'target_service_accounts', 'targetServiceAccounts'),
});
const emailsOf = (r: TfResource, key: string, as: string): JsonObject => { const found = list(r.values, key).filter((e) => typeof e === 'string' && e !== ''), resolved = found.length > 0 ? [] : r.resolve(key).map((p) => accountEmail(r, p)); return { [as]: [...found, ...resolved] }; };

/** Links to other compute resources, under the API's words; those that are set and lead to nothing that is known are untold. */
const links = (...keys: readonly string[]): Shape => (r) => {
  const found = keys.map((key) => [camel(key), linkOf(r, r.values[key], key, 'global/unknown'), key] as const), untold = found.flatMap(([word, link, key]) => (link === undefined && isUntold(r, key) ? [word] : []));
  return { ...Object.fromEntries(found.flatMap(([word, link]) => (link === undefined ? [] : [[word, link]]))), ...(untold.length > 0 && { untold }) };
};
const camel = (key: string): string => key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
const linked = (...keys: readonly string[]): Shape => (r) => ({ ...plain(r.values), ...links(...keys)(r) });
const route: Shape = (r) => keep({ ...linked('network', 'next_hop_instance')(r), ...untoldOf(r, { network: 'network', dest_range: 'destRange', priority: 'priority', tags: 'tags', next_hop_gateway: 'nextHopGateway' }) });
const forwarding: Shape = (r) => {
  const own = linked('target', 'backend_service', 'network', 'subnetwork')(r), isUnknown = isUntold(r, 'load_balancing_scheme'), more = untoldOf(r, { load_balancing_scheme: 'loadBalancingScheme', port_range: 'ports', ports: 'ports', all_ports: 'ports', ip_protocol: 'IPProtocol' });
  return keep({ ...own, ...joinUntold(own, more), IPAddress: str(r.values, 'ip_address'), IPProtocol: str(r.values, 'ip_protocol'), loadBalancingScheme: isUnknown ? undefined : str(r.values, 'load_balancing_scheme') ?? 'EXTERNAL', ipAddress: undefined, ipProtocol: undefined });
};
const joinUntold = (...blocks: readonly JsonObject[]): JsonObject => { const untold = blocks.flatMap((b) => list(b, 'untold')); return untold.length === 0 ? {} : { untold }; };
const backends: Shape = (r) => ({ ...plain(r.values), ...untoldOf(r, { backend: 'backends' }), backends: list(r.values, 'backend').map((backend, i) => keep({ ...plain(backend), group: linkOf(r, at(backend, 'group'), `backend.${i}.group`, 'global/unknown') })) });

/** The machines that a list names, be it by links, or as `zone/name` of a pool. */
const membersOf = (r: TfResource): JsonObject => {
  const named = list(r.values, 'instances').flatMap((i) => { const [zone, name] = scalarText(i).split('/'); return scalarText(i).includes('projects/') ? [computeName(scalarText(i))] : name === undefined ? [] : [`//compute.googleapis.com/projects/${projectOf(r, r)}/zones/${zone}/instances/${name}`]; });
  const instances = named.length > 0 ? named : r.resolve('instances').flatMap((found) => googleName(r, found) ?? []);
  return { instances, ...(instances.length === 0 && untoldOf(r, { instances: 'instances' })) };
};

const bucket: Shape = (r) => keep({
  ...plain(r.values), ...untoldOf(r, { ip_filter: 'ipFilter', 'ip_filter.0.mode': 'ipFilter', 'ip_filter.0.public_network_source': 'ipFilter', 'ip_filter.0.public_network_source.0.allowed_ip_cidr_ranges': 'ipFilter' }),
  iamConfiguration: keep({ ...untoldOf(r, { public_access_prevention: 'publicAccessPrevention', uniform_bucket_level_access: 'uniformBucketLevelAccess' }), publicAccessPrevention: str(r.values, 'public_access_prevention'), uniformBucketLevelAccess: typeof r.values['uniform_bucket_level_access'] === 'boolean' ? { enabled: r.values['uniform_bucket_level_access'] } : undefined }),
});
const database: Shape = (r) => {
  const data = plain(r.values), ip = list(list(r.values, 'settings')[0], 'ip_configuration')[0], path = 'settings.0.ip_configuration.0';
  const settings = isObject(data['settings']) ? data['settings'] : {}, untold = untoldOf(r, { ipv4_enabled: 'ipv4Enabled', authorized_networks: 'authorizedNetworks' }, path);
  return keep({ ...data, ipAddress: undefined, ipAddresses: list(r.values, 'ip_address').map(plain), settings: { ...settings, ...(ip !== undefined && { ipConfiguration: { ...plain(ip), ...untold, ipv4Enabled: hasUntold(untold, 'ipv4Enabled') ? undefined : at(ip, 'ipv4_enabled') !== false, authorizedNetworks: list(ip, 'authorized_networks').map(plain) } }) } });
};
const cluster: Shape = (r) => {
  const limited = list(r.values, 'master_authorized_networks_config')[0], blocks = { ...untoldOf(r, { cidr_blocks: 'cidrBlocks' }, 'master_authorized_networks_config.0') };
  return keep({
    ...plain(r.values), ...untoldOf(r, { master_authorized_networks_config: 'masterAuthorizedNetworksConfig', private_cluster_config: 'privateClusterConfig', 'private_cluster_config.0.enable_private_endpoint': 'privateClusterConfig', control_plane_endpoints_config: 'controlPlaneEndpointsConfig', 'control_plane_endpoints_config.0.dns_endpoint_config': 'controlPlaneEndpointsConfig', 'control_plane_endpoints_config.0.dns_endpoint_config.0.allow_external_traffic': 'controlPlaneEndpointsConfig' }),
    masterAuthorizedNetworksConfig: limited === undefined ? undefined : { enabled: true, cidrBlocks: list(limited, 'cidr_blocks').map(plain), ...blocks },
  });
};
/** The services of a Cloud Run revision run as one account; without a setting everyone may knock. */
const run: Shape = (r) => keep({
  ...plain(r.values), ...untoldOf(r, { invoker_iam_disabled: 'invokerIamDisabled' }), ...(r.type === 'google_cloud_run_v2_service' && { ingress: isUntold(r, 'ingress') ? undefined : str(r.values, 'ingress') ?? 'INGRESS_TRAFFIC_ALL' }),
  ...(r.type === 'google_cloud_run_service' && { metadata: { ...plain(list(r.values, 'metadata')[0]), annotations: { ...(!isUntold(r, ['metadata', '0', 'annotations', ingressKey]) && { [ingressKey]: 'all' }), ...annotations(r) } } }),
});
const ingressKey = 'run.googleapis.com/ingress';
const annotations = (r: TfResource): object => { const found = at(list(r.values, 'metadata')[0], 'annotations'); return isObject(found) ? found : {}; };
const gen1: Shape = (r) => keep({ ...plain(r.values), ingressSettings: isUntold(r, 'ingress_settings') ? undefined : str(r.values, 'ingress_settings') ?? 'ALLOW_ALL', httpsTrigger: r.values['trigger_http'] === true ? { url: str(r.values, 'https_trigger_url') } : undefined });
const gen2: Shape = (r) => { const data = plain(r.values), service = isObject(data['serviceConfig']) ? data['serviceConfig'] : {}; return { ...data, serviceConfig: { ...(!isUntold(r, 'service_config.0.ingress_settings') && { ingressSettings: 'ALLOW_ALL' }), service: runName(r, r)?.replace(/^\/\/[^/]+\//, ''), ...service } }; };
const identity: Shape = (r) => keep({ ...plain(r.values), email: accountEmail(r, r), projectId: projectOf(r, r) });
const folder: Shape = (r) => { const above = resolveOne(r.resolve, 'parent'); return keep({ ...plain(r.values), parent: str(r.values, 'parent') ?? (above && containerId(above)) }); };
const project: Shape = (r) => keep({ ...plain(r.values), projectId: str(r.values, 'project_id'), projectNumber: str(r.values, 'number'), lifecycleState: 'ACTIVE' });
const role: Shape = (r) => keep({ ...plain(r.values), ...untoldOf(r, { permissions: 'includedPermissions' }), includedPermissions: list(r.values, 'permissions') });

const ofCompute: readonly (readonly [name: string, shape: Shape])[] = [
  ['instance', instance], ['firewall', firewall], ['subnetwork', linked('network')], ['route', route], ['router', linked('network')], ['forwarding_rule', forwarding], ['global_forwarding_rule', forwarding], ['backend_service', backends], ['region_backend_service', backends],
  ['url_map', linked('default_service')], ['region_url_map', linked('default_service')], ['target_http_proxy', linked('url_map')], ['target_https_proxy', linked('url_map')], ['region_target_http_proxy', linked('url_map')], ['region_target_https_proxy', linked('url_map')], ['target_tcp_proxy', linked('backend_service')], ['target_ssl_proxy', linked('backend_service')],
  ['target_instance', linked('instance')], ['instance_group', (r) => { const own = linked('network')(r), members = membersOf(r); return { ...own, ...members, ...joinUntold(own, members) }; }], ['target_pool', (r) => ({ ...plain(r.values), ...membersOf(r) })],
];
const shapes: ReadonlyMap<string, Shape> = new Map<string, Shape>([...ofCompute.map(([name, shape]) => [`google_compute_${name}`, shape] as const), ['google_storage_bucket', bucket], ['google_sql_database_instance', database], ['google_container_cluster', cluster], ['google_cloud_run_service', run], ['google_cloud_run_v2_service', run], ['google_cloudfunctions_function', gen1], ['google_cloudfunctions2_function', gen2], ['google_service_account', identity], ['google_folder', folder], ['google_project', project], ['google_project_iam_custom_role', role]]);

/** The REST representation of a google_* resource, as Cloud Asset Inventory exports it. */
export const googleData = (r: TfResource): JsonObject => ({ ...(shapes.get(r.type) ?? ((of: TfResource) => plain(of.values)))(r), project: projectOf(r, r) });
