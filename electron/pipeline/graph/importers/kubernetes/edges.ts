import { at, list, str, type JsonObject } from '#shared/lib/json.ts';
import { k8sUrn } from '#shared/model/k8s.ts';
import type { Edge, EdgeKind, Resource } from '#shared/model/resource.ts';
import { podSpecOf } from '#shared/model/k8s-pod.ts';

interface Subject { readonly cluster: string; readonly namespace: string | undefined; readonly kind: string; readonly name: string; readonly object: JsonObject }

/** The relationships that an object states itself. What follows from several objects (selectors, permissions) is derived, not stated. */
export function objectEdges(resource: Resource, subject: Subject): readonly Edge[] {
  const { cluster, namespace, kind, object } = subject;
  const edge = (edgeKind: EdgeKind, target: string, reason?: string): Edge =>
    ({ source: resource.urn, kind: edgeKind, target, derived: false, provenance: 'observed', ...(reason !== undefined && { reason }) });
  const inside = (otherKind: string, name: string): string => k8sUrn({ cluster, namespace, kind: otherKind, name });
  const edges: Edge[] = [];
  if (namespace !== undefined) edges.push({ ...edge('CONTAINS', resource.urn), source: k8sUrn({ cluster, kind: 'Namespace', name: namespace }) });
  const spec = podSpecOf(kind, object);
  if (spec !== undefined) edges.push(...podEdges(spec, edge, inside));
  for (const owner of list(object, 'metadata', 'ownerReferences')) {
    const ownerKind = str(owner, 'kind'), name = str(owner, 'name');
    if (ownerKind !== undefined && name !== undefined) edges.push({ ...edge('CONTAINS', resource.urn, 'owner'), source: ownerKind === 'Node' ? k8sUrn({ cluster, kind: 'Node', name }) : inside(ownerKind, name) });
  }
  if (kind === 'Namespace' || kind === 'Node') edges.push({ ...edge('CONTAINS', resource.urn), source: `k8s:${cluster}` });
  if (kind === 'Pod') edges.push(...one(str(object, 'spec', 'nodeName')).map((node) => edge('ATTACHED_TO', k8sUrn({ cluster, kind: 'Node', name: node }))));
  if (kind === 'Node') edges.push(...nodeEdges(object, edge));
  if (kind.endsWith('Binding')) edges.push(...one(str(object, 'roleRef', 'name')).map((role) => edge('HAS_POLICY', k8sUrn({ cluster, namespace: str(object, 'roleRef', 'kind') === 'ClusterRole' ? undefined : namespace, kind: str(object, 'roleRef', 'kind') ?? 'ClusterRole', name: role }))));
  if (kind === 'Secret') edges.push(...one(str(object, 'metadata', 'annotations', 'kubernetes.io/service-account.name')).flatMap((name) => tokenEdge(object, edge('CAN_ASSUME', inside('ServiceAccount', name), 'holds a token of the account'))));
  if (kind === 'PersistentVolumeClaim') edges.push(...one(str(object, 'spec', 'volumeName')).map((volume) => edge('MOUNTS', k8sUrn({ cluster, kind: 'PersistentVolume', name: volume }))));
  return edges.filter((e, i) => edges.findIndex((o) => o.kind === e.kind && o.source === e.source && o.target === e.target) === i && e.source !== e.target);
}

/** Secrets of this type hold a token that doesn't expire (Kubernetes documentation, "Service account token Secrets"); where only metadata was read, the account's uid shows that the control plane filled it. */
function tokenEdge(object: JsonObject, edge: Edge): readonly Edge[] {
  const type = str(object, 'type'), isFilled = str(object, 'metadata', 'annotations', 'kubernetes.io/service-account.uid') !== undefined;
  if (type !== undefined && type !== 'kubernetes.io/service-account-token') return [];
  return [type !== undefined || isFilled ? edge : { ...edge, condition: JSON.stringify({ what: 'the type of the secret', entity: edge.source, supply: 'kubectl get secrets -A -o json' }) }];
}

const one = (value: string | undefined): readonly string[] => (value === undefined ? [] : [value]);
type Draw = (kind: EdgeKind, target: string, reason?: string) => Edge;

function podEdges(spec: JsonObject, edge: Draw, inside: (kind: string, name: string) => string): readonly Edge[] {
  const containers = ['containers', 'initContainers', 'ephemeralContainers'].flatMap((key) => list(spec, key));
  const secrets = new Set<string>(), claims = new Set<string>(), images = new Set<string>();
  for (const volume of list(spec, 'volumes')) {
    for (const name of [str(volume, 'secret', 'secretName'), ...list(volume, 'projected', 'sources').map((s) => str(s, 'secret', 'name'))]) if (name !== undefined) secrets.add(name);
    const claim = str(volume, 'persistentVolumeClaim', 'claimName');
    if (claim !== undefined) claims.add(claim);
  }
  for (const container of containers) {
    const image = str(container, 'image');
    if (image !== undefined) images.add(image);
    const named = [...list(container, 'env').map((e) => str(e, 'valueFrom', 'secretKeyRef', 'name')), ...list(container, 'envFrom').map((e) => str(e, 'secretRef', 'name'))];
    for (const name of named) if (name !== undefined) secrets.add(name);
  }
  for (const pull of list(spec, 'imagePullSecrets')) { const name = str(pull, 'name'); if (name !== undefined) secrets.add(name); }
  return [
    accountEdge(spec, edge('RUNS_AS', inside('ServiceAccount', str(spec, 'serviceAccountName') ?? str(spec, 'serviceAccount') ?? 'default'))),
    ...[...secrets].map((name) => edge('MOUNTS', inside('Secret', name), 'mounted or in its environment')), ...[...claims].map((name) => edge('MOUNTS', inside('PersistentVolumeClaim', name))),
    ...[...images].map((image) => edge('USES_IMAGE', image)),
  ];
}

/** A pod that asks for no token of its account, and mounts none itself, is not its account for sure; the account may say the same of all its pods, which their own records don't tell. */
function accountEdge(spec: JsonObject, edge: Edge): Edge {
  const mounts = list(spec, 'volumes').some((v) => list(v, 'projected', 'sources').some((s) => at(s, 'serviceAccountToken') !== undefined));
  return mounts || at(spec, 'automountServiceAccountToken') !== false ? edge : { ...edge, condition: JSON.stringify({ what: 'whether it gets a token of its account, as none is mounted', entity: edge.source, supply: 'a person who knows it' }) };
}

/** A node of a cloud is one of its machines: `aws:///eu-central-1a/i-0abc`, `gce://project/zone/name`, `azure:///subscriptions/…`. */
function nodeEdges(object: JsonObject, edge: Draw): readonly Edge[] {
  const provider = str(object, 'spec', 'providerID');
  if (provider === undefined) return [];
  const machine = /^aws:\/\/\/?.*\/(i-[0-9a-f]+)$/.exec(provider)?.[1] ?? /^azure:\/\/(\/subscriptions\/.+)$/i.exec(provider)?.[1];
  const google = /^gce:\/\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(provider);
  const target = machine ?? (google ? `//compute.googleapis.com/projects/${google[1]}/zones/${google[2]}/instances/${google[3]}` : undefined);
  return target === undefined ? [] : [edge('SAME_AS', target), edge('RUNS_AS', target, 'the node is this machine')];
}

