import { list, str } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { IdentityAccess } from '#shared/model/verdict.ts';
import { k8sEscalations } from './escalations.ts';
import { escalationsSaid, externalOf, k8sTier } from './identity.ts';
import { grantOf, lostRoles, type Requester } from './rbac-grants.ts';

const bindingTypes = ['K8s::ClusterRoleBinding', 'K8s::RoleBinding'] as const;
/** Scanners also report a role or a binding instead of who holds it. */
export const isRoleOrBinding = (resource: StoredResource): boolean => /^K8s::(Cluster)?Role(Binding)?$/.test(resource.type);

/** What a binding gives its subjects, or a role whoever is bound to it: a role that nobody is bound to gives nothing (Kubernetes documentation, "Using RBAC Authorization"). */
export function evaluateRoleOrBinding(graph: GraphView, resource: StoredResource): IdentityAccess {
  const bindings = resource.type.endsWith('Binding') ? [resource] : bindingTypes.flatMap((type) => graph.ofType(type, { account: resource.account })).filter((binding) => grantOf(graph, binding).role?.urn === resource.urn);
  const grants = bindings.map((binding) => grantOf(graph, binding)), escalations = k8sEscalations(graph, resource.account, grants);
  const subjects = bindings.flatMap((b) => list(b.config, 'subjects').flatMap((s) => str(s, 'name') ?? []));
  const place = { source: resource.urn, pointer: resource.type.endsWith('Binding') ? '/subjects' : '' };
  const external = externalOf(graph, resource.account, subjects, place, subjects.length === 0 ? 'nobody is bound to it' : `held by ${[...new Set(subjects)].slice(0, 5).join(', ')}, with credentials of their own`);
  const nobody: Requester = { cluster: resource.account, user: undefined, groups: subjects.includes('system:masters') ? ['system:masters'] : [], resource, label: resource.name ?? resource.urn };
  return {
    external, external_principals: external.answer === 'yes' ? ['everyone'] : [],
    tier: k8sTier(nobody, grants, escalations), escalations: escalationsSaid(escalations, resource.account),
    mitigated: { answer: 'no', assumed: [], missing: [], reasons: [{ rule: 'K8S.identity', ...place, text: 'RBAC only adds permissions' }] }, missing: lostRoles(grants),
  };
}
