import { parseArn } from '#shared/lib/arn.ts';
import type { Answer, Reason, StorageAccess } from '#shared/model/verdict.ts';
import { parseNetwork, parseOperator } from './condition-operators.ts';
import { statementName, type ConditionTest, type ParsedPolicy, type Statement } from './policy-document.ts';
import { statementPointer, type PolicyInput } from './policy-scan.ts';

/** Does a statement speak of everyone: `*`, NotPrincipal, or an identity provider that anyone can sign up to? */
export function namesEveryone(statement: Statement): boolean {
  if (statement.notPrincipals) return true;
  const p = statement.principals;
  return p !== undefined && (p.aws.includes('*') || p.service.includes('*') || p.federated.length > 0);
}

/** What a policy hangs on: S3 has its own list of keys that take a statement out of "public"; other services have some more. */
export type PolicyHolder = 'bucket' | 'access_point' | 'service';

/**
 * Is a bucket or access point policy "public" as S3 means it (S3 User Guide, "The meaning of public"; design 5-graph rules P1–P4)?
 * One public statement makes the whole policy public.
 */
export function publicStatements(policy: ParsedPolicy, holder: PolicyHolder): readonly Statement[] {
  return policy.statements.filter((s) => s.effect === 'Allow' && namesEveryone(s) && !s.conditions.some((test) => limitsToFixedValues(test, holder)));
}

/** Why a statement counts as public, for people. */
export const publicReason = (statement: Statement, policy: PolicyInput): Reason =>
  ({ rule: 'S3.P1', source: policy.source, pointer: statementPointer(policy, statement), text: `${statementName(statement)} allows everyone without a condition on fixed values` });

/*
 * The list of the S3 User Guide and the keys of the same kind that came after it: the caller's organization, the owner of the VPC or endpoint that
 * the request comes through, and the service that calls. The public access block is told by them (IAM Access Analyzer, "Public access").
 */
const fixedKeys: ReadonlySet<string> = new Set([
  'aws:sourcearn', 'aws:sourcevpc', 'aws:sourcevpce', 'aws:sourceowner', 'aws:sourceaccount', 'aws:sourceorgid', 'aws:sourceorgpaths', 'aws:userid',
  'aws:principalorgid', 'aws:principalorgpaths', 'aws:principalaccount', 'aws:principalarn', 'aws:sourcevpcarn', 'aws:vpceaccount', 'aws:vpceorgid', 'aws:vpceorgpaths',
  's3:dataaccesspointarn', 's3:dataaccesspointaccount', 's3:x-amz-server-side-encryption-aws-kms-key-id',
]);
/** Keys of other services that only callers inside can meet (IAM Access Analyzer, "Condition keys for public access"). */
const serviceKeys: ReadonlySet<string> = new Set(['kms:calleraccount', 'lambda:eventsourcetoken', 'elasticfilesystem:accesspointarn']);
/** Present only where an AWS service calls by itself, so whatever they are compared with. */
const callingService: ReadonlySet<string> = new Set(['aws:principalservicename', 'aws:principalservicenameslist']);
const textOperators: ReadonlySet<string> = new Set(['stringequals', 'stringequalsignorecase', 'stringlike', 'arnequals', 'arnlike']);

