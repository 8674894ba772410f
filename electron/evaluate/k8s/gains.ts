import { isObject, str } from '#shared/lib/json.ts';
import { k8sUrn } from '#shared/model/k8s.ts';
import type { Edge, EdgeKind, GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Answer, Missing } from '#shared/model/verdict.ts';
import { conditionCost } from '#shared/model/graph-meaning.ts';
import { anonymousRequests, anonymousUser, anyoneIn } from './anonymous.ts';
import { apiServerReach } from './api-server.ts';
import { k8sEscalations } from './escalations.ts';
import { namespaceOf, objectsIn } from './grouped.ts';
import { escapingPods } from './pod-security.ts';
import { nodesOf, nodeUrn } from './placement.ts';
import type { Gain, K8sEscalation } from './primitives.ts';
import { grantsOf, isMaster, personOf, type Grant, type Requester } from './rbac-grants.ts';
import { hasEnded, workloadOf, workloadTypes } from './workload.ts';

/** Namespaces whose service accounts run the cluster. */
const systemNamespaces: ReadonlySet<string> = new Set(['kube-system']);
const gainKinds = { cluster: 'CAN_ADMIN', namespace: 'PRIVESC', new_pods: 'PRIVESC', service_accounts: 'PRIVESC', pods: 'CAN_EXEC', secrets: 'CAN_READ', nodes: 'CAN_EXEC', users: 'PRIVESC', groups: 'PRIVESC' } as const satisfies Readonly<Record<Gain, EdgeKind>>;
/** Kinds of edge by which somebody gets more, wherever they come from. */
export const gainEdges: ReadonlySet<EdgeKind> = new Set([...Object.values(gainKinds), 'ESCAPES_TO']);

/** A condition of an edge names what is missing, so that a question over it can ask for that. */
export const conditionOf = (missing: Missing): string => JSON.stringify(missing);
export function missingOf({ condition, source }: Edge): Missing {
  const read: unknown = condition === undefined ? undefined : JSON.parse(condition), what = str(read, 'what');
  return what !== undefined && isObject(read) ? { what, entity: str(read, 'entity') ?? source, supply: str(read, 'supply') ?? 'a person who knows it' } : { what: 'whether a condition on the way holds', entity: source, supply: 'a person who knows it' };
}

/** Whose edges these are; a requester that no object names has none of its own. */
export type Source = Pick<Edge, 'source' | 'provenance'>;
const draw = (source: Source, kind: EdgeKind, target: string, e: Pick<K8sEscalation, 'text' | 'open'>, cost: number, open = e.open): Edge => ({ ...source, kind, target, derived: true, reason: e.text, cost: open ? cost + conditionCost : cost, ...(open && { condition: conditionOf(open) }) });

/** The edge of a primitive to something in its scope. */
export const drawGain = (source: Source, e: K8sEscalation, target: string): Edge => draw(source, gainKinds[e.gain], target, e, 1);

/** Does it give the cluster: for sure, or by what the pods, secrets or nodes that it gives may hold? */
export function givesCluster({ gain, names, namespace, held, open }: K8sEscalation): { readonly answer: Answer; readonly open?: Missing } {
  const isBroad = names === undefined && (namespace === undefined || systemNamespaces.has(namespace));
  if (gain === 'cluster' || (isBroad && (gain === 'namespace' || gain === 'new_pods' || gain === 'service_accounts'))) return open ? { answer: 'unknown', open } : { answer: 'yes' };
  return isBroad && gain !== 'users' && gain !== 'groups' ? { answer: 'unknown', open: open ?? { what: `whether one of the ${gain} that it gets holds an administrator’s rights`, entity: held.grant.binding.urn, supply: 'kubectl get pods,secrets -A -o json' } } : { answer: 'no' };
}

/** Edges of what a requester can get at by its permissions; of one kind from one primitive at most `limit`. Sure ones stand before others. */
export function gainedEdges(graph: GraphView, requester: Requester, source: Source, limit: number): readonly Edge[] {
  const { cluster } = requester, grants = grantsOf(graph, requester), escalations = k8sEscalations(graph, cluster, grants), whole = `k8s:${cluster ?? 'cluster'}`;
  const master: readonly Edge[] = isMaster(requester) ? [draw(source, 'CAN_ADMIN', whole, { text: 'system:masters' }, 1)] : [];
  // The node authorizer lets a kubelet ask for tokens of its pods' accounts (Kubernetes documentation, "Using Node Authorization").
  const node = /^system:node:(.+)$/.exec(requester.user ?? '')?.[1], asNode: readonly Edge[] = node === undefined ? [] : [draw(source, 'CAN_EXEC', nodeUrn(cluster, node), { text: 'NODE_IDENTITY: the user of a kubelet has what its node has' }, 1)];
  const edges = escalations.filter((e) => !e.isIdle).flatMap((e): readonly Edge[] => {
    const { answer, open } = givesCluster(e);
    return [...(answer === 'no' ? [] : [draw(source, 'CAN_ADMIN', whole, e, 1, open)]), ...edgesOf(graph, cluster, grants, source, e, limit)];
  });
  const best = new Map<string, Edge>();
  for (const edge of [...master, ...asNode, ...asAnyone(graph, requester, source), ...edges.toSorted((a, b) => Number(a.condition !== undefined) - Number(b.condition !== undefined))]) {
    const key = `${edge.kind} ${edge.target}`;
    if (edge.target !== edge.source && !best.has(key)) best.set(key, edge);
  }
  return [...best.values()];
}

