import type { Question } from '#electron/evaluate/platform.ts';
import type { Estate, Expected, Suite } from './suite.ts';
import { googleAfterApply } from './google-after-apply.ts';
import { untold } from './google-untold.ts';
import { googleProviders } from './plan-providers.ts';
import { planOf, shownOf, stateOf, type Block } from './terraform-forms.ts';

/**
 * What the fixtures of scanners (Checkov, tfsec, Prowler, KICS) and Google's documentation say of buckets, firewalls, databases and services that are
 * public or not, as facts; an open rule alone is not a reachable machine. Each estate is asked as a state, a shown state and a plan of Terraform, and as what
 * Cloud Asset Inventory exports of it, where that is given.
 */
type Json = Readonly<Record<string, unknown>>;
const project = 'acme-shop', self = (path: string): string => `https://www.googleapis.com/compute/v1/projects/${project}/${path}`;
const providers = { google: { name: 'google', expressions: { project: { constant_value: project }, region: { constant_value: 'europe-west1' }, zone: { constant_value: 'europe-west1-b' } } } };
const unknown = ['id', 'self_link', 'etag', 'project', 'instance_id', 'current_status', 'email', 'unique_id', 'creation_timestamp', 'ip_address', 'https_trigger_url', 'uri'];
const block = (type: string, name: string, values: Json, refs?: Block['refs']): Block => ({ type: `google_${type}`, name, values: { project, ...values }, ...(refs && { refs }) });

interface Fact { readonly name: string; readonly ask: Question; readonly expected: Expected; readonly blocks: readonly Block[]; readonly assets?: readonly Json[]; readonly planned?: Expected }
const written = ({ name, ask, expected, blocks, assets, planned }: Fact): readonly Estate[] => [
  { name: `${name}, a state`, files: { 'terraform.tfstate': stateOf(blocks) }, rows: [{ ask, expected }] }, { name: `${name}, a state shown`, files: { 'show.json': shownOf(blocks) }, rows: [{ ask, expected }] },
  { name: `${name}, a plan`, files: { 'plan.json': planOf(blocks, providers, unknown) }, rows: [{ ask, expected: planned ?? expected }] },
  ...(assets === undefined ? [] : [{ name: `${name}, exported`, files: { 'assets.ndjson': assets.map((a) => JSON.stringify({ ancestors: [`projects/${project}`], ...a })).join('\n') }, rows: [{ ask, expected }] }]),
];

