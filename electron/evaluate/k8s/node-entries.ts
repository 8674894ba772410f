import { list, str } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { evaluateIngress } from '../aws/reachability.ts';
import type { Sources } from '../network/cidr.ts';
import { isInside, isPublic } from './addresses.ts';
import { opens, refuses, type Entry } from './entry.ts';
import type { Decision } from './traffic.ts';
import type { Workload } from './workload.ts';

interface NodeReach { readonly decision: Decision; readonly assumed: readonly string[] }

/**
 * Can the clients reach a port of a node? Where the node's machine is in the snapshot, its cloud network answers; else a public address of the node is
 * taken as reachable, as its firewall is not known.
 * @param only the node that matters; any node when left out. @param at.port undefined when the server has yet to choose it.
 */
export function nodeDecision(graph: GraphView, cluster: string | undefined, at: { readonly port: number | undefined; readonly protocol: string }, sources: Sources, only: string | undefined): NodeReach {
  const nodes = graph.ofType('K8s::Node', { account: cluster }).filter((n) => only === undefined || n.name === only);
  if (nodes.length === 0) {
    return { assumed: [], decision: { answer: 'unknown', code: 'NODE', reasons: [], missing: [{ what: only === undefined ? 'the nodes' : `node ${only}`, entity: only ?? cluster ?? '', supply: 'kubectl get nodes -o json' }] } };
  }
  const reaches = nodes.map((node) => reachOf(graph, node, at, sources));
  return reaches.find((r) => r.decision.answer === 'yes') ?? reaches.find((r) => r.decision.answer === 'unknown') ?? reaches[0] ?? { assumed: [], decision: { answer: 'unknown', reasons: [], missing: [] } };
}

function reachOf(graph: GraphView, node: StoredResource, at: { readonly port: number | undefined; readonly protocol: string }, sources: Sources): NodeReach {
  const machine = graph.edgesFrom(node.urn, 'SAME_AS').flatMap((e) => graph.resource(e.target) ?? [])[0];
  if (machine?.type === 'AWS::EC2::Instance') {
    const { reachable } = evaluateIngress(graph, machine.urn, { ...(at.port !== undefined && { port: at.port }), protocol: at.protocol, ...(sources.threshold === 0 && { source: sources.label }) });
    const { answer, blocked_by: code, reasons, missing, assumed } = reachable;
    return { assumed, decision: { answer, ...(code !== undefined && { code }), reasons, missing } };
  }
  const addresses = list(node.config, 'status', 'addresses');
  if (addresses.length === 0) return { assumed: [], decision: { answer: 'unknown', code: 'NODE', reasons: [], missing: [{ what: 'addresses of the node', entity: node.urn, supply: 'kubectl get nodes -o json' }] } };
  const open = addresses.filter((a) => str(a, 'type') === 'ExternalIP' || str(a, 'type') === 'InternalIP').flatMap((a) => str(a, 'address') ?? []).filter(isPublic);
  if (open.length > 0) return { assumed: ['node_firewall'], decision: opens(node, 'node', '/status/addresses', `node ${node.name ?? ''} has the public address ${open[0] ?? ''}`) };
  // Whoever asks from a certain address may be inside; a machine without a public address is not reached from the internet.
  if (isInside(sources)) return { assumed: ['node_firewall'], decision: opens(node, 'node', '/status/addresses', `node ${node.name ?? ''} is reached from inside its network`) };
  return { assumed: [], decision: refuses('NO_PUBLIC_IP', node, 'node', '/status/addresses', `node ${node.name ?? ''} has no public address`) };
}

/** Ways in over the node that a pod runs on: ports of the host, and the host's own network. */
export function nodeEntries(graph: GraphView, workload: Workload, sources: Sources, port: number | undefined): readonly Entry[] {
  const own = workload.hostNetwork
    // Anything may listen on the node's network, so a port that is asked about need not be declared.
    ? [...workload.ports.map((p) => ({ port: p.port, outer: p.port, protocol: p.protocol, what: 'on its node’s network', pointer: `${workload.pointer}/spec/hostNetwork` })), ...(port === undefined || workload.ports.some((p) => p.port === port) ? [] : [{ port, outer: port, protocol: 'TCP', what: 'on its node’s network', pointer: `${workload.pointer}/spec/hostNetwork` }])]
    : workload.ports.flatMap((p) => (p.hostPort === undefined ? [] : [{ port: p.port, outer: p.hostPort, protocol: p.protocol, what: `hostPort ${p.hostPort}`, pointer: `${workload.pointer}/spec/containers` }]));
  return own.map(({ port: inner, outer, protocol, what, pointer }): Entry => {
    const { decision, assumed } = nodeDecision(graph, workload.cluster, { port: outer, protocol }, sources, workload.node);
    return {
      port: inner, outer, protocol, senders: sources, hidesClient: false, via: what, assumed,
      open: { ...decision, reasons: [...decision.reasons, { rule: workload.hostNetwork ? 'K8S.host_network' : 'K8S.host_port', source: workload.resource.urn, pointer, text: `the pod listens ${workload.hostNetwork ? what : `on its node by ${what}`}` }] },
    };
  });
}
