import { list, str } from '#shared/lib/json.ts';
import { serviceAccountUser } from '#shared/model/k8s.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { namespaceOf, onceByList } from './grouped.ts';

const ofUser = (name: string): string => `user ${name}`, ofGroup = (name: string): string => `group ${name}`;

/** Every identity on a way is asked what it holds: bindings by whom they name, each with its place in their list. */
const bySubject = onceByList((bindings): ReadonlyMap<string, readonly (readonly [number, StoredResource])[]> => {
  const found = new Map<string, (readonly [number, StoredResource])[]>();
  for (const [i, binding] of bindings.entries()) {
    for (const key of new Set(list(binding.config, 'subjects').flatMap((s) => subjectKey(s, binding) ?? []))) {
      const places = found.get(key);
      if (places) places.push([i, binding]); else found.set(key, [[i, binding]]);
    }
  }
  return found;
});

function subjectKey(subject: unknown, binding: StoredResource): string | undefined {
  const kind = str(subject, 'kind'), name = str(subject, 'name');
  if (name === undefined) return undefined;
  switch (kind) {
    case 'ServiceAccount': return ofUser(serviceAccountUser(str(subject, 'namespace') ?? (binding.type === 'K8s::RoleBinding' ? namespaceOf(binding) : undefined) ?? '', name));
    case 'User': return ofUser(name);
    case 'Group': return ofGroup(name);
    case undefined: default: return undefined;
  }
}

const bindingTypes = ['K8s::ClusterRoleBinding', 'K8s::RoleBinding'];
/** The bindings that name a user or one of these groups, those of the cluster first. */
export function boundTo(graph: GraphView, cluster: string | undefined, user: string | undefined, groups: readonly string[]): readonly StoredResource[] {
  const keys = [...(user === undefined ? [] : [ofUser(user)]), ...groups.map(ofGroup)];
  return bindingTypes.flatMap((type) => { const index = bySubject(graph, type, cluster); return [...new Map(keys.flatMap((key) => index.get(key) ?? []))].sort(([a], [b]) => a - b).map(([, binding]) => binding); });
}

const groupsIn = onceByList((bindings): readonly string[] => [...new Set(bindings.flatMap((b) => list(b.config, 'subjects')).flatMap((s) => (str(s, 'kind') === 'Group' ? str(s, 'name') ?? [] : [])))].sort());
/** The groups that bindings of a cluster name. */
export const groupsBound = (graph: GraphView, cluster: string | undefined): readonly string[] => [...new Set(bindingTypes.flatMap((type) => groupsIn(graph, type, cluster)))];

const byName = onceByList((roles): ReadonlyMap<string | undefined, StoredResource> => new Map(roles.toReversed().map((r) => [r.name, r])));
export const clusterRole = (graph: GraphView, cluster: string | undefined, name: string): StoredResource | undefined => byName(graph, 'K8s::ClusterRole', cluster).get(name);

const clustersOf = onceByList((bindings): ReadonlySet<string | undefined> => new Set(bindings.map((b) => b.account)));
/** The cluster of all role bindings, where they are of one. */
export function onlyCluster(graph: GraphView): string | undefined {
  const [first, ...more] = new Set(bindingTypes.flatMap((type) => [...clustersOf(graph, type, undefined)]));
  return more.length === 0 ? first : undefined;
}
