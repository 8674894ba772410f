import { at, isObject, list, str } from '#shared/lib/json.ts';
import { awsUrn, newBucket } from '#shared/model/aws.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { hasUntold, onceApplied, supposedOf } from '#shared/model/untold.ts';
import type { Answer, Missing } from '#shared/model/verdict.ts';
import type { PolicyLevel } from './aws-policy.ts';
import { anyOf } from '../kleene.ts';
import { organizationPolicies } from './organization-policies.ts';
import { ownPolicy } from './own-policy.ts';
import { parsePolicy, type ParsedPolicy } from './policy-document.ts';
import type { PolicyInput } from './policy-scan.ts';

export type BlockFlag = 'IgnorePublicAcls' | 'RestrictPublicBuckets';
/** A flag of the public access block where it is set: on the bucket, on its account. */
export interface Block { readonly bucket: Answer; readonly bucketPointer: string; readonly account: Answer; readonly accountSource: string; readonly accountPointer: string }
/** A grant of an ACL to a predefined group that anyone can be in. */
export interface PublicGrant { readonly group: 'AllUsers' | 'AuthenticatedUsers'; readonly permission: string; readonly pointer: string }

export interface BucketInputs {
  readonly bucket: StoredResource;
  readonly arn: string;
  readonly account: string | undefined;
  readonly policy: { readonly state: 'known'; readonly input: PolicyInput; readonly parsed: ParsedPolicy } | { readonly state: 'none'; readonly pointer: string } | { readonly state: 'unknown' };
  /** Undefined: the ACL was not recorded. */
  readonly grants: readonly PublicGrant[] | undefined;
  /** Grants in the recorded ACLs of single objects; undefined: none recorded. */
  readonly objectGrants: readonly PublicGrant[] | undefined;
  readonly ownership: { readonly enforced: boolean; readonly pointer: string; readonly recorded: boolean; /** Does it void ACLs? Unknown where a source sets it and doesn't tell it. */ readonly voids: Answer };
  readonly block: (flag: BlockFlag) => Block;
  readonly rcps: readonly PolicyLevel[];
  readonly recorded: { readonly rcps: boolean; readonly s3Policies: boolean; readonly accessPoints: boolean };
  readonly accessPoints: readonly StoredResource[];
  /** Required inputs that the snapshot doesn't carry. */
  readonly missing: { readonly ownership?: Missing; readonly policy?: Missing; readonly acl?: Missing; readonly bucketBlock?: Missing; readonly accountBlock?: Missing };
}

/** Effective value of a flag: the most restrictive of bucket and account (S3 User Guide, "Blocking public access"). */
export const effective = (block: Block): Answer => anyOf([block.bucket, block.account]);

