import { describe, expect, it } from 'vitest';
import { blastRadius } from '#electron/evaluate/blast-radius.ts';
import { evaluateAzureIdentity } from '#electron/evaluate/azure/identity.ts';
import { decideAzure } from '#electron/evaluate/azure/permission.ts';
import { azure } from '#electron/evaluate/azure/questions.ts';
import type { QuestionContext } from '#electron/evaluate/platform.ts';
import { expectRow, type Row } from '../rows.ts';
import { arm, assignment, derivedAzure, graphOfAzure, group, guid, knowledge, sub, urn, vm, type Json } from './azure-records.ts';

/** Design 5-graph §3, Azure: each sentence as a row, both sides, with what explains it. */
type Records = readonly Json[];
const alice = guid(1), bob = guid(2), devs = guid(3), app = guid(20), admin = guid(40), mi = guid(9);
const web = urn('Microsoft.Compute/virtualMachines', 'web'), corp = '/providers/Microsoft.Management/managementGroups/corp';
const subscription = { id: sub, type: 'microsoft.resources/subscriptions', name: 'shop', properties: { managementGroupAncestorsChain: [{ name: 'corp' }, { name: 'root' }] } };
const groupRecord = { id: group, type: 'microsoft.resources/subscriptions/resourcegroups', name: 'shop' };
const write = 'Microsoft.Compute/virtualMachines/write', hands = 'Microsoft.Authorization/roleAssignments/write', blobs = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read';
const may = (action = write, target = web) => (records: Records) => { const graph = graphOfAzure(...records); return { graph, verdict: decideAzure({ graph, knowledge }, alice, action, target) }; };
const other = assignment(bob, 'Reader', sub);
const denialUrn = `${sub}/providers/microsoft.authorization/denyassignments/d`;
const denial = (more: Json = {}): Json => ({ id: `${sub}/providers/Microsoft.Authorization/denyAssignments/d`, type: 'Microsoft.Authorization/denyAssignments', name: 'd', properties: { denyAssignmentName: 'locked', scope: sub, permissions: [{ actions: ['*/write'], notActions: [] }], principals: [{ id: alice }], excludePrincipals: [], ...more } });
const held = (role: string, at = sub) => ({ rule: 'AZ.role_assignment', pointer: '/roleDefinitionId', text: new RegExp(`role ${role} at ${at.toLowerCase()} gives`) });
const none = { code: 'NO_ASSIGNMENT', rule: 'AZ.no_assignment', source: web, pointer: '', text: /no role assignment on it or above it gives/ };
const refused = { code: 'DENY_ASSIGNMENT', rule: 'AZ.deny_assignment', source: denialUrn, pointer: '/permissions', text: /deny assignment locked refuses/ };
const definition = (permissions: Json): Json => ({ id: `${sub}/providers/Microsoft.Authorization/roleDefinitions/ffffffff-0000-0000-0000-000000000000`, type: 'Microsoft.Authorization/roleDefinitions', name: 'f', properties: { roleName: 'own', permissions: [{ actions: [], notActions: [], dataActions: [], notDataActions: [], ...permissions }] } });
const team = (...members: readonly string[]): Records => [{ id: devs, securityEnabled: true, displayName: 'devs' }, ...members.map((m) => ({ id: m, userPrincipalName: `${m}@shop.example`, memberOf: [devs] }))];
const eligible = (role: string): Json => ({ ...assignment(alice, role, sub), id: `${sub}/providers/Microsoft.Authorization/roleEligibilityScheduleInstances/e`, type: 'Microsoft.Authorization/roleEligibilityScheduleInstances' });

