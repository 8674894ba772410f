import type { GraphView } from '#shared/model/resource.ts';
import type { IdentityAccess, Verdict } from '#shared/model/verdict.ts';
import { k8sEscalations } from './escalations.ts';
import { givesCluster } from './gains.ts';
import type { K8sEscalation } from './primitives.ts';
import { holderOf, isMaster, lostRoles, type Grant, type Requester } from './rbac-grants.ts';

/** What permissions make of someone. Rights to certain names alone are no more than a way further. */
export function k8sTier(requester: Requester, grants: readonly Grant[], escalations: readonly K8sEscalation[]): IdentityAccess['tier'] {
  // Whether a pod runs to get into says nothing of the permission.
  if (isMaster(requester) || escalations.some((e) => givesCluster(e).answer !== 'no' && (e.open === undefined || e.gain === 'pods'))) return 'tier0';
  if (escalations.some((e) => !e.isIdle)) return 'tier1';
  return grants.some((g) => g.rules === undefined) ? 'unknown' : 'none';
}

/** The ways up as an identity's record has them. */
export const escalationsSaid = (escalations: readonly K8sEscalation[], cluster: string | undefined): IdentityAccess['escalations'] => escalations.filter((e) => !e.isIdle).map((e) => ({ id: e.id, target: e.namespace ?? cluster ?? 'cluster', conditional: e.open !== undefined }));

/** A service account, user or group of a cluster: its tier and ways up. Who may use it is not evaluated: its credentials are, by pods and tokens. */
export function evaluateK8sIdentity(graph: GraphView, urn: string): IdentityAccess {
  const { requester, grants, missing } = holderOf(graph, urn);
  if (!requester || missing.length > 0) { const open: Verdict = { answer: 'unknown', assumed: [], missing, reasons: [] }; return { external: open, external_principals: [], tier: 'unknown', escalations: [], mitigated: open, missing }; }
  const escalations = k8sEscalations(graph, requester.cluster, grants);
  const anonymous = requester.groups.includes('system:unauthenticated');
  const reason = (text: string, pointer = '') => [{ rule: 'K8S.identity', source: requester.resource?.urn ?? urn, pointer, text }];
  return {
    external: { answer: anonymous ? 'yes' : 'no', assumed: [], missing: [], reasons: reason(anonymous ? 'requests without credentials come as it' : 'only with a token or certificate of its own') }, external_principals: anonymous ? ['everyone'] : [],
    tier: k8sTier(requester, grants, escalations), escalations: escalationsSaid(escalations, requester.cluster),
    mitigated: { answer: 'no', assumed: [], missing: [], reasons: reason('RBAC only adds permissions') }, missing: lostRoles(grants),
  };
}
