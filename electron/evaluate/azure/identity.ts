import { str } from '#shared/lib/json.ts';
import { untoldScope } from '#shared/model/azure.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Answer, IdentityAccess, Missing, Verdict } from '#shared/model/verdict.ts';
import { allOf, anyOf, not } from '../kleene.ts';
import { assignmentsOf, denialsOn, isPrincipal, roleGives, type Scope } from './assignments.ts';
import { gainsInto, nodeOf } from './derived-edges.ts';
import { entraSteps } from './entra.ts';
import { principalsOf } from './permission.ts';

export interface AzureGain { readonly id: string; readonly target: string; readonly conditional: boolean }

const hands = 'Microsoft.Authorization/roleAssignments/write';

/** Resources that can be gained: identities, and what runs as one; subscriptions and groups. */
function targets(graph: GraphView): readonly StoredResource[] {
  return ['Microsoft.Resources/subscriptions', 'Microsoft.Resources/resourceGroups', 'Microsoft.ManagedIdentity/userAssignedIdentities', 'Microsoft.Graph/servicePrincipals', 'Microsoft.Graph/users', 'Microsoft.Graph/groups', 'Microsoft.Compute/virtualMachines', 'Microsoft.Automation/automationAccounts', 'Microsoft.Web/sites', 'Microsoft.Logic/workflows', 'Microsoft.ContainerService/managedClusters'].flatMap((type) => graph.ofType(type));
}

/**
 * What a subject can gain beyond what it holds: administration (handing out roles), identities, by themselves or over what runs as them.
 * Running code on something without an identity gains nothing.
 */
export function azureGains(scope: Scope, principals: readonly string[]): readonly AzureGain[] {
  const { graph } = scope;
  const found = targets(graph).flatMap((target) => gainsInto(scope, target).filter((g) => principals.some((p) => isPrincipal(graph, p, g.principal) === 'yes')).flatMap((g): readonly AzureGain[] => {
    const conditional = g.answer !== 'yes';
    if (g.kind === 'CAN_EXEC') return graph.edgesFrom(target.urn, 'RUNS_AS').map((e) => nodeOf(graph, e.target)).filter((n) => !principals.some((p) => nodeOf(graph, p) === n)).map((n) => ({ id: g.id, target: n, conditional }));
    // Administering resources without handing out roles is what was given, not a way to more.
    if (g.kind === 'CAN_READ' || g.kind === 'CAN_WRITE' || g.id === 'AZContributor') return [];
    return [{ id: g.id, target: target.urn, conditional }];
  }));
  const scopes = new Set(found.map((f) => f.target));
  // A role may be handed out at a scope of which no resource is recorded.
  const bare = assignmentsOf(scope).filter((a) => a.role && roleGives(a.role, hands, false) && !scopes.has(a.scope) && principals.some((p) => isPrincipal(graph, p, a.principal) === 'yes') && deniedHands(graph, principals, a.scope) !== 'yes');
  const all = [...found, ...bare.map((a) => ({ id: a.roleName.toLowerCase() === 'owner' ? 'AZOwner' : 'AZUserAccessAdministrator', target: a.scope, conditional: a.isConditional || a.isEligible || a.scope === untoldScope || deniedHands(graph, principals, a.scope) !== 'no' }))];
  return [...new Map(all.filter((g) => !principals.includes(g.target)).map((g) => [`${g.id} ${g.target}`, g])).values()];
}

const deniedHands = (graph: GraphView, principals: readonly string[], scope: string): Answer => anyOf(principals.flatMap((p) => denialsOn(graph, p, hands, scope).map((d) => d.answer)));

