import type { Edge, GraphView } from '#shared/model/resource.ts';
import type { Missing, Reason, Verdict } from '#shared/model/verdict.ts';
import { anonymousRequests, anonymousUser } from './anonymous.ts';
import { allAllowed, allowsAll } from './api-server.ts';
import { chainsFrom, chainTo, longChainTo, tooLong, type Chain, type EdgesFrom } from '../chain.ts';
import { maxTargets } from './derived-edges.ts';
import { k8sEscalations } from './escalations.ts';
import { targetOf, type Target } from './escalation-target.ts';
import { assumedFor, groundOf, lostOnTheWay, stepsOf, type Asker } from './escalation-walk.ts';
import { gainEdges, missingOf } from './gains.ts';
import { isNode, wayOut } from './placement.ts';
import type { K8sEscalation } from './primitives.ts';
import { holderOf, isMaster, requesterOf, rulePlace, type Holder, type Requester } from './rbac-grants.ts';
import { unlessGrouped } from './untold-groups.ts';
import { hasEnded, hasToken, resourceNamed, workloadsNamed, type Workload } from './workload.ts';

/** Can it act as the identity: it is it, runs as it, is of the group, or can gain what it has? @param derived the graph with derived edges. */
export function k8sAssumeVerdict(graph: GraphView, subject: string, object: string, derived: () => GraphView): Verdict {
  return k8sEscalationVerdict(graph, subject, object, derived, (from) => isIt(graph, subject, from, object));
}

function isIt(graph: GraphView, subject: string, from: Requester | undefined, object: string): Verdict | undefined {
  const to = requesterOf(graph, object), [group] = to?.groups ?? [];
  // Whoever is the account of a pod has not got that pod.
  if (!from || !to || workloadsNamed(graph, object).length > 0 || from.cluster !== to.cluster) return undefined;
  if (to.user === anonymousUser) return asAnonymous(graph, subject, to);
  if (isBare(workloadsNamed(graph, subject), graph) || (to.user !== undefined ? from.user !== to.user : group === undefined || !from.groups.includes(group))) return undefined;
  const text = to.user === undefined && from.user !== undefined ? `${subject} is of the group ${to.label}` : `${subject} is or runs as ${to.label}`;
  return { answer: 'yes', via: 'RUNS_AS', assumed: [], missing: [], reasons: [{ rule: 'K8S.runs_as', source: to.resource?.urn ?? to.label, pointer: '', text }] };
}

/** Anyone who reaches the API server is that, by showing no credentials; undefined where it refuses such requests. */
function asAnonymous(graph: GraphView, subject: string, { cluster, resource, label }: Requester): Verdict | undefined {
  const { answer, assumed, missing, reasons } = anonymousRequests(graph, cluster), said = [{ rule: 'K8S.anonymous', source: resource?.urn ?? label, pointer: '', text: `${subject} is ${label} by a request without credentials` }, ...reasons];
  return answer === 'no' ? undefined : answer === 'unknown' ? open(missing, said) : yes('ANONYMOUS', said, assumed);
}

/**
 * Can it gain privileges: any, or those of (or over) `object`, by one step or a chain of at most six (a longer one is unknown)? An administrator already can. A workload also gets out to its node where a container of it can,
 * anyone gains what requests without credentials may, and a user might what a group may that it may be of (unknown).
 * Codes `NO_PRIMITIVE`; unknown with what would tell. @param itself what it is without gaining anything.
 */
export function k8sEscalationVerdict(graph: GraphView, subject: string, object: string | undefined, derived: () => GraphView, itself: (from: Requester | undefined) => Verdict | undefined = () => undefined): Verdict {
  const named = resourceNamed(graph, subject), workloads = workloadsNamed(graph, subject), first = holderOf(graph, subject);
  const place = named && ['K8s::Node', 'K8s::Secret'].includes(named.type) ? named : undefined;
  if (!first.requester && !place) return open(first.missing);
  const target = object === undefined ? undefined : targetOf(graph, object, first.requester?.cluster ?? place?.account);
  if (object !== undefined && !target) return itself(first.requester) ?? open([{ what: 'the object to reach', entity: object, supply: 'kubectl get serviceaccounts,secrets,pods,nodes -A -o json' }]);
  // A user or group of several clusters is asked about in that of the object.
  const holder = first.requester && first.requester.cluster === undefined && target?.cluster !== undefined ? holderOf(graph, subject, target.cluster) : first;
  const all = holder.requester && holder.requester.user !== anonymousUser && !isBare(workloads, graph) && !(target && isUnseen(graph, target)) ? allowsAll(graph, holder.requester.cluster) : undefined;
  if (all) return allAllowed(all);
  const ask = (held: Holder): Verdict => {
    const { requester } = held, own = requester && !isBare(workloads, graph) ? [requester.resource?.urn ?? requester.label] : [];
    const asker: Asker = { requester, grants: own.length > 0 ? held.grants : [], starts: [...new Set([...workloads.map((w) => w.resource.urn), ...(place ? [place.urn] : []), ...own])] };
    return itself(requester) ?? (target ? gainOver(graph, asker, target, held, derived, object === undefined ? undefined : isIt(graph, subject, requester, object)) : anyGain(graph, asker, requester ? held.missing : [], derived));
  };
  return unlessGrouped(graph, holder, ask(holder), ask, target?.kind === 'group' ? target.names : []);
}

