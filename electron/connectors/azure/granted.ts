import { textsAt } from '../units/parts.ts';
import type { AzureApi } from './api.ts';

/** What the caller's roles give in one scope: each entry is one role's (Azure REST, "Permissions - List For Resource Group" and its like). */
export type Granted = readonly { readonly actions: readonly string[]; readonly notActions: readonly string[] }[];

/** What the caller may do in a whole subscription. @throws ConnectFailure */
export async function grantedIn(api: AzureApi, subscription: string): Promise<Granted> {
  const granted: { actions: readonly string[]; notActions: readonly string[] }[] = [];
  for (const row of await api.all('arm', `/subscriptions/${subscription}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`)) granted.push({ actions: textsAt(row, 'actions'), notActions: textsAt(row, 'notActions') });
  return granted;
}

const escape = (text: string): string => text.replaceAll(/[.\\+?^$()[\]{}|]/g, '\\$&');
const matches = (pattern: string, action: string): boolean => new RegExp(`^${pattern.split('*').map(escape).join('.*')}$`, 'i').test(action);
/** Roles add up; what one of them leaves out (`notActions`) another may give. */
export const isGranted = (granted: Granted, action: string): boolean => granted.some((g) => g.actions.some((p) => matches(p, action)) && !g.notActions.some((p) => matches(p, action)));
