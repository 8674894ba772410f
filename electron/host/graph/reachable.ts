import { evaluateIngress } from '#electron/evaluate/aws/reachability.ts';
import { evaluateBucketAccess } from '#electron/evaluate/aws/storage-access.ts';
import type { IdentityKnowledge } from '#electron/evaluate/aws/identity-knowledge.ts';
import { evaluateAzureIngress } from '#electron/evaluate/azure/reachability.ts';
import { evaluateBlobAccess } from '#electron/evaluate/azure/storage-access.ts';
import { noGcpKnowledge } from '#electron/evaluate/gcp/knowledge.ts';
import { evaluateGcpIngress } from '#electron/evaluate/gcp/reachability.ts';
import { evaluateGcsAccess } from '#electron/evaluate/gcp/storage-access.ts';
import { evaluateK8sIngress } from '#electron/evaluate/k8s/ingress.ts';
import { azureReachable } from '#electron/pipeline/graph/azure-derivations.ts';
import { gcpReachable } from '#electron/pipeline/graph/gcp-derivations.ts';
import type { Known } from '#electron/pipeline/graph/toxic-patterns.ts';
import { gcpTypes } from '#shared/model/gcp.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Verdict } from '#shared/model/verdict.ts';

type Evaluate = (view: GraphView, resource: StoredResource, knowledge: IdentityKnowledge) => Verdict;
/** Types of which the internet's reach is evaluated, and how. */
const ingress: readonly (readonly [RegExp | readonly string[], Evaluate])[] = [
  [/^AWS::(EC2::(Instance|NetworkInterface)|RDS::|ElasticLoadBalancing|Lambda::Function)/, (view, { urn }) => evaluateIngress(view, urn).reachable],
  [/^K8s::(Pod|Deployment|StatefulSet|DaemonSet|ReplicaSet|Job|CronJob|Service|Ingress)$/, (view, { urn }) => evaluateK8sIngress(view, urn).reachable],
  [gcpReachable, (view, { urn }, { gcp = noGcpKnowledge }) => evaluateGcpIngress({ graph: view, knowledge: gcp }, urn).reachable],
  [azureReachable, (view, { urn }) => evaluateAzureIngress(view, urn).reachable],
];
const evaluatorOf = (type: string): Evaluate | undefined => ingress.find(([types]) => (types instanceof RegExp ? types.test(type) : types.includes(type)))?.[1];
const told = ({ answer, reasons, blocked_by, missing }: Verdict): Known => ({ answer, why: (answer === 'unknown' ? missing[0]?.what : undefined) ?? reasons[0]?.text ?? blocked_by ?? 'not settled by the snapshot' });

/** Is an entity reachable from the internet? A derived edge says yes; where there is none it is evaluated, as neither no nor an unknown answer makes an edge. */
export const reachableFrom = (view: GraphView, knowledge: IdentityKnowledge) => (urn: string): Known => {
  const edge = view.edgesTo(urn).find((e) => e.source === 'internet' && (e.kind === 'NET_REACH' || e.kind === 'EXPOSES'));
  if (edge) return { answer: 'yes', why: edge.reason ?? 'reachable' };
  const resource = view.resource(urn);
  if (!resource) return { answer: 'no', why: 'it is not in the inventory' };
  const evaluate = evaluatorOf(resource.type);
  return evaluate ? told(evaluate(view, resource, knowledge)) : { answer: 'unknown', why: 'nothing in the snapshot settles it' };
};

const storage: Readonly<Record<string, Evaluate | undefined>> = {
  'AWS::S3::Bucket': (view, { urn }) => evaluateBucketAccess(view, urn).public, [gcpTypes.bucket]: (view, { urn }, { gcp = noGcpKnowledge }) => evaluateGcsAccess({ graph: view, knowledge: gcp }, urn).public,
  'Microsoft.Storage/storageAccounts': (view, { urn }) => evaluateBlobAccess(view, urn).public, 'Microsoft.Storage/storageAccounts/blobServices/containers': (view, { urn }) => evaluateBlobAccess(view, urn).public,
};

/** May anyone use a bucket? A derived edge says yes; where there is none it is evaluated; of what nothing evaluates it is not known. */
export const exposedTo = (view: GraphView, knowledge: IdentityKnowledge) => (urn: string): Known => {
  const edge = view.edgesTo(urn, 'EXPOSES').find((e) => e.source === 'internet');
  if (edge) return { answer: 'yes', why: edge.reason ?? 'open to everyone' };
  const resource = view.resource(urn), evaluate = resource && storage[resource.type];
  return resource && evaluate ? told(evaluate(view, resource, knowledge)) : { answer: 'unknown', why: 'nothing in the snapshot settles who may use it' };
};
