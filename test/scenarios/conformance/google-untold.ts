import type { Question } from '#electron/evaluate/platform.ts';
import type { Estate, Expected } from './suite.ts';
import { planOf, stateOf, type Block } from './terraform-forms.ts';

/**
 * Estates of Google Cloud of which a Terraform plan leaves something out (what goes through locals, what is known after apply), each beside one that tells it, and
 * resources that are parts of others. A `local` as the target of a reference stands for what can't be followed.
 */
type Json = Readonly<Record<string, unknown>>;
const project = 'acme-shop', providers = { google: { name: 'google', expressions: { project: { constant_value: project }, region: { constant_value: 'europe-west1' }, zone: { constant_value: 'europe-west1-b' } } } };
const unknown = ['id', 'self_link', 'project', 'email', 'number', 'folder_id', 'name_at_google'];
const block = (type: string, name: string, values: Json, refs?: Block['refs']): Block => ({ type: `google_${type}`, name, values: { project, ...values }, ...(refs && { refs }) });
const local = ['local', 'it'] as const;
type Asked = readonly [ask: Question, expected: Expected];
const plan = (name: string, blocks: readonly Block[], ...asked: readonly Asked[]): Estate => ({ name, files: { 'plan.json': planOf(blocks, providers, unknown) }, rows: asked.map(([ask, expected]) => ({ ask, expected })) });
const state = (name: string, blocks: readonly Block[], ...asked: readonly Asked[]): Estate => ({ name, files: { 'terraform.tfstate': stateOf(blocks) }, rows: asked.map(([ask, expected]) => ({ ask, expected })) });
const both = (name: string, blocks: readonly Block[], ...asked: readonly Asked[]): readonly Estate[] => [state(`${name}, a state`, blocks, ...asked), plan(`${name}, a plan`, blocks, ...asked)];

const open: Question = { question: 'public_storage', subject: 'acme-files' }, reader = 'roles/storage.objectViewer';
const reads = (subject: string): Question => ({ question: 'effective_permission', subject, action: 'storage.objects.get', object: 'acme-files' });
const bucket = (more: Json = {}): Block => block('storage_bucket', 'files', { name: 'acme-files', location: 'EU', id: 'acme-files', public_access_prevention: 'inherited', uniform_bucket_level_access: true, ...more });
const grant = (kind: string, values: Json, refs?: Block['refs']): Block => block(`storage_bucket_iam_${kind}`, 'grant', { bucket: 'acme-files', ...values }, refs);
const robot = block('service_account', 'ci', { account_id: 'ci', email: `ci@${project}.iam.gserviceaccount.com` });
const grants: readonly Estate[] = [
  plan('a grant of a bucket that is not told', [bucket(), grant('member', { role: reader, member: 'allUsers' }, { bucket: local })], [open, 'unknown'], [reads('user:ann@acme.test'), 'unknown']),
  plan('a grant of one that is', [bucket(), grant('member', { role: reader, member: 'group:staff@acme.test' }, { bucket: ['google_storage_bucket.files', 'name'] })], [open, 'no']),
  plan('of one that is not told, to a group', [bucket(), grant('member', { role: reader, member: 'group:staff@acme.test' }, { bucket: local })], [open, 'no']),
  plan('a policy that is not known yet', [bucket(), grant('policy', {}, { policy_data: ['data.google_iam_policy.x', 'policy_data'] })], [open, 'unknown']), plan('one that is', [bucket(), grant('policy', { policy_data: JSON.stringify({ bindings: [] }) })], [open, 'no']),
  plan('members that are not known yet', [bucket(), grant('binding', { role: reader }, { members: local })], [open, 'unknown']), plan('none of them', [bucket(), grant('binding', { role: reader, members: [] })], [open, 'no']),
  plan('a role that is not known yet', [bucket(), grant('member', { member: 'allUsers' }, { role: local })], [open, 'unknown']),
  // A list of which something is known later may hold others beside what it refers to.
  plan('members of which one is not known', [bucket(), grant('binding', { role: reader, members: ['user:ann@acme.test', null] })], [reads('user:bob@acme.test'), 'unknown'], [reads('user:ann@acme.test'), 'yes']),
  plan('members by an account', [bucket(), robot, grant('binding', { role: reader }, { members: ['google_service_account.ci', 'email'] })], [reads(`serviceAccount:ci@${project}.iam.gserviceaccount.com`), 'yes'], [open, 'unknown']), plan('one member by an account', [bucket(), robot, grant('member', { role: reader }, { member: ['google_service_account.ci', 'email'] })], [open, 'no']),
];
const function2 = (name: string): Block => block('cloudfunctions2_function', 'job', { name, location: 'europe-west1', service_config: [{ ingress_settings: 'ALLOW_ALL' }] });
const called: Question = { question: 'ingress', subject: `//cloudfunctions.googleapis.com/projects/${project}/locations/europe-west1/functions/send_mail`, port: 443, protocol: 'tcp' };
const invoker = (member: string): Block => block('cloud_run_service_iam_member', 'all', { location: 'europe-west1', role: 'roles/run.invoker', member }, { service: ['google_cloudfunctions2_function.job', 'name'] });
const functions: readonly Estate[] = [plan('a second-generation function that everyone calls', [function2('send_mail'), invoker('allUsers')], [called, 'yes']), plan('that one calls', [function2('send_mail'), invoker('user:ann@acme.test')], [called, 'no'])];