/** Collects what is recorded of a bucket and of the controls around it. */
export function bucketInputs(graph: GraphView, bucket: StoredResource): BucketInputs {
  const { config, account } = bucket;
  const policy = readPolicy(bucket);
  const supposed = (key: string, name: string): boolean => at(config, key) === undefined && supposedOf(config).includes(name), isFresh = supposed('PublicAccessBlockConfiguration', newBucket.block), isVoid = supposed('OwnershipControls', newBucket.ownership);
  const grants = supposed('Grants', newBucket.acl) ? [] : readGrants(config, '/Grants', at(config, 'Grants'));
  const accountBlock = readAccountBlock(graph, account);
  const bucketBlock = at(config, 'PublicAccessBlockConfiguration');
  const s3 = organizationPolicies(graph, account, 'S3_POLICY'), rcp = organizationPolicies(graph, account, 'RESOURCE_CONTROL_POLICY');
  const name = str(config, 'Name') ?? bucket.name ?? bucket.urn.split(':').at(-1) ?? '';
  const all = graph.ofType('AWS::S3::AccessPoint');
  const isEnforced = isVoid || list(config, 'OwnershipControls', 'Rules').some((r) => str(r, 'ObjectOwnership') === 'BucketOwnerEnforced'), isOpen = hasUntold(at(config, 'OwnershipControls'), 'Rules');
  return {
    bucket, account, arn: bucket.urn.startsWith('arn:') ? bucket.urn : awsUrn.bucket(name), policy, grants,
    objectGrants: readObjectGrants(config),
    ownership: { enforced: isEnforced, pointer: isVoid ? '/supposed' : '/OwnershipControls', voids: isEnforced ? 'yes' : isOpen ? 'unknown' : 'no', recorded: isVoid || at(config, 'OwnershipControls') !== undefined },
    block: (flag) => ({ bucket: isFresh ? 'yes' : readFlag(bucketBlock, flag), bucketPointer: isFresh ? '/supposed' : `/PublicAccessBlockConfiguration/${flag}`, account: accountBlock.flag(flag), accountSource: accountBlock.source, accountPointer: accountBlock.pointer(flag) }),
    rcps: rcp.levels,
    recorded: { rcps: rcp.recorded, s3Policies: s3.recorded, accessPoints: all.some((p) => p.account === account) },
    accessPoints: [...all.filter((p) => str(p.config, 'Bucket') === name && [undefined, account].includes(p.account)), ...multiRegionPoints(graph, name, account)],
    missing: {
      ...(isOpen && { ownership: missing('object ownership of the bucket', bucket.urn, onceApplied) }),
      ...(policy.state === 'unknown' && { policy: missing('bucket policy', bucket.urn, 'aws s3api get-bucket-policy, or an AWS Config snapshot') }),
      ...(grants === undefined && { acl: missing('bucket ACL', bucket.urn, 'aws s3api get-bucket-acl, or an AWS Config snapshot') }),
      ...((['IgnorePublicAcls', 'RestrictPublicBuckets'] as const).some((flag) => !isFresh && readFlag(bucketBlock, flag) === 'unknown') && { bucketBlock: missing('public access block of the bucket', bucket.urn, 'aws s3api get-public-access-block') }),
      ...(!accountBlock.recorded && { accountBlock: missing('public access block of the account', account === undefined ? bucket.urn : awsUrn.accountPublicAccessBlock(account), 'aws s3control get-public-access-block') }),
    },
  };
}

export const multiRegionPoint = 'AWS::S3::MultiRegionAccessPoint';

/** Access points of several regions that lead to the bucket, in the words of those of one; their policy is a resource of its own (CloudFormation's words) or stands with them. */
function multiRegionPoints(graph: GraphView, bucket: string, account: string | undefined): readonly StoredResource[] {
  return graph.ofType(multiRegionPoint).filter((p) => list(p.config, 'Regions').some((r) => str(r, 'Bucket') === bucket && [undefined, account].includes(str(r, 'BucketAccountId') ?? account))).map((point) => {
    const { config, name } = point, own = str(config, 'Name') ?? name, alias = str(config, 'Alias');
    const policy = graph.ofType('AWS::S3::MultiRegionAccessPointPolicy').find((p) => p.account === point.account && str(p.config, 'MrapName') === own);
    const document = at(config, 'Policy') ?? at(policy?.config, 'Policy'), block = at(config, 'PublicAccessBlockConfiguration') ?? at(config, 'PublicAccessBlock');
    return {
      ...point, ...(own !== undefined && { name: own }), ...(alias !== undefined && point.account !== undefined && { urn: `arn:aws:s3::${point.account}:accesspoint/${alias}` }),
      config: { Bucket: bucket, NetworkOrigin: 'Internet', ...(document !== undefined && { Policy: document }), ...(block !== undefined && { PublicAccessBlockConfiguration: block }) },
    };
  });
}

const missing = (what: string, entity: string, supply: string): Missing => ({ what, entity, supply });

function readPolicy(bucket: StoredResource): BucketInputs['policy'] {
  const own = ownPolicy(bucket), input = own.state === 'known' ? own.inputs[0] : undefined;
  const parsed = input && parsePolicy(input.document);
  if (!input || !parsed?.ok) return own.state === 'none' ? { state: 'none', pointer: own.pointer } : { state: 'unknown' };
  return { state: 'known', parsed: parsed.value, input: { ...input, name: 'the bucket policy' } };
}