const storage: Question = { question: 'public_storage', subject: 'acme-files' };
const bucket = (more: Json = {}): Block => block('storage_bucket', 'files', { name: 'acme-files', location: 'EU', id: 'acme-files', self_link: 'https://www.googleapis.com/storage/v1/b/acme-files', public_access_prevention: 'inherited', uniform_bucket_level_access: true, ...more });
const bound = (kind: 'member' | 'binding' | 'policy', values: Json): Block => block(`storage_bucket_iam_${kind}`, `grant_${kind}`, { bucket: 'b/acme-files', id: 'x', ...values }, { bucket: ['google_storage_bucket.files', 'name'] });
const reads = (member: string, more: Json = {}): Block => bound('member', { role: 'roles/storage.objectViewer', member, ...more });
const bucketAsset = (iamConfiguration: Json, more: Json = {}): Json => ({ name: '//storage.googleapis.com/acme-files', asset_type: 'storage.googleapis.com/Bucket', resource: { version: 'v1', data: { name: 'acme-files', iamConfiguration, ...more } } });
const policyAsset = (bindings: readonly Json[]): Json => ({ name: '//storage.googleapis.com/acme-files', asset_type: 'storage.googleapis.com/Bucket', iam_policy: { bindings } });
const uniform = { uniformBucketLevelAccess: { enabled: true }, publicAccessPrevention: 'inherited' }, viewer = (member: string): Json => ({ role: 'roles/storage.objectViewer', members: [member] });
const listed = (name: string, values: Json): Block => block(name, 'acl', { bucket: 'acme-files', id: 'acme-files', ...values }, { bucket: ['google_storage_bucket.files', 'name'] });
const buckets: readonly Fact[] = [
  { name: 'a bucket that everyone reads', ask: storage, expected: 'yes', blocks: [bucket(), reads('allUsers')], assets: [bucketAsset(uniform), policyAsset([viewer('allUsers')])] },
  { name: 'that one group reads', ask: storage, expected: 'no', blocks: [bucket(), reads('group:staff@acme.test')], assets: [bucketAsset(uniform), policyAsset([viewer('group:staff@acme.test')])] },
  { name: 'that whoever logs in reads, by a binding', ask: storage, expected: 'yes', blocks: [bucket(), bound('binding', { role: 'roles/storage.objectViewer', members: ['group:staff@acme.test', 'allAuthenticatedUsers'] })] },
  { name: 'by a whole policy', ask: storage, expected: 'yes', blocks: [bucket(), bound('policy', { policy_data: JSON.stringify({ bindings: [viewer('allUsers')] }) })] },
  { name: 'public access prevention', ask: storage, expected: 'no', blocks: [bucket({ public_access_prevention: 'enforced' }), reads('allUsers')], assets: [bucketAsset({ ...uniform, publicAccessPrevention: 'enforced' }), policyAsset([viewer('allUsers')])] },
  { name: 'by an organization policy on the project', ask: storage, expected: 'no', blocks: [bucket(), reads('allUsers'), block('project_organization_policy', 'pap', { constraint: 'constraints/storage.publicAccessPrevention', boolean_policy: [{ enforced: true }] })] },
  { name: 'no grant at all', ask: storage, expected: 'no', blocks: [bucket()], assets: [bucketAsset(uniform), policyAsset([])] },
  { name: 'a role that reads metadata only', ask: storage, expected: 'no', blocks: [bucket(), bound('member', { role: 'roles/storage.legacyBucketOwner', member: 'user:ann@acme.test' })] },
  { name: 'an ACL for everyone', ask: storage, expected: 'yes', blocks: [bucket({ uniform_bucket_level_access: false }), listed('storage_bucket_acl', { role_entity: ['OWNER:project-owners-1', 'READER:allUsers'] })], assets: [bucketAsset({ uniformBucketLevelAccess: { enabled: false } }, { acl: [{ entity: 'allUsers', role: 'READER' }] }), policyAsset([])] },
  { name: 'an ACL that uniform access voids', ask: storage, expected: 'no', blocks: [bucket(), listed('storage_bucket_acl', { role_entity: ['READER:allUsers'] })] },
  { name: 'a predefined ACL', ask: storage, expected: 'yes', blocks: [bucket({ uniform_bucket_level_access: false }), listed('storage_bucket_acl', { predefined_acl: 'publicReadWrite' })] },
  { name: 'a private predefined ACL', ask: storage, expected: 'no', blocks: [bucket({ uniform_bucket_level_access: false }), listed('storage_bucket_acl', { predefined_acl: 'projectPrivate' })] },
  { name: 'one entry of an ACL', ask: storage, expected: 'yes', blocks: [bucket({ uniform_bucket_level_access: false }), listed('storage_bucket_access_control', { entity: 'allAuthenticatedUsers', role: 'READER' })] },
  { name: 'a default ACL of objects', ask: storage, expected: 'yes', blocks: [bucket({ uniform_bucket_level_access: false }), listed('storage_default_object_acl', { role_entity: ['READER:allUsers'] })] },
  { name: 'a grant that has run out', ask: storage, expected: 'unknown', blocks: [bucket(), reads('allUsers', { condition: [{ title: 't', expression: 'request.time < timestamp("2020-01-01T00:00:00Z")' }] })] },
];

