import { list, str } from '#shared/lib/json.ts';
import { k8sLabel, k8sUrn, serviceAccountUser } from '#shared/model/k8s.ts';
import { podSpecOf } from '#shared/model/k8s-pod.ts';
import type { NodeKind, Resource } from '#shared/model/resource.ts';

/**
 * Objects that another one only names, as parts: users and groups (which have no objects of their own), service accounts of workloads and bindings, and
 * the cluster. What an object itself tells wins over them.
 */
export function namedBy(resource: Resource): readonly Resource[] {
  const cluster = resource.account ?? '', { config } = resource;
  const kind = resource.type.slice('K8s::'.length), namespace = str(config, 'metadata', 'namespace') ?? 'default';
  const spec = podSpecOf(kind, config);
  const account = (ns: string, name: string): Resource => named(cluster, 'ServiceAccount', name, ns);
  return [
    ...(kind === 'Namespace' || kind === 'Node' ? [clusterPart(cluster)] : []),
    ...(spec === undefined ? [] : [account(namespace, str(spec, 'serviceAccountName') ?? str(spec, 'serviceAccount') ?? 'default')]),
    ...(kind.endsWith('Binding') ? list(config, 'subjects') : []).flatMap((subject): Resource[] => {
      const name = str(subject, 'name'), of = str(subject, 'kind');
      if (name === undefined) return [];
      return of === 'ServiceAccount' ? [account(str(subject, 'namespace') ?? namespace, name)] : of === 'User' || of === 'Group' ? [named(cluster, of, name, undefined)] : [];
    }),
  ];
}

const base = (urn: string, type: string, kind: NodeKind, name: string, account: string, aliases: readonly string[]): Resource =>
  ({ urn, type, kind, name, account, aliases, tags: {}, deleted: false, config: {}, source: 'kubernetes', provenance: 'inferred', part: 'named' });

/** The cluster holds its namespaces and nodes; it is to them what an account is in a cloud. */
const clusterPart = (cluster: string): Resource => base(`k8s:${cluster}`, 'K8s::Cluster', 'account', cluster, cluster, []);

function named(cluster: string, kind: string, name: string, namespace: string | undefined): Resource {
  const label = k8sLabel({ namespace, kind, name });
  const aliases = [label, `${cluster}/${label}`, ...(namespace === undefined ? [`${kind.toLowerCase()}/${name}`] : [`${namespace}/${kind.toLowerCase()}/${name}`, serviceAccountUser(namespace, name)])];
  return { ...base(k8sUrn({ cluster, namespace, kind, name }), `K8s::${kind}`, 'identity', name, cluster, aliases), config: { kind, metadata: { name, ...(namespace !== undefined && { namespace }) } } };
}
