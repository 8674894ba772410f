import { at, isObject, list, scalarText, str, type JsonObject } from '#shared/lib/json.ts';
import { computeName } from '#shared/model/gcp.ts';
import { accountEmail, camelData, containerId, googleName, isUnwritten, linkOf, projectOf, runName } from './google-names.ts';
import type { TfResource } from './read-resource.ts';
import { keep } from './network-shapes.ts';

const single: ReadonlySet<string> = new Set(['settings', 'ip_configuration', 'private_cluster_config', 'master_authorized_networks_config', 'service_config', 'metadata', 'template', 'spec', 'event_trigger', 'ip_filter', 'public_network_source', 'iap', 'cloud_run', 'cloud_function', 'dns_endpoint_config', 'control_plane_endpoints_config']);
export const plain = (values: unknown): JsonObject => { const found = camelData(values, single); return isObject(found) ? found : {}; };
type Shape = (r: TfResource) => JsonObject;

const instance: Shape = (r) => ({
  ...plain(r.values), id: str(r.values, 'instance_id'), status: str(r.values, 'current_status') ?? str(r.values, 'desired_status'), tags: { items: list(r.values, 'tags') },
  networkInterfaces: list(r.values, 'network_interface').map((nic, i) => ({ ...plain(nic), ...keep({ network: networkOf(r, nic, i), subnetwork: linkOf(r, at(nic, 'subnetwork'), `network_interface.${i}.subnetwork`, `regions/${(str(r.values, 'zone') ?? '').replace(/-[a-z]$/, '')}/subnetworks`) }), accessConfigs: list(nic, 'access_config').map(plain), ipv6AccessConfigs: list(nic, 'ipv6_access_config').map(plain), aliasIpRanges: list(nic, 'alias_ip_range').map(plain) })),
  serviceAccounts: list(r.values, 'service_account').map((account) => ({ scopes: list(account, 'scopes'), email: str(account, 'email') ?? r.resolve('service_account.email').map((found) => accountEmail(r, found))[0] })),
});

/** The network of an interface; where a plan names the subnetwork alone, the one that this lies in. */
function networkOf(r: TfResource, nic: unknown, i: number): string | undefined {
  const named = linkOf(r, at(nic, 'network') || undefined, `network_interface.${i}.network`, 'global/networks');
  const [subnet] = named === undefined ? r.resolve(`network_interface.${i}.subnetwork`) : [];
  return named ?? (subnet && linkOf({ ...r, address: subnet.address, values: subnet.values, resolve: r.resolveFrom(subnet.address) }, subnet.values['network'], 'network', 'global/networks'));
}

const rules = (values: unknown, key: string): readonly JsonObject[] => list(values, key).map((rule) => ({ IPProtocol: str(rule, 'protocol') ?? 'all', ports: list(rule, 'ports') }));
const firewall: Shape = (r) => keep({ ...(['source_ranges', 'destination_ranges', 'source_tags', 'source_service_accounts', 'target_tags', 'target_service_accounts'].some((key) => isUnwritten(r, key)) && { isOpen: true }),
  ...plain(r.values), network: linkOf(r, r.values['network'], 'network', 'global/networks'), direction: str(r.values, 'direction') ?? 'INGRESS', allow: undefined, deny: undefined,
  allowed: rules(r.values, 'allow'), denied: rules(r.values, 'deny'), ...emailsOf(r, 'source_service_accounts', 'sourceServiceAccounts'), ...emailsOf(r, 'target_service_accounts', 'targetServiceAccounts'),
});
const emailsOf = (r: TfResource, key: string, as: string): JsonObject => { const found = list(r.values, key).filter((e) => typeof e === 'string' && e !== ''), resolved = found.length > 0 ? [] : r.resolve(key).map((p) => accountEmail(r, p)); return { [as]: [...found, ...resolved] }; };

/** Links to other compute resources, under the API's words. */
const links = (...keys: readonly string[]): Shape => (r) => Object.fromEntries(keys.flatMap((key) => { const found = linkOf(r, r.values[key], key, 'global/unknown'); return found === undefined ? [] : [[key.replace(/_([a-z])/g, (_, l: string) => l.toUpperCase()), found] as const]; }));
const linked = (...keys: readonly string[]): Shape => (r) => ({ ...plain(r.values), ...links(...keys)(r) });
const forwarding: Shape = (r) => keep({ ...linked('target', 'backend_service', 'network', 'subnetwork')(r), IPAddress: str(r.values, 'ip_address'), IPProtocol: str(r.values, 'ip_protocol'), loadBalancingScheme: str(r.values, 'load_balancing_scheme') ?? 'EXTERNAL', ipAddress: undefined, ipProtocol: undefined });
const backends: Shape = (r) => ({ ...plain(r.values), backends: list(r.values, 'backend').map((backend, i) => keep({ ...plain(backend), group: linkOf(r, at(backend, 'group'), `backend.${i}.group`, 'global/unknown') })) });

/** The machines that a list names, be it by links, or as `zone/name` of a pool. */
const membersOf = (r: TfResource): readonly string[] => {
  const named = list(r.values, 'instances').flatMap((i) => { const [zone, name] = scalarText(i).split('/'); return scalarText(i).includes('projects/') ? [computeName(scalarText(i))] : name === undefined ? [] : [`//compute.googleapis.com/projects/${projectOf(r, r)}/zones/${zone}/instances/${name}`]; });
  return named.length > 0 ? named : r.resolve('instances').flatMap((found) => googleName(r, found) ?? []);
};

