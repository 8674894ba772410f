import type { GraphView } from '#shared/model/resource.ts';
import type { IdentityAccess, Missing, Verdict } from '#shared/model/verdict.ts';
import { anonymousRequests, heldFromOutside, isAnyone } from './anonymous.ts';
import { versionOf } from './api-server.ts';
import { k8sEscalations } from './escalations.ts';
import { givesCluster } from './gains.ts';
import type { K8sEscalation } from './primitives.ts';
import { holderOf, isMaster, lostRoles, type Grant, type Holder, type Requester } from './rbac-grants.ts';
import { possibleGrants, whetherOf } from './untold-groups.ts';

/** What permissions make of someone. Rights to certain names alone are no more than a way further. */
export function k8sTier(requester: Requester, grants: readonly Grant[], escalations: readonly K8sEscalation[]): IdentityAccess['tier'] {
  // Whether a pod runs to get into says nothing of the permission.
  if (isMaster(requester) || escalations.some((e) => givesCluster(e).answer !== 'no' && (e.open === undefined || e.gain === 'pods'))) return 'tier0';
  if (escalations.some((e) => !e.isIdle)) return 'tier1';
  return grants.some((g) => g.rules === undefined) ? 'unknown' : 'none';
}

/** The ways up as an identity's record has them. */
export const escalationsSaid = (escalations: readonly K8sEscalation[], cluster: string | undefined): IdentityAccess['escalations'] => escalations.filter((e) => !e.isIdle).map((e) => ({ id: e.id, target: e.namespace ?? cluster ?? 'cluster', conditional: e.open !== undefined }));

/** A service account, user or group of a cluster: its tier and ways up, which a user's groups may add to. Who may use it is not evaluated: its credentials are, by pods and tokens; anyone comes as some. */
export function evaluateK8sIdentity(graph: GraphView, urn: string): IdentityAccess {
  const holder = holderOf(graph, urn), { requester, grants, missing } = holder;
  if (!requester || missing.length > 0) { const open: Verdict = { answer: 'unknown', assumed: [], missing, reasons: [] }; return { external: open, external_principals: [], tier: 'unknown', escalations: [], mitigated: open, missing }; }
  const escalations = k8sEscalations(graph, requester.cluster, grants), own = k8sTier(requester, grants, escalations), groups = own === 'tier0' ? [] : groupsThatAdd(graph, holder);
  const external = externalOf(graph, requester.cluster, [requester.user ?? requester.groups[0] ?? ''], { source: requester.resource?.urn ?? urn, pointer: '' }, 'only with a token or certificate of its own');
  return {
    external, external_principals: external.answer === 'yes' ? ['everyone'] : [],
    tier: groups.length > 0 ? 'unknown' : own, escalations: escalationsSaid(escalations, requester.cluster),
    mitigated: { answer: 'no', assumed: [], missing: [], reasons: [{ rule: 'K8S.identity', source: requester.resource?.urn ?? urn, pointer: '', text: 'RBAC only adds permissions' }] }, missing: [...lostRoles(grants), ...groups],
  };
}

/** The groups that a user may be of and that would give it ways up which it has not got, or that can't be told. */
export function groupsThatAdd(graph: GraphView, { requester, grants }: Holder): readonly Missing[] {
  if (!requester) return [];
  const key = (e: K8sEscalation): string => JSON.stringify([e.id, e.namespace, e.names]), has = new Set(k8sEscalations(graph, requester.cluster, grants).map(key));
  return possibleGrants(graph, requester).filter(({ isMasters, more }) => isMasters || more.some((g) => g.rules === undefined) || k8sEscalations(graph, requester.cluster, [...grants, ...more]).some((e) => !e.isIdle && !has.has(key(e)))).map(({ group }) => whetherOf(requester, group));
}

/** Can somebody outside come as one of these, by showing no credentials, or on GKE by those of any account with Google? */
export function externalOf(graph: GraphView, cluster: string | undefined, names: readonly string[], at: { readonly source: string; readonly pointer: string }, otherwise: string): Verdict {
  if (names.some(isAnyone)) return heldFromOutside(graph, cluster, anonymousRequests(graph, cluster), 'requests without credentials come as it', at);
  if (names.includes('system:authenticated') && versionOf(graph, cluster)?.by === 'gke') return heldFromOutside(graph, cluster, { answer: 'yes', assumed: [], missing: [], reasons: [] }, 'on GKE every account with Google is of it', at);
  return { answer: 'no', assumed: [], missing: [], reasons: [{ rule: 'K8S.identity', ...at, text: otherwise }] };
}
