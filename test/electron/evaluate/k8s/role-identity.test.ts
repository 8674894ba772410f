import { expect, test } from 'vitest';
import { evaluateRoleOrBinding, isRoleOrBinding } from '#electron/evaluate/k8s/role-identity.ts';
import type { IdentityAccess } from '#shared/model/verdict.ts';
import { account, binding, clusterOf, role, type Manifest } from './cluster.ts';

const admin = role('admin', [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]), reader = role('reader', [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]), secrets = role('shop/secrets', [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }]);
function of(label: string, ...manifests: readonly Manifest[]): IdentityAccess {
  const graph = clusterOf(manifests), resource = graph.resource(label);
  if (!resource || !isRoleOrBinding(resource)) throw new Error(`${label} is neither role nor binding`);
  return evaluateRoleOrBinding(graph, resource);
}
const web = account('shop/web'), anyone: Manifest = { kind: 'Group', name: 'system:unauthenticated' };

test.each<[string, string, readonly Manifest[], IdentityAccess['tier'], number]>([
  ['a binding to a role of everything', 'b[ClusterRoleBinding]', [admin, binding('b', 'ClusterRole', 'admin', web)], 'tier0', 1], ['a binding to a role that reads pods', 'b[ClusterRoleBinding]', [reader, binding('b', 'ClusterRole', 'reader', web)], 'none', 0],
  ['a role that somebody is bound to', 'admin[ClusterRole]', [admin, binding('b', 'ClusterRole', 'admin', web)], 'tier0', 1], ['the same role when nobody is bound to it', 'admin[ClusterRole]', [admin, reader, binding('b', 'ClusterRole', 'reader', web)], 'none', 0],
  ['a role in a namespace', 'shop/secrets[Role]', [secrets, binding('shop/b', 'Role', 'secrets', web)], 'tier1', 1], ['a binding to a role that is not in the snapshot', 'b[ClusterRoleBinding]', [binding('b', 'ClusterRole', 'own', web)], 'unknown', 0],
])('%s', (_name, label, manifests, tier, least) => {
  const found = of(label, ...manifests);
  expect({ tier: found.tier, escalates: found.escalations.length >= least && (least > 0 || found.escalations.length === 0) }).toEqual({ tier, escalates: true });
  expect(found.missing.length > 0).toBe(tier === 'unknown');
});

test('a binding of everyone is held from outside, one of an account is not', () => {
  expect(of('b[ClusterRoleBinding]', reader, binding('b', 'ClusterRole', 'reader', anyone)).external).toMatchObject({ answer: 'yes' });
  expect(of('b[ClusterRoleBinding]', reader, binding('b', 'ClusterRole', 'reader', web)).external).toMatchObject({ answer: 'no', reasons: [{ text: expect.stringContaining('web') }] });
});
