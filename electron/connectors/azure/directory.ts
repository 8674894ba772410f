import { isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import type { Listed, Unit } from '../connector.ts';
import type { UnitTask } from '../units/run-units.ts';
import type { AzureApi } from './api.ts';

const GRAPH_APP = '00000003-0000-0000-c000-000000000000';
const users = '/v1.0/users?$select=id,displayName,userPrincipalName,accountEnabled,userType,onPremisesSecurityIdentifier&$top=999';
const groups = '/v1.0/groups?$select=id,displayName,securityEnabled,isAssignableToRole,onPremisesSecurityIdentifier&$expand=owners($select=id)&$top=100';
const applications = '/v1.0/applications?$select=id,appId&$expand=owners($select=id)&$top=100';
const principals = '/v1.0/servicePrincipals?$select=id,appId,displayName,servicePrincipalType,accountEnabled,appOwnerOrganizationId&$expand=owners($select=id)&$top=100';
const appRoles = `/v1.0/servicePrincipals(appId='${GRAPH_APP}')/appRoleAssignedTo?$top=999`;
const directoryRoles = '/v1.0/roleManagement/directory/roleAssignments?$expand=roleDefinition($select=id,displayName)';

/** The directory of a tenant, by Microsoft Graph. Each record carries the tenant, which Microsoft Graph leaves out. */
export function directoryTasks(api: AzureApi, tenant: string): readonly UnitTask[] {
  const task = (call: string, path: string, types: readonly string[], more?: (rows: readonly JsonObject[]) => Promise<readonly JsonObject[]>): UnitTask => {
    const unit: Unit = { call, scope: { account: tenant } };
    const listed: Listed = { types, account: tenant };
    return {
      unit,
      async *pull(from) {
        for (let at = from ?? path, page = 0; ; page++) {
          const { rows, next } = await api.page('graph', at);
          const known = rows.filter(isObject), full = await (more?.(known) ?? Promise.resolve(known));
          const name = `entra/${tenant}/${call}${next === undefined && page === 0 && from === undefined ? '' : `-${from === undefined ? '' : 'on-'}${page}`}.json`;
          const document = { '@odata.context': `https://graph.microsoft.com/v1.0/$metadata#${call}`, value: full.map((row) => ({ ...row, tenantId: tenant })) };
          yield { name, format: 'azure-resources', records: full.length, bytes: Buffer.from(JSON.stringify(document)), ...(next !== undefined ? { next } : { lists: [listed] }) };
          if (next === undefined) return;
          at = next;
        }
      },
    };
  };
  let owned: Promise<ReadonlyMap<string, readonly unknown[]>> | undefined;
  return [
    task('users', users, ['Microsoft.Graph/users']),
    task('groups', groups, ['Microsoft.Graph/groups'], (rows) => Promise.all(rows.map(async (group) => ({ ...group, members: await membersOf(api, str(group, 'id') ?? '') })))),
    task('service_principals', principals, ['Microsoft.Graph/servicePrincipals'], async (rows) => {
      const owners = await (owned ??= ownersOfApplications(api));
      // Whoever owns the application adds a secret to it, and signs in as its service principal.
      return rows.map((row) => ({ ...row, owners: [...list(row, 'owners'), ...(owners.get(str(row, 'appId') ?? '') ?? [])] }));
    }),
    task('app_roles', appRoles, ['Microsoft.Graph/appRoleAssignments']),
    task('directory_roles', directoryRoles, ['Microsoft.Graph/directoryRoleAssignments']),
  ];
}

/** Members by id: an expanded list would end at twenty. */
async function membersOf(api: AzureApi, group: string): Promise<readonly JsonObject[]> {
  const members: JsonObject[] = [];
  for (let at: string | undefined = `/v1.0/groups/${encodeURIComponent(group)}/members?$select=id&$top=999`; at !== undefined;) {
    const { rows, next } = await api.page('graph', at);
    members.push(...rows.filter(isObject).map((m) => ({ id: m['id'] })));
    at = next;
  }
  return members;
}

async function ownersOfApplications(api: AzureApi): Promise<ReadonlyMap<string, readonly unknown[]>> {
  const owners = new Map<string, readonly unknown[]>();
  for (let at: string | undefined = applications; at !== undefined;) {
    const { rows, next } = await api.page('graph', at);
    for (const row of rows) { const app = str(row, 'appId'); if (app !== undefined) owners.set(app, list(row, 'owners')); }
    at = next;
  }
  return owners;
}
