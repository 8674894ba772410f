import { describe, expect, it } from 'vitest';
import { evaluateAzureIdentity } from '#electron/evaluate/azure/identity.ts';
import { decideAzure } from '#electron/evaluate/azure/permission.ts';
import { azure } from '#electron/evaluate/azure/questions.ts';
import type { Question, QuestionContext } from '#electron/evaluate/platform.ts';
import { arm, assignment, derivedAzure, graphOfAzure, group, guid, id, knowledge, sub, urn, vm, type Json } from './azure-records.ts';

const alice = guid(1), bob = guid(2), devs = guid(3), mi = guid(9), app = guid(20);
const uami = arm('Microsoft.ManagedIdentity/userAssignedIdentities', 'deploy', { principalId: mi, clientId: guid(10) });
const uamiUrn = urn('Microsoft.ManagedIdentity/userAssignedIdentities', 'deploy'), web = urn('Microsoft.Compute/virtualMachines', 'web');
const subscription = { id: sub, type: 'microsoft.resources/subscriptions', name: 'shop', properties: { managementGroupAncestorsChain: [{ name: 'corp' }, { name: 'root' }] } };
const context: QuestionContext = { knowledge: { primitives: [], managedPolicies: new Map(), azure: knowledge }, accounts: new Set(), blast: { isProduction: () => false, isSensitive: () => false, isCrownJewel: () => false, tierOf: () => 'none' }, derived: () => graphOfAzure() };
const ask = (records: readonly Json[], q: Omit<Question, 'subject'> & { subject?: string }) => { const found = azure[q.question === 'blast_radius' ? 'ingress' : q.question](graphOfAzure(...records), { subject: alice, ...q }, context); if (!found.ok) throw new Error(found.error); return found.value; };
const may = (records: readonly Json[], action: string, target = web) => decideAzure({ graph: graphOfAzure(...records), knowledge }, alice, action, target);
const read = 'Microsoft.Compute/virtualMachines/read', write = 'Microsoft.Compute/virtualMachines/write', blobs = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read';
const other = assignment(bob, 'Reader', sub);
const denial = (principals: readonly string[], more: Json = {}): Json => ({ id: `${sub}/providers/Microsoft.Authorization/denyAssignments/d`, type: 'Microsoft.Authorization/denyAssignments', name: 'd', properties: { denyAssignmentName: 'locked', scope: sub, permissions: [{ actions: ['*/write', '*/action'], notActions: [] }], principals: principals.map((p) => ({ id: p })), excludePrincipals: [], ...more } });

