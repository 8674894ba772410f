import { isObject, list, str } from '#shared/lib/json.ts';
import { azureUrn, subscriptionIn } from '#shared/model/azure.ts';
import type { Edge, GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Answer } from '#shared/model/verdict.ts';
import { allOf, anyOf, not } from '../kleene.ts';
import { assignmentsOf, denialsOn, roleGives, scopeHolds, type Scope } from './assignments.ts';
import { entraSteps } from './entra.ts';
import type { AzureEdge } from './knowledge.ts';

/** A principal that gets a target, by an edge of the list or a step in the directory. */
export interface Gain { readonly id: string; readonly kind: AzureEdge['kind']; readonly principal: string; readonly answer: Answer; readonly cost: number; readonly needs: string | undefined }

/** Who holds an action on a target by role assignments, with what leaves it open. */
function holders(scope: Scope, action: string, target: string, isData: boolean): ReadonlyMap<string, { readonly answer: Answer; readonly needs: string | undefined; readonly roleName: string }> {
  const found = new Map<string, { answer: Answer; needs: string | undefined; roleName: string }>();
  for (const a of assignmentsOf(scope)) {
    if (!a.role || !roleGives(a.role, action, isData)) continue;
    const holds = scopeHolds(scope.graph, a.scope, target);
    const denied = anyOf(denialsOn(scope.graph, a.principal, action, target).map((d) => d.answer));
    const answer = allOf([holds, a.isConditional || a.isEligible ? 'unknown' : 'yes', not(denied)]);
    if (answer === 'no' || (found.get(a.principal)?.answer ?? 'no') === 'yes') continue;
    found.set(a.principal, { answer, roleName: a.roleName, needs: answer === 'yes' ? undefined : a.isEligible ? 'AZRoleEligible' : a.isConditional ? 'condition' : 'scope or denial' });
  }
  return found;
}

/** Ways into one resource. */
export function gainsInto(scope: Scope, target: StoredResource): readonly Gain[] {
  const byRoles = scope.knowledge.edges.filter((e) => e.on === target.type && isOpen(e, target)).flatMap((edge): readonly Gain[] => {
    const needs = [...edge.actions.map((a) => holders(scope, a, target.urn, false)), ...edge.dataActions.map((a) => holders(scope, a, target.urn, true)), ...(edge.elsewhere === undefined ? [] : [anywhere(scope, edge.elsewhere)])];
    const [first, ...rest] = needs;
    return [...first ?? []].flatMap(([principal, held]): readonly Gain[] => {
      const all = [held, ...rest.map((n) => n.get(principal))];
      const answer = allOf(all.map((h) => h?.answer ?? 'no'));
      return answer === 'no' ? [] : [{ id: named(edge.id, held.roleName), kind: edge.kind, principal, answer, cost: edge.cost, needs: all.find((h) => h?.needs !== undefined)?.needs }];
    });
  });
  const entra = entraSteps(scope.graph);
  const directory = (target.type === 'Microsoft.Resources/subscriptions' ? entra.tenant : entra.into(target)).map((s): Gain => ({ id: s.id, kind: 'PRIVESC', principal: s.principal, answer: 'yes', cost: target.type === 'Microsoft.Resources/subscriptions' ? 2 : 1, needs: undefined }));
  return [...byRoles, ...handsHere(scope, target), ...vaultPolicies(target), ...directory];
}

const hands = 'Microsoft.Authorization/roleAssignments/write', places: readonly string[] = ['Microsoft.Resources/subscriptions', 'Microsoft.Resources/resourceGroups'];

/** Whoever hands out roles on a resource but on no recorded group or subscription above it: those that do there reach it as what they contain. */
function handsHere(scope: Scope, target: StoredResource): readonly Gain[] {
  if (places.includes(target.type) || target.type.startsWith('Microsoft.Graph/')) return [];
  const above = placesOf(scope.graph, target);
  return [...holders(scope, hands, target.urn, false)].filter(([principal]) => above.every((place) => holders(scope, hands, place.urn, false).get(principal) === undefined))
    .map(([principal, { answer, needs, roleName }]): Gain => ({ id: named('AZUserAccessAdministrator', roleName), kind: 'CAN_ADMIN', principal, answer, cost: 1, needs }));
}

/** The recorded group and subscription that a resource stands in. */
const placesOf = (graph: GraphView, { urn }: StoredResource): readonly StoredResource[] => [/^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+(?=\/)/i.exec(urn)?.[0], /^\/subscriptions\/[^/]+(?=\/)/i.exec(urn)?.[0]].flatMap((id) => (id === undefined ? [] : graph.resource(azureUrn(id)) ?? []));

/** Owner is told from User Access Administrator by its role. */
const named = (id: string, role: string): string => (id === 'AZUserAccessAdministrator' && role.toLowerCase() === 'owner' ? 'AZOwner' : id);

