import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateCondition } from '#electron/evaluate/gcp/condition.ts';
import { gcpAssumeVerdict, gcpEscalationVerdict } from '#electron/evaluate/gcp/identity-question.ts';
import { evaluateGcpIdentity } from '#electron/evaluate/gcp/identity.ts';
import { decide } from '#electron/evaluate/gcp/permission.ts';
import { account, accountName, binding, bucket, bucketPolicy, derivedGraph, email, folder, graphOfAssets, instance, instanceName, knowledge, number, organization, policy, project, projectPolicy, projectRecord, resource, scope } from './cloud-assets.ts';

type Json = Readonly<Record<string, unknown>>;
const alice = 'user:alice@acme.example', sa = (name: string) => `serviceAccount:${email(name)}`;
const none = new Set<string>();
const base = [projectRecord(), account('deploy'), account('web')];
const on = (name: string, ...bindings: readonly Json[]) => policy(accountName(name), 'iam.googleapis.com/ServiceAccount', ...bindings);
const denial = (body: Json) => resource(`//iam.googleapis.com/policies/cloudresourcemanager.googleapis.com%2Fprojects%2F${number}/denypolicies/d`, 'iam.googleapis.com/DenyPolicy', { name: `policies/cloudresourcemanager.googleapis.com%2Fprojects%2F${number}/denypolicies/d`, rules: [{ denyRule: body }] });
const assume = (records: readonly Json[], subject = alice, object = accountName('deploy')) => gcpAssumeVerdict(scope(graphOfAssets(...base, ...records)), subject, object, none);
const escalate = (records: readonly Json[], subject = alice, object?: string) => gcpEscalationVerdict(scope(graphOfAssets(...base, ...records)), subject, object, none);
const nobody = projectPolicy(binding('roles/viewer', 'user:bob@acme.example'));
const token = 'roles/iam.serviceAccountTokenCreator';