describe('what a principal may do, in pairs that differ in one fact', () => {
  const pairs: readonly (readonly [string, string, readonly Json[], readonly Json[], string])[] = [
    ['the role', write, [assignment(alice, 'Contributor', sub)], [assignment(alice, 'Reader', sub)], 'NO_ASSIGNMENT'],
    ['the principal', read, [assignment(alice, 'Reader', sub)], [other], 'NO_ASSIGNMENT'],
    ['the group as scope', read, [other, assignment(alice, 'Reader', group)], [other, assignment(alice, 'Reader', `${sub}/resourceGroups/lab`)], 'NO_ASSIGNMENT'],
    ['the resource as scope', read, [other, assignment(alice, 'Reader', web)], [other, assignment(alice, 'Reader', `${web}2`)], 'NO_ASSIGNMENT'],
    ['a management group above', read, [subscription, other, assignment(alice, 'Reader', '/providers/Microsoft.Management/managementGroups/corp')], [subscription, other, assignment(alice, 'Reader', '/providers/Microsoft.Management/managementGroups/lab')], 'NO_ASSIGNMENT'],
    ['the root', read, [other, assignment(alice, 'Reader', '/')], [other, assignment(bob, 'Reader', '/')], 'NO_ASSIGNMENT'],
    ['notActions', 'Microsoft.Authorization/roleAssignments/write', [assignment(alice, 'Owner', sub)], [assignment(alice, 'Contributor', sub)], 'NO_ASSIGNMENT'],
    ['notActions are no denial', 'Microsoft.Authorization/roleAssignments/write', [assignment(alice, 'Contributor', sub), assignment(alice, 'User Access Administrator', sub)], [assignment(alice, 'Contributor', sub), assignment(alice, 'Monitoring Reader', sub)], 'NO_ASSIGNMENT'],
    ['data is apart from control', blobs, [assignment(alice, 'Storage Blob Data Reader', sub)], [assignment(alice, 'Owner', sub)], 'NO_ASSIGNMENT'],
    ['signing in to a machine is data', 'Microsoft.Compute/virtualMachines/loginAsAdmin/action', [assignment(alice, 'Virtual Machine Administrator Login', sub)], [assignment(alice, 'Contributor', sub)], 'NO_ASSIGNMENT'],
    ['a deny assignment', write, [assignment(alice, 'Contributor', sub), denial([bob])], [assignment(alice, 'Contributor', sub), denial([alice])], 'DENY_ASSIGNMENT'],
    ['a deny assignment for everyone', write, [assignment(alice, 'Contributor', sub), denial([guid(0)], { excludePrincipals: [{ id: alice }] })], [assignment(alice, 'Contributor', sub), denial([guid(0)])], 'DENY_ASSIGNMENT'],
    ['a deny assignment that stays at its scope', write, [assignment(alice, 'Contributor', sub), denial([alice], { doNotApplyToChildScopes: true })], [assignment(alice, 'Contributor', sub), denial([alice], { doNotApplyToChildScopes: false })], 'DENY_ASSIGNMENT'],
    ['a group that one is in', read, [{ id: alice, userPrincipalName: 'alice@shop.example', memberOf: [devs] }, { id: devs, securityEnabled: true, displayName: 'devs' }, assignment(devs, 'Reader', sub, { principalType: 'Group' })], [{ id: alice, userPrincipalName: 'alice@shop.example' }, { id: bob, userPrincipalName: 'bob@shop.example', memberOf: [devs] }, { id: devs, securityEnabled: true, displayName: 'devs' }, assignment(devs, 'Reader', sub, { principalType: 'Group' })], 'NO_ASSIGNMENT'],
  ];
  it.each(pairs)('%s', (_, action, yes, no, code) => {
    expect(may(yes, action)).toMatchObject({ answer: 'yes', via: expect.stringContaining(action) });
    expect(may(no, action)).toMatchObject({ answer: 'no', blocked_by: code, reasons: expect.arrayContaining([expect.objectContaining({ text: expect.any(String) })]) });
  });

  it('reads a custom role by its definition', () => {
    const definition = (actions: readonly string[]): Json => ({ id: `${sub}/providers/Microsoft.Authorization/roleDefinitions/ffffffff-0000-0000-0000-000000000000`, type: 'Microsoft.Authorization/roleDefinitions', name: 'f', properties: { roleName: 'own', permissions: [{ actions, notActions: [], dataActions: [], notDataActions: [] }] } });
    expect(may([assignment(alice, 'own', sub), definition([write])], write).answer).toBe('yes');
    expect(may([assignment(alice, 'own', sub), definition([read])], write).answer).toBe('no');
  });
  it.each([
    ['the assignments', [vm()], 'the role assignments of the subscription'], ['what a role gives', [assignment(alice, 'Own role', sub)], 'what the role Own role gives'], ['who is in a group', [{ id: devs, securityEnabled: true, displayName: 'devs' }, assignment(devs, 'Reader', sub, { principalType: 'Group' })], 'who is in the group'],
    ['what a management group holds', [assignment(alice, 'Reader', '/providers/Microsoft.Management/managementGroups/corp')], 'what the management group holds'],
  ] as const)('is unknown without %s', (_, records, what) => expect(may(records, read)).toMatchObject({ answer: 'unknown', missing: expect.arrayContaining([expect.objectContaining({ what })]) }));
  it.each([['a condition', assignment(alice, 'Reader', sub, { condition: '@Resource[…] StringEquals \'x\'' })], ['a role that has to be activated', { ...assignment(alice, 'Reader', sub), id: `${sub}/providers/Microsoft.Authorization/roleEligibilityScheduleInstances/e`, type: 'Microsoft.Authorization/roleEligibilityScheduleInstances' }]])('%s leaves it open', (_, record) => expect(may([record, other], read)).toMatchObject({ answer: 'unknown', blocked_by: 'CONDITION' }));
});

