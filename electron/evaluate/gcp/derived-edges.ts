import { containerName, gcpTypes, projectName } from '#shared/model/gcp.ts';
import type { Edge, EdgeKind, StoredResource } from '#shared/model/resource.ts';
import type { Answer } from '#shared/model/verdict.ts';
import { directoryOf } from './directory.ts';
import { administratorsOf, containerKind, escalationsInto, impersonation } from './escalations.ts';
import { holdersOf } from './holders.ts';
import { nodeOfMember } from './members.ts';
import type { Scope } from './permission.ts';

interface StorePermissions { readonly CAN_READ?: string; readonly CAN_WRITE?: string; readonly CAN_ADMIN?: string; readonly CAN_EXEC?: readonly string[] }
/** The permission that stands for each kind of access to a data store or a machine. */
const stores: Readonly<Record<string, StorePermissions>> = {
  [gcpTypes.bucket]: { CAN_READ: 'storage.objects.get', CAN_WRITE: 'storage.objects.create', CAN_ADMIN: 'storage.buckets.setIamPolicy' },
  'secretmanager.googleapis.com/Secret': { CAN_READ: 'secretmanager.versions.access', CAN_WRITE: 'secretmanager.versions.add', CAN_ADMIN: 'secretmanager.secrets.setIamPolicy' },
  'bigquery.googleapis.com/Dataset': { CAN_READ: 'bigquery.tables.getData', CAN_WRITE: 'bigquery.tables.updateData', CAN_ADMIN: 'bigquery.datasets.update' },
  [gcpTypes.sql]: { CAN_READ: 'cloudsql.instances.export', CAN_ADMIN: 'cloudsql.users.create' },
  'pubsub.googleapis.com/Topic': { CAN_WRITE: 'pubsub.topics.publish', CAN_ADMIN: 'pubsub.topics.setIamPolicy' }, 'pubsub.googleapis.com/Subscription': { CAN_READ: 'pubsub.subscriptions.consume', CAN_ADMIN: 'pubsub.subscriptions.setIamPolicy' },
  'cloudkms.googleapis.com/CryptoKey': { CAN_READ: 'cloudkms.cryptoKeyVersions.useToDecrypt', CAN_ADMIN: 'cloudkms.cryptoKeys.setIamPolicy' },
  'spanner.googleapis.com/Database': { CAN_READ: 'spanner.databases.read', CAN_ADMIN: 'spanner.databases.setIamPolicy' },
  [gcpTypes.instance]: { CAN_EXEC: ['compute.instances.osAdminLogin', 'compute.instances.setMetadata'] },
};

/** Types for which edges follow from IAM. */
export const gcpIdentityTypes: readonly string[] = [gcpTypes.serviceAccount, gcpTypes.project, gcpTypes.folder, gcpTypes.organization, ...Object.keys(stores)];

const maxEdges = 2_000;

/** The edges into one resource that IAM policies give: who gets a service account, administers a project, reads or writes a store, logs in to a machine. */
export function gcpIdentityEdges(scope: Scope, resource: StoredResource): readonly Edge[] {
  const into = (kind: EdgeKind, members: Iterable<readonly [string, Answer]>, cost: number, reason: string): readonly Edge[] => [...members].flatMap(([member, answer]) => edgeFrom(scope, member, kind, resource, answer, cost, reason));
  const found = resource.type === gcpTypes.serviceAccount || containerKind(resource.urn) !== undefined
    ? [...gained(scope, resource, into), ...(containerKind(resource.urn) === undefined ? [] : into('CAN_ADMIN', administratorsOf(scope, resource), 1, 'may hand out its roles'))]
    : Object.entries(stores[resource.type] ?? {}).flatMap(([kind, permissions]: readonly [string, string | readonly string[]]) => (isStoreKind(kind) ? [permissions].flat().flatMap((p) => into(kind, holdersOf(scope, p, resource.urn), kind === 'CAN_READ' && resource.kind === 'secret_key' ? 2 : kind === 'CAN_EXEC' ? 2 : 1, `${p} allowed`)) : []));
  return unique(found).slice(0, maxEdges);
}

const isStoreKind = (kind: string): kind is 'CAN_READ' | 'CAN_WRITE' | 'CAN_ADMIN' | 'CAN_EXEC' => kind.startsWith('CAN_');

function gained(scope: Scope, resource: StoredResource, into: (kind: EdgeKind, members: Iterable<readonly [string, Answer]>, cost: number, reason: string) => readonly Edge[]): readonly Edge[] {
  const assume = resource.type === gcpTypes.serviceAccount ? impersonation.filter((p) => p !== 'iam.serviceAccounts.implicitDelegation').flatMap((p) => into('CAN_ASSUME', holdersOf(scope, p, resource.urn), 1, `${p} allowed`)) : [];
  return [...assume, ...escalationsInto(scope, resource).flatMap((e) => edgeFrom(scope, e.member, 'PRIVESC', resource, e.conditional ? 'unknown' : 'yes', e.isIndirect ? 2 : 1, e.id))];
}

/** What everyone may do is not lost with anybody: it is an edge from the internet where data is concerned. */
function edgeFrom({ graph }: Scope, member: string, kind: EdgeKind, target: StoredResource, answer: Answer, cost: number, reason: string): readonly Edge[] {
  const isEveryone = member === 'allUsers' || member === 'allAuthenticatedUsers';
  if (/^(project(Owner|Editor|Viewer)|domain):/.test(member) || (isEveryone && target.type === gcpTypes.bucket)) return [];
  const source = isEveryone ? 'internet' : nodeOfMember(graph, member);
  if (source === target.urn) return [];
  return [{ source, kind, target: target.urn, derived: true, provenance: target.provenance, cost: answer === 'yes' ? cost : cost + 2, reason, ...(answer !== 'yes' && { condition: JSON.stringify({ member, needs: 'a condition of the binding' }) }) }];
}

/** Of several permissions that give the same edge the cheapest stays; each escalation by its own id. */
function unique(edges: readonly Edge[]): readonly Edge[] {
  const best = new Map<string, Edge>();
  for (const edge of edges) {
    const key = `${edge.source} ${edge.kind} ${edge.kind === 'PRIVESC' ? edge.reason ?? '' : ''}`, have = best.get(key);
    if (!have || (have.condition !== undefined && edge.condition === undefined)) best.set(key, edge);
  }
  return [...best.values()];
}

/** The project contains the resource: whoever administers the one gets the other. */
export function gcpPlaceEdges({ graph }: Scope, resource: StoredResource): readonly Edge[] {
  const above = directoryOf(graph).chain(resource.urn, resource).find((name) => name.startsWith(containerName('')));
  const source = above === undefined ? (resource.account === undefined ? undefined : projectName(resource.account)) : above;
  const known = source === undefined ? undefined : graph.resource(source);
  if (!known || known.urn === resource.urn) return [];
  return [{ source: known.urn, kind: 'CONTAINS', target: resource.urn, derived: true, provenance: 'observed' }];
}
