import type { EdgeKind } from '#shared/model/resource.ts';

/** A right over another object as an edge: what it gives, and how hard its use is (design 5-graph §5). */
interface Right { readonly kind: EdgeKind; readonly cost: number }
const right = (kind: EdgeKind, cost: number): Right => ({ kind, cost });

/**
 * Rights of Active Directory by which one object controls another (BloodHound documentation, "Edges"). GetChanges and GetChangesAll count together, as DCSync.
 * Rights that are not listed lead to nothing by themselves and stay in the record.
 */
export const adRights: ReadonlyMap<string, Right> = new Map([
  ...['GenericAll', 'WriteDacl', 'WriteOwner', 'Owns', 'OwnsLimitedRights', 'WriteOwnerLimitedRights'].map((name) => [name, right('CAN_ADMIN', 1)] as const),
  ...['GenericWrite', 'AllExtendedRights', 'ForceChangePassword', 'AddMember', 'AddSelf', 'AddKeyCredentialLink', 'AddAllowedToAct', 'WriteAccountRestrictions', 'ReadLAPSPassword', 'ReadGMSAPassword', 'SyncLAPSPassword', 'DCSync', 'WriteGPLink', 'ManageCA', 'ManageCertificates'].map((name) => [name, right('PRIVESC', 2)] as const),
  ['WriteSPN', right('PRIVESC', 4)], ['SQLAdmin', right('CAN_ADMIN', 2)],
]);

/** Those that administer the domain object outright. */
export const domainAdminRids: ReadonlySet<string> = new Set(['512', '519', '544']);
export const ridOf = (sid: string): string => sid.slice(sid.lastIndexOf('-') + 1);

/** Roles on Azure resources by the id of their definition (Azure documentation, "Azure built-in roles"). */
export const azureRoles: ReadonlyMap<string, Right & { readonly id: string }> = new Map([
  ['8e3af657-a8ff-443c-a75c-2fe8c4bcb635', { id: 'AZOwner', ...right('CAN_ADMIN', 1) }], ['b24988ac-6180-42a0-ab88-20f7382dd24c', { id: 'AZContributor', ...right('CAN_ADMIN', 1) }], ['18d7d88d-d35e-4fb5-a5c3-7773c20a72d9', { id: 'AZUserAccessAdministrator', ...right('PRIVESC', 1) }],
  ['9980e02c-c2be-4d73-94e8-173b1dc7cf3c', { id: 'AZVMContributor', ...right('CAN_EXEC', 2) }], ['1c0163c0-47e6-4577-8991-ea5c82e286e4', { id: 'AZVMAdminLogin', ...right('CAN_EXEC', 2) }], ['f25e0fa2-a7c8-4377-a976-54943a77a395', { id: 'AZKeyVaultContributor', ...right('PRIVESC', 2) }],
  ['f353d9bd-d4a6-484e-a77a-8050b599b867', { id: 'AZAutomationContributor', ...right('CAN_EXEC', 2) }], ['de139f84-1756-47ae-9be6-808fbbe84772', { id: 'AZWebsiteContributor', ...right('CAN_EXEC', 2) }], ['87a39d53-fc1b-424a-814c-f7e04687dc9e', { id: 'AZLogicAppContributor', ...right('CAN_EXEC', 2) }],
  ['ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8', { id: 'AZAKSContributor', ...right('CAN_EXEC', 2) }], ['00482a5a-887f-4fb3-b363-3b7fe8e74483', { id: 'AZKeyVaultAdministrator', ...right('CAN_READ', 1) }], ['4633458b-17de-408a-b874-0445c86b69e6', { id: 'AZGetSecrets', ...right('CAN_READ', 1) }], ['b86a8fe4-44ce-4948-aee5-eccb2c155cd7', { id: 'AZGetSecrets', ...right('CAN_READ', 1) }],
]);
/** The same by the word in AzureHound's kinds: `AZVMOwner`, `AZSubscriptionUserAccessAdmin`. */
export const azureRoleWords: readonly (readonly [ending: RegExp, right: Right & { readonly id: string }])[] = [
  [/UserAccessAdmin$/, { id: 'AZUserAccessAdministrator', ...right('PRIVESC', 1) }], [/AdminLogin$/, { id: 'AZVMAdminLogin', ...right('CAN_EXEC', 2) }], [/^AZVM\w*Contributor$/, { id: 'AZVMContributor', ...right('CAN_EXEC', 2) }], [/KVContributor$/, { id: 'AZKeyVaultContributor', ...right('PRIVESC', 2) }],
  [/Contributor$/, { id: 'AZContributor', ...right('CAN_ADMIN', 1) }], [/Owner$/, { id: 'AZOwner', ...right('CAN_ADMIN', 1) }],
];

/** Application roles of Microsoft Graph by which an application takes the tenant (Microsoft Graph permissions reference). */
export const graphRoles: ReadonlyMap<string, string> = new Map([
  ['9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8', 'AZMGGrantRole'], ['06b708a9-e830-4db3-a914-8e69da51d44f', 'AZMGGrantAppRoles'], ['1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9', 'AZMGApplication_ReadWrite_All'], ['62a82d76-70ea-41e2-9197-370581804d09', 'AZMGGroup_ReadWrite_All'],
  ['dbaae8cf-10b5-4b86-a4a1-f871c94c6695', 'AZMGGroupMember_ReadWrite_All'], ['89c8469c-83ad-45f7-8ff2-6e3d4285709e', 'AZMGServicePrincipalEndpoint_ReadWrite_All'], ['19dbc75e-c2e2-444c-a770-ec69d8559fc7', 'AZMGDirectory_ReadWrite_All'],
]);
