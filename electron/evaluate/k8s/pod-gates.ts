import { at, isObject, list, str } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { evaluateCondition } from '../gcp/condition.ts';
import { inNamespace, listOf } from './grouped.ts';
import { selects, type KnownLabels } from './selector.ts';

/** A pod that is made, or a container that is put into one that runs. */
export type Ask = 'new' | 'debug';
interface Place { readonly namespace: string; readonly labels: KnownLabels; readonly ask: Ask }
const asked = { new: { operation: 'CREATE', resources: ['pods', '*/*'], part: '' }, debug: { operation: 'UPDATE', resources: ['pods/ephemeralcontainers', 'pods/*', '*/ephemeralcontainers', '*/*'], part: 'ephemeralcontainers' } } as const;

/**
 * What of a cluster may refuse a new pod in a namespace (or a new container in one): webhooks, admission policies, pod security policies and OpenShift's constraints, whose own judgement is not read. Not what can't look at
 * such a pod (Kubernetes documentation, "Dynamic Admission Control", "Validating Admission Policy"): by its rules or namespaces, by a condition that is false of every pod of the namespace, by labels
 * that whoever makes the pod may leave away or give it; nor a webhook that may be ignored when it doesn't answer and has nothing to answer with, nor a policy that no binding makes deny.
 */
export function gatesOf(graph: GraphView, cluster: string | undefined, namespace: string, labels: KnownLabels, ask: Ask): readonly string[] {
  const all = (type: string): readonly StoredResource[] => graph.ofType(type, { account: cluster }), place = { namespace, labels, ask };
  const whole = ['K8s::PodSecurityPolicy', 'K8s::security.openshift.io/SecurityContextConstraints'].flatMap(all);
  const hooks = all('K8s::ValidatingWebhookConfiguration').filter((r) => list(r.config, 'webhooks').some((hook) => looks(hook, 'rules', hook, place) && !isDead(graph, cluster, hook)));
  const policies = all('K8s::ValidatingAdmissionPolicy').filter((r) => looks(at(r.config, 'spec', 'matchConstraints'), 'resourceRules', at(r.config, 'spec'), place) && isBound(all('K8s::ValidatingAdmissionPolicyBinding'), r, place));
  return [...whole, ...hooks, ...policies].map((r) => r.urn);
}

/** @param match what holds the rules (under `key`) and selectors. @param conditioned what holds the conditions. */
function looks(match: unknown, key: string, conditioned: unknown, place: Place): boolean {
  return isAbout(list(match, key), place) && !isAbout(list(match, 'excludeResourceRules').filter(hasNoNames), place) && isSelected(match, place) && !list(conditioned, 'matchConditions').some((c) => evaluateCondition(at(c, 'expression'), { values: valuesOf(place) }) === 'no');
}

const has = (rule: unknown, key: string, ...wanted: readonly string[]): boolean => [...wanted, '*'].some((w) => list(rule, key).includes(w));
/** Of a rule without versions, as written by hand, none is known. */
const isAbout = (rules: readonly unknown[], { ask }: Place): boolean => rules.some((rule) => has(rule, 'apiGroups', '') && (list(rule, 'apiVersions').length === 0 || has(rule, 'apiVersions', 'v1')) && hasResource(rule, ask) && has(rule, 'operations', asked[ask].operation) && str(rule, 'scope') !== 'Cluster');
/** `*` is every resource and no part of one. */
const hasResource = (rule: unknown, ask: Ask): boolean => asked[ask].resources.some((r) => list(rule, 'resources').includes(r)) || (ask === 'new' && list(rule, 'resources').includes('*'));
const hasNoNames = (rule: unknown): boolean => list(rule, 'resourceNames').length === 0;

/** In this namespace, and whatever the labels of a new pod: a selector of objects that asks for anything is evaded by others. */
const isSelected = (match: unknown, { labels, ask }: Place): boolean => selects(at(match, 'namespaceSelector'), labels) !== 'no' && !(ask === 'new' && asksForLabels(at(match, 'objectSelector')));
const asksForLabels = (selector: unknown): boolean => isObject(selector) && (Object.keys(isObject(selector['matchLabels']) ? selector['matchLabels'] : {}).length > 0 || list(selector, 'matchExpressions').length > 0);

/** What is the same of every new pod of a namespace, as conditions name it. */
const valuesOf = ({ namespace, ask }: Place): Readonly<Record<string, string>> => ({
  'request.namespace': namespace, 'object.metadata.namespace': namespace, 'request.operation': asked[ask].operation, 'request.resource.resource': 'pods', 'request.resource.group': '', 'request.resource.version': 'v1',
  'request.kind.kind': 'Pod', 'request.kind.group': '', 'request.kind.version': 'v1', 'request.subResource': asked[ask].part, 'object.kind': 'Pod', 'object.apiVersion': 'v1',
});

/** Nothing answers for it, where the Services of its namespace are recorded and its own isn't, or that namespace isn't there; and then it is ignored. */
function isDead(graph: GraphView, cluster: string | undefined, hook: unknown): boolean {
  const namespace = str(hook, 'clientConfig', 'service', 'namespace'), name = str(hook, 'clientConfig', 'service', 'name');
  if (str(hook, 'failurePolicy') !== 'Ignore' || namespace === undefined || name === undefined) return false;
  const services = inNamespace(graph, 'K8s::Service', cluster, namespace), namespaces = listOf(graph, 'K8s::Namespace', cluster);
  return services.length > 0 ? services.every((s) => s.name !== name) : namespaces.length > 0 && namespaces.every((n) => n.name !== namespace);
}

/** A policy says nothing without a binding, and refuses nothing by one that only warns or audits; where none is recorded of any policy, that is open. */
function isBound(bindings: readonly StoredResource[], policy: StoredResource, place: Place): boolean {
  const own = bindings.filter((b) => str(b.config, 'spec', 'policyName') === policy.name), rules = (b: StoredResource): readonly unknown[] => list(b.config, 'spec', 'matchResources', 'resourceRules');
  return bindings.length === 0 || own.some((b) => list(b.config, 'spec', 'validationActions').includes('Deny') && isSelected(at(b.config, 'spec', 'matchResources'), place) && (rules(b).length === 0 || isAbout(rules(b), place)) && !isAbout(list(b.config, 'spec', 'matchResources', 'excludeResourceRules').filter(hasNoNames), place));
}
