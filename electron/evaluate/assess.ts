import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { IdentityAccess, Reachability, StorageAccess } from '#shared/model/verdict.ts';
import type { IdentityKnowledge } from './aws/identity-knowledge.ts';
import { evaluateIdentity } from './aws/identity.ts';
import { evaluateIngress, hasIngress } from './aws/reachability.ts';
import { evaluateBucketAccess } from './aws/storage-access.ts';
import { projectOf } from './gcp/directory.ts';
import { evaluateGcpIdentity } from './gcp/identity.ts';
import { noGcpKnowledge } from './gcp/knowledge.ts';
import { evaluateGcpIngress } from './gcp/reachability.ts';
import { evaluateGcsAccess } from './gcp/storage-access.ts';
import { evaluateK8sIdentity } from './k8s/identity.ts';
import { evaluateK8sIngress } from './k8s/ingress.ts';

type Cloud = 'gcp' | 'aws';
/** The platform of an entity by the type of its resource. */
const cloudOf = (graph: GraphView, urn: string): Cloud => (/\.googleapis\.com\//.test(graph.resource(urn)?.type ?? '') ? 'gcp' : 'aws');
const isOfCluster = (graph: GraphView, urn: string): boolean => graph.resource(urn)?.type.startsWith('K8s::') === true;
const gcp = (graph: GraphView, knowledge: IdentityKnowledge) => ({ graph, knowledge: knowledge.gcp ?? noGcpKnowledge });

/** Anonymous access to a bucket of any platform. */
export function assessStorage(graph: GraphView, urn: string, knowledge: IdentityKnowledge): StorageAccess {
  return cloudOf(graph, urn) === 'gcp' ? evaluateGcsAccess(gcp(graph, knowledge), urn) : evaluateBucketAccess(graph, urn);
}

/** Reach from the internet of an entity of any platform. */
export function assessIngress(graph: GraphView, urn: string, options: { readonly port?: number; readonly protocol?: string }, knowledge: IdentityKnowledge): Reachability {
  if (isOfCluster(graph, urn)) return evaluateK8sIngress(graph, urn, options);
  return cloudOf(graph, urn) === 'gcp' ? evaluateGcpIngress(gcp(graph, knowledge), urn, options) : evaluateIngress(graph, urn, options);
}

/** What an identity of any platform is worth. @param accounts account, project or subscription ids that count as inside. */
export function assessIdentity(graph: GraphView, urn: string, accounts: ReadonlySet<string>, knowledge: IdentityKnowledge): IdentityAccess {
  if (isOfCluster(graph, urn)) return evaluateK8sIdentity(graph, urn);
  return cloudOf(graph, urn) === 'gcp' ? evaluateGcpIdentity(gcp(graph, knowledge), urn, accounts) : evaluateIdentity(graph, urn, accounts, knowledge);
}

/** The account, project or subscription of a resource as the policy names it: a project by its id where a record gives only its number. */
export function accountOf(graph: GraphView, resource: StoredResource | undefined): string | undefined {
  return resource !== undefined && cloudOf(graph, resource.urn) === 'gcp' ? projectOf(graph, resource) : resource?.account;
}

const reachedKinds = new Set(['vm', 'eni', 'lb', 'database', 'sg', 'function', 'endpoint', 'pod', 'container_workload']);
const byPolicy = new Set(['queue_topic', 'secret_key', 'image']);
/** Does `assessIngress` answer for it? Hosts and what listens everywhere; also what a policy of its own may open to everyone. */
export const isReachAssessed = (resource: StoredResource): boolean => reachedKinds.has(resource.kind) || (byPolicy.has(resource.kind) && /\.googleapis\.com\//.test(resource.type)) || hasIngress(resource.type);
