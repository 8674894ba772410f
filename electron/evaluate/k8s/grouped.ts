import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { str } from '#shared/lib/json.ts';

const known = new WeakMap<readonly StoredResource[], ReadonlyMap<string, readonly StoredResource[]>>();
const none: readonly StoredResource[] = [];

/** Objects of a type in a namespace, sorted by urn; built once for each list that the graph hands out. */
export function inNamespace(graph: GraphView, type: string, cluster: string | undefined, namespace: string): readonly StoredResource[] {
  const all = graph.ofType(type, { account: cluster });
  let groups = known.get(all);
  if (!groups) {
    const made = new Map<string, StoredResource[]>();
    for (const resource of all) {
      const key = namespaceOf(resource) ?? '';
      const group = made.get(key);
      if (group) group.push(resource); else made.set(key, [resource]);
    }
    groups = made;
    known.set(all, groups);
  }
  return groups.get(namespace) ?? none;
}

/** Objects of a type in a namespace, or in the whole cluster. */
export const objectsIn = (graph: GraphView, type: string, cluster: string | undefined, namespace: string | undefined): readonly StoredResource[] =>
  (namespace === undefined ? graph.ofType(type, { account: cluster }) : inNamespace(graph, type, cluster, namespace));

/** The namespace of an object that has one; manifests without it land in `default`. */
export const namespaceOf = (resource: StoredResource): string | undefined => str(resource.config, 'metadata', 'namespace') ?? 'default';
export const kindOf = (resource: StoredResource): string => resource.type.slice(resource.type.lastIndexOf(':') + 1);