const folder = (parent: string): Block => block('folder', 'shop', { name: 'folders/123', folder_id: '123', display_name: 'shop', parent });
const inFolder = block('project', 'shop', { project_id: project, name: 'shop', number: '99', folder_id: '123' }), above = (org: string): Block => block('organization_iam_member', 'admin', { org_id: org, role: 'roles/storage.admin', member: 'user:ann@acme.test' }), viewer = block('project_iam_member', 'view', { role: 'roles/viewer', member: 'user:z@acme.test' });
const plannedFolder = block('folder', 'shop', { display_name: 'shop', parent: 'organizations/1' }), plannedProject = (to: readonly [string, string]): Block => block('project', 'shop', { project_id: project, name: 'shop' }, { folder_id: to });
const folders: readonly Estate[] = [
  state('a role of the organization, over a folder', [folder('organizations/1'), inFolder, above('1'), viewer, bucket()], [reads('user:ann@acme.test'), 'yes'], [reads('user:eve@acme.test'), 'no']), state('of another organization', [folder('organizations/2'), inFolder, above('1'), viewer, bucket()], [reads('user:ann@acme.test'), 'no']),
  state('over a folder that is not recorded', [inFolder, above('1'), viewer, bucket()], [reads('user:ann@acme.test'), 'unknown']),
  plan('over a folder that is yet to be made', [plannedFolder, plannedProject(['google_folder.shop', 'name']), above('1'), viewer, bucket()], [reads('user:ann@acme.test'), 'yes']), plan('over one that is not told', [plannedProject(local), above('1'), viewer, bucket()], [reads('user:ann@acme.test'), 'unknown']),
];

