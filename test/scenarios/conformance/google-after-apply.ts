import type { Question } from '#electron/evaluate/platform.ts';
import type { Estate, Expected } from './suite.ts';
import { planOf, stateOf, type Block } from './terraform-forms.ts';

/**
 * Controls of Google Cloud that a Terraform document sets and doesn't tell: known after apply (by a local, or in a `dynamic` block), or marked as sensitive. No default
 * holds for them. Each beside the same control told, both ways.
 */
type Json = Readonly<Record<string, unknown>>;
const project = 'acme-shop', providers = { google: { name: 'google', expressions: { project: { constant_value: project }, region: { constant_value: 'europe-west1' }, zone: { constant_value: 'europe-west1-b' } } } };
const unknown = ['id', 'self_link', 'project', 'email', 'number', 'name_at_google'], local = ['local', 'it'] as const;
const block = (type: string, name: string, values: Json, refs?: Block['refs']): Block => ({ type: `google_${type}`, name, values: { project, ...values }, ...(refs && { refs }) });
const estate = (name: string, blocks: readonly Block[], ask: Question, expected: Expected): Estate => ({ name, files: { 'plan.json': planOf(blocks, providers, unknown) }, rows: [{ ask, expected }] });

/** A control: the block that sets it (with `value`), the path of what isn't told, and what is around it. */
interface Control { readonly name: string; readonly ask: Question; readonly around: readonly Block[]; readonly of: (value: unknown) => Block; readonly path: string; readonly yes: unknown; readonly no: unknown; readonly isBlock?: boolean }
const stated = ({ name, ask, around, of, path, yes, no, isBlock }: Control): readonly Estate[] => [
  estate(`${name}, told as open`, [...around, of(yes)], ask, 'yes'), estate(`${name}, told as closed`, [...around, of(no)], ask, 'no'),
  ...[yes, no].map((value, i) => { const own = of(value); return estate(`${name}, known after apply (${i})`, [...around, { ...own, refs: { ...own.refs, [path]: local } }], ask, 'unknown'); }),
  ...(isBlock === true ? [estate(`${name}, dynamic`, [...around, { ...of(yes), dynamic: [path] }], ask, 'unknown')] : []),
];

const open: Question = { question: 'public_storage', subject: 'acme-files' };
const bucket = (more: Json = {}): Block => block('storage_bucket', 'files', { name: 'acme-files', location: 'EU', id: 'acme-files', public_access_prevention: 'inherited', uniform_bucket_level_access: true, ...more });
const grant: Block = block('storage_bucket_iam_member', 'grant', { bucket: 'acme-files', role: 'roles/storage.objectViewer', member: 'allUsers' });
const acl = (more: Json, type = 'storage_bucket_access_control'): Block => block(type, 'acl', { bucket: 'acme-files', entity: 'allUsers', role: 'READER', ...more }), legacy = bucket({ uniform_bucket_level_access: false });
const policy = (type: string, more: Json): Block => block(type, 'prevent', more), constraint = 'constraints/storage.publicAccessPrevention';
const storage: readonly Control[] = [
  { name: 'uniform bucket-level access', ask: open, around: [acl({})], of: (value) => bucket({ uniform_bucket_level_access: value }), path: 'uniform_bucket_level_access', yes: false, no: true },
  { name: 'public access prevention', ask: open, around: [grant], of: (value) => bucket({ public_access_prevention: value }), path: 'public_access_prevention', yes: 'inherited', no: 'enforced' },
  { name: 'the entity of an ACL', ask: open, around: [legacy], of: (entity) => acl({ entity }), path: 'entity', yes: 'allUsers', no: 'user-ann@acme.test' },
  { name: 'the entity of an object', ask: open, around: [legacy], of: (entity) => acl({ entity, object: 'x.csv' }, 'storage_object_access_control'), path: 'entity', yes: 'allUsers', no: 'user-ann@acme.test' },
  { name: 'the bucket of an ACL', ask: open, around: [legacy], of: (name) => acl({ bucket: name }), path: 'bucket', yes: 'acme-files', no: 'acme-other' },
  { name: 'the bucket of an ACL of an object', ask: open, around: [legacy], of: (name) => block('storage_object_acl', 'acl', { bucket: name, object: 'x.csv', role_entity: ['READER:allUsers'] }), path: 'bucket', yes: 'acme-files', no: 'acme-other' },
  { name: 'the entries of an ACL', ask: open, around: [legacy], of: (role_entity) => block('storage_bucket_acl', 'acl', { bucket: 'acme-files', role_entity }), path: 'role_entity', yes: ['READER:allUsers'], no: ['OWNER:user-ann@acme.test'] },
  { name: 'a canned ACL', ask: open, around: [legacy], of: (predefined_acl) => block('storage_bucket_acl', 'acl', { bucket: 'acme-files', predefined_acl }), path: 'predefined_acl', yes: 'publicRead', no: 'private' },
  { name: 'an organization policy', ask: open, around: [bucket(), grant], of: (enforced) => policy('project_organization_policy', { constraint, boolean_policy: [{ enforced }] }), path: 'boolean_policy.0.enforced', yes: false, no: true },
  { name: 'an organization policy of the second kind', ask: open, around: [bucket(), grant], of: (enforce) => policy('org_policy_policy', { name: `projects/${project}/policies/storage.publicAccessPrevention`, parent: `projects/${project}`, spec: [{ rules: [{ enforce }] }] }), path: 'spec.0.rules.0.enforce', yes: 'FALSE', no: 'TRUE' },
  { name: 'where an organization policy is', ask: open, around: [bucket(), grant], of: (parent) => policy('org_policy_policy', { name: `${String(parent)}/policies/storage.publicAccessPrevention`, parent, spec: [{ rules: [{ enforce: 'TRUE' }] }] }), path: 'name', yes: 'projects/acme-other', no: `projects/${project}` },
];

