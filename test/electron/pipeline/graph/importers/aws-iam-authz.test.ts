import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at, list } from '#shared/lib/json.ts';
import { iamPolicySchema, iamRoleSchema } from '#shared/model/aws.ts';
import { importers } from '#electron/pipeline/graph/importers/all.ts';
import { awsIamAuthz } from '#electron/pipeline/graph/importers/aws-iam-authz.ts';
import { readContent } from './read-content.ts';
import { documentsOf, importAll, sampleOf } from './read-records.ts';

const fixture = (name: string) => `test/fixtures/importers/aws-iam-authz/${name}.json`;
const read = (name: string) => importAll(awsIamAuthz, documentsOf(fixture(name)));

describe('aws-iam-authz', () => {
  it('is registered', () => expect(importers).toContain(awsIamAuthz));

  it('reads nothing from an empty account', () => expect(read('none')).toEqual({ resources: [], edges: [], errors: [], records: 0 }));

  it('reads one role with its documents parsed', () => {
    const { resources, edges, errors } = read('one-role');
    expect(errors).toEqual([]);
    const role = iamRoleSchema.parse(resources[0]?.config);
    expect(at(role.AssumeRolePolicyDocument, 'Statement', 0, 'Effect')).toBe('Allow');
    expect(resources[0]).toMatchObject({ type: 'AWS::IAM::Role', kind: 'identity', account: '111122223333', name: 'web', tags: { team: 'web' }, created_us: 1580601600000000, aliases: ['AROA00000000000000001', 'arn:aws:iam::111122223333:instance-profile/web', 'arn:aws:iam::111122223333:role/web'] });
    expect(edges.map((e) => `${e.kind} ${e.target}`)).toEqual(['HAS_POLICY arn:aws:iam::aws:policy/ReadOnlyAccess']);
  });

  it('reads pages in one array', async () => {
    const page = (name: string) => ({ UserDetailList: [], GroupDetailList: [], Policies: [], RoleDetailList: [{ Path: '/', RoleName: name, Arn: `arn:aws:iam::111122223333:role/${name}`, AssumeRolePolicyDocument: { Statement: [] } }] });
    const { resources, errors, reader } = await readContent(JSON.stringify([page('a'), page('b')]));
    expect([reader, errors, resources.map((r) => [r.type, r.name])]).toEqual(['aws-iam-authz', [], [['AWS::IAM::Role', 'a'], ['AWS::IAM::Role', 'b']]]);
  });

  it('reads concatenated pages', () => {
    const { resources, edges, errors, records } = read('two-pages');
    expect([errors, records]).toEqual([[], 5]);
    expect(resources.map((r) => r.type.split('::')[2])).toEqual(['User', 'Group', 'Role', 'Policy', 'Policy']);
    expect(edges).toContainEqual(expect.objectContaining({ source: 'arn:aws:iam::111122223333:user/alice', kind: 'MEMBER_OF', target: 'arn:aws:iam::111122223333:group/admins' }));
    expect(iamPolicySchema.parse(resources[3]?.config).PolicyVersionList?.[0]?.Document).toEqual({ Statement: [] });
    expect(resources[4]).not.toHaveProperty('account');
  });

  it.each(['none', 'one-role', 'two-pages'])('recognizes %s', (name) => expect(awsIamAuthz.detect(sampleOf(documentsOf(fixture(name))[0]))).toBeGreaterThanOrEqual(85));

  it('leaves list-policies to others', () => expect(awsIamAuthz.detect(sampleOf({ Policies: [{ Arn: 'arn:aws:iam::aws:policy/X' }] }))).toBe(0));

  it.each([
    [{ UserName: 'x' }, 'Arn is missing'], [{ UserName: 'x', Arn: 'arn:aws:s3:::b' }, 'Arn is not an IAM ARN: arn:aws:s3:::b'], [{ a: 1 }, 'neither user, group, role nor policy'], [7, 'not a JSON object'],
  ])('quarantines %j', (record, reason) => {
    expect(awsIamAuthz.parse(record, { parents: [], from: '', path: '', index: 0 })).toEqual({ ok: false, error: reason });
  });

  it('keeps a document that is not JSON as text', () => {
    const [policy] = importAll(awsIamAuthz, [{ Policies: [{ Arn: 'arn:aws:iam::111122223333:policy/p', PolicyVersionList: [{ VersionId: 'v1', Document: '%7Bbroken' }] }] }]).resources;
    expect(at(policy?.config, 'PolicyVersionList', 0, 'Document')).toBe('%7Bbroken');
  });

  it('never throws on any record', () => {
    fc.assert(fc.property(fc.jsonValue(), fc.constantFrom('UserDetailList', 'Policies', ''), (value, from) => {
      awsIamAuthz.parse(value, { parents: [], from, path: '', index: 0 });
      awsIamAuthz.parse({ Arn: 'arn:aws:iam::111122223333:role/x', RoleName: value, AttachedManagedPolicies: value, InstanceProfileList: value, Tags: value, PolicyDocument: value }, { parents: [], from: 'RoleDetailList', path: '', index: 0 });
    }), { numRuns: 300 });
  });

  it.skipIf(!existsSync('../shared/samples/aws-iam-authz'))('reads the real samples whole', () => {
    const counts = ['1-cloudmapper', '2-cloudsplaining-test'].map((name) => importAll(awsIamAuthz, documentsOf(`../shared/samples/aws-iam-authz/${name}.json`)));
    expect(counts.map(({ records, resources, errors }) => [records, resources.length, errors.length])).toEqual([[9, 9, 0], [40, 40, 0]]);
    for (const { resources } of counts) {
      for (const policy of resources.filter((r) => r.type === 'AWS::IAM::Policy')) expect(typeof at(list(policy.config, 'PolicyVersionList')[0], 'Document')).toBe('object');
    }
  });
});
