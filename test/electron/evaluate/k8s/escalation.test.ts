import { describe, expect, it } from 'vitest';
import { kubernetes } from '#electron/evaluate/k8s/questions.ts';
import type { QuestionContext } from '#electron/evaluate/platform.ts';
import { resolvePointer } from '#shared/lib/json.ts';
import { account, binding, clusterOf, namespace, node, pod, role, serviceAccount, type Manifest } from './cluster.ts';

const workload = (name: string, securityContext: Manifest, more: Manifest = {}): Manifest => pod(name, undefined, { serviceAccountName: 'app', containers: [{ name: 'c', image: 'i', securityContext }], ...more });
const graph = (...more: readonly Manifest[]) => clusterOf([namespace('shop'), serviceAccount('shop/app'), serviceAccount('shop/admin'), node('n1', []), node('n2', []), role('shop/none', []), binding('shop/none', 'Role', 'none', account('shop/admin')), ...more]);
function ask(question: 'escalation' | 'can_assume' | 'effective_permission', drafts: ReturnType<typeof graph>, subject: string, object?: string, action?: string) {
  const context: QuestionContext = { get knowledge(): never { throw new Error('not asked'); }, accounts: new Set(), derived: () => drafts, blast: { isProduction: () => false, isSensitive: () => false, isCrownJewel: () => false, tierOf: () => 'none' } };
  const found = kubernetes[question](drafts, { question, subject, object, action }, context);
  if (!found.ok) throw new Error(found.error);
  return found.value;
}
const privileged = workload('shop/db', { privileged: true }, { nodeName: 'n1' }), plain = workload('shop/db', { privileged: false }, { nodeName: 'n1' });

describe('the escalation of a workload', () => {
  it('goes over its container where that lets it out, whatever its permissions', () => {
    const g = graph(privileged), found = ask('escalation', g, 'shop/db[Pod]');
    expect(found).toMatchObject({ answer: 'yes', via: 'CE_PRIV_MOUNT: container c is privileged', reasons: [{ rule: 'K8S.escape' }] });
    expect(resolvePointer(g.resource(found.reasons[0]?.source ?? '')?.config, found.reasons[0]?.pointer ?? '')).toEqual({ ok: true, value: true });
    expect(ask('escalation', graph(plain), 'shop/db[Pod]')).toMatchObject({ answer: 'no', blocked_by: 'NO_PRIMITIVE' });
  });
  it('reaches its own node, and leaves open what else runs there', () => {
    const g = graph(privileged);
    expect(ask('escalation', g, 'shop/db[Pod]', 'n1[Node]').answer).toBe('yes');
    expect(ask('escalation', g, 'shop/db[Pod]', 'n2[Node]')).toMatchObject({ answer: 'unknown', missing: [{}] });
    expect(ask('escalation', g, 'shop/db[Pod]', 'shop/admin[ServiceAccount]')).toMatchObject({ answer: 'unknown', missing: [{}] });
    expect(ask('escalation', graph(plain), 'shop/db[Pod]', 'n1[Node]')).toMatchObject({ answer: 'no' });
  });
});

describe('acting as a service account', () => {
  it('is what a workload does that runs as it', () => {
    expect(ask('can_assume', graph(plain), 'shop/db[Pod]', 'shop/app[ServiceAccount]')).toMatchObject({ answer: 'yes', via: 'RUNS_AS' });
    expect(ask('can_assume', graph(plain), 'shop/db[Pod]', 'shop/admin[ServiceAccount]')).toMatchObject({ answer: 'no' });
  });
});

describe('a permission', () => {
  it('may be asked as a verb, with the resource as the object', () => {
    const reader = graph(role('shop/r', [{ verbs: ['get'], resources: ['secrets'], apiGroups: [''] }]), binding('shop/b', 'Role', 'r', account('shop/app')));
    expect(ask('effective_permission', reader, 'shop/app[ServiceAccount]', 'secrets', 'get')).toMatchObject({ answer: 'yes' });
    expect(ask('effective_permission', reader, 'shop/app[ServiceAccount]', 'secrets', 'list')).toMatchObject({ answer: 'no' });
  });
});
