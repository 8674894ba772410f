import { at, isObject, list } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Answer, Missing, Reason } from '#shared/model/verdict.ts';
import { allOf, anyOf, not } from '../kleene.ts';
import { inNamespace } from './grouped.ts';
import { peerMatches, type PeerMatch } from './policy-peers.ts';
import { cutsOf, hasPoint, portRanges } from './policy-ports.ts';
import { selects } from './selector.ts';
import type { Decision, Direction, Peer, Point } from './traffic.ts';
import type { Workload } from './workload.ts';

/**
 * What the NetworkPolicies of a workload's namespace say to one direction of one connection. No policy that selects it for the direction: everything is
 * allowed. Else it is isolated, and allowed is what any rule of any such policy allows (Kubernetes documentation, "Network Policies").
 * @param peer the other end: sender of ingress, receiver of egress.
 */
export function networkPolicyDecision(graph: GraphView, direction: Direction, workload: Workload, peer: Peer, point: Point): Decision {
  const readings = policiesOf(graph, workload).map((policy) => readPolicy(policy, direction, workload, peer, point)).filter((r) => r.selected !== 'no');
  const isolated = anyOf(readings.map((r) => r.selected));
  const allowed = anyOf(readings.map((r) => allOf([r.selected, r.allowed])));
  const answer = anyOf([not(isolated), allowed]);
  const word = direction === 'ingress' ? 'incoming' : 'outgoing';
  const say = (rule: string, source: string, pointer: string, text: string): Reason => ({ rule: `K8S.netpol_${rule}`, source, pointer, text });
  if (isolated === 'no') return { answer, reasons: [say('open', workload.resource.urn, workload.pointer, `no NetworkPolicy selects it for ${word} traffic`)], missing: [] };
  const at = (r: PolicyReading): string => (r.rule === undefined ? '/spec/podSelector' : `/spec/${direction}/${r.rule}`);
  if (answer === 'yes') {
    const by = readings.find((r) => r.selected === 'yes' && r.allowed === 'yes');
    return { answer, reasons: by ? [say('allow', by.policy.urn, at(by), `${by.policy.name ?? by.policy.urn} allows it`)] : [], missing: [] };
  }
  if (answer === 'no') return { answer, code: direction === 'ingress' ? 'NETPOL_IN' : 'NETPOL_OUT', reasons: readings.map((r) => say('isolate', r.policy.urn, '/spec/podSelector', `${r.policy.name ?? r.policy.urn} isolates it for ${word} traffic, and no rule allows this`)), missing: [] };
  const open = readings.filter((r) => r.selected === 'unknown' || r.allowed === 'unknown');
  return { answer, ...(open[0]?.hangs !== undefined && { code: open[0].hangs }), reasons: open.map((r) => say('unknown', r.policy.urn, at(r), hangText[r.hangs ?? 'UNREADABLE'])), missing: open.flatMap((r) => missingFor(r, peer, workload)) };
}

const hangText: Readonly<Record<NonNullable<PeerMatch['hangs']>, string>> = {
  NAMESPACE_LABELS: 'whether it allows this hangs on labels of a namespace that is not in the snapshot', HOST_NETWORK: 'the other end is on its node’s network: whether a policy sees the pod hangs on the network plugin',
  IPBLOCK_OF_POD: 'an address block contains the pod’s address: whether that counts for pods hangs on the network plugin', UNKNOWN_POD: 'whether it allows this hangs on labels of a pod that is not in the snapshot', UNREADABLE: 'it can’t be read',
};

function missingFor(reading: PolicyReading, peer: Peer, workload: Workload): readonly Missing[] {
  switch (reading.hangs ?? 'UNREADABLE') {
    case 'NAMESPACE_LABELS': return [{ what: 'labels of a namespace', entity: peer.kind === 'workload' ? peer.workload.namespace : workload.namespace, supply: 'kubectl get namespaces -o json' }];
    case 'UNKNOWN_POD': return [{ what: 'the pods of the ingress controller', entity: peer.kind === 'unknown_pod' ? peer.text : '', supply: 'kubectl get pods -A -o json' }];
    case 'HOST_NETWORK': case 'IPBLOCK_OF_POD': return [{ what: 'how the network plugin sees the other end', entity: peer.kind === 'workload' ? peer.workload.resource.urn : workload.resource.urn, supply: 'a person who knows the plugin' }];
    case 'UNREADABLE': return [{ what: 'a NetworkPolicy that can be read', entity: reading.policy.urn, supply: 'kubectl get networkpolicies -A -o json' }];
  }
}

