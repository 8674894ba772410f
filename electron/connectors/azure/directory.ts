import { isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import type { Listed, PartGap, Unit } from '../connector.ts';
import { isOnlyThisCall } from '../pace/failure.ts';
import { askEach } from '../units/ask-each.ts';
import type { UnitTask } from '../units/run-units.ts';
import type { AzureApi } from './api.ts';
import { pageName } from './subscription.ts';

const GRAPH_APP = '00000003-0000-0000-c000-000000000000';
const users = '/v1.0/users?$select=id,displayName,userPrincipalName,accountEnabled,userType,onPremisesSecurityIdentifier&$top=999';
const groups = '/v1.0/groups?$select=id,displayName,securityEnabled,isAssignableToRole,onPremisesSecurityIdentifier&$expand=owners($select=id)&$top=100';
const applications = '/v1.0/applications?$select=id,appId&$expand=owners($select=id)&$top=100';
const principals = '/v1.0/servicePrincipals?$select=id,appId,displayName,servicePrincipalType,accountEnabled,appOwnerOrganizationId&$expand=owners($select=id)&$top=100';
const appRoles = `/v1.0/servicePrincipals(appId='${GRAPH_APP}')/appRoleAssignedTo?$top=999`;
const directoryRoles = '/v1.0/roleManagement/directory/roleAssignments?$expand=roleDefinition($select=id,displayName)';

/** A page of a list with what was asked about its rows, and about which rows that could not be asked. */
interface Filled { readonly rows: readonly JsonObject[]; readonly gaps: readonly PartGap[] }

/** The directory of a tenant, by Microsoft Graph. Each record carries the tenant, which Microsoft Graph leaves out. */
export function directoryTasks(api: AzureApi, tenant: string): readonly UnitTask[] {
  const task = (call: string, path: string, types: readonly string[], fill: (rows: readonly JsonObject[]) => Promise<Filled> = (rows) => Promise.resolve({ rows, gaps: [] })): UnitTask => {
    const unit: Unit = { call, scope: { account: tenant } };
    const listed: Listed = { types, account: tenant };
    return {
      unit,
      async *pull(from) {
        let page = 0;
        for await (const { rows, next } of api.pages('graph', from ?? path)) {
          const filled = await fill(rows.filter(isObject));
          const document = { '@odata.context': `https://graph.microsoft.com/v1.0/$metadata#${call}`, value: filled.rows.map((row) => ({ ...row, tenantId: tenant })) };
          yield {
            name: `entra/${tenant}/${call}${pageName(page++, next, from)}.json`, format: 'azure-resources', records: filled.rows.length, bytes: Buffer.from(JSON.stringify(document)),
            ...(next !== undefined ? { next } : { lists: [listed] }), ...(filled.gaps.length > 0 && { gaps: filled.gaps }),
          };
        }
      },
    };
  };
  let owned: Promise<ReadonlyMap<string, readonly unknown[]>> | undefined;
  return [
    task('users', users, ['Microsoft.Graph/users']),
    task('groups', groups, ['Microsoft.Graph/groups'], (rows) => withMembers(api, rows)),
    task('service_principals', principals, ['Microsoft.Graph/servicePrincipals'], async (rows) => {
      try {
        const owners = await (owned ??= ownersOfApplications(api));
        // Whoever owns the application adds a secret to it, and signs in as its service principal.
        return { rows: rows.map((row) => ({ ...row, owners: [...list(row, 'owners'), ...(owners.get(str(row, 'appId') ?? '') ?? [])] })), gaps: [] };
      } catch (error) { return { rows, gaps: [gapOf('owners of applications', error)] }; }
    }),
    task('app_roles', appRoles, ['Microsoft.Graph/appRoleAssignments']),
    task('directory_roles', directoryRoles, ['Microsoft.Graph/directoryRoleAssignments']),
  ];
}

/** What could not be asked; what ends the pull is passed on. */
function gapOf(subject: string, error: unknown): PartGap {
  if (!isOnlyThisCall(error)) throw error;
  return { subject, state: error.kind === 'denied' ? 'denied' : 'failed', says: error.says };
}

/** Groups with the ids of their members; one that can't be asked stays without, and is told. One that is not found may be hidden as well as gone. */
async function withMembers(api: AzureApi, rows: readonly JsonObject[]): Promise<Filled> {
  const idOf = (group: JsonObject): string => str(group, 'id') ?? '';
  const { answers, gaps } = await askEach(rows, (group) => [idOf(group)], (group) => membersOf(api, idOf(group)));
  return { rows: rows.map((group, i) => { const members = answers[i]; return members === undefined ? group : { ...group, members }; }), gaps };
}

/** Members by id: an expanded list would end at twenty. */
const membersOf = async (api: AzureApi, group: string): Promise<readonly JsonObject[]> => (await api.all('graph', `/v1.0/groups/${encodeURIComponent(group)}/members?$select=id&$top=999`)).filter(isObject).map((m) => ({ id: m['id'] }));

const ownersOfApplications = async (api: AzureApi): Promise<ReadonlyMap<string, readonly unknown[]>> =>
  new Map((await api.all('graph', applications)).flatMap((row) => { const app = str(row, 'appId'); return app === undefined ? [] : [[app, list(row, 'owners')] as const]; }));
