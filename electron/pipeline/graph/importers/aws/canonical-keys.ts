import { isObject, type JsonObject } from '#shared/lib/json.ts';
import { parsePolicyText } from './policy-text.ts';

/** Keys whose CLI spelling is not just a capital first letter (AWS SDK for Java 1 bean names, as AWS Config writes them). */
const spelled: Readonly<Record<string, string>> = {
  dnsname: 'DNSName', vpcid: 'VPCId', sslcertificateId: 'SSLCertificateId', canonicalHostedZoneNameID: 'CanonicalHostedZoneNameID',
  sseAlgorithm: 'SSEAlgorithm', kmsMasterKeyID: 'KMSMasterKeyID', sSEAlgorithm: 'SSEAlgorithm', kMSMasterKeyID: 'KMSMasterKeyID', awsaccountId: 'AWSAccountId',
  arn: 'Arn', aRN: 'Arn', uri: 'URI',
};
/** Values under these keys are maps with keys of the customer's own, which stay as written. */
const maps = new Set(['Variables', 'Labels', 'RequestParameters', 'ResponseParameters', 'Headers']);
/** Values under these keys are policies. */
const policyKey = /^(Policy|ResourcePolicy|AccessPolicies|PolicyText|PolicyDocument|AssumeRolePolicyDocument|Document|RepositoryPolicyText|KeyPolicy|FileSystemPolicy|AccessPolicy|PolicyInJson|RedrivePolicy)$/;
const word = /^[a-z][A-Za-z0-9]*$/;
/** Deeper than any AWS answer; keeps hostile input off the stack. */
const maxDepth = 40;

/**
 * Spells keys as the AWS CLI does (`dBInstanceIdentifier` → `DBInstanceIdentifier`), parses policies and drops nothing. Keys that already
 * begin with a capital (types that AWS Config takes from CloudFormation) stay.
 */
export function canonicalKeys(value: unknown, depth = 0): unknown {
  if (depth > maxDepth) return value;
  if (Array.isArray(value)) return value.map((item) => canonicalKeys(item, depth + 1));
  if (!isObject(value)) return value;
  const spelt: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const inner = value[key], { name, kind } = meaningOf(key);
    const given = kind === 'policy' ? parsePolicyText(inner) : kind === 'map' || (name === 'Tags' && isObject(inner)) ? inner : canonicalKeys(inner, depth + 1);
    // Assigned, it would become the object's prototype.
    if (name === '__proto__') Object.defineProperty(spelt, name, { value: given, enumerable: true, configurable: true, writable: true });
    else spelt[name] = given;
  }
  return spelt;
}

interface Meaning { readonly name: string; readonly kind: 'policy' | 'map' | undefined }
/** AWS has a few thousand keys; what customers name themselves is not looked at, or seldom. */
const MOST_KEYS = 5000;
const meanings = new Map<string, Meaning>();

/** What a key is called and what stands under it: the same keys come in every record. */
function meaningOf(key: string): Meaning {
  const known = meanings.get(key);
  if (known) return known;
  const name = canonicalKey(key), meaning: Meaning = { name, kind: policyKey.test(name) ? 'policy' : maps.has(name) ? 'map' : undefined };
  if (meanings.size < MOST_KEYS) meanings.set(key, meaning);
  return meaning;
}

export function canonicalKey(key: string): string {
  if (Object.hasOwn(spelled, key)) return spelled[key] ?? key;
  return word.test(key) ? key.slice(0, 1).toUpperCase() + key.slice(1) : key;
}

/** `canonicalKeys` of an object; an empty object for anything else. */
export function canonicalObject(value: unknown): JsonObject {
  const canonical = canonicalKeys(value);
  return isObject(canonical) ? canonical : {};
}
