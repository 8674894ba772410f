import { isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import type { Edge, Resource } from '#shared/model/resource.ts';
import type { Normalized } from '../../../ports.ts';

const guid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** What a record of Entra ID (`az ad … list`, Microsoft Graph) is; undefined when it is none. */
export function entraType(record: JsonObject): string | undefined {
  const id = str(record, 'id') ?? str(record, 'objectId') ?? '';
  const stated = str(record, '@odata.type')?.replace('#microsoft.graph.', '');
  if ('directoryScopeId' in record && 'roleDefinitionId' in record && 'principalId' in record) return 'Microsoft.Graph/directoryRoleAssignments';
  if ('appRoleId' in record && 'principalId' in record && 'resourceId' in record) return 'Microsoft.Graph/appRoleAssignments';
  if (!guid.test(id)) return undefined;
  if (stated === 'user' || 'userPrincipalName' in record) return 'Microsoft.Graph/users';
  if (stated === 'servicePrincipal' || ('appId' in record && 'servicePrincipalType' in record)) return 'Microsoft.Graph/servicePrincipals';
  return stated === 'group' || 'securityEnabled' in record ? 'Microsoft.Graph/groups' : undefined;
}

/** A user, group, service principal, or an assignment of a directory or application role. Groups that it is in and members that come with it become edges. */
export function entraRecord(record: JsonObject, type: string, source: string): Normalized {
  const id = (str(record, 'id') ?? str(record, 'objectId') ?? `${str(record, 'principalId') ?? ''}/${str(record, 'roleDefinitionId') ?? str(record, 'appRoleId') ?? ''}`).toLowerCase();
  const isPrincipal = /\/(users|groups|servicePrincipals)$/.test(type);
  const name = str(record, 'userPrincipalName') ?? str(record, 'displayName') ?? str(record, 'roleDefinition', 'displayName') ?? id;
  const tenant = str(record, 'tenantId')?.toLowerCase();
  const alias = [str(record, 'userPrincipalName'), str(record, 'appId')].filter((a) => a !== undefined);
  const resource: Resource = { urn: isPrincipal ? id : `entra:${id}`, type, kind: isPrincipal ? 'identity' : 'policy', name, aliases: alias, tags: {}, deleted: false, config: record, source, provenance: 'observed', ...(tenant !== undefined && { account: tenant }) };
  const idsOf = (key: string): readonly string[] => list(record, key).flatMap((m) => (typeof m === 'string' ? [m] : isObject(m) ? [str(m, 'id') ?? ''] : [])).filter((m) => guid.test(m)).map((m) => m.toLowerCase());
  const member = (source: string, target: string): Edge => ({ source, kind: 'MEMBER_OF', target, derived: false, provenance: 'observed' });
  const members = type === 'Microsoft.Graph/groups' ? idsOf('members').map((id) => member(id, resource.urn)) : [];
  return { resources: [resource], edges: [...idsOf('memberOf').map((target) => member(resource.urn, target)), ...members] };
}
