import { list, str } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';

/** What a directory role gets its holder (Microsoft Entra built-in roles, by template id and by name). */
type Power = 'tenant' | 'apps' | 'passwords' | 'all_passwords' | 'groups';
const roles: readonly (readonly [guid: string, name: string, id: string, power: Power])[] = [
  ['62e90394-69f5-4237-9190-012177145e10', 'global administrator', 'AZGlobalAdmin', 'tenant'], ['e8611ab8-c189-46e8-94e1-60213ab1f814', 'privileged role administrator', 'AZPrivilegedRoleAdmin', 'tenant'],
  ['9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3', 'application administrator', 'AZAppAdmin', 'apps'], ['158c047a-c907-4556-b7ef-446551a6b5f7', 'cloud application administrator', 'AZCloudAppAdmin', 'apps'],
  ['fe930be7-5e62-47db-91af-98c3a49a38b1', 'user administrator', 'AZResetPassword', 'passwords'], ['729827e3-9c14-49f7-bb1b-9608f156bbb8', 'helpdesk administrator', 'AZResetPassword', 'passwords'], ['966707d0-3269-4727-9be2-8c3a10f19b9d', 'password administrator', 'AZResetPassword', 'passwords'],
  ['c4e39bd9-1100-46d3-8c65-fb160da0071f', 'authentication administrator', 'AZResetPassword', 'passwords'], ['7be44c8a-adaf-4e2a-84d6-ab2649e08a13', 'privileged authentication administrator', 'AZResetPassword', 'all_passwords'], ['fdd7a751-b60b-444a-984c-02652fe8fa1c', 'groups administrator', 'AZAddMembers', 'groups'],
];
/** Application permissions of Microsoft Graph with which an app makes itself an administrator. */
const appRoles: ReadonlyMap<string, string> = new Map([['06b708a9-e830-4db3-a914-8e69da51d44f', 'AZMGGrantAppRoles'], ['9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8', 'AZMGGrantRole']]);

/** Roles that don't guard their holder from a reset by lesser administrators (Microsoft Entra built-in roles, "Who can reset passwords"): readers and inviters. */
const unguarded: ReadonlySet<string> = new Set(['88d8e3e3-8f55-4a1e-953a-9b9898b8876b', '95e79109-95c0-4d8e-aee3-d01accf2d47b', '790c1fb9-7f7d-4f88-86a1-ef1f95c05c1b', '4a5d8f65-41da-4de4-8968-e035b65339cb', '75934031-6c7e-415a-99d7-48dbd49e875e']);

/** Someone gets something by a role in the directory, or by owning it. */
export interface EntraStep { readonly id: string; readonly principal: string; /** A urn, or `tenant` for the directory as a whole. */ readonly target: string; readonly evidence: string }

/** Steps into a principal, or into the tenant as a whole. */
export function entraSteps(graph: GraphView): { readonly tenant: readonly EntraStep[]; into(target: StoredResource): readonly EntraStep[] } {
  const held = graph.ofType('Microsoft.Graph/directoryRoleAssignments').flatMap((a) => {
    const guid = (str(a.config, 'roleDefinitionId') ?? '').toLowerCase(), name = (str(a.config, 'roleDefinition', 'displayName') ?? str(a.config, 'roleName') ?? '').toLowerCase();
    const role = roles.find(([id, n]) => id === guid || n === name), principal = str(a.config, 'principalId')?.toLowerCase();
    return role && principal !== undefined && (str(a.config, 'directoryScopeId') ?? '/') === '/' ? [{ id: role[2], power: role[3], principal, evidence: a.urn }] : [];
  });
  const apps = graph.ofType('Microsoft.Graph/appRoleAssignments').flatMap((a) => { const id = appRoles.get((str(a.config, 'appRoleId') ?? '').toLowerCase()), principal = str(a.config, 'principalId')?.toLowerCase(); return id === undefined || principal === undefined ? [] : [{ id, power: 'tenant' as const, principal, evidence: a.urn }]; });
  const administrators = new Set(graph.ofType('Microsoft.Graph/directoryRoleAssignments').filter((a) => !unguarded.has((str(a.config, 'roleDefinitionId') ?? '').toLowerCase())).flatMap((a) => str(a.config, 'principalId')?.toLowerCase() ?? []));
  const step = (h: { readonly id: string; readonly principal: string; readonly evidence: string }, target: string, id = h.id): EntraStep => ({ id, principal: h.principal, target, evidence: h.evidence });
  return {
    tenant: [...held, ...apps].filter((h) => h.power === 'tenant').map((h) => step(h, 'tenant')),
    into(target) {
      const owners = list(target.config, 'owners').flatMap((o) => (typeof o === 'string' ? [o] : [str(o, 'id') ?? ''])).filter((o) => o !== '').map((o) => o.toLowerCase());
      switch (target.type) {
        case 'Microsoft.Graph/servicePrincipals': {
          // A managed identity takes no secret.
          const isManaged = str(target.config, 'of') !== undefined || /^managedidentity$/i.test(str(target.config, 'servicePrincipalType') ?? '');
          return isManaged ? [] : [...held.filter((h) => h.power === 'apps').flatMap((h) => [step(h, target.urn), step(h, target.urn, 'AZAddSecret'), step(h, target.urn, 'AZAddOwner')]), ...owners.map((principal) => ({ id: 'AZAddSecret', principal, target: target.urn, evidence: target.urn }))];
        }
        // An administrator's password is reset by privileged authentication administrators only.
        case 'Microsoft.Graph/users': return held.filter((h) => h.power === 'all_passwords' || (h.power === 'passwords' && !administrators.has(target.urn))).map((h) => step(h, target.urn));
        case 'Microsoft.Graph/groups': return str(target.config, 'isAssignableToRole') === 'true' ? [] : [...held.filter((h) => h.power === 'groups').map((h) => step(h, target.urn)), ...owners.map((principal) => ({ id: 'AZAddMembers', principal, target: target.urn, evidence: target.urn }))];
        default: return [];
      }
    },
  };
}