/** To whoever asks without credentials, which anyone may do, where more than nothing or what can't be told comes of it; and from the internet, where the API server is reached from there. */
export function asAnyone(graph: GraphView, { cluster, user }: Pick<Requester, 'cluster' | 'user'>, source: Source): readonly Edge[] {
  const target = anyoneIn(graph, cluster), anyone = target && personOf(cluster, 'user', anonymousUser, target), grants = anyone ? grantsOf(graph, anyone) : [];
  if (!target || user === anonymousUser && source.source !== target.urn || !(grants.some((g) => g.rules === undefined) || k8sEscalations(graph, cluster, grants).some((e) => !e.isIdle))) return [];
  const taken = anonymousRequests(graph, cluster), [lack] = taken.missing;
  if (taken.answer === 'no') return [];
  if (user === anonymousUser) return taken.answer === 'yes' && apiServerReach(graph, cluster)?.answer === 'yes' ? [draw({ source: 'internet', provenance: source.provenance }, 'CAN_ASSUME', target.urn, { text: 'the API server is reached from the internet, without credentials' }, 1)] : [];
  return [draw(source, 'CAN_ASSUME', target.urn, { text: anyoneMay, ...(taken.answer === 'unknown' && lack && { open: lack }) }, 1)];
}
/** The reason of such an edge. */
export const anyoneMay = 'requests without credentials come as it';

function edgesOf(graph: GraphView, cluster: string | undefined, grants: readonly Grant[], source: Source, e: K8sEscalation, limit: number): readonly Edge[] {
  const to = (kind: EdgeKind, type: string): readonly Edge[] => objectsIn(graph, type, cluster, e.namespace).filter((r) => e.names === undefined || e.names.includes(r.name ?? '')).slice(0, limit).map((r) => draw(source, kind, r.urn, e, 1));
  const accounts = (): readonly Edge[] => to('PRIVESC', 'K8s::ServiceAccount'), secrets = (): readonly Edge[] => to('CAN_READ', 'K8s::Secret');
  const pods = (): readonly Edge[] => runningIn(graph, cluster, e).slice(0, limit).map((r) => draw(source, 'CAN_EXEC', r.urn, e, 1));
  const nodes = (urns: readonly string[], open = e.open): readonly Edge[] => urns.slice(0, limit).map((urn) => draw(source, 'CAN_EXEC', urn, e, 2, open));
  const all = (): readonly string[] => graph.ofType('K8s::Node', { account: cluster }).filter((n) => e.gain !== 'nodes' || e.names === undefined || e.names.includes(n.name ?? '')).map((n) => n.urn);
  const ifLetIn = (urns: () => readonly string[]): readonly Edge[] => {
    const { answer, missing } = escapingPods(graph, cluster, e.namespace, grants, e.id === 'POD_DEBUG' ? 'debug' : 'new');
    return answer === 'no' ? [] : nodes(urns(), e.open ?? missing[0]);
  };
  switch (e.gain) {
    case 'cluster': return [];
    // Whoever makes a pod also says on which node (spec.nodeName).
    case 'namespace': return [...accounts(), ...secrets(), ...pods(), ...ifLetIn(all)];
    case 'new_pods': return [...accounts(), ...secrets(), ...ifLetIn(all)];
    case 'service_accounts': return accounts();
    case 'pods': return [...pods(), ...(e.id === 'POD_DEBUG' ? ifLetIn(() => runningIn(graph, cluster, e).flatMap((r) => { const w = workloadOf(graph, r), places = w && nodesOf(graph, w); return places?.isSure === true ? places.nodes : []; })) : [])];
    case 'secrets': return secrets();
    case 'nodes': return nodes(all());
    case 'users': case 'groups': return (e.names ?? []).map((name) => draw(source, 'PRIVESC', k8sUrn({ cluster: cluster ?? '', kind: e.gain === 'users' ? 'User' : 'Group', name }), e, 1));
  }
}

/** Pods that somebody may get into, and controllers of a namespace whose pods are not recorded. */
function runningIn(graph: GraphView, cluster: string | undefined, { namespace, names }: K8sEscalation): readonly StoredResource[] {
  const pods = objectsIn(graph, 'K8s::Pod', cluster, namespace).filter((p) => !hasEnded(p) && (names === undefined || names.includes(p.name ?? '')));
  const recorded = new Set(pods.map(namespaceOf));
  return names !== undefined ? pods : [...pods, ...workloadTypes.filter((t) => t !== 'K8s::Pod').flatMap((type) => objectsIn(graph, type, cluster, namespace)).filter((r) => !recorded.has(namespaceOf(r)))];
}