describe('who becomes whom', () => {
  const assume = (...records: readonly Json[]) => ask([uami, other, ...records], { question: 'can_assume', object: uamiUrn });
  const machine = vm({}, { identity: { type: 'UserAssigned', userAssignedIdentities: { [id('Microsoft.ManagedIdentity/userAssignedIdentities', 'deploy')]: {} } } });
  it.each([
    ['a federated credential', [assignment(alice, 'Managed Identity Contributor', sub)], [assignment(alice, 'Reader', sub)]],
    ['assigning it to a machine', [assignment(alice, 'Managed Identity Operator', sub), assignment(alice, 'Virtual Machine Contributor', sub)], [assignment(alice, 'Managed Identity Operator', sub)]],
    ['a machine that runs as it', [machine, assignment(alice, 'Virtual Machine Contributor', group)], [vm(), assignment(alice, 'Virtual Machine Contributor', group)]],
    ['signing in to a machine that runs as it', [machine, assignment(alice, 'Virtual Machine Administrator Login', group)], [machine, assignment(alice, 'Virtual Machine User Login', group)]],
  ] as const)('%s', (_, yes, no) => {
    expect(assume(...yes)).toMatchObject({ answer: 'yes', via: expect.any(String) });
    expect(assume(...no)).toMatchObject({ answer: 'no', blocked_by: 'NO_ASSUMPTION' });
  });
  it('a machine is what it runs as', () => expect(ask([uami, machine, other], { question: 'can_assume', subject: web, object: uamiUrn })).toMatchObject({ answer: 'yes', via: 'RUNS_AS' }));

  it.each([
    ['handing out roles', [assignment(alice, 'User Access Administrator', sub)], [assignment(alice, 'Contributor', `${sub}/resourceGroups/lab`)]],
    ['a denial of it', [subscription, assignment(alice, 'Owner', sub), denial([bob])], [subscription, assignment(alice, 'Owner', sub), denial([alice])]],
    ['a directory role', [{ principalId: alice, roleDefinitionId: '62e90394-69f5-4237-9190-012177145e10', directoryScopeId: '/', id: 'x' }], [{ principalId: alice, roleDefinitionId: '88d8e3e3-8f55-4a1e-953a-9b9898b8876b', directoryScopeId: '/', id: 'x' }]],
    ['an application’s secret', [{ id: app, appId: guid(21), servicePrincipalType: 'Application', displayName: 'ci' }, { principalId: alice, roleDefinitionId: '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3', directoryScopeId: '/', id: 'x' }], [{ id: app, appId: guid(21), servicePrincipalType: 'ManagedIdentity', displayName: 'ci' }, { principalId: alice, roleDefinitionId: '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3', directoryScopeId: '/', id: 'x' }]],
    ['an application that grants itself roles', [{ principalId: alice, appRoleId: '9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8', resourceId: guid(30), id: 'y' }], [{ principalId: alice, appRoleId: guid(31), resourceId: guid(30), id: 'y' }]],
    ['owning an application', [{ id: app, appId: guid(21), servicePrincipalType: 'Application', displayName: 'ci', owners: [alice] }], [{ id: app, appId: guid(21), servicePrincipalType: 'Application', displayName: 'ci', owners: [bob] }]],
  ] as const)('escalation: %s', (_, yes, no) => {
    expect(ask([other, ...yes], { question: 'escalation' })).toMatchObject({ answer: 'yes', via: expect.any(String) });
    expect(ask([other, ...no], { question: 'escalation' })).toMatchObject({ answer: 'no', blocked_by: 'NO_ESCALATION' });
  });

  it.each([['Owner', 'tier0'], ['User Access Administrator', 'tier0'], ['Contributor', 'tier1'], ['Reader', 'none']])('%s on the subscription is %s', (role, tier) => expect(evaluateAzureIdentity({ graph: graphOfAzure(subscription, uami, assignment(alice, role, sub)), knowledge }, alice).tier).toBe(tier));
  it('a guest is somebody outside', () => {
    const judge = (userType: string) => evaluateAzureIdentity({ graph: graphOfAzure({ id: alice, userPrincipalName: 'a@x.example', userType }, other), knowledge }, alice).external.answer;
    expect([judge('Guest'), judge('Member')]).toEqual(['yes', 'no']);
  });
});