const link = (path: string): string => `https://www.googleapis.com/compute/v1/projects/${project}/${path}`, network = block('compute_network', 'main', { name: 'main', self_link: link('global/networks/main') });
const toMain: NonNullable<Block['refs']> = { network: ['google_compute_network.main', 'id'] }, ssh: Question = { question: 'ingress', subject: 'web', port: 22, protocol: 'tcp' };
const machine = (more: Json = {}, access: unknown = [{ nat_ip: '198.51.100.7' }]): Block => block('compute_instance', 'web', { name: 'web', zone: 'europe-west1-b', tags: ['web'], self_link: link('zones/europe-west1-b/instances/web'), current_status: 'RUNNING', network_interface: [{ network: link('global/networks/main'), access_config: access }], ...more }, { 'network_interface.0.network': ['google_compute_network.main', 'id'] });
const rule = (name: string, more: Json = {}): Block => block('compute_firewall', name, { name, network: link('global/networks/main'), direction: 'INGRESS', priority: 1000, disabled: false, source_ranges: ['0.0.0.0/0'], destination_ranges: [], allow: [{ protocol: 'tcp', ports: ['22'] }], deny: [], target_tags: [], ...more }, toMain);
const denial = (more: Json = {}): Block => rule('no-ssh', { allow: [], deny: [{ protocol: 'tcp', ports: ['22'] }], priority: 900, ...more }), hosts = [network, machine()], other = rule('other', { allow: [{ protocol: 'tcp', ports: ['443'] }] });
const network4: readonly Control[] = [
  ...([['disabled', false, true], ['direction', 'INGRESS', 'EGRESS'], ['source_ranges', ['0.0.0.0/0'], ['10.0.0.0/8']], ['target_tags', ['web'], ['db']], ['allow', [{ protocol: 'tcp', ports: ['22'] }], [{ protocol: 'tcp', ports: ['80'] }]]] as const).map(([key, yes, no]): Control => ({ name: `${key} of a rule`, ask: ssh, around: [...hosts, other], of: (value) => rule('ssh', { [key]: value }), path: key, yes, no, isBlock: key === 'allow' })),
  ...([['ports', ['22'], ['80']], ['protocol', 'tcp', 'udp']] as const).map(([key, yes, no]): Control => ({ name: `${key} of what a rule allows`, ask: ssh, around: [...hosts, other], of: (value) => rule('ssh', { allow: [{ protocol: 'tcp', ports: ['22'], [key]: value }] }), path: `allow.0.${key}`, yes, no })),
  { name: 'the priority of a denial', ask: ssh, around: [...hosts, rule('ssh')], of: (priority) => denial({ priority }), path: 'priority', yes: 1100, no: 900 },
  { name: 'the priority of a rule before a denial', ask: ssh, around: [...hosts, denial({ priority: 1000 })], of: (priority) => rule('ssh', { priority }), path: 'priority', yes: 900, no: 1100 },
  { name: 'what a rule denies', ask: ssh, around: [...hosts, rule('ssh')], of: (deny) => denial({ deny }), path: 'deny', yes: [{ protocol: 'tcp', ports: ['80'] }], no: [{ protocol: 'tcp', ports: ['22'] }], isBlock: true },
  { name: 'tags of a machine', ask: ssh, around: [network, rule('ssh', { target_tags: ['web'] })], of: (tags) => machine({ tags }), path: 'tags', yes: ['web'], no: ['db'] },
  { name: 'an external address', ask: ssh, around: [network, rule('ssh')], of: (access) => machine({}, access), path: 'network_interface.0.access_config', yes: [{ nat_ip: '198.51.100.7' }], no: [] },
];

