import { str } from '#shared/lib/json.ts';
import { k8sUrn } from '#shared/model/k8s.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Answer, Missing, Reason, Verdict } from '#shared/model/verdict.ts';
import { apiServerFlags, apiServerReach, cloudClusterOf, versionOf } from './api-server.ts';

export const anonymousUser = 'system:anonymous', anonymousGroup = 'system:unauthenticated';
/** What a binding's subject is called that stands for whoever shows no credentials. */
export const isAnyone = (name: string): boolean => name === anonymousUser || name === anonymousGroup;

/** Whom bindings name that stands for anyone, where one does: the user, who is of the group, before the group. */
export const anyoneIn = (graph: GraphView, cluster: string | undefined): StoredResource | undefined =>
  graph.resource(k8sUrn({ cluster: cluster ?? '', kind: 'User', name: anonymousUser })) ?? graph.resource(k8sUrn({ cluster: cluster ?? '', kind: 'Group', name: anonymousGroup }));

/** Does the API server take requests without credentials? */
export interface Anonymous { readonly answer: Answer; readonly assumed: readonly string[]; readonly missing: readonly Missing[]; readonly reasons: readonly Reason[]; /** Only for these. */ readonly urls?: readonly string[] }

const said = (answer: Answer, source: StoredResource, pointer: string, text: string, more: Partial<Anonymous> = {}): Anonymous => ({ answer, assumed: [], missing: [], reasons: [{ rule: 'K8S.anonymous', source: source.urn, pointer, text }], ...more });
const untold = (at: StoredResource, text: string): Anonymous => said('unknown', at, '', text, { missing: [{ what: 'whether the API server takes requests without credentials', entity: at.urn, supply: 'who runs the cluster' }] });
const health: readonly string[] = ['/healthz', '/livez', '/readyz'];

/**
 * Requests without credentials are taken by default, as `system:anonymous` of `system:unauthenticated` (Kubernetes documentation, "Authenticating", anonymous requests): by everyone who reaches
 * the API server, whatever else they hold. `--anonymous-auth=false` refuses them, an authentication configuration may take them for some URLs only, as EKS does from 1.32 on (EKS User Guide, "Review release
 * notes for Kubernetes versions") and GKE where it is told to. K3s and RKE2 refuse them unless told otherwise, and of AKS no record tells: those are open.
 */
export function anonymousRequests(graph: GraphView, cluster: string | undefined): Anonymous {
  const server = apiServerFlags(graph, cluster);
  if (server) return byFlags(server.pod, server.flags);
  const record = cloudClusterOf(graph, cluster), version = versionOf(graph, cluster), limited = str(record?.config, 'anonymousAuthenticationConfig', 'mode');
  if (record && limited === 'LIMITED') return said('no', record, '/anonymousAuthenticationConfig/mode', 'the cluster takes requests without credentials only for its health', { urls: health });
  if (record && limited === 'ENABLED') return said('yes', record, '/anonymousAuthenticationConfig/mode', 'the cluster takes requests without credentials');
  if (version?.by === 'eks' && version.minor >= 32) return said('no', version.at, version.pointer, `EKS takes requests without credentials only for its health from 1.32 on (this is 1.${version.minor})`, { urls: health });
  if (version?.by === 'aks' || version?.by === 'k3s') return untold(version.at, version.by === 'aks' ? 'AKS sets what its API server takes' : 'K3s and RKE2 refuse requests without credentials unless told otherwise');
  return { answer: 'yes', assumed: ['anonymous_auth'], missing: [], reasons: [] };
}

function byFlags(pod: StoredResource, flags: readonly string[]): Anonymous {
  const value = flags.findLast((f) => /^--anonymous-auth(=|$)/.test(f));
  if (value !== undefined && /=(false|f|0)$/i.test(value)) return said('no', pod, '/spec/containers', `the API server runs with ${value}`);
  if (flags.some((f) => f.startsWith('--authentication-config'))) return untold(pod, 'an authentication configuration says which requests without credentials are taken');
  return said('yes', pod, '/spec/containers', 'the API server takes requests without credentials');
}

/** Who outside holds what anyone who reaches the API server holds: a cluster that no cloud's record tells of is taken to be reached. */
export function heldFromOutside(graph: GraphView, cluster: string | undefined, who: Anonymous, text: string, at: { readonly source: string; readonly pointer: string }): Verdict {
  const reach = apiServerReach(graph, cluster), own: Reason = { rule: 'K8S.identity', ...at, text };
  if (who.answer === 'no' || reach?.answer === 'no') return { answer: 'no', assumed: [], missing: [], reasons: who.answer === 'no' ? [...who.reasons] : [{ ...own, text: 'the API server is not reached from the internet' }, ...reach?.reasons ?? []] };
  const missing = [...who.missing, ...reach?.missing ?? []];
  if (who.answer === 'unknown' || reach?.answer === 'unknown') return { answer: 'unknown', assumed: [], missing, reasons: [own, ...who.reasons] };
  return { answer: 'yes', assumed: [...who.assumed, ...(reach ? reach.assumed : ['api_server_reach'])], missing: [], reasons: [own, ...who.reasons, ...reach?.reasons ?? []] };
}
