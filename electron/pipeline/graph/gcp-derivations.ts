import { gcpIdentityEdges, gcpIdentityTypes, gcpPlaceEdges } from '#electron/evaluate/gcp/derived-edges.ts';
import type { GcpKnowledge } from '#electron/evaluate/gcp/knowledge.ts';
import { evaluateGcpIngress } from '#electron/evaluate/gcp/reachability.ts';
import { evaluateGcsAccess } from '#electron/evaluate/gcp/storage-access.ts';
import { str } from '#shared/lib/json.ts';
import { gcpTypes } from '#shared/model/gcp.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Derivation } from './build-graph.ts';
import { exposureEdges, reachEdges } from './reach-edges.ts';

/** Types whose own answer says whether the internet reaches them. */
export const gcpReachable: readonly string[] = [gcpTypes.instance, gcpTypes.forwardingRule, gcpTypes.runService, gcpTypes.functionV1, gcpTypes.functionV2, gcpTypes.sql, gcpTypes.cluster];

/** Types that no edge above is about, and that fall with their project. */
const contained: readonly string[] = [
  'compute.googleapis.com/Disk', 'compute.googleapis.com/Snapshot', 'compute.googleapis.com/Image', 'bigtableadmin.googleapis.com/Instance', 'firestore.googleapis.com/Database', 'redis.googleapis.com/Instance', 'alloydb.googleapis.com/Cluster', 'spanner.googleapis.com/Instance',
  'artifactregistry.googleapis.com/Repository', 'file.googleapis.com/Instance', 'dataproc.googleapis.com/Cluster', 'composer.googleapis.com/Environment', 'aiplatform.googleapis.com/Endpoint', 'appengine.googleapis.com/Application', 'cloudkms.googleapis.com/KeyRing',
];

/** A policy stands for its resource where the resource itself was not exported. */
const isAlone = (view: GraphView, policy: StoredResource): boolean => { const name = str(policy.config, 'of', 'name'); return name === undefined || (view.resource(name)?.urn ?? policy.urn) === policy.urn; };

/** What follows from a Google Cloud inventory: reach, public buckets, who gets whom, what contains what. */
export function gcpDerivations(knowledge: GcpKnowledge): readonly Derivation[] {
  return [
    { name: 'gcp-reach', per: 'resource', types: gcpReachable, derive: (graph, resource) => reachEdges(resource, evaluateGcpIngress({ graph, knowledge }, resource.urn)) },
    {
      name: 'gcp-exposure', per: 'resource', types: [gcpTypes.bucket, gcpTypes.iamPolicy],
      derive: (graph, resource) => (resource.kind === 'bucket' && (resource.type === gcpTypes.bucket || isAlone(graph, resource)) ? exposureEdges(resource, evaluateGcsAccess({ graph, knowledge }, resource.urn)) : []),
    },
    {
      name: 'gcp-identity', per: 'resource', types: [...gcpIdentityTypes, gcpTypes.iamPolicy],
      derive: (graph, resource) => (resource.type !== gcpTypes.iamPolicy || (resource.kind === 'account' || resource.kind === 'org_unit') && isAlone(graph, resource) ? gcpIdentityEdges({ graph, knowledge }, resource) : []),
    },
    { name: 'gcp-place', per: 'resource', types: [...new Set([...gcpIdentityTypes, ...gcpReachable, ...contained])], derive: (graph, resource) => gcpPlaceEdges({ graph, knowledge }, resource) },
  ];
}