const called: Question = { question: 'ingress', subject: `//cloudfunctions.googleapis.com/projects/${project}/locations/europe-west1/functions/job`, port: 443, protocol: 'tcp' }, run: Question = { ...called, subject: `//run.googleapis.com/projects/${project}/locations/europe-west1/services/api` };
const caller = block('cloudfunctions_function_iam_member', 'all', { region: 'europe-west1', role: 'roles/cloudfunctions.invoker', member: 'allUsers', cloud_function: 'job' }), invoker = (kind: string, key: Json): Block => block(`${kind}_iam_member`, 'all', { location: 'europe-west1', role: 'roles/run.invoker', member: 'allUsers', ...key });
const db: Question = { question: 'ingress', subject: `//cloudsql.googleapis.com/projects/${project}/instances/db`, port: 5432, protocol: 'tcp' }, world = [{ name: 'all', value: '0.0.0.0/0' }], office = [{ name: 'hq', value: '203.0.113.0/24' }];
const database = (more: Json): Block => block('sql_database_instance', 'db', { name: 'db', region: 'europe-west1', database_version: 'POSTGRES_15', ip_address: [{ ip_address: '198.51.100.9', type: 'PRIMARY' }], settings: [{ tier: 'db-f1-micro', ip_configuration: [{ ipv4_enabled: true, authorized_networks: world, ...more }] }] });
const gke: Question = { question: 'ingress', subject: `//container.googleapis.com/projects/${project}/locations/europe-west1/clusters/apps`, port: 443, protocol: 'tcp' };
const cluster = (more: Json): Block => block('container_cluster', 'apps', { name: 'apps', location: 'europe-west1', endpoint: '198.51.100.20', private_cluster_config: [{ enable_private_endpoint: false }], ...more });
const services: readonly Control[] = [
  { name: 'ingress of a function', ask: called, around: [caller], of: (ingress_settings) => block('cloudfunctions_function', 'job', { name: 'job', region: 'europe-west1', trigger_http: true, ingress_settings }), path: 'ingress_settings', yes: 'ALLOW_ALL', no: 'ALLOW_INTERNAL_ONLY' },
  { name: 'ingress of a second-generation function', ask: called, around: [invoker('cloud_run_service', { service: 'job' })], of: (ingress_settings) => block('cloudfunctions2_function', 'job', { name: 'job', location: 'europe-west1', service_config: [{ ingress_settings }] }), path: 'service_config.0.ingress_settings', yes: 'ALLOW_ALL', no: 'ALLOW_INTERNAL_ONLY' },
  { name: 'ingress of a service', ask: run, around: [invoker('cloud_run_v2_service', { name: 'api' })], of: (ingress) => block('cloud_run_v2_service', 'api', { name: 'api', location: 'europe-west1', ingress }), path: 'ingress', yes: 'INGRESS_TRAFFIC_ALL', no: 'INGRESS_TRAFFIC_INTERNAL_ONLY' },
  { name: 'annotations of a service', ask: run, around: [invoker('cloud_run_service', { service: 'api' })], of: (annotations) => block('cloud_run_service', 'api', { name: 'api', location: 'europe-west1', metadata: [{ annotations }] }), path: 'metadata.0.annotations', yes: { 'run.googleapis.com/ingress': 'all' }, no: { 'run.googleapis.com/ingress': 'internal' } },
  { name: 'the networks of a database', ask: db, around: [], of: (authorized_networks) => database({ authorized_networks }), path: 'settings.0.ip_configuration.0.authorized_networks', yes: world, no: office },
  { name: 'the public address of a database', ask: db, around: [], of: (ipv4_enabled) => database({ ipv4_enabled }), path: 'settings.0.ip_configuration.0.ipv4_enabled', yes: true, no: false },
  { name: 'the networks of a cluster', ask: gke, around: [], of: (cidr_blocks) => cluster({ master_authorized_networks_config: [{ cidr_blocks }] }), path: 'master_authorized_networks_config.0.cidr_blocks', yes: [{ cidr_block: '0.0.0.0/0' }], no: [{ cidr_block: '203.0.113.0/24' }] },
  { name: 'the endpoint of a cluster', ask: gke, around: [], of: (enable_private_endpoint) => cluster({ private_cluster_config: [{ enable_private_endpoint }] }), path: 'private_cluster_config.0.enable_private_endpoint', yes: false, no: true },
];

