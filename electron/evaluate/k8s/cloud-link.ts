import { at, isObject, list, str } from '#shared/lib/json.ts';
import { gcpTypes } from '#shared/model/gcp.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Answer } from '#shared/model/verdict.ts';
import { bindingsOf } from '../gcp/bindings.ts';
import { directoryOf } from '../gcp/directory.ts';
import { parseNetwork } from '../network/cidr.ts';
import { directionDecision } from './connection.ts';
import { namespaceOf } from './grouped.ts';
import type { Workload } from './workload.ts';

/** An identity of a cloud that a service account or pod may take. `conditional`: the cloud's own side is not in the snapshot. */
export interface CloudLink { readonly target: string; readonly conditional: boolean; readonly why: string; readonly cost: number; /** Where it is said. */ readonly source: string; readonly pointer: string }

/** Identities by annotation of the service account: IAM roles for service accounts, GKE and Azure workload identity; and EKS Pod Identity associations. */
export function cloudLinks(graph: GraphView, account: StoredResource): readonly CloudLink[] {
  const note = (name: string): string | undefined => str(account.config, 'metadata', 'annotations', name);
  const role = note('eks.amazonaws.com/role-arn'), google = note('iam.gke.io/gcp-service-account'), azure = note('azure.workload.identity/client-id');
  const links: CloudLink[] = [];
  const noted = (name: string): Pick<CloudLink, 'source' | 'pointer'> => ({ source: account.urn, pointer: `/metadata/annotations/${name.replaceAll('/', '~1')}` });
  if (role !== undefined) {
    const trust = trustsAccount(graph, role, account);
    if (trust !== 'no') links.push({ target: role, conditional: trust === 'unknown', why: 'IRSA: eks.amazonaws.com/role-arn', cost: 1, ...noted('eks.amazonaws.com/role-arn') });
  }
  if (google !== undefined) links.push({ target: google, conditional: !letsWorkloadIn(graph, google, account), why: 'GKE workload identity: iam.gke.io/gcp-service-account', cost: 1, ...noted('iam.gke.io/gcp-service-account') });
  if (azure !== undefined) links.push({ target: azure, conditional: !isFederated(graph, azure, account), why: 'Azure workload identity: azure.workload.identity/client-id', cost: 1, ...noted('azure.workload.identity/client-id') });
  for (const association of graph.ofType('AWS::EKS::PodIdentityAssociation')) {
    const target = str(association.config, 'RoleArn') ?? str(association.config, 'roleArn');
    if (target !== undefined && (str(association.config, 'Namespace') ?? str(association.config, 'namespace')) === namespaceOf(account) && (str(association.config, 'ServiceAccount') ?? str(association.config, 'serviceAccount')) === account.name) links.push({ target, conditional: false, why: 'EKS Pod Identity association', cost: 1, source: association.urn, pointer: '' });
  }
  return links;
}

const tokenRoles = ['roles/iam.workloadIdentityUser', 'roles/iam.serviceAccountTokenCreator', 'roles/owner'];
/** Does the policy of Google's service account say that this account of a cluster, its namespace or all of its pool gets it? The pool's name holds the project, not the cluster. */
export function letsWorkloadIn(graph: GraphView, email: string, account: StoredResource): boolean {
  const found = graph.resource(email), namespace = namespaceOf(account) ?? 'default', name = account.name ?? '';
  const fits = (member: string): boolean => member.endsWith(`.svc.id.goog[${namespace}/${name}]`) || member.endsWith(`.svc.id.goog/subject/ns/${namespace}/sa/${name}`) || member.endsWith(`.svc.id.goog/namespace/${namespace}`);
  return found !== undefined && directoryOf(graph).policies(found.urn).flatMap(bindingsOf).some((b) => b.condition === undefined && tokenRoles.includes(b.role) && b.members.some(fits));
}

/** Does a credential of Azure's identity with that client id name this account of a cluster? */
function isFederated(graph: GraphView, client: string, account: StoredResource): boolean {
  const identity = graph.ofType('Microsoft.ManagedIdentity/userAssignedIdentities').find((i) => str(i.config, 'clientId')?.toLowerCase() === client.toLowerCase());
  const subject = `system:serviceaccount:${namespaceOf(account) ?? 'default'}:${account.name ?? ''}`;
  return identity !== undefined && graph.ofType('Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials').some((c) => c.urn.startsWith(`${identity.urn}/`) && str(c.config, 'subject') === subject);
}

