import { str } from '#shared/lib/json.ts';
import type { EntityType } from '#shared/model/finding.ts';
import { isClusterScoped, k8sUrn, unnamedCluster } from '#shared/model/k8s.ts';
import type { RecordContext } from '../../../ports.ts';
import { workloadType } from '../trivy/entity.ts';
import type { KubescapeReport } from './report.ts';

export interface KubescapeSubject {
  readonly entity: string; readonly entity_type: EntityType; readonly aliases: readonly string[];
  readonly isIdentity: boolean; readonly isWorkload: boolean; readonly evidence: readonly string[];
}

const identities = new Set(['User', 'Group', 'ServiceAccount', 'Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding']);
const workloads = new Set(['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'Job', 'CronJob']);
/** Kubescape's own API group describes how a node is set up, in a kind for each thing looked at. */
const isOfNode = (apiVersion: string): boolean => apiVersion.startsWith('hostdata.kubescape.cloud/');

interface Named { readonly kind: string; readonly name: string; readonly namespace: string | undefined; readonly apiVersion: string }

/**
 * What a result is about. Its id is `[path=<hash>/api=]<group>/<version>/<namespace>/<kind>/<name>` (opa-utils, `GetID`); the object beside it says the
 * same in fields. Manifests are told from what runs by their file.
 */
export function kubescapeSubject(id: string, resource: unknown, report: KubescapeReport, context: RecordContext): KubescapeSubject | undefined {
  const named = fromObject(resource) ?? fromId(id);
  if (named === undefined) return undefined;
  const { kind, name, apiVersion } = named, namespace = isClusterScoped(apiVersion, kind) ? undefined : named.namespace;
  const about = { isIdentity: identities.has(kind), isWorkload: workloads.has(kind) };
  const cluster = context.cluster ?? report.cluster ?? unnamedCluster, file = fileOf(id, resource);
  if (file !== undefined) return { ...about, entity: `${file}#${[kind, ...(namespace === undefined ? [] : [namespace]), name].join('.')}`, entity_type: workloadType(kind), aliases: [], evidence: [`in ${file}`] };
  if (isOfNode(apiVersion)) return { ...about, entity: k8sUrn({ cluster, kind: 'Node', name }), entity_type: 'node', aliases: [name], evidence: [kind] };
  if (kind === 'ClusterDescribe' || /\.(amazonaws|azure|googleapis)\.com|^management\.azure|container\.googleapis/.test(apiVersion)) return { ...about, entity: `k8s:${cluster}`, entity_type: 'cluster', aliases: name === '' ? [] : [name], evidence: [kind] };
  return { ...about, entity: k8sUrn({ cluster, namespace, kind, name }), entity_type: kind === 'User' ? 'user' : kind === 'Group' ? 'group' : workloadType(kind), aliases: namespace === undefined ? [] : [`${namespace}/${name}`], evidence: [] };
}

function fromObject(resource: unknown): Named | undefined {
  const kind = str(resource, 'object', 'kind'), name = str(resource, 'object', 'metadata', 'name') ?? str(resource, 'object', 'name');
  const namespace = str(resource, 'object', 'metadata', 'namespace') ?? str(resource, 'object', 'namespace');
  return kind === undefined || name === undefined ? undefined : { kind, name, namespace, apiVersion: str(resource, 'object', 'apiVersion') ?? str(resource, 'object', 'apiGroup') ?? '' };
}

/** A subject of RBAC is followed by the bindings that it came from: its own five parts go first. Core objects have no group: `/v1/shop/Pod/web`. */
function fromId(id: string): Named | undefined {
  const parts = id.replace(/^path=\d+\/(?:api=)?/, '').split('/'), at = parts.findIndex((part) => /^[A-Z]\w+$/.test(part));
  const kind = parts[at], name = parts[at + 1], namespace = at > 0 ? parts[at - 1] : undefined;
  if (kind === undefined || name === undefined || name === '') return undefined;
  return { kind, name, namespace: namespace === '' || namespace === undefined || /^v\d/.test(namespace) ? undefined : namespace, apiVersion: parts.slice(0, Math.max(at - 1, 0)).filter((part) => part !== '').join('/') };
}

/** The manifest within what was scanned; a running object has none. */
function fileOf(id: string, resource: unknown): string | undefined {
  if (!id.startsWith('path=') && str(resource, 'source', 'relativePath') === undefined) return undefined;
  return str(resource, 'source', 'relativePath') ?? str(resource, 'object', 'sourcePath')?.replace(/:\d+$/, '') ?? /^path=\d+/.exec(id)?.[0];
}
