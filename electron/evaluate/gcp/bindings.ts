import { at, list, str } from '#shared/lib/json.ts';
import { gcpTypes, unplacedGrant, untoldMember } from '#shared/model/gcp.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { hasUntold } from '#shared/model/untold.ts';

/** One binding of an IAM policy. */
export interface Binding {
  readonly role: string;
  readonly members: readonly string[];
  /** The CEL expression; undefined without a condition. */
  readonly condition: unknown;
  readonly policy: StoredResource;
  readonly pointer: string;
}

const known = new WeakMap<StoredResource, readonly Binding[]>();

/** The readable bindings of a policy node. */
export function bindingsOf(policy: StoredResource): readonly Binding[] {
  let found = known.get(policy);
  if (!found) {
    found = list(policy.config, 'bindings').flatMap((binding, i): readonly Binding[] => {
      const role = str(binding, 'role');
      const members = list(binding, 'members').filter((m): m is string => typeof m === 'string');
      if (role === undefined) return [];
      const condition = at(binding, 'condition');
      return [{ role, members, condition: condition === undefined || condition === null ? undefined : at(condition, 'expression') ?? condition, policy, pointer: `/bindings/${i}` }];
    });
    known.set(policy, found);
  }
  return found;
}

/** Is it one of a policy of which nothing tells whose it is? */
export const isUnplaced = (binding: Binding): boolean => binding.policy.type === unplacedGrant;

/** Bindings that may be those of one of these places, as it isn't told what they are about. */
export const unplacedBindings = (graph: GraphView, places: readonly string[]): readonly Binding[] => graph.ofType(unplacedGrant).filter((policy) => {
  const service = str(policy.config, 'service') ?? '', collection = str(policy.config, 'collection') ?? '';
  return places.some((place) => place.startsWith(service) && (collection === '' || place.split('/').at(-2) === collection));
}).flatMap((policy) => [...bindingsOf(policy), ...accessBindings(policy)]);

interface Folder { readonly path: string; readonly policy: StoredResource }
const folders = new WeakMap<readonly StoredResource[], ReadonlyMap<string, readonly Folder[]>>();

/** The managed folders of a bucket that have a policy of their own, which goes for the objects below their path (Cloud Storage, "Managed folders"). */
export function managedFolders(graph: GraphView, bucket: string): readonly Folder[] {
  const policies = graph.ofType(gcpTypes.iamPolicy);
  const found = folders.get(policies) ?? Map.groupBy(policies.flatMap((policy) => { const m = managedFolder.exec(policy.urn); return m ? [{ bucket: `//storage.googleapis.com/${m[1]}`, path: `${m[2]}/`, policy }] : []; }), (f) => f.bucket);
  folders.set(policies, found);
  return found.get(bucket) ?? [];
}
const managedFolder = /^\/\/storage\.googleapis\.com\/(?:projects\/_\/buckets\/)?([^/]+)\/managedFolders\/(.+?)\/?#iam-policy$/;

/** Roles that the access list of a dataset calls by short names (BigQuery, "Dataset", access). */
const basicRoles: Readonly<Record<string, string>> = { READER: 'roles/bigquery.dataViewer', WRITER: 'roles/bigquery.dataEditor', OWNER: 'roles/bigquery.dataOwner' };
const basicMembers: Readonly<Record<string, string>> = { projectReaders: 'projectViewer', projectWriters: 'projectEditor', projectOwners: 'projectOwner' };

/** The access list of a BigQuery dataset as bindings; entries for views and routines name nobody. */
export function accessBindings(dataset: StoredResource | undefined): readonly Binding[] {
  if (dataset?.type !== gcpTypes.dataset && dataset?.type !== unplacedGrant) return [];
  return list(dataset.config, 'access').flatMap((entry, i): readonly Binding[] => {
    const group = str(entry, 'specialGroup'), email = str(entry, 'userByEmail'), untold = untoldMember(dataset.urn), role = hasUntold(entry, 'role') ? untold : str(entry, 'role') ?? '';
    const basic = basicMembers[group ?? ''];
    const named = [
      group === undefined || group === '' ? undefined : basic === undefined ? group : `${basic}:${dataset.account ?? ''}`, email === undefined || email === '' ? undefined : `${email.endsWith('.gserviceaccount.com') ? 'serviceAccount' : 'user'}:${email}`,
      ...(['groupByEmail', 'domain', 'iamMember'] as const).map((key) => { const value = str(entry, key); return value === undefined || value === '' ? undefined : key === 'iamMember' ? value : `${key === 'domain' ? 'domain' : 'group'}:${value}`; }),
      hasUntold(entry, 'member') ? untold : undefined,
    ].filter((m) => m !== undefined);
    return named.length === 0 || role === '' ? [] : [{ role: basicRoles[role] ?? role, members: named, condition: hasUntold(entry, 'condition') ? untold : at(list(entry, 'condition')[0], 'expression'), policy: dataset, pointer: `/access/${i}` }];
  });
}
