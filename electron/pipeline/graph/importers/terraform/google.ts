import { isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { bucketName, containerName, gcpTypes, serviceAccountName, unplacedGrant, untoldMember } from '#shared/model/gcp.ts';
import type { Normalized } from '../../../ports.ts';
import type { Resource } from '#shared/model/resource.ts';
import { parsePolicyText } from '../aws/policy-text.ts';
import { assetResource } from '../gcp/asset-resource.ts';
import { iamPolicyNodes } from '../gcp/policy-nodes.ts';
import { googleData } from './google-shapes.ts';
import { accountEmail, containerId, googleName, googleType, placeIn, projectOf, runName } from './google-names.ts';
import { googlePolicy } from './google-policies.ts';
import { resolveOne } from './plan-references.ts';
import type { TfResource } from './read-resource.ts';
import { isUntold, untoldOf } from './untold.ts';

const source = 'terraform';

/**
 * A google_* resource in the records of Cloud Asset Inventory, so that its answers are those of an export of the same estate; undefined for types that
 * nothing evaluates. Bindings that are resources of their own become parts of the IAM policy of what they are about.
 */
export function googleRecords(r: TfResource): Normalized | undefined {
  if (!r.type.startsWith('google_')) return undefined;
  const iam = /^(google_.+)_iam_(member|binding|policy)$/.exec(r.type);
  if (iam) return granted(r, iam[1] ?? '');
  const policy = googlePolicy(r);
  if (policy) return policy;
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
    const found = resolveOne(r.resolve, key), id = str(r.values, key) || (found && containerId(found)) || (isUntold(r, key) ? untoldMember(r.address).replaceAll('/', '_') : undefined);
    return id === undefined ? [] : [id.includes('/') ? id : `${kind}/${id}`];
  });
}

interface Held { readonly name: string; readonly type: string }
/** What has an IAM policy: the attribute that names it, its service and the path below the project. */
const holders: ReadonlyMap<string, readonly [key: string, service: string, path: string]> = new Map([
  ['google_storage_bucket', ['bucket', 'storage', '']], ['google_storage_managed_folder', ['managed_folder', 'storage', '']], ['google_service_account', ['service_account_id', 'iam', 'serviceAccounts/{}']], ['google_cloud_run_service', ['service', 'run', 'locations/{location}/services/{}']], ['google_cloud_run_v2_service', ['name', 'run', 'locations/{location}/services/{}']],
  ['google_cloudfunctions_function', ['cloud_function', 'cloudfunctions', 'locations/{region}/functions/{}']], ['google_cloudfunctions2_function', ['cloud_function', 'cloudfunctions', 'locations/{location}/functions/{}']], ['google_pubsub_topic', ['topic', 'pubsub', 'topics/{}']], ['google_pubsub_subscription', ['subscription', 'pubsub', 'subscriptions/{}']],
  ['google_secret_manager_secret', ['secret_id', 'secretmanager', 'secrets/{}']], ['google_kms_crypto_key', ['crypto_key_id', 'cloudkms', '']], ['google_kms_key_ring', ['key_ring_id', 'cloudkms', '']], ['google_bigquery_dataset', ['dataset_id', 'bigquery', 'datasets/{}']],
  ['google_artifact_registry_repository', ['repository', 'artifactregistry', 'locations/{location}/repositories/{}']], ['google_compute_instance', ['instance_name', 'compute', 'zones/{zone}/instances/{}']],
]);

const containers: Readonly<Record<string, readonly [key: string, kind: string]>> = { google_project: ['project', 'projects'], google_folder: ['folder', 'folders'], google_organization: ['org_id', 'organizations'] };

