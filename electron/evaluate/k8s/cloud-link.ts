import { at, isObject, list, str } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Answer } from '#shared/model/verdict.ts';
import { parseNetwork } from '../network/cidr.ts';
import { directionDecision } from './connection.ts';
import { namespaceOf } from './grouped.ts';
import type { Workload } from './workload.ts';

/** An identity of a cloud that a service account or pod may take. `conditional`: the cloud's own side is not in the snapshot. */
export interface CloudLink { readonly target: string; readonly conditional: boolean; readonly why: string; readonly cost: number }

/** Identities by annotation of the service account: IAM roles for service accounts, GKE and Azure workload identity; and EKS Pod Identity associations. */
export function cloudLinks(graph: GraphView, account: StoredResource): readonly CloudLink[] {
  const note = (name: string): string | undefined => str(account.config, 'metadata', 'annotations', name);
  const role = note('eks.amazonaws.com/role-arn'), google = note('iam.gke.io/gcp-service-account'), azure = note('azure.workload.identity/client-id');
  const links: CloudLink[] = [];
  if (role !== undefined) {
    const trust = trustsAccount(graph, role, account);
    if (trust !== 'no') links.push({ target: role, conditional: trust === 'unknown', why: 'IRSA: eks.amazonaws.com/role-arn', cost: 1 });
  }
  if (google !== undefined) links.push({ target: google, conditional: true, why: 'GKE workload identity: iam.gke.io/gcp-service-account', cost: 1 });
  if (azure !== undefined) links.push({ target: azure, conditional: true, why: 'Azure workload identity: azure.workload.identity/client-id', cost: 1 });
  for (const association of graph.ofType('AWS::EKS::PodIdentityAssociation')) {
    const target = str(association.config, 'RoleArn') ?? str(association.config, 'roleArn');
    if (target !== undefined && (str(association.config, 'Namespace') ?? str(association.config, 'namespace')) === namespaceOf(account) && (str(association.config, 'ServiceAccount') ?? str(association.config, 'serviceAccount')) === account.name) links.push({ target, conditional: false, why: 'EKS Pod Identity association', cost: 1 });
  }
  return links;
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
 * Can a pod get its node's role from the metadata service? Not when IMDSv2 is required with a hop limit of 1 (the answer to the token request does not
 * get past the node; the limit is on that answer alone, so IMDSv1 is open), the service is off, or policies refuse 169.254.169.254. Pods on the node's network are not a hop away.
 */
export function metadataLink(graph: GraphView, workload: Workload): CloudLink | undefined {
  if (workload.node === undefined) return undefined;
  const node = graph.ofType('K8s::Node', { account: workload.cluster }).find((n) => n.name === workload.node);
  const machine = node && graph.edgesFrom(node.urn, 'SAME_AS').flatMap((e) => graph.resource(e.target) ?? [])[0];
  if (machine?.type !== 'AWS::EC2::Instance') return undefined;
  const profile = str(machine.config, 'IamInstanceProfile', 'Arn'), options = at(machine.config, 'MetadataOptions');
  const hops = at(options, 'HttpPutResponseHopLimit'), required = str(options, 'HttpTokens') === 'required';
  if (profile === undefined || str(options, 'HttpEndpoint') === 'disabled') return undefined;
  if (!workload.hostNetwork && required && hops === 1) return undefined;
  const address = parseNetwork('169.254.169.254');
  const out = address && directionDecision(graph, 'egress', workload, { kind: 'address', family: 4, value: address.from, text: '169.254.169.254' }, { protocol: 'TCP', port: 80 });
  if (!out || out.answer === 'no') return undefined;
  const open = options === undefined || out.answer === 'unknown';
  return { target: profile, conditional: open, why: `the node’s role by instance metadata (${required ? 'IMDSv2' : 'IMDSv1 is not refused'})`, cost: required ? 2 : 1 };
}
