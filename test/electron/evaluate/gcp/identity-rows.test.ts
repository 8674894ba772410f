import { describe, expect, it } from 'vitest';
import { gcpAssumeVerdict, gcpEscalationVerdict } from '#electron/evaluate/gcp/identity-question.ts';
import { evaluateGcpIdentity } from '#electron/evaluate/gcp/identity.ts';
import { decide } from '#electron/evaluate/gcp/permission.ts';
import { expectRow, expectSaid, type Row } from '../rows.ts';
import { account, accountName, binding, bucket, bucketPolicy, derivedGraph, email, folder, graphOfAssets, instance, instanceName, knowledge, nic, number, organization, policy, project, projectPolicy, projectRecord, resource, scope } from './cloud-assets.ts';

/** Design 5-graph §3, Google Cloud: each sentence as a row, both sides, with what explains it. */
type Json = Readonly<Record<string, unknown>>;
type Assets = readonly Json[];
const alice = 'user:alice@acme.example', none = new Set<string>(), data = '//storage.googleapis.com/acme-data';
const projectUrn = `//cloudresourcemanager.googleapis.com/projects/${project}`, projectIam = `//cloudresourcemanager.googleapis.com/projects/${number}#iam-policy`;
const nobody = projectPolicy(binding('roles/viewer', 'user:bob@acme.example'));
const container = (name: string, ...bindings: readonly Json[]) => policy(`//cloudresourcemanager.googleapis.com/${name}`, `cloudresourcemanager.googleapis.com/${name.startsWith('folders') ? 'Folder' : 'Organization'}`, ...bindings);
const denyAt = (place: string, body: Json, more: Json = {}) => resource(`//iam.googleapis.com/policies/${encodeURIComponent(`cloudresourcemanager.googleapis.com/${place}`)}/denypolicies/d`, 'iam.googleapis.com/DenyPolicy', { name: `policies/${encodeURIComponent(`cloudresourcemanager.googleapis.com/${place}`)}/denypolicies/d`, rules: [{ denyRule: body, ...more }] });
const person = 'principal://goog/subject/alice@acme.example';
const permit = 'storage.objects.get';
const may = (principal = alice, permission = permit, name = data) => (records: Assets) => { const graph = graphOfAssets(projectRecord(), account('deploy'), account('web'), bucket(), ...records); return { graph, verdict: decide(scope(graph), principal, permission, name) }; };
const reader = (who = alice) => binding('roles/storage.objectViewer', who);
const given = (source: string, at = '/bindings/0') => ({ rule: 'GCP.binding', source, pointer: at, text: /roles\/storage\.objectViewer with storage\.objects\.get/ });
const missing = { code: 'NO_BINDING', rule: 'GCP.no_binding', source: data, text: /no binding on it or above it gives storage\.objects\.get to user:alice/ };
const refused = (place: string) => ({ code: 'DENY_POLICY', rule: 'GCP.deny_policy', source: `//iam.googleapis.com/policies/${encodeURIComponent(`cloudresourcemanager.googleapis.com/${place}`)}/denypolicies/d`, pointer: '/rules/0', text: /a deny policy refuses storage\.objects\.get to user:alice/ });
const bind = (set: string) => resource('//iam.googleapis.com/organizations/9001/locations/global/policyBindings/b', 'iam.googleapis.com/PolicyBinding', { policyKind: 'PRINCIPAL_ACCESS_BOUNDARY', target: { principalSet: set }, policy: 'organizations/9001/locations/global/principalAccessBoundaryPolicies/p' });
const boundary = (...resources: readonly string[]) => resource('//iam.googleapis.com/organizations/9001/locations/global/principalAccessBoundaryPolicies/p', 'iam.googleapis.com/PrincipalAccessBoundaryPolicy', { details: { rules: [{ resources, effect: 'ALLOW' }] } });
const sets = { project: `//cloudresourcemanager.googleapis.com/projects/${number}`, folder: `//cloudresourcemanager.googleapis.com/${folder}`, organization: `//cloudresourcemanager.googleapis.com/${organization}` };
const elsewhere = boundary('//cloudresourcemanager.googleapis.com/projects/1'), here = boundary(sets.project), sa = `serviceAccount:${email('web')}`;
const outside = { code: 'PRINCIPAL_ACCESS_BOUNDARY', rule: 'GCP.access_boundary', source: '//iam.googleapis.com/organizations/9001/locations/global/policyBindings/b', pointer: '/target', text: /a principal access boundary leaves out the resource/ };
const conditional = (expression: string) => bucketPolicy({ ...reader(), condition: { expression } });

