import { isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { canonicalKeys, canonicalObject } from './canonical-keys.ts';
import { parsePolicyText, parseStringified } from './policy-text.ts';

const permissions: Readonly<Record<string, string>> = { fullcontrol: 'FULL_CONTROL', read: 'READ', write: 'WRITE', readacp: 'READ_ACP', writeacp: 'WRITE_ACP' };
const groups: Readonly<Record<string, string>> = {
  AllUsers: 'http://acs.amazonaws.com/groups/global/AllUsers',
  AuthenticatedUsers: 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers',
  LogDelivery: 'http://acs.amazonaws.com/groups/s3/LogDelivery',
};

/**
 * A bucket as AWS Config records it, in the words of the CLI's get-bucket-* answers. What Config leaves out when it is unset
 * (block public access, encryption) becomes null; what it always writes stays missing when missing.
 * @param configuration with canonical keys already.
 * @param supplementary as recorded; each value may be text (the query API).
 */
export function canonicalBucket(configuration: JsonObject, supplementary: JsonObject, name: string | undefined): JsonObject {
  const part = (key: string): unknown => parseStringified(supplementary[key]);
  const isRecorded = 'BucketPolicy' in supplementary || 'AccessControlList' in supplementary;
  const acl = part('AccessControlList');
  const policy = part('BucketPolicy');
  const others = Object.fromEntries(Object.keys(supplementary)
    .filter((key) => !['AccessControlList', 'BucketPolicy', 'Tags'].includes(key)).map((key) => [key, canonicalKeys(part(key))]));
  return {
    ...(isRecorded && { PublicAccessBlockConfiguration: null, ServerSideEncryptionConfiguration: null }),
    ...configuration,
    ...(name !== undefined && { Name: name }),
    ...(isObject(acl) && 'grantList' in acl && { Grants: list(acl, 'grantList').map(grantOf), Owner: ownerOf(acl, configuration) }),
    ...(policy !== undefined && { Policy: policyOf(policy) }),
    ...others,
  };
}

/** `{"policyText": null}` is how Config says that the bucket has no policy. */
function policyOf(policy: unknown): unknown {
  if (policy === null) return null;
  return isObject(policy) && 'policyText' in policy ? parsePolicyText(policy['policyText']) : parsePolicyText(policy);
}

function ownerOf(acl: JsonObject, configuration: JsonObject): unknown {
  const id = str(acl, 'owner', 'id') ?? str(configuration, 'Owner', 'Id');
  return id === undefined ? null : { ID: id };
}

function grantOf(grant: unknown): JsonObject {
  const permission = str(grant, 'permission') ?? '';
  return { Grantee: granteeOf(isObject(grant) ? grant['grantee'] : undefined), Permission: permissions[permission.toLowerCase().replaceAll('_', '')] ?? permission };
}

function granteeOf(grantee: unknown): JsonObject {
  const group = typeof grantee === 'string' ? grantee : str(grantee, 'identifier') ?? str(grantee, 'uri') ?? str(grantee, 'URI');
  if (group !== undefined && (Object.hasOwn(groups, group) || group.startsWith('http'))) return { Type: 'Group', URI: groups[group] ?? group };
  const email = str(grantee, 'emailAddress') ?? str(grantee, 'address');
  if (email !== undefined) return { Type: 'AmazonCustomerByEmail', EmailAddress: email };
  const id = str(grantee, 'id') ?? group;
  return { Type: 'CanonicalUser', ...(id !== undefined && { ID: id }) };
}

/** The four flags of an account, or null when the account has none. */
export function canonicalAccountBlock(configuration: unknown): unknown {
  const parsed = parseStringified(configuration);
  return parsed === null || parsed === undefined ? null : canonicalObject(parsed);
}
