import { parseArn } from '#shared/lib/arn.ts';
import type { RequestContext } from './policy-context.ts';
import type { ParsedPolicy, Statement } from './policy-document.ts';
import { parsePrincipal, type Principal } from './policy-principal.ts';
import { publicStatements } from './public-policy.ts';
import { strangersAccount, strangersSource } from './strangers-source.ts';

/** Someone whom nobody here knows, with what their request carries. */
export interface Stranger extends RequestContext {
  readonly principal: Principal;
  readonly values: NonNullable<RequestContext['values']>;
  /** May an Allow of this statement count for them? */
  readonly countsOn: (statement: Statement | undefined) => boolean;
}

/** An anonymous caller from the internet. */
export const nobody: Stranger = { principal: { kind: 'anonymous' }, values: {}, countsOn: () => true };

const account = strangersAccount, organization = 'o-strangers1', name = 'anyone', userId = 'AIDAAAAAAAAAAAAAAAAAA';
/** What a variable in a policy stands for where a stranger asks: they call their user as they like. */
export const strangersNames: Readonly<Record<string, string>> = { 'aws:username': name, 'aws:userid': userId, 'aws:principalaccount': account, 'aws:principalorgid': organization };
/** Stands for "any AWS account" of the AuthenticatedUsers group: signed, and in nobody's organization. */
export const anyAccount = (bucket: string): Principal => parsePrincipal(anyone(bucket.split(':')[1] ?? 'aws'));
const anyone = (partition: string): string => `arn:${partition}:iam::${account}:user/${name}`;
/** Of one kind; a policy that needs more to say it is out to keep us busy. */
const MOST = 4;

const sourceKeys: ReadonlySet<string> = new Set(['aws:sourcearn', 'aws:sourceaccount', 'aws:sourceowner', 'aws:sourceorgid', 'aws:sourceorgpaths']);

/**
 * Who else is the public, as AuthenticatedUsers is (S3 User Guide, "The meaning of public"): a user of any AWS account, with MFA if it is asked for
 * (IAM User Guide, "MFA protection for resources that have resource-based policies"), and where an Allow asks for
 * the source of an AWS service and fixes none, a service that anyone uses. They count on what is public only. Who comes out of a VPC of their own is not the internet (row D1).
 */
export function strangersTo(policy: ParsedPolicy | undefined, bucket: string): readonly Stranger[] {
  const open = policy === undefined ? [] : publicStatements(policy, 'bucket');
  if (open.length === 0) return [];
  const counts = new Set<Statement | undefined>(open), countsOn = (s: Statement | undefined): boolean => counts.has(s);
  const partition = bucket.split(':')[1] ?? 'aws';
  const theirs: RequestContext['values'] = { 'aws:userid': userId, 'aws:PrincipalOrgID': organization, 'aws:PrincipalOrgPaths': [`${organization}/r-0000/`] };
  // How a request is signed, by headers, in the address or a form, is up to whoever signs (S3 API Reference, "Authenticating Requests").
  const chosen = ['aws:PrincipalTag/*', 'aws:MultiFactorAuth*', 'aws:TokenIssueTime', 's3:authType', 's3:signatureversion', 's3:signatureAge'];
  const asksForSource = (s: Statement | undefined): boolean => s !== undefined && counts.has(s) && (s.principals?.service.includes('*') === true || s.conditions.some((t) => sourceKeys.has(t.key.toLowerCase())));
  const named = (key: string): readonly string[] => open.flatMap((s) => s.conditions).filter((t) => t.key.toLowerCase() === key).flatMap((t) => t.values).flatMap((v) => strangersSource(v) ?? []);
  const users = [...new Set([anyone(partition), ...named('aws:principalarn')])].slice(0, MOST);
  const services = open.some(asksForSource) ? [...new Set([`arn:${partition}:s3:::strangers-bucket`, ...named('aws:sourcearn')])].slice(0, MOST) : [];
  return [
    ...users.map((arn): Stranger => ({ principal: parsePrincipal(arn), countsOn, values: theirs, chosen })),
    ...services.map((arn): Stranger => ({
      principal: { kind: 'service', name: `strangers.${parseArn(arn)?.service ?? 's3'}.amazonaws.com` }, countsOn: asksForSource,
      values: { 'aws:SourceArn': arn, 'aws:SourceAccount': account, 'aws:SourceOwner': account, 'aws:SourceOrgID': organization, 'aws:SourceOrgPaths': [`${organization}/r-0000/`] },
    })),
  ];
}
