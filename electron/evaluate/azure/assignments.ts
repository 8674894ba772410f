import { at, list, str } from '#shared/lib/json.ts';
import { matchesWildcard } from '#shared/lib/arn.ts';
import { azureUrn, subscriptionIn, unnamedSubscription, untoldScope } from '#shared/model/azure.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Answer } from '#shared/model/verdict.ts';
import { allOf, anyOf, not } from '../kleene.ts';
import { isSameList } from '../same-list.ts';
import type { AzureKnowledge, AzureRole } from './knowledge.ts';

export interface Scope { readonly graph: GraphView; readonly knowledge: AzureKnowledge }
export interface Assignment {
  readonly resource: StoredResource;
  readonly principal: string;
  readonly scope: string;
  /** Undefined for a role that neither the snapshot nor Winnow knows. */
  readonly role: AzureRole | undefined;
  readonly roleName: string;
  /** It has a condition (ABAC). */
  readonly isConditional: boolean;
  /** It has to be activated first (Privileged Identity Management). */
  readonly isEligible: boolean;
}

interface Kept { readonly eligible: readonly StoredResource[]; readonly definitions: readonly StoredResource[]; readonly all: readonly Assignment[] }
const known = new WeakMap<readonly StoredResource[], Kept>();

/** Every role assignment, active and eligible. */
export function assignmentsOf({ graph, knowledge }: Scope): readonly Assignment[] {
  const active = graph.ofType('Microsoft.Authorization/roleAssignments'), eligible = graph.ofType('Microsoft.Authorization/roleEligibilityScheduleInstances');
  // Definitions are looked up by id: name the list that they come from, so that a new one is noticed.
  const definitions = graph.ofType('Microsoft.Authorization/roleDefinitions');
  const have = known.get(active);
  if (have && isSameList(have.eligible, eligible) && isSameList(have.definitions, definitions)) return have.all;
  const read = (resource: StoredResource, isEligible: boolean): readonly Assignment[] => {
    const { config } = resource;
    const principal = str(config, 'principalId')?.toLowerCase(), definition = str(config, 'roleDefinitionId') ?? '';
    if (principal === undefined) return [];
    const role = roleOf(graph, knowledge, definition, str(config, 'roleDefinitionName'));
    const scope = str(config, 'scope') ?? resource.urn.split('/providers/microsoft.authorization/')[0] ?? '';
    return [{ resource, principal, scope: azureUrn(scope) || '/', role, roleName: role?.name ?? str(config, 'roleDefinitionName') ?? definition, isConditional: str(config, 'condition') !== undefined, isEligible }];
  };
  const all = [...active.flatMap((r) => read(r, false)), ...eligible.flatMap((r) => read(r, true))];
  known.set(active, { eligible, definitions, all });
  return all;
}

/** A recorded definition, else the built-in role of that GUID or name. */
function roleOf(graph: GraphView, knowledge: AzureKnowledge, id: string, name: string | undefined): AzureRole | undefined {
  const guid = id.slice(id.lastIndexOf('/') + 1).toLowerCase();
  const recorded = graph.resource(azureUrn(id)) ?? graph.ofType('Microsoft.Authorization/roleDefinitions').find((d) => d.urn.endsWith(`/${guid}`));
  const permissions = list(recorded?.config, 'permissions');
  if (permissions.length > 0) {
    const all = (key: string): readonly string[] => permissions.flatMap((p) => list(p, key)).filter((t): t is string => typeof t === 'string');
    return { name: str(recorded?.config, 'roleName') ?? name ?? guid, actions: all('actions'), notActions: all('notActions'), dataActions: all('dataActions'), notDataActions: all('notDataActions') };
  }
  return knowledge.roles.get(guid) ?? (name === undefined ? undefined : knowledge.roles.get(name.toLowerCase()));
}

