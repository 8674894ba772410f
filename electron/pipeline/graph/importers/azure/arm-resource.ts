import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { parseTime } from '#shared/lib/time.ts';
import { azureTypeName, azureUrn, subscriptionIn, typeInId } from '#shared/model/azure.ts';
import type { Edge, EdgeKind, Resource } from '#shared/model/resource.ts';
import type { Normalized } from '../../../ports.ts';
import { foldedObject } from './canonical-resource.ts';
import { kindOfAzure } from './resource-kinds.ts';

/** One resource with the relationships that it states, its subnets and rules as nodes of their own, and the principals that it names. */
export function armResource(record: JsonObject, source: string): Result<Normalized> {
  const id = str(record, 'id') ?? str(record, 'resourceId');
  if (id === undefined) return err('id is missing');
  if (!/^\/(subscriptions|providers)\/./i.test(id)) return err(`id is no resource id: ${id.slice(0, 200)}`);
  const written = str(record, 'type');
  const type = written === undefined || !written.includes('/') ? typeInId(id) : azureTypeName(written);
  if (type === undefined) return err(`the type of ${id.slice(0, 200)} is missing`);
  const config = foldedObject(record);
  const urn = azureUrn(id), account = subscriptionIn(id) ?? str(config, 'subscriptionId')?.toLowerCase();
  const name = str(config, 'displayName') ?? str(config, 'name') ?? urn.slice(urn.lastIndexOf('/') + 1);
  const created = parseTime(at(config, 'timeCreated') ?? at(config, 'creationTime') ?? at(config, 'systemData', 'createdAt'));
  const tags = isObject(config['tags']) ? Object.fromEntries(Object.entries(config['tags']).flatMap(([k, v]) => (typeof v === 'string' ? [[k, v]] : []))) : {};
  const resource: Resource = {
    urn, type, kind: kindOfAzure(type), name, aliases: aliasesOf(id, urn, type, config), tags, deleted: false, config, source, provenance: 'observed',
    ...(account !== undefined && { account }), ...(str(config, 'location') !== undefined && { region: str(config, 'location')?.toLowerCase().replaceAll(' ', '') ?? '' }), ...(created !== undefined && { created_us: created }),
  };
  return ok({ resources: [resource, ...children(resource, config, source), ...principals(resource, config, source)], edges: statedEdges(resource) });
}

const hosts = /^Microsoft\.(Compute\/virtualMachines|Storage\/storageAccounts|KeyVault\/vaults|Sql\/servers|Web\/sites|ContainerService\/managedClusters)$/;

function aliasesOf(id: string, urn: string, type: string, config: JsonObject): readonly string[] {
  const name = str(config, 'name');
  const own = hosts.test(type) && name !== undefined ? [name] : [];
  const principal = type === 'Microsoft.ManagedIdentity/userAssignedIdentities' ? [str(config, 'principalId'), str(config, 'clientId')] : [];
  const subscription = type === 'Microsoft.Resources/subscriptions' ? [subscriptionIn(id)] : [];
  const address = type === 'Microsoft.Network/publicIPAddresses' ? [str(config, 'ipAddress')] : [];
  return [...new Set([id, ...own, ...principal, ...subscription, ...address])].filter((a): a is string => a !== undefined && a !== urn);
}

/** Subnets of a virtual network and rules of a security group come inside it; the network's own record is enough to know them. */
function children({ urn, type, account }: Resource, config: JsonObject, source: string): readonly Resource[] {
  if (type !== 'Microsoft.Network/virtualNetworks') return [];
  return list(config, 'subnets').filter(isObject).flatMap((subnet): readonly Resource[] => {
    const name = str(subnet, 'name');
    if (name === undefined) return [];
    const id = azureUrn(str(subnet, 'id') ?? `${urn}/subnets/${name}`);
    return [{ urn: id, type: 'Microsoft.Network/virtualNetworks/subnets', kind: 'subnet', name, aliases: [], tags: {}, deleted: false, config: subnet, source, provenance: 'observed', part: 'in-network', ...(account !== undefined && { account }) }];
  });
}

/** An identity that a resource has of its own, and whoever a role is assigned to, exist for us only here. */
function principals(resource: Resource, config: JsonObject, source: string): readonly Resource[] {
  const base = { tags: {}, deleted: false, source, provenance: 'observed' as const, kind: 'identity' as const, part: 'principal' };
  const own = str(config, 'identity', 'principalId');
  const assigned = str(config, 'principalId');
  const kinds: Readonly<Record<string, string>> = { user: 'Microsoft.Graph/users', group: 'Microsoft.Graph/groups', serviceprincipal: 'Microsoft.Graph/servicePrincipals' };
  const isAssignment = /^Microsoft\.Authorization\/role(Assignments|EligibilityScheduleInstances)$/.test(resource.type);
  return [
    ...(own === undefined ? [] : [{ ...base, urn: own.toLowerCase(), type: 'Microsoft.Graph/servicePrincipals', name: `${resource.name ?? own} (managed identity)`, aliases: [], config: { id: own, of: resource.urn }, ...(resource.account !== undefined && { account: resource.account }) }]),
    ...(!isAssignment || assigned === undefined ? [] : [{
      ...base, urn: assigned.toLowerCase(), type: kinds[(str(config, 'principalType') ?? '').toLowerCase()] ?? 'Microsoft.Graph/principals', name: str(config, 'principalName') ?? assigned,
      aliases: str(config, 'principalName') === undefined ? [] : [str(config, 'principalName') ?? ''], config: { id: assigned },
    }]),
  ];
}

function statedEdges({ urn, type, config }: Resource): readonly Edge[] {
  const to = (kind: EdgeKind, ids: readonly (string | undefined)[]): readonly Edge[] =>
    [...new Set(ids.flatMap((id) => (id === undefined ? [] : [azureUrn(id)])))].filter((target) => target !== urn).map((target) => ({ source: urn, kind, target, derived: false, provenance: 'observed' }));
  const idsIn = (...path: readonly string[]): readonly (string | undefined)[] => list(config, ...path).map((item) => str(item, 'id'));
  const ipConfigs = list(config, 'ipConfigurations');
  const identities = at(config, 'identity', 'userAssignedIdentities');
  const runsAs = [str(config, 'identity', 'principalId'), ...(isObject(identities) ? Object.keys(identities) : []), ...(type === 'Microsoft.ContainerService/managedClusters' ? [str(config, 'identityProfile', 'kubeletidentity', 'resourceId')] : [])];
  return [
    ...to('ATTACHED_TO', [...idsIn('networkProfile', 'networkInterfaces'), str(config, 'virtualMachine', 'id'), ...ipConfigs.flatMap((c) => [str(c, 'subnet', 'id'), str(c, 'publicIPAddress', 'id')]), ...list(config, 'frontendIPConfigurations').map((c) => str(c, 'publicIPAddress', 'id')), str(config, 'routeTable', 'id'), str(config, 'natGateway', 'id')]),
    ...to('MEMBER_OF', [str(config, 'networkSecurityGroup', 'id'), ...ipConfigs.flatMap((c) => list(c, 'applicationSecurityGroups').map((g) => str(g, 'id')))]),
    ...to('PEERED_WITH', list(config, 'virtualNetworkPeerings').filter((p) => str(p, 'peeringState') === 'Connected').map((p) => str(p, 'remoteVirtualNetwork', 'id'))),
    ...to('RUNS_AS', runsAs),
  ];
}
