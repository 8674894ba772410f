import type { Edge, EdgeKind, Resource, StoredResource } from '#shared/model/resource.ts';
import type { OpenInterval, Reachability, StorageAccess } from '#shared/model/verdict.ts';

/** The node that stands for everyone on the internet; derived edges start there. */
export const internet: Resource = {
  urn: 'internet', type: 'internet', kind: 'internet', name: 'Internet', aliases: [], tags: {}, deleted: false, config: {}, source: 'winnow', provenance: 'observed',
};

/** Ports of remote administration and of data stores: reaching one is worth more to an attacker than reaching a web page (design 5-graph §5). */
const adminPorts = [21, 22, 23, 135, 139, 445, 1433, 1521, 2375, 2379, 3306, 3389, 5432, 5900, 5985, 5986, 6379, 6443, 9200, 10250, 11211, 27017];

/** The edge that says that the internet reaches it. An unknown answer makes no edge. */
export function reachEdges(resource: StoredResource, { reachable, open }: Reachability): readonly Edge[] {
  if (reachable.answer !== 'yes') return [];
  const isAdmin = open.some((o) => adminPorts.some((port) => o.from <= port && port <= o.to));
  return [fromInternet('NET_REACH', resource, isAdmin ? 3 : 6, open.slice(0, 20).map(intervalText).join(', ') || 'reachable')];
}

const intervalText = ({ protocol, from, to }: OpenInterval): string => (from < 0 ? protocol : `${protocol} ${from === to ? from : `${from}-${to}`}`);

/** The edges that say what anyone may do with a bucket or storage account. */
export function exposureEdges(store: StoredResource, { public: verdict, public_actual: actual }: StorageAccess): readonly Edge[] {
  if (verdict.answer !== 'yes') return [];
  const allowed = (['list', 'read', 'write', 'acl'] as const).filter((access) => actual[access] === 'yes');
  const kinds: readonly EdgeKind[] = ['EXPOSES', ...(actual.read === 'yes' ? ['CAN_READ' as const] : []), ...(actual.write === 'yes' ? ['CAN_WRITE' as const] : []), ...(actual.acl === 'yes' ? ['CAN_ADMIN' as const] : [])];
  return kinds.map((kind) => fromInternet(kind, store, 1, `anonymous ${allowed.join(', ')}`));
}

const fromInternet = (kind: EdgeKind, target: StoredResource, cost: number, reason: string): Edge =>
  ({ source: internet.urn, kind, target: target.urn, derived: true, provenance: target.provenance, cost, reason });
