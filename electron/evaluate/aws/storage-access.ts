import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Answer, Missing, Reason, StorageAccess, Verdict } from '#shared/model/verdict.ts';
import { publicAccessPoints, type AccessPointAccess } from './access-points.ts';
import { bucketInputs, effective, type BucketInputs } from './bucket-inputs.ts';
import { simulate, type AccessKind, type ProbeOutcome, type ProbeResult } from './bucket-simulation.ts';
import { blockingControl } from './blocking-control.ts';
import { allOf, anyOf, not } from '../kleene.ts';
import { describeHit, describeTest } from './policy-scan.ts';
import { namesEveryone, policyPublic, publicReason, publicStatements, restrictions } from './public-policy.ts';

/**
 * Can anyone on the internet read, list, write or change the ACL of an S3 bucket? Simulates the requests against policy, ACL, ownership,
 * public access block (bucket or account), access points and RCPs (design 5-graph §1). Three-valued: an input that can't change the answer
 * isn't needed; one that can and isn't recorded makes it unknown and is listed in `missing`.
 */
export function evaluateBucketAccess(graph: GraphView, bucketUrn: string): StorageAccess {
  const bucket = graph.resource(bucketUrn);
  if (!bucket) return notRecorded(bucketUrn);
  const inputs = bucketInputs(graph, bucket);
  const outcomes = simulate(inputs).map((result) => applyControls(inputs, result));
  const points = publicAccessPoints(inputs);
  const ofKind = (kind: AccessKind): Answer => anyOf([...outcomes.filter((o) => o.probe.kind === kind).map((o) => o.answer), points.answers[kind]]);
  const actual = { list: ofKind('list'), read: ofKind('read'), write: ofKind('write'), acl: ofKind('acl') };
  const answer = anyOf(Object.values(actual));
  const control = answer === 'no' ? blockingControl(inputs, outcomes) : undefined;
  const looksPublic = [
    ...(hasPublicGrants(inputs) ? ['acl' as const] : []),
    ...(inputs.policy.state === 'known' && inputs.policy.parsed.statements.some((s) => s.effect === 'Allow' && namesEveryone(s)) ? ['policy' as const] : []),
  ];
  return {
    public: {
      answer, reasons: [...reasonsFor(inputs, outcomes), ...points.reasons, ...(answer === 'no' ? points.refusals : []), ...(control ? [{ rule: 'S3.control', source: control.source, pointer: control.pointer, text: control.text }] : [])],
      missing: answer === 'unknown' ? whatIsOpen([...missingInputs(inputs, outcomes), ...points.missing], inputs, outcomes) : [],
      assumed: assumed(inputs, outcomes, answer, control?.kind),
      ...blockedBy(answer, control, outcomes), ...via(answer, inputs, outcomes, points.reasons),
    },
    policy_public: policyPublic(inputs.policy), acl_public: aclPublic(inputs), public_actual: actual,
    restricted_to: inputs.policy.state === 'known' ? restrictions(inputs.policy.parsed) : noRestriction,
    misleading: answer === 'no' ? looksPublic : [],
    ...(answer === 'yes' && needsAccount(outcomes, points) && { signed_only: true as const }),
    ...(control && { blocking_control: control }),
  };
}

const noRestriction: StorageAccess['restricted_to'] = { vpce: [], vpc: [], cidrs: [], orgs: [], accounts: [] };

function notRecorded(urn: string): StorageAccess {
  const missing: Missing = { what: 'the bucket', entity: urn, supply: 'an inventory that has it: AWS Config snapshot, aws s3api calls' };
  return {
    public: { answer: 'unknown', assumed: [], missing: [missing], reasons: [] }, policy_public: 'unknown', acl_public: 'unknown',
    public_actual: { list: 'unknown', read: 'unknown', write: 'unknown', acl: 'unknown' }, restricted_to: noRestriction, misleading: [],
  };
}

const hasPublicGrants = (inputs: BucketInputs): boolean => (inputs.grants ?? []).length + (inputs.objectGrants ?? []).length > 0;

