import { parseArn } from '#shared/lib/arn.ts';
import { supposedOf } from '#shared/model/untold.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Missing, Verdict } from '#shared/model/verdict.ts';
import { evaluateAccess, type AccessDecision } from './aws-policy.ts';
import { bucketInputs, effective } from './bucket-inputs.ts';
import { decideFor } from './effective-permission.ts';
import type { IdentityKnowledge } from './identity-knowledge.ts';
import { allOf } from '../kleene.ts';
import { organizationPolicies } from './organization-policies.ts';
import { accountOf, parsePrincipal, type Principal } from './policy-principal.ts';
import type { PolicyInput } from './policy-scan.ts';
import { grantPolicy } from './key-grants.ts';
import { ownInputs, ownPolicy, policyHolder, resourcePolicies } from './own-policy.ts';
import { levelsWithFullAccess, principalPolicies, type PrincipalProfile } from './principal-policies.ts';
import { policyPublic } from './public-policy.ts';
import { hasResourcePolicy } from './public-resource.ts';

/**
 * May a principal do an action on a resource? Where the snapshot lacks a policy that has a say (of a principal outside it, of a resource in
 * another account, of a bucket, key or role that is not recorded) the answer is unknown unless the others decide it.
 * For `*` the question is whether some resource is allowed.
 * @param subject urn or alias of an identity or of a workload that runs as one; or a principal as `parsePrincipal` reads it.
 */
export function permissionVerdict(graph: GraphView, subject: string, action: string, object: string, knowledge: IdentityKnowledge): Verdict {
  const target = policyHolder(graph, object);
  // `object` may be an alias; what is asked for inside a bucket keeps its key.
  const resource = graph.resource(object)?.urn ?? object;
  if (resource !== '*' && !resource.startsWith('arn:')) return { answer: 'unknown', assumed: [], reasons: [], missing: [{ what: 'the resource', entity: object, supply: 'its ARN, or an inventory that has it' }] };
  const identity = identityBehind(graph, subject);
  const profile = identity && principalPolicies(graph, identity.urn, knowledge);
  if (!profile) return withoutProfile(graph, subject, action, resource, target);
  const lacks = lackingPolicy(profile.account, resource, target, action);
  const decision = lacks === undefined ? decideFor(graph, profile, action, resource, {}, resource === '*') : evaluateAccess(
    { principal: profile.principal, action, resource, ...ownerOf(resource, target), context: { unknown: ['*'] } },
    { identity: profile.identity, boundary: profile.boundary, scps: profile.scps, rcps: rcpsOf(graph, target?.account), resource: lacks.inputs },
  );
  const verdict = toVerdict(decision, [...profile.missing, ...(lacks ? [lacks.missing] : [])], assumptions(graph, profile, resource, target));
  // Inline policies that nobody seems to have written might give it, or take it.
  const supposed = [...new Set([profile.resource, ...profile.groups].flatMap((holder) => supposedOf(holder.config)))], hangs = verdict.answer === 'yes' || (decision.outcome === 'implicitly_denied' && verdict.blocked_by === 'IDENTITY');
  const found = hangs && supposed.length > 0 ? { ...verdict, assumed: [...verdict.assumed, ...supposed] } : verdict;
  return found.answer === 'yes' && target ? underPublicAccessBlock(graph, target, profile.principal, found) : found;
}

/** The identity that an entity is or runs as; undefined for what is not in the graph. */
export function identityBehind(graph: GraphView, id: string): StoredResource | undefined {
  const principal = parsePrincipal(id);
  const found = graph.resource(id) ?? (principal.kind === 'session' ? roleOfSession(graph, principal.role) : undefined);
  if (!found || found.kind === 'identity') return found;
  for (const { target } of graph.edgesFrom(found.urn, 'RUNS_AS')) {
    const next = graph.resource(target);
    const role = next?.type === 'AWS::IAM::InstanceProfile' ? graph.resource(graph.edgesFrom(next.urn, 'RUNS_AS')[0]?.target ?? '') : next;
    if (role?.kind === 'identity') return role;
  }
  return undefined;
}

/** A session's ARN leaves the role's path out. */
const roleOfSession = (graph: GraphView, arn: string): StoredResource | undefined => graph.resource(arn)
  ?? graph.ofType('AWS::IAM::Role', { account: parseArn(arn)?.account }).find((r) => r.urn.split('/').at(-1) === arn.split('/').at(-1));

function ownerOf(resource: string, target: StoredResource | undefined): { readonly resourceAccount?: string } {
  const account = target?.account ?? (parseArn(resource)?.account || undefined);
  return account === undefined ? {} : { resourceAccount: account };
}

const rcpsOf = (graph: GraphView, account: string | undefined) => levelsWithFullAccess(organizationPolicies(graph, account, 'RESOURCE_CONTROL_POLICY').levels);

/** The resource's policy where it has a say and is not recorded; with the grants of a key, which are recorded apart. */
function lackingPolicy(account: string | undefined, resource: string, target: StoredResource | undefined, action: string): { readonly inputs: readonly PolicyInput[]; readonly missing: Missing } | undefined {
  const arn = parseArn(resource);
  if (!arn || /[*?]/.test(resource.split('/')[0] ?? '')) return undefined;
  const isBucket = arn.service === 's3';
  const isClosed = (arn.service === 'kms' && arn.resource.startsWith('key/')) || (arn.service === 'iam' && action.toLowerCase().startsWith('sts:'));
  const owner = target?.account ?? arn.account, isForeign = owner !== '' && owner !== account;
  const isUnreadable = target !== undefined && ownInputs(target).some((input) => input.document === undefined);
  if ((target && !mayLack(target, isForeign)) || !(isBucket || isClosed || isForeign || isUnreadable)) return undefined;
  const entity = target?.urn ?? resource;
  return {
    inputs: [{ name: `the policy of ${entity}`, source: entity, pointer: '', document: undefined }, ...(target ? grantPolicy(target) : [])],
    missing: { what: target ? 'its resource policy' : 'the resource and its policy', entity, supply: isBucket ? 'aws s3api get-bucket-policy, or an AWS Config snapshot' : 'an inventory of its account that has it' },
  };
}

