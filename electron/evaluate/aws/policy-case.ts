import { parseArn } from '#shared/lib/arn.ts';
import { list, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Reason } from '#shared/model/verdict.ts';
import { evaluateAccess, type Layer } from './aws-policy.ts';
import { readPolicyCase, type PolicyCase } from './policy-case-input.ts';
import { parsePolicy } from './policy-document.ts';
import { accountOf, type Principal } from './policy-principal.ts';
import type { PolicyInput } from './policy-scan.ts';
import { publicReason, publicStatements } from './public-policy.ts';

/** `pointer` of a reason leads into the case itself. */
export interface PolicyAnswer {
  readonly decision: 'allowed' | 'implicitly_denied' | 'explicitly_denied';
  /** What refuses: a layer of policies, or the public access block. */
  readonly blocked_by?: Layer | 'block_public_access';
  /**
   * `resource_account`: nothing says who owns the resource, and the principal's account was taken. `trust_policy`: the case brings no trust policy
   * of the role, though every role has one; it was taken to name the account.
   */
  readonly assumed: readonly string[];
  readonly reasons: readonly Reason[];
}

/**
 * Decides one policy case as AWS would (see `readPolicyCase` for its fields and defaults). Besides the policies it knows S3's public access block:
 * RestrictPublicBuckets leaves a bucket with a public policy to its owner's account and AWS services (S3 User Guide, "Blocking public
 * access"), BlockPublicAcls refuses requests that would set a public ACL, and IgnorePublicAcls voids the public grants of `acl` (the grants of
 * get-bucket-acl or get-object-acl), where the case has them. RestrictPublicBuckets denies explicitly: it overrides what a statement allows. A public
 * ACL that may not be set is an implicit denial: the request is refused for what it carries.
 * @returns an error when the case can't be read.
 */
export function evaluatePolicyCase(value: unknown): Result<PolicyAnswer> {
  const read = readPolicyCase(value);
  if (!read.ok) return read;
  const { request, policies, ownerAssumed, block } = read.value;
  const assumed = [...(ownerAssumed && accountOf(request.principal) !== undefined ? ['resource_account'] : []), ...(lacksTrust(read.value) ? ['trust_policy'] : [])];
  const acl = block.IgnorePublicAcls || str(value, 'object_ownership') === 'BucketOwnerEnforced' ? undefined : aclPolicy(value, request.resource);
  const resource = [...policies.resource ?? [], ...(acl ? [acl] : []), ...(lacksTrust(read.value) ? [accountTrust(request.principal)] : [])];
  const decision = evaluateAccess(request, { ...policies, resource });
  // Every policy was read and every key is known, so this can't be; it must not come out as a denial if it ever is.
  if (decision.outcome === 'unknown') return err('the case could not be decided');
  const isS3 = request.action.toLowerCase().startsWith('s3:') && ['s3', undefined].includes(parseArn(request.resource)?.service);
  const blocked = decision.outcome === 'allowed' && isS3 ? blockedByPublicAccessBlock(read.value) : [];
  if (blocked[0]) return ok({ decision: blocked[0].rule === 'S3.P5' ? 'explicitly_denied' : 'implicitly_denied', blocked_by: 'block_public_access', assumed, reasons: blocked });
  return ok({ decision: decision.outcome, ...(decision.blocked_by !== undefined && { blocked_by: decision.blocked_by }), assumed, reasons: decision.reasons });
}

/** Assuming a role of the own account, in a case without the role's trust policy: policy simulators ask the identity's policies alone. */
const lacksTrust = ({ request, policies }: PolicyCase): boolean => (policies.resource ?? []).length === 0 && request.action.toLowerCase().startsWith('sts:')
  && parseArn(request.resource)?.resource.startsWith('role/') === true && accountOf(request.principal) !== undefined && accountOf(request.principal) === request.resourceAccount;

function accountTrust(principal: Principal): PolicyInput {
  const statement = { Effect: 'Allow', Principal: { AWS: accountOf(principal) }, Action: 'sts:*' };
  return { name: 'a trust policy that names the account', source: 'case', pointer: '/resource_policy', document: { Version: '2012-10-17', Statement: [statement] } };
}

