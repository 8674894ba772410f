import { err, ok } from '#shared/lib/result.ts';
import { notEvaluated, type Platform } from '../platform.ts';
import { clientsOf } from './clients.ts';
import { evaluateEgress, evaluatePodToPod } from './host-to-host.ts';
import { k8sAssumeVerdict, k8sEscalationVerdict } from './escalation-question.ts';
import { evaluateK8sIngress } from './ingress.ts';
import { k8sPermission } from './permission.ts';
import { resourceNamed, workloadsNamed } from './workload.ts';

/** A verb alone is done to the object. */
const isVerb = (action: string): boolean => /^(get|list|watch|create|update|patch|delete|deletecollection|impersonate|bind|escalate|approve|sign|use|\*)$/i.test(action.trim());

/**
 * Questions about Kubernetes. Objects are named `namespace/name[Kind]` (`name[Kind]` for those without a namespace; any case), by urn, uid or pod address;
 * a controller that is not in the snapshot stands for the pods that name it as owner.
 */
export const kubernetes: Platform = {
  name: 'Kubernetes',
  recognizes(graph, id) {
    const type = graph.resource(id)?.type;
    if (type !== undefined) return type.startsWith('K8s::');
    return /^(k8s|kubernetes):|^(user|group|serviceaccount):[^@]+$|\[[A-Z]\w*\]$|^system:(serviceaccount|masters|node|authenticated|anonymous|unauthenticated|bootstrappers)/i.test(id);
  },
  ingress(graph, q) {
    // Another workload as the sender.
    if (q.object !== undefined && (workloadsNamed(graph, q.object).length > 0 || /\[\w+\]$/.test(q.object))) return ok(evaluatePodToPod(graph, q.object, q.subject, q.port, q.protocol));
    return ok(evaluateK8sIngress(graph, q.subject, { port: q.port, protocol: q.protocol, source: q.object }).reachable);
  },
  egress: (graph, q) => ok(evaluateEgress(graph, q.subject, q.object, q.port, q.protocol)),
  host_to_host(graph, q) {
    if (q.object === undefined) return err('object (the receiver) is missing');
    if (workloadsNamed(graph, q.subject).length === 0 && clientsOf(q.subject)) return ok(evaluateK8sIngress(graph, q.object, { port: q.port, protocol: q.protocol, source: q.subject }).reachable);
    if (q.object === q.subject || resourceNamed(graph, q.object) || workloadsNamed(graph, q.object).length > 0 || /\[\w+\]$/.test(q.object)) return ok(evaluatePodToPod(graph, q.subject, q.object, q.port, q.protocol));
    return ok(evaluateEgress(graph, q.subject, q.object, q.port, q.protocol));
  },
  public_storage: (_, q) => ok(notEvaluated(q, 'public storage on Kubernetes')),
  can_assume: (graph, q, context) => (q.object === undefined ? err('object (the identity) is missing') : ok(k8sAssumeVerdict(graph, q.subject, q.object, () => context.derived()))),
  effective_permission: (graph, q) => (q.action === undefined ? err('action is missing') : isVerb(q.action) && q.object !== undefined ? k8sPermission(graph, q.subject, `${q.action} ${q.object}`, undefined) : k8sPermission(graph, q.subject, q.action, q.object)),
  escalation: (graph, q, context) => ok(k8sEscalationVerdict(graph, q.subject, q.object, () => context.derived())),
};
