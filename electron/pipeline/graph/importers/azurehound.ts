import { hash } from 'node:crypto';
import { at, isObject, list, scalarText, str, type JsonObject } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Edge, EdgeKind, NodeKind, Resource } from '#shared/model/resource.ts';
import type { Normalized, Sample } from '../../ports.ts';
import { azureRoles, azureRoleWords, graphRoles } from './directory/rights.ts';
import type { Importer } from './importer.ts';

/** Kinds that are objects, with the type they have in the graph; resources of Azure keep the type that Azure gives them. */
const objects: ReadonlyMap<string, readonly [type: string, kind: NodeKind]> = new Map([
  ['AZTenant', ['AZ::Tenant', 'account']], ['AZUser', ['AZ::User', 'identity']], ['AZGroup', ['AZ::Group', 'identity']], ['AZApp', ['AZ::App', 'identity']], ['AZServicePrincipal', ['AZ::ServicePrincipal', 'identity']], ['AZRole', ['AZ::Role', 'identity']], ['AZDevice', ['AZ::Device', 'vm']],
  ['AZSubscription', ['Microsoft.Resources/subscriptions', 'account']], ['AZResourceGroup', ['Microsoft.Resources/resourceGroups', 'org_unit']], ['AZManagementGroup', ['Microsoft.Management/managementGroups', 'org_unit']], ['AZVM', ['Microsoft.Compute/virtualMachines', 'vm']],
  ['AZVMScaleSet', ['Microsoft.Compute/virtualMachineScaleSets', 'vm']], ['AZKeyVault', ['Microsoft.KeyVault/vaults', 'secret_key']], ['AZStorageAccount', ['Microsoft.Storage/storageAccounts', 'bucket']], ['AZFunctionApp', ['Microsoft.Web/sites', 'function']], ['AZWebApp', ['Microsoft.Web/sites', 'function']],
  ['AZLogicApp', ['Microsoft.Logic/workflows', 'function']], ['AZAutomationAccount', ['Microsoft.Automation/automationAccounts', 'function']], ['AZContainerRegistry', ['Microsoft.ContainerRegistry/registries', 'image']], ['AZManagedCluster', ['Microsoft.ContainerService/managedClusters', 'container_workload']],
]);

/** AzureHound: `{kind, data}` records, in one document or one a line. */
export const azurehound: Importer = {
  name: 'azurehound', kind: 'resources',
  description: 'AzureHound: Entra ID and Azure objects with their owners, members and role assignments',
  containers: [{ kind: 'json-path', paths: ['data'], emptyOk: true }, { kind: 'json' }],
  detect, parse: (record) => parse(record),
};

const isRecord = (value: unknown): boolean => isObject(value) && /^AZ[A-Z]\w+$/.test(str(value, 'kind') ?? '') && isObject(value['data']);
function detect({ document, records }: Sample): number {
  if (isObject(document) && str(document, 'meta', 'type') === 'azure') return 95;
  return (isObject(document) ? list(document, 'data') : []).some(isRecord) || records.some(isRecord) ? 92 : 0;
}

/** Azure's own ids are paths; objects of the directory have GUIDs. */
const urnOf = (id: string): string => (id.startsWith('/') ? id : `entra:${id.toLowerCase()}`);
const edge = (source: string, kind: EdgeKind, target: string, reason: string, cost?: number, condition?: string): Edge =>
  ({ source: urnOf(source), kind, target: urnOf(target), derived: false, provenance: 'observed', reason, ...(cost !== undefined && { cost }), ...(condition !== undefined && { condition }) });

