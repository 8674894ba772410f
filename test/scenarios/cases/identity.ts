/** Identities: who can assume them, what takes the excess away, what they can become. */
import { prowler } from '../build/findings.ts';
import { managedPolicy, role, roleArn, user, userArn, type IdentityParts } from '../build/identities.ts';
import type { Json } from '../build/part.ts';
import { DEV, OUTSIDE, PROD, type Case, type Expected } from './case.ts';

const tags = { owner: 'team-a' };
const HELD = 'Ensure IAM roles do not have the AdministratorAccess policy attached';
const root = (account: string): Json => ({ AWS: `arn:aws:iam::${account}:root` });
const finding = (name: string) => prowler({ account: PROD, check: 'iam_role_administratoraccess_policy', title: HELD, resource: roleArn(PROD, name), type: 'AwsIamRole' });
function admin(name: string, because: string, principal: Json | string, expected: Omit<Expected, 'entity'>, p: IdentityParts & { readonly condition?: Json } = {}, policies: readonly Json[] = []): Case {
  return { name: `identity: ${name}`, because, expect: { entity: roleArn(PROD, name), ...expected }, part: { iam: { [PROD]: { roles: [role(PROD, name, principal, { admin: true, tags, ...p })], policies } }, prowler: [finding(name)] } };
}
/** Two findings of one role: too many privileges, which it has not, and a trust to outside, which it has. */
function trusted(name: string, because: string, expected: Omit<Expected, 'entity'>): Case {
  const trust = prowler({ account: PROD, check: 'iam_role_cross_account_readonlyaccess_policy', title: 'Ensure IAM roles do not trust external accounts', resource: roleArn(PROD, name), type: 'AwsIamRole' });
  return { name: `identity: ${name}`, because, expect: { entity: roleArn(PROD, name), findings: 2, ...expected }, part: { iam: { [PROD]: { roles: [role(PROD, name, root(OUTSIDE), { allow: [{ Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::mx-reports' }], tags })] } }, prowler: [finding(name), trust] } };
}
const P1: Omit<Expected, 'entity'> = { decision: 'resolve_now', priority: 'P1', rule: 2, cites: { exposure_confirmed: true } };
const P3: Omit<Expected, 'entity'> = { decision: 'ticket', priority: 'P3', rule: 4 };
const DEFER: Omit<Expected, 'entity'> = { decision: 'defer', priority: 'P4', rule: 3 };
const EXPOSED = '3-decisions: exposed: anyone, or a principal outside the organization, can assume it; 5-graph §4: tier 0 is high';
const NARROW = '3-decisions: a narrow trust is not a mitigation; gate 4: unexposed in production is P3';
const escalation = (name: string) => prowler({ account: PROD, check: 'iam_inline_policy_allows_privilege_escalation', title: 'Ensure no Inline IAM policies allow actions that may lead into Privilege Escalation', resource: userArn(PROD, name), type: 'AwsIamUser' });

export const identityCases: readonly Case[] = [
  admin('adm-anyone', EXPOSED, '*', P1),
  admin('adm-anyone-aws', EXPOSED, { AWS: '*' }, P1),
  admin('adm-outside', EXPOSED, root(OUTSIDE), P1),
  admin('adm-outside-role', EXPOSED, { AWS: roleArn(OUTSIDE, 'vendor') }, P1),
  admin('adm-outside-id', '5-graph §3: ExternalId is a conditional edge; it never makes the trust harmless', root(OUTSIDE), { decision: ['resolve_now', 'needs_human_review'], says: /outside the known accounts, may assume it, given an ExternalId/ }, { condition: { StringEquals: { 'sts:ExternalId': 'b7c1' } } }),
  trusted('weak-shared', '3-decisions: a supporting finding may raise an incident: what is too much is refuted, the trust is not (that adm-anyone lets it in too makes it a page)', { decision: 'resolve_now', priority: 'P1', says: /lets outside principals in/ }),
  admin('adm-own', NARROW, root(PROD), P3),
  admin('adm-sister', `${NARROW}; the policy's accounts are the organization`, root(DEV), P3),
  admin('adm-service', NARROW, { Service: 'lambda.amazonaws.com' }, P3),
  admin('adm-anyone-denied', '3-decisions: an anyone trust that its condition pins to the own account is no exposure', '*', P3, { condition: { StringEquals: { 'aws:PrincipalAccount': PROD } } }),
  admin('adm-bounded', '3-decisions: mitigation: a boundary removes the excess', root(PROD), { ...DEFER, cites: { mitigation_confirmed: true } }, { boundary: `arn:aws:iam::${PROD}:policy/narrow` },
    [managedPolicy(PROD, 'narrow', [{ Effect: 'Allow', Action: ['s3:GetObject'], Resource: 'arn:aws:s3:::mx-reports/*' }])]),
  admin('adm-wide-boundary', '3-decisions: the boundary must remove the excess', root(PROD), P3, { boundary: `arn:aws:iam::${PROD}:policy/wide` }, [managedPolicy(PROD, 'wide', [{ Effect: 'Allow', Action: '*', Resource: '*' }])]),
  admin('adm-lost-boundary', '5-graph §0: attached policies are required inputs', root(PROD), { decision: 'needs_human_review' }, { boundary: `arn:aws:iam::${PROD}:policy/not-in-the-snapshot` }),
  admin('adm-denied', '3-decisions: mitigation: a Deny removes the excess', root(PROD), DEFER, { allow: [{ Effect: 'Deny', NotAction: 'sqs:SendMessage', Resource: '*' }] }),
  admin('adm-not-really', '3-decisions: refuted by the snapshot is defer', root(PROD), DEFER, { admin: false, allow: [{ Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::mx-reports' }] }),
  admin('adm-ownerless', '3-decisions gate 4: no ticket without an identified owner', root(PROD), { decision: 'needs_human_review', missing: ['owner_identified'] }, { tags: {} }),
  admin('adm-org', '3-decisions: a principal outside the organization; PrincipalOrgID keeps those out', '*', { decision: ['ticket', 'needs_human_review'] }, { condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-abcd123456' } } }),
  admin('adm-oidc-any', '5-graph §5 T8: CI OIDC wildcard sub: any repository of the world', { Federated: `arn:aws:iam::${PROD}:oidc-provider/token.actions.githubusercontent.com` }, { decision: ['resolve_now', 'needs_human_review'], rule: [1, 2] }, { condition: { StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' }, StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:*' } } }),
  admin('adm-outside-and-own', EXPOSED, { AWS: [`arn:aws:iam::${PROD}:root`, `arn:aws:iam::${OUTSIDE}:user/contractor`] }, P1),
  admin('adm-bare-account', '5-graph §3: a bare account id is its root', { AWS: OUTSIDE }, P1),
  {
    name: 'identity: a role by which a user becomes administrator', because: '5-graph §3: PassRole and a service that runs with a more privileged role; gate 4: unexposed in production is P3', expect: { entity: userArn(PROD, 'passer'), ...P3 },
    part: { iam: { [PROD]: {
      users: [user(PROD, 'passer', { tags, allow: [{ Effect: 'Allow', Action: ['iam:PassRole', 'lambda:CreateFunction', 'lambda:InvokeFunction'], Resource: '*' }] })],
      roles: [role(PROD, 'fn-admin', { Service: 'lambda.amazonaws.com' }, { admin: true })],
    } }, prowler: [escalation('passer')] },
  },
  {
    name: 'identity: not in the snapshot', because: '3-decisions: no data means unknown', expect: { entity: roleArn(PROD, 'adm-lost'), decision: 'needs_human_review', missing: ['exposure_confirmed'] }, part: { prowler: [finding('adm-lost')] },
  },
  {
    name: 'identity: a user who can attach policies to himself', because: '5-graph §3: self-escalation primitive is tier 0; gate 4: unexposed in production is P3', expect: { entity: userArn(PROD, 'climber'), ...P3, route: { action: 'require_human_approval', status: 'waiting_for_approval' } },
    part: { iam: { [PROD]: { users: [user(PROD, 'climber', { tags, allow: [{ Effect: 'Allow', Action: 'iam:AttachUserPolicy', Resource: userArn(PROD, 'climber') }] })] } }, prowler: [escalation('climber')] },
  },
  {
    name: 'identity: a user who can\'t', because: '3-decisions: refuted by the snapshot is defer', expect: { entity: userArn(PROD, 'walker'), ...DEFER },
    part: { iam: { [PROD]: { users: [user(PROD, 'walker', { tags, allow: [{ Effect: 'Allow', Action: ['iam:GetUser', 'iam:ListRoles'], Resource: '*' }] })] } }, prowler: [escalation('walker')] },
  },
  {
    name: 'identity: one name in two accounts', because: '3-decisions: the call is about this entity; names are not ids', expect: [{ entity: roleArn(PROD, 'twin'), ...P3 }, { entity: roleArn(DEV, 'twin'), ...DEFER }],
    part: {
      iam: { [PROD]: { roles: [role(PROD, 'twin', root(PROD), { admin: true, tags })] }, [DEV]: { roles: [role(DEV, 'twin', root(DEV), { tags, allow: [{ Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::mx-reports' }] })] } },
      prowler: [PROD, DEV].map((a) => prowler({ account: a, check: 'iam_role_administratoraccess_policy', title: HELD, resource: roleArn(a, 'twin'), type: 'AwsIamRole' })),
    },
  },
];