/** Null is "recorded as none"; anything but a list of grants is as good as not recorded. */
function readGrants(config: unknown, pointer: string, value: unknown): readonly PublicGrant[] | undefined {
  if (value === null) return [];
  if (!isObject(config) || !Array.isArray(value)) return undefined;
  return value.flatMap((grant: unknown, i) => {
    const group = /\/groups\/global\/(AllUsers|AuthenticatedUsers)$/.exec(str(grant, 'Grantee', 'URI') ?? '')?.[1];
    const permission = str(grant, 'Permission');
    return group === undefined || permission === undefined ? [] : [{ group: group === 'AllUsers' ? 'AllUsers' as const : 'AuthenticatedUsers' as const, permission, pointer: `${pointer}/${i}` }];
  });
}

/** `ObjectAcls`: a sample of get-object-acl answers, `[{ Key, Grants }]`. */
function readObjectGrants(config: unknown): readonly PublicGrant[] | undefined {
  const sample = at(config, 'ObjectAcls');
  if (!Array.isArray(sample)) return undefined;
  return sample.flatMap((object: unknown, i) => readGrants(config, `/ObjectAcls/${i}/Grants`, at(object, 'Grants')) ?? []);
}

function readFlag(config: unknown, flag: string): Answer {
  if (config === undefined || hasUntold(config, flag)) return 'unknown';
  const value = at(config, flag);
  return value === true || value === 'true' ? 'yes' : 'no';
}

interface AccountBlock { readonly recorded: boolean; readonly source: string; readonly flag: (flag: BlockFlag) => Answer; readonly pointer: (flag: BlockFlag) => string }

/**
 * What Organizations S3 policies assign (`s3_attributes.public_access_block_configuration`: `all` or `none`): the one nearest to the account, unless one
 * above allows those below no operators (Organizations guide, "Declarative policy inheritance"). Of two at one level `all` is taken.
 */
function organizationBlock(graph: GraphView, account: string | undefined): AccountBlock | undefined {
  let found: AccountBlock | undefined;
  for (const level of organizationPolicies(graph, account, 'S3_POLICY').levels.toReversed()) {
    const told = level.policies.map((policy) => { const content = parseJson(policy.document); return { policy, content, block: at(content, 's3_attributes', 'public_access_block_configuration') }; });
    // It may bind this account, or say what nobody can read.
    if (told.some((t) => !isObject(t.content))) return { recorded: false, source: '', flag: () => 'unknown', pointer: () => '' };
    const assigned = told.filter((t) => str(t.block, '@@assign') !== undefined);
    const best = assigned.find((t) => str(t.block, '@@assign') === 'all') ?? assigned[0];
    if (best) {
      const answer: Answer = str(best.block, '@@assign') === 'all' ? 'yes' : 'no';
      found = { recorded: true, source: best.policy.source, flag: () => answer, pointer: () => best.policy.pointer };
    }
    // What a key says of the policies below holds for the keys in it.
    if (told.some((t) => [t.content, at(t.content, 's3_attributes'), t.block].some((part) => [at(part, '@@operators_allowed_for_child_policies')].flat().includes('@@none')))) return found;
  }
  return found;
}

/** The account's block, which an Organizations S3 policy overrides. */
function readAccountBlock(graph: GraphView, account: string | undefined): AccountBlock {
  const organization = organizationBlock(graph, account);
  if (organization) return organization;
  // Answers of S3 alone don't name the account: the only block that is recorded is that of the bucket's.
  const all = account === undefined ? graph.ofType('AWS::S3::AccountPublicAccessBlock') : [];
  const resource = account === undefined ? (all.length === 1 ? all[0] : undefined)
    : graph.resource(awsUrn.accountPublicAccessBlock(account)) ?? graph.ofType('AWS::S3::AccountPublicAccessBlock', { account })[0];
  if (!resource) return { recorded: false, source: '', flag: () => 'unknown', pointer: () => '' };
  const nested = at(resource.config, 'PublicAccessBlockConfiguration');
  const [config, prefix] = nested === undefined ? [resource.config, ''] : [nested, '/PublicAccessBlockConfiguration'];
  return { recorded: config !== undefined && !hasUntold(config, 'IgnorePublicAcls', 'RestrictPublicBuckets'), source: resource.urn, flag: (flag) => readFlag(config, flag), pointer: (flag) => `${prefix}/${flag}` };
}

function parseJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try { return JSON.parse(value); } catch { return undefined; }
}
