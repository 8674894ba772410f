import { describe, expect, it } from 'vitest';
import type { Question } from '#electron/evaluate/platform.ts';
import { account, ask, binding, explain, explained, namespace, node, object, pod, role, service, serviceAccount, type Manifest } from './cluster.ts';

/** What may refuse a pod that gets out to its node: the app may make pods in `free`, where no Pod Security is enforced. A gate that may look at them leaves it open, another doesn't. */
type Manifests = readonly Manifest[];
const admission = 'admissionregistration.k8s.io/v1';
const rule = (verbs: string, resources: string): Manifest => ({ verbs: verbs.split(' '), resources: resources.split(' '), apiGroups: [''] });
const world = (right: Manifest): Manifests => [namespace('free', { team: 'a' }), namespace('guard'), serviceAccount('free/ci'), node('n1', []), pod('free/web', { app: 'web' }, { nodeName: 'n1' }), service('guard/other', {}), role('free/r', [right]), binding('free/b', 'Role', 'r', account('free/ci'))];
const reach: Question = { question: 'escalation', subject: 'free/ci[ServiceAccount]', object: 'n1[Node]' };

const pods: Manifest = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] };
const hook = (more: Manifest = {}): Manifest => object(admission, 'ValidatingWebhookConfiguration', 'gate', undefined, { webhooks: [{ name: 'g', rules: [pods], failurePolicy: 'Fail', clientConfig: { service: { namespace: 'guard', name: 'gate' } }, ...more }] });
const rules = (more: Manifest): Manifest => hook({ rules: [{ ...pods, ...more }] });
const policy = (constraints: Manifest = {}, spec: Manifest = {}): Manifest => object(admission, 'ValidatingAdmissionPolicy', 'gate', undefined, { spec: { matchConstraints: { resourceRules: [pods], ...constraints }, ...spec } });
const bound = (spec: Manifest = {}): Manifest => object(admission, 'ValidatingAdmissionPolicyBinding', 'bound', undefined, { spec: { policyName: 'gate', validationActions: ['Deny'], ...spec } });
const when = (expression: string): Manifest => ({ matchConditions: [{ name: 'c', expression }] });

type Row = readonly [fact: string, answer: 'yes' | 'unknown', ...manifests: Manifests];
const check = (table: readonly Row[], right: Manifest): void => {
  it.each(table.map(([fact, answer, ...manifests]) => ({ fact, answer, manifests })))('$fact: $answer', ({ answer, manifests }) => { expect(explain(ask([...world(right), ...manifests], reach))).toMatch(explained(answer, answer === 'yes' ? /POD_/ : /missing whether it refuses pods/)); });
};

describe('a webhook', () => {
  check([
    ['that looks at pods', 'unknown', hook()], ['at everything', 'unknown', rules({ apiGroups: ['*'], resources: ['*'], operations: ['*'] })], ['with its parts', 'unknown', rules({ resources: ['*/*'] })], ['at parts of pods', 'yes', rules({ resources: ['pods/*'] })], ['at another version', 'yes', rules({ apiVersions: ['v2'] })], ['at no version that is told', 'unknown', rules({ apiVersions: [] })],
    ['at changes', 'yes', rules({ operations: ['UPDATE', 'DELETE'] })], ['at what has no namespace', 'yes', rules({ scope: 'Cluster' })], ['at what has one', 'unknown', rules({ scope: 'Namespaced' })], ['at other groups', 'yes', rules({ apiGroups: ['apps'] })],
    ['in namespaces with a label', 'yes', hook({ namespaceSelector: { matchLabels: { guarded: 'yes' } } })], ['that this one has', 'unknown', hook({ namespaceSelector: { matchLabels: { team: 'a' } } })], ['but in this one', 'yes', hook({ namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['free'] }] } })],
    ['at pods with a label, which one may leave away', 'yes', hook({ objectSelector: { matchLabels: { app: 'x' } } })], ['at those without one, which one may give', 'yes', hook({ objectSelector: { matchExpressions: [{ key: 'skip', operator: 'DoesNotExist' }] } })], ['at all of them', 'unknown', hook({ objectSelector: {} })],
    ['on a condition of the namespace', 'yes', hook(when('request.namespace != "free"'))], ['that it meets', 'unknown', hook(when('request.namespace == "free"'))], ['of a list', 'yes', hook(when('!(request.namespace in ["kube-system", "free"])'))], ['of another list', 'unknown', hook(when('!(request.namespace in ["kube-system"])'))], ['of its beginning', 'yes', hook(when("request.namespace.startsWith('prod-')"))],
    ['of the kind', 'yes', hook(when("request.kind.kind == 'Deployment'"))], ['of pods', 'unknown', hook(when("request.resource.resource == 'pods' && request.operation == 'CREATE'"))], ['of what the pod has', 'unknown', hook(when('has(object.metadata.labels.x)'))], ['of who asks', 'unknown', hook(when('request.userInfo.username != "admin"'))], ['one of two is false', 'yes', hook({ matchConditions: [{ name: 'a', expression: 'has(object.spec.x)' }, { name: 'b', expression: "request.namespace == 'prod'" }] })],
    ['that is ignored and nothing answers', 'yes', hook({ failurePolicy: 'Ignore' })], ['that must answer', 'unknown', hook({ failurePolicy: 'Fail' })], ['by default', 'unknown', hook({ failurePolicy: undefined })], ['that is ignored and answers', 'unknown', hook({ failurePolicy: 'Ignore' }), service('guard/gate', {})], ['whose namespace is not there', 'yes', hook({ failurePolicy: 'Ignore', clientConfig: { service: { namespace: 'gone', name: 'gate' } } })],
    ['whose Services are not recorded', 'unknown', hook({ failurePolicy: 'Ignore', clientConfig: { service: { namespace: 'free', name: 'gate' } } })], ['elsewhere', 'unknown', hook({ failurePolicy: 'Ignore', clientConfig: { url: 'https://gate.example' } })], ['one of two', 'unknown', object(admission, 'ValidatingWebhookConfiguration', 'gate', undefined, { webhooks: [{ name: 'a', rules: [{ ...pods, operations: ['DELETE'] }] }, { name: 'b', rules: [pods] }] })],
  ], rule('create', 'pods'));
});