/** P2 and P3: the keys and operators that take a statement out of "public"; negated ones, `IfExists` and `ForAllValues` don't. */
function limitsToFixedValues(test: ConditionTest, holder: PolicyHolder): boolean {
  const operator = parseOperator(test.operator);
  if (operator?.kind !== 'compare' || operator.ifExists || operator.set === 'all' || test.values.length === 0) return false;
  const key = test.key.toLowerCase(), { name } = operator;
  if (name === 'ipaddress') return key === 'aws:sourceip' && test.values.every((v) => !isBroadNetwork(v));
  if (key === 'aws:principalisawsservice') return !operator.operator.negated && test.values.every((v) => v.toLowerCase() === 'true');
  // Only what is in the file system's VPC reaches a mount target (EFS guide, "Blocking public access").
  if (key === 'elasticfilesystem:accessedviamounttarget') return holder === 'service' && !operator.operator.negated && test.values.every((v) => v.toLowerCase() === 'true');
  if (!textOperators.has(name)) return false;
  if (callingService.has(key)) return true;
  if (!fixedKeys.has(key) && !(holder === 'service' && serviceKeys.has(key))) return false;
  // A path below a fixed organization is one of its units, whatever follows.
  if (key.endsWith('orgpaths')) return test.values.every((v) => /^o-[a-z0-9]+\//.test(v));
  if (key === 's3:dataaccesspointarn') return holder === 'bucket' && test.values.every((v) => isFixed(v) || hasFixedAccount(v));
  return test.values.every((v) => isFixed(v) || (name.startsWith('arn') && hasFixedAccount(v)));
}

const isFixed = (value: string): boolean => !/[*?]|\$\{/.test(value);
const hasFixedAccount = (value: string): boolean => !value.includes('${') && /^\d{12}$/.test(value.split(':')[4] ?? '');

/** Broader than /8 (IPv4) or /32 (IPv6); private ranges (RFC 1918) never count as broad, text that is no network always does. */
export function isBroadNetwork(text: string): boolean {
  const network = parseNetwork(text);
  if (!network) return true;
  const [address, prefix] = network;
  return address.kind() === 'ipv4' ? prefix < 8 : prefix < 32;
}

const networkKeys: ReadonlySet<string> = new Set(['aws:sourcevpce', 'aws:sourcevpc', 'aws:sourceip', 'aws:vpcsourceip', 'aws:sourcevpcarn', 'aws:vpceaccount', 'aws:vpceorgid', 'aws:vpceorgpaths']);
/** Does the statement hang on where the request comes from in the network? */
export const isNetworkBound = (statement: Statement): boolean => statement.conditions.some((t) => networkKeys.has(t.key.toLowerCase()));

/** Who the policy leaves in: from what its Allow statements demand and what its Deny statements spare. */
export function restrictions(policy: ParsedPolicy): StorageAccess['restricted_to'] {
  const found = { vpce: new Set<string>(), vpc: new Set<string>(), cidrs: new Set<string>(), orgs: new Set<string>(), accounts: new Set<string>() };
  for (const statement of policy.statements.filter(namesEveryone)) {
    for (const test of statement.conditions) {
      const operator = parseOperator(test.operator);
      if (operator?.kind !== 'compare' || operator.operator.negated !== (statement.effect === 'Deny')) continue;
      for (const value of test.values) note(found, test.key.toLowerCase(), value);
    }
  }
  const sorted = (set: ReadonlySet<string>): readonly string[] => [...set].sort();
  return { vpce: sorted(found.vpce), vpc: sorted(found.vpc), cidrs: sorted(found.cidrs), orgs: sorted(found.orgs), accounts: sorted(found.accounts) };
}

function note(found: Readonly<Record<keyof StorageAccess['restricted_to'], Set<string>>>, key: string, value: string): void {
  if (key === 'aws:sourcevpce') found.vpce.add(value);
  else if (key === 'aws:sourcevpc') found.vpc.add(value);
  else if (key === 'aws:sourceip' || key === 'aws:vpcsourceip') { if (parseNetwork(value)?.[1] !== 0) found.cidrs.add(value); }
  else if (key === 'aws:principalorgid' || key === 'aws:principalorgpaths' || key === 'aws:sourceorgid') found.orgs.add(value);
  else if (['aws:principalaccount', 'aws:sourceaccount', 'aws:sourceowner', 's3:dataaccesspointaccount'].includes(key)) found.accounts.add(value);
  else if (['aws:principalarn', 'aws:sourcearn', 's3:dataaccesspointarn'].includes(key)) {
    const account = parseArn(value)?.account;
    if (account !== undefined && /^\d{12}$/.test(account)) found.accounts.add(account);
  }
}

/** Kleene answer for P4 over a policy that may be none or not known. */
export function policyPublic(policy: { readonly state: 'known'; readonly parsed: ParsedPolicy } | { readonly state: 'none' } | { readonly state: 'unknown' }): Answer {
  if (policy.state !== 'known') return policy.state === 'none' ? 'no' : 'unknown';
  return publicStatements(policy.parsed, 'bucket').length > 0 ? 'yes' : 'no';
}
