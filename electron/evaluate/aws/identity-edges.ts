import type { Edge, EdgeKind, GraphView } from '#shared/model/resource.ts';
import type { AccessDecision } from './aws-policy.ts';
import { decideAlike } from './decide-alike.ts';
import { decideFor } from './effective-permission.ts';
import { escalationsOf } from './escalations.ts';
import type { IdentityKnowledge } from './identity-knowledge.ts';
import { identityView, type IdentityView } from './identity-view.ts';
import type { PrincipalProfile } from './principal-policies.ts';
import { candidates, isOpenToAnyone } from './store-candidates.ts';

const maxDataEdges = 1500;

/**
 * The edges that follow from one principal's policies: CAN_ASSUME to roles, PRIVESC (reason: the primitive's id) to the identities that it
 * can take over, CAN_READ / CAN_WRITE / CAN_ADMIN to data stores, RUNS_AS from workloads to it. An edge with `condition` holds only if that
 * does; where a policy's content is not known there is no edge. Costs follow design 5-graph §5.
 */
export function deriveIdentityEdges(graph: GraphView, principalUrn: string, knowledge: IdentityKnowledge): readonly Edge[] {
  const view = identityView(graph, knowledge);
  const profile = view.profile(principalUrn);
  if (!profile) return [];
  return [...assumeEdges(view, profile), ...escalationEdges(view, profile), ...dataEdges(view, profile), ...runsAsEdges(view, profile)];
}

interface EdgeDraft { readonly kind: EdgeKind; readonly target: string; readonly cost: number; readonly reason: string; readonly condition?: string }
const edge = (source: string, draft: EdgeDraft): Edge => ({ source, derived: true, provenance: 'observed', ...draft });

/** An edge for an allowed or conditional decision; conditions cost 2 more, MFA and ExternalId 4. */
function edgeFor(profile: PrincipalProfile, decision: AccessDecision, draft: EdgeDraft): readonly Edge[] {
  if (decision.outcome === 'allowed') return [edge(profile.resource.urn, draft)];
  if (decision.outcome !== 'unknown' || !decision.conditional) return [];
  const hard = decision.residual.some((t) => /^(sts:ExternalId|aws:MultiFactorAuth)/i.test(t.key));
  return [edge(profile.resource.urn, { ...draft, cost: draft.cost + (hard ? 4 : 2), condition: JSON.stringify(decision.residual) })];
}

function assumeEdges(view: IdentityView, profile: PrincipalProfile): readonly Edge[] {
  if (profile.resource.type === 'AWS::IAM::Group') return [];
  return view.rolesTrusting(profile).flatMap((role) => {
    if (role === profile.resource.urn) return [];
    const decision = decideFor(view.graph, profile, 'sts:AssumeRole', role);
    return edgeFor(profile, decision, { kind: 'CAN_ASSUME', target: role, cost: 1, reason: 'sts:AssumeRole allowed by trust and identity policies' });
  });
}

function escalationEdges(view: IdentityView, profile: PrincipalProfile): readonly Edge[] {
  return escalationsOf(view, profile).filter((e) => e.target !== profile.resource.urn).map((e) => edge(profile.resource.urn, {
    kind: 'PRIVESC', target: e.target, reason: e.id, cost: e.category === 'principal-access' || e.category === 'self-escalation' ? 1 : 2,
    ...(e.conditional && { condition: JSON.stringify({ primitive: e.id, needs: 'a condition or prerequisite that the snapshot does not settle' }) }),
  }));
}

