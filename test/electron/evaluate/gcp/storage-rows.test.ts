import { describe, expect, it } from 'vitest';
import { evaluateGcsAccess } from '#electron/evaluate/gcp/storage-access.ts';
import type { StorageAccess } from '#shared/model/verdict.ts';
import { expectRow, expectSaid, type Row } from '../rows.ts';
import { binding, bucket, bucketPolicy, folder, graphOfAssets, number, organization, orgPolicy, projectRecord, resource, scope } from './cloud-assets.ts';

/** Design 5-graph §1, Cloud Storage: each sentence as a row, both sides, with what explains it. */
type Json = Readonly<Record<string, unknown>>;
type Assets = readonly Json[];
const urn = '//storage.googleapis.com/acme-data', iam = `${urn}#iam-policy`, projectName = '//cloudresourcemanager.googleapis.com/projects';
const access = (records: Assets) => { const graph = graphOfAssets(projectRecord(), ...records); return { graph, found: evaluateGcsAccess(scope(graph), urn) }; };
const ask = (records: Assets) => { const { graph, found } = access(records); return { graph, verdict: found.public }; };
const readers = (who = 'allUsers') => bucketPolicy(binding('roles/storage.objectViewer', who));
const closed = bucketPolicy(binding('roles/storage.legacyBucketOwner', `projectOwner:${number}`));
const ruled = { iamConfiguration: { uniformBucketLevelAccess: { enabled: false }, publicAccessPrevention: 'inherited' } };
const prevented = (value: string) => ({ iamConfiguration: { uniformBucketLevelAccess: { enabled: true }, publicAccessPrevention: value } });
const entry = (entity: string, role = 'READER') => ({ entity, role });
const constraint = 'storage.publicAccessPrevention', on = { booleanPolicy: { enforced: true } }, off = { booleanPolicy: {} };
const bound = { rule: 'GCP.binding', source: iam, pointer: '/bindings/0', text: /roles\/storage\.objectViewer with storage\.objects\.\w+ for allUsers on acme-data/ };
const none = { code: 'NO_GRANT', rule: 'GCS.control', source: urn, pointer: '', text: /neither IAM nor an ACL grants anything/ };
const level = (conditions: Json) => resource('//accesscontextmanager.googleapis.com/accessPolicies/1/accessLevels/office', 'accesscontextmanager.googleapis.com/AccessLevel', { name: 'accessPolicies/1/accessLevels/office', basic: { conditions: [conditions] } });
const perimeter = (status: Json) => resource('//accesscontextmanager.googleapis.com/accessPolicies/1/servicePerimeters/p', 'accesscontextmanager.googleapis.com/ServicePerimeter', { name: 'accessPolicies/1/servicePerimeters/p', status: { resources: [`projects/${number}`], restrictedServices: ['storage.googleapis.com'], ...status } });
const behind = perimeter({ accessLevels: ['accessPolicies/1/accessLevels/office'] });
const fenced = { code: 'VPC_SERVICE_CONTROLS', source: '//accesscontextmanager.googleapis.com/accessPolicies/1/servicePerimeters/p', text: /perimeter/ };
const byPolicy = (holder: string) => ({ code: 'ORG_POLICY', rule: 'GCS.org_policy', source: `//cloudresourcemanager.googleapis.com/${holder}#org-policy/${constraint}`, pointer: '/booleanPolicy/enforced', text: /storage\.publicAccessPrevention is enforced on / });