const network = block('compute_network', 'main', { name: 'main', auto_create_subnetworks: false, id: `projects/${project}/global/networks/main`, self_link: self('global/networks/main') });
const subnet = block('compute_subnetwork', 'main', { name: 'main', region: 'europe-west1', ip_cidr_range: '10.0.0.0/24', network: self('global/networks/main'), id: `projects/${project}/regions/europe-west1/subnetworks/main`, self_link: self('regions/europe-west1/subnetworks/main') }, { network: ['google_compute_network.main', 'id'] });
const machine = (more: Json = {}, access: readonly Json[] = [{ nat_ip: '198.51.100.7', network_tier: 'PREMIUM' }]): Block => block('compute_instance', 'web', {
  name: 'web', zone: 'europe-west1-b', machine_type: 'e2-small', tags: ['web'], id: `projects/${project}/zones/europe-west1-b/instances/web`, self_link: self('zones/europe-west1-b/instances/web'), instance_id: '7001', current_status: 'RUNNING',
  network_interface: [{ network: self('global/networks/main'), subnetwork: self('regions/europe-west1/subnetworks/main'), network_ip: '10.0.0.2', access_config: access }], ...more,
}, { 'network_interface.0.network': ['google_compute_network.main', 'id'], 'network_interface.0.subnetwork': ['google_compute_subnetwork.main', 'id'] });
const rule = (name: string, more: Json): Block => block('compute_firewall', name, { name, id: `projects/${project}/global/firewalls/${name}`, self_link: self(`global/firewalls/${name}`), network: self('global/networks/main'), direction: 'INGRESS', priority: 1000, disabled: false, source_ranges: ['0.0.0.0/0'], allow: [{ protocol: 'tcp', ports: ['22'] }], deny: [], ...more }, { network: ['google_compute_network.main', 'self_link'] });
const ssh: Question = { question: 'ingress', subject: 'web', port: 22, protocol: 'tcp' };
const asset = (type: string, path: string, data: Json): Json => ({ name: `//compute.googleapis.com/projects/${project}/${path}`, asset_type: `compute.googleapis.com/${type}`, resource: { version: 'v1', data: { name: path.slice(path.lastIndexOf('/') + 1), ...data } } });
const machineAsset = (tags: readonly string[]): Json => asset('Instance', 'zones/europe-west1-b/instances/web', { zone: self('zones/europe-west1-b'), status: 'RUNNING', tags: { items: tags }, networkInterfaces: [{ network: self('global/networks/main'), subnetwork: self('regions/europe-west1/subnetworks/main'), networkIP: '10.0.0.2', accessConfigs: [{ natIP: '198.51.100.7' }] }] });
const ruleAsset = (more: Json): Json => asset('Firewall', 'global/firewalls/ssh', { network: self('global/networks/main'), direction: 'INGRESS', priority: 1000, disabled: false, sourceRanges: ['0.0.0.0/0'], allowed: [{ IPProtocol: 'tcp', ports: ['22'] }], ...more });
const reached = (name: string, expected: Expected, blocks: readonly Block[], more: Partial<Fact> = {}): Fact => ({ name, ask: ssh, expected, blocks: [network, subnet, ...blocks], ...more });
const machines: readonly Fact[] = [
  reached('SSH open to the world', 'yes', [machine(), rule('ssh', {})], { assets: [machineAsset(['web']), ruleAsset({})] }), reached('to an office', 'no', [machine(), rule('ssh', { source_ranges: ['203.0.113.0/24'] })], { assets: [machineAsset(['web']), ruleAsset({ sourceRanges: ['203.0.113.0/24'] })] }),
  reached('asked from that office', 'yes', [machine(), rule('ssh', { source_ranges: ['203.0.113.0/24'] })], { ask: { ...ssh, object: '203.0.113.9' } }), reached('another port', 'no', [machine(), rule('ssh', { allow: [{ protocol: 'tcp', ports: ['443', '8000-8100'] }] })]), reached('a range that holds it', 'yes', [machine(), rule('ssh', { allow: [{ protocol: 'tcp', ports: ['20-30'] }] })]),
  reached('every protocol', 'yes', [machine(), rule('ssh', { allow: [{ protocol: 'all', ports: [] }] })]), reached('UDP only', 'no', [machine(), rule('ssh', { allow: [{ protocol: 'udp', ports: ['22'] }] })]), reached('a machine without an external address', 'no', [machine({}, []), rule('ssh', {})]),
  reached('for machines of another tag', 'no', [machine(), rule('ssh', { target_tags: ['db'] })], { assets: [machineAsset(['web']), ruleAsset({ targetTags: ['db'] })] }), reached('of its tag', 'yes', [machine(), rule('ssh', { target_tags: ['web'] })], { assets: [machineAsset(['web']), ruleAsset({ targetTags: ['web'] })] }),
  reached('a disabled rule', 'no', [machine(), rule('ssh', { disabled: true })]), reached('a denial before it', 'no', [machine(), rule('ssh', {}), rule('no-ssh', { priority: 900, allow: [], deny: [{ protocol: 'tcp', ports: ['22'] }] })]), reached('a denial after it', 'yes', [machine(), rule('ssh', {}), rule('no-ssh', { priority: 1100, allow: [], deny: [{ protocol: 'all', ports: [] }] })]),
  reached('a machine that is stopped', 'no', [machine({ current_status: 'TERMINATED', desired_status: 'TERMINATED' }), rule('ssh', {})]), reached('a rule for egress', 'no', [machine(), rule('ssh', { direction: 'EGRESS', source_ranges: [], destination_ranges: ['0.0.0.0/0'] })]),
  reached('out to the internet, denied', 'no', [machine(), rule('out', { direction: 'EGRESS', source_ranges: [], destination_ranges: ['0.0.0.0/0'], allow: [], deny: [{ protocol: 'all', ports: [] }] })], { ask: { question: 'egress', subject: 'web', port: 443, protocol: 'tcp' } }), reached('out to the internet', 'yes', [machine(), rule('ssh', {})], { ask: { question: 'egress', subject: 'web', port: 443, protocol: 'tcp' } }),
];

