import type { Edge, EdgeKind, GraphView } from '#shared/model/resource.ts';
import type { Missing, Reason } from '#shared/model/verdict.ts';
import { chainsFrom, type EdgesFrom } from '../chain.ts';
import { escapeEdges, k8sIdentityTypes, maxTargets, nodeEdges } from './derived-edges.ts';
import { k8sEscalations } from './escalations.ts';
import { straightTo, type Target } from './escalation-target.ts';
import { anonymousRequests } from './anonymous.ts';
import { anyoneMay, conditionOf, gainedEdges } from './gains.ts';
import { inNamespace } from './grouped.ts';
import { escapingPods, podControls } from './pod-security.ts';
import { isNode, wayOut } from './placement.ts';
import { grantsOf, lostRoles, requesterOf, rulePlace, type Grant, type Requester } from './rbac-grants.ts';
import { hasEnded, withheldToken, workloadTypes } from './workload.ts';

/** Kinds of edge over which one has what the other has; of secrets those that are read or mounted. */
const carrying: ReadonlySet<EdgeKind> = new Set(['PRIVESC', 'CAN_ADMIN', 'CAN_EXEC', 'RUNS_AS', 'ESCAPES_TO', 'CAN_ASSUME']), toSecrets: ReadonlySet<EdgeKind> = new Set(['CAN_READ', 'MOUNTS']);

/** Who asks: what it is in the graph, and as whom requests come from it. */
export interface Asker { readonly requester: Requester | undefined; readonly grants: readonly Grant[]; readonly starts: readonly string[] }

/** What leads on from a place, over the graph with derived edges, from an identity also straight to the target. Nothing leads on from a pod that has ended but the account that it ran as. */
export function stepsOf(graph: GraphView, asker: Asker, target: Target | undefined): EdgesFrom {
  const found = new Map<string, readonly Edge[]>();
  return (urn) => {
    const known = found.get(urn) ?? steps(graph, asker, target, urn);
    found.set(urn, known);
    return known;
  };
}

function steps(graph: GraphView, { requester, grants }: Asker, target: Target | undefined, urn: string): readonly Edge[] {
  const resource = graph.resource(urn), source = { source: urn, provenance: resource?.provenance ?? 'inferred' } as const;
  // A pod names its node also where no record of that is there; of requesters without an object nothing is derived.
  if (!resource) return urn === requester?.label ? [...gainedEdges(graph, requester, source, maxTargets), ...(target ? straightTo(graph, requester, grants, source, target) : [])] : isNode(urn) ? nodeEdges(graph, urn, 'inferred', maxTargets) : [];
  const withheld = workloadTypes.includes(resource.type) ? withheldToken(graph, resource) : undefined;
  const edges = graph.edgesFrom(resource.urn).map((e): Edge => ({ ...e, target: graph.resource(e.target)?.urn ?? e.target, ...(withheld && e.kind === 'RUNS_AS' && { condition: conditionOf(withheld) }) }));
  const carried = edges.filter((e) => (carrying.has(e.kind) || (toSecrets.has(e.kind) && /\/secret\/[^/]+$/.test(e.target))) && !(hasEnded(resource) && e.kind !== 'RUNS_AS'));
  const who = target && k8sIdentityTypes.includes(resource.type) ? requesterOf(graph, resource.urn) : undefined;
  return [...carried, ...(who && target ? straightTo(graph, who, grantsOf(graph, who), source, target) : []), ...escapeEdges(graph, resource, maxTargets).filter((e) => !carried.some((c) => c.kind === e.kind && c.target === e.target))];
}

/** Why an edge is there: the rule of a role, the setting of a container, else the object that says so. */
export function groundOf(graph: GraphView, edge: Edge): Reason {
  const resource = graph.resource(edge.source), requester = resource && !k8sIdentityTypes.includes(resource.type) ? undefined : requesterOf(graph, edge.source), text = edge.reason ?? edge.kind;
  const held = requester && k8sEscalations(graph, requester.cluster, grantsOf(graph, requester)).find((e) => e.text === edge.reason)?.held;
  if (held) return { rule: 'K8S.escalation', ...rulePlace(held.grant, held.rule), text };
  if (edge.kind === 'ESCAPES_TO' && resource) return { rule: 'K8S.escape', source: edge.source, pointer: wayOut(graph, resource)?.escape.pointer ?? '', text };
  return { rule: `K8S.${edge.kind.toLowerCase()}`, source: edge.source, pointer: '', text: `${text}: leads to ${edge.target}` };
}

/** Controls that the snapshot doesn't carry and that could refuse a step: those that look at a new pod which gets out to its node, and an API server that takes no requests without credentials. */
export const assumedFor = (graph: GraphView, edges: readonly Edge[]): readonly string[] => [
  ...(edges.some((e) => e.kind === 'CAN_EXEC' && isNode(e.target) && k8sIdentityTypes.includes(graph.resource(e.source)?.type ?? 'K8s::User') && !/^(NODE_PROXY|VOLUME_CREATE|NODE_IDENTITY|IMPERSONATE)/.test(e.reason ?? '')) ? podControls : []),
  ...edges.filter((e) => e.reason === anyoneMay).flatMap((e) => anonymousRequests(graph, graph.resource(e.target)?.account).assumed),
];

/** Roles of all who are got to that the snapshot lacks and that could lead to the target (undefined: to anything). */
export function lostOnTheWay(graph: GraphView, asker: Asker, reached: ReadonlySet<string>, target: Target | undefined, stepsFrom: EdgesFrom): readonly Missing[] {
  const others = [...reached].flatMap((urn) => (k8sIdentityTypes.includes(graph.resource(urn)?.type ?? '') ? requesterOf(graph, urn) ?? [] : [])).flatMap((r) => grantsOf(graph, r));
  const lost = [...new Map([...asker.grants, ...others].filter((g) => g.rules === undefined).map((g) => [g.binding.urn, g])).values()];
  return lostRoles(lost.filter((g) => target === undefined || mayLead(graph, g, target, stepsFrom)));
}

/** A role of a namespace gives at most what is in it, and where pods may get out its nodes. */
function mayLead(graph: GraphView, { binding, namespace }: Grant, target: Target, stepsFrom: EdgesFrom): boolean {
  const cluster = binding.account;
  if (cluster !== target.cluster) return false;
  if (namespace === undefined || namespace === target.namespace || namespace === 'kube-system' || target.kind === 'namespace' && target.names.includes(namespace)) return true;
  const inside = ['K8s::ServiceAccount', 'K8s::Secret', ...workloadTypes].flatMap((type) => inNamespace(graph, type, cluster, namespace));
  const nodes = escapingPods(graph, cluster, namespace, []).answer === 'no' ? [] : graph.ofType('K8s::Node', { account: cluster });
  const reached = chainsFrom([...inside, ...nodes].map((r) => r.urn), stepsFrom);
  return [...target.ends, `k8s:${cluster ?? ''}`].some((end) => reached.has(end));
}
