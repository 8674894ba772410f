import { at, isObject, list } from '#shared/lib/json.ts';
import type { Answer } from '#shared/model/verdict.ts';
import { parseNetwork, type Network } from '../network/cidr.ts';
import { holdsPrivate } from './addresses.ts';
import { allOf, anyOf, not } from '../kleene.ts';
import { selects } from './selector.ts';
import type { Peer } from './traffic.ts';
import type { Workload } from './workload.ts';

/** `hangs`: on what an open answer hangs, as a code. */
export interface PeerMatch { readonly answer: Answer; readonly hangs?: 'NAMESPACE_LABELS' | 'HOST_NETWORK' | 'IPBLOCK_OF_POD' | 'UNKNOWN_POD' | 'UNREADABLE' }

/**
 * Does one peer of a NetworkPolicy rule (`from` or `to` entry) mean this peer? An ipBlock selects addresses and no pods; a pod whose recorded address lies in
 * it is open, as network plugins differ (Cilium: no; Calico, OVN: yes). Selectors of namespace and pod in one entry both have to select; a pod selector
 * alone looks in the policy's namespace (Kubernetes documentation, "Network Policies", "Behavior of to and from selectors").
 */
export function peerMatches(entry: unknown, peer: Peer, policyNamespace: string): PeerMatch {
  if (!isObject(entry)) return { answer: 'unknown', hangs: 'UNREADABLE' };
  const ipBlock = entry['ipBlock'] ?? undefined, namespaceSelector = entry['namespaceSelector'] ?? undefined, podSelector = entry['podSelector'] ?? undefined;
  if (ipBlock !== undefined) return podSelector === undefined && namespaceSelector === undefined ? blockMatches(ipBlock, peer) : { answer: 'unknown', hangs: 'UNREADABLE' };
  if (namespaceSelector === undefined && podSelector === undefined) return { answer: 'unknown', hangs: 'UNREADABLE' };
  switch (peer.kind) {
    case 'address': return { answer: 'no' };
    // What is not in the snapshot lies outside the namespaces that are.
    case 'unknown_pod': return namespaceSelector === undefined ? { answer: 'no' } : isEverything(namespaceSelector) && (podSelector === undefined || isEverything(podSelector)) ? { answer: 'yes' } : { answer: 'unknown', hangs: 'UNKNOWN_POD' };
    case 'workload': return selectorsMatch(namespaceSelector, podSelector, peer.workload, policyNamespace);
  }
}

const isEverything = (selector: unknown): boolean => isObject(selector) && list(selector, 'matchExpressions').length === 0 && (!isObject(selector['matchLabels']) || Object.keys(selector['matchLabels']).length === 0);

function selectorsMatch(namespaceSelector: unknown, podSelector: unknown, workload: Workload, policyNamespace: string): PeerMatch {
  const namespace: Answer = namespaceSelector === undefined ? (workload.namespace === policyNamespace ? 'yes' : 'no') : selects(namespaceSelector, workload.namespaceLabels);
  const answer = allOf([namespace, podSelector === undefined ? 'yes' : selects(podSelector, workload.labels)]);
  // Traffic of a pod on its node's network comes from the node's address: plugins may not see the pod.
  if (answer === 'yes' && workload.hostNetwork) return { answer: 'unknown', hangs: 'HOST_NETWORK' };
  return answer === 'unknown' ? { answer, hangs: namespace === 'unknown' && !workload.namespaceLabels.complete ? 'NAMESPACE_LABELS' : 'UNREADABLE' } : { answer };
}

/** A block with its exceptions; undefined when it is no network. */
export function readBlock(ipBlock: unknown): { readonly network: Network; readonly except: readonly Network[] } | undefined {
  const cidr = at(ipBlock, 'cidr');
  const network = typeof cidr === 'string' ? parseNetwork(cidr) : undefined;
  const except = list(ipBlock, 'except').map((e) => (typeof e === 'string' ? parseNetwork(e) : undefined));
  return network && except.every((e) => e !== undefined) ? { network, except } : undefined;
}

const inside = (network: Network, family: number, value: bigint): boolean => network.family === family && network.from <= value && value < network.to;

function blockMatches(ipBlock: unknown, peer: Peer): PeerMatch {
  const block = readBlock(ipBlock);
  const contains = (family: number, value: bigint): Answer => (!block ? 'unknown' : inside(block.network, family, value) && !block.except.some((e) => inside(e, family, value)) ? 'yes' : 'no');
  switch (peer.kind) {
    case 'address': { const answer = contains(peer.family, peer.value); return answer === 'unknown' ? { answer, hangs: 'UNREADABLE' } : { answer }; }
    case 'unknown_pod': return { answer: 'no' };
    case 'workload': {
      // On its node's network, any address of that node may be what is seen.
      if (peer.workload.hostNetwork) return { answer: 'unknown', hangs: 'HOST_NETWORK' };
      const own = peer.workload.addresses.flatMap((text) => { const network = parseNetwork(text); return network ? [contains(network.family, network.from)] : []; });
      // A pod whose address isn't recorded may be in a private block; a block for everywhere is written for what is outside.
      if (own.length === 0 && block && block.network.prefix >= 8 && holdsPrivate(block.network)) return { answer: 'unknown', hangs: 'IPBLOCK_OF_POD' };
      return not(anyOf(own)) === 'yes' ? { answer: 'no' } : { answer: 'unknown', hangs: block ? 'IPBLOCK_OF_POD' : 'UNREADABLE' };
    }
  }
}
