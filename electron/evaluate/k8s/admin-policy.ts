import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Answer } from '#shared/model/verdict.ts';
import { allOf, anyOf, answerOf } from '../kleene.ts';
import { networksHold, nodeAddresses, nodesHold } from './address-peers.ts';
import { selects } from './selector.ts';
import { protocols, type Decision, type Direction, type Peer, type Point } from './traffic.ts';
import type { NamedPort, Workload } from './workload.ts';

/** `pass`: no rule decides, or one passes on to the next layer. */
export interface AdminDecision { readonly outcome: 'allow' | 'deny' | 'pass' | 'unknown'; readonly decision: Decision }

const passing: AdminDecision = { outcome: 'pass', decision: { answer: 'unknown', reasons: [], missing: [] } };

/**
 * Policies of the cluster's administrator: AdminNetworkPolicy before the NetworkPolicies, lowest priority number and then first rule that matches decides;
 * BaselineAdminNetworkPolicy after them, for pods that none isolates (policy.networking.k8s.io/v1alpha1). ClusterNetworkPolicy (v1alpha2) is both, by its tier.
 */
export function adminDecision(graph: GraphView, tier: 'Admin' | 'Baseline', direction: Direction, workload: Workload, peer: Peer, point: Point): AdminDecision {
  const byPriority = Map.groupBy(policiesOf(graph, tier, workload), priorityOf);
  for (const policies of byPriority.values()) {
    const decided = policies.flatMap((policy) => policyDecision(graph, policy, tier, direction, workload, peer, point) ?? []);
    const [first] = decided;
    if (!first) continue;
    if (decided.every((d) => d.outcome === first.outcome)) return first;
    // Which of several at one priority counts is left to the network plugin (network-policy-api, "Priority").
    const reasons = decided.flatMap((d) => d.decision.reasons);
    return { outcome: 'unknown', decision: { answer: 'unknown', code: 'SAME_PRIORITY', reasons, missing: [{ what: 'which of the policies of one priority the network plugin lets win', entity: policies[0]?.urn ?? workload.resource.urn, supply: 'a person who knows the plugin' }] } };
  }
  return passing;
}

/** What the first rule of a policy that matches says; undefined when none does. */
function policyDecision(graph: GraphView, policy: StoredResource, tier: 'Admin' | 'Baseline', direction: Direction, workload: Workload, peer: Peer, point: Point): AdminDecision | undefined {
  const subject = subjectMatches(at(policy.config, 'spec', 'subject'), workload);
  if (subject === 'no') return undefined;
  for (const [index, rule] of list(policy.config, 'spec', direction).entries()) {
    const matches = allOf([subject, ruleMatches(graph, rule, direction, workload, peer, point)]);
    if (matches === 'no') continue;
    const action = str(rule, 'action') ?? '';
    const reasons = [{ rule: `K8S.admin_policy_${action.toLowerCase() || 'unreadable'}`, source: policy.urn, pointer: `/spec/${direction}/${index}`, text: `${policy.name ?? policy.urn} (${tier.toLowerCase()} tier): ${action || 'a rule without an action'}` }];
    if (matches === 'unknown' || !['Allow', 'Accept', 'Deny', 'Pass'].includes(action)) {
      return { outcome: 'unknown', decision: { answer: 'unknown', code: 'UNREADABLE', reasons, missing: [{ what: 'what its rule matches', entity: policy.urn, supply: 'kubectl get namespaces,pods,nodes -A -o json, or a person' }] } };
    }
    if (action === 'Pass') return { outcome: 'pass', decision: { answer: 'unknown', reasons, missing: [] } };
    return action === 'Deny'
      ? { outcome: 'deny', decision: { answer: 'no', code: `${tier.toUpperCase()}_NETPOL_${direction === 'ingress' ? 'IN' : 'OUT'}`, reasons, missing: [] } }
      : { outcome: 'allow', decision: { answer: 'yes', reasons, missing: [] } };
  }
  return undefined;
}

const priorityOf = (policy: StoredResource): number => { const value = at(policy.config, 'spec', 'priority'); return typeof value === 'number' ? value : 0; };

function policiesOf(graph: GraphView, tier: 'Admin' | 'Baseline', workload: Workload): readonly StoredResource[] {
  const scope = { account: workload.cluster };
  const own = graph.ofType(tier === 'Admin' ? 'K8s::AdminNetworkPolicy' : 'K8s::BaselineAdminNetworkPolicy', scope);
  const shared = graph.ofType('K8s::ClusterNetworkPolicy', scope).filter((p) => str(p.config, 'spec', 'tier') === tier);
  return [...own, ...shared].sort((a, b) => priorityOf(a) - priorityOf(b) || (a.urn < b.urn ? -1 : 1));
}

function subjectMatches(subject: unknown, workload: Workload): Answer {
  // These policies are about pods with an address of their own.
  if (workload.hostNetwork) return 'no';
  return whoMatches(subject, workload, workload);
}

/** `{namespaces: selector}` or `{pods: {namespaceSelector, podSelector}}`; `own` is the policy's subject, whose namespace drafts of v1alpha1 let peers be compared with. */
function whoMatches(who: unknown, workload: Workload, own: Workload): Answer {
  if (!isObject(who)) return 'unknown';
  if (isObject(who['namespaces'])) return namespacesMatch(who['namespaces'], workload, own);
  const pods = who['pods'];
  if (!isObject(pods)) return 'unknown';
  const namespaces = isObject(pods['namespaces']) ? namespacesMatch(pods['namespaces'], workload, own) : selects(pods['namespaceSelector'], workload.namespaceLabels);
  return allOf([namespaces, selects(pods['podSelector'], workload.labels)]);
}