describe('effective permission', () => {
  it.each<Row<Assets>>([
    { row: 'an allow binding on the resource', yes: [nobody, bucketPolicy(reader())], says: given(`${data}#iam-policy`), no: [nobody, bucketPolicy(reader('user:bob@acme.example'))], instead: missing },
    { row: 'an allow binding on the project', yes: [projectPolicy(reader()), bucketPolicy()], says: given(projectIam), no: [projectPolicy(binding('roles/storage.bucketViewer', alice)), bucketPolicy()], instead: missing },
    { row: 'an allow binding on the folder', yes: [nobody, bucketPolicy(), container(folder, reader())], says: given(`//cloudresourcemanager.googleapis.com/${folder}#iam-policy`), no: [nobody, bucketPolicy(), container('folders/78', reader())], instead: missing },
    { row: 'an allow binding on the organization', yes: [nobody, bucketPolicy(), container(organization, reader())], says: given(`//cloudresourcemanager.googleapis.com/${organization}#iam-policy`), no: [nobody, bucketPolicy(), container('organizations/9002', reader())], instead: missing },
    { row: 'additive: the first of several bindings, with others after it and nearer', yes: [projectPolicy(reader(), binding('roles/browser', alice)), bucketPolicy(binding('roles/storage.legacyBucketWriter', 'user:bob@acme.example'))], says: given(projectIam, '/bindings/0'), no: [projectPolicy(reader('user:bob@acme.example'), binding('roles/browser', alice)), bucketPolicy(binding('roles/storage.legacyBucketWriter', 'user:bob@acme.example'))], instead: missing },
    { row: 'additive: the last of several bindings', yes: [projectPolicy(binding('roles/browser', alice), reader()), bucketPolicy()], says: given(projectIam, '/bindings/1'), no: [projectPolicy(binding('roles/browser', alice), reader('user:bob@acme.example')), bucketPolicy()], instead: missing },
    ...[`projects/${number}`, folder, organization].map((place): Row<Assets> => ({ row: `minus deny policies: of ${place}`, yes: [nobody, bucketPolicy(reader()), denyAt(place, { deniedPrincipals: [person], deniedPermissions: ['storage.googleapis.com/objects.create'] })], says: given(`${data}#iam-policy`), no: [nobody, bucketPolicy(reader()), denyAt(place, { deniedPrincipals: [person], deniedPermissions: ['storage.googleapis.com/objects.get'] })], instead: refused(place) })),
    { row: 'a deny policy elsewhere', yes: [nobody, bucketPolicy(reader()), denyAt('folders/78', { deniedPrincipals: [person], deniedPermissions: ['storage.googleapis.com/objects.*'] })], says: given(`${data}#iam-policy`), no: [nobody, bucketPolicy(reader()), denyAt(folder, { deniedPrincipals: [person], deniedPermissions: ['storage.googleapis.com/objects.*'] })], instead: refused(folder) },
    { row: 'exceptions: principals', yes: [nobody, bucketPolicy(reader()), denyAt(folder, { deniedPrincipals: ['principalSet://goog/public:all'], exceptionPrincipals: [person], deniedPermissions: ['storage.googleapis.com/objects.*'] })], says: given(`${data}#iam-policy`), no: [nobody, bucketPolicy(reader()), denyAt(folder, { deniedPrincipals: ['principalSet://goog/public:all'], exceptionPrincipals: ['principal://goog/subject/bob@acme.example'], deniedPermissions: ['storage.googleapis.com/objects.*'] })], instead: refused(folder) },
    { row: 'exceptions: permissions', yes: [nobody, bucketPolicy(reader()), denyAt(folder, { deniedPrincipals: [person], deniedPermissions: ['storage.googleapis.com/objects.*'], exceptionPermissions: ['storage.googleapis.com/objects.get'] })], says: given(`${data}#iam-policy`), no: [nobody, bucketPolicy(reader()), denyAt(folder, { deniedPrincipals: [person], deniedPermissions: ['storage.googleapis.com/objects.*'], exceptionPermissions: ['storage.googleapis.com/objects.list'] })], instead: refused(folder) },
    { row: 'a denial under a condition is open', yes: [nobody, bucketPolicy(reader())], says: given(`${data}#iam-policy`), no: [nobody, bucketPolicy(reader()), denyAt(folder, { deniedPrincipals: [person], deniedPermissions: ['storage.googleapis.com/objects.*'], denialCondition: { expression: 'resource.matchTag("1/env", "prod")' } })], instead: { answer: 'unknown', code: 'CONDITION', rule: 'GCP.deny_policy', pointer: '/rules/0', text: /under a condition on tags/ } },
    { row: 'CEL: resource.name prefix', yes: [nobody, conditional('resource.name.startsWith("projects/_/buckets/acme-data")')], says: { ...given(`${data}#iam-policy`), text: /under a condition/ }, no: [nobody, conditional('resource.name.startsWith("projects/_/buckets/other")')], instead: missing },
    { row: 'CEL: part of the names is open', yes: [nobody, conditional('resource.name.startsWith("projects/_/buckets/acme-data/objects/")')], says: { ...given(`${data}#iam-policy`), text: /under a condition/ }, no: [nobody, conditional('resource.name.startsWith("projects/_/buckets/acme-data/objects/a/")')], instead: { answer: 'unknown', code: 'CONDITION', source: `${data}#iam-policy`, pointer: '/bindings/0', text: /under a condition/ } },
    { row: 'CEL: else conditional', yes: [nobody, conditional('true')], says: { text: /under a condition/ }, no: [nobody, conditional('request.auth.access_levels.contains("x")')], instead: { answer: 'unknown', code: 'CONDITION', text: /under a condition/ } },
  ])('$row', (row) => { expectRow(row, may()); });

  it('CEL: request.time, by the time of the snapshot', () => {
    const at = (expression: string, captured: number | undefined) => { const graph = graphOfAssets(projectRecord(), bucket(), nobody, conditional(expression)); const view = { ...graph, ofType: (type: string, s?: object) => graph.ofType(type, s).map((r) => (captured === undefined ? r : { ...r, captured_us: captured })) }; return { graph, verdict: decide(scope(view), alice, permit, data) }; };
    const until = 'request.time < timestamp("2026-06-01T00:00:00Z")', before = Date.UTC(2026, 0, 1) * 1000, after = Date.UTC(2026, 11, 1) * 1000;
    const [early, late, whenever] = [at(until, before), at(until, after), at(until, undefined)];
    expectSaid(early.graph, early.verdict, 'yes', { rule: 'GCP.binding', text: /under a condition/ });
    expectSaid(late.graph, late.verdict, 'no', missing);
    expectSaid(whenever.graph, whenever.verdict, 'unknown', { code: 'CONDITION', text: /under a condition/ });
  });

  it.each<Row<Assets>>([
    { row: 'minus PAB: the resource', yes: [nobody, bucketPolicy(reader(sa)), bind(sets.project), here], says: { rule: 'GCP.access_boundary', source: outside.source, pointer: '/target', text: /includes the resource/ }, no: [nobody, bucketPolicy(reader(sa)), bind(sets.project), elsewhere], instead: outside },
    { row: 'a boundary for the accounts of another project', yes: [nobody, bucketPolicy(reader(sa)), bind('//cloudresourcemanager.googleapis.com/projects/1'), elsewhere], says: given(`${data}#iam-policy`), no: [nobody, bucketPolicy(reader(sa)), bind(sets.project), elsewhere], instead: outside },
    { row: 'a boundary for the accounts below a folder', yes: [nobody, bucketPolicy(reader(sa)), bind('//cloudresourcemanager.googleapis.com/folders/78'), elsewhere], says: given(`${data}#iam-policy`), no: [nobody, bucketPolicy(reader(sa)), bind(sets.folder), elsewhere], instead: outside },
    { row: 'a boundary for an organization', yes: [nobody, bucketPolicy(reader(sa)), bind('//cloudresourcemanager.googleapis.com/organizations/9002'), elsewhere], says: given(`${data}#iam-policy`), no: [nobody, bucketPolicy(reader(sa)), bind(sets.organization), elsewhere], instead: outside },
    { row: 'a boundary whose policy is not recorded is open', yes: [nobody, bucketPolicy(reader(sa)), bind(sets.project), here], says: { text: /includes the resource/ }, no: [nobody, bucketPolicy(reader(sa)), bind(sets.project)], instead: { answer: 'unknown', rule: 'GCP.access_boundary', text: /leaves out/, missing: /access boundary/ } },
  ])('$row', (row) => { expectRow(row, may(sa)); });
  it.each<Row<Assets> & { readonly who: string }>([
    { row: 'whether a person is of the organization is not known', who: alice, yes: [nobody, bucketPolicy(reader()), bind(sets.project), elsewhere], says: given(`${data}#iam-policy`), no: [nobody, bucketPolicy(reader()), bind(sets.organization), elsewhere], instead: { answer: 'unknown', rule: 'GCP.access_boundary', text: /if it binds that principal/, missing: /binds the principal/ } },
  ])('$row', ({ who, ...row }) => { expectRow(row, may(who)); });
  it('everyone is in no boundary', () => { const { graph, verdict } = may('allUsers')([nobody, bucketPolicy(reader('allUsers')), bind(sets.organization), elsewhere]); expectSaid(graph, verdict, 'yes', given(`${data}#iam-policy`)); });
});

