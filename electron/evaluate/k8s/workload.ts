import { at, isObject, list, str } from '#shared/lib/json.ts';
import { podOf, podPointer, podSpecOf, workloadKinds } from '#shared/model/k8s-pod.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Missing } from '#shared/model/verdict.ts';
import { inNamespace, kindOf, namespaceOf } from './grouped.ts';
import type { KnownLabels, Labels } from './selector.ts';

export interface NamedPort { readonly name: string | undefined; readonly port: number; readonly protocol: string; readonly hostPort: number | undefined }

/** Pods as network policies see them: one pod, or the pods that a workload makes. */
export interface Workload {
  readonly resource: StoredResource;
  /** JSON pointer to the pod or its template in the resource. */
  readonly pointer: string;
  readonly cluster: string | undefined;
  readonly namespace: string;
  readonly labels: KnownLabels;
  readonly namespaceLabels: KnownLabels;
  readonly ports: readonly NamedPort[];
  readonly hostNetwork: boolean;
  /** Addresses of the pod itself; empty for one on its node's network and where none is recorded. */
  readonly addresses: readonly string[];
  readonly node: string | undefined;
  /** The pod has run to its end. */
  readonly ended: boolean;
}

/** The workload that a resource is; undefined for other kinds and where the pod can't be read. */
export function workloadOf(graph: GraphView, resource: StoredResource): Workload | undefined {
  if (!resource.type.startsWith('K8s::')) return undefined;
  const kind = kindOf(resource), pod = podOf(kind, resource.config);
  if (!pod) return undefined;
  const namespace = namespaceOf(resource) ?? 'default';
  const hostNetwork = at(pod, 'spec', 'hostNetwork') === true;
  const isPod = kind === 'Pod';
  return {
    resource, pointer: podPointer(kind), cluster: resource.account, namespace, labels: { labels: podLabels(kind, resource, pod), complete: true }, namespaceLabels: namespaceLabels(graph, resource.account, namespace),
    ports: portsOf(pod), hostNetwork, node: str(pod, 'spec', 'nodeName'), ended: hasEnded(resource),
    addresses: isPod && !hostNetwork ? [...new Set([str(resource.config, 'status', 'podIP'), ...list(resource.config, 'status', 'podIPs').map((p) => str(p, 'ip'))].filter((ip) => ip !== undefined))] : [],
  };
}

/** A pod that has run to its end is no place to be in. */
export const hasEnded = (resource: StoredResource): boolean => resource.type === 'K8s::Pod' && ['Succeeded', 'Failed'].includes(str(resource.config, 'status', 'phase') ?? '');

/** Does its code find a token of its account: mounted by default, unless the pod or the account says otherwise, or as a volume of its own (Kubernetes documentation, "Configure Service Accounts for Pods")? */
export function hasToken(graph: GraphView, resource: StoredResource): boolean {
  const spec = podSpecOf(kindOf(resource), resource.config), name = str(spec, 'serviceAccountName') ?? str(spec, 'serviceAccount') ?? 'default';
  const account = inNamespace(graph, 'K8s::ServiceAccount', resource.account, namespaceOf(resource) ?? 'default').find((a) => a.name === name);
  const own = list(spec, 'volumes').some((v) => list(v, 'projected', 'sources').some((s) => isForServer(at(s, 'serviceAccountToken'))));
  return own || (at(spec, 'automountServiceAccountToken') ?? at(account?.config, 'automountServiceAccountToken')) !== false;
}

/** A token for others (`sts.amazonaws.com`, a vault) is refused by the API server; its own audience is the issuer's, which these names mean unless it was told another (Kubernetes documentation, "kube-apiserver", --api-audiences). */
const isForServer = (token: unknown): boolean => { const audience = str(token, 'audience') ?? ''; return token !== undefined && (audience === '' || /^(https:\/\/)?kubernetes\.default(\.svc(\.[\w.-]+)?)?$/.test(audience)); };

/** What it hangs on whether a workload without a token is its account. */
export const withheldToken = (graph: GraphView, resource: StoredResource): Missing | undefined => (hasToken(graph, resource) ? undefined : { what: 'whether it gets a token of its account, as none is mounted', entity: resource.urn, supply: 'a person who knows it' });

/** A workload that is not its account, as it has no token of it. */
export const isWithheld = (graph: GraphView, urn: string): boolean => { const resource = graph.resource(urn); return resource !== undefined && workloadTypes.includes(resource.type) && !hasToken(graph, resource); };

/** The labels that the controllers add to the pods they make (Kubernetes documentation, "Well-Known Labels"), for what has none of its own. */
function podLabels(kind: string, resource: StoredResource, pod: unknown): Labels {
  const own = labelsOf(at(pod, 'metadata', 'labels'));
  const name = resource.name ?? '';
  return kind === 'Job' ? { 'job-name': name, 'batch.kubernetes.io/job-name': name, ...own } : own;
}

const labelsOf = (value: unknown): Labels => (isObject(value) ? Object.fromEntries(Object.entries(value).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text] as const] : []))) : {});