const policiesOf = (graph: GraphView, workload: Workload): readonly StoredResource[] => inNamespace(graph, 'K8s::NetworkPolicy', workload.cluster, workload.namespace);

interface PolicyReading { readonly policy: StoredResource; readonly selected: Answer; readonly allowed: Answer; readonly rule?: number; readonly hangs?: PeerMatch['hangs'] }

function readPolicy(policy: StoredResource, direction: Direction, workload: Workload, peer: Peer, point: Point): PolicyReading {
  const spec = at(policy.config, 'spec');
  if (!isObject(spec)) return { policy, selected: 'unknown', allowed: 'unknown', hangs: 'UNREADABLE' };
  const applies = appliesTo(spec, direction);
  const selected = allOf([applies, applies === 'no' ? 'no' : selects(spec['podSelector'], workload.labels)]);
  if (selected === 'no') return { policy, selected, allowed: 'no' };
  const rules = spec[direction];
  if (rules !== undefined && rules !== null && !Array.isArray(rules)) return { policy, selected, allowed: 'unknown', hangs: 'UNREADABLE' };
  let open: PolicyReading | undefined;
  for (const [index, rule] of list(rules).entries()) {
    const found = ruleAllows(rule, direction, workload, peer, point);
    if (found.answer === 'yes') return { policy, selected, allowed: 'yes', rule: index };
    if (found.answer === 'unknown') open ??= { policy, selected, allowed: 'unknown', rule: index, hangs: found.hangs };
  }
  return open ?? { policy, selected, allowed: 'no', ...(selected === 'unknown' && { hangs: 'UNREADABLE' as const }) };
}

/** Without policyTypes a policy is about ingress, and about egress too when it has egress rules (API defaults). */
function appliesTo(spec: object, direction: Direction): Answer {
  const types = at(spec, 'policyTypes');
  if (types === undefined || types === null || (Array.isArray(types) && types.length === 0)) return direction === 'ingress' || list(spec, 'egress').length > 0 ? 'yes' : 'no';
  if (!Array.isArray(types) || types.some((t) => t !== 'Ingress' && t !== 'Egress')) return 'unknown';
  return types.includes(direction === 'ingress' ? 'Ingress' : 'Egress') ? 'yes' : 'no';
}

function ruleAllows(rule: unknown, direction: Direction, workload: Workload, peer: Peer, point: Point): PeerMatch {
  // `- {}` and, in YAML, a bare `-` allow everything.
  if (rule === null) return { answer: 'yes' };
  if (!isObject(rule)) return { answer: 'unknown', hangs: 'UNREADABLE' };
  const ports = hasPoint(portRanges(rule['ports'], receiverPorts(direction, workload, peer)), point);
  if (ports === 'no') return { answer: 'no' };
  const entries = rule[direction === 'ingress' ? 'from' : 'to'];
  if (entries === undefined || entries === null || (Array.isArray(entries) && entries.length === 0)) return ports === 'yes' ? { answer: 'yes' } : { answer: 'unknown', hangs: 'UNREADABLE' };
  if (!Array.isArray(entries)) return { answer: 'unknown', hangs: 'UNREADABLE' };
  const matches = entries.map((entry) => peerMatches(entry, peer, workload.namespace));
  const answer = allOf([ports, anyOf(matches.map((m) => m.answer))]);
  return answer === 'unknown' ? { answer, hangs: matches.find((m) => m.answer === 'unknown')?.hangs ?? 'UNREADABLE' } : { answer };
}

const receiverPorts = (direction: Direction, workload: Workload, peer: Peer) => (direction === 'ingress' ? workload.ports : peer.kind === 'workload' ? peer.workload.ports : undefined);

/** Ports at which the answer may change, for a question about any port. */
export function policyCuts(graph: GraphView, direction: Direction, workload: Workload, peer: Peer): readonly number[] {
  return policiesOf(graph, workload).flatMap((policy) => list(policy.config, 'spec', direction).flatMap((rule) => cutsOf(portRanges(at(rule, 'ports'), receiverPorts(direction, workload, peer)))));
}

/** The address blocks that the policies of a workload name in one direction. */
export function policyBlocks(graph: GraphView, direction: Direction, workload: Workload): readonly unknown[] {
  return policiesOf(graph, workload).flatMap((policy) => list(policy.config, 'spec', direction).flatMap((rule) => list(rule, direction === 'ingress' ? 'from' : 'to').flatMap((e) => at(e, 'ipBlock') ?? [])));
}
