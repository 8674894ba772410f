/** Entries of `aws iam get-account-authorization-details`. */
import type { Json } from './part.ts';

export const roleArn = (account: string, name: string): string => `arn:aws:iam::${account}:role/${name}`;
export const userArn = (account: string, name: string): string => `arn:aws:iam::${account}:user/${name}`;
export const ADMIN = { PolicyName: 'AdministratorAccess', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' };

const document = (statements: readonly Json[]): Json => ({ Version: '2012-10-17', Statement: statements });
const tagList = (tags: Readonly<Record<string, string>>): readonly Json[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
export interface IdentityParts {
  readonly allow?: readonly Json[]; readonly admin?: boolean; readonly boundary?: string; readonly tags?: Readonly<Record<string, string>>;
}
const inline = (p: IdentityParts): readonly Json[] => (p.allow ? [{ PolicyName: 'inline', PolicyDocument: document(p.allow) }] : []);
const boundary = (p: IdentityParts): Json => (p.boundary === undefined ? {} : { PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: p.boundary } });

/** A role that `principal` may assume, under `condition`. */
export const role = (account: string, name: string, principal: Json | string, p: IdentityParts & { readonly condition?: Json } = {}): Json => ({
  Path: '/', RoleName: name, RoleId: `AROA${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '').padEnd(17, 'X').slice(0, 17)}`, Arn: roleArn(account, name), CreateDate: '2023-05-05T08:00:00+00:00',
  AssumeRolePolicyDocument: document([{ Effect: 'Allow', Principal: principal, Action: typeof principal !== 'string' && 'Federated' in principal ? 'sts:AssumeRoleWithWebIdentity' : 'sts:AssumeRole', ...(p.condition && { Condition: p.condition }) }]),
  InstanceProfileList: [{
    Path: '/', InstanceProfileName: name, InstanceProfileId: 'AIPAEXAMPLEEXAMPLE000', Arn: `arn:aws:iam::${account}:instance-profile/${name}`, CreateDate: '2023-05-05T08:00:00+00:00',
    Roles: [{ Path: '/', RoleName: name, RoleId: 'AROAEXAMPLE', Arn: roleArn(account, name), CreateDate: '2023-05-05T08:00:00+00:00' }],
  }],
  RolePolicyList: inline(p), AttachedManagedPolicies: p.admin === true ? [ADMIN] : [], ...boundary(p), Tags: tagList(p.tags ?? {}), RoleLastUsed: {},
});

export const user = (account: string, name: string, p: IdentityParts = {}): Json => ({
  Path: '/', UserName: name, UserId: `AIDA${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '').padEnd(17, 'X').slice(0, 17)}`, Arn: userArn(account, name), CreateDate: '2023-05-05T08:00:00+00:00',
  UserPolicyList: inline(p), GroupList: [], AttachedManagedPolicies: p.admin === true ? [ADMIN] : [], ...boundary(p), Tags: tagList(p.tags ?? {}),
});

/** A customer-managed policy. */
export const managedPolicy = (account: string, name: string, statements: readonly Json[]): Json => ({
  PolicyName: name, PolicyId: 'ANPAEXAMPLEEXAMPLE000', Arn: `arn:aws:iam::${account}:policy/${name}`, Path: '/', DefaultVersionId: 'v1', AttachmentCount: 0, PermissionsBoundaryUsageCount: 1, IsAttachable: true,
  CreateDate: '2023-05-05T08:00:00+00:00', UpdateDate: '2023-05-05T08:00:00+00:00', PolicyVersionList: [{ Document: document(statements), VersionId: 'v1', IsDefaultVersion: true, CreateDate: '2023-05-05T08:00:00+00:00' }],
});