describe('derived edges', () => {
  it('has the edges that design 5-graph names', () => {
    const ids = knowledge.edges.map((e) => e.id);
    for (const wanted of ['AZUserAccessAdministrator', 'AZContributor', 'AZVMContributor', 'AZVMAdminLogin', 'AZExecuteCommand', 'AZManagedIdentity', 'AZGetSecrets', 'AZGetKeys', 'AZGetCertificates', 'AZKeyVaultContributor', 'AZAutomationContributor', 'AZWebsiteContributor', 'AZLogicAppContributor', 'AZAKSContributor']) expect(ids).toContain(wanted);
  });
  it('leads from a person over a machine to its identity and to what that reads', () => {
    const vault = arm('Microsoft.KeyVault/vaults', 'kv', { enableRbacAuthorization: true });
    const machine = vm({}, { identity: { type: 'SystemAssigned', principalId: guid(50) } });
    const graph = derivedAzure(subscription, machine, vault, assignment(alice, 'Virtual Machine Contributor', group), assignment(guid(50), 'Key Vault Secrets User', group, { principalType: 'ServicePrincipal' }), assignment(bob, 'Owner', sub));
    const edges = [alice, bob, web, guid(50), sub].flatMap((u) => graph.edgesFrom(u)).map((e) => `${e.source} ${e.kind} ${e.target} ${e.reason ?? ''}`.trim());
    expect(edges).toEqual(expect.arrayContaining([`${alice} CAN_EXEC ${web} AZVMContributor`, `${alice} CAN_EXEC ${web} AZExecuteCommand`, `${web} RUNS_AS ${guid(50)}`, `${guid(50)} CAN_READ ${urn('Microsoft.KeyVault/vaults', 'kv')} AZGetSecrets`, `${bob} CAN_ADMIN ${sub} AZOwner`, `${sub} CONTAINS ${web}`]));
  });
  it('reads access policies where a vault doesn’t ask roles', () => {
    const vault = (enableRbacAuthorization: boolean) => arm('Microsoft.KeyVault/vaults', 'kv', { enableRbacAuthorization, accessPolicies: [{ objectId: alice, permissions: { secrets: ['Get', 'List'] } }] });
    const kinds = (flag: boolean) => derivedAzure(vault(flag), other).edgesTo(urn('Microsoft.KeyVault/vaults', 'kv'), 'CAN_READ').map((e) => e.reason);
    expect([kinds(false), kinds(true)]).toEqual([['AZGetSecrets'], []]);
  });

  it.each(['Microsoft.App/containerApps', 'Microsoft.ContainerInstance/containerGroups', 'Microsoft.Compute/images', 'Microsoft.Compute/snapshots', 'Microsoft.Sql/managedInstances', 'Microsoft.RecoveryServices/vaults', 'Microsoft.OperationalInsights/workspaces'])('%s is in its group and its subscription, however its type is written, and something that nothing is known of is not', (type) => {
    const places = [{ id: sub, type: 'microsoft.resources/subscriptions', name: 's' }, { id: group, type: 'microsoft.resources/subscriptions/resourcegroups', name: 'shop' }];
    const above = (named: string, written: string): readonly string[] => derivedAzure(...places, { ...arm(named, 'one', {}), type: written }).edgesTo(urn(named, 'one'), 'CONTAINS').map((e) => e.source);
    expect([type.toLowerCase(), type, type.toUpperCase()].map((written) => above(type, written).toSorted())).toEqual(Array.from({ length: 3 }, () => [sub, group.toLowerCase()]));
    expect(above('Microsoft.Example/things', 'microsoft.example/things')).toEqual([]);
  });
});