const group = block('compute_instance_group', 'hosts', { name: 'hosts', zone: 'europe-west1-b', id: `projects/${project}/zones/europe-west1-b/instanceGroups/hosts`, self_link: self('zones/europe-west1-b/instanceGroups/hosts'), instances: [self('zones/europe-west1-b/instances/web')], network: self('global/networks/main') }, { instances: ['google_compute_instance.web', 'self_link'], network: ['google_compute_network.main', 'id'] });
const backend = block('compute_backend_service', 'api', { name: 'api', protocol: 'HTTP', port_name: 'http', load_balancing_scheme: 'EXTERNAL', id: `projects/${project}/global/backendServices/api`, self_link: self('global/backendServices/api'), backend: [{ group: self('zones/europe-west1-b/instanceGroups/hosts') }] }, { 'backend.0.group': ['google_compute_instance_group.hosts', 'self_link'] });
const map = block('compute_url_map', 'api', { name: 'api', id: `projects/${project}/global/urlMaps/api`, self_link: self('global/urlMaps/api'), default_service: self('global/backendServices/api') }, { default_service: ['google_compute_backend_service.api', 'id'] });
const proxy = block('compute_target_http_proxy', 'api', { name: 'api', id: `projects/${project}/global/targetHttpProxies/api`, self_link: self('global/targetHttpProxies/api'), url_map: self('global/urlMaps/api') }, { url_map: ['google_compute_url_map.api', 'id'] });
const front = (scheme = 'EXTERNAL'): Block => block('compute_global_forwarding_rule', 'api', { name: 'api', id: `projects/${project}/global/forwardingRules/api`, self_link: self('global/forwardingRules/api'), target: self('global/targetHttpProxies/api'), port_range: '80-80', ip_protocol: 'TCP', ip_address: '198.51.100.80', load_balancing_scheme: scheme }, { target: ['google_compute_target_http_proxy.api', 'id'] });
const health = rule('proxies', { source_ranges: ['130.211.0.0/22', '35.191.0.0/16'], allow: [{ protocol: 'tcp', ports: [] }] }), http: Question = { ...ssh, port: 80 };
const balanced: readonly Fact[] = [
  reached('over a load balancer', 'yes', [machine({}, []), group, backend, map, proxy, front(), health], { ask: http }), reached('over one whose proxies it shuts out', 'no', [machine({}, []), group, backend, map, proxy, front(), rule('ssh', { source_ranges: ['203.0.113.0/24'] })], { ask: http }),
  reached('on a port that it does not listen on', 'no', [machine({}, []), group, backend, map, proxy, front(), health], { ask: { ...ssh, port: 81 } }), reached('over one inside', 'no', [machine({}, []), group, backend, map, proxy, front('INTERNAL_MANAGED'), health], { ask: http }),
];

