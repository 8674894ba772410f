import { at, list, str } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Verdict } from '#shared/model/verdict.ts';
import { evaluateIngress } from '../aws/reachability.ts';
import { evaluateAzureIngress } from '../azure/reachability.ts';
import { noGcpKnowledge } from '../gcp/knowledge.ts';
import { evaluateGcpIngress } from '../gcp/reachability.ts';
import { inNamespace, listOf } from './grouped.ts';

const eks = 'AWS::EKS::Cluster', gke = 'container.googleapis.com/Cluster', aks = 'Microsoft.ContainerService/managedClusters';

/** The cloud's record of a cluster: of its name, however a kubeconfig calls it (`arn:…:cluster/shop`, `gke_project_zone_shop`). */
export function cloudClusterOf(graph: GraphView, cluster: string | undefined): StoredResource | undefined {
  if (cluster === undefined) return undefined;
  const [only, ...more] = [eks, gke, aks].flatMap((type) => graph.ofType(type)).filter((c) => c.urn === cluster || c.name === cluster || (c.name !== undefined && (cluster.endsWith(`:cluster/${c.name}`) || (cluster.startsWith('gke_') && cluster.endsWith(`_${c.name}`)))));
  return more.length === 0 ? only : undefined;
}

/** Is the API server reached from the internet? Undefined where no cloud's record tells. */
export function apiServerReach(graph: GraphView, cluster: string | undefined): Verdict | undefined {
  const record = cloudClusterOf(graph, cluster);
  if (!record) return undefined;
  switch (record.type) {
    case gke: return evaluateGcpIngress({ graph, knowledge: noGcpKnowledge }, record.urn).reachable;
    case aks: return evaluateAzureIngress(graph, record.urn).reachable;
    default: return evaluateIngress(graph, record.urn).reachable;
  }
}

/** What the API server was started with, where its pods are recorded, as they are of clusters that run it themselves; some start it by a line of a shell. */
export function apiServerFlags(graph: GraphView, cluster: string | undefined): { readonly pod: StoredResource; readonly flags: readonly string[] } | undefined {
  const pod = inNamespace(graph, 'K8s::Pod', cluster, 'kube-system').find((p) => p.tags['component'] === 'kube-apiserver' || p.tags['k8s-app'] === 'kube-apiserver');
  const flags = list(pod?.config, 'spec', 'containers').flatMap((c) => [...list(c, 'command'), ...list(c, 'args')]).filter((f) => typeof f === 'string').flatMap((f) => f.split(/\s+/));
  return pod && flags.length > 0 ? { pod, flags } : undefined;
}

/** Where the API server lets everyone who logs in do everything, whatever RBAC says (Kubernetes documentation, "Authorization", modes): the pod that says so. */
export function allowsAll(graph: GraphView, cluster: string | undefined): StoredResource | undefined {
  const server = apiServerFlags(graph, cluster), modes = server?.flags.findLast((f) => f.startsWith('--authorization-mode='))?.replace(/^[^=]*=/, '').split(',') ?? [];
  return modes.includes('AlwaysAllow') ? server?.pod : undefined;
}
export const allAllowed = (pod: StoredResource): Verdict => ({ answer: 'yes', via: 'AlwaysAllow', assumed: [], missing: [], reasons: [{ rule: 'K8S.authorization_mode', source: pod.urn, pointer: '/spec/containers', text: 'the API server lets everyone who logs in do everything (--authorization-mode=AlwaysAllow)' }] });

export interface Version { readonly by: 'eks' | 'gke' | 'aks' | 'k3s' | 'other'; readonly minor: number; readonly at: StoredResource; readonly pointer: string }
/** Whose cluster it is and its version: the cloud's record, else the newest node, as no kubelet is newer than its API server (Kubernetes documentation, "Version Skew Policy"). */
export function versionOf(graph: GraphView, cluster: string | undefined): Version | undefined {
  const record = cloudClusterOf(graph, cluster);
  if (record?.type === eks) return { by: 'eks', minor: minorOf(str(record.config, 'Version') ?? str(record.config, 'version')), at: record, pointer: '' };
  if (record) return { by: record.type === gke ? 'gke' : 'aks', minor: NaN, at: record, pointer: '' };
  return listOf(graph, 'K8s::Node', cluster).map(ofNode).toSorted((a, b) => b.minor - a.minor)[0];
}

function ofNode(node: StoredResource): Version {
  const version = str(node.config, 'status', 'nodeInfo', 'kubeletVersion') ?? '', labels = Object.keys(node.tags);
  const by = /-eks-/.test(version) || labels.some((l) => l.startsWith('eks.amazonaws.com/')) ? 'eks' : /-gke\./.test(version) || labels.some((l) => l.startsWith('cloud.google.com/gke-')) ? 'gke'
    : labels.some((l) => l.startsWith('kubernetes.azure.com/')) ? 'aks' : /\+(k3s|rke2)/.test(version) ? 'k3s' : 'other';
  return { by, minor: minorOf(version), at: node, pointer: at(node.config, 'status') === undefined ? '' : '/status' };
}
const minorOf = (version: string | undefined): number => Number(/^v?1\.(\d+)/.exec(version ?? '')?.[1] ?? 0);