/** What a grant is about; undefined where a plan doesn't tell. */
function holderOf(r: TfResource, of: string): Held | undefined {
  const container = containers[of];
  if (container) {
    const [key, kind] = container, found = resolveOne(r.resolve, key), id = str(r.values, key) ?? (found && containerId(found)) ?? (of === 'google_project' && !isUntold(r, key) ? projectOf(r, r) : undefined);
    return id === undefined ? undefined : { name: containerName(id.includes('/') ? id : `${kind}/${id}`), type: of === 'google_project' ? gcpTypes.project : of === 'google_folder' ? gcpTypes.folder : gcpTypes.organization };
  }
  if (of === 'google_storage_managed_folder') return managedFolder(r);
  const known = holders.get(of);
  if (!known) return undefined;
  const [key, service, path] = known, type = googleType(of) ?? '', value = str(r.values, key), planned = resolveOne(r.resolve, key);
  const told = planned && (value === undefined || projectOf(r, r) === '_') ? (service === 'run' ? runName(r, planned) : undefined) ?? googleName(r, planned) : undefined;
  if (told !== undefined) return { name: told, type };
  if (value === undefined) return undefined;
  if (of === 'google_storage_bucket') return { name: bucketName(value.replace(/^b\//, '')), type };
  const full = /projects\/.+$/.exec(value)?.[0] ?? (service === 'cloudkms' ? kmsPath(value) : undefined);
  if (full !== undefined) return { name: of === 'google_service_account' ? serviceAccountName(/projects\/([^/]+)/.exec(full)?.[1] ?? '-', full.slice(full.lastIndexOf('/') + 1)) : `//${service}.googleapis.com/${full}`, type };
  const places = [...path.replace('{}', '').matchAll(/\{(\w+)\}/g)].map(([, attribute = '']) => [attribute, placeIn(r, attribute)] as const);
  if (places.some(([, place]) => place === undefined) || isUntold(r, 'project')) return undefined;
  const below = places.reduce((text, [attribute, place]) => text.replace(`{${attribute}}`, place ?? ''), path.replace('{}', value));
  return { name: `//${service}.googleapis.com/projects/${projectOf(r, r)}/${below}`, type };
}

/** A managed folder, whose path is its name (Cloud Storage, "Managed folders"). */
function managedFolder(r: TfResource): Held | undefined {
  const around = resolveOne(r.resolve, 'bucket'), bucket = str(r.values, 'bucket') ?? str(around?.values, around?.type === 'google_storage_bucket' ? 'name' : 'bucket'), folder = str(r.values, 'managed_folder') ?? str(resolveOne(r.resolve, 'managed_folder')?.values, 'name');
  return bucket === undefined || folder === undefined ? undefined : { name: `${bucketName(bucket.replace(/^b\//, ''))}/managedFolders/${folder.replace(/\/$/, '')}`, type: 'storage.googleapis.com/ManagedFolder' };
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

/** One entry of a dataset's access list, as a part of that list; of a dataset that a plan doesn't tell it may be that of any. */
function datasetAccess(r: TfResource): Normalized {
  const holder = holderOf(r, 'google_bigquery_dataset'), { user_by_email, group_by_email, domain, special_group, iam_member, role } = r.values, who = ['user_by_email', 'group_by_email', 'domain', 'special_group', 'iam_member', 'view', 'dataset', 'routine'];
  const access = [{ role, userByEmail: user_by_email, groupByEmail: group_by_email, domain, specialGroup: special_group, iamMember: iam_member, condition: list(r.values, 'condition')[0], ...untoldOf(r, { role: 'role', 'condition.0.expression': 'condition', ...Object.fromEntries(who.map((key) => [key, 'member'])) }) }];
  const own = { aliases: [], tags: {}, deleted: false, source, provenance: 'observed', account: projectOf(r, r) } as const;
  return { resources: [holder ? { ...own, urn: holder.name, type: gcpTypes.dataset, kind: 'database', config: { access }, part: r.type } : { ...own, urn: `terraform:${r.address}`, type: unplacedGrant, kind: 'policy', name: r.address, aliases: [r.address], config: { service: '//bigquery.googleapis.com/', collection: 'datasets', access } }], edges: [] };
}

/** The bindings that it writes down; whoever and whatever a plan doesn't tell stays open. */
function bindingsIn(r: TfResource): readonly JsonObject[] {
  const untold = untoldMember(r.address);
  if (r.type.endsWith('_policy')) {
    const written: unknown = parsePolicyText(r.values['policy_data']);
    return isObject(written) ? list(written, 'bindings').filter(isObject) : [{ role: untold, members: [untold] }];
  }
  const rule = list(r.values, 'condition')[0], isOpen = isUntold(r, 'condition.0.expression'), condition = isOpen ? { condition: { expression: untold } } : rule === undefined ? {} : { condition: { expression: str(rule, 'expression') ?? '', title: str(rule, 'title') ?? '' } };
  const planned = resolveOne(r.resolve, 'role'), role = str(r.values, 'role') ?? (planned && googleName(r, planned)?.replace(/^\/\/[^/]+\//, '')) ?? untold;
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
