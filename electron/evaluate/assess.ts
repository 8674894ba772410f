import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { IdentityAccess, OutsideAccess, Reachability, StorageAccess } from '#shared/model/verdict.ts';
import type { IdentityKnowledge } from './aws/identity-knowledge.ts';
import { evaluateIdentity } from './aws/identity.ts';
import { functionExposure } from './aws/network/function-url.ts';
import { outsideAccess } from './aws/outside-access.ts';
import { hasResourcePolicy } from './aws/public-resource.ts';
import { evaluateIngress, hasIngress } from './aws/reachability.ts';
import { evaluateBucketAccess } from './aws/storage-access.ts';
import { evaluateAzureIdentity } from './azure/identity.ts';
import { noAzureKnowledge } from './azure/knowledge.ts';
import { evaluateAzureIngress } from './azure/reachability.ts';
import { evaluateBlobAccess } from './azure/storage-access.ts';
import { projectOf } from './gcp/directory.ts';
import { evaluateGcpIdentity } from './gcp/identity.ts';
import { noGcpKnowledge } from './gcp/knowledge.ts';
import { evaluateGcpIngress } from './gcp/reachability.ts';
import { evaluateGcsAccess } from './gcp/storage-access.ts';
import { evaluateDirectoryIdentity, isDirectory } from './directory/tier.ts';
import { evaluateK8sIdentity } from './k8s/identity.ts';
import { evaluateRoleOrBinding, isRoleOrBinding } from './k8s/role-identity.ts';
import { evaluateK8sIngress } from './k8s/ingress.ts';

type Cloud = 'gcp' | 'azure' | 'aws';
/** The platform of an entity by the type of its resource. */
function cloudOf(graph: GraphView, urn: string): Cloud {
  const type = graph.resource(urn)?.type ?? '';
  return /\.googleapis\.com\//.test(type) ? 'gcp' : /^microsoft\./i.test(type) ? 'azure' : 'aws';
}
const azure = (graph: GraphView, knowledge: IdentityKnowledge) => ({ graph, knowledge: knowledge.azure ?? noAzureKnowledge });
const isOfCluster = (graph: GraphView, urn: string): boolean => graph.resource(urn)?.type.startsWith('K8s::') === true;
const gcp = (graph: GraphView, knowledge: IdentityKnowledge) => ({ graph, knowledge: knowledge.gcp ?? noGcpKnowledge });

/** Anonymous access to a bucket of any platform. */
export function assessStorage(graph: GraphView, urn: string, knowledge: IdentityKnowledge): StorageAccess {
  switch (cloudOf(graph, urn)) {
    case 'gcp': return evaluateGcsAccess(gcp(graph, knowledge), urn);
    case 'azure': return evaluateBlobAccess(graph, urn);
    case 'aws': return evaluateBucketAccess(graph, urn);
  }
}

/** Whom the policy of an entity lets in from other accounts: on AWS, where types with a policy of their own are evaluated. @param accounts ids that count as inside. */
export function assessOutside(graph: GraphView, urn: string, accounts: ReadonlySet<string>): OutsideAccess | undefined {
  const resource = graph.resource(urn);
  return resource && (resource.type === 'AWS::S3::Bucket' || hasResourcePolicy(resource.type)) ? outsideAccess(graph, resource, accounts) : undefined;
}

/** Reach from the internet of an entity of any platform. */
export function assessIngress(graph: GraphView, urn: string, options: { readonly port?: number; readonly protocol?: string }, knowledge: IdentityKnowledge): Reachability {
  if (isOfCluster(graph, urn)) return evaluateK8sIngress(graph, urn, options);
  switch (cloudOf(graph, urn)) {
    case 'gcp': return evaluateGcpIngress(gcp(graph, knowledge), urn, options);
    case 'azure': return evaluateAzureIngress(graph, urn, options);
    case 'aws': return evaluateIngress(graph, urn, options);
  }
}

/** What strangers reach of an entity of any platform by whichever way, its policy included: where that says more than the way from the internet does. */
export function assessExposure(graph: GraphView, urn: string, knowledge: IdentityKnowledge): Reachability {
  const resource = graph.resource(urn);
  return resource?.type === 'AWS::Lambda::Function' ? functionExposure(graph, resource) : assessIngress(graph, urn, {}, knowledge);
}

/** What an identity of any platform is worth. @param accounts account, project or subscription ids that count as inside. */
export function assessIdentity(graph: GraphView, urn: string, accounts: ReadonlySet<string>, knowledge: IdentityKnowledge): IdentityAccess {
  const named = graph.resource(urn);
  if (named && isRoleOrBinding(named)) return evaluateRoleOrBinding(graph, named);
  if (isOfCluster(graph, urn)) return evaluateK8sIdentity(graph, urn);
  if (isDirectory(graph.resource(urn))) return evaluateDirectoryIdentity(graph, urn);
  switch (cloudOf(graph, urn)) {
    case 'gcp': return evaluateGcpIdentity(gcp(graph, knowledge), urn, accounts);
    case 'azure': return evaluateAzureIdentity(azure(graph, knowledge), urn);
    case 'aws': return evaluateIdentity(graph, urn, accounts, knowledge);
  }
}

/** The account, project or subscription of a resource as the policy names it: a project by its id where a record gives only its number. */
export function accountOf(graph: GraphView, resource: StoredResource | undefined): string | undefined {
  return resource !== undefined && cloudOf(graph, resource.urn) === 'gcp' ? projectOf(graph, resource) : resource?.account;
}

const reachedKinds = new Set(['vm', 'eni', 'lb', 'database', 'sg', 'function', 'endpoint', 'pod', 'container_workload']);
const byPolicy = new Set(['queue_topic', 'secret_key', 'image']);
/** Does `assessIngress` answer for it? Hosts and what listens everywhere; on Google Cloud also what its IAM policy may open to everyone, on Azure what has an endpoint, and on AWS what a policy of its own may open. */
export const isReachAssessed = (resource: StoredResource): boolean => reachedKinds.has(resource.kind) || (byPolicy.has(resource.kind) && /\.googleapis\.com\/|^microsoft\.(keyvault|servicebus|eventhub|containerregistry)\//i.test(resource.type)) || hasIngress(resource.type);
