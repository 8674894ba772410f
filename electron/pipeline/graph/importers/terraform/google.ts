import { at, isObject, list, scalarText, str, type JsonObject } from '#shared/lib/json.ts';
import { bucketName, containerName, gcpTypes, projectName, serviceAccountName, unplacedGrant, untoldMember } from '#shared/model/gcp.ts';
import type { Normalized } from '../../../ports.ts';
import type { Resource } from '#shared/model/resource.ts';
import { parsePolicyText } from '../aws/policy-text.ts';
import { assetResource } from '../gcp/asset-resource.ts';
import { iamPolicyNodes, orgPolicyNodes } from '../gcp/policy-nodes.ts';
import { googleData, plain } from './google-shapes.ts';
import { accountEmail, containerId, googleName, googleType, isUnwritten, placeIn, projectOf, runName } from './google-names.ts';
import type { TfResource } from './read-resource.ts';

const source = 'terraform';

/**
 * A google_* resource in the records of Cloud Asset Inventory, so that its answers are those of an export of the same estate; undefined for types that
 * nothing evaluates. Bindings that are resources of their own become parts of the IAM policy of what they are about.
 */
export function googleRecords(r: TfResource): Normalized | undefined {
  if (!r.type.startsWith('google_')) return undefined;
  const iam = /^(google_.+)_iam_(member|binding|policy)$/.exec(r.type);
  if (iam) return granted(r, iam[1] ?? '');
  if (r.type.endsWith('organization_policy') || r.type === 'google_org_policy_policy') return organizationPolicy(r);
  if (/^google_storage_(bucket_acl|bucket_access_control|default_object_acl|default_object_access_control|object_acl|object_access_control)$/.test(r.type)) return accessList(r);
  if (/^google_compute_(region_)?(network_)?firewall_policy_(rule|with_rules)$/.test(r.type)) return firewallPolicy(r);
  if (r.type === 'google_iam_deny_policy') return denyPolicy(r);
  if (r.type === 'google_bigquery_dataset_access') return datasetAccess(r);
  const type = googleType(r.type), name = googleName(r, r);
  if (type === undefined || name === undefined) return undefined;
  const above = type === gcpTypes.project ? ancestorsOf(r) : [];
  const { resource, edges } = assetResource({ name, type, data: googleData(r), ancestors: above }, source);
  const addresses = [r.address, `terraform:${r.address}`];
  // Who may use it is told by resources of their own: none of them, none may.
  const empty = holders.has(r.type) ? parts(r, { name, type }, [], 'implied') : [];
  return { resources: [{ ...resource, aliases: [...new Set([...resource.aliases, ...addresses])] }, ...empty], edges };
}

/** The folder or organization that a project lies in; one of no name where a plan doesn't tell it. */
function ancestorsOf(r: TfResource): readonly string[] {
  return [['folder_id', 'folders'], ['org_id', 'organizations']].flatMap(([key = '', kind = '']) => {
    const [found] = r.resolve(key), id = str(r.values, key) || (found && containerId(found)) || (isUnwritten(r, key) ? untoldMember(r.address).replaceAll('/', '_') : undefined);
    return id === undefined ? [] : [id.includes('/') ? id : `${kind}/${id}`];
  });
}

interface Held { readonly name: string; readonly type: string }
/** What has an IAM policy: the attribute that names it, its service and the path below the project. */
const holders: ReadonlyMap<string, readonly [key: string, service: string, path: string]> = new Map([
  ['google_storage_bucket', ['bucket', 'storage', '']], ['google_service_account', ['service_account_id', 'iam', 'serviceAccounts/{}']], ['google_cloud_run_service', ['service', 'run', 'locations/{location}/services/{}']], ['google_cloud_run_v2_service', ['name', 'run', 'locations/{location}/services/{}']],
  ['google_cloudfunctions_function', ['cloud_function', 'cloudfunctions', 'locations/{region}/functions/{}']], ['google_cloudfunctions2_function', ['cloud_function', 'cloudfunctions', 'locations/{location}/functions/{}']], ['google_pubsub_topic', ['topic', 'pubsub', 'topics/{}']], ['google_pubsub_subscription', ['subscription', 'pubsub', 'subscriptions/{}']],
  ['google_secret_manager_secret', ['secret_id', 'secretmanager', 'secrets/{}']], ['google_kms_crypto_key', ['crypto_key_id', 'cloudkms', '']], ['google_kms_key_ring', ['key_ring_id', 'cloudkms', '']], ['google_bigquery_dataset', ['dataset_id', 'bigquery', 'datasets/{}']],
  ['google_artifact_registry_repository', ['repository', 'artifactregistry', 'locations/{location}/repositories/{}']], ['google_compute_instance', ['instance_name', 'compute', 'zones/{zone}/instances/{}']],
]);