function blockedByPublicAccessBlock(given: PolicyCase): readonly Reason[] {
  const { request, policies, block } = given;
  const { principal, resourceAccount } = request;
  if (block.BlockPublicAcls && setsPublicAcl(given)) {
    return [{ rule: 'S3.P6', source: 'case', pointer: '/block_public_access', text: 'BlockPublicAcls refuses a request that sets a public ACL' }];
  }
  const account = accountOf(principal);
  if (!block.RestrictPublicBuckets || principal.kind === 'service' || (account !== undefined && account === resourceAccount)) return [];
  const open = (policies.resource ?? []).flatMap((policy) => {
    const parsed = parsePolicy(policy.document);
    return parsed.ok ? publicStatements(parsed.value, 'bucket').map((s) => publicReason(s, policy)) : [];
  });
  if (open.length === 0) return [];
  return [{ rule: 'S3.P5', source: 'case', pointer: '/block_public_access', text: 'RestrictPublicBuckets leaves a bucket with a public policy to its owner’s account and AWS services' }, ...open];
}

/** Canned ACLs that grant to a predefined group which anyone can be in (S3 User Guide, "Canned ACL"). */
const publicCanned: ReadonlySet<string> = new Set(['public-read', 'public-read-write', 'authenticated-read']);
const aclWrites: ReadonlySet<string> = new Set(['s3:putobject', 's3:putobjectacl', 's3:putobjectversionacl', 's3:putbucketacl', 's3:createbucket']);
const publicGroup = /\/groups\/global\/(AllUsers|AuthenticatedUsers)\b/;

function setsPublicAcl({ request }: PolicyCase): boolean {
  if (!aclWrites.has(request.action.toLowerCase())) return false;
  return Object.entries(request.context?.values ?? {}).some(([key, values]) => {
    const texts = typeof values === 'string' ? [values] : values;
    return key === 's3:x-amz-acl' ? texts.some((v) => publicCanned.has(v)) : key.startsWith('s3:x-amz-grant-') && texts.some((v) => publicGroup.test(v));
  });
}

/** What each ACL permission lets one do, on a bucket and on an object (S3 User Guide, "Mapping of ACL permissions and access policy permissions"). */
const aclActions = {
  bucket: { READ: ['s3:ListBucket', 's3:ListBucketVersions', 's3:ListBucketMultipartUploads'], READ_ACP: ['s3:GetBucketAcl'], WRITE_ACP: ['s3:PutBucketAcl'], WRITE: [] },
  // Creating and deleting objects is a permission of the bucket that is asked for on the object.
  object: { READ: ['s3:GetObject', 's3:GetObjectVersion'], READ_ACP: ['s3:GetObjectAcl', 's3:GetObjectVersionAcl'], WRITE_ACP: ['s3:PutObjectAcl', 's3:PutObjectVersionAcl'], WRITE: ['s3:PutObject', 's3:DeleteObject'] },
} as const;

/** The public grants of an ACL as a resource policy; undefined when there is none. */
function aclPolicy(value: unknown, resource: string): PolicyInput | undefined {
  const grants = [...list(value, 'acl', 'Grants'), ...list(value, 'acl')];
  const on = aclActions[resource.includes('/') ? 'object' : 'bucket'];
  const statements = grants.flatMap((grant) => {
    const group = publicGroup.exec(str(grant, 'Grantee', 'URI') ?? '')?.[1];
    const permission = str(grant, 'Permission');
    const actions = Object.entries(on).flatMap(([name, found]) => (permission === name || permission === 'FULL_CONTROL' ? found : []));
    if (group === undefined || actions.length === 0) return [];
    // Any AWS identity, in contrast to an anonymous caller.
    return [{ Sid: `ACL ${permission ?? ''} to ${group}`, Effect: 'Allow', Principal: '*', Action: actions, Resource: resource, ...(group === 'AuthenticatedUsers' && { Condition: { Null: { 'aws:PrincipalArn': 'false' } } }) }];
  });
  return statements.length === 0 ? undefined : { name: 'the ACL', source: 'case', pointer: '/acl', document: JSON.stringify({ Version: '2012-10-17', Statement: statements }) };
}
