import type { GraphView } from '#shared/model/resource.ts';
import type { Answer, Missing } from '#shared/model/verdict.ts';
import { escapesOf } from './escape.ts';
import { inNamespace } from './grouped.ts';
import { heldGrant } from './held-grant.ts';
import { gatesOf, type Ask } from './pod-gates.ts';
import type { Grant } from './rbac-grants.ts';
import { hasEnded, namespaceLabels } from './workload.ts';

/** What a snapshot doesn't carry and could still refuse a pod that gets out to its node. */
export const podControls: readonly string[] = ['pod_security_default', 'admission_plugins'];

interface Allowed { readonly answer: Answer; readonly missing: readonly Missing[] }
const enforce = 'pod-security.kubernetes.io/enforce';

/**
 * May pods be made in a namespace (undefined: in every one) that get out to their node? Not where Pod Security admission enforces `baseline` or `restricted`; without a label it
 * enforces nothing, unless the API server was given another default, which no object tells (Kubernetes documentation, "Pod Security Admission", "Pod Security Standards"). Whoever may change
 * the namespace may take the label away. What may refuse them beside that leaves it open (`pod-gates.ts`).
 */
export function escapingPods(graph: GraphView, cluster: string | undefined, namespace: string | undefined, grants: readonly Grant[], ask: Ask = 'new'): Allowed {
  if (namespace === undefined) return { answer: 'yes', missing: [] };
  const { labels, complete } = namespaceLabels(graph, cluster, namespace);
  const lacks = (what: string, entity: string, supply: string): Allowed => ({ answer: 'unknown', missing: [{ what, entity, supply }] });
  const lifts = ['update', 'patch'].some((verb) => heldGrant(grants, { verb, group: '', resource: 'namespaces', name: namespace, namespace }) !== undefined);
  const isEnforced = ['baseline', 'restricted'].includes(labels[enforce] ?? '');
  // A pod that would be refused and runs came before the label, or is exempt: so may others be.
  const exempt = isEnforced ? inNamespace(graph, 'K8s::Pod', cluster, namespace).find((p) => !hasEnded(p) && escapesOf(p).length > 0) : undefined;
  if (isEnforced && !lifts) return exempt ? lacks('why a pod runs that the namespace’s labels refuse', exempt.urn, 'who runs the cluster') : { answer: 'no', missing: [] };
  if (!complete && !lifts) return lacks('which pods the namespace’s labels let in', namespace, 'kubectl get namespaces -o json');
  const [gate] = gatesOf(graph, cluster, namespace, { labels, complete }, ask);
  return gate === undefined ? { answer: 'yes', missing: [] } : lacks('whether it refuses pods that get out to their node', gate, 'a person who knows what it checks');
}
