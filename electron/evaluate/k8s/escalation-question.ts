import { str } from '#shared/lib/json.ts';
import type { GraphView } from '#shared/model/resource.ts';
import type { Reason, Verdict } from '#shared/model/verdict.ts';
import { escapesOf, type Escape } from './escape.ts';
import { isMaster, k8sEscalations, systemNamespaces, type Gain, type K8sEscalation } from './identity.ts';
import { grantsOf, hasRbac, requesterOf } from './rbac-grants.ts';
import { resourceNamed, workloadsNamed } from './workload.ts';

/** Can it act as the identity: it is it, runs as it, or can gain what it has? */
export function k8sAssumeVerdict(graph: GraphView, subject: string, object: string): Verdict {
  const from = requesterOf(graph, subject), to = requesterOf(graph, object);
  if (!from?.user || !to || from.user !== to.user || from.cluster !== to.cluster) return k8sEscalationVerdict(graph, subject, object);
  const text = `${subject} is or runs as ${to.label}`;
  return { answer: 'yes', via: 'RUNS_AS', assumed: [], missing: [], reasons: [{ rule: 'K8S.runs_as', source: to.resource?.urn ?? to.label, pointer: '', text }] };
}

/** Can it gain privileges: any, or those of (or over) `object`? An administrator already can. A workload also gains its node where a container of it can get out. */
export function k8sEscalationVerdict(graph: GraphView, subject: string, object: string | undefined): Verdict {
  const granted = grantedEscalation(graph, subject, object);
  const escape = granted.answer === 'yes' ? undefined : escapeOf(graph, subject);
  if (!escape) return granted;
  const target = object === undefined ? undefined : graph.resource(object) ?? resourceNamed(graph, object);
  const lands = target?.type === 'K8s::Node' && (escape.node === undefined || escape.node === target.name);
  if (object === undefined || lands) return { answer: 'yes', via: `${escape.id}: ${escape.text}`, assumed: [], missing: [], reasons: [escape.reason] };
  // From its node it gets what else runs there, which is more than its own permissions say.
  return { answer: 'unknown', assumed: [], missing: [{ what: `what runs on the node that it gets out to (${escape.text})`, entity: subject, supply: 'kubectl get pods -A -o json' }], reasons: [escape.reason, ...granted.reasons] };
}

function escapeOf(graph: GraphView, subject: string): (Escape & { readonly node: string | undefined; readonly reason: Reason }) | undefined {
  const named = resourceNamed(graph, subject), found = named ? [named] : workloadsNamed(graph, subject).map((w) => w.resource);
  for (const resource of found) {
    const [escape] = escapesOf(resource);
    if (escape) return { ...escape, node: str(resource.config, 'spec', 'nodeName'), reason: { rule: 'K8S.escape', source: resource.urn, pointer: escape.pointer, text: `${escape.id}: ${escape.text}` } };
  }
  return undefined;
}

function grantedEscalation(graph: GraphView, subject: string, object: string | undefined): Verdict {
  const requester = requesterOf(graph, subject);
  const unknown = (what: string, entity: string, supply: string): Verdict => ({ answer: 'unknown', assumed: [], reasons: [], missing: [{ what, entity, supply }] });
  if (!requester) return unknown('who that is', subject, 'a service account, user, group or workload of the snapshot');
  const yes = (via: string, source: string, pointer: string): Verdict => ({ answer: 'yes', via, assumed: [], missing: [], reasons: [{ rule: 'K8S.escalation', source, pointer, text: via }] });
  if (isMaster(requester)) return yes('system:masters may do everything', requester.label, '');
  if (!hasRbac(graph, requester.cluster)) return unknown('the cluster’s role bindings', requester.label, 'kubectl get clusterroles,clusterrolebindings,roles,rolebindings -A -o json');
  const grants = grantsOf(graph, requester), escalations = k8sEscalations(grants);
  const target = object === undefined ? undefined : targetOf(graph, object);
  if (object !== undefined && !target) return unknown('the object to reach', object, 'kubectl get serviceaccounts,secrets,pods,nodes -A -o json');
  const found = escalations.find((e) => !target || gains(e, target));
  if (found) return yes(found.text, found.held.grant.role?.urn ?? found.held.grant.binding.urn, found.held.grant.role ? '/rules' : '/roleRef');
  const lost = grants.filter((g) => g.rules === undefined);
  if (lost.length > 0) return { answer: 'unknown', assumed: [], reasons: [], missing: lost.map((g) => ({ what: `the role ${g.roleName}`, entity: g.binding.urn, supply: 'kubectl get clusterroles,roles -A -o json' })) };
  return { answer: 'no', blocked_by: 'NO_PRIMITIVE', assumed: [], missing: [], reasons: [{ rule: 'K8S.escalation', source: requester.resource?.urn ?? requester.label, pointer: '', text: escalations.length === 0 ? 'none of its permissions leads to more' : `its permissions lead elsewhere: ${escalations.slice(0, 3).map((e) => e.text).join('; ')}` }] };
}

interface Target { readonly kind: Gain; readonly namespace: string | undefined }
function targetOf(graph: GraphView, id: string): Target | undefined {
  if (/^(cluster|cluster-admin(\[\w+\])?|system:masters(\[Group\])?)$/i.test(id)) return { kind: 'cluster', namespace: undefined };
  const other = requesterOf(graph, id), resource = graph.resource(id) ?? other?.resource;
  if (resource?.type === 'K8s::Node') return { kind: 'nodes', namespace: undefined };
  if (resource?.type === 'K8s::Secret') return { kind: 'secrets', namespace: str(resource.config, 'metadata', 'namespace') ?? 'default' };
  if (resource && resource.kind !== 'identity') return ['pod', 'container_workload'].includes(resource.kind) ? { kind: 'pods', namespace: str(resource.config, 'metadata', 'namespace') ?? 'default' } : undefined;
  const account = /^system:serviceaccount:([^:]+):/.exec(other?.user ?? '');
  if (account) return { kind: 'service_accounts', namespace: account[1] };
  return other ? { kind: 'cluster', namespace: undefined } : undefined;
}

/** Whoever makes pods reaches what pods reach; a pod holds its account’s token, and a secret may hold one. */
function gains(e: K8sEscalation, target: Target): boolean {
  if (e.gain === 'cluster') return true;
  if (target.kind === 'cluster') return e.namespace === undefined || systemNamespaces.has(e.namespace);
  if (e.namespace !== undefined && e.namespace !== target.namespace) return false;
  return e.gain === target.kind || e.gain === 'nodes' || (e.gain === 'service_accounts' && target.kind !== 'nodes') || (target.kind === 'service_accounts' && e.gain === 'pods') || (e.gain === 'service_accounts' && e.namespace === undefined);
}
