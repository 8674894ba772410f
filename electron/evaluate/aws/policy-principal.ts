import { parseArn } from '#shared/lib/arn.ts';
import type { RequestContext } from './policy-context.ts';
import type { PrincipalSet } from './policy-document.ts';

/** Who makes a request. `role` stands for any session of a role, `session` for one named session. */
export type Principal =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'root' | 'user' | 'role'; readonly arn: string; readonly account: string }
  | { readonly kind: 'session'; readonly arn: string; readonly account: string; readonly role: string }
  | { readonly kind: 'federated_user'; readonly arn: string; readonly account: string; readonly user?: string }
  /** A caller of AssumeRoleWithWebIdentity or AssumeRoleWithSAML, known only by its provider. */
  | { readonly kind: 'federated'; readonly provider: string }
  | { readonly kind: 'service'; readonly name: string }
  | { readonly kind: 'canonical'; readonly id: string };

/**
 * How a statement names the principal. `direct`: itself (user or session ARN) or everyone; `role`: the role of the session, or the user
 * behind a federated session, which boundary and session policies still limit; `account`: the account, which delegates.
 */
export type PrincipalMatch = 'direct' | 'everyone' | 'role' | 'account' | 'none';

/**
 * Reads a principal from text: `*` or `anonymous`, an IAM or STS ARN, an account id, a service name (`ec2.amazonaws.com`), an identity
 * provider (ARN or `accounts.google.com`), a canonical user id (64 hex digits).
 */
export function parsePrincipal(text: string): Principal {
  if (text === '*' || text === 'anonymous') return { kind: 'anonymous' };
  if (/^\d{12}$/.test(text)) return { kind: 'root', arn: `arn:aws:iam::${text}:root`, account: text };
  if (/^[0-9a-f]{64}$/.test(text)) return { kind: 'canonical', id: text };
  const arn = parseArn(text);
  if (!arn) return isServiceName(text) ? { kind: 'service', name: text } : { kind: 'federated', provider: text };
  const { account, resource } = arn;
  if (resource === 'root') return { kind: 'root', arn: text, account };
  if (resource.startsWith('user/')) return { kind: 'user', arn: text, account };
  if (resource.startsWith('role/')) return { kind: 'role', arn: text, account };
  if (resource.startsWith('assumed-role/')) {
    const name = resource.split('/')[1] ?? '';
    return { kind: 'session', arn: text, account, role: `arn:${arn.partition}:iam::${account}:role/${name}` };
  }
  if (resource.startsWith('federated-user/')) return { kind: 'federated_user', arn: text, account };
  return { kind: 'federated', provider: text };
}

const isServiceName = (text: string): boolean => /\.amazonaws\.com(\.cn)?$/.test(text) && text !== 'cognito-identity.amazonaws.com';

/** The account whose policies govern the principal; undefined for anonymous callers, services and outside identities. */
export const accountOf = (principal: Principal): string | undefined => ('account' in principal ? principal.account : undefined);

/** Strongest way in which a set of principals names this one. Principals take no partial wildcards, only `*` alone. */
export function matchPrincipal(set: PrincipalSet, principal: Principal): PrincipalMatch {
  const rank: readonly PrincipalMatch[] = ['direct', 'everyone', 'role', 'account', 'none'];
  let best: PrincipalMatch = 'none';
  const note = (match: PrincipalMatch): void => { if (rank.indexOf(match) < rank.indexOf(best)) best = match; };
  for (const name of set.aws) note(matchAws(name, principal));
  if (principal.kind === 'service' && (set.service.includes(principal.name) || set.service.includes('*'))) note('direct');
  if (principal.kind === 'federated' && (set.federated.includes(principal.provider) || set.federated.includes('*'))) note('direct');
  if (principal.kind === 'canonical' && set.canonical.includes(principal.id)) note('direct');
  return best;
}

function matchAws(name: string, principal: Principal): PrincipalMatch {
  if (name === '*') return 'everyone';
  const account = accountOf(principal);
  if (account === undefined || !('arn' in principal)) return 'none';
  if (name === principal.arn) return principal.kind === 'role' ? 'role' : 'direct';
  if (name === account || (name.endsWith(':root') && parseArn(name)?.account === account)) return principal.kind === 'root' ? 'direct' : 'account';
  if (principal.kind === 'session' && isSameRole(name, principal.role)) return 'role';
  return principal.kind === 'federated_user' && principal.user === name ? 'role' : 'none';
}

/** Role names are unique in an account and a session's ARN leaves the path out. */
function isSameRole(name: string, role: string): boolean {
  const a = parseArn(name), b = parseArn(role);
  if (!a || !b || a.account !== b.account || !a.resource.startsWith('role/')) return false;
  return a.resource.split('/').at(-1) === b.resource.split('/').at(-1);
}

/**
 * Does a `NotPrincipal` list spare this principal? Only its own entry does: naming the account leaves its users and roles denied, naming a
 * role leaves its sessions denied (IAM User Guide, "NotPrincipal").
 */
export function isSpared(set: PrincipalSet, principal: Principal): boolean {
  const match = matchPrincipal(set, principal);
  return match === 'direct' || match === 'everyone' || (match === 'role' && principal.kind === 'role');
}

/** Keys that every request of this principal carries (IAM User Guide, "Global condition context keys", principal table). */
export function principalContext(principal: Principal): RequestContext {
  switch (principal.kind) {
    case 'anonymous': return { values: { 'aws:PrincipalAccount': 'anonymous', 'aws:PrincipalType': 'Anonymous', 'aws:userid': 'anonymous' } };
    case 'root': return { values: accountKeys(principal, 'Account', { 'aws:userid': principal.account }) };
    case 'user': return { values: accountKeys(principal, 'User', { 'aws:username': principal.arn.split('/').at(-1) ?? '' }) };
    case 'role': return { values: accountKeys(principal, 'AssumedRole') };
    case 'session': return { values: { ...accountKeys(principal, 'AssumedRole'), 'aws:PrincipalArn': principal.role } };
    case 'federated_user': return { values: accountKeys(principal, 'FederatedUser') };
    case 'service': return { values: { 'aws:PrincipalIsAWSService': 'true', 'aws:PrincipalServiceName': principal.name } };
    case 'federated': case 'canonical': return {};
  }
}

function accountKeys(principal: { readonly arn: string; readonly account: string }, type: string, more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return { 'aws:PrincipalArn': principal.arn, 'aws:PrincipalAccount': principal.account, 'aws:PrincipalType': type, 'aws:PrincipalIsAWSService': 'false', ...more };
}
