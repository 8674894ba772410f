import { at, list, str } from '#shared/lib/json.ts';
import type { GraphView } from '#shared/model/resource.ts';
import type { Answer, Missing } from '#shared/model/verdict.ts';
import { escapesOf } from './escape.ts';
import { inNamespace } from './grouped.ts';
import { heldGrant } from './permission.ts';
import type { Grant } from './rbac-grants.ts';
import { selects } from './selector.ts';
import { hasEnded, namespaceLabels } from './workload.ts';

/** What a snapshot doesn't carry and could still refuse a pod that gets out to its node. */
export const podControls: readonly string[] = ['pod_security_default', 'admission_plugins'];

interface Allowed { readonly answer: Answer; readonly missing: readonly Missing[] }
const enforce = 'pod-security.kubernetes.io/enforce';

/**
 * May pods be made in a namespace (undefined: in every one) that get out to their node? Not where Pod Security admission enforces `baseline` or `restricted`; without a label it
 * enforces nothing, unless the API server was given another default, which no object tells (Kubernetes documentation, "Pod Security Admission", "Pod Security Standards"). Whoever may change
 * the namespace may take the label away. Webhooks, admission policies, pod security policies and OpenShift's constraints that look at pods leave it open: what they refuse is not read.
 */
export function escapingPods(graph: GraphView, cluster: string | undefined, namespace: string | undefined, grants: readonly Grant[]): Allowed {
  if (namespace === undefined) return { answer: 'yes', missing: [] };
  const { labels, complete } = namespaceLabels(graph, cluster, namespace);
  const lacks = (what: string, entity: string, supply: string): Allowed => ({ answer: 'unknown', missing: [{ what, entity, supply }] });
  const lifts = ['update', 'patch'].some((verb) => heldGrant(grants, { verb, group: '', resource: 'namespaces', name: namespace, namespace }) !== undefined);
  const isEnforced = ['baseline', 'restricted'].includes(labels[enforce] ?? '');
  // A pod that would be refused and runs came before the label, or is exempt: so may others be.
  const exempt = isEnforced ? inNamespace(graph, 'K8s::Pod', cluster, namespace).find((p) => !hasEnded(p) && escapesOf(p).length > 0) : undefined;
  if (isEnforced && !lifts) return exempt ? lacks('why a pod runs that the namespace’s labels refuse', exempt.urn, 'who runs the cluster') : { answer: 'no', missing: [] };
  if (!complete && !lifts) return lacks('which pods the namespace’s labels let in', namespace, 'kubectl get namespaces -o json');
  const [gate] = gatesOf(graph, cluster, { labels, complete });
  return gate === undefined ? { answer: 'yes', missing: [] } : lacks('whether it refuses pods that get out to their node', gate, 'a person who knows what it checks');
}

const matchTypes = [['K8s::ValidatingWebhookConfiguration', ['webhooks'], ['rules'], ['namespaceSelector']], ['K8s::ValidatingAdmissionPolicy', [], ['spec', 'matchConstraints', 'resourceRules'], ['spec', 'matchConstraints', 'namespaceSelector']]] as const;

/** What of a cluster looks at new pods of a namespace with these labels. */
function gatesOf(graph: GraphView, cluster: string | undefined, labels: ReturnType<typeof namespaceLabels>): readonly string[] {
  const whole = ['K8s::PodSecurityPolicy', 'K8s::security.openshift.io/SecurityContextConstraints'].flatMap((type) => graph.ofType(type, { account: cluster }));
  const matching = matchTypes.flatMap(([type, parts, rules, selector]) => graph.ofType(type, { account: cluster }).filter((r) => (parts.length === 0 ? [r.config] : list(r.config, ...parts))
    .some((part) => list(part, ...rules).some(isAboutPods) && selects(at(part, ...selector), labels) !== 'no')));
  return [...whole, ...matching].map((r) => r.urn);
}

function isAboutPods(rule: unknown): boolean {
  const has = (key: string, ...wanted: readonly string[]): boolean => { const all = list(rule, key); return wanted.some((w) => all.includes(w)) || all.some((a) => a === '*'); };
  return has('apiGroups', '') && has('resources', 'pods', '*/*', 'pods/*') && has('operations', 'CREATE') && str(rule, 'scope') !== 'Cluster';
}
