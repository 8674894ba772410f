import { at, list, str } from '#shared/lib/json.ts';
import { podSpecOf } from '#shared/model/k8s-pod.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Answer } from '#shared/model/verdict.ts';
import { anyOf, answerOf } from '../kleene.ts';
import { parseNetwork, type Network } from '../network/cidr.ts';
import { holdsPrivate, isPublic } from './addresses.ts';
import { kindOf } from './grouped.ts';
import { selects, type KnownLabels } from './selector.ts';
import type { Peer } from './traffic.ts';
import type { Workload } from './workload.ts';

/**
 * Does a `networks` peer of an administrator's policy mean this peer? Unlike an ipBlock of a NetworkPolicy it is checked against pods too: 0.0.0.0/0 is all
 * IPv4 traffic between pods as well (network-policy-api, ClusterNetworkPolicyEgressPeer.networks).
 */
export function networksHold(graph: GraphView, texts: readonly unknown[], peer: Peer): Answer {
  const networks = texts.flatMap((n) => (typeof n === 'string' ? parseNetwork(n) ?? [] : []));
  if (networks.length < texts.length) return 'unknown';
  switch (peer.kind) {
    case 'address': return answerOf(holds(networks, peer.family, peer.value));
    case 'unknown_pod': return everywhere(networks) ? 'yes' : 'unknown';
    case 'workload': return workloadIn(networks, peer.workload.hostNetwork ? hostAddresses(graph, peer.workload) : peer.workload.addresses);
  }
}

const holds = (networks: readonly Network[], family: number, value: bigint): boolean => networks.some((n) => n.family === family && n.from <= value && value < n.to);
const everywhere = (networks: readonly Network[]): boolean => [4, 6].every((family) => networks.some((n) => n.family === family && n.prefix === 0));

/** Addresses of two families may be treated differently: then it hangs on which is used. */
function workloadIn(networks: readonly Network[], addresses: readonly string[]): Answer {
  if (everywhere(networks)) return 'yes';
  const own = addresses.flatMap((text) => parseNetwork(text) ?? []).map((a) => holds(networks, a.family, a.from));
  if (own.length === 0) return networks.some(holdsPrivate) ? 'unknown' : 'no';
  return own.every((is) => is === own[0]) ? answerOf(own[0] === true) : 'unknown';
}

const nodesOf = (graph: GraphView, cluster: string | undefined): readonly StoredResource[] => graph.ofType('K8s::Node', { account: cluster });
const addressesOf = (node: StoredResource): readonly string[] => list(node.config, 'status', 'addresses').flatMap((a) => { const text = str(a, 'address'); return text !== undefined && parseNetwork(text) ? [text] : []; });

/** Every recorded address of the cluster's nodes. */
export const nodeAddresses = (graph: GraphView, cluster: string | undefined): readonly string[] => nodesOf(graph, cluster).flatMap(addressesOf);

function hostAddresses(graph: GraphView, workload: Workload): readonly string[] {
  const node = nodesOf(graph, workload.cluster).find((n) => n.name === workload.node), { config } = workload.resource;
  return [...new Set([...(node ? addressesOf(node) : []), ...['hostIP', 'podIP'].flatMap((key) => str(config, 'status', key) ?? []), ...list(config, 'status', 'podIPs').flatMap((p) => str(p, 'ip') ?? [])])];
}

/** Does a `nodes` peer mean this peer: a pod on the network of a node that it selects, or an address of such a node? */
export function nodesHold(graph: GraphView, selector: unknown, own: Workload, peer: Peer): Answer {
  const nodes = nodesOf(graph, own.cluster);
  switch (peer.kind) {
    case 'unknown_pod': return 'unknown';
    case 'address': {
      const found = nodes.filter((node) => addressesOf(node).some((text) => { const a = parseNetwork(text); return a?.family === peer.family && a.from === peer.value; }));
      return found.length > 0 ? anyOf(found.map((node) => selects(selector, labelsOf(node)))) : nodes.length > 0 || isPublic(peer.text) ? 'no' : 'unknown';
    }
    case 'workload': {
      if (!peer.workload.hostNetwork) return 'no';
      const on = peer.workload.node === undefined ? nodes : nodes.filter((node) => node.name === peer.workload.node);
      const answers = on.length === 0 ? [selects(selector, hostLabels(peer.workload))] : on.map((node) => selects(selector, labelsOf(node)));
      return answers.every((a) => a === answers[0]) ? answers[0] ?? 'unknown' : 'unknown';
    }
  }
}

const labelsOf = (node: StoredResource): KnownLabels => ({ labels: node.tags, complete: true });
/** Of a node that is not in the snapshot: Windows knows the node's network for HostProcess pods alone (Kubernetes documentation, "Networking on Windows"). */
function hostLabels({ resource }: Workload): KnownLabels {
  const spec = podSpecOf(kindOf(resource), resource.config);
  const isWindows = str(spec, 'os', 'name') === 'windows' || [spec, ...list(spec, 'containers')].some((of) => at(of, 'securityContext', 'windowsOptions', 'hostProcess') === true);
  return { labels: { 'kubernetes.io/os': isWindows ? 'windows' : 'linux' }, complete: false };
}
