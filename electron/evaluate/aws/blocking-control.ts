import type { StorageAccess } from '#shared/model/verdict.ts';
import { effective, type BlockFlag, type BucketInputs } from './bucket-inputs.ts';
import type { ProbeOutcome } from './bucket-simulation.ts';
import { statementName, type Statement } from './policy-document.ts';
import { describeTest, statementPointer, type Hit } from './policy-scan.ts';
import { isNetworkBound, namesEveryone, policyPublic } from './public-policy.ts';

type Control = NonNullable<StorageAccess['blocking_control']>;

/**
 * Names the control that refuses the anonymous request. Several may; one that does not hang on the network comes first: the public access
 * block, object ownership, a Deny, then the conditions of the Allow itself; when nothing ever let the caller in, there is no grant.
 */
export function blockingControl(inputs: BucketInputs, outcomes: readonly ProbeOutcome[]): Control {
  const policyOpen = inputs.policy.state === 'unknown' || outcomes.some((o) => o.allow !== 'no');
  const aclOpen = inputs.grants === undefined || inputs.grants.length + (inputs.objectGrants ?? []).length > 0;
  const aclControl = aclOpen ? ownershipControl(inputs) ?? blockControl(inputs, 'IgnorePublicAcls') : undefined;
  const policyControl = policyOpen && policyPublic(inputs.policy) !== 'no' ? blockControl(inputs, 'RestrictPublicBuckets') : undefined;
  // Either kind of grant must be stopped; the policy's control is the one to name when both are.
  if ((!policyOpen || policyControl) && (!aclOpen || aclControl)) {
    const both = policyControl ?? aclControl;
    if (both) return both;
  }
  const denied = outcomes.filter((o) => o.allow !== 'no' || o.grants === undefined || o.grants.length > 0);
  const deny = denied.length > 0 ? denyControl(inputs, denied.flatMap((o) => o.denyHits).filter((h) => h.answer === 'yes')) : undefined;
  return deny ?? policyControl ?? conditionalAllow(inputs) ?? aclControl ?? noGrant(inputs);
}

function blockControl(inputs: BucketInputs, flag: BlockFlag): Control | undefined {
  const block = inputs.block(flag);
  if (effective(block) !== 'yes') return undefined;
  if (block.bucket === 'yes') {
    return { kind: 'public_access_block', source: inputs.bucket.urn, pointer: block.bucketPointer, text: `${flag} is on for the bucket`, network_bound: false };
  }
  return { kind: 'account_public_access_block', source: block.accountSource, pointer: block.accountPointer, text: `${flag} is on for the account`, network_bound: false };
}

function ownershipControl(inputs: BucketInputs): Control | undefined {
  if (!inputs.ownership.enforced) return undefined;
  return { kind: 'object_ownership', source: inputs.bucket.urn, pointer: inputs.ownership.pointer, text: 'BucketOwnerEnforced voids all ACLs', network_bound: false };
}

/** The Deny that hangs on the fewest conditions, network ones counting most. */
function denyControl(inputs: BucketInputs, hits: readonly Hit[]): Control | undefined {
  const rank = (hit: Hit): number => (hit.statement && isNetworkBound(hit.statement) ? 1000 : 0) + (hit.statement?.conditions.length ?? 0);
  const hit = hits.toSorted((a, b) => rank(a) - rank(b))[0];
  if (!hit?.statement) return undefined;
  const { statement, policy } = hit;
  const when = statement.conditions.length > 0 ? ` where ${statement.conditions.map(describeTest).join(' and ')}` : '';
  const isBucketPolicy = policy.source === inputs.bucket.urn;
  return {
    kind: isBucketPolicy ? 'bucket_policy' : 'resource_control_policy', source: policy.source,
    pointer: statementPointer(policy, statement),
    text: `${statementName(statement)} of ${policy.name} denies everyone${spared(statement)}${when}`, network_bound: isNetworkBound(statement),
  };
}

/** Whom a Deny with NotPrincipal leaves out, in words. */
function spared({ notPrincipals }: Statement): string {
  const names = notPrincipals === undefined ? [] : [...notPrincipals.aws, ...notPrincipals.service, ...notPrincipals.federated, ...notPrincipals.canonical];
  return names.length === 0 ? '' : ` but ${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;
}

/** An Allow for everyone whose conditions no request from the internet meets. */
function conditionalAllow(inputs: BucketInputs): Control | undefined {
  if (inputs.policy.state !== 'known') return undefined;
  const statements = inputs.policy.parsed.statements.filter((s) => s.effect === 'Allow' && namesEveryone(s) && s.conditions.length > 0);
  const statement = statements.find(isNetworkBound) ?? statements[0];
  if (!statement) return undefined;
  return {
    kind: 'bucket_policy', source: inputs.bucket.urn, pointer: statementPointer(inputs.policy.input, statement), network_bound: statements.some(isNetworkBound),
    text: `${statementName(statement)} of the bucket policy allows only where ${statement.conditions.map(describeTest).join(' and ')}`,
  };
}

function noGrant(inputs: BucketInputs): Control {
  return { kind: 'no_grant', source: inputs.bucket.urn, pointer: inputs.policy.state === 'unknown' ? '/Grants' : inputs.policy.state === 'none' ? inputs.policy.pointer : '/Policy', text: 'neither the policy nor the ACL lets anyone in from outside', network_bound: false };
}