const custom = (...permissions: readonly string[]) => resource(`//iam.googleapis.com/projects/${project}/roles/r`, 'iam.googleapis.com/Role', { name: `projects/${project}/roles/r`, includedPermissions: permissions.length === 0 ? ['resourcemanager.projects.get'] : permissions });
const agent = (service: string) => resource(`//iam.googleapis.com/projects/${project}/serviceAccounts/${number}@${service}.gserviceaccount.com`, 'iam.googleapis.com/ServiceAccount', { email: `${number}@${service}.gserviceaccount.com`, projectId: project });
const running = instance('app', { networkInterfaces: [nic()], serviceAccounts: [{ email: email('deploy'), scopes: ['https://www.googleapis.com/auth/cloud-platform'] }] });
const folderRecord = resource(`//cloudresourcemanager.googleapis.com/${folder}`, 'cloudresourcemanager.googleapis.com/Folder', { name: folder, displayName: 'f' }), organizationRecord = resource(`//cloudresourcemanager.googleapis.com/${organization}`, 'cloudresourcemanager.googleapis.com/Organization', { name: organization });
/** What must be there beside the permissions, by what a primitive leads to. */
const prerequisites: Readonly<Record<string, { readonly there: Assets; readonly target: string }>> = {
  running_account: { there: [running], target: accountName('deploy') }, cloud_build: { there: [agent('cloudbuild')], target: `//iam.googleapis.com/projects/${project}/serviceAccounts/${number}@cloudbuild.gserviceaccount.com` }, google_apis: { there: [agent('cloudservices')], target: `//iam.googleapis.com/projects/${project}/serviceAccounts/${number}@cloudservices.gserviceaccount.com` },
  folder: { there: [folderRecord], target: `//cloudresourcemanager.googleapis.com/${folder}` }, organization: { there: [organizationRecord], target: `//cloudresourcemanager.googleapis.com/${organization}` },
};
const role = `projects/${project}/roles/r`;

