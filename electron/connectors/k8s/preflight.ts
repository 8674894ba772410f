import { at, str } from '#shared/lib/json.ts';
import type { PreflightRow } from '../connector.ts';
import { isOnlyThisCall } from '../pace/failure.ts';
import type { KubeApi } from './api.ts';
import { callOf, k8sKinds, type K8sKind } from './kinds.ts';

const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

/**
 * Asks the cluster what it would allow, one row a kind (and namespace, where only some are pulled). A SelfSubjectAccessReview is created for that, which the
 * server answers and does not store (Kubernetes documentation, "Checking API access").
 */
export async function* k8sPreflight(api: KubeApi, namespaces: readonly string[]): AsyncGenerator<PreflightRow> {
  const asked = k8sKinds.flatMap((kind): readonly { readonly kind: K8sKind; readonly namespace: string | undefined }[] =>
    (kind.isNamespaced && namespaces.length > 0 ? namespaces.map((namespace) => ({ kind, namespace })) : [{ kind, namespace: undefined }]));
  const rows = asked.map(({ kind, namespace }) => askOne(api, kind, namespace));
  // One that fails late must not be an unhandled rejection while an earlier one is waited for.
  for (const row of rows) row.catch(() => undefined);
  for (const row of rows) yield await row;
}

async function askOne(api: KubeApi, kind: K8sKind, namespace: string | undefined): Promise<PreflightRow> {
  const call = callOf(kind), permission = `${call}${namespace === undefined ? '' : ` in ${namespace}`}`;
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes: { verb: 'list', group: kind.group, resource: kind.resource, ...(namespace !== undefined && { namespace }) } } };
  try {
    const answer = await api.review(REVIEWS, body);
    const isAllowed = at(answer, 'status', 'allowed') === true, error = str(answer, 'status', 'evaluationError');
    if (isAllowed) return { call, permission, state: 'allowed', says: `allowed ${permission}` };
    if (error !== undefined) return { call, permission, state: 'unknown', says: `can't tell whether ${permission} is allowed: ${error.slice(0, 200)}` };
    return { call, permission, state: 'denied', says: `denied ${permission}: ${kind.evidence} will be unknown` };
  } catch (error) {
    if (!isOnlyThisCall(error)) throw error;
    return { call, permission, state: 'unknown', says: `can't tell whether ${permission} is allowed: ${error.says}` };
  }
}
