import { str } from '#shared/lib/json.ts';
import { gcpTypes } from '#shared/model/gcp.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Missing } from '#shared/model/verdict.ts';
import type { GcpKnowledge } from '../gcp/knowledge.ts';
import { awsTrust, azureTrust, googleTrust, type CloudTrust } from './cloud-trust.ts';
import { namespaceOf } from './grouped.ts';

/** An identity of a cloud that a service account or pod may take. `conditional`: it is open whether it gets it; `lacks` says by what, where that is not the cloud's own side. */
export interface CloudLink { readonly target: string; readonly conditional: boolean; readonly why: string; readonly cost: number; /** Where it is said. */ readonly source: string; readonly pointer: string; readonly lacks?: Missing }

export const azureIdentity = 'Microsoft.ManagedIdentity/userAssignedIdentities';

/** Identities by annotation of the service account: IAM roles for service accounts, GKE and Azure workload identity; and EKS Pod Identity associations. */
export function cloudLinks(graph: GraphView, account: StoredResource, knowledge: GcpKnowledge): readonly CloudLink[] {
  const note = (name: string): string | undefined => str(account.config, 'metadata', 'annotations', name);
  const role = note('eks.amazonaws.com/role-arn'), google = note('iam.gke.io/gcp-service-account'), azure = note('azure.workload.identity/client-id');
  const links: CloudLink[] = [];
  const noted = (name: string): Pick<CloudLink, 'source' | 'pointer'> => ({ source: account.urn, pointer: `/metadata/annotations/${name.replaceAll('/', '~1')}` });
  if (role !== undefined) {
    const trust = awsTrust(graph, role, account);
    if (trust !== 'no') links.push({ target: role, conditional: trust === 'unknown', why: 'IRSA: eks.amazonaws.com/role-arn', cost: 1, ...noted('eks.amazonaws.com/role-arn') });
  }
  if (google !== undefined) links.push({ target: google, conditional: googleTrust({ graph, knowledge }, google, account).answer !== 'yes', why: 'GKE workload identity: iam.gke.io/gcp-service-account', cost: 1, ...noted('iam.gke.io/gcp-service-account') });
  if (azure !== undefined) {
    const identity = graph.ofType(azureIdentity).find((i) => str(i.config, 'clientId')?.toLowerCase() === azure.toLowerCase());
    links.push({ target: azure, conditional: !identity || azureTrust(graph, identity, account).answer !== 'yes', why: 'Azure workload identity: azure.workload.identity/client-id', cost: 1, ...noted('azure.workload.identity/client-id') });
  }
  return [...links, ...podIdentities(graph, account)];
}

/** A snapshot may call the cluster otherwise than EKS does: an association of another name is open. */
function podIdentities(graph: GraphView, account: StoredResource): readonly CloudLink[] {
  return graph.ofType('AWS::EKS::PodIdentityAssociation').flatMap((association): readonly CloudLink[] => {
    const field = (upper: string, lower: string): string | undefined => str(association.config, upper) ?? str(association.config, lower);
    const target = field('RoleArn', 'roleArn'), cluster = field('ClusterName', 'clusterName');
    if (target === undefined || field('Namespace', 'namespace') !== namespaceOf(account) || field('ServiceAccount', 'serviceAccount') !== account.name) return [];
    const isOurs = cluster !== undefined && cluster === account.account;
    const lacks: Missing = { what: `whether the cluster is ${cluster ?? 'that of the association'}`, entity: association.urn, supply: 'who runs the cluster' };
    return [{ target, conditional: !isOurs, why: 'EKS Pod Identity association', cost: 1, source: association.urn, pointer: '', ...(!isOurs && { lacks }) }];
  });
}

/** Identities of Google Cloud or Azure whose own policy or credentials name the account, or may: no annotation is needed, as a pod can ask for them itself. */
export function namedLinks(graph: GraphView, account: StoredResource, knowledge: GcpKnowledge, cloud: string): readonly CloudLink[] {
  const isGoogle = cloud === gcpTypes.serviceAccount;
  return graph.ofType(isGoogle ? gcpTypes.serviceAccount : azureIdentity).flatMap((identity): readonly CloudLink[] => {
    const trust = isGoogle ? googleTrust({ graph, knowledge }, identity.urn, account) : azureTrust(graph, identity, account);
    return trust.answer === 'no' || (isGoogle && !trust.isNamed) ? [] : [trustLink(identity.urn, trust, isGoogle)];
  });
}

function trustLink(target: string, trust: CloudTrust, isGoogle: boolean): CloudLink {
  const conditional = trust.answer !== 'yes', [lacks] = trust.missing;
  return { target, conditional, why: `its ${isGoogle ? 'policy' : 'federated credential'} ${conditional ? 'may name' : 'names'} the account of the cluster`, cost: 1, source: trust.source, pointer: trust.pointer, ...(lacks && { lacks }) };
}
