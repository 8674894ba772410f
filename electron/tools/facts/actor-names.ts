import { serviceAccountUser } from '#shared/model/k8s.ts';
import type { StoredResource } from '#shared/model/resource.ts';

/** The user name of a service account of Kubernetes, from its id in the graph. */
function serviceAccount(name: string): readonly string[] {
  const m = /^k8s:[^/]+\/([^/]+)\/serviceaccount\/([^/]+)$/.exec(name);
  return m ? [serviceAccountUser(m[1] ?? '', m[2] ?? '')] : [];
}

/**
 * The names under which an identity stands in logs: as it is reported and, where the graph knows it, those of the directory. Of AWS only its own, as a bare
 * name may be somebody else's in another account.
 */
export function actorNames(entity: string, resource: StoredResource | undefined, others: readonly string[] = []): readonly string[] {
  const known = resource !== undefined && /^Microsoft\.Graph\/|googleapis\.com\/|^K8s::/.test(resource.type) ? [resource.urn, ...resource.aliases] : [];
  const names = [entity, ...others, ...known].flatMap((name) => [name, ...serviceAccount(name), ...(name.includes('@') ? [name.toLowerCase(), name.replace(/^(user|serviceAccount):/, '').toLowerCase()] : []), .../\/serviceAccounts\/([^/]+)$/.exec(name)?.slice(1) ?? []]);
  return [...new Set(names)];
}