/** A1–A3: what remains of public grants. */
function aclPublic(inputs: BucketInputs): Answer {
  const recorded: Answer = inputs.grants === undefined ? 'unknown' : inputs.grants.length > 0 ? 'yes' : 'no';
  return allOf([recorded, not(inputs.ownership.voids), not(effective(inputs.block('IgnorePublicAcls')))]);
}

/** P5: with RestrictPublicBuckets a public policy lets nobody in from outside, and one that isn't public names no anonymous caller. */
function applyControls(inputs: BucketInputs, result: ProbeResult): ProbeOutcome {
  const publicPolicy = inputs.policy.state === 'unknown' ? 'yes' : policyPublic(inputs.policy);
  const restricted = allOf([effective(inputs.block('RestrictPublicBuckets')), publicPolicy]);
  const viaPolicy = allOf([result.byPolicy, not(restricted)]);
  const granted: Answer = result.grants === undefined ? 'unknown' : result.grants.length > 0 ? 'yes' : 'no';
  const viaAcl = allOf([granted, not(inputs.ownership.voids), not(effective(inputs.block('IgnorePublicAcls'))), result.aclUndenied]);
  return { ...result, viaPolicy, viaAcl, answer: anyOf([viaPolicy, viaAcl]) };
}

/** Of the required inputs that are missing those on which a probe that stays unknown hangs. */
function missingInputs(inputs: BucketInputs, outcomes: readonly ProbeOutcome[]): readonly Missing[] {
  const open = outcomes.filter((o) => o.answer === 'unknown');
  const { policy, acl, bucketBlock, accountBlock, ownership } = inputs.missing;
  const blockMatters = open.some((o) => (o.viaPolicy === 'unknown' && effective(inputs.block('RestrictPublicBuckets')) === 'unknown')
    || (o.viaAcl === 'unknown' && effective(inputs.block('IgnorePublicAcls')) === 'unknown'));
  const found = [
    open.length > 0 ? policy : undefined,
    open.some((o) => o.viaAcl === 'unknown' && o.grants === undefined) ? acl : undefined,
    blockMatters ? bucketBlock : undefined, blockMatters ? accountBlock : undefined, open.some((o) => o.viaAcl === 'unknown') ? ownership : undefined,
  ];
  return found.flatMap((m) => m ?? []);
}

/** Where every input is there, the answer hangs on conditions on what a request carries or what the snapshot doesn't tell. */
function whatIsOpen(missing: readonly Missing[], { bucket }: BucketInputs, outcomes: readonly ProbeOutcome[]): readonly Missing[] {
  if (missing.length > 0) return missing;
  const tests = outcomes.filter((o) => o.answer === 'unknown').flatMap((o) => [...o.allowHits, ...o.denyHits, ...o.openHits]).flatMap((h) => h.residual.map(describeTest));
  return [...new Set(tests)].slice(0, 3).map((test) => ({ what: `whether ${test} holds`, entity: bucket.urn, supply: 'a person who knows what it compares with, or "winnow answer"' }));
}

/** Controls that the snapshot doesn't carry and that could overturn this answer. */
function assumed(inputs: BucketInputs, outcomes: readonly ProbeOutcome[], answer: Answer, control: string | undefined): readonly string[] {
  const { recorded } = inputs;
  if (answer === 'unknown') return [];
  const aclsVoid = inputs.ownership.enforced || effective(inputs.block('IgnorePublicAcls')) === 'yes';
  if (answer === 'yes') {
    const onlyAcl = outcomes.every((o) => o.viaPolicy !== 'yes');
    return [
      ...(recorded.s3Policies ? [] : ['organization_s3_policy']), ...(recorded.rcps ? [] : ['resource_control_policy']),
      ...(onlyAcl && !inputs.ownership.recorded && !isEffectiveRecord(inputs.bucket) ? ['object_ownership'] : []),
    ];
  }
  const denied = (kinds: readonly AccessKind[]): boolean => outcomes.filter((o) => kinds.includes(o.probe.kind)).every((o) => o.deny === 'yes');
  return [
    ...(aclsVoid || inputs.objectGrants !== undefined || denied(['read']) ? [] : ['object_acls']),
    ...(recorded.accessPoints || effective(inputs.block('RestrictPublicBuckets')) === 'yes' || denied(['read', 'list', 'write']) ? [] : ['access_points']),
    ...(control === 'account_public_access_block' && !recorded.s3Policies ? ['organization_s3_policy'] : []),
  ];
}

