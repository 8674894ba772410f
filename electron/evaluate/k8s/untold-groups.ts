import type { GraphView } from '#shared/model/resource.ts';
import type { Missing, Verdict } from '#shared/model/verdict.ts';
import { versionOf } from './api-server.ts';
import { grantsOf, type Grant, type Holder, type Requester } from './rbac-grants.ts';
import { groupsBound } from './rbac-index.ts';
import { recordedGroups } from './recorded-groups.ts';

/** Groups whose members Kubernetes itself makes, so that no certificate or sign-in is needed to know them; those of bootstrap tokens are no persons' (Kubernetes documentation, "Authenticating with Bootstrap Tokens"). */
const isBuiltIn = (name: string, user: string): boolean => /^system:(masters|monitoring|nodes|authenticated|unauthenticated|serviceaccounts(:.+)?|bootstrappers)$/.test(name) || (name.startsWith('system:bootstrappers:') && !user.startsWith('system:bootstrap:'));
/** Users that installers put into `system:masters` (kubeadm, k3s and OpenShift, kops, minikube, AKS), by their certificates. */
const installers: ReadonlySet<string> = new Set(['kubernetes-admin', 'kubernetes-super-admin', 'kube-apiserver-kubelet-client', 'system:admin', 'kubecfg', 'minikube-user', 'masterclient']);
const masters = 'system:masters';
/** Groups of administrators that installers bind and make the certificates of: kubeadm, and OpenShift, whose other members its own objects of groups would tell. */
const adminsOf = (graph: GraphView, { cluster, user }: Requester): readonly string[] => (installers.has(user ?? '') ? [] : ['kubeadm:cluster-admins', ...(recordedGroups(graph, cluster, user).length > 0 ? ['system:cluster-admins'] : [])]);

/** Is it a user whose groups a certificate or sign-in tells? Names that begin with `system:` are Kubernetes' own (Kubernetes documentation, "Using RBAC Authorization", referring to subjects); a bootstrap token says its further groups. */
const isPerson = ({ user, label }: Requester): boolean => user !== undefined && label.endsWith('[User]') && (!user.startsWith('system:') || user.startsWith('system:bootstrap:') || installers.has(user));

/** Groups that a user may be of: those that bindings name, and those asked about, as far as nothing tells their members. @param asked names of groups that the question is about. */
export function untoldGroups(graph: GraphView, requester: Requester, asked: readonly string[] = []): readonly string[] {
  if (!isPerson(requester)) return [];
  const known = new Set([...requester.groups, ...recordedGroups(graph, requester.cluster, requester.user).map((g) => g.name)]);
  const admins = adminsOf(graph, requester), possible = [...groupsBound(graph, requester.cluster).filter((name) => !admins.includes(name)), ...asked].filter((name) => !isBuiltIn(name, requester.user ?? '') && !known.has(name));
  return [...(installers.has(requester.user ?? '') && !requester.groups.includes(masters) ? [masters] : []), ...new Set(possible)];
}

const inGroups = (requester: Requester, groups: readonly string[]): Requester => ({ ...requester, groups: [...groups, ...requester.groups], resource: undefined, label: `${requester.label} of ${groups.join(', ')}` });
export const whetherOf = ({ label, resource }: Requester, group: string): Missing => ({ what: `whether ${label} is of the group ${group}`, entity: resource?.urn ?? label, supply: 'who issues its certificate or signs it in' });

/** What each group that a user may be of would give it. */
export const possibleGrants = (graph: GraphView, requester: Requester): readonly { readonly group: string; readonly isMasters: boolean; readonly more: readonly Grant[] }[] =>
  untoldGroups(graph, requester).map((group) => ({ group, isMasters: group === masters, more: grantsOf(graph, { ...requester, user: undefined, groups: [group] }) }));

/** More groups than these are not looked at one by one. */
const mostGroups = 50;

/** GKE asks IAM where no role binding allows a request (GKE documentation, "Authorize actions in clusters using role-based access control"). */
const byIam = ({ label, resource }: Requester): Verdict => ({
  answer: 'unknown', blocked_by: 'CLOUD_IAM', assumed: [], missing: [{ what: `what IAM lets ${label} do in the cluster`, entity: resource?.urn ?? label, supply: 'gcloud projects get-iam-policy of the cluster’s project and those above it' }],
  reasons: [{ rule: 'K8S.iam', source: resource?.urn ?? label, pointer: '', text: 'no role binding allows it, and on GKE IAM may' }],
});

/**
 * A "no" about a user holds only if none of the groups that it may be of changes it; where one does, the answer is open. That it is not of `system:masters` or
 * another group of administrators that the installer made is taken to be so, as administrators alone issue such certificates; so is, of EKS and AKS, that their own
 * authorizers (access policies, Azure RBAC), which no object of the cluster tells of, let it do no more.
 * @param ask answers as if it were of more groups.
 */
export function unlessGrouped(graph: GraphView, { requester, missing }: Holder, sure: Verdict, ask: (holder: Holder) => Verdict, asked?: readonly string[]): Verdict {
  if (!requester || sure.answer !== 'no') return sure;
  const by = versionOf(graph, requester.cluster)?.by;
  if (by === 'gke' && /@[^/]+\[(User|Group)\]$/.test(requester.label)) return byIam(requester);
  if (!isPerson(requester)) return sure;
  const groups = untoldGroups(graph, requester, asked), bound = groupsBound(graph, requester.cluster);
  const none: Verdict = { ...sure, assumed: [...sure.assumed, 'not_of_system_masters', ...(by === 'eks' || by === 'aks' ? ['no_cloud_authorizer'] : []), ...adminsOf(graph, requester).filter((name) => bound.includes(name)).map((name) => `not_of_${name.replaceAll(/[:-]/g, '_')}`)] };
  const answerIn = (some: readonly string[]): Verdict => { const more = inGroups(requester, some); return ask({ requester: more, grants: grantsOf(graph, more), missing }); };
  if (groups.length === 0 || answerIn(groups).answer === 'no') return none;
  const alone = groups.slice(0, mostGroups).filter((group) => answerIn([group]).answer !== 'no'), lacks = (alone.length > 0 ? alone : groups).slice(0, 5).map((group) => whetherOf(requester, group));
  return { answer: 'unknown', blocked_by: 'GROUPS', assumed: [], missing: lacks, reasons: [{ rule: 'K8S.groups', source: requester.resource?.urn ?? requester.label, pointer: '', text: `no object tells the groups of ${requester.label}` }] };
}