describe('primitives', () => {
  const holds = (permissions: readonly string[], there: Assets) => graphOfAssets(projectRecord(), account('deploy'), custom(...permissions), projectPolicy(binding(role, alice)), container(folder, binding(role, alice)), container(organization, binding(role, alice)), ...there);
  const ids = (permissions: readonly string[], there: Assets, target: string) => evaluateGcpIdentity(scope(holds(permissions, there)), alice, none).escalations.filter((e) => e.target === target).map((e) => e.id);
  it.each(knowledge.primitives.map((p) => [p.id, p] as const))('%s: with all it takes, and without each of it', (id, primitive) => {
    const needs = [...primitive.permissions, ...(primitive.act_as ? ['iam.serviceAccounts.actAs'] : [])];
    const { there, target } = prerequisites[primitive.target] ?? { there: [], target: primitive.target === 'project' || primitive.target === 'own_role' ? projectUrn : accountName('deploy') };
    expect(ids(needs, there, target)).toContain(id);
    for (const left of needs) expect(ids(needs.filter((p) => p !== left), there, target)).not.toContain(id);
    // What needs no more than the permissions is had without more.
    expect(ids(needs, [], target).includes(id)).toBe(there.length === 0);
    const graph = holds(needs, there);
    expect(gcpEscalationVerdict(scope(graph), alice, target, none)).toMatchObject({ answer: 'yes', reasons: expect.arrayContaining([expect.objectContaining({ rule: `GCP.${id}`, source: target, text: expect.stringContaining(id) as string })]) });
  });
  it('none of them: no, and why', () => {
    const graph = holds([], [running, agent('cloudbuild'), agent('cloudservices')]);
    expectSaid(graph, gcpEscalationVerdict(scope(graph), alice, undefined, none), 'no', { code: 'NO_ESCALATION', rule: 'GCP.no_escalation', text: /none of the primitives is held/, assumed: ['ancestor_iam_policy'] });
  });
  it('has the eighteen of the collection, and every setIamPolicy that hands out roles', () => {
    const has = (permission: string, isActAs = false) => knowledge.primitives.some((p) => p.permissions.includes(permission) && p.act_as === isActAs);
    for (const p of ['iam.serviceAccounts.getAccessToken', 'iam.serviceAccounts.implicitDelegation', 'iam.serviceAccounts.signBlob', 'iam.serviceAccounts.signJwt', 'iam.serviceAccountKeys.create', 'storage.hmacKeys.create', 'apikeys.keys.create', 'apikeys.keys.list', 'iam.roles.update', 'orgpolicy.policy.set', 'cloudbuild.builds.create', 'deploymentmanager.deployments.create', 'iam.serviceAccounts.setIamPolicy', 'resourcemanager.projects.setIamPolicy', 'resourcemanager.folders.setIamPolicy', 'resourcemanager.organizations.setIamPolicy']) expect([p, has(p)]).toEqual([p, true]);
    for (const p of ['cloudfunctions.functions.call', 'cloudfunctions.functions.setIamPolicy', 'cloudfunctions.functions.update', 'run.services.create', 'compute.instances.create']) expect([p, has(p, true)]).toEqual([p, true]);
    expect(knowledge.primitives.filter((p) => p.permissions.includes('iam.serviceAccounts.signBlob'))).toHaveLength(2);
  });
});

