import type { ConnectorCall } from '../connector.ts';
import { gcpKinds } from '#shared/model/gcp-kinds.ts';

/** Contents of Cloud Asset Inventory that are listed, each in a call of its own. */
export interface Content { readonly id: string; readonly content: 'RESOURCE' | 'IAM_POLICY' | 'ORG_POLICY' | 'ACCESS_POLICY'; readonly permission: string; readonly evidence: string; /** Node types that a list tells whole for each project in it. */ readonly types: readonly string[]; readonly isOrganizations?: true }

/** Named by other calls, or nowhere in Cloud Asset Inventory. */
const elsewhere = /^(cloudasset|cloudidentity|orgpolicy|accesscontextmanager|k8s|containerregistry)\.|^iam\.googleapis\.com\/(DenyPolicy|PrincipalAccessBoundaryPolicy|PolicyBinding)$|^cloudresourcemanager\.googleapis\.com\/(Folder|Organization)$/;
export const contents: readonly Content[] = [
  { id: 'resources', content: 'RESOURCE', permission: 'cloudasset.assets.listResource', evidence: 'which resources there are, how they are connected, and what is exposed', types: Object.keys(gcpKinds).filter((type) => !elsewhere.test(type)) },
  { id: 'iam_policies', content: 'IAM_POLICY', permission: 'cloudasset.assets.listIamPolicy', evidence: 'who may do what (IAM policies)', types: ['cloudasset.googleapis.com/IamPolicy'] },
  { id: 'org_policies', content: 'ORG_POLICY', permission: 'cloudasset.assets.listOrgPolicy', evidence: 'what organization policies forbid', types: [] },
  { id: 'access_policies', content: 'ACCESS_POLICY', permission: 'cloudasset.assets.listAccessPolicy', evidence: 'what VPC Service Controls restrict', types: [], isOrganizations: true },
];

/** What Cloud Asset Inventory of a project doesn't tell: the folders and the organization above it, and deny policies. */
export const above = {
  id: 'hierarchy', evidence: 'what the folders and the organization above grant and forbid',
  permissions: ['resourcemanager.projects.get', 'resourcemanager.folders.get', 'resourcemanager.folders.getIamPolicy', 'resourcemanager.organizations.get', 'resourcemanager.organizations.getIamPolicy', 'orgpolicy.policies.list'],
} as const;
export const deny = { id: 'deny_policies', permissions: ['iam.denypolicies.list', 'iam.denypolicies.get'], evidence: 'what IAM deny policies forbid' } as const;

/** Members of groups: what finds the groups are permissions; reading who is in them is a right in the directory (Cloud Identity, "Groups Reader"), which no role of IAM gives. */
export const groups = { id: 'group_members', permissions: ['cloudasset.assets.searchAllIamPolicies', 'resourcemanager.folders.getIamPolicy', 'resourcemanager.organizations.getIamPolicy'], evidence: 'who is in the groups that policies name' } as const;

export const gcpNeeds: readonly ConnectorCall[] = [
  ...contents.map(({ id, permission, evidence }) => ({ id, permissions: [permission], evidence })), { id: above.id, permissions: above.permissions, evidence: above.evidence }, { id: deny.id, permissions: deny.permissions, evidence: deny.evidence }, groups,
];

/** A custom role for `gcloud iam roles create winnowPull --file FILE --organization ID`. */
export const gcpPolicy = (): string => `# Read-only access for a pull by Winnow: names, configurations and policies, no data.
#   gcloud iam roles create winnowPull --organization ORGANIZATION --file THIS-FILE
# Bind it where the pull begins; for what is above a project, at the organization. These predefined roles give the same and more:
#   roles/cloudasset.viewer, roles/browser, roles/iam.securityReviewer, roles/orgpolicy.policyViewer, roles/iam.denyReviewer, roles/serviceusage.serviceUsageConsumer
# Who is in groups is told by Cloud Identity: whoever pulls needs its admin role "Groups Reader" for that; without it, members stay unknown.
title: Winnow pull (read-only)
description: Lists of Cloud Asset Inventory, the hierarchy, and deny policies
stage: GA
includedPermissions:
${[...new Set([...gcpNeeds.flatMap((n) => n.permissions), 'serviceusage.services.use'])].toSorted().map((p) => `  - ${p}`).join('\n')}
`;