describe('who gets a service account, in pairs that differ in one fact', () => {
  const pairs: readonly (readonly [string, readonly Json[], readonly Json[], string])[] = [
    ['the role on the account', [nobody, on('deploy', binding(token, alice))], [nobody, on('deploy', binding('roles/iam.serviceAccountUser', alice))], 'NO_IMPERSONATION'],
    ['the member', [nobody, on('deploy', binding(token, alice))], [nobody, on('deploy', binding(token, 'user:bob@acme.example'))], 'NO_IMPERSONATION'],
    ['the account', [nobody, on('deploy', binding(token, alice))], [nobody, on('deploy'), on('web', binding(token, alice))], 'NO_IMPERSONATION'],
    ['a role on the project reaches its accounts', [projectPolicy(binding(token, alice)), on('deploy')], [projectPolicy(binding('roles/viewer', alice)), on('deploy')], 'NO_IMPERSONATION'],
    ['a role on the folder', [nobody, on('deploy'), policy(`//cloudresourcemanager.googleapis.com/${folder}`, 'cloudresourcemanager.googleapis.com/Folder', binding(token, alice))], [nobody, on('deploy'), policy('//cloudresourcemanager.googleapis.com/folders/78', 'cloudresourcemanager.googleapis.com/Folder', binding(token, alice))], 'NO_IMPERSONATION'],
    ['a role on the organization', [nobody, on('deploy'), policy(`//cloudresourcemanager.googleapis.com/${organization}`, 'cloudresourcemanager.googleapis.com/Organization', binding(token, alice))], [nobody, on('deploy'), policy(`//cloudresourcemanager.googleapis.com/${organization}`, 'cloudresourcemanager.googleapis.com/Organization', binding('roles/browser', alice))], 'NO_IMPERSONATION'],
    ['keys', [projectPolicy(binding('roles/iam.serviceAccountKeyAdmin', alice)), on('deploy')], [projectPolicy(binding('roles/iam.serviceAccountViewer', alice)), on('deploy')], 'NO_IMPERSONATION'],
    ['a chain over another account', [nobody, on('web', binding(token, alice)), on('deploy', binding(token, sa('web')))], [nobody, on('web', binding('roles/iam.serviceAccountViewer', alice)), on('deploy', binding(token, sa('web')))], 'NO_IMPERSONATION'],
    ['a domain', [nobody, on('deploy', binding(token, 'domain:acme.example'))], [nobody, on('deploy', binding(token, 'domain:other.example'))], 'NO_IMPERSONATION'],
    ['a deny policy', [nobody, on('deploy', binding(token, alice)), denial({ deniedPrincipals: ['principal://goog/subject/bob@acme.example'], deniedPermissions: ['iam.googleapis.com/serviceAccounts.*', 'iam.googleapis.com/serviceAccountKeys.*'] })], [nobody, on('deploy', binding(token, alice)), denial({ deniedPrincipals: ['principal://goog/subject/alice@acme.example'], deniedPermissions: ['iam.googleapis.com/serviceAccounts.*', 'iam.googleapis.com/serviceAccountKeys.*'] })], 'DENY_POLICY'],
    ['an exception to a deny policy', [nobody, on('deploy', binding(token, alice)), denial({ deniedPrincipals: ['principalSet://goog/public:all'], exceptionPrincipals: ['principal://goog/subject/alice@acme.example'], deniedPermissions: ['iam.googleapis.com/serviceAccounts.*'] })], [nobody, on('deploy', binding(token, alice)), denial({ deniedPrincipals: ['principalSet://goog/public:all'], deniedPermissions: ['iam.googleapis.com/serviceAccounts.*'] })], 'DENY_POLICY'],
    ['a workload identity', [nobody, on('deploy', binding('roles/iam.workloadIdentityUser', `serviceAccount:${project}.svc.id.goog[shop/api]`))], [nobody, on('deploy', binding('roles/iam.workloadIdentityUser', `serviceAccount:${project}.svc.id.goog[shop/web]`))], 'NO_IMPERSONATION'],
    ['a condition on the name', [nobody, on('deploy', { ...binding(token, alice), condition: { expression: `resource.name.startsWith("projects/${project}/serviceAccounts/deploy@")` } })], [nobody, on('deploy', { ...binding(token, alice), condition: { expression: `resource.name.startsWith("projects/${project}/serviceAccounts/web@")` } })], 'NO_IMPERSONATION'],
  ];
  it.each(pairs)('%s', (name, open, shut, code) => {
    const subject = name === 'a workload identity' ? `serviceAccount:${project}.svc.id.goog[shop/api]` : alice;
    expect(assume(open, subject)).toMatchObject({ answer: 'yes', via: expect.any(String) });
    expect(assume(shut, subject)).toMatchObject({ answer: 'no', blocked_by: code, reasons: expect.arrayContaining([expect.objectContaining({ rule: code === 'DENY_POLICY' ? 'GCP.deny_policy' : 'GCP.no_impersonation' })]) });
  });

  it('a machine is what it runs as', () => {
    const vm = instance('web');
    expect(assume([nobody, vm, on('deploy', binding(token, sa('web')))], instanceName('web'))).toMatchObject({ answer: 'yes' });
    expect(assume([nobody, vm, on('web')], instanceName('web'), accountName('web'))).toMatchObject({ answer: 'yes', via: 'RUNS_AS' });
    expect(assume([nobody, instance('web', { serviceAccounts: [{ email: email('web'), scopes: ['https://www.googleapis.com/auth/logging.write'] }] }), on('deploy', binding(token, sa('web')))], instanceName('web')).answer).not.toBe('yes');
  });

  it.each([
    ['the policy of the project', [on('deploy')], 'the IAM policy of the project'], ['who is in a group', [nobody, on('deploy', binding(token, 'group:devs@acme.example'))], 'who is in group:devs@acme.example'], ['what a role gives', [nobody, on('deploy', binding('roles/acme.unknown', alice))], 'the permissions of roles/acme.unknown'],
  ] as const)('is unknown without %s', (_, records, what) => expect(assume(records)).toMatchObject({ answer: 'unknown', missing: expect.arrayContaining([expect.objectContaining({ what })]) }));

  it('a condition on time with no time known leaves it open', () => expect(assume([nobody, on('deploy', { ...binding(token, alice), condition: { expression: 'request.time < timestamp("2030-01-01T00:00:00Z")' } })])).toMatchObject({ answer: 'unknown', blocked_by: 'CONDITION' }));
  it('a cycle of accounts ends', () => expect(assume([nobody, on('web', binding(token, sa('deploy'))), on('deploy', binding(token, sa('web')))]).answer).toBe('no'));
});