describe('a machine', () => {
  const scoped = (...scopes: readonly string[]) => instance('web', { serviceAccounts: [{ email: `${number}-compute@developer.gserviceaccount.com`, scopes }] });
  const compute = resource(`//iam.googleapis.com/projects/${project}/serviceAccounts/${number}-compute@developer.gserviceaccount.com`, 'iam.googleapis.com/ServiceAccount', { email: `${number}-compute@developer.gserviceaccount.com`, projectId: project });
  const edges = (...records: Assets) => derivedGraph(projectRecord(), compute, nobody, ...records).edgesFrom(instanceName('web'), 'RUNS_AS').map((e) => [e.target, e.condition === undefined]);
  it('VM default SA + cloud-platform scope = RUNS_AS; a narrower scope holds under a condition, no account none', () => {
    const target = `//iam.googleapis.com/projects/${project}/serviceAccounts/${number}-compute@developer.gserviceaccount.com`;
    expect(edges(scoped('https://www.googleapis.com/auth/cloud-platform'))).toEqual([[target, true]]);
    expect(edges(scoped('https://www.googleapis.com/auth/devstorage.read_only'))).toEqual([[target, false]]);
    expect(edges(instance('web', { serviceAccounts: [] }))).toEqual([]);
  });
  it.each<Row<Assets>>([
    { row: 'it is the account that it runs as', yes: [scoped('https://www.googleapis.com/auth/cloud-platform')], says: { rule: 'GCP.runs_as', text: /it is, or runs as, that account/, via: /RUNS_AS/ }, no: [instance('web', { serviceAccounts: [{ email: email('web'), scopes: ['https://www.googleapis.com/auth/cloud-platform'] }] })], instead: { code: 'NO_IMPERSONATION', rule: 'GCP.no_impersonation', text: /no binding gives credentials of it/ } },
  ])('$row', (row) => { expectRow(row, (records) => { const graph = graphOfAssets(projectRecord(), compute, account('web'), nobody, ...records, policy(`//iam.googleapis.com/projects/${project}/serviceAccounts/${number}-compute@developer.gserviceaccount.com`, 'iam.googleapis.com/ServiceAccount')); return { graph, verdict: gcpAssumeVerdict(scope(graph), instanceName('web'), `//iam.googleapis.com/projects/${project}/serviceAccounts/${number}-compute@developer.gserviceaccount.com`, none) }; }); });
});