/** Does a role's trust policy let this service account in, by the subject of its token? Unknown when the role or its policy is not in the snapshot. */
function trustsAccount(graph: GraphView, role: string, account: StoredResource): Answer {
  const policy = at(graph.resource(role)?.config, 'AssumeRolePolicyDocument');
  if (!isObject(policy)) return 'unknown';
  const subject = `system:serviceaccount:${namespaceOf(account) ?? 'default'}:${account.name ?? ''}`;
  const statements = list(policy, 'Statement').filter((s) => str(s, 'Effect') === 'Allow' && list(s, 'Action').some((a) => /^sts:(\*|AssumeRoleWithWebIdentity)$|^\*$/i.test(String(a))) && list(s, 'Principal', 'Federated').length > 0);
  return statements.some((statement) => letsIn(statement, subject)) ? 'yes' : 'no';
}

/** Does the token's subject meet each condition on it? Only operators of likeness know wildcards. */
function letsIn(statement: unknown, subject: string): boolean {
  const condition = at(statement, 'Condition');
  return !isObject(condition) || Object.entries(condition).every(([operator, block]) => !isObject(block) || Object.entries(block).filter(([key]) => key.endsWith(':sub')).every(([, value]) => {
    const isMet = list(value).map(String).some((pattern) => (/Like/i.test(operator) ? matches(pattern, subject) : pattern === subject));
    return isMet !== /Not(Equals|Like)/i.test(operator);
  }));
}
const matches = (pattern: string, text: string): boolean => new RegExp(`^${pattern.split('*').map((part) => part.replace(/[.\\+^$()[\]{}|]/g, '\\$&').replaceAll('?', '.')).join('.*')}$`).test(text);

/**
 * Can a pod get its node's identity from the metadata service? Not when policies refuse 169.254.169.254. At AWS not when IMDSv2 is required with a hop limit of 1 (the answer to
 * the token request does not get past the node; the limit is on that answer alone, so IMDSv1 is open) or the service is off; at Google not behind GKE's own metadata server, which gives
 * each pod its own identity. Pods on the node's network are not a hop away, and stand before that server.
 */
export function metadataLinks(graph: GraphView, workload: Workload): readonly CloudLink[] {
  const node = workload.node === undefined ? undefined : graph.ofType('K8s::Node', { account: workload.cluster }).find((n) => n.name === workload.node);
  const machine = node && graph.edgesFrom(node.urn, 'SAME_AS').flatMap((e) => graph.resource(e.target) ?? [])[0];
  if (!machine) return [];
  const links = machine.type === 'AWS::EC2::Instance' ? profileLink(machine, workload) : machine.type === gcpTypes.instance || machine.type === 'Microsoft.Compute/virtualMachines' ? identityLinks(graph, node, machine, workload) : [];
  const address = parseNetwork('169.254.169.254');
  const out = address && links.length > 0 ? directionDecision(graph, 'egress', workload, { kind: 'address', family: 4, value: address.from, text: '169.254.169.254' }, { protocol: 'TCP', port: 80 }) : undefined;
  return !out || out.answer === 'no' ? [] : links.map((link) => ({ ...link, conditional: link.conditional || out.answer === 'unknown' }));
}

function profileLink(machine: StoredResource, workload: Workload): readonly CloudLink[] {
  const profile = str(machine.config, 'IamInstanceProfile', 'Arn'), options = at(machine.config, 'MetadataOptions');
  const hops = at(options, 'HttpPutResponseHopLimit'), required = str(options, 'HttpTokens') === 'required';
  if (profile === undefined || str(options, 'HttpEndpoint') === 'disabled' || (!workload.hostNetwork && required && hops === 1)) return [];
  return [{ target: profile, conditional: options === undefined, why: `the node’s role by instance metadata (${required ? 'IMDSv2' : 'IMDSv1 is not refused'})`, cost: required ? 2 : 1, source: machine.urn, pointer: '/IamInstanceProfile' }];
}

/** What a machine of Google Cloud or Azure runs as; both services want a header that code in a pod sets itself. */
function identityLinks(graph: GraphView, node: StoredResource, machine: StoredResource, workload: Workload): readonly CloudLink[] {
  if (!workload.hostNetwork && str(node.config, 'metadata', 'labels', 'iam.gke.io/gke-metadata-server-enabled') === 'true') return [];
  const what = machine.type === gcpTypes.instance ? 'service account' : 'managed identity';
  return graph.edgesFrom(machine.urn, 'RUNS_AS').map((e) => ({ target: e.target, conditional: e.condition !== undefined, why: `the node’s ${what} by instance metadata`, cost: 2, source: machine.urn, pointer: '' }));
}