/** Operations on data; a control-plane `*` doesn't give them (Azure, "Understand Azure role definitions"). */
const dataOperations = /^microsoft\.storage\/.*\/(blobs|messages|entities|files)\/.+$|\/(virtualmachines|machines)\/login(asadmin)?\/action$|\/vaults\/(secrets\/(getsecret|setsecret|readmetadata|delete|backup|restore|recover|purge|update)|keys\/\w+|certificates\/\w+)(\/action)?$|\/(send|receive|listen)\/action$|^microsoft\.documentdb\/databaseaccounts\/(readmetadata|sqldatabases\/containers\/(items\/.*|executequery|readchangefeed|executestoredprocedure|manageconflicts))|^microsoft\.appconfiguration\/configurationstores\/(keyvalues|snapshots)\/.+|^microsoft\.containerregistry\/registries\/repositories\/(content|metadata)\/.+|^microsoft\.containerservice\/managedclusters\/(?!read$|write$|delete$|list|accessprofiles|runcommand|agentpools|start|stop|rotate)[\w.]+\/.+|\/telemetry\/write$|\/metrics\/write$/;
/** The metadata of secrets and keys is read on the control plane too. */
export const isDataAction = (action: string): boolean => dataOperations.test(action.toLowerCase());
/** Operations of that name there are on both planes: keys of a vault are read and made by either. */
const bothPlanes = /^microsoft\.keyvault\/vaults\/keys\/(read|write)$/i;

/** In the middle of a pattern `*` also stands for no segment at all: Managed Identity Operator has `userAssignedIdentities/{any}/assign/action`. */
const matches = (patterns: readonly string[], action: string): boolean => patterns.some((p) => matchesWildcard(p.toLowerCase(), action.toLowerCase()) || (p.includes('/*/') && matchesWildcard(p.toLowerCase().replaceAll('/*/', '/'), action.toLowerCase())));

/** Does a role give an action? `notActions` take away from this role alone; they are no denial. */
export const roleGives = (role: AzureRole, action: string, isData?: boolean): boolean => (isData === undefined && bothPlanes.test(action) ? givesOn(role, action, true) || givesOn(role, action, false) : givesOn(role, action, isData ?? isDataAction(action)));
const givesOn = (role: AzureRole, action: string, isData: boolean): boolean =>
  (isData ? matches(role.dataActions, action) && !matches(role.notDataActions, action) : matches(role.actions, action) && !matches(role.notActions, action));

/** Does a scope hold a target: itself, what is below it, or what a management group holds as far as is recorded? */
export function scopeHolds(graph: GraphView, scope: string, target: string): Answer {
  if (scope === untoldScope) return 'unknown';
  if (scope === '/' || scope === '' || target === scope || target.startsWith(`${scope}/`)) return 'yes';
  const group = /^\/providers\/microsoft\.management\/managementgroups\/([^/]+)$/.exec(scope)?.[1];
  if (group === undefined) return mayHold(scope, target) ? 'unknown' : 'no';
  const ancestors = managementGroupsOf(graph, target);
  return ancestors === undefined ? 'unknown' : ancestors.includes(group) ? 'yes' : 'no';
}

/** Would it, if the subscription that a plan doesn't name were the other's? */
export function mayHold(scope: string, target: string): boolean {
  const [one, other] = [subscriptionIn(scope), subscriptionIn(target)], [held, below] = [scope, target].map((id) => id.replace(/^\/subscriptions\/[^/]+/, ''));
  return one !== undefined && other !== undefined && one !== other && [one, other].includes(unnamedSubscription) && (below === held || below?.startsWith(`${held}/`) === true);
}

