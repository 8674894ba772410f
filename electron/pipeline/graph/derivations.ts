import { deriveIdentityEdges } from '#electron/evaluate/aws/identity-edges.ts';
import type { IdentityKnowledge } from '#electron/evaluate/aws/identity-knowledge.ts';
import { evaluateIngress } from '#electron/evaluate/aws/reachability.ts';
import { evaluateBucketAccess } from '#electron/evaluate/aws/storage-access.ts';
import { noAzureKnowledge } from '#electron/evaluate/azure/knowledge.ts';
import { noGcpKnowledge, type GcpKnowledge } from '#electron/evaluate/gcp/knowledge.ts';
import { roleEdges } from '#electron/evaluate/directory/role-edges.ts';
import { k8sIdentityEdges, k8sIdentityTypes, k8sWorkloadEdges, k8sWorkloadTypes } from '#electron/evaluate/k8s/derived-edges.ts';
import { str } from '#shared/lib/json.ts';
import type { Derivation } from './build-graph.ts';
import { azureDerivations } from './azure-derivations.ts';
import { gcpDerivations } from './gcp-derivations.ts';
import { exposureEdges, reachEdges } from './reach-edges.ts';

/** What hosts, balancers, databases and functions the internet reaches. An unknown answer makes no edge. */
const reach: Derivation = {
  name: 'reach', per: 'resource',
  types: [
    'AWS::EC2::Instance', 'AWS::EC2::NetworkInterface', 'AWS::RDS::DBInstance', 'AWS::ElasticLoadBalancing::LoadBalancer', 'AWS::ElasticLoadBalancingV2::LoadBalancer', 'AWS::Lambda::Function',
    'AWS::ECS::Task', 'AWS::Redshift::Cluster', 'AWS::MSK::Cluster', 'AWS::OpenSearch::Domain', 'AWS::Elasticsearch::Domain', 'AWS::ApiGateway::RestApi', 'AWS::ApiGatewayV2::Api', 'AWS::AppSync::GraphQLApi', 'AWS::CloudFront::Distribution', 'AWS::EKS::Cluster',
  ],
  derive(view, resource) {
    // The instance's own answer covers its interfaces.
    const instance = resource.type === 'AWS::EC2::NetworkInterface' ? str(resource.config, 'Attachment', 'InstanceId') : undefined;
    if (instance !== undefined && view.resource(instance)) return [];
    return reachEdges(resource, evaluateIngress(view, resource.urn));
  },
};

/** Which buckets anyone may use, and for what. */
const exposure: Derivation = {
  name: 'exposure', per: 'resource', types: ['AWS::S3::Bucket'],
  derive: (view, bucket) => exposureEdges(bucket, evaluateBucketAccess(view, bucket.urn)),
};

const directory: Derivation = { name: 'az_role', per: 'resource', types: ['AZ::Role'], derive: roleEdges };
const kubernetes = (gcp: GcpKnowledge): readonly Derivation[] => [
  { name: 'k8s_identity', per: 'account', types: k8sIdentityTypes, derive: (view, resource) => k8sIdentityEdges(view, resource, gcp) }, { name: 'k8s_workload', per: 'resource', types: k8sWorkloadTypes, derive: k8sWorkloadEdges },
];

/**
 * Every derivation. Identity is computed for an account at a time: who may become whom depends on all of its roles, which are looked at once.
 */
export function derivations(knowledge: IdentityKnowledge): readonly Derivation[] {
  const identity: Derivation = {
    name: 'identity', per: 'account', types: ['AWS::IAM::Role', 'AWS::IAM::User', 'AWS::IAM::Group'],
    derive: (view, principal) => deriveIdentityEdges(view, principal.urn, knowledge),
  };
  return [reach, exposure, identity, ...gcpDerivations(knowledge.gcp ?? noGcpKnowledge), ...azureDerivations(knowledge.azure ?? noAzureKnowledge), ...kubernetes(knowledge.gcp ?? noGcpKnowledge), directory];
}