function parse(record: unknown): Result<Normalized> {
  if (!isObject(record)) return err('not a JSON object');
  const kind = str(record, 'kind'), data = record['data'];
  if (kind === undefined || !isObject(data)) return err('kind or data is missing');
  const object = objects.get(kind);
  const edges = [...(object ? objectEdges(kind, data) : relationEdges(kind, data))].filter((e) => e.source !== e.target);
  // What only relates objects is a record of its own, which its edges belong to.
  const relation = (about: string): Resource => ({ urn: `azurehound:${kind}:${about}`, type: 'AZ::Relation', kind: 'policy', aliases: [], tags: {}, deleted: false, config: data, source: 'azurehound', provenance: 'observed' });
  if (!object) return ok({ resources: edges.length === 0 ? [] : [relation(relationId(data))], edges });
  const id = str(data, 'id') ?? str(data, 'tenantId') ?? str(data, 'objectId');
  if (id === undefined) return err('data.id is missing');
  const urn = urnOf(id), name = str(data, 'userPrincipalName') ?? str(data, 'displayName') ?? str(data, 'name');
  const account = str(data, 'tenantId') ?? str(data, 'tenantID');
  const aliases = [id, str(data, 'appId'), str(data, 'userPrincipalName'), str(data, 'onPremisesSecurityIdentifier') === undefined ? undefined : `entra-of:${str(data, 'onPremisesSecurityIdentifier') ?? ''}`, kind === 'AZServicePrincipal' ? undefined : str(data, 'subscriptionId')];
  const resource: Resource = {
    urn, type: object[0], kind: object[1], aliases: [...new Set(kind === 'AZServicePrincipal' ? [id] : aliases)].filter((a) => a !== undefined && a !== urn).map(String).sort(), tags: {}, deleted: false, config: data, source: 'azurehound', provenance: 'observed',
    ...(name !== undefined && { name }), ...(account !== undefined && { account }),
    // Resources of Azure are told whole by Azure's own exports.
    ...(id.startsWith('/') && { part: 'azurehound' }),
  };
  return ok({ resources: resource.part === undefined ? [resource] : [relation(id), resource], edges });
}

/** What an object says itself: its place, what it runs as, whom it stands for. */
function objectEdges(kind: string, data: JsonObject): readonly Edge[] {
  const id = str(data, 'id') ?? str(data, 'tenantId') ?? '', tenant = str(data, 'tenantId');
  const group = str(data, 'resourceGroupId'), subscription = str(data, 'subscriptionId');
  const holder = group ?? (kind === 'AZResourceGroup' && subscription !== undefined ? (subscription.startsWith('/') ? subscription : `/subscriptions/${subscription}`) : kind !== 'AZTenant' && !id.startsWith('/') ? tenant : undefined);
  const identities = [str(data, 'identity', 'principalId'), ...list(data, 'identity', 'userAssignedIdentities').flatMap((m) => (isObject(m) ? Object.values(m).map((u) => str(u, 'principalId')) : []))].filter((p) => p !== undefined);
  const app = kind === 'AZServicePrincipal' ? str(data, 'appId') : undefined, sid = str(data, 'onPremisesSecurityIdentifier');
  return [
    ...(holder === undefined ? [] : [edge(holder, 'CONTAINS', id, 'AZContains'), ...(id.startsWith('/') ? [edge(holder, 'CAN_ADMIN', id, 'AZContains', 1)] : [])]), ...identities.map((p) => edge(id, 'RUNS_AS', p, 'AZManagedIdentity', 1)),
    ...(app === undefined ? [] : [{ ...edge('x', 'CAN_ASSUME', id, 'AZRunsAs', 1), source: `entra:${app.toLowerCase()}` }]),
    ...(kind === 'AZApp' && str(data, 'appId') !== undefined ? [edge(id, 'CAN_ASSUME', str(data, 'appId') ?? '', 'the application’s secret', 1)] : []),
    ...(sid === undefined ? [] : [{ ...edge(id, 'SAME_AS', sid, 'synced from Active Directory'), target: `ad:${sid.toUpperCase()}` }]),
  ];
}

const principalOf = (value: unknown): string | undefined => str(value, 'principalId') ?? str(value, 'properties', 'principalId') ?? str(value, 'id');
const definitionOf = (value: unknown): string | undefined => (str(value, 'properties', 'roleDefinitionId') ?? str(value, 'roleDefinitionId'))?.split('/').at(-1)?.toLowerCase();
/** The entry itself, or what it wraps: `{owner: {…}}`, `{roleAssignment: {…}}`. */
const unwrapped = (value: unknown): unknown => ['owner', 'member', 'roleAssignment', 'contributor', 'userAccessAdmin', 'adminLogin', 'executeCommand', 'kvContributor'].map((key) => at(value, key)).find(isObject) ?? value;
/** The object that a list is about: the one id in it that is not the tenant’s. */
const aboutOf = (data: JsonObject): string | undefined => { const key = Object.keys(data).find((k) => /^(?!tenant)\w*Id$/i.test(k) && k !== 'roleDefinitionId' && typeof data[k] === 'string'); return key === undefined ? undefined : str(data, key); };