interface StoreActions { readonly CAN_READ?: string; readonly CAN_WRITE?: string; readonly CAN_ADMIN?: string; readonly within?: string }
/** The action that stands for each kind of access to a data store; `within` is what follows the ARN for reads and writes. */
const stores: Readonly<Record<string, StoreActions>> = {
  'AWS::S3::Bucket': { CAN_READ: 's3:GetObject', CAN_WRITE: 's3:PutObject', CAN_ADMIN: 's3:PutBucketPolicy', within: '/any-key' },
  'AWS::DynamoDB::Table': { CAN_READ: 'dynamodb:Scan', CAN_WRITE: 'dynamodb:PutItem', CAN_ADMIN: 'dynamodb:DeleteTable' },
  // Changing the master password, or restoring a shared snapshot, opens the data of a database instance.
  'AWS::RDS::DBInstance': { CAN_ADMIN: 'rds:ModifyDBInstance' }, 'AWS::RDS::DBCluster': { CAN_ADMIN: 'rds:ModifyDBCluster' },
  'AWS::Redshift::Cluster': { CAN_READ: 'redshift:GetClusterCredentials', CAN_ADMIN: 'redshift:ModifyCluster' },
  'AWS::Elasticsearch::Domain': { CAN_READ: 'es:ESHttpGet', CAN_WRITE: 'es:ESHttpPut', CAN_ADMIN: 'es:UpdateElasticsearchDomainConfig', within: '/_search' },
  'AWS::OpenSearch::Domain': { CAN_READ: 'es:ESHttpGet', CAN_WRITE: 'es:ESHttpPut', CAN_ADMIN: 'es:UpdateDomainConfig', within: '/_search' },
  'AWS::SecretsManager::Secret': { CAN_READ: 'secretsmanager:GetSecretValue', CAN_WRITE: 'secretsmanager:PutSecretValue', CAN_ADMIN: 'secretsmanager:PutResourcePolicy' },
  'AWS::SSM::Parameter': { CAN_READ: 'ssm:GetParameter', CAN_WRITE: 'ssm:PutParameter' },
  'AWS::KMS::Key': { CAN_READ: 'kms:Decrypt', CAN_ADMIN: 'kms:PutKeyPolicy' },
  'AWS::SQS::Queue': { CAN_READ: 'sqs:ReceiveMessage', CAN_WRITE: 'sqs:SendMessage', CAN_ADMIN: 'sqs:SetQueueAttributes' },
  'AWS::SNS::Topic': { CAN_READ: 'sns:Subscribe', CAN_WRITE: 'sns:Publish', CAN_ADMIN: 'sns:SetTopicAttributes' },
  'AWS::Kinesis::Stream': { CAN_READ: 'kinesis:GetRecords', CAN_WRITE: 'kinesis:PutRecord', CAN_ADMIN: 'kinesis:DeleteStream' },
};

function dataEdges(view: IdentityView, profile: PrincipalProfile): readonly Edge[] {
  const edges: Edge[] = [];
  for (const [type, actions] of Object.entries(stores)) {
    for (const kind of ['CAN_READ', 'CAN_WRITE', 'CAN_ADMIN'] as const) {
      const action = actions[kind];
      if (action === undefined) continue;
      const cost = kind === 'CAN_READ' && type === 'AWS::SecretsManager::Secret' ? 2 : 1;
      const within = kind === 'CAN_ADMIN' ? '' : actions.within ?? '';
      const decide = decideAlike(view.graph, profile, action), of = { type, action, within };
      for (const store of candidates(view, profile, of)) {
        const decision = decide(`${store.urn}${within}`, store);
        if (isOnlyEveryones(decision) && isOpenToAnyone(view.graph, store, of)) continue;
        edges.push(...edgeFor(profile, decision, { kind, target: store.urn, cost, reason: `${action} allowed` }));
        if (edges.length >= maxDataEdges) return edges;
      }
    }
  }
  return edges;
}

/** What everyone may do is not lost with this principal: neither its own policies nor its name in the store's policy gave it. */
const isOnlyEveryones = (decision: AccessDecision): boolean =>
  decision.outcome === 'allowed' && !decision.reasons.some((r) => r.rule === 'iam.identity_allow' || r.rule === 'iam.resource_allow');

function runsAsEdges(view: IdentityView, profile: PrincipalProfile): readonly Edge[] {
  const role = profile.resource.urn;
  return view.workloads(profile.account).all.filter((w) => w.role === role).flatMap(({ resource }) => {
    const isKnown = view.graph.edgesFrom(resource.urn, 'RUNS_AS').some((e) => (view.graph.resource(e.target)?.urn ?? e.target) === role);
    return isKnown ? [] : [edge(resource.urn, { kind: 'RUNS_AS', target: role, cost: 1, reason: 'the role that it is configured with' })];
  });
}