describe('escalation', () => {
  const actAs = on('deploy', binding('roles/iam.serviceAccountUser', alice));
  it.each([
    ['setIamPolicy of the project', [projectPolicy(binding('roles/resourcemanager.projectIamAdmin', alice))], [projectPolicy(binding('roles/viewer', alice))]],
    ['a function that runs as the account', [projectPolicy(binding('roles/cloudfunctions.developer', alice)), actAs], [projectPolicy(binding('roles/cloudfunctions.developer', alice)), on('deploy')]],
    ['a service that runs as the account', [projectPolicy(binding('roles/run.developer', alice)), actAs], [projectPolicy(binding('roles/run.viewer', alice)), actAs]],
    ['a machine that runs as the account', [projectPolicy(binding('roles/compute.instanceAdmin.v1', alice)), actAs], [projectPolicy(binding('roles/compute.viewer', alice)), actAs]],
    ['the policy of an account', [nobody, on('deploy', binding('roles/iam.serviceAccountAdmin', alice))], [nobody, on('deploy', binding('roles/iam.serviceAccountViewer', alice))]],
    ['an organization policy', [projectPolicy(binding('roles/orgpolicy.policyAdmin', alice))], [projectPolicy(binding('roles/orgpolicy.policyViewer', alice))]],
    ['API keys', [projectPolicy(binding('roles/serviceusage.apiKeysAdmin', alice))], [projectPolicy(binding('roles/serviceusage.serviceUsageViewer', alice))]],
    ['HMAC keys', [projectPolicy(binding('roles/storage.hmacKeyAdmin', alice))], [projectPolicy(binding('roles/storage.objectViewer', alice))]],
    ['an editor', [projectPolicy(binding('roles/editor', alice)), on('deploy')], [projectPolicy(binding('roles/editor', 'user:bob@acme.example')), on('deploy')]],
  ] as const)('%s', (_, open, shut) => {
    expect(escalate(open)).toMatchObject({ answer: 'yes', via: expect.any(String) });
    expect(escalate(shut)).toMatchObject({ answer: 'no', blocked_by: 'NO_ESCALATION' });
  });

  it('a custom role that its holder may change', () => {
    const custom = (...includedPermissions: readonly string[]) => resource(`//iam.googleapis.com/projects/${project}/roles/r`, 'iam.googleapis.com/Role', { name: `projects/${project}/roles/r`, includedPermissions });
    const held = projectPolicy(binding(`projects/${project}/roles/r`, alice));
    expect(escalate([held, custom('iam.roles.update')])).toMatchObject({ answer: 'yes', via: 'gcp-iam-role-update' });
    expect(escalate([held, custom('iam.roles.get')]).answer).toBe('no');
  });

  it('every primitive has an id, and those of design 5-graph are there', () => {
    const ids = knowledge.primitives.map((p) => p.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(18);
    for (const permission of ['iam.serviceAccounts.getAccessToken', 'iam.serviceAccounts.implicitDelegation', 'iam.serviceAccounts.signBlob', 'iam.serviceAccounts.signJwt', 'iam.serviceAccountKeys.create', 'storage.hmacKeys.create', 'apikeys.keys.create', 'apikeys.keys.list', 'iam.roles.update', 'orgpolicy.policy.set', 'cloudbuild.builds.create', 'deploymentmanager.deployments.create', 'cloudfunctions.functions.create', 'cloudfunctions.functions.update', 'run.services.create', 'compute.instances.create']) {
      expect(knowledge.primitives.flatMap((p) => p.permissions)).toContain(permission);
    }
  });
});

describe('what an identity is worth', () => {
  const judge = (records: readonly Json[], urn = accountName('deploy')) => evaluateGcpIdentity(scope(graphOfAssets(...base, ...records)), urn, new Set([project]));
  it.each([
    ['roles/owner', 'tier0'], ['roles/editor', 'tier1'], ['roles/viewer', 'none'],
  ])('%s on the project is %s', (role, tier) => expect(judge([projectPolicy(binding(role, sa('deploy')))]).tier).toBe(tier));
  it('whoever gets an owner’s credentials is as good as one', () => expect(judge([projectPolicy(binding('roles/owner', sa('web'))), on('web', binding(token, sa('deploy')))]).tier).toBe('tier0'));
  it('is unknown without the project’s policy', () => expect(judge([]).tier).toBe('unknown'));
  it.each([
    ['allAuthenticatedUsers', 'yes'], ['user:someone@gmail.com', 'yes'], ['serviceAccount:x@stranger.iam.gserviceaccount.com', 'yes'], [sa('web'), 'no'], ['user:bob@acme.example', 'no'], ['user:eve@partner.example', 'unknown'],
    [`principalSet://iam.googleapis.com/projects/${number}/locations/global/workloadIdentityPools/gh/attribute.repository/acme/app`, 'no'], [`principalSet://iam.googleapis.com/projects/${number}/locations/global/workloadIdentityPools/gh/*`, 'unknown'],
  ])('is impersonated from outside by %s: %s', (member, answer) => expect(judge([projectPolicy(binding('roles/owner', 'user:root@acme.example')), on('deploy', binding(token, member))]).external.answer).toBe(answer));
  it('says that a deny policy takes the excess away', () => {
    const held = projectPolicy(binding('roles/iam.serviceAccountKeyAdmin', sa('deploy')));
    expect(judge([held]).mitigated.answer).toBe('no');
    expect(judge([held, denial({ deniedPrincipals: [`principal://iam.googleapis.com/projects/-/serviceAccounts/${email('deploy')}`], deniedPermissions: ['iam.googleapis.com/serviceAccountKeys.create'] })])).toMatchObject({ mitigated: { answer: 'yes' }, escalations: [] });
  });
});

describe('permissions', () => {
  const may = (records: readonly Json[], member: string, permission: string, name: string) => decide(scope(graphOfAssets(...base, ...records)), member, permission, name);
  const data = '//storage.googleapis.com/acme-data';
  it('convenience members are the holders of a basic role', () => {
    const records = [bucket(), bucketPolicy(binding('roles/storage.legacyObjectReader', `projectViewer:${project}`)), projectPolicy(binding('roles/viewer', alice))];
    expect(may(records, alice, 'storage.objects.get', data).answer).toBe('yes');
    expect(may(records, 'user:bob@acme.example', 'storage.objects.get', data).answer).toBe('no');
  });
  it('a boundary leaves a resource out', () => {
    const bound = (resources: readonly string[]) => [resource('//iam.googleapis.com/organizations/9001/locations/global/policyBindings/b', 'iam.googleapis.com/PolicyBinding', { policyKind: 'PRINCIPAL_ACCESS_BOUNDARY', target: { principalSet: `//cloudresourcemanager.googleapis.com/projects/${number}` }, policy: 'organizations/9001/locations/global/principalAccessBoundaryPolicies/p' }),
      resource('//iam.googleapis.com/organizations/9001/locations/global/principalAccessBoundaryPolicies/p', 'iam.googleapis.com/PrincipalAccessBoundaryPolicy', { details: { rules: [{ resources, effect: 'ALLOW' }] } })];
    const held = [bucket(), bucketPolicy(binding('roles/storage.objectViewer', sa('web'))), nobody];
    expect(may([...held, ...bound([`//cloudresourcemanager.googleapis.com/projects/${number}`])], sa('web'), 'storage.objects.get', data).answer).toBe('yes');
    expect(may([...held, ...bound(['//cloudresourcemanager.googleapis.com/projects/1'])], sa('web'), 'storage.objects.get', data)).toMatchObject({ answer: 'no', blocked_by: 'PRINCIPAL_ACCESS_BOUNDARY' });
  });
  it('an object under a condition on its prefix', () => {
    const records = [bucket(), nobody, bucketPolicy({ ...binding('roles/storage.objectViewer', alice), condition: { expression: 'resource.name.startsWith("projects/_/buckets/acme-data/objects/public/")' } })];
    expect(may(records, alice, 'storage.objects.get', `${data}/objects/public/a.txt`).answer).toBe('yes');
    expect(may(records, alice, 'storage.objects.get', `${data}/objects/private/a.txt`).answer).toBe('no');
    expect(may(records, alice, 'storage.objects.get', data)).toMatchObject({ answer: 'unknown', blocked_by: 'CONDITION' });
  });
});

describe('conditions', () => {
  const context = { name: 'projects/_/buckets/b/objects/a/x.txt', type: 'storage.googleapis.com/Object', service: 'storage.googleapis.com', timeUs: Date.UTC(2026, 0, 1) * 1000 };
  it.each([
    ['resource.type == "storage.googleapis.com/Object"', 'yes'], ['resource.type != "storage.googleapis.com/Object"', 'no'], ['resource.name.endsWith(".txt") && resource.name.startsWith("projects/_/buckets/b")', 'yes'],
    ['resource.name.endsWith(".csv") || resource.service == "storage.googleapis.com"', 'yes'], ['!(resource.name.contains("/a/"))', 'no'], ['request.time < timestamp("2027-01-01T00:00:00Z")', 'yes'], ['request.time < timestamp("2025-01-01T00:00:00Z")', 'no'],
    ['resource.type in ["a", "storage.googleapis.com/Object"]', 'yes'], ['resource.matchTag("1/env", "prod")', 'unknown'], ['resource.matchTag("1/env", "prod") && false', 'no'], ['(((', 'unknown'], ['', 'unknown'], ["resource.name.startsWith('projects/_/buckets/c')", 'no'],
    ['request.auth.claims.email == "x"', 'unknown'], ['resource.name.extract("objects/{x}/") == "a"', 'unknown'],
  ])('%s', (expression, answer) => expect(evaluateCondition(expression, context)).toBe(answer));
  it('never throws or hangs on any text', () => fc.assert(fc.property(fc.oneof(fc.string(), fc.array(fc.constantFrom('(', ')', '&&', '!', 'resource.name', '.startsWith(', '"a"', '==', 'true', ',', '[')).map((a) => a.join(' '))), (text) => { evaluateCondition(text, context); }), { numRuns: 500 }));
  it('a very deep expression is not readable, not fatal', () => expect(evaluateCondition(`${'('.repeat(5000)}true${')'.repeat(5000)}`, context)).toBe('unknown'));
});

describe('derived edges', () => {
  it('leads from a person over an account to a bucket, and from an owner to the project and what it contains', () => {
    const graph = derivedGraph(...base, bucket(), bucketPolicy(binding('roles/storage.objectViewer', sa('deploy'))), projectPolicy(binding('roles/owner', 'user:root@acme.example')), on('deploy', binding(token, alice)), instance('web'));
    const edges = [alice, accountName('deploy'), 'user:root@acme.example', `//cloudresourcemanager.googleapis.com/projects/${project}`, instanceName('web')].flatMap((urn) => graph.edgesFrom(urn)).map((e) => `${e.source} ${e.kind} ${e.target}`);
    expect(edges).toEqual(expect.arrayContaining([
      `${alice} CAN_ASSUME ${accountName('deploy')}`, `${alice} PRIVESC ${accountName('deploy')}`, `${accountName('deploy')} CAN_READ //storage.googleapis.com/acme-data`,
      `user:root@acme.example CAN_ADMIN //cloudresourcemanager.googleapis.com/projects/${project}`, `//cloudresourcemanager.googleapis.com/projects/${project} CONTAINS //storage.googleapis.com/acme-data`, `${instanceName('web')} RUNS_AS ${accountName('web')}`,
    ]));
  });
  it('leads from the internet to an open bucket', () => {
    const graph = derivedGraph(projectRecord(), bucket(), bucketPolicy(binding('roles/storage.objectViewer', 'allUsers')));
    expect(graph.edgesFrom('internet').map((e) => e.kind).sort()).toEqual(['CAN_READ', 'EXPOSES']);
  });
});