/** Management groups above a subscription or group, by name; undefined when no record says. */
export function managementGroupsOf(graph: GraphView, target: string): readonly string[] | undefined {
  const own = /^\/providers\/microsoft\.management\/managementgroups\/([^/]+)/.exec(target)?.[1];
  const subscription = subscriptionIn(target);
  const record = own === undefined ? graph.resource(`/subscriptions/${subscription ?? ''}`) : graph.resource(`/providers/microsoft.management/managementgroups/${own}`);
  const chain = [...list(record?.config, 'managementGroupAncestorsChain'), ...list(record?.config, 'details', 'managementGroupAncestorsChain')].flatMap((g) => str(g, 'name')?.toLowerCase() ?? []);
  if (chain.length > 0) return chain;
  const parents: string[] = [];
  let id = own === undefined ? `/subscriptions/${subscription ?? ''}` : `/providers/microsoft.management/managementgroups/${own}`;
  for (let depth = 0; depth < 20; depth++) {
    const parent = parentOf(graph, id);
    if (parent === undefined || parents.includes(parent)) break;
    parents.push(parent);
    id = `/providers/microsoft.management/managementgroups/${parent}`;
  }
  return parents.length > 0 ? parents : undefined;
}

function parentOf(graph: GraphView, id: string): string | undefined {
  const stated = str(graph.resource(id)?.config, 'details', 'parent', 'name') ?? str(graph.resource(id)?.config, 'parent', 'name');
  if (stated !== undefined) return stated.toLowerCase();
  const holder = graph.ofType('Microsoft.Management/managementGroups').find((g) => list(g.config, 'children').some((c) => azureUrn(str(c, 'id') ?? '') === id || azureUrn(`/subscriptions/${str(c, 'name') ?? ''}`) === id));
  return holder && (str(holder.config, 'name') ?? holder.urn.slice(holder.urn.lastIndexOf('/') + 1)).toLowerCase();
}

/** Is a principal another, or in it? Groups nest; who is in a group without any recorded member is unknown. */
export function isPrincipal(graph: GraphView, principal: string, other: string): Answer {
  if (principal === other) return 'yes';
  const group = graph.resource(other);
  if (group?.type !== 'Microsoft.Graph/groups') return 'no';
  const seen = new Set([principal]);
  let frontier = [principal];
  for (let depth = 0; depth < 10 && frontier.length > 0; depth++) {
    const next = frontier.flatMap((p) => graph.edgesFrom(p, 'MEMBER_OF').map((e) => e.target)).filter((t) => !seen.has(t));
    if (next.includes(other)) return 'yes';
    for (const t of next) seen.add(t);
    frontier = next;
  }
  return graph.edgesTo(other, 'MEMBER_OF').length > 0 ? 'no' : 'unknown';
}

const everyone = '00000000-0000-0000-0000-000000000000';

/** Deny assignments that take an action away from a principal on a target. */
export function denialsOn(graph: GraphView, principal: string, action: string, target: string): readonly { readonly answer: Answer; readonly resource: StoredResource }[] {
  return graph.ofType('Microsoft.Authorization/denyAssignments').flatMap((resource) => {
    const { config } = resource;
    const scope = azureUrn(str(config, 'scope') ?? resource.urn.split('/providers/microsoft.authorization/')[0] ?? '') || '/';
    const holds: Answer = str(config, 'doNotApplyToChildScopes') === 'true' ? (scope === target ? 'yes' : 'no') : scopeHolds(graph, scope, target);
    const listed = (key: string): Answer => anyOf(list(config, key).map((p) => { const id = (str(p, 'id') ?? '').toLowerCase(); return id === everyone ? 'yes' : isPrincipal(graph, principal, id); }));
    const gives = list(config, 'permissions').some((p) => roleGives({ name: '', actions: texts(p, 'actions'), notActions: texts(p, 'notActions'), dataActions: texts(p, 'dataActions'), notDataActions: texts(p, 'notDataActions') }, action));
    const isConditional = at(config, 'condition') !== undefined && at(config, 'condition') !== null;
    const answer = gives ? allOf([holds, listed('principals'), not(listed('excludePrincipals')), isConditional ? 'unknown' : 'yes']) : 'no';
    return answer === 'no' ? [] : [{ answer, resource }];
  });
}

const texts = (value: unknown, key: string): readonly string[] => list(value, key).filter((t): t is string => typeof t === 'string');