const database = (networks: readonly Json[], more: Json = {}): Block => block('sql_database_instance', 'db', { name: 'db', region: 'europe-west1', database_version: 'POSTGRES_15', id: 'db', self_link: `https://sqladmin.googleapis.com/sql/v1beta4/projects/${project}/instances/db`, ip_address: [{ ip_address: '198.51.100.9', type: 'PRIMARY', time_to_retire: '' }], settings: [{ tier: 'db-f1-micro', activation_policy: 'ALWAYS', ip_configuration: [{ ipv4_enabled: true, authorized_networks: networks, ...more }] }] });
const sql: Question = { question: 'ingress', subject: `//cloudsql.googleapis.com/projects/${project}/instances/db`, port: 5432, protocol: 'tcp' };
const service = (ingress: string): Block => block('cloud_run_v2_service', 'api', { name: 'api', location: 'europe-west1', ingress, id: `projects/${project}/locations/europe-west1/services/api`, template: [{ service_account: 'x@y.test' }] });
const oldService = (annotations: Json): Block => block('cloud_run_service', 'api', { name: 'api', location: 'europe-west1', id: `locations/europe-west1/namespaces/${project}/services/api`, metadata: [{ annotations }], status: [] });
const invokes = (kind: string, name: string, member: string, key: Json): Block => block(`${kind}_iam_member`, name, { role: 'roles/run.invoker', member, location: 'europe-west1', id: 'x', ...key });
const https: Question = { question: 'ingress', subject: `//run.googleapis.com/projects/${project}/locations/europe-west1/services/api`, port: 443, protocol: 'tcp' };
const fn = (more: Json = {}): Block => block('cloudfunctions_function', 'job', { name: 'job', region: 'europe-west1', runtime: 'nodejs20', trigger_http: true, https_trigger_url: 'https://job.test', ingress_settings: 'ALLOW_ALL', id: `projects/${project}/locations/europe-west1/functions/job`, ...more });
const call: Question = { question: 'ingress', subject: `//cloudfunctions.googleapis.com/projects/${project}/locations/europe-west1/functions/job`, port: 443, protocol: 'tcp' };
const caller = (member: string): Block => block('cloudfunctions_function_iam_member', 'call', { role: 'roles/cloudfunctions.invoker', member, region: 'europe-west1', cloud_function: `projects/${project}/locations/europe-west1/functions/job`, id: 'x' }, { cloud_function: ['google_cloudfunctions_function.job', 'name'] });
const services: readonly Fact[] = [
  { name: 'a database for the world', ask: sql, expected: 'yes', blocks: [database([{ name: 'all', value: '0.0.0.0/0', expiration_time: '' }])] }, { name: 'for an office', ask: sql, expected: 'no', blocks: [database([{ name: 'hq', value: '203.0.113.0/24', expiration_time: '' }])] }, { name: 'with a private address only', ask: sql, expected: 'no', blocks: [database([], { ipv4_enabled: false, private_network: self('global/networks/main') })] },
  { name: 'a service that everyone invokes', ask: https, expected: 'yes', blocks: [service('INGRESS_TRAFFIC_ALL'), invokes('cloud_run_v2_service', 'all', 'allUsers', { name: 'api' })] }, { name: 'that its callers invoke', ask: https, expected: 'no', blocks: [service('INGRESS_TRAFFIC_ALL'), invokes('cloud_run_v2_service', 'all', 'serviceAccount:x@y.test', { name: 'api' })] },
  { name: 'that the network reaches', ask: https, expected: 'no', blocks: [service('INGRESS_TRAFFIC_INTERNAL_ONLY'), invokes('cloud_run_v2_service', 'all', 'allUsers', { name: 'api' })] },
  { name: 'an older service for everyone', ask: https, expected: 'yes', blocks: [oldService({}), invokes('cloud_run_service', 'all', 'allUsers', { service: 'api' })] }, { name: 'an older service inside', ask: https, expected: 'no', blocks: [oldService({ 'run.googleapis.com/ingress': 'internal' }), invokes('cloud_run_service', 'all', 'allUsers', { service: 'api' })] },
  { name: 'a function for everyone', ask: call, expected: 'yes', blocks: [fn(), caller('allUsers')] }, { name: 'a function for its callers', ask: call, expected: 'no', blocks: [fn(), caller('user:ann@acme.test')] }, { name: 'a function inside', ask: call, expected: 'no', blocks: [fn({ ingress_settings: 'ALLOW_INTERNAL_ONLY' }), caller('allUsers')] },
];