describe('an admission policy', () => {
  check([
    ['without any binding recorded', 'unknown', policy()], ['that is bound', 'unknown', policy(), bound()], ['where only others are', 'yes', policy(), bound({ policyName: 'other' })], ['that only warns', 'yes', policy(), bound({ validationActions: ['Warn', 'Audit'] })], ['that warns here and denies there', 'unknown', policy(), bound({ validationActions: ['Warn'] }), { ...bound(), metadata: { name: 'second' } }],
    ['bound in other namespaces', 'yes', policy(), bound({ matchResources: { namespaceSelector: { matchLabels: { team: 'b' } } } })], ['in this one', 'unknown', policy(), bound({ matchResources: { namespaceSelector: { matchLabels: { team: 'a' } } } })], ['bound for others than pods', 'yes', policy(), bound({ matchResources: { resourceRules: [{ ...pods, resources: ['services'] }] } })], ['for pods', 'unknown', policy(), bound({ matchResources: { resourceRules: [pods] } })],
    ['that leaves pods out', 'yes', policy({ excludeResourceRules: [pods] }), bound()], ['one of a name', 'unknown', policy({ excludeResourceRules: [{ ...pods, resourceNames: ['x'] }] }), bound()], ['whose binding leaves them out', 'yes', policy(), bound({ matchResources: { excludeResourceRules: [pods] } })], ['on a condition', 'yes', policy({}, when('request.namespace == "prod"')), bound()], ['that holds', 'unknown', policy({}, when('request.namespace == "free"')), bound()],
    ['of pods with a label', 'yes', policy({ objectSelector: { matchLabels: { app: 'x' } } }), bound()], ['in other namespaces', 'yes', policy({ namespaceSelector: { matchLabels: { team: 'b' } } }), bound()],
  ], rule('create', 'pods'));
});

describe('a container put into a pod', () => {
  check([
    ['is looked at as a part', 'unknown', rules({ resources: ['pods/ephemeralcontainers'], operations: ['UPDATE'] })], ['of that name of anything', 'unknown', rules({ resources: ['*/ephemeralcontainers'], operations: ['UPDATE'] })], ['as one of all parts', 'unknown', rules({ resources: ['pods/*'], operations: ['*'] })], ['not as a new pod', 'yes', hook()], ['nor as a resource', 'yes', rules({ resources: ['*'], operations: ['UPDATE'] })],
    ['its pod has its labels already', 'unknown', hook({ rules: [{ ...pods, resources: ['pods/*'], operations: ['UPDATE'] }], objectSelector: { matchLabels: { app: 'web' } } })],
  ], rule('patch', 'pods/ephemeralcontainers'));
});