/** A selector; v1alpha1 drafts had it one level deeper, or `sameLabels` / `notSameLabels`: keys whose value both namespaces share, or not. */
function namespacesMatch(who: JsonObject, workload: Workload, own: Workload): Answer {
  if (isObject(who['namespaceSelector'])) return selects(who['namespaceSelector'], workload.namespaceLabels);
  const keys = list(who, 'sameLabels').concat(list(who, 'notSameLabels'));
  if (keys.length === 0) return selects(who, workload.namespaceLabels);
  if (!workload.namespaceLabels.complete || !own.namespaceLabels.complete || !keys.every((k) => typeof k === 'string')) return 'unknown';
  const [mine, theirs] = [own.namespaceLabels.labels, workload.namespaceLabels.labels], isSame = keys.every((k) => mine[k] !== undefined && mine[k] === theirs[k]);
  return answerOf(isSame === 'sameLabels' in who);
}

function ruleMatches(graph: GraphView, rule: unknown, direction: Direction, workload: Workload, peer: Peer, point: Point): Answer {
  const receiver = direction === 'ingress' ? workload.ports : peer.kind === 'workload' ? peer.workload.ports : undefined;
  const peers = list(rule, direction === 'ingress' ? 'from' : 'to');
  return allOf([anyOf(peers.map((entry) => peerMatches(graph, entry, workload, peer))), portsMatch(rule, receiver, point)]);
}

function peerMatches(graph: GraphView, entry: unknown, own: Workload, peer: Peer): Answer {
  if (!isObject(entry)) return 'unknown';
  if ('networks' in entry) return networksHold(graph, list(entry, 'networks'), peer);
  if ('nodes' in entry) return nodesHold(graph, entry['nodes'], own, peer);
  if ('domainNames' in entry) return peer.kind === 'workload' && !peer.workload.hostNetwork ? 'no' : 'unknown';
  switch (peer.kind) {
    case 'address': return 'no';
    case 'unknown_pod': return 'unknown';
    case 'workload': return peer.workload.hostNetwork ? 'no' : whoMatches(entry, peer.workload, own);
  }
}

function portsMatch(rule: unknown, receiver: readonly NamedPort[] | undefined, point: Point): Answer {
  const ports = at(rule, 'ports') ?? at(rule, 'protocols');
  if (ports === undefined || ports === null || (Array.isArray(ports) && ports.length === 0)) return 'yes';
  return Array.isArray(ports) ? anyOf(ports.map((entry) => portMatches(entry, receiver, point))) : 'unknown';
}

function portMatches(entry: unknown, receiver: readonly NamedPort[] | undefined, point: Point): Answer {
  const name = str(entry, 'namedPort') ?? str(entry, 'destinationNamedPort');
  if (name !== undefined) return answerOf((receiver ?? []).some((p) => p.name === name && p.protocol === point.protocol && p.port === point.port));
  for (const protocol of protocols) {
    const port = at(entry, protocol.toLowerCase());
    if (port === undefined) continue;
    const number = at(port, 'destinationPort', 'number'), start = at(port, 'destinationPort', 'range', 'start'), end = at(port, 'destinationPort', 'range', 'end');
    return between(protocol, typeof number === 'number' ? number : start ?? 0, typeof number === 'number' ? number : end ?? 65535, point);
  }
  const one = at(entry, 'portNumber'), range = at(entry, 'portRange');
  if (isObject(one)) return between(str(one, 'protocol') ?? 'TCP', one['port'], one['port'], point);
  return isObject(range) ? between(str(range, 'protocol') ?? 'TCP', range['start'], range['end'], point) : 'unknown';
}

const between = (protocol: string, from: unknown, to: unknown, point: Point): Answer =>
  (typeof from === 'number' && typeof to === 'number' ? answerOf(protocol === point.protocol && from <= point.port && point.port <= to) : 'unknown');

/** Ports at which these policies may change the answer. */
export function adminCuts(graph: GraphView, direction: Direction, workload: Workload, peer: Peer): readonly number[] {
  const all = (['Admin', 'Baseline'] as const).flatMap((tier) => policiesOf(graph, tier, workload));
  const receiver = direction === 'ingress' ? workload.ports : peer.kind === 'workload' ? peer.workload.ports : [];
  const numbers = all.flatMap((policy) => list(policy.config, 'spec', direction)).flatMap((rule) => [...list(rule, 'ports'), ...list(rule, 'protocols')]).flatMap((entry) => [
    at(entry, 'portNumber', 'port'), at(entry, 'portRange', 'start'), at(entry, 'portRange', 'end'),
    ...protocols.flatMap((p) => ['number'].map((k) => at(entry, p.toLowerCase(), 'destinationPort', k)).concat(['start', 'end'].map((k) => at(entry, p.toLowerCase(), 'destinationPort', 'range', k)))),
  ]).filter((n) => typeof n === 'number');
  return [...numbers, ...numbers.map((n) => n + 1), ...receiver.flatMap((p) => (p.name === undefined ? [] : [p.port, p.port + 1]))];
}

/** Networks that these policies name, addresses of nodes among them. */
export function adminBlocks(graph: GraphView, direction: Direction, workload: Workload): readonly unknown[] {
  const peers = (['Admin', 'Baseline'] as const).flatMap((tier) => policiesOf(graph, tier, workload)).flatMap((p) => list(p.config, 'spec', direction)).flatMap((rule) => list(rule, direction === 'ingress' ? 'from' : 'to'));
  const nodes = peers.some((entry) => at(entry, 'nodes') !== undefined) ? nodeAddresses(graph, workload.cluster) : [];
  return [...peers.flatMap((entry) => list(entry, 'networks')), ...nodes].map((cidr) => ({ cidr }));
}
