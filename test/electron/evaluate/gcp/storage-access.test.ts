import { describe, expect, it } from 'vitest';
import { evaluateGcsAccess } from '#electron/evaluate/gcp/storage-access.ts';
import { resolvePointer } from '#shared/lib/json.ts';
import { binding, bucket, bucketPolicy, graphOfAssets, number, orgPolicy, organization, policy, projectRecord, resource, scope } from './cloud-assets.ts';

type Json = Readonly<Record<string, unknown>>;
const urn = '//storage.googleapis.com/acme-data';
const access = (...records: readonly Json[]) => evaluateGcsAccess(scope(graphOfAssets(projectRecord(), ...records)), urn);
const readers = bucketPolicy(binding('roles/storage.objectViewer', 'allUsers'));
const closed = bucketPolicy(binding('roles/storage.legacyBucketOwner', `projectOwner:${number}`));
const acls = { iamConfiguration: { uniformBucketLevelAccess: { enabled: false }, publicAccessPrevention: 'inherited' } };
const grant = (entity: string, role: string): Json => ({ entity, role, kind: 'storage#bucketAccessControl' });
const perimeter = (status: Json): Json => resource('//accesscontextmanager.googleapis.com/accessPolicies/1/servicePerimeters/p', 'accesscontextmanager.googleapis.com/ServicePerimeter', { name: 'accessPolicies/1/servicePerimeters/p', status: { resources: [`projects/${number}`], restrictedServices: ['storage.googleapis.com'], ...status } });
const enforce = { booleanPolicy: { enforced: true } };