/** The labels of a namespace. The API server gives each its name as `kubernetes.io/metadata.name`; of one that was not imported no more is known. */
export function namespaceLabels(graph: GraphView, cluster: string | undefined, name: string): KnownLabels {
  const found = graph.ofType('K8s::Namespace', { account: cluster }).find((n) => n.name === name);
  return { labels: { ...labelsOf(at(found?.config, 'metadata', 'labels')), 'kubernetes.io/metadata.name': name }, complete: found !== undefined };
}

function portsOf(pod: unknown): readonly NamedPort[] {
  // An init container that restarts always is a sidecar and keeps its ports.
  const containers = [...list(pod, 'spec', 'containers'), ...list(pod, 'spec', 'initContainers').filter((c) => str(c, 'restartPolicy') === 'Always')];
  return containers.flatMap((container) => list(container, 'ports').flatMap((port): NamedPort[] => {
    const number = at(port, 'containerPort'), host = at(port, 'hostPort');
    return typeof number === 'number' ? [{ name: str(port, 'name'), port: number, protocol: (str(port, 'protocol') ?? 'TCP').toUpperCase(), hostPort: typeof host === 'number' && host > 0 ? host : undefined }] : [];
  }));
}

/** Every kind whose objects are pods or make them, as a type of the graph. */
export const workloadTypes: readonly string[] = workloadKinds.map((kind) => `K8s::${kind}`);

/** All workloads of a namespace. */
export function workloadsIn(graph: GraphView, cluster: string | undefined, namespace: string): readonly Workload[] {
  return workloadTypes.flatMap((type) => inNamespace(graph, type, cluster, namespace)).flatMap((r) => workloadOf(graph, r) ?? []);
}

/**
 * The workloads that a name stands for: a resource by urn or alias; `namespace/name[Kind]` of a controller that is not in the snapshot itself
 * stands for the pods that it owns, and that of a pod which is not, by its number, for that pod of a StatefulSet.
 */
export function workloadsNamed(graph: GraphView, id: string): readonly Workload[] {
  const found = resourceNamed(graph, id);
  if (found) return membersOf(workloadOf(graph, found));
  const name = /^(?:(.+)\/)?([^/[]+)\/([^/[]+)\[(\w+)\]$/.exec(id.trim());
  if (!name) return [];
  const [, cluster, namespace = '', owner = '', kind = ''] = name;
  const owned = inNamespace(graph, 'K8s::Pod', cluster, namespace)
    .filter((pod) => list(pod.config, 'metadata', 'ownerReferences').some((o) => str(o, 'name') === owner && str(o, 'kind')?.toLowerCase() === kind.toLowerCase())).flatMap((pod) => workloadOf(graph, pod) ?? []);
  if (owned.length > 0 || kind.toLowerCase() !== 'pod') return owned;
  return inNamespace(graph, 'K8s::StatefulSet', cluster, namespace).filter((set) => owner.startsWith(`${set.name ?? ''}-`)).flatMap((set) => membersOf(workloadOf(graph, set))).filter((member) => member.labels.labels[podName] === owner);
}

const podName = 'statefulset.kubernetes.io/pod-name';
/** More pods of one StatefulSet than this are not told apart. */
const MOST_MEMBERS = 10;

/** The pods of a StatefulSet, which carry their names as labels (Kubernetes documentation, "Pod Name Label"); of others the workload itself. */
function membersOf(workload: Workload | undefined): readonly Workload[] {
  if (!workload) return [];
  const { resource, labels } = workload;
  if (resource.type !== 'K8s::StatefulSet') return [workload];
  const replicas = at(resource.config, 'spec', 'replicas') ?? 1, start = at(resource.config, 'spec', 'ordinals', 'start') ?? 0;
  if (typeof replicas !== 'number' || typeof start !== 'number') return [workload];
  return Array.from({ length: Math.min(Math.max(replicas, 1), MOST_MEMBERS) }, (_, i): Workload => {
    const number = String(start + i);
    return { ...workload, labels: { ...labels, labels: { ...labels.labels, [podName]: `${resource.name ?? ''}-${number}`, 'apps.kubernetes.io/pod-index': number } } };
  });
}

/** A resource by urn or alias; the kind may be written in any case, and `default/` may be left out. */
export function resourceNamed(graph: GraphView, id: string): StoredResource | undefined {
  const text = id.trim();
  const exact = graph.resource(text);
  if (exact) return exact;
  const named = /^(.*?)([^/[]+)\[(\w+)\]$/.exec(text);
  if (!named) return undefined;
  const [, before = '', name = '', kind = ''] = named;
  const spelled = kindNames.find((k) => k.toLowerCase() === kind.toLowerCase()) ?? kind;
  return graph.resource(`${before}${name}[${spelled}]`) ?? (before === '' ? graph.resource(`default/${name}[${spelled}]`) : before === '/' ? graph.resource(`${name}[${spelled}]`) : undefined);
}
const kindNames = [...workloadKinds, 'Service', 'Ingress', 'Gateway', 'ServiceAccount', 'Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding', 'Namespace', 'Node', 'Secret', 'ConfigMap', 'NetworkPolicy', 'PersistentVolume', 'PersistentVolumeClaim', 'User', 'Group'];
