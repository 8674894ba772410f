import { kubernetes } from '#electron/pipeline/graph/importers/kubernetes.ts';
import { deriveEdges } from '#electron/pipeline/graph/build-graph.ts';
import { derivations } from '#electron/pipeline/graph/derivations.ts';
import { memoryGraph, type GraphRecord } from '#electron/pipeline/graph/memory-graph.ts';
import { answerQuestion } from '#electron/evaluate/question.ts';
import type { Question, QuestionAnswer } from '#electron/evaluate/platform.ts';
import type { GraphView, Resource } from '#shared/model/resource.ts';

export type Manifest = Readonly<Record<string, unknown>>;
type Labels = Readonly<Record<string, string>>;
const object = (apiVersion: string, kind: string, name: string, namespace: string | undefined, more: Manifest, labels?: Labels, annotations?: Labels): Manifest =>
  ({ apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }), ...(labels && { labels }), ...(annotations && { annotations }) }, ...more });

export const namespace = (name: string, labels: Labels = { ns: name }): Manifest => object('v1', 'Namespace', name, undefined, {}, labels);
export const pod = (id: string, labels: Labels = { pod: id.split('/')[1]! }, spec: Manifest = {}, status?: Manifest): Manifest =>
  object('v1', 'Pod', id.split('/')[1]!, id.split('/')[0], { spec: { containers: [{ name: 'c', image: 'busybox', ports: [{ name: 'serve-80', containerPort: 80 }, { name: 'serve-81', containerPort: 81, protocol: 'UDP' }] }], ...spec }, ...(status && { status }) }, labels);
export const deployment = (id: string, labels: Labels, spec: Manifest = {}, template: Manifest = {}): Manifest =>
  object('apps/v1', 'Deployment', id.split('/')[1]!, id.split('/')[0], { spec: { selector: { matchLabels: labels }, template: { metadata: { labels, ...template }, spec: { containers: [{ name: 'c', image: 'nginx', ports: [{ name: 'web', containerPort: 8080 }] }], ...spec } } } }, labels);
export const policy = (id: string, spec: Manifest): Manifest => object('networking.k8s.io/v1', 'NetworkPolicy', id.split('/')[1]!, id.split('/')[0], { spec });
export const service = (id: string, selector: Labels, spec: Manifest = {}, annotations?: Labels, more: Manifest = {}): Manifest =>
  object('v1', 'Service', id.split('/')[1]!, id.split('/')[0], { spec: { selector, ports: [{ port: 80, targetPort: 8080 }], ...spec }, ...more }, undefined, annotations);
export const node = (name: string, addresses: readonly Manifest[], more: Manifest = {}): Manifest => object('v1', 'Node', name, undefined, { spec: more, status: { addresses } });
export const serviceAccount = (id: string, annotations?: Labels): Manifest => object('v1', 'ServiceAccount', id.split('/')[1]!, id.split('/')[0], {}, undefined, annotations);
export const role = (id: string, rules: readonly Manifest[], labels?: Labels): Manifest => id.includes('/')
  ? object('rbac.authorization.k8s.io/v1', 'Role', id.split('/')[1]!, id.split('/')[0], { rules }, labels) : object('rbac.authorization.k8s.io/v1', 'ClusterRole', id, undefined, { rules }, labels);
export const binding = (id: string, roleKind: 'Role' | 'ClusterRole', roleName: string, ...subjects: readonly Manifest[]): Manifest => id.includes('/')
  ? object('rbac.authorization.k8s.io/v1', 'RoleBinding', id.split('/')[1]!, id.split('/')[0], { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: roleKind, name: roleName }, subjects })
  : object('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', id, undefined, { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: roleKind, name: roleName }, subjects });
export const account = (id: string): Manifest => ({ kind: 'ServiceAccount', name: id.split('/')[1], namespace: id.split('/')[0] });
export { object };

export function recordsOf(manifests: readonly Manifest[], more: readonly Resource[] = []): readonly GraphRecord[] {
  const read = manifests.map((manifest, record): GraphRecord => {
    const parsed = kubernetes.parse(manifest, { parents: [], from: '', path: 'x', index: record });
    if (!parsed.ok) throw new Error(parsed.error);
    return { resources: parsed.value.resources ?? [], edges: parsed.value.edges ?? [], file: 'x', record };
  });
  return [...read, ...more.map((r, i) => ({ resources: [r], edges: [], file: 'y', record: i }))];
}
export const clusterOf = (manifests: readonly Manifest[], more: readonly Resource[] = []): GraphView => memoryGraph(recordsOf(manifests, more));

const noKnowledge = { primitives: [], managedPolicies: new Map() };
export function ask(manifests: readonly Manifest[], question: Question, more: readonly Resource[] = []): QuestionAnswer {
  const records = recordsOf(manifests, more);
  const graph = memoryGraph(records);
  const urns = new Set(records.flatMap((r) => r.resources.map((x) => x.urn)));
  const result = answerQuestion(graph, question, {
    knowledge: noKnowledge, accounts: new Set(),
    derived: () => memoryGraph(records, [...deriveEdges(graph, urns, derivations(noKnowledge), () => [])].flatMap((g) => g.edges)),
    blast: { isProduction: () => true, isSensitive: (r) => r.kind === 'secret_key', isCrownJewel: () => false, tierOf: () => 'none' },
  });
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

/** An answer with all that explains it, in one line; an unknown without anything missing, or a yes or no without a reason, says so. */
export function explain(answer: QuestionAnswer): string {
  const gap = answer.answer === 'unknown' ? answer.missing.length === 0 : answer.reasons.length === 0;
  return `${answer.answer} ${answer.blocked_by ?? ''} ${gap ? 'UNEXPLAINED' : ''} ${answer.via ?? ''} ${answer.reasons.map((r) => r.text).join('; ')} ${answer.missing.map((m) => `missing ${m.what}`).join('; ')}`;
}
/** The pattern that such a line must match. */
export const explained = (answer: string, by: RegExp = /./): RegExp => new RegExp(`^${answer} (?!.*UNEXPLAINED).*(?:${by.source})`);
