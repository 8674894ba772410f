import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { str } from '#shared/lib/json.ts';

type Resources = readonly StoredResource[];
const views = new WeakMap<GraphView, { readonly version: number; readonly lists: Map<string, Resources> }>();

/** All objects of a type in a cluster: the same list each time, whatever the view hands out. */
export function listOf(graph: GraphView, type: string, cluster: string | undefined): Resources {
  const known = views.get(graph), view = known?.version === graph.version ? known : { version: graph.version, lists: new Map<string, Resources>() };
  const key = JSON.stringify([type, cluster]), all = view.lists.get(key) ?? graph.ofType(type, { account: cluster });
  view.lists.set(key, all);
  views.set(graph, view);
  return all;
}

/** A look-up over such a list, made once for each: views of one graph share their lists. */
export function onceByList<T>(make: (all: Resources) => T): (graph: GraphView, type: string, cluster: string | undefined) => T {
  const known = new WeakMap<Resources, { readonly made: T }>();
  return (graph, type, cluster) => {
    const all = listOf(graph, type, cluster), found = known.get(all) ?? { made: make(all) };
    known.set(all, found);
    return found.made;
  };
}

const none: Resources = [];
const byNamespace = onceByList((all): ReadonlyMap<string, Resources> => Map.groupBy(all, (r) => namespaceOf(r) ?? ''));

/** Objects of a type in a namespace, sorted by urn. */
export const inNamespace = (graph: GraphView, type: string, cluster: string | undefined, namespace: string): Resources => byNamespace(graph, type, cluster).get(namespace) ?? none;

/** Objects of a type in a namespace, or in the whole cluster. */
export const objectsIn = (graph: GraphView, type: string, cluster: string | undefined, namespace: string | undefined): readonly StoredResource[] =>
  (namespace === undefined ? listOf(graph, type, cluster) : inNamespace(graph, type, cluster, namespace));

/** The namespace of an object that has one; manifests without it land in `default`. */
export const namespaceOf = (resource: StoredResource): string | undefined => str(resource.config, 'metadata', 'namespace') ?? 'default';
export const kindOf = (resource: StoredResource): string => resource.type.slice(resource.type.lastIndexOf(':') + 1);