const containers: Readonly<Record<string, readonly [key: string, kind: string]>> = { google_project: ['project', 'projects'], google_folder: ['folder', 'folders'], google_organization: ['org_id', 'organizations'] };

/** What a grant is about; undefined where a plan doesn't tell. */
function holderOf(r: TfResource, of: string): Held | undefined {
  const container = containers[of];
  if (container) {
    const [key, kind] = container, [found, other] = r.resolve(key), id = str(r.values, key) ?? (found && other === undefined ? containerId(found) : undefined) ?? (of === 'google_project' && !isUnwritten(r, key) ? projectOf(r, r) : undefined);
    return id === undefined ? undefined : { name: containerName(id.includes('/') ? id : `${kind}/${id}`), type: of === 'google_project' ? gcpTypes.project : of === 'google_folder' ? gcpTypes.folder : gcpTypes.organization };
  }
  const known = holders.get(of);
  if (!known) return undefined;
  const [key, service, path] = known, type = googleType(of) ?? '', value = str(r.values, key), [planned, other] = r.resolve(key);
  const told = planned && (value === undefined || projectOf(r, r) === '_') && other === undefined ? (service === 'run' ? runName(r, planned) : undefined) ?? googleName(r, planned) : undefined;
  if (told !== undefined) return { name: told, type };
  if (value === undefined) return undefined;
  if (of === 'google_storage_bucket') return { name: bucketName(value.replace(/^b\//, '')), type };
  const full = /projects\/.+$/.exec(value)?.[0] ?? (service === 'cloudkms' ? kmsPath(value) : undefined);
  if (full !== undefined) return { name: of === 'google_service_account' ? serviceAccountName(/projects\/([^/]+)/.exec(full)?.[1] ?? '-', full.slice(full.lastIndexOf('/') + 1)) : `//${service}.googleapis.com/${full}`, type };
  const places = [...path.replace('{}', '').matchAll(/\{(\w+)\}/g)].map(([, attribute = '']) => [attribute, placeIn(r, attribute)] as const);
  if (places.some(([, place]) => place === undefined) || isUnwritten(r, 'project')) return undefined;
  const below = places.reduce((text, [attribute, place]) => text.replace(`{${attribute}}`, place ?? ''), path.replace('{}', value));
  return { name: `//${service}.googleapis.com/projects/${projectOf(r, r)}/${below}`, type };
}

/** `project/location/ring/key`, the provider's own form. */
function kmsPath(value: string): string | undefined {
  const [project, location, ring, key] = value.split('/');
  return ring === undefined ? undefined : `projects/${project}/locations/${location}/keyRings/${ring}${key === undefined ? '' : `/cryptoKeys/${key}`}`;
}

function granted(r: TfResource, of: string): Normalized | undefined {
  const bindings = bindingsIn(r), holder = holderOf(r, of);
  if (holder) return { resources: parts(r, holder, bindings, r.type), edges: [] };
  const known = holders.get(of), kind = containers[of]?.[1];
  if (!known && kind === undefined) return undefined;
  // What it is about goes through what a plan leaves out: it may be that of any.
  const [, service, path] = known ?? ['', '', ''], config = kind === undefined ? { service: `//${service}.googleapis.com/`, collection: path.split('/').at(-2) ?? collections[of] ?? '' } : { service: containerName(''), collection: kind };
  return { resources: [{ urn: `terraform:${r.address}`, type: unplacedGrant, kind: 'policy', name: r.address, aliases: [r.address], tags: {}, deleted: false, config: { ...config, bindings }, source, provenance: 'observed' }], edges: [] };
}
const collections: Readonly<Record<string, string>> = { google_kms_crypto_key: 'cryptoKeys', google_kms_key_ring: 'keyRings' };

const datasetRoles: Readonly<Record<string, string>> = { READER: 'roles/bigquery.dataViewer', WRITER: 'roles/bigquery.dataEditor', OWNER: 'roles/bigquery.dataOwner' };

/** One entry of a dataset's access list, as the grant that it is (BigQuery, "Basic roles for datasets"); views and routines that may read are no principals. */
function datasetAccess(r: TfResource): Normalized | undefined {
  const { values } = r, role = str(values, 'role'), email = str(values, 'user_by_email'), group = str(values, 'group_by_email'), domain = str(values, 'domain'), special = str(values, 'special_group');
  if (['view', 'dataset', 'routine'].some((key) => list(values, key).length > 0)) return { resources: [], edges: [] };
  const ofProject = special === undefined ? undefined : ({ projectOwners: 'projectOwner', projectWriters: 'projectEditor', projectReaders: 'projectViewer' } as const)[special];
  const member = str(values, 'iam_member') ?? (email && `${email.endsWith('.gserviceaccount.com') ? 'serviceAccount' : 'user'}:${email}`) ?? (group && `group:${group}`) ?? (domain && `domain:${domain}`) ?? (ofProject ? `${ofProject}:${projectOf(r, r)}` : special);
  return granted({ ...r, type: 'google_bigquery_dataset_iam_member', values: { ...values, ...(member !== undefined && { member }), ...(role !== undefined && { role: datasetRoles[role] ?? role }) } }, 'google_bigquery_dataset');
}

/** The bindings that it writes down; whoever and whatever a plan doesn't tell stays open. */
function bindingsIn(r: TfResource): readonly JsonObject[] {
  const untold = untoldMember(r.address);
  if (r.type.endsWith('_policy')) {
    const written: unknown = parsePolicyText(r.values['policy_data']);
    return isObject(written) ? list(written, 'bindings').filter(isObject) : [{ role: untold, members: [untold] }];
  }
  const rule = list(r.values, 'condition')[0], condition = rule === undefined ? {} : { condition: { expression: str(rule, 'expression') ?? '', title: str(rule, 'title') ?? '' } };
  const role = str(r.values, 'role') ?? r.resolve('role').map((p) => googleName(r, p)?.replace(/^\/\/[^/]+\//, ''))[0] ?? untold;
  return [{ role, members: membersIn(r).map((m) => m ?? untold), ...condition }];
}

/** The members of a grant; undefined for those that may be anyone, as a list that is not known yet can hold more than the accounts it refers to. */
function membersIn(r: TfResource): readonly (string | undefined)[] {
  const told = [...('member' in r.values ? [r.values['member']] : []), ...list(r.values, 'members')];
  const named = told.filter((m): m is string => typeof m === 'string'), open = told.length - named.length;
  const isWhole = named.length + open > 0 || Array.isArray(r.values['members']);
  if (isWhole && open === 0) return named;
  const accounts = [...r.resolve('member'), ...r.resolve('members')].filter((p) => p.type === 'google_service_account').map((p) => `serviceAccount:${accountEmail(r, p)}`);
  const isOne = r.type.endsWith('_member') && accounts.length === 1;
  return [...named, ...accounts, ...(isOne || (isWhole && open === accounts.length) ? [] : [undefined])];
}

function parts(r: TfResource, { name, type }: Held, bindings: readonly JsonObject[], part: string): readonly Resource[] {
  return iamPolicyNodes({ name, type, ancestors: [] }, { bindings }, source).map((node) => (node.type === gcpTypes.iamPolicy ? { ...node, part, ...(type === gcpTypes.bucket && part === 'implied' && { account: projectOf(r, r) }) } : node));
}

const canned: Readonly<Record<string, readonly (readonly [entity: string, role: string])[]>> = { publicRead: [['allUsers', 'READER']], publicReadWrite: [['allUsers', 'WRITER']], authenticatedRead: [['allAuthenticatedUsers', 'READER']] };

/** Entries of the ACL of a bucket, or of the default one of its objects; those of one object make what lies in the bucket public as well. */
function accessList(r: TfResource): Normalized | undefined {
  const [found] = r.resolve('bucket'), bucket = str(r.values, 'bucket') ?? (found && str(found.values, 'name'));
  if (bucket === undefined) return undefined;
  const isDefault = /^google_storage_(default_)?object_/.test(r.type), entry = (entity: string, role: string): JsonObject => ({ entity, role });
  const listed = list(r.values, 'role_entity').flatMap((text) => { const [role = '', entity = ''] = scalarText(text).split(/:(.*)/); return [entry(entity, role)]; });
  const named = (key: string): readonly JsonObject[] => (canned[str(r.values, key) ?? ''] ?? []).map(([entity, role]) => entry(entity, role));
  const own = [...listed, ...named('predefined_acl'), ...(str(r.values, 'entity') === undefined ? [] : [entry(str(r.values, 'entity') ?? '', str(r.values, 'role') ?? '')])];
  const config = isDefault ? { defaultObjectAcl: own } : { acl: own, ...(str(r.values, 'default_acl') !== undefined && { defaultObjectAcl: named('default_acl') }) };
  return { resources: [{ urn: bucketName(bucket), type: gcpTypes.bucket, kind: 'bucket', aliases: [], tags: {}, deleted: false, config, source, provenance: 'observed', part: r.type }], edges: [] };
}

function organizationPolicy(r: TfResource): Normalized | undefined {
  const path = str(r.values, 'parent') ?? /^(projects|folders|organizations)\/[^/]+/.exec(str(r.values, 'name') ?? '')?.[0] ?? (str(r.values, 'folder') === undefined ? undefined : `folders/${(str(r.values, 'folder') ?? '').replace('folders/', '')}`) ?? (str(r.values, 'org_id') === undefined ? undefined : `organizations/${str(r.values, 'org_id') ?? ''}`);
  const name = path === undefined ? projectName(projectOf(r, r)) : `//cloudresourcemanager.googleapis.com/${path}`;
  const [spec] = list(r.values, 'spec'), [flag] = list(r.values, 'boolean_policy');
  const policy = r.type === 'google_org_policy_policy' ? { name: str(r.values, 'name'), spec: { rules: list(spec, 'rules').map((rule) => ({ enforce: /^true$/i.test(str(rule, 'enforce') ?? ''), ...(list(rule, 'condition').length > 0 && { condition: list(rule, 'condition')[0] }) })) } }
    : { constraint: str(r.values, 'constraint'), ...(flag !== undefined && { booleanPolicy: { enforced: at(flag, 'enforced') === true } }) };
  return { resources: orgPolicyNodes({ name, type: gcpTypes.project, ancestors: [] }, [policy], source), edges: [] };
}

/** Rules of a firewall policy. Which networks it is attached to stands elsewhere and is not read: they may apply to any. */
function firewallPolicy(r: TfResource): Normalized {
  const rules = r.type.endsWith('_rule') ? [r.values] : list(r.values, 'rule').filter(isObject);
  const data = rules.map((rule) => { const match = list(rule, 'match')[0], read = plain(match); return { ...plain(rule), match: { ...read, layer4Configs: [...list(match, 'layer4_configs'), ...list(match, 'layer4_config')].map((c) => plain(c)) } }; });
  return { resources: [{ urn: `terraform:${r.address}`, type: gcpTypes.firewallPolicy, kind: 'sg', name: r.address, aliases: [r.address], tags: {}, deleted: false, config: { isUnplaced: true, rules: data }, source, provenance: 'observed' }], edges: [] };
}

function denyPolicy(r: TfResource): Normalized {
  const name = `policies/${str(r.values, 'parent') ?? ''}/denypolicies/${str(r.values, 'name') ?? r.address}`;
  const rules = list(r.values, 'rules').map((rule) => { const deny = list(rule, 'deny_rule')[0], condition = list(deny, 'denial_condition')[0]; return { denyRule: { ...plain(deny), denialCondition: condition } }; });
  return { resources: [{ urn: `//iam.googleapis.com/${name}`, type: gcpTypes.denyPolicy, kind: 'policy', name: str(r.values, 'name') ?? r.address, aliases: [r.address], tags: {}, deleted: false, config: { name, rules }, source, provenance: 'observed' }], edges: [] };
}