const robot = (id: string): Block => block('service_account', id, { account_id: id, email: `${id}@${project}.iam.gserviceaccount.com`, unique_id: `1${id.length}0000000000`, id: `projects/${project}/serviceAccounts/${id}@${project}.iam.gserviceaccount.com`, name: `projects/${project}/serviceAccounts/${id}@${project}.iam.gserviceaccount.com` });
const may = (role: string): Block => block('project_iam_member', 'may', { role, member: `serviceAccount:deploy@${project}.iam.gserviceaccount.com`, id: 'x' }, { member: ['google_service_account.deploy', 'member'] });
const over = (role: string): Block => block('service_account_iam_member', 'over', { service_account_id: `projects/${project}/serviceAccounts/admin@${project}.iam.gserviceaccount.com`, role, member: 'user:ann@acme.test', id: 'x' }, { service_account_id: ['google_service_account.admin', 'name'] });
const become: Question = { question: 'can_assume', subject: 'user:ann@acme.test', object: `admin@${project}.iam.gserviceaccount.com` };
const does = (action: string): Question => ({ question: 'effective_permission', subject: `deploy@${project}.iam.gserviceaccount.com`, action, object: `//cloudresourcemanager.googleapis.com/projects/${project}` });
const people: readonly Fact[] = [
  { name: 'tokens of a service account', ask: become, expected: 'yes', blocks: [robot('admin'), robot('deploy'), over('roles/iam.serviceAccountTokenCreator'), may('roles/viewer')] }, { name: 'to look at it', ask: become, expected: 'no', blocks: [robot('admin'), robot('deploy'), over('roles/iam.serviceAccountViewer'), may('roles/viewer')] },
  { name: 'a role on the project that gives it', ask: does('compute.instances.delete'), expected: 'yes', blocks: [robot('deploy'), may('roles/compute.admin')] }, { name: 'a role of someone whom a plan does not tell', ask: does('compute.instances.delete'), expected: 'yes', planned: 'unknown', blocks: [robot('deploy'), { ...may('roles/compute.admin'), refs: { member: ['google_project_service_identity.robot', 'member'] } }] },
  { name: 'one that does not', ask: does('compute.instances.delete'), expected: 'no', blocks: [robot('deploy'), may('roles/compute.viewer')] },
];
export const google: Suite = { name: 'Google Cloud', estates: [...[...buckets, ...machines, ...balanced, ...services, ...people].flatMap(written), ...untold, ...googleAfterApply, ...googleProviders] };