const viewer = block('project_iam_member', 'view', { role: 'roles/viewer', member: 'user:z@acme.test' }), reads = (object: string, subject = 'user:ann@acme.test'): Question => ({ question: 'effective_permission', subject, action: 'storage.objects.get', object });
const ann = block('storage_bucket_iam_member', 'ann', { bucket: 'acme-files', role: 'roles/storage.objectViewer', member: 'user:ann@acme.test' }), parentOf = (id: string): string => `cloudresourcemanager.googleapis.com%2Fprojects%2F${id}`;
const denies = (parent: string, more: Json = {}): Block => block('iam_deny_policy', 'd', { name: 'd', parent, rules: [{ deny_rule: [{ denied_principals: ['principal://goog/subject/ann@acme.test'], denied_permissions: ['storage.googleapis.com/objects.get'], exception_principals: [], exception_permissions: [], ...more }] }] });
const denied: readonly Control[] = [
  { name: 'what a deny policy is attached to', ask: reads('acme-files'), around: [bucket(), ann, viewer], of: (parent) => denies(String(parent)), path: 'parent', yes: parentOf('acme-other'), no: parentOf(project) },
  { name: 'whom it denies', ask: reads('acme-files'), around: [bucket(), ann, viewer], of: (denied_principals) => denies(parentOf(project), { denied_principals }), path: 'rules.0.deny_rule.0.denied_principals', yes: ['principal://goog/subject/bob@acme.test'], no: ['principal://goog/subject/ann@acme.test'] },
  { name: 'what it denies', ask: reads('acme-files'), around: [bucket(), ann, viewer], of: (denied_permissions) => denies(parentOf(project), { denied_permissions }), path: 'rules.0.deny_rule.0.denied_permissions', yes: ['storage.googleapis.com/objects.create'], no: ['storage.googleapis.com/objects.get'] },
];
const rowsOf: Question = { question: 'effective_permission', subject: 'user:ann@acme.test', action: 'bigquery.tables.getData', object: `//bigquery.googleapis.com/projects/${project}/datasets/sales` }, dataset = block('bigquery_dataset', 'sales', { dataset_id: 'sales', location: 'EU', access: [{ role: 'OWNER', user_by_email: 'zoe@acme.test' }] });
const shares = (more: Json): Block => block('bigquery_dataset_access', 'a', { dataset_id: 'sales', role: 'READER', user_by_email: 'ann@acme.test', ...more });
const data: readonly Control[] = [
  { name: 'whom an entry of an access list names', ask: rowsOf, around: [dataset, viewer], of: (user_by_email) => shares({ user_by_email }), path: 'user_by_email', yes: 'ann@acme.test', no: 'bob@acme.test' }, { name: 'the role of one', ask: rowsOf, around: [dataset, viewer], of: (role) => shares({ role }), path: 'role', yes: 'READER', no: 'roles/bigquery.metadataViewer' },
  { name: 'the dataset of one', ask: rowsOf, around: [dataset, viewer, block('bigquery_dataset', 'other', { dataset_id: 'other', access: [] })], of: (dataset_id) => shares({ dataset_id }), path: 'dataset_id', yes: 'sales', no: 'other' },
];
const lost = { ...denies(parentOf(project)), refs: { parent: local } }, folder = (member: string): Block => block('storage_managed_folder_iam_member', 'f', { bucket: 'acme-files', managed_folder: 'shared/', role: 'roles/storage.objectViewer', member });
const named: readonly Estate[] = [
  estate('a deny policy of which the place is not told, for another', [bucket(), block('storage_bucket_iam_member', 'bob', { bucket: 'acme-files', role: 'roles/storage.objectViewer', member: 'user:bob@acme.test' }), viewer, lost], reads('acme-files', 'user:bob@acme.test'), 'yes'),
  estate('of which the place is that of a project of the plan', [bucket(), ann, viewer, block('project', 'shop', { project_id: project, name: 'shop' }), { ...lost, refs: { parent: ['google_project.shop', 'id'] } }], reads('acme-files'), 'no'),
  estate('two deny policies of one name and untold places', [bucket(), ann, viewer, lost, { ...denies(parentOf('acme-other'), { denied_principals: ['principal://goog/subject/bob@acme.test'] }), name: 'e', refs: { parent: local } }], reads('acme-files'), 'unknown'),
  estate('what the dataset itself grants, beside an entry of its own', [dataset, shares({}), viewer], { ...rowsOf, subject: 'user:zoe@acme.test' }, 'yes'),
  estate('a managed folder that everyone reads', [bucket(), folder('allUsers')], open, 'yes'), estate('one for a group', [bucket(), folder('group:staff@acme.test')], open, 'no'), estate('an object under it', [bucket(), folder('user:ann@acme.test'), viewer], reads('//storage.googleapis.com/acme-files/objects/shared/x.csv'), 'yes'),
  estate('an object beside it', [bucket(), folder('user:ann@acme.test'), viewer], reads('//storage.googleapis.com/acme-files/objects/own/x.csv'), 'no'), estate('the objects of its bucket', [bucket(), folder('user:ann@acme.test'), viewer], reads('acme-files'), 'unknown'),
  estate('a managed folder that is not told', [bucket(), { ...folder('allUsers'), refs: { managed_folder: local } }], open, 'unknown'), estate('public access prevention over a managed folder', [bucket({ public_access_prevention: 'enforced' }), folder('allUsers')], open, 'no'),
];