/** Is its policy one that the service has and the record doesn't? What lets another account in may stand somewhere else too: a share, the policy of a catalog. */
const mayLack = (target: StoredResource, isForeign = false): boolean => ((isForeign && !hasNoPolicy.test(target.type)) || target.type === 'AWS::S3::Bucket' || target.type === 'AWS::IAM::Role' || hasResourcePolicy(target.type)) && ownPolicy(target).state === 'unknown';
/** Types that no policy of theirs and no share opens to another account. */
const hasNoPolicy = /^AWS::(IAM::(?!Role$)|EC2::Instance$)/;

/** Controls that the snapshot doesn't carry and that could refuse after all. */
function assumptions(graph: GraphView, profile: PrincipalProfile, resource: string, target: StoredResource | undefined): readonly string[] {
  const hasRcps = organizationPolicies(graph, target?.account ?? profile.account, 'RESOURCE_CONTROL_POLICY').recorded;
  const isConcrete = parseArn(resource) !== undefined && !/[*?]/.test(resource);
  return [...(profile.scpsRecorded ? [] : ['service_control_policy']), ...(hasRcps ? [] : ['resource_control_policy']), ...(isConcrete && (!target || mayLack(target)) ? ['resource_policy'] : [])];
}

/** A principal whose own policies are not in the snapshot: the resource's side decides alone, or leaves it open. */
function withoutProfile(graph: GraphView, subject: string, action: string, resource: string, target: StoredResource | undefined): Verdict {
  const principal = parsePrincipal(subject);
  const account = accountOf(principal);
  if (graph.resource(subject) || (principal.kind === 'federated' && !/[.:]/.test(subject))) {
    return { answer: 'unknown', assumed: [], reasons: [], missing: [{ what: graph.resource(subject) ? 'the role that it runs as' : 'the principal', entity: subject, supply: 'aws iam get-account-authorization-details' }] };
  }
  const lacks = lackingPolicy(account ?? '', resource, target, action);
  const own: PolicyInput = { name: `the policies of ${subject}`, source: subject, pointer: '', document: undefined };
  // The root user has no policies of its own.
  const needsIdentity = account !== undefined && principal.kind !== 'root';
  const decision = evaluateAccess(
    { principal, action, resource, ...ownerOf(resource, target), context: { unknown: ['*'] } },
    { ...(needsIdentity && { identity: [own] }), resource: lacks ? lacks.inputs : resourcePolicies(graph, resource), rcps: rcpsOf(graph, target?.account) },
  );
  const missing = [...(needsIdentity ? [{ what: 'the policies of the principal', entity: subject, supply: 'aws iam get-account-authorization-details of its account' }] : []), ...(lacks ? [lacks.missing] : [])];
  const verdict = toVerdict(decision, missing, organizationPolicies(graph, target?.account, 'RESOURCE_CONTROL_POLICY').recorded ? [] : ['resource_control_policy']);
  return verdict.answer === 'yes' && target ? underPublicAccessBlock(graph, target, principal, verdict) : verdict;
}

/** P5: RestrictPublicBuckets leaves a bucket with a public policy to its owner's account and AWS services. */
function underPublicAccessBlock(graph: GraphView, target: StoredResource, principal: Principal, verdict: Verdict): Verdict {
  if (target.type !== 'AWS::S3::Bucket' || principal.kind === 'service' || (accountOf(principal) !== undefined && accountOf(principal) === target.account)) return verdict;
  const inputs = bucketInputs(graph, target);
  const block = inputs.block('RestrictPublicBuckets');
  const stops = allOf([effective(block), policyPublic(inputs.policy)]);
  if (stops === 'no') return verdict;
  const { bucketBlock, accountBlock } = inputs.missing;
  const source = block.bucket === 'yes' ? target.urn : block.accountSource;
  const reason = { rule: 'S3.P5', source, pointer: block.bucket === 'yes' ? block.bucketPointer : block.accountPointer, text: 'RestrictPublicBuckets leaves a bucket with a public policy to its owner’s account' };
  if (stops === 'yes') return { answer: 'no', blocked_by: 'BLOCK_PUBLIC_ACCESS', assumed: [], missing: [], reasons: [reason, ...verdict.reasons] };
  return { answer: 'unknown', assumed: [], missing: [bucketBlock, accountBlock].flatMap((m) => m ?? []), reasons: verdict.reasons };
}

/** A decision as a verdict. @param missing what may be named if the decision hangs on policies of unknown content. */
export function toVerdict(decision: AccessDecision, missing: readonly Missing[], assumed: readonly string[]): Verdict {
  const { outcome, blocked_by: layer, reasons } = decision;
  if (outcome === 'allowed') return { answer: 'yes', assumed, missing: [], reasons, ...(reasons[0] && { via: reasons[0].text }) };
  if (outcome === 'unknown') return { answer: 'unknown', assumed: [], missing: decision.conditional ? [] : missing, reasons, ...(decision.residual.length > 0 && { blocked_by: 'CONDITION' }) };
  const code = outcome === 'explicitly_denied' && layer === 'identity' ? 'EXPLICIT_DENY' : (layer ?? 'identity').toUpperCase();
  return { answer: 'no', blocked_by: code, assumed: [], missing: [], reasons };
}
