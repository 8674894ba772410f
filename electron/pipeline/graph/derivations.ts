import { deriveIdentityEdges } from '#electron/evaluate/aws/identity-edges.ts';
import type { IdentityKnowledge } from '#electron/evaluate/aws/identity-knowledge.ts';
import { evaluateIngress } from '#electron/evaluate/aws/reachability.ts';
import { evaluateBucketAccess } from '#electron/evaluate/aws/storage-access.ts';
import { str } from '#shared/lib/json.ts';
import type { Edge, EdgeKind, Resource, StoredResource } from '#shared/model/resource.ts';
import type { OpenInterval } from '#shared/model/verdict.ts';
import type { Derivation } from './build-graph.ts';

/** The node that stands for everyone on the internet; derived edges start there. */
export const internet: Resource = {
  urn: 'internet', type: 'internet', kind: 'internet', name: 'Internet', aliases: [], tags: {}, deleted: false, config: {}, source: 'winnow', provenance: 'observed',
};

/** Ports of remote administration and of data stores: reaching one is worth more to an attacker than reaching a web page (design 5-graph §5). */
const adminPorts = [21, 22, 23, 135, 139, 445, 1433, 1521, 2375, 2379, 3306, 3389, 5432, 5900, 5985, 5986, 6379, 6443, 9200, 10250, 11211, 27017];

/** What hosts, balancers, databases and functions the internet reaches. An unknown answer makes no edge. */
const reach: Derivation = {
  name: 'reach', per: 'resource',
  types: [
    'AWS::EC2::Instance', 'AWS::EC2::NetworkInterface', 'AWS::RDS::DBInstance', 'AWS::ElasticLoadBalancing::LoadBalancer', 'AWS::ElasticLoadBalancingV2::LoadBalancer', 'AWS::Lambda::Function',
  ],
  derive(view, resource) {
    // The instance's own answer covers its interfaces.
    const instance = resource.type === 'AWS::EC2::NetworkInterface' ? str(resource.config, 'Attachment', 'InstanceId') : undefined;
    if (instance !== undefined && view.resource(instance)) return [];
    const { reachable, open } = evaluateIngress(view, resource.urn);
    if (reachable.answer !== 'yes') return [];
    const isAdmin = open.some((o) => adminPorts.some((port) => o.from <= port && port <= o.to));
    return [fromInternet('NET_REACH', resource, isAdmin ? 3 : 6, open.slice(0, 20).map(intervalText).join(', ') || 'reachable')];
  },
};

const intervalText = ({ protocol, from, to }: OpenInterval): string => (from < 0 ? protocol : `${protocol} ${from === to ? from : `${from}-${to}`}`);

/** Which buckets anyone may use, and for what. */
const exposure: Derivation = {
  name: 'exposure', per: 'resource', types: ['AWS::S3::Bucket'],
  derive(view, bucket) {
    const { public: verdict, public_actual: actual } = evaluateBucketAccess(view, bucket.urn);
    if (verdict.answer !== 'yes') return [];
    const allowed = (['list', 'read', 'write', 'acl'] as const).filter((access) => actual[access] === 'yes');
    const kinds: readonly EdgeKind[] = ['EXPOSES', ...(actual.read === 'yes' ? ['CAN_READ' as const] : []), ...(actual.write === 'yes' ? ['CAN_WRITE' as const] : []), ...(actual.acl === 'yes' ? ['CAN_ADMIN' as const] : [])];
    return kinds.map((kind) => fromInternet(kind, bucket, 1, `anonymous ${allowed.join(', ')}`));
  },
};

const fromInternet = (kind: EdgeKind, target: StoredResource, cost: number, reason: string): Edge =>
  ({ source: internet.urn, kind, target: target.urn, derived: true, provenance: target.provenance, cost, reason });

/**
 * Every derivation. Identity is computed for an account at a time: who may become whom depends on all of its roles, which are looked at once.
 */
export function derivations(knowledge: IdentityKnowledge): readonly Derivation[] {
  const identity: Derivation = {
    name: 'identity', per: 'account', types: ['AWS::IAM::Role', 'AWS::IAM::User', 'AWS::IAM::Group'],
    derive: (view, principal) => deriveIdentityEdges(view, principal.urn, knowledge),
  };
  return [reach, exposure, identity];
}