function gainOver(graph: GraphView, asker: Asker, target: Target, { missing }: Holder, derived: () => GraphView, isThat: Verdict | undefined): Verdict {
  const { requester } = asker;
  if (requester && isMaster(requester) && !isUnseen(graph, target) && target.cluster === requester.cluster) return asMaster(requester);
  return isThat ?? gainOf(asker, target, requester ? missing : [], derived);
}

/** None of its pods has a token of its account. */
const isBare = (workloads: readonly Workload[], graph: GraphView): boolean => workloads.length > 0 && workloads.every((w) => !hasToken(graph, w.resource));
const open = (missing: readonly Missing[], reasons: readonly Reason[] = []): Verdict => ({ answer: 'unknown', assumed: [], missing: [...new Map(missing.map((m) => [`${m.entity} ${m.what}`, m])).values()], reasons });
const yes = (via: string, reasons: readonly Reason[], assumed: readonly string[]): Verdict => ({ answer: 'yes', via, assumed, missing: [], reasons });
const asMaster = ({ label }: Requester): Verdict => yes('system:masters may do everything', [{ rule: 'K8S.escalation', source: label, pointer: '', text: 'system:masters may do everything' }], []);
const no = ({ requester, starts }: Asker, text: string): Verdict => ({ answer: 'no', blocked_by: 'NO_PRIMITIVE', assumed: [], missing: [], reasons: [{ rule: 'K8S.escalation', source: requester?.resource?.urn ?? starts[0] ?? '', pointer: '', text }] });
const sayGain = (e: K8sEscalation): Reason => ({ rule: 'K8S.escalation', ...rulePlace(e.held.grant, e.held.rule), text: e.text });

/** Any gain: a primitive of its own, a way out of its containers, or one of whoever it gets to. */
function anyGain(graph: GraphView, asker: Asker, missing: readonly Missing[], derived: () => GraphView): Verdict {
  const { requester, grants, starts } = asker;
  if (requester && isMaster(requester)) return asMaster(requester);
  const held = requester ? k8sEscalations(graph, requester.cluster, grants).filter((e) => !e.isIdle) : [], sure = held.find((e) => !e.open);
  if (sure) return yes(sure.text, [sayGain(sure)], []);
  for (const urn of starts) {
    const resource = graph.resource(urn), way = resource && wayOut(graph, resource);
    if (way) return yes(`${way.escape.id}: ${way.escape.text}`, [{ rule: 'K8S.escape', source: urn, pointer: way.escape.pointer, text: `${way.escape.id}: ${way.escape.text}` }], []);
  }
  const view = derived(), steps = stepsOf(view, asker, undefined), isEnd = (e: Edge): boolean => isGain(view, asker, e), chain = chainTo(starts, isEnd, steps), long = chain ? undefined : longChainTo(starts, isEnd, steps);
  if (chain && !chain.isConditional) return chainVerdict(view, chain);
  const lost = lostOnTheWay(view, asker, chainsFrom(starts, steps), undefined, steps);
  const lacks = [...held.flatMap((e) => e.open ?? []), ...lacksOf(chain), ...(long ? [tooLong(long), ...lacksOf(long)] : []), ...missing, ...lost];
  return lacks.length > 0 ? open(lacks, held.slice(0, 5).map(sayGain)) : no(asker, 'none of its permissions leads to more');
}

/** Whoever's token or place it gets must have something more. */
function isGain(graph: GraphView, { starts }: Asker, edge: Edge): boolean {
  if (gainEdges.has(edge.kind)) return (edge.kind !== 'CAN_READ' && edge.kind !== 'CAN_ADMIN') || edge.target.startsWith('k8s:');
  const other = edge.kind === 'RUNS_AS' || edge.kind === 'CAN_ASSUME' ? holderOf(graph, edge.target) : undefined;
  return other?.requester !== undefined && !starts.includes(edge.target) && edge.target.startsWith('k8s:') && k8sEscalations(graph, other.requester.cluster, other.grants).some((e) => !e.isIdle && !e.open);
}