describe('a public bucket', () => {
  it.each<Row<Assets>>([
    { row: 'allUsers in bucket IAM', yes: [bucket(), readers()], says: { ...bound, assumed: ['org_policy', 'vpc_service_controls'] }, no: [bucket(), readers('user:a@acme.example')], instead: { ...none, assumed: [] } },
    { row: 'allAuthenticatedUsers in bucket IAM', yes: [bucket(), readers('allAuthenticatedUsers')], says: { rule: 'GCP.binding', source: iam, text: /for allAuthenticatedUsers/ }, no: [bucket(), readers('domain:acme.example')], instead: none },
    { row: 'a bucket ACL when uniformBucketLevelAccess=false', yes: [bucket({ ...ruled, acl: [entry('project-owners-1', 'OWNER'), entry('allUsers')] }), closed], says: { rule: 'GCS.acl', source: urn, pointer: '/acl/1', text: /the ACL of the bucket grants READER to allUsers/ }, no: [bucket({ acl: [entry('allUsers')] }), closed], instead: none },
    { row: 'a default object ACL when uniformBucketLevelAccess=false', yes: [bucket({ ...ruled, defaultObjectAcl: [entry('allAuthenticatedUsers')] }), closed], says: { rule: 'GCS.acl', source: urn, pointer: '/defaultObjectAcl/0', text: /the default ACL of its objects grants READER to allAuthenticatedUsers/ }, no: [bucket({ defaultObjectAcl: [entry('allAuthenticatedUsers')] }), closed], instead: none },
    { row: 'an ACL for somebody', yes: [bucket({ ...ruled, acl: [entry('allUsers', 'WRITER')] }), closed], says: { rule: 'GCS.acl', text: /grants WRITER to allUsers/ }, no: [bucket({ ...ruled, acl: [entry('user-a@acme.example', 'WRITER')] }), closed], instead: { ...none, assumed: ['object_acls'] } },
    { row: 'void when publicAccessPrevention=enforced on the bucket: IAM', yes: [bucket(prevented('inherited')), readers()], says: bound, no: [bucket(prevented('enforced')), readers()], instead: { code: 'PUBLIC_ACCESS_PREVENTION', source: urn, pointer: '/iamConfiguration/publicAccessPrevention', text: /enforced on the bucket/ } },
    { row: 'void when publicAccessPrevention=enforced on the bucket: ACL', yes: [bucket({ ...ruled, acl: [entry('allUsers')] }), closed], says: { rule: 'GCS.acl', text: /allUsers/ }, no: [bucket({ iamConfiguration: { uniformBucketLevelAccess: { enabled: false }, publicAccessPrevention: 'enforced' }, acl: [entry('allUsers')] }), closed], instead: { code: 'PUBLIC_ACCESS_PREVENTION', source: urn, text: /enforced on the bucket/ } },
    { row: 'org policy at the project, the bucket says "inherited"', yes: [bucket(), readers(), orgPolicy(`projects/${number}`, constraint, off)], says: { ...bound, assumed: ['vpc_service_controls'] }, no: [bucket(), readers(), orgPolicy(`projects/${number}`, constraint, on)], instead: { code: 'ORG_POLICY', rule: 'GCS.org_policy', pointer: '/booleanPolicy/enforced', text: /is enforced on projects\// } },
    { row: 'org policy at the folder', yes: [bucket(), readers(), orgPolicy('folders/78', constraint, on)], says: bound, no: [bucket(), readers(), orgPolicy(folder, constraint, on)], instead: byPolicy(folder) },
    { row: 'org policy at the organization', yes: [bucket(), readers(), orgPolicy('organizations/9002', constraint, on)], says: bound, no: [bucket(), readers(), orgPolicy(organization, constraint, on)], instead: byPolicy(organization) },
    { row: 'the nearest org policy decides', yes: [bucket(), readers(), orgPolicy(organization, constraint, on), orgPolicy(folder, constraint, off)], says: bound, no: [bucket(), readers(), orgPolicy(organization, constraint, off), orgPolicy(folder, constraint, on)], instead: byPolicy(folder) },
    { row: 'VPC-SC keeps the internet out', yes: [bucket(), readers(), perimeter({ restrictedServices: ['bigquery.googleapis.com'] })], says: bound, no: [bucket(), readers(), perimeter({})], instead: fenced },
    { row: 'VPC-SC of another project', yes: [bucket(), readers(), perimeter({ resources: ['projects/1'] })], says: bound, no: [bucket(), readers(), perimeter({})], instead: fenced },
    { row: 'VPC-SC ingress that lets anyone in', yes: [bucket(), readers(), perimeter({ ingressPolicies: [{ ingressFrom: { identityType: 'ANY_IDENTITY', sources: [{ accessLevel: '*' }] } }] })], says: bound, no: [bucket(), readers(), perimeter({ ingressPolicies: [{ ingressFrom: { identityType: 'ANY_SERVICE_ACCOUNT', sources: [{ accessLevel: '*' }] } }] })], instead: fenced },
    { row: 'an access level that holds the internet', yes: [bucket(), readers(), behind, level({ ipSubnetworks: ['0.0.0.0/1', '128.0.0.0/1'] })], says: bound, no: [bucket(), readers(), behind, level({ ipSubnetworks: ['198.51.100.0/24'] })], instead: fenced },
    { row: 'an access level for everyone but some', yes: [bucket(), readers(), behind, level({ ipSubnetworks: ['198.51.100.0/24'], negate: true })], says: bound, no: [bucket(), readers(), behind, level({ ipSubnetworks: ['198.51.100.0/24'], negate: false })], instead: fenced },
    { row: 'an access level for who signs in', yes: [bucket(), readers(), behind, level({ ipSubnetworks: ['0.0.0.0/0'] })], says: bound, no: [bucket(), readers(), behind, level({ ipSubnetworks: ['0.0.0.0/0'], members: ['user:a@acme.example'] })], instead: fenced },
    { row: 'an access level for a region', yes: [bucket(), readers(), behind, level({ ipSubnetworks: ['0.0.0.0/0'] })], says: bound, no: [bucket(), readers(), behind, level({ regions: ['DE'] })], instead: { answer: 'unknown', missing: /perimeter/ } },
    { row: 'VPC-SC ingress from an access level', yes: [bucket(), readers(), level({ ipSubnetworks: ['0.0.0.0/0'] }), perimeter({ ingressPolicies: [{ ingressFrom: { identityType: 'ANY_IDENTITY', sources: [{ accessLevel: 'accessPolicies/1/accessLevels/office' }] } }] })], says: bound, no: [bucket(), readers(), level({ ipSubnetworks: ['198.51.100.0/24'] }), perimeter({ ingressPolicies: [{ ingressFrom: { identityType: 'ANY_IDENTITY', sources: [{ accessLevel: 'accessPolicies/1/accessLevels/office' }] } }] })], instead: fenced },
    { row: 'VPC-SC ingress to the service', yes: [bucket(), readers(), perimeter({ ingressPolicies: [{ ingressFrom: { identityType: 'ANY_IDENTITY', sources: [{ accessLevel: '*' }] }, ingressTo: { operations: [{ serviceName: 'storage.googleapis.com' }], resources: ['*'] } }] })], says: bound, no: [bucket(), readers(), perimeter({ ingressPolicies: [{ ingressFrom: { identityType: 'ANY_IDENTITY', sources: [{ accessLevel: '*' }] }, ingressTo: { operations: [{ serviceName: 'bigquery.googleapis.com' }], resources: ['*'] } }] })], instead: fenced },
    { row: 'IAM conditions => conditional', yes: [bucket(), readers()], says: bound, no: [bucket(), bucketPolicy({ ...binding('roles/storage.objectViewer', 'allUsers'), condition: { expression: 'resource.name.startsWith("projects/_/buckets/acme-data/objects/a/")' } })], instead: { answer: 'unknown', code: 'CONDITION', rule: 'GCP.binding', source: iam, pointer: '/bindings/0', text: /under a condition/ } },
  ])('$row', (row) => { expectRow(row, ask); });

  it('VPC-SC ingress => restricted_to, and only looks public', () => {
    const { found } = access([bucket(), readers(), behind, level({ ipSubnetworks: ['198.51.100.0/24'] })]);
    expect(found).toMatchObject({ restricted_to: { cidrs: ['198.51.100.0/24'] }, misleading: ['policy'], blocking_control: { kind: 'vpc_service_controls', network_bound: true } });
    expect(access([bucket(), readers(), perimeter({ restrictedServices: [] })]).found).toMatchObject({ restricted_to: { cidrs: [] }, misleading: [] });
  });
  it.each<readonly [role: string, acl: 'acl' | 'defaultObjectAcl', actual: StorageAccess['public_actual']]>([
    ['READER', 'acl', { list: 'yes', read: 'no', write: 'no', acl: 'no' }], ['WRITER', 'acl', { list: 'yes', read: 'no', write: 'yes', acl: 'no' }], ['OWNER', 'acl', { list: 'yes', read: 'no', write: 'yes', acl: 'yes' }],
    ['READER', 'defaultObjectAcl', { list: 'no', read: 'yes', write: 'no', acl: 'no' }], ['OWNER', 'defaultObjectAcl', { list: 'no', read: 'yes', write: 'no', acl: 'yes' }],
  ])('%s in %s', (role, key, actual) => expect(access([bucket({ ...ruled, [key]: [entry('allUsers', role)] }), closed]).found.public_actual).toEqual(actual));
  it('is unknown without its IAM policy, and says what to bring', () => {
    const { graph, found } = access([bucket()]);
    expectSaid(graph, { ...found.public, reasons: [{ rule: '', source: urn, pointer: '', text: 'none' }] }, 'unknown', { text: /none/, missing: /the IAM policy of the resource/ });
    expect(found.public.missing[0]).toMatchObject({ entity: urn, supply: expect.stringContaining('iam-policy') });
  });
  it('names the holder of the organization policy', () => expect(ask([bucket(), readers(), orgPolicy(`projects/${number}`, constraint, on)]).verdict.reasons.map((r) => r.source)).toContainEqual(expect.stringContaining(projectName)));
});