/** A relation is told apart by all the objects that it is between: a vault has several access policies, an application role several holders. */
function relationId(data: JsonObject): string {
  const ids = Object.entries(data).filter(([key, value]) => /id$/i.test(key) && !/^(tenant|principalorganization)/i.test(key) && typeof value === 'string').map(([, value]) => String(value));
  return ids.length > 0 ? ids.sort().join(':') : hash('sha256', JSON.stringify(data), 'hex');
}

function relationEdges(kind: string, data: JsonObject): readonly Edge[] {
  const entries: readonly unknown[] = Object.values(data).find((value) => Array.isArray(value)) ?? [];
  if (kind === 'AZAppRoleAssignment') return appRole(data);
  if (kind === 'AZKeyVaultAccessPolicy') return accessPolicy(data);
  if (kind === 'AZRoleAssignment' || kind === 'AZRoleEligibilityScheduleInstance') return directoryRoles(kind, data, entries);
  if (kind === 'AZManagementGroupDescendant') { const parent = str(data, 'properties', 'parent', 'id'), id = str(data, 'id'); return parent === undefined || id === undefined ? [] : [edge(parent, 'CONTAINS', id, 'AZContains'), edge(parent, 'CAN_ADMIN', id, 'AZContains', 1)]; }
  const about = aboutOf(data);
  if (about === undefined) return [];
  return entries.flatMap((entry): readonly Edge[] => {
    const inner = unwrapped(entry), principal = principalOf(inner), definition = definitionOf(inner);
    if (principal === undefined) return [];
    if (kind === 'AZGroupMember') return [edge(principal, 'MEMBER_OF', about, 'AZMemberOf'), edge(principal, 'CAN_ASSUME', about, 'AZMemberOf', 1)];
    if (kind === 'AZGroupOwner') return [edge(principal, 'PRIVESC', about, 'AZAddMembers', 1)];
    if (kind === 'AZAppOwner' || kind === 'AZServicePrincipalOwner') return [edge(principal, 'PRIVESC', about, 'AZAddSecret', 1)];
    if (kind === 'AZDeviceOwner') return [edge(principal, 'CAN_ADMIN', about, 'AZOwns', 2)];
    const role = definition === undefined ? azureRoleWords.find(([ending]) => ending.test(kind))?.[1] : azureRoles.get(definition);
    return role === undefined ? [] : [edge(principal, role.kind, about, role.id, role.cost)];
  });
}

/** Holding a directory role; an eligible holder has to activate it first. */
function directoryRoles(kind: string, data: JsonObject, entries: readonly unknown[]): readonly Edge[] {
  const all = entries.length > 0 ? entries : [data];
  return all.flatMap((entry) => {
    const principal = str(entry, 'principalId'), role = str(entry, 'roleDefinitionId') ?? str(data, 'roleDefinitionId'), scope = str(entry, 'directoryScopeId') ?? '/';
    if (principal === undefined || role === undefined) return [];
    const condition = kind === 'AZRoleAssignment' ? (scope === '/' ? undefined : JSON.stringify({ scope })) : JSON.stringify({ activation: 'the role is eligible, not active' });
    return [edge(principal, 'CAN_ASSUME', role, kind === 'AZRoleAssignment' ? 'AZHasRole' : 'AZRoleEligible', condition === undefined ? 1 : 3, condition)];
  });
}

function appRole(data: JsonObject): readonly Edge[] {
  const id = graphRoles.get(str(data, 'appRoleId')?.toLowerCase() ?? ''), principal = str(data, 'principalId'), tenant = str(data, 'tenantId');
  return id === undefined || principal === undefined || tenant === undefined ? [] : [edge(principal, 'PRIVESC', tenant, id, 1)];
}

function accessPolicy(data: JsonObject): readonly Edge[] {
  const vault = str(data, 'KeyVaultId') ?? str(data, 'keyVaultId'), principal = str(data, 'ObjectId') ?? str(data, 'objectId');
  if (vault === undefined || principal === undefined) return [];
  const permissions = at(data, 'Permissions') ?? at(data, 'permissions');
  return ([['secrets', 'AZGetSecrets'], ['keys', 'AZGetKeys'], ['certificates', 'AZGetCertificates']] as const).flatMap(([key, id]) => (list(permissions, key).some((p) => /^(get|all)$/i.test(scalarText(p))) ? [edge(principal, 'CAN_READ', vault, id, 1)] : []));
}