describe('effective permission', () => {
  it.each<Row<Records> & { readonly action?: string }>([
    { row: 'deny assignments first', yes: [assignment(alice, 'Contributor', sub), denial({ principals: [{ id: bob }] })], says: held('Contributor'), no: [assignment(alice, 'Contributor', sub), denial()], instead: refused },
    { row: 'a deny assignment at another scope', yes: [assignment(alice, 'Contributor', sub), denial({ scope: `${sub}/resourceGroups/lab` })], says: held('Contributor'), no: [assignment(alice, 'Contributor', sub), denial({ scope: group })], instead: refused },
    { row: 'excluded principals', yes: [assignment(alice, 'Contributor', sub), denial({ principals: [{ id: guid(0) }], excludePrincipals: [{ id: alice }] })], says: held('Contributor'), no: [assignment(alice, 'Contributor', sub), denial({ principals: [{ id: guid(0) }], excludePrincipals: [{ id: bob }] })], instead: refused },
    { row: 'a denial for a group that she is in', yes: [assignment(alice, 'Contributor', sub), ...team(bob), denial({ principals: [{ id: devs }] })], says: held('Contributor'), no: [assignment(alice, 'Contributor', sub), ...team(alice), denial({ principals: [{ id: devs }] })], instead: refused },
    { row: 'a denial for a group of which nobody is recorded is open', yes: [assignment(alice, 'Contributor', sub), ...team(bob), denial({ principals: [{ id: devs }] })], says: held('Contributor'), no: [assignment(alice, 'Contributor', sub), ...team(), denial({ principals: [{ id: devs }] })], instead: { answer: 'unknown', code: 'CONDITION', rule: 'AZ.deny_assignment', source: denialUrn, text: /locked/, missing: /deny assignment applies/ } },
    { row: 'a denial that may exclude her is open', yes: [assignment(alice, 'Contributor', sub), denial({ principals: [{ id: bob }] })], says: held('Contributor'), no: [assignment(alice, 'Contributor', sub), ...team(), denial({ excludePrincipals: [{ id: devs }] })], instead: { answer: 'unknown', code: 'CONDITION', source: denialUrn, text: /locked/, missing: /deny assignment applies/ } },
    { row: 'notActions of a denial', yes: [assignment(alice, 'Contributor', sub), denial({ permissions: [{ actions: ['*'], notActions: [write] }] })], says: held('Contributor'), no: [assignment(alice, 'Contributor', sub), denial({ permissions: [{ actions: ['*'], notActions: ['*/read'] }] })], instead: refused },
    { row: 'scope ancestors: MG', yes: [subscription, other, assignment(alice, 'Contributor', corp)], says: held('Contributor', corp), no: [subscription, other, assignment(alice, 'Contributor', '/providers/Microsoft.Management/managementGroups/lab')], instead: none },
    { row: 'scope ancestors: sub', yes: [assignment(alice, 'Contributor', sub)], says: held('Contributor'), no: [other, assignment(alice, 'Contributor', '/subscriptions/aaaaaaaa-0000-0000-0000-000000000002')], instead: { ...none, assumed: ['management_group_assignments'] } },
    { row: 'scope ancestors: RG', yes: [other, assignment(alice, 'Contributor', group)], says: held('Contributor', group), no: [other, assignment(alice, 'Contributor', `${sub}/resourceGroups/shop2`)], instead: none },
    { row: 'scope ancestors: resource', yes: [other, assignment(alice, 'Contributor', web)], says: held('Contributor', web), no: [other, assignment(alice, 'Contributor', `${web}/extensions/x`)], instead: none },
    { row: 'union of role assignments', yes: [assignment(alice, 'Reader', sub), assignment(alice, 'Virtual Machine Contributor', group)], says: held('Virtual Machine Contributor', group), no: [assignment(alice, 'Reader', sub), assignment(alice, 'Network Contributor', group)], instead: none },
    { row: 'actions minus notActions', action: hands, yes: [assignment(alice, 'Owner', sub)], says: held('Owner'), no: [assignment(alice, 'Contributor', sub)], instead: none },
    { row: 'notActions per role, no denial', action: hands, yes: [assignment(alice, 'Contributor', sub), assignment(alice, 'User Access Administrator', sub)], says: held('User Access Administrator'), no: [assignment(alice, 'Contributor', sub), assignment(alice, 'Reader', sub)], instead: none },
    { row: 'dataActions separate: a control-plane * gives none', action: blobs, yes: [assignment(alice, 'Storage Blob Data Reader', sub)], says: held('Storage Blob Data Reader'), no: [assignment(alice, 'Owner', sub)], instead: none },
    { row: 'dataActions of every kind', action: 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/deleteBlobVersion/action', yes: [assignment(alice, 'Storage Blob Data Owner', sub)], says: held('Storage Blob Data Owner'), no: [assignment(alice, 'Owner', sub)], instead: none },
    { row: 'dataActions give no control', action: 'Microsoft.Storage/storageAccounts/listKeys/action', yes: [assignment(alice, 'Storage Account Contributor', sub)], says: held('Storage Account Contributor'), no: [assignment(alice, 'Storage Blob Data Owner', sub)], instead: none },
    { row: 'notDataActions', action: blobs, yes: [assignment(alice, 'own', sub), definition({ dataActions: ['Microsoft.Storage/*'], notDataActions: ['*/delete'] })], says: held('own'), no: [assignment(alice, 'own', sub), definition({ dataActions: ['Microsoft.Storage/*'], notDataActions: ['*/read'] })], instead: none },
    { row: 'keys of a vault are read on either plane', action: 'Microsoft.KeyVault/vaults/keys/read', yes: [assignment(alice, 'Key Vault Contributor', sub)], says: held('Key Vault Contributor'), no: [assignment(alice, 'Network Contributor', sub)], instead: none },
    { row: 'PIM: an eligible role has to be activated', yes: [assignment(alice, 'Contributor', sub)], says: held('Contributor'), no: [other, eligible('Contributor')], instead: { answer: 'unknown', code: 'CONDITION', rule: 'AZ.role_assignment', text: /once activated/ } },
    { row: 'a condition (ABAC)', yes: [assignment(alice, 'Contributor', sub)], says: held('Contributor'), no: [other, assignment(alice, 'Contributor', sub, { condition: '@Resource[x] StringEquals \'a\'' })], instead: { answer: 'unknown', code: 'CONDITION', rule: 'AZ.role_assignment', text: /under a condition/ } },
  ])('$row', ({ action, ...row }) => { expectRow(row, may(action)); });
});

describe('built-in roles as Microsoft publishes them', () => {
  it.each<readonly [role: string, may: string, mayNot: string]>([
    ['Automation Operator', 'Microsoft.Automation/automationAccounts/jobs/output/read', 'Microsoft.Automation/automationAccounts/runbooks/write'], ['Logic App Operator', 'Microsoft.Resources/subscriptions/resourceGroups/read', 'Microsoft.Logic/workflows/write'],
    ['Backup Contributor', 'Microsoft.RecoveryServices/Vaults/backupJobs/cancel/action', 'Microsoft.RecoveryServices/Vaults/delete'], ['Backup Contributor', 'Microsoft.DataProtection/backupVaults/backupInstances/write', 'Microsoft.DataProtection/backupVaults/delete'],
    ['Monitoring Contributor', 'Microsoft.Insights/dataCollectionRules/write', 'Microsoft.Insights/autoscaleSettings/write'], ['Monitoring Contributor', 'Microsoft.OperationalInsights/workspaces/sharedKeys/action', 'Microsoft.OperationalInsights/workspaces/delete'],
    ['Website Contributor', 'Microsoft.ResourceHealth/availabilityStatuses/read', 'Microsoft.Web/serverFarms/write'], ['Logic App Contributor', 'Microsoft.Insights/metricDefinitions/read', 'Microsoft.Web/sites/write'],
    ['SQL DB Contributor', 'Microsoft.Sql/servers/databases/transparentDataEncryption/write', 'Microsoft.Sql/servers/databases/dataMaskingPolicies/write'], ['SQL Server Contributor', 'Microsoft.Sql/servers/administrators/write', 'Microsoft.Sql/servers/databases/auditingSettings/write'],
    ['SQL Security Manager', 'Microsoft.Sql/servers/databases/vulnerabilityAssessments/write', 'Microsoft.Sql/servers/databases/write'], ['Virtual Machine Contributor', 'Microsoft.RecoveryServices/Vaults/backupPolicies/write', 'Microsoft.RecoveryServices/Vaults/delete'],
    ['Managed Identity Operator', 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action', 'Microsoft.ManagedIdentity/userAssignedIdentities/write'], ['Managed Identity Contributor', 'Microsoft.ManagedIdentity/userAssignedIdentities/write', 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action'],
  ])('%s: %s, not %s', (role, gives, refuses) => { const asked = (action: string) => may(action, group.toLowerCase())([assignment(alice, role, sub)]).verdict; expect([asked(gives).answer, asked(refuses).answer, asked(refuses).blocked_by]).toEqual(['yes', 'no', 'NO_ASSIGNMENT']); });
});

const context: QuestionContext = { knowledge: { primitives: [], managedPolicies: new Map(), azure: knowledge }, accounts: new Set(), blast: { isProduction: () => false, isSensitive: () => false, isCrownJewel: () => false, tierOf: () => 'none' }, derived: () => graphOfAzure() };
const machine = vm({}, { identity: { type: 'SystemAssigned', principalId: guid(50) } });
const vault = (rbac: boolean, permissions: Json = {}) => arm('Microsoft.KeyVault/vaults', 'kv', { enableRbacAuthorization: rbac, accessPolicies: [{ objectId: alice, permissions }] });
const kv = urn('Microsoft.KeyVault/vaults', 'kv'), uami = arm('Microsoft.ManagedIdentity/userAssignedIdentities', 'deploy', { principalId: mi, clientId: guid(10) }), uamiUrn = urn('Microsoft.ManagedIdentity/userAssignedIdentities', 'deploy');
const principal = (kind = 'Application', more: Json = {}) => ({ id: app, appId: guid(21), servicePrincipalType: kind, displayName: 'ci', ...more });
const directory = (roleDefinitionId: string, who = alice) => ({ principalId: who, roleDefinitionId, directoryScopeId: '/', id: `d-${who}-${roleDefinitionId}` });
const roles = { global: '62e90394-69f5-4237-9190-012177145e10', privileged: 'e8611ab8-c189-46e8-94e1-60213ab1f814', apps: '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3', cloudApps: '158c047a-c907-4556-b7ef-446551a6b5f7', helpdesk: '729827e3-9c14-49f7-bb1b-9608f156bbb8', privilegedAuth: '7be44c8a-adaf-4e2a-84d6-ab2649e08a13', groups: 'fdd7a751-b60b-444a-984c-02652fe8fa1c', readers: '88d8e3e3-8f55-4a1e-953a-9b9898b8876b', exchange: '29232cdf-9323-42fd-ade2-1d097af3e4de' } as const;
const graphRole = (appRoleId: string) => ({ principalId: alice, appRoleId, resourceId: guid(30), id: 'g' });
const person = { id: admin, userPrincipalName: 'carol@shop.example' };
const things: Readonly<Record<string, Json>> = { automation: arm('Microsoft.Automation/automationAccounts', 'x', {}), site: arm('Microsoft.Web/sites', 'x', {}), logic: arm('Microsoft.Logic/workflows', 'x', {}), aks: arm('Microsoft.ContainerService/managedClusters', 'x', { nodeResourceGroup: 'nodes' }) };
const thing = (name: string): string => String(things[name]?.['id']).toLowerCase();
const nodes = { id: `${sub}/resourceGroups/nodes`, type: 'microsoft.resources/subscriptions/resourcegroups', name: 'nodes' };

const store = urn('Microsoft.Storage/storageAccounts', 'st'), container = { id: `${store}/blobServices/default/containers/c`, type: 'Microsoft.Storage/storageAccounts/blobServices/containers', name: 'c', properties: {} };

/** Edge, from her (or what is named) to what, and the two worlds. */
type EdgeRow = readonly [id: string, kind: string, target: string, yes: Records, no: Records, source?: string];
const edgeRows: readonly EdgeRow[] = [
  ['AZOwner', 'CAN_ADMIN', sub, [subscription, assignment(alice, 'Owner', sub)], [subscription, assignment(alice, 'Contributor', sub)]],
  ['AZOwner', 'CAN_ADMIN', group.toLowerCase(), [subscription, groupRecord, assignment(alice, 'Owner', group)], [subscription, groupRecord, assignment(alice, 'Owner', `${sub}/resourceGroups/lab`)]],
  ['AZContributor', 'CAN_ADMIN', sub, [subscription, assignment(alice, 'Contributor', sub)], [subscription, assignment(alice, 'Reader', sub)]],
  ['AZContributor', 'CAN_ADMIN', group.toLowerCase(), [subscription, groupRecord, assignment(alice, 'Contributor', group)], [subscription, groupRecord, assignment(alice, 'Virtual Machine Contributor', group)]],
  ['AZOwner', 'CAN_ADMIN', kv, [vault(true), groupRecord, assignment(alice, 'Owner', kv)], [vault(true), groupRecord, assignment(alice, 'Owner', group)]], ['AZUserAccessAdministrator', 'CAN_ADMIN', kv, [vault(true), assignment(alice, 'User Access Administrator', group)], [vault(true), assignment(alice, 'Contributor', group)]],
  ['it is part of it', 'CAN_READ', `${store}/blobservices/default/containers/c`, [arm('Microsoft.Storage/storageAccounts', 'st', {}), container], [container], store],
  ['AZUserAccessAdministrator', 'CAN_ADMIN', sub, [subscription, assignment(alice, 'User Access Administrator', sub)], [subscription, assignment(alice, 'Contributor', sub)]],
  ['AZVMContributor', 'CAN_EXEC', web, [machine, assignment(alice, 'Virtual Machine Contributor', group)], [machine, assignment(alice, 'Virtual Machine User Login', group)]],
  ['AZVMAdminLogin', 'CAN_EXEC', web, [machine, assignment(alice, 'Virtual Machine Administrator Login', group)], [machine, assignment(alice, 'Virtual Machine User Login', group)]],
  ['AZExecuteCommand', 'CAN_EXEC', web, [machine, assignment(alice, 'own', sub), definition({ actions: ['Microsoft.Compute/virtualMachines/runCommand/action'] })], [machine, assignment(alice, 'own', sub), definition({ actions: ['Microsoft.Compute/virtualMachines/runCommands/read'] })]],
  ['AZManagedIdentity', 'PRIVESC', uamiUrn, [uami, assignment(alice, 'Managed Identity Operator', sub), assignment(alice, 'Virtual Machine Contributor', group)], [uami, assignment(alice, 'Managed Identity Operator', sub), assignment(alice, 'Reader', group)]],
  ['AZAddSecret', 'PRIVESC', app, [principal('Application', { owners: [alice] })], [principal('Application', { owners: [bob] })]], ['AZAddSecret', 'PRIVESC', app, [principal(), directory(roles.apps)], [principal('ManagedIdentity'), directory(roles.apps)]],
  ['AZAddOwner', 'PRIVESC', app, [principal(), directory(roles.cloudApps)], [principal(), directory(roles.helpdesk)]], ['AZAppAdmin', 'PRIVESC', app, [principal(), directory(roles.apps)], [principal(), directory(roles.readers)]], ['AZCloudAppAdmin', 'PRIVESC', app, [principal(), directory(roles.cloudApps)], [principal(), directory(roles.cloudApps, bob)]],
  ['AZAddMembers', 'PRIVESC', devs, [{ id: devs, securityEnabled: true, displayName: 'devs', owners: [alice] }], [{ id: devs, securityEnabled: true, displayName: 'devs', owners: [alice], isAssignableToRole: true }]], ['AZAddMembers', 'PRIVESC', devs, [{ id: devs, securityEnabled: true, displayName: 'devs' }, directory(roles.groups)], [{ id: devs, securityEnabled: true, displayName: 'devs' }, directory(roles.readers)]],
  ['AZGetSecrets', 'CAN_READ', kv, [vault(true), assignment(alice, 'Key Vault Secrets User', sub)], [vault(true), assignment(alice, 'Key Vault Reader', sub)]], ['AZGetSecrets', 'CAN_READ', kv, [vault(false, { secrets: ['Get'] }), other], [vault(false, { secrets: ['List'] }), other]],
  ['AZGetKeys', 'CAN_READ', kv, [vault(true), assignment(alice, 'Key Vault Crypto User', sub)], [vault(true), assignment(alice, 'Key Vault Crypto Service Encryption User', sub)]], ['AZGetKeys', 'CAN_READ', kv, [vault(false, { keys: ['all'] }), other], [vault(true, { keys: ['all'] }), other]],
  ['AZGetCertificates', 'CAN_READ', kv, [vault(true), assignment(alice, 'Key Vault Certificates Officer', sub)], [vault(true), assignment(alice, 'Key Vault Secrets User', sub)]], ['AZGetCertificates', 'CAN_READ', kv, [vault(false, { certificates: ['get'] }), other], [vault(false, { certificates: [] }), other]],
  ['AZKeyVaultContributor', 'CAN_ADMIN', kv, [vault(false), assignment(alice, 'Key Vault Contributor', sub)], [vault(true), assignment(alice, 'Key Vault Contributor', sub)]],
  ['AZAutomationContributor', 'CAN_EXEC', thing('automation'), [things['automation']!, assignment(alice, 'Automation Contributor', sub)], [things['automation']!, assignment(alice, 'Automation Operator', sub)]],
  ['AZWebsiteContributor', 'CAN_EXEC', thing('site'), [things['site']!, assignment(alice, 'Website Contributor', sub)], [things['site']!, assignment(alice, 'Web Plan Contributor', sub)]],
  ['AZLogicAppContributor', 'CAN_EXEC', thing('logic'), [things['logic']!, assignment(alice, 'Logic App Contributor', sub)], [things['logic']!, assignment(alice, 'Logic App Operator', sub)]],
  ['AZAKSContributor', 'CAN_EXEC', thing('aks'), [things['aks']!, assignment(alice, 'Azure Kubernetes Service Contributor Role', sub)], [things['aks']!, assignment(alice, 'Azure Kubernetes Service Cluster User Role', sub)]],
  ['AZNodeResourceGroup', 'CAN_ADMIN', nodes.id.toLowerCase(), [things['aks']!, nodes, subscription], [things['aks']!, groupRecord, subscription], thing('aks')],
  ['AZGlobalAdmin', 'PRIVESC', sub, [subscription, directory(roles.global)], [subscription, directory(roles.readers)]], ['AZPrivilegedRoleAdmin', 'PRIVESC', sub, [subscription, directory(roles.privileged)], [subscription, directory(roles.helpdesk)]],
  ['AZMGGrantAppRoles', 'PRIVESC', sub, [subscription, graphRole('06b708a9-e830-4db3-a914-8e69da51d44f')], [subscription, graphRole(guid(31))]], ['AZMGGrantRole', 'PRIVESC', sub, [subscription, graphRole('9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8')], [subscription, graphRole(guid(31))]],
  ['AZResetPassword', 'PRIVESC', admin, [person, directory(roles.helpdesk)], [person, directory(roles.readers)]], ['AZResetPassword', 'PRIVESC', admin, [person, directory(roles.helpdesk), directory(roles.readers, admin)], [person, directory(roles.helpdesk), directory(roles.exchange, admin)]], ['AZResetPassword', 'PRIVESC', admin, [person, directory(roles.privilegedAuth), directory(roles.global, admin)], [person, directory(roles.helpdesk), directory(roles.global, admin)]],
];

describe('edges of the minimum set', () => {
  it.each(edgeRows.map(([edge, kind, target, yes, no, source = alice]) => ({ edge, kind, target, yes, no, source })))('$edge to $target', ({ edge, kind, target, yes, no, source }) => {
    const has = (records: Records) => derivedAzure(...records).edgesFrom(source).filter((e) => e.reason === edge && e.kind === kind && e.target === target);
    expect(has(yes)).toMatchObject([{ derived: true, cost: expect.any(Number) as number }]);
    expect(has(yes)[0]).not.toHaveProperty('condition');
    expect(has(no)).toEqual([]);
  });
  it('AZRunsAs, AZManagedIdentity: a machine runs as its identity', () => {
    const runs = (record: Json) => derivedAzure(record, other).edgesFrom(web, 'RUNS_AS').map((e) => e.target);
    expect([runs(machine), runs(vm())]).toEqual([[guid(50)], []]);
  });
  it('AZRoleEligible (PIM): the edge holds under a condition that says so, and costs 2 more', () => {
    const [active] = derivedAzure(subscription, assignment(alice, 'Owner', sub)).edgesFrom(alice, 'CAN_ADMIN').filter((e) => e.reason === 'AZOwner'), [asked] = derivedAzure(subscription, eligible('Owner')).edgesFrom(alice, 'CAN_ADMIN').filter((e) => e.reason === 'AZOwner');
    expect(JSON.parse(asked?.condition ?? '{}')).toEqual({ edge: 'AZOwner', needs: 'AZRoleEligible' });
    expect([active?.condition, (asked?.cost ?? 0) - (active?.cost ?? 0)]).toEqual([undefined, 2]);
  });
  it('a denial takes the edge away, one that may apply makes it conditional', () => {
    const edges = (...records: Records) => derivedAzure(subscription, assignment(alice, 'Owner', sub), ...records).edgesFrom(alice, 'CAN_ADMIN').filter((e) => e.reason === 'AZOwner').map((e) => e.condition !== undefined);
    expect([edges(denial()), edges(...team(), denial({ principals: [{ id: devs }] })), edges(...team(bob), denial({ principals: [{ id: devs }] }))]).toEqual([[], [true], [false]]);
  });
  it('group and subscription contain their resources, recorded ones: whoever administers them falls with all of it', () => {
    const fallen = (...records: Records) => { const graph = derivedAzure(vault(true), arm('Microsoft.ServiceBus/namespaces', 'bus', {}), ...records); return blastRadius(graph, alice, context.blast).reached.filter((r) => /\/(kv|bus)$/.test(r.urn)).map((r) => [r.urn, r.why]); };
    const bus = urn('Microsoft.ServiceBus/namespaces', 'bus');
    expect(fallen(subscription, groupRecord, assignment(alice, 'Owner', group))).toEqual([[kv, 'in shop'], [bus, 'in shop']]);
    expect(fallen(subscription, groupRecord, assignment(alice, 'Owner', sub))).toEqual([[kv, `in account ${sub.slice('/subscriptions/'.length)}`], [bus, `in account ${sub.slice('/subscriptions/'.length)}`]]);
    expect(fallen(subscription, groupRecord, assignment(alice, 'Reader', group))).toEqual([]);
    expect(fallen(subscription, groupRecord, assignment(alice, 'Owner', `${sub}/resourceGroups/lab`))).toEqual([]);
    expect(fallen(assignment(alice, 'Owner', group)).map(([target]) => target)).toEqual([kv]);
  });
  it('a group’s edge is that of its members', () => expect(derivedAzure(subscription, ...team(alice), assignment(devs, 'Owner', sub, { principalType: 'Group' })).edgesFrom(alice, 'CAN_ADMIN').map((e) => e.reason)).toContain('AZOwner'));
  it('escalation names the edge', () => {
    const ask = (records: Records) => { const graph = graphOfAzure(...records), found = azure.escalation(graph, { question: 'escalation', subject: alice }, context); if (!found.ok) throw new Error(found.error); return { graph, verdict: found.value }; };
    expectRow({ row: '', yes: [subscription, other, assignment(alice, 'User Access Administrator', sub)], says: { rule: 'AZ.AZUserAccessAdministrator', source: sub, text: /AZUserAccessAdministrator leads to/, via: /AZUserAccessAdministrator/ }, no: [subscription, other, assignment(alice, 'Contributor', sub)], instead: { code: 'NO_ESCALATION', rule: 'AZ.no_escalation', source: alice, text: /none of the edges leads from it/, assumed: ['management_group_assignments', 'directory_roles'] } }, ask);
  });
  it('whoever resets an administrator’s password is as good as one', () => expect([roles.privilegedAuth, roles.helpdesk].map((role) => evaluateAzureIdentity({ graph: graphOfAzure(person, directory(role), directory(roles.global, admin)), knowledge }, alice).tier)).toEqual(['tier0', 'none']));
});