describe('anonymous access to Cloud Storage, in pairs that differ in one fact', () => {
  const pairs: readonly (readonly [string, readonly Json[], string, readonly Json[], string, string])[] = [
    ['a binding for allUsers', [bucket(), readers], 'yes', [bucket(), closed], 'no', 'NO_GRANT'],
    ['allAuthenticatedUsers is any Google account', [bucket(), bucketPolicy(binding('roles/storage.objectViewer', 'allAuthenticatedUsers'))], 'yes', [bucket(), bucketPolicy(binding('roles/storage.objectViewer', 'domain:acme.example'))], 'no', 'NO_GRANT'],
    ['prevention on the bucket', [bucket(), readers], 'yes', [bucket({ iamConfiguration: { uniformBucketLevelAccess: { enabled: true }, publicAccessPrevention: 'enforced' } }), readers], 'no', 'PUBLIC_ACCESS_PREVENTION'],
    ['prevention by the project', [bucket(), readers, orgPolicy(`projects/${number}`, 'storage.publicAccessPrevention', { booleanPolicy: {} })], 'yes', [bucket(), readers, orgPolicy(`projects/${number}`, 'storage.publicAccessPrevention', enforce)], 'no', 'ORG_POLICY'],
    ['prevention by the folder', [bucket(), readers, orgPolicy('folders/78', 'storage.publicAccessPrevention', enforce)], 'yes', [bucket(), readers, orgPolicy('folders/77', 'storage.publicAccessPrevention', enforce)], 'no', 'ORG_POLICY'],
    ['prevention by the organization, overridden by the project', [bucket(), readers, orgPolicy(organization, 'storage.publicAccessPrevention', enforce), orgPolicy(`projects/${number}`, 'storage.publicAccessPrevention', { spec: { rules: [{ enforce: false }] } })], 'yes', [bucket(), readers, orgPolicy(organization, 'storage.publicAccessPrevention', { spec: { rules: [{ enforce: true }] } })], 'no', 'ORG_POLICY'],
    ['an ACL without uniform access', [bucket({ ...acls, acl: [grant('allUsers', 'READER')] }), closed], 'yes', [bucket({ acl: [grant('allUsers', 'READER')] }), closed], 'no', 'NO_GRANT'],
    ['a default object ACL', [bucket({ ...acls, defaultObjectAcl: [grant('allUsers', 'READER')] }), closed], 'yes', [bucket({ ...acls, defaultObjectAcl: [grant('project-owners-1', 'OWNER')] }), closed], 'no', 'NO_GRANT'],
    ['the earlier name of uniform access', [bucket({ iamConfiguration: { bucketPolicyOnly: { enabled: false } }, acl: [grant('allUsers', 'READER')] }), closed], 'yes', [bucket({ iamConfiguration: { bucketPolicyOnly: { enabled: true } }, acl: [grant('allUsers', 'READER')] }), closed], 'no', 'NO_GRANT'],
    ['a service perimeter', [bucket(), readers, perimeter({ restrictedServices: ['bigquery.googleapis.com'] })], 'yes', [bucket(), readers, perimeter({})], 'no', 'VPC_SERVICE_CONTROLS'],
    ['a perimeter that lets anyone in', [bucket(), readers, perimeter({ ingressPolicies: [{ ingressFrom: { identityType: 'ANY_IDENTITY', sources: [{ accessLevel: '*' }] } }] })], 'yes', [bucket(), readers, perimeter({ ingressPolicies: [{ ingressFrom: { identities: ['user:a@acme.example'], sources: [{ accessLevel: '*' }] } }] })], 'no', 'VPC_SERVICE_CONTROLS'],
    ['a bucket IP filter', [bucket({ ipFilter: { mode: 'Disabled', publicNetworkSource: { allowedIpCidrRanges: ['198.51.100.0/24'] } } }), readers], 'yes', [bucket({ ipFilter: { mode: 'Enabled', publicNetworkSource: { allowedIpCidrRanges: ['198.51.100.0/24'] } } }), readers], 'no', 'BUCKET_IP_FILTER'],
    ['a role that gives no access to data', [bucket(), bucketPolicy(binding('roles/storage.legacyObjectReader', 'allUsers'))], 'yes', [bucket(), bucketPolicy(binding('roles/storage.bucketViewer', 'allUsers'))], 'no', 'NO_GRANT'],
    ['an expired condition', [bucket(), bucketPolicy({ ...binding('roles/storage.objectViewer', 'allUsers'), condition: { title: 't', expression: 'resource.name.startsWith("projects/_/buckets/acme-data")' } })], 'yes', [bucket(), bucketPolicy({ ...binding('roles/storage.objectViewer', 'allUsers'), condition: { title: 't', expression: 'resource.name.startsWith("projects/_/buckets/other")' } })], 'no', 'NO_GRANT'],
  ];
  it.each(pairs)('%s', (_, open, first, shut, second, code) => {
    const [a, b] = [access(...open), access(...shut)];
    expect(a.public.answer).toBe(first);
    expect(a.public.via).toBeDefined();
    expect(b.public).toMatchObject({ answer: second, blocked_by: code });
    expect(b.public.reasons.length).toBeGreaterThan(0);
    expect(b.misleading.includes('policy')).toBe(code !== 'NO_GRANT');
  });

  it.each([
    ['roles/storage.objectViewer', { list: 'yes', read: 'yes', write: 'no', acl: 'no' }], ['roles/storage.legacyBucketReader', { list: 'yes', read: 'no', write: 'no', acl: 'no' }],
    ['roles/storage.objectCreator', { list: 'no', read: 'no', write: 'yes', acl: 'no' }], ['roles/storage.admin', { list: 'yes', read: 'yes', write: 'yes', acl: 'yes' }],
  ])('%s gives what it gives', (role, expected) => expect(access(bucket(), bucketPolicy(binding(role, 'allUsers'))).public_actual).toEqual(expected));

  it('says what binding opens it, and where', () => {
    const found = access(bucket(), readers);
    expect(found.public.reasons).toContainEqual({ rule: 'GCP.binding', source: `${urn}#iam-policy`, pointer: '/bindings/0', text: 'roles/storage.objectViewer with storage.objects.get for allUsers on acme-data' });
    expect(found.public.assumed).toEqual(['org_policy', 'vpc_service_controls']);
    const policyNode = graphOfAssets(projectRecord(), bucket(), readers).resource(`${urn}#iam-policy`);
    expect(resolvePointer(policyNode?.config, '/bindings/0')).toMatchObject({ ok: true });
  });

  it('needs the IAM policy where nothing else decides', () => {
    expect(access(bucket()).public).toMatchObject({ answer: 'unknown', missing: [{ what: 'the IAM policy of the resource', entity: urn }] });
    expect(access(bucket({ iamConfiguration: { uniformBucketLevelAccess: { enabled: true }, publicAccessPrevention: 'enforced' } })).public).toMatchObject({ answer: 'no', blocked_by: 'PUBLIC_ACCESS_PREVENTION' });
  });

  it('answers for a bucket of which only the policy was exported, and says what it takes for granted', () => {
    expect(access(readers).public).toMatchObject({ answer: 'yes', assumed: ['public_access_prevention', 'org_policy', 'vpc_service_controls'] });
    expect(access(closed).public).toMatchObject({ answer: 'no', blocked_by: 'NO_GRANT', assumed: ['object_acls'] });
  });

  it.each([
    ['a condition on part of the objects', { expression: 'resource.name.startsWith("projects/_/buckets/acme-data/objects/public/")' }], ['a condition on time with no time known', { expression: 'request.time < timestamp("2030-01-01T00:00:00Z")' }],
    ['a condition that can not be read', { expression: 'api.getAttribute("x", [])' }],
  ])('%s leaves it open', (_, condition) => expect(access(bucket(), bucketPolicy({ ...binding('roles/storage.objectViewer', 'allUsers'), condition })).public).toMatchObject({ answer: 'unknown', blocked_by: 'CONDITION' }));

  it('does not guess what a role that it does not know gives', () => expect(access(bucket(), bucketPolicy(binding('roles/storage.future', 'allUsers'))).public).toMatchObject({ answer: 'unknown' }));

  it('reads a custom role', () => {
    const role = (...includedPermissions: readonly string[]) => resource(`//iam.googleapis.com/projects/acme-prod/roles/reader`, 'iam.googleapis.com/Role', { name: 'projects/acme-prod/roles/reader', includedPermissions });
    const bound = bucketPolicy(binding('projects/acme-prod/roles/reader', 'allUsers'));
    expect(access(bucket(), bound, role('storage.objects.get')).public_actual).toMatchObject({ read: 'yes', list: 'no' });
    expect(access(bucket(), bound, role('storage.buckets.get')).public.answer).toBe('no');
    expect(access(bucket(), bound).public.answer).toBe('unknown');
  });

  it('takes a deny policy before any binding', () => {
    const denyPolicy = resource(`//iam.googleapis.com/policies/cloudresourcemanager.googleapis.com%2Fprojects%2F${number}/denypolicies/d`, 'iam.googleapis.com/DenyPolicy', { name: `policies/cloudresourcemanager.googleapis.com%2Fprojects%2F${number}/denypolicies/d`, rules: [{ denyRule: { deniedPrincipals: ['principalSet://goog/public:all'], deniedPermissions: ['storage.googleapis.com/objects.get', 'storage.googleapis.com/objects.list'] } }] });
    expect(access(bucket(), readers, denyPolicy).public).toMatchObject({ answer: 'no', blocked_by: 'DENY_POLICY' });
  });

  it('is unknown for a bucket that nothing records', () => expect(access(policy('//storage.googleapis.com/other', 'storage.googleapis.com/Bucket')).public).toMatchObject({ answer: 'unknown', missing: [{ what: 'the bucket' }] }));
});