/** Sensitive attributes aren't kept, but what is no secret is: switches, addresses, protocols. */
const hidden = (name: string, blocks: readonly Block[], ask: Question, expected: Expected): readonly Estate[] => [
  { name: `${name}, a state`, files: { 'terraform.tfstate': stateOf(blocks) }, rows: [{ ask, expected }] }, { name: `${name}, a plan`, files: { 'plan.json': planOf(blocks, providers, unknown) }, rows: [{ ask, expected }] },
];
const fn = (sensitive: readonly string[]): Block => ({ ...block('cloudfunctions_function', 'job', { name: 'job', region: 'europe-west1', trigger_http: true, ingress_settings: 'ALLOW_INTERNAL_ONLY', id: `projects/${project}/locations/europe-west1/functions/job` }), sensitive });
const sensitive: readonly Estate[] = [
  ...hidden('a sensitive ingress setting', [fn(['ingress_settings']), caller], called, 'unknown'), ...hidden('another sensitive attribute', [fn(['runtime']), caller], called, 'no'),
  ...hidden('sensitive public access prevention', [{ ...bucket({ public_access_prevention: 'enforced' }), sensitive: ['public_access_prevention'] }, grant], open, 'unknown'), ...hidden('sensitive labels', [{ ...bucket({ public_access_prevention: 'enforced', labels: { a: 'b' } }), sensitive: ['labels'] }, grant], open, 'no'),
];
/** What nobody sets is filled in when applied: its default holds. */
const filledIn: readonly Estate[] = [
  { name: 'a bucket whose settings nobody sets', files: { 'plan.json': planOf([bucket(), grant].map((b) => ({ ...b, values: Object.fromEntries(Object.entries(b.values).filter(([key]) => !/uniform|prevention/.test(key))) })), providers, [...unknown, 'uniform_bucket_level_access', 'public_access_prevention']) }, rows: [{ ask: open, expected: 'yes' }] },
  { name: 'a service without annotations', files: { 'plan.json': planOf([block('cloud_run_service', 'api', { name: 'api', location: 'europe-west1' }), invoker('cloud_run_service', { service: 'api' })], providers, [...unknown, 'metadata']) }, rows: [{ ask: run, expected: 'yes' }] },
];
export const googleAfterApply: readonly Estate[] = [...[...storage, ...network4, ...services, ...denied, ...data].flatMap(stated), ...named, ...sensitive, ...filledIn];
