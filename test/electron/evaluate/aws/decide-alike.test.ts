import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideAlike } from '#electron/evaluate/aws/decide-alike.ts';
import { decideFor } from '#electron/evaluate/aws/effective-permission.ts';
import { principalPolicies } from '#electron/evaluate/aws/principal-policies.ts';
import { graphOf, type ResourceDraft } from '../../../graph-of.ts';

const account = '111122223333', other = '444455556666', role = `arn:aws:iam::${account}:role/app`;
const names = ['data', 'data-backup', 'logs', 'logs-old', 'team.a', 'team.b'] as const;
const urn = (name: string): string => `arn:aws:s3:::${name}`;
const pattern = fc.constantFrom('*', 'arn:aws:s3:::*', 'arn:aws:s3:::data*', 'arn:aws:s3:::data/*', 'arn:aws:s3:::*-backup/*', 'arn:aws:s3:::logs/any-*', 'arn:aws:s3:::team.?/*', 'arn:aws:s3:::${aws:PrincipalTag/team}/*');
const SELF = 'arn:aws:s3:::SELF';
const condition = fc.constantFrom(undefined, { StringEquals: { 'aws:SourceVpce': 'vpce-1' } }, { StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } }, { ArnEquals: { 'aws:SourceArn': SELF } }, { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } });
const statement = (principal: boolean) => fc.record({
  Effect: fc.constantFrom('Allow', 'Deny'), Action: fc.constantFrom('s3:*', 's3:GetObject', 's3:Put*', '*'), Resource: principal ? fc.oneof(pattern, fc.constantFrom(`${SELF}/*`, SELF)) : pattern,
  ...(principal && { Principal: fc.constantFrom('*', { AWS: account }, { AWS: role }, { AWS: other }) }), Condition: condition,
}).map(({ Condition, ...rest }) => (Condition === undefined ? rest : { ...rest, Condition }));
const document = (principal: boolean) => fc.array(statement(principal), { maxLength: 3 }).map((Statement) => JSON.stringify({ Version: '2012-10-17', Statement }));
/** Few policies for many buckets, so that most buckets have one that says the same as another's. */
const estate = fc.tuple(fc.array(document(true), { minLength: 1, maxLength: 2 }), fc.array(fc.record({ owner: fc.constantFrom(account, account, other), region: fc.constantFrom('eu-central-1', 'us-east-1'), policy: fc.nat(2) }), { minLength: names.length, maxLength: names.length }))
  .map(([policies, drafts]) => drafts.map(({ owner, region, policy }, i): ResourceDraft => {
    const self = urn(names[i] ?? ''), text = policies[policy];
    return { urn: self, type: 'AWS::S3::Bucket', kind: 'bucket', account: owner, region, config: { Policy: text === undefined ? null : JSON.parse(text.replaceAll(SELF, self)) } };
  }));

describe('deciding for many stores at once', () => {
  it('decides for each as deciding one by one does: outcome, layer, conditions and kinds of reasons', () => fc.assert(fc.property(
    document(false), estate, fc.constantFrom('s3:GetObject', 's3:PutObject'), (held, buckets, action) => {
      const holder: ResourceDraft = { urn: role, type: 'AWS::IAM::Role', kind: 'identity', account, tags: { team: 'team.a' }, config: { RolePolicyList: [{ PolicyName: 'own', PolicyDocument: JSON.parse(held) }], AttachedManagedPolicies: [] } };
      const graph = graphOf([holder, ...buckets]);
      const profile = principalPolicies(graph, role, { managedPolicies: new Map(), primitives: [] });
      if (!profile) throw new Error('the role is in the graph');
      const decide = decideAlike(graph, profile, action);
      for (const store of buckets.flatMap((b) => graph.resource(b.urn) ?? [])) {
        const said = (d: ReturnType<typeof decide>) => ({ outcome: d.outcome, blocked_by: d.blocked_by, residual: d.residual, conditional: d.conditional, rules: d.reasons.map((r) => r.rule) });
        expect(said(decide(`${store.urn}/any-key`, store))).toEqual(said(decideFor(graph, profile, action, `${store.urn}/any-key`)));
      }
    }), { numRuns: 400 }));
});