describe('predefined roles (checked against Google’s published role list)', () => {
  it.each([
    ['roles/editor', 'iam.serviceAccountKeys.create', 'yes'], ['roles/editor', 'iam.serviceAccounts.actAs', 'yes'], ['roles/editor', 'iam.serviceAccounts.getAccessToken', 'no'], ['roles/editor', 'iam.serviceAccounts.disable', 'yes'], ['roles/editor', 'iam.roles.update', 'no'], ['roles/editor', 'resourcemanager.projects.setIamPolicy', 'no'],
    ['roles/editor', 'cloudkms.cryptoKeyVersions.useToDecrypt', 'no'], ['roles/owner', 'cloudkms.cryptoKeyVersions.useToDecrypt', 'yes'], ['roles/editor', 'secretmanager.versions.access', 'no'], ['roles/owner', 'secretmanager.versions.access', 'yes'], ['roles/editor', 'accesscontextmanager.accessLevels.create', 'yes'],
    ['roles/editor', 'iap.tunnelInstances.accessViaIAP', 'no'], ['roles/editor', 'iap.web.updateSettings', 'yes'], ['roles/editor', 'compute.instances.osAdminLogin', 'yes'], ['roles/editor', 'logging.sinks.create', 'no'], ['roles/viewer', 'secretmanager.versions.access', 'no'], ['roles/run.developer', 'run.services.setIamPolicy', 'no'], ['roles/run.developer', 'run.jobs.create', 'yes'],
    ['roles/container.developer', 'container.clusters.getCredentials', 'no'], ['roles/container.developer', 'container.certificateSigningRequests.approve', 'no'], ['roles/container.developer', 'container.mutatingWebhookConfigurations.update', 'no'], ['roles/container.developer', 'container.roles.get', 'yes'], ['roles/container.developer', 'container.serviceAccounts.createToken', 'yes'],
    ['roles/container.clusterAdmin', 'container.clusters.impersonate', 'no'], ['roles/container.clusterAdmin', 'container.clusters.update', 'yes'], ['roles/container.nodeServiceAccount', 'storage.objects.get', 'yes'], ['roles/container.nodeServiceAccount', 'storage.objects.create', 'no'],
    ['roles/composer.worker', 'serviceusage.apiKeys.create', 'no'], ['roles/composer.worker', 'logging.sinks.create', 'no'], ['roles/composer.worker', 'cloudbuild.builds.create', 'yes'], ['roles/composer.worker', 'pubsub.topics.setIamPolicy', 'no'],
    ['roles/cloudkms.admin', 'cloudkms.cryptoKeyVersions.useToDecrypt', 'no'], ['roles/cloudkms.admin', 'cloudkms.cryptoKeyVersions.useToDecryptViaDelegation', 'yes'], ['roles/cloudkms.admin', 'cloudkms.locations.generateRandomBytes', 'no'], ['roles/cloudkms.admin', 'cloudkms.cryptoKeys.setIamPolicy', 'yes'],
    ['roles/compute.securityAdmin', 'compute.regionFirewallPolicies.update', 'yes'], ['roles/compute.securityAdmin', 'compute.instances.setMetadata', 'no'], ['roles/dataproc.editor', 'dataproc.agents.create', 'no'], ['roles/dataproc.editor', 'dataproc.clusters.create', 'yes'], ['roles/dataflow.developer', 'cloudbuild.operations.get', 'yes'], ['roles/dataflow.developer', 'cloudbuild.builds.approve', 'no'],
    ['roles/cloudbuild.builds.builder', 'artifactregistry.packages.delete', 'no'], ['roles/cloudbuild.builds.builder', 'artifactregistry.tags.update', 'yes'], ['roles/bigquery.user', 'bigquery.reservationAssignments.search', 'yes'], ['roles/bigquery.user', 'bigquery.tables.getData', 'no'], ['roles/bigquery.dataEditor', 'bigquery.tables.updateIndex', 'yes'], ['roles/bigquery.dataEditor', 'bigquery.tables.setIamPolicy', 'no'],
    ['roles/iam.workloadIdentityPoolAdmin', 'iam.googleapis.com/workloadIdentityPoolProviders.update', 'yes'], ['roles/iam.workloadIdentityPoolAdmin', 'iam.serviceAccounts.setIamPolicy', 'no'],
    ['roles/resourcemanager.folderAdmin', 'resourcemanager.projects.setIamPolicy', 'yes'], ['roles/resourcemanager.folderAdmin', 'resourcemanager.projects.delete', 'no'], ['roles/cloudbuild.builds.editor', 'cloudbuild.builds.create', 'yes'], ['roles/cloudbuild.builds.editor', 'cloudbuild.builds.approve', 'no'], ['roles/iam.serviceAccountTokenCreator', 'iam.serviceAccounts.actAs', 'no'],
  ] as const)('%s %s: %s', (basic, permission, answer) => {
    const graph = graphOfAssets(projectRecord(), projectPolicy(binding(basic, alice)));
    expect(decide(scope(graph), alice, permission, projectUrn).answer).toBe(answer);
  });
  it('leave a dataset’s tables to the dataset’s own policy', () => {
    const dataset = `//bigquery.googleapis.com/projects/${project}/datasets/d`;
    const ask = (...records: Assets) => { const graph = graphOfAssets(projectRecord(), resource(dataset, 'bigquery.googleapis.com/Dataset', {}), projectPolicy(binding('roles/editor', alice)), ...records); return decide(scope(graph), alice, 'bigquery.tables.getData', dataset).answer; };
    expect([ask(), ask(policy(dataset, 'bigquery.googleapis.com/Dataset', binding('roles/bigquery.dataEditor', `projectEditor:${project}`)))]).toEqual(['unknown', 'yes']);
  });
});