/** Does one of the principals hand out roles on a subscription or above, or rule the directory? */
export function administersAzure(scope: Scope, principals: readonly string[]): Answer {
  const { graph } = scope;
  const wide = assignmentsOf(scope).filter((a) => a.role && roleGives(a.role, hands, false) && (a.scope === '/' || a.scope === untoldScope || a.scope.startsWith('/providers/') || /^\/subscriptions\/[^/]+$/.test(a.scope)))
    .map((a): Answer => (principals.some((p) => isPrincipal(graph, p, a.principal) === 'yes') ? allOf([a.isConditional || a.isEligible || a.scope === untoldScope ? 'unknown' : 'yes', not(deniedHands(graph, principals, a.scope))]) : 'no'));
  const ruling = entraSteps(graph).tenant.map((s): Answer => (principals.some((p) => isPrincipal(graph, p, s.principal) === 'yes') ? 'yes' : 'no'));
  return anyOf([...wide, ...ruling]);
}

/** Runs whatever it likes on everything of a subscription. */
const contributes = (scope: Scope, principals: readonly string[]): boolean => assignmentsOf(scope).some((a) => a.role && roleGives(a.role, 'Microsoft.Resources/deployments/write', false) && roleGives(a.role, 'Microsoft.Compute/virtualMachines/write', false) && !a.isEligible && !/\/resourcegroups\//.test(a.scope) && principals.some((p) => isPrincipal(scope.graph, p, a.principal) === 'yes'));

export function missingAssignments(scope: Scope, subject: string): readonly Missing[] {
  return assignmentsOf(scope).length > 0 || entraSteps(scope.graph).tenant.length > 0 ? [] : [{ what: 'role assignments', entity: subject, supply: 'az role assignment list --all, or Resource Graph (authorizationresources)' }];
}

/** What a principal of Entra ID is worth (design 5-graph §3, Azure). A guest is somebody outside. */
export function evaluateAzureIdentity(scope: Scope, urn: string): IdentityAccess {
  const { graph } = scope;
  const resource = graph.resource(urn);
  const principals = principalsOf(graph, urn);
  const gains = azureGains(scope, principals), missing = missingAssignments(scope, urn);
  const isGuest = /^guest$/i.test(str(resource?.config, 'userType') ?? '') || (str(resource?.config, 'userPrincipalName') ?? resource?.name ?? '').includes('#EXT#');
  const external: Verdict = { answer: isGuest ? 'yes' : 'no', assumed: [], missing: [], reasons: [{ rule: 'AZ.guest', source: urn, pointer: isGuest ? '/userType' : '', text: isGuest ? 'it is a guest from another tenant' : 'it belongs to this tenant and nobody outside signs in as it' }] };
  const denials = principals.flatMap((p) => graph.ofType('Microsoft.Authorization/denyAssignments').filter((d) => denialsOn(graph, p, hands, str(d.config, 'scope')?.toLowerCase() ?? '').some((x) => x.answer === 'yes' && x.resource.urn === d.urn)));
  const limited = denials.length > 0 && !gains.some((g) => !g.conditional);
  const own = administersAzure(scope, principals);
  const overAdministrator = gains.some((g) => !g.conditional && /^(AZAddSecret|AZFederatedCredential|AZManagedIdentity|AZVMContributor|AZExecuteCommand|AZAutomationContributor|AZWebsiteContributor|AZLogicAppContributor|AZResetPassword|AZAddMembers|AZAppAdmin|AZCloudAppAdmin)$/.test(g.id) && administersAzure(scope, principalsOf(graph, g.target)) === 'yes');
  return {
    external, external_principals: isGuest ? [resource?.name ?? urn] : [], tier: own === 'yes' || overAdministrator ? 'tier0' : gains.length > 0 || own === 'unknown' || contributes(scope, principals) ? 'tier1' : missing.length > 0 ? 'unknown' : 'none',
    escalations: gains.map(({ id, target, conditional }) => ({ id, target, conditional })), missing,
    mitigated: { answer: limited ? 'yes' : 'no', assumed: [], missing: [], reasons: [{ rule: 'AZ.deny_assignment', source: denials[0]?.urn ?? urn, pointer: '', text: limited ? 'a deny assignment takes the excess away' : 'no deny assignment removes the excess' }] },
  };
}
