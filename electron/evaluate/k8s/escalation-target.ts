import { k8sUrn } from '#shared/model/k8s.ts';
import type { Edge, GraphView, StoredResource } from '#shared/model/resource.ts';
import { k8sEscalations } from './escalations.ts';
import { drawGain } from './gains.ts';
import { namespaceOf } from './grouped.ts';
import { nodeUrn, ownersOf, podsOf } from './placement.ts';
import type { Gain } from './primitives.ts';
import { requesterOf, type Grant, type Requester } from './rbac-grants.ts';
import { hasEnded, resourceNamed, workloadTypes, workloadsNamed } from './workload.ts';

type TargetKind = 'cluster' | 'account' | 'user' | 'group' | 'secret' | 'node' | 'workload' | 'namespace' | 'other';
/** What is to be gained. */
export interface Target {
  readonly kind: TargetKind; readonly cluster: string | undefined; readonly namespace: string | undefined;
  /** Its urn; whoever gets to one of `ends` has it: a controller falls with its pods, and they with it. */
  readonly urn: string; readonly ends: ReadonlySet<string>; readonly names: readonly string[];
  /** No object of the snapshot. */
  readonly isNamedOnly: boolean;
  /** A pod that has ended can't be got into. */
  readonly ended: boolean;
}

const kindOfType: Readonly<Record<string, TargetKind>> = { 'K8s::Cluster': 'cluster', 'K8s::ServiceAccount': 'account', 'K8s::User': 'user', 'K8s::Group': 'group', 'K8s::Secret': 'secret', 'K8s::Node': 'node', 'K8s::Namespace': 'namespace' };
const clusterWide: ReadonlySet<TargetKind> = new Set(['cluster', 'user', 'group', 'node', 'namespace']);

/** @param cluster the one of whoever asks, for what is named without one. */
export function targetOf(graph: GraphView, id: string, cluster: string | undefined): Target | undefined {
  const text = id.trim(), named = (kind: TargetKind, name: string, namespace: string | undefined, urn: string): Target => ({ kind, cluster, namespace, urn, ends: new Set([urn]), names: [name], isNamedOnly: true, ended: false });
  if (/^(cluster|cluster-admin(\[\w+\])?|system:masters(\[Group\])?)$/i.test(text)) return named('cluster', cluster ?? 'cluster', undefined, `k8s:${cluster ?? 'cluster'}`);
  const resource = (cluster === undefined ? undefined : resourceNamed(graph, `${cluster}/${text}`)) ?? resourceNamed(graph, text);
  if (resource) return ofResource(graph, resource);
  const [workload, ...more] = workloadsNamed(graph, text).map((w) => ofResource(graph, w.resource));
  if (workload) return { ...workload, ends: new Set([workload, ...more].flatMap((w) => [...w.ends])), names: [workload, ...more].flatMap((w) => w.names) };
  const other = requesterOf(graph, text), account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(other?.user ?? '');
  if (account) return { ...named('account', account[2] ?? '', account[1], k8sUrn({ cluster: cluster ?? '', namespace: account[1], kind: 'ServiceAccount', name: account[2] ?? '' })) };
  if (other) { const name = other.user ?? other.groups[0] ?? ''; return named(other.user === undefined ? 'group' : 'user', name, undefined, k8sUrn({ cluster: cluster ?? '', kind: other.user === undefined ? 'Group' : 'User', name })); }
  // A pod names its node, also where the nodes are not recorded.
  const host = /^(?:[^/]+\/)?([^/[]+)\[node\]$/i.exec(text)?.[1] ?? (graph.edgesTo(nodeUrn(cluster, text), 'ATTACHED_TO').length > 0 ? text : undefined);
  if (host !== undefined) return named('node', host, undefined, nodeUrn(cluster, host));
  const secret = /^(?:[^/]+\/)?([^/[]+)\/([^/[]+)\[secret\]$/i.exec(text);
  return secret ? named('secret', secret[2] ?? '', secret[1], k8sUrn({ cluster: cluster ?? '', namespace: secret[1], kind: 'Secret', name: secret[2] ?? '' })) : undefined;
}

function ofResource(graph: GraphView, resource: StoredResource): Target {
  const isWorkload = workloadTypes.includes(resource.type), kind = isWorkload ? 'workload' : kindOfType[resource.type] ?? 'other', pods = isWorkload ? podsOf(graph, resource.urn) : [];
  return {
    kind, cluster: resource.type.startsWith('K8s::') ? resource.account : undefined, namespace: clusterWide.has(kind) ? undefined : namespaceOf(resource), urn: resource.urn, isNamedOnly: false, ended: hasEnded(resource),
    ends: new Set([resource.urn, ...(isWorkload ? ownersOf(graph, resource.urn) : []), ...pods.map((p) => p.urn)]), names: [resource.name ?? '', ...pods.map((p) => p.name ?? '')],
  };
}

/** What falls in the scope of a gain. A new pod may have all that another of its namespace has: account, secrets, volumes. */
const covered: Readonly<Record<Gain, readonly TargetKind[]>> = {
  cluster: [], namespace: ['namespace', 'account', 'secret', 'workload'], new_pods: ['account', 'secret', 'workload'], service_accounts: ['account'], pods: ['workload'], secrets: ['secret'], nodes: ['node'], users: ['user'], groups: ['group'],
};

/** Edges from someone straight to a target that is in the scope of a primitive, whether or not the snapshot has it. */
export function straightTo(graph: GraphView, requester: Requester, grants: readonly Grant[], source: Pick<Edge, 'source' | 'provenance'>, target: Target): readonly Edge[] {
  if (target.cluster !== requester.cluster) return [];
  return k8sEscalations(graph, requester.cluster, grants).filter((e) => covered[e.gain].includes(target.kind) && !(target.ended && e.gain === 'pods')
    && (clusterWide.has(target.kind) || e.namespace === undefined || e.namespace === target.namespace) && (e.gain !== 'namespace' || target.kind !== 'namespace' || e.namespace === undefined || target.names.includes(e.namespace))
    && (e.names === undefined || e.names.some((name) => target.names.includes(name)))).map((e) => drawGain(source, e, target.urn));
}
