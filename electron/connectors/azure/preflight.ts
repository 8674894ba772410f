import type { ConnectorCall, PreflightRow } from '../connector.ts';
import type { AzureApi } from './api.ts';
import { azureNeeds, isRolePermission } from './calls.ts';
import { claimsOf, type AzureTokens } from './credentials.ts';
import { isOnlyThisCall } from '../pace/failure.ts';
import { grantedIn, isGranted, type Granted } from './granted.ts';

/** What the caller's roles give in each subscription, and what the token for Microsoft Graph says that it may do; nothing of what is pulled is asked for. */
export async function* azurePreflight(api: AzureApi, tokens: AzureTokens, subscriptions: readonly string[]): AsyncGenerator<PreflightRow> {
  for (const subscription of subscriptions) {
    const granted = await orWhy(() => grantedIn(api, subscription));
    for (const call of azureNeeds) for (const permission of call.permissions.filter(isRolePermission)) yield roleRow(call, permission, subscription, granted);
  }
  const claims = await orWhy(async () => claimsOf(await tokens.tokenFor('graph')));
  for (const call of azureNeeds) for (const permission of call.permissions.filter((p) => !isRolePermission(p))) yield graphRow(call, permission, claims);
}

async function orWhy<T>(ask: () => Promise<T>): Promise<T | { readonly why: string }> {
  try { return await ask(); } catch (error) {
    if (isOnlyThisCall(error)) return { why: error.says };
    throw error;
  }
}

function roleRow(call: ConnectorCall, permission: string, subscription: string, granted: Granted | { readonly why: string }): PreflightRow {
  const base = { call: call.id, permission };
  if ('why' in granted) return { ...base, state: 'unknown', says: `can't tell whether ${permission} is granted in ${subscription}: ${granted.why}` };
  return isGranted(granted, permission) ? { ...base, state: 'allowed', says: `allowed ${permission} in ${subscription}` } : { ...base, state: 'denied', says: `denied ${permission} in ${subscription}: ${call.evidence} will be unknown` };
}

const wide: Readonly<Record<string, readonly string[]>> = {
  'User.Read.All': ['Directory.Read.All', 'Directory.ReadWrite.All', 'User.ReadWrite.All'], 'GroupMember.Read.All': ['Group.Read.All', 'Directory.Read.All', 'Directory.ReadWrite.All', 'Group.ReadWrite.All'],
  'Application.Read.All': ['Directory.Read.All', 'Directory.ReadWrite.All', 'Application.ReadWrite.All'], 'RoleManagement.Read.Directory': ['RoleManagement.Read.All', 'RoleManagement.ReadWrite.Directory', 'Directory.Read.All'],
};

/** A user's token (`scp`) gives at most what its scopes say, and its user's own directory roles may give less: then it stays open. An application's (`roles`) gives just what it says. */
function graphRow(call: ConnectorCall, permission: string, claims: Readonly<Record<string, unknown>> | { readonly why: string }): PreflightRow {
  const base = { call: call.id, permission };
  if ('why' in claims) return { ...base, state: 'denied', says: `denied ${permission}: ${String(claims.why)}; ${call.evidence} will be unknown` };
  const named = (key: string): readonly string[] => { const value = claims[key]; return typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? value.filter((v) => typeof v === 'string') : []; };
  const gives = (all: readonly string[]): boolean => [permission, ...(wide[permission] ?? [])].some((p) => all.includes(p));
  if (gives(named('roles')) || gives(named('scp'))) return { ...base, state: 'allowed', says: `allowed ${permission}` };
  if (claims['scp'] === undefined && claims['roles'] === undefined) return { ...base, state: 'unknown', says: `the token for Microsoft Graph doesn't say whether it has ${permission}` };
  return { ...base, state: 'denied', says: `denied ${permission}: ${call.evidence} will be unknown` };
}