function gainOf(asker: Asker, target: Target, missing: readonly Missing[], derived: () => GraphView): Verdict {
  const view = derived(), steps = stepsOf(view, asker, target), { requester, starts, grants } = asker, whole = target.cluster === undefined ? undefined : `k8s:${target.cluster}`;
  const ends = new Set([...target.ends].map((end) => view.resource(end)?.urn ?? end));
  // Whoever has the cluster has every object of it that is there.
  const isEnd = (e: Edge): boolean => ends.has(e.target) || (e.kind === 'CAN_ADMIN' && e.target === whole && !isUnseen(view, target));
  const itself = starts.find((s) => ends.has(s)), chain = chainTo(starts, isEnd, steps), long = chain ? undefined : longChainTo(starts, isEnd, steps);
  if (itself !== undefined) return yes('it is that', [{ rule: 'K8S.itself', source: itself, pointer: '', text: 'it is that, or of that controller' }], []);
  if (chain && !chain.isConditional) return chainVerdict(view, chain);
  const reached = chainsFrom(starts, steps), held = requester ? k8sEscalations(view, requester.cluster, grants) : [];
  const lacks = [...lacksOf(chain), ...(long ? [tooLong(long), ...lacksOf(long)] : []), ...missing, ...lostOnTheWay(view, asker, reached, target, steps), ...untold(view, asker, target, reached, steps)];
  if (lacks.length > 0) return open(lacks, ((chain ?? long)?.edges ?? []).map((e) => groundOf(view, e)));
  return no(asker, held.length === 0 && reached.size === starts.length ? 'none of its permissions leads to more' : `its permissions lead elsewhere: ${[...held.map((e) => e.text), ...[...reached].filter((r) => !starts.includes(r))].slice(0, 3).join('; ')}`);
}

/** A secret or node that nothing of the snapshot shows; identities have no objects of their own. */
const isUnseen = (graph: GraphView, { isNamedOnly, kind, urn }: Target): boolean => isNamedOnly && (kind === 'secret' ? graph.edgesTo(urn, 'MOUNTS') : kind === 'node' ? graph.edgesTo(urn, 'ATTACHED_TO') : [undefined]).length === 0;
const lacksOf = (chain: Chain | undefined): readonly Missing[] => chain?.edges.filter((e) => e.condition !== undefined).map(missingOf) ?? [];

/** What the snapshot can't tell of the way to the target: an object or a kind that it doesn't know, what else runs on a node, and what the caps on edges cut. */
function untold(graph: GraphView, { starts, requester }: Asker, target: Target, reached: ReadonlySet<string>, steps: EdgesFrom): readonly Missing[] {
  const places = starts.flatMap((urn) => { const resource = graph.resource(urn), way = resource && wayOut(graph, resource); return resource && way ? [{ resource, way }] : []; });
  const nowhere = places.filter(({ way }) => way.nodes.length === 0), isHost = [...reached].some(isNode);
  const others = graph.ofType('K8s::Pod', { account: requester?.cluster ?? graph.resource(starts[0] ?? '')?.account }).some((p) => !hasEnded(p) && !starts.includes(p.urn) && graph.edgesFrom(p.urn, 'ATTACHED_TO').length > 0);
  const cut = [...reached].filter((urn) => [...Map.groupBy(steps(urn), (e) => e.kind).values()].some((edges) => edges.length >= maxTargets));
  return [
    ...(isUnseen(graph, target) || target.kind === 'other' || target.kind === 'namespace' && reached.size > starts.length ? [{ what: target.isNamedOnly ? 'the object to reach' : 'what more than an administrator it takes to have it', entity: target.urn, supply: 'kubectl get secrets -A -o json, or a person' }] : []),
    ...nowhere.map(({ resource }) => ({ what: 'the node that it gets out to', entity: resource.urn, supply: 'kubectl get pods,nodes -A -o json' })),
    ...(isHost && !others ? [{ what: 'what runs on the node that it gets out to', entity: [...reached].find(isNode) ?? '', supply: 'kubectl get pods -A -o json' }] : []),
    ...cut.map((urn) => ({ what: 'the rest of what it leads to, which a cap cut', entity: urn, supply: 'a person' })),
  ];
}

function chainVerdict(graph: GraphView, { edges }: Chain): Verdict {
  const said = (e: Edge): string => e.reason ?? e.kind, via = edges.length === 1 ? edges.map(said).join('') : edges.map((e) => `${said(e)} → ${e.target}`).join(', then ');
  return yes(via, edges.map((e) => groundOf(graph, e)), assumedFor(graph, edges));
}