/** A vault that asks roles ignores access policies, and the other way round. */
function isOpen(edge: AzureEdge, target: StoredResource): boolean {
  if (target.type !== 'Microsoft.KeyVault/vaults') return true;
  const asksRoles = str(target.config, 'enableRbacAuthorization') === 'true';
  return edge.id === 'AZKeyVaultContributor' ? !asksRoles : asksRoles;
}

function vaultPolicies(vault: StoredResource): readonly Gain[] {
  if (vault.type !== 'Microsoft.KeyVault/vaults' || str(vault.config, 'enableRbacAuthorization') === 'true') return [];
  const kinds = [['secrets', 'get', 'AZGetSecrets'], ['keys', 'get', 'AZGetKeys'], ['certificates', 'get', 'AZGetCertificates']] as const;
  return list(vault.config, 'accessPolicies').flatMap((policy) => kinds.flatMap(([what, verb, id]): readonly Gain[] => {
    const principal = str(policy, 'objectId')?.toLowerCase();
    const isHeld = list(policy, 'permissions', what).some((p) => typeof p === 'string' && [verb, 'all'].includes(p.toLowerCase()));
    return principal !== undefined && isHeld ? [{ id, kind: 'CAN_READ', principal, answer: 'yes', cost: 2, needs: undefined }] : [];
  }));
}

/** Who holds an action on anything at all. */
function anywhere(scope: Scope, action: string): ReturnType<typeof holders> {
  const scopes = [...new Set(assignmentsOf(scope).map((a) => a.scope))];
  return new Map(scopes.flatMap((s) => [...holders(scope, action, s, false)]));
}

const maxEdges = 2_000;

/** The edges into one resource that roles, vault policies and directory roles give, also for the recorded members of groups. */
export function azureIdentityEdges(scope: Scope, target: StoredResource): readonly Edge[] {
  const edges = gainsInto(scope, target).flatMap((gain) => withMembers(scope.graph, gain.principal).map((principal): Edge => ({
    source: nodeOf(scope.graph, principal), kind: gain.kind, target: target.urn, derived: true, provenance: target.provenance, cost: gain.cost + (gain.answer === 'yes' ? 0 : 2), reason: gain.id,
    ...(gain.answer !== 'yes' && { condition: JSON.stringify({ edge: gain.id, needs: gain.needs ?? 'what the snapshot does not settle' }) }),
  })));
  return [...new Map(edges.filter((e) => e.source !== target.urn).map((e) => [`${e.source} ${e.kind} ${e.reason ?? ''}`, e])).values()].slice(0, maxEdges);
}

/** The node of a principal: a user-assigned identity has one of its own. */
export const nodeOf = (graph: GraphView, principal: string): string => graph.ofType('Microsoft.ManagedIdentity/userAssignedIdentities').find((i) => str(i.config, 'principalId')?.toLowerCase() === principal)?.urn ?? graph.resource(principal)?.urn ?? principal;

function withMembers(graph: GraphView, principal: string): readonly string[] {
  const all = [principal];
  for (let i = 0; i < all.length && all.length < 500; i++) all.push(...graph.edgesTo(all[i] ?? '', 'MEMBER_OF').map((e) => e.source).filter((s) => !all.includes(s)));
  return all;
}

/** Types for which edges follow from roles. */
export const azureIdentityTypes = (edges: readonly AzureEdge[]): readonly string[] => [...new Set([...edges.map((e) => e.on), 'Microsoft.Graph/users', 'Microsoft.Graph/groups', 'Microsoft.Graph/servicePrincipals'])];

/** Parts of a store are read with it. */
const partOf = /^(.+\/microsoft\.(?:storage\/storageaccounts|sql\/servers)\/[^/]+)\/(?:blobservices\/default\/containers|databases)\/[^/]+$/;

/** Subscription and group contain the resource: whoever administers the one gets the other. A cluster governs the group of its nodes. */
export function azurePlaceEdges(graph: GraphView, resource: StoredResource): readonly Edge[] {
  const subscription = subscriptionIn(resource.urn);
  const holders = isObject(resource.config) ? placesOf(graph, resource) : [];
  const nodeGroup = resource.type === 'Microsoft.ContainerService/managedClusters' ? str(resource.config, 'nodeResourceGroup') : undefined;
  const group = nodeGroup === undefined ? undefined : graph.resource(azureUrn(`/subscriptions/${subscription ?? ''}/resourcegroups/${nodeGroup}`));
  const whole = graph.resource(partOf.exec(resource.urn)?.[1] ?? '');
  const edge = { derived: true, provenance: 'observed' } as const;
  return [
    ...holders.map((holder): Edge => ({ source: holder.urn, kind: 'CONTAINS', target: resource.urn, ...edge })),
    ...(group ? [{ source: resource.urn, kind: 'CAN_ADMIN' as const, target: group.urn, ...edge, cost: 1, reason: 'AZNodeResourceGroup' }] : []),
    ...(whole ? [{ source: whole.urn, kind: 'CAN_READ' as const, target: resource.urn, ...edge, cost: 1, reason: 'it is part of it' }] : []),
  ];
}