/** Does everyone who gets in sign in with an AWS account, whichever it is? */
const needsAccount = (outcomes: readonly ProbeOutcome[], points: AccessPointAccess): boolean => points.isSigned
  && outcomes.every((o) => (o.viaPolicy === 'no' || o.signed) && (o.viaAcl === 'no' || o.grants?.every((g) => g.group === 'AuthenticatedUsers') === true));

/** A4: a live GetBucketAcl answers with what S3 enforces, ownership included; a template shows only what was written. */
const isEffectiveRecord = (bucket: StoredResource): boolean => bucket.provenance === 'observed' && !/terraform|cloudformation|cdk|plan/i.test(bucket.source);

function blockedBy(answer: Answer, control: StorageAccess['blocking_control'], outcomes: readonly ProbeOutcome[]): Partial<Verdict> {
  if (control) return { blocked_by: control.kind.toUpperCase() };
  const hangsOnCondition = answer === 'unknown' && outcomes.some((o) => o.answer === 'unknown' && [...o.allowHits, ...o.denyHits, ...o.openHits].some((h) => h.residual.length > 0));
  return hangsOnCondition ? { blocked_by: 'CONDITION' } : {};
}

function via(answer: Answer, inputs: BucketInputs, outcomes: readonly ProbeOutcome[], points: readonly Reason[]): Partial<Verdict> {
  if (answer !== 'yes') return {};
  const policy = outcomes.find((o) => o.viaPolicy === 'yes')?.allowHits.find((h) => h.answer === 'yes');
  if (policy) return { via: `${describeHit(policy, 'S3.P1').text}${outcomes.every((o) => o.viaPolicy !== 'yes' || o.signed) ? ' for any AWS account' : ''}` };
  const grant = outcomes.find((o) => o.viaAcl === 'yes')?.grants?.[0];
  if (grant) return { via: `ACL grant of ${grant.permission} to ${grant.group}${grant.group === 'AuthenticatedUsers' ? ' (any AWS account)' : ''}` };
  const [point] = points;
  return { via: point === undefined ? inputs.arn : `${point.text}, at the access point ${point.source.split('/').at(-1)}` };
}

/** What stands in the record for and against: public statements, public grants, what voids them, Deny statements. */
function reasonsFor(inputs: BucketInputs, outcomes: readonly ProbeOutcome[]): readonly Reason[] {
  const { bucket } = inputs;
  const reasons: Reason[] = [];
  if (inputs.policy.state === 'known') {
    const { input, parsed } = inputs.policy;
    reasons.push(...publicStatements(parsed, 'bucket').map((s) => publicReason(s, input)));
  }
  for (const grant of [...inputs.grants ?? [], ...inputs.objectGrants ?? []]) {
    reasons.push({ rule: 'S3.A3', source: bucket.urn, pointer: grant.pointer, text: `the ACL grants ${grant.permission} to ${grant.group}` });
  }
  if (inputs.ownership.enforced) reasons.push({ rule: 'S3.A1', source: bucket.urn, pointer: inputs.ownership.pointer, text: 'BucketOwnerEnforced: ACLs have no effect' });
  for (const [flag, rule, text] of [['IgnorePublicAcls', 'S3.A2', 'public ACL grants are ignored'], ['RestrictPublicBuckets', 'S3.P5', 'a public policy lets in only the owner’s account and AWS services']] as const) {
    const block = inputs.block(flag);
    if (block.bucket === 'yes') reasons.push({ rule, source: bucket.urn, pointer: block.bucketPointer, text: `${flag} on the bucket: ${text}` });
    if (block.account === 'yes') reasons.push({ rule, source: block.accountSource, pointer: block.accountPointer, text: `${flag} on the account: ${text}` });
  }
  const denies = new Map(outcomes.flatMap((o) => o.denyHits).filter((h) => h.statement).map((h) => [h.statement, h]));
  return [...reasons, ...[...denies.values()].map((h) => describeHit(h, 'S3.D1'))];
}