const bucket: Shape = (r) => keep({
  ...plain(r.values), iamConfiguration: keep({ publicAccessPrevention: str(r.values, 'public_access_prevention'), uniformBucketLevelAccess: typeof r.values['uniform_bucket_level_access'] === 'boolean' ? { enabled: r.values['uniform_bucket_level_access'] } : undefined }),
});
const database: Shape = (r) => {
  const data = plain(r.values), ip = list(list(r.values, 'settings')[0], 'ip_configuration')[0];
  const settings = isObject(data['settings']) ? data['settings'] : {};
  return keep({ ...data, ipAddress: undefined, ipAddresses: list(r.values, 'ip_address').map(plain), settings: { ...settings, ...(ip !== undefined && { ipConfiguration: { ...plain(ip), ipv4Enabled: at(ip, 'ipv4_enabled') !== false, authorizedNetworks: list(ip, 'authorized_networks').map(plain) } }) } });
};
const cluster: Shape = (r) => {
  const limited = list(r.values, 'master_authorized_networks_config')[0];
  return keep({ ...plain(r.values), masterAuthorizedNetworksConfig: limited === undefined ? undefined : { enabled: true, cidrBlocks: list(limited, 'cidr_blocks').map(plain) } });
};
/** The services of a Cloud Run revision run as one account; without a setting everyone may knock. */
const run: Shape = (r) => keep({ ...plain(r.values), ...(r.type === 'google_cloud_run_v2_service' && { ingress: str(r.values, 'ingress') ?? 'INGRESS_TRAFFIC_ALL' }), ...(r.type === 'google_cloud_run_service' && { metadata: { ...plain(list(r.values, 'metadata')[0]), annotations: { 'run.googleapis.com/ingress': 'all', ...annotations(r) } } }) });
const annotations = (r: TfResource): object => { const found = at(list(r.values, 'metadata')[0], 'annotations'); return isObject(found) ? found : {}; };
const gen1: Shape = (r) => keep({ ...plain(r.values), ingressSettings: str(r.values, 'ingress_settings') ?? 'ALLOW_ALL', httpsTrigger: r.values['trigger_http'] === true ? { url: str(r.values, 'https_trigger_url') } : undefined });
const gen2: Shape = (r) => { const data = plain(r.values), service = isObject(data['serviceConfig']) ? data['serviceConfig'] : {}; return { ...data, serviceConfig: { ingressSettings: 'ALLOW_ALL', service: runName(r, r)?.replace(/^\/\/[^/]+\//, ''), ...service } }; };
const identity: Shape = (r) => keep({ ...plain(r.values), email: accountEmail(r, r), projectId: projectOf(r, r) });
const folder: Shape = (r) => { const [above] = r.resolve('parent'); return keep({ ...plain(r.values), parent: str(r.values, 'parent') ?? (above && containerId(above)) }); };
const project: Shape = (r) => keep({ ...plain(r.values), projectId: str(r.values, 'project_id'), projectNumber: str(r.values, 'number'), lifecycleState: 'ACTIVE' });
const role: Shape = (r) => keep({ ...plain(r.values), includedPermissions: list(r.values, 'permissions') });

const ofCompute: readonly (readonly [name: string, shape: Shape])[] = [
  ['instance', instance], ['firewall', firewall], ['subnetwork', linked('network')], ['route', linked('network', 'next_hop_instance')], ['router', linked('network')], ['forwarding_rule', forwarding], ['global_forwarding_rule', forwarding], ['backend_service', backends], ['region_backend_service', backends],
  ['url_map', linked('default_service')], ['region_url_map', linked('default_service')], ['target_http_proxy', linked('url_map')], ['target_https_proxy', linked('url_map')], ['region_target_http_proxy', linked('url_map')], ['region_target_https_proxy', linked('url_map')], ['target_tcp_proxy', linked('backend_service')], ['target_ssl_proxy', linked('backend_service')],
  ['target_instance', linked('instance')], ['instance_group', (r) => ({ ...linked('network')(r), instances: membersOf(r) })], ['target_pool', (r) => ({ ...plain(r.values), instances: membersOf(r) })],
];
const shapes: ReadonlyMap<string, Shape> = new Map<string, Shape>([...ofCompute.map(([name, shape]) => [`google_compute_${name}`, shape] as const), ['google_storage_bucket', bucket], ['google_sql_database_instance', database], ['google_container_cluster', cluster], ['google_cloud_run_service', run], ['google_cloud_run_v2_service', run], ['google_cloudfunctions_function', gen1], ['google_cloudfunctions2_function', gen2], ['google_service_account', identity], ['google_folder', folder], ['google_project', project], ['google_project_iam_custom_role', role]]);

/** The REST representation of a google_* resource, as Cloud Asset Inventory exports it. */
export const googleData = (r: TfResource): JsonObject => ({ ...(shapes.get(r.type) ?? ((of: TfResource) => plain(of.values)))(r), project: projectOf(r, r) });
