import { azureNeeds, directoryCalls, isRolePermission } from './calls.ts';

/** A custom role for `az role definition create --role-definition @FILE`; without subscriptions it has one to fill in. */
export function azurePolicy(subscriptions: readonly string[]): string {
  const actions = [...new Set(azureNeeds.flatMap((need) => need.permissions).filter(isRolePermission))].toSorted();
  return `${JSON.stringify({
    Name: 'Winnow pull (read-only)', IsCustom: true,
    Description: `Reads what a pull by Winnow takes, and no data. The built-in role Reader covers all but the one that ends in /action. For the directory, Microsoft Graph: ${[...new Set(directoryCalls.map((c) => c.permission))].join(', ')} (or the directory role Directory Readers with Global Reader for role assignments).`,
    Actions: actions, NotActions: [], DataActions: [], NotDataActions: [],
    AssignableScopes: (subscriptions.length > 0 ? subscriptions : ['REPLACE-WITH-THE-SUBSCRIPTION']).map((id) => `/subscriptions/${id}`),
  }, null, 2)}\n`;
}