const rows = (subject: string): Question => ({ question: 'effective_permission', subject, action: 'bigquery.tables.getData', object: `//bigquery.googleapis.com/projects/${project}/datasets/sales` });
const dataset = (access: readonly Json[]): Block => block('bigquery_dataset', 'sales', { dataset_id: 'sales', location: 'EU', access });
const shared = (access: Json): Block => block('bigquery_dataset_access', 'a', { dataset_id: 'sales', ...access }, { dataset_id: ['google_bigquery_dataset.sales', 'dataset_id'] });
const data: readonly Estate[] = [
  ...both('an entry of its access list, as a resource, for whoever logs in', [dataset([]), shared({ role: 'READER', special_group: 'allAuthenticatedUsers' }), viewer], [rows('allAuthenticatedUsers'), 'yes'], [rows('user:eve@evil.test'), 'yes']), ...both('for one', [dataset([]), shared({ role: 'roles/bigquery.dataViewer', user_by_email: 'ann@acme.test' }), viewer], [rows('user:ann@acme.test'), 'yes'], [rows('user:eve@evil.test'), 'no']),
  ...both('a dataset for whoever logs in', [dataset([{ role: 'READER', special_group: 'allAuthenticatedUsers' }]), viewer], [rows('allAuthenticatedUsers'), 'yes'], [rows('user:eve@evil.test'), 'yes'], [rows('allUsers'), 'no']), ...both('a dataset for one', [dataset([{ role: 'READER', user_by_email: 'ann@acme.test' }]), viewer], [rows('allAuthenticatedUsers'), 'no'], [rows('user:ann@acme.test'), 'yes'], [rows('user:eve@evil.test'), 'no']),
];
const link = (path: string): string => `https://www.googleapis.com/compute/v1/projects/${project}/${path}`, network = block('compute_network', 'main', { name: 'main', self_link: link('global/networks/main') });
const machine = block('compute_instance', 'web', { name: 'web', zone: 'europe-west1-b', tags: [], self_link: link('zones/europe-west1-b/instances/web'), current_status: 'RUNNING', network_interface: [{ network: link('global/networks/main'), access_config: [{ nat_ip: '198.51.100.7' }] }] }, { 'network_interface.0.network': ['google_compute_network.main', 'id'] });
const to: NonNullable<Block['refs']> = { network: ['google_compute_network.main', 'id'] }, ssh: Question = { question: 'ingress', subject: 'web', port: 22, protocol: 'tcp' };
const rule = (name: string, ports: readonly string[], refs = to, more: Json = {}): Block => block('compute_firewall', name, { name, network: link('global/networks/main'), direction: 'INGRESS', priority: 1000, source_ranges: ['0.0.0.0/0'], allow: [{ protocol: 'tcp', ports }], ...more }, refs);
const policyRule = (action: string, ports: readonly string[]): Block => block('compute_network_firewall_policy_rule', 'r', { firewall_policy: 'p', priority: 100, direction: 'INGRESS', action, match: [{ src_ip_ranges: ['0.0.0.0/0'], layer4_configs: [{ ip_protocol: 'tcp', ports }] }] });
const firewalls: readonly Estate[] = [
  plan('a rule of a network that is not told', [network, machine, rule('web', ['443']), rule('ssh', ['22'], { network: local })], [ssh, 'unknown']), plan('on another port', [network, machine, rule('web', ['443']), rule('more', ['80'], { network: local })], [ssh, 'no']),
  plan('a rule whose sources are not known yet', [network, machine, rule('ssh', ['22'], { ...to, source_ranges: local })], [ssh, 'unknown']), plan('one whose sources are', [network, machine, rule('ssh', ['22'])], [ssh, 'yes']),
  ...both('a firewall policy that lets SSH in', [network, machine, rule('web', ['443']), policyRule('allow', ['22'])], [ssh, 'unknown']), ...both('one that speaks of another port', [network, machine, rule('web', ['443']), policyRule('allow', ['80'])], [ssh, 'no']), ...both('one that denies SSH', [network, machine, rule('ssh', ['22']), policyRule('deny', ['22'])], [ssh, 'unknown']),
];
const denies = (who: string): Block => block('iam_deny_policy', 'd', { name: 'd', parent: `cloudresourcemanager.googleapis.com%2Fprojects%2F${project}`, rules: [{ deny_rule: [{ denied_principals: [`principal://goog/subject/${who}`], denied_permissions: ['storage.googleapis.com/objects.get'] }] }] }), annReads = grant('member', { role: reader, member: 'user:ann@acme.test' });
const denied: readonly Estate[] = [...both('a deny policy', [bucket(), annReads, denies('ann@acme.test')], [reads('user:ann@acme.test'), 'no']), ...both('for another', [bucket(), annReads, denies('bob@acme.test')], [reads('user:ann@acme.test'), 'yes'])];
const objectAcl = (entity: string): Block => block('storage_object_access_control', 'o', { bucket: 'acme-files', object: 'x.csv', role: 'READER', entity });
const objects: readonly Estate[] = [...both('an object for everyone', [bucket({ uniform_bucket_level_access: false }), objectAcl('allUsers')], [open, 'yes']), ...both('for one', [bucket({ uniform_bucket_level_access: false }), objectAcl('user-ann@acme.test')], [open, 'no'])];
export const untold: readonly Estate[] = [...firewalls, ...denied, ...objects, ...grants, ...functions, ...folders, ...data];
