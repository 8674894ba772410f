import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideFor, permissionFor, permissionOf } from '#electron/evaluate/aws/effective-permission.ts';
import { principalPolicies } from '#electron/evaluate/aws/principal-policies.ts';
import { allowsIn, areSilent, matchesAction } from '#electron/evaluate/aws/statement-actions.ts';
import { matchesWildcard } from '#shared/lib/arn.ts';
import { graphOf } from '../../../graph-of.ts';

const service = fc.constantFrom('s3', 'iam', 'ec2', 's?', '*', 'e*', 's3*'), verb = fc.constantFrom('get*', 'getobject', '*', 'put?bject', 'passrole', '');
const pattern = fc.oneof(fc.tuple(service, verb).map(([s, v]) => `${s}:${v}`), fc.constantFrom('*', 's3', 's3:get:x', '?3:*'));
const action = fc.constantFrom('s3:getobject', 's3:putobject', 'iam:passrole', 'ec2:describeinstances', 's3', '*', 's3:get:x', ':');
const statement = (kind: 'actions' | 'notActions', patterns: readonly string[]) => ({ effect: 'Allow', conditions: [], pointer: '', [kind]: patterns }) as const;

describe('the actions of a statement', () => {
  it('are found in a long list as in a short one, pattern by pattern', () => fc.assert(fc.property(fc.array(pattern, { maxLength: 30 }), action, (patterns, asked) => {
    const named = patterns.some((p) => matchesWildcard(p, asked));
    expect([matchesAction(statement('actions', patterns), asked), matchesAction(statement('notActions', patterns), asked)]).toEqual([named, !named]);
  }), { numRuns: 500 }));

  it('are none where no Allow names them; a policy whose content is not known may name any', () => {
    const of = (...documents: unknown[]) => documents.map((document, i) => ({ name: `p${i}`, source: 'x', pointer: '', document }));
    const reads = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:Get*', Resource: '*' }, { Effect: 'Deny', Action: 'iam:*', Resource: '*' }] };
    expect([areSilent(of(reads), 's3:getobject'), areSilent(of(reads), 'iam:passrole'), areSilent(of(reads, undefined), 'iam:passrole'), areSilent(of(reads, 'no policy'), 'iam:passrole'), areSilent([], 'iam:passrole')]).toEqual([false, true, false, false, true]);
    expect(allowsIn(of(reads, undefined)).map((s) => (s === 'unread' ? s : s.pointer))).toEqual(['/Statement/0', 'unread']);
  });
});

const account = '111122223333', role = `arn:aws:iam::${account}:role/app`, bucket = 'arn:aws:s3:::data';
const held = fc.constantFrom<unknown>(
  [], [{ Effect: 'Allow', Action: 's3:Get*', Resource: '*' }], [{ Effect: 'Deny', Action: '*', Resource: '*' }], [{ Effect: 'Allow', NotAction: 's3:*', Resource: '*' }], [{ Effect: 'Allow', Action: 'sts:*', Resource: '*', Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }], undefined,
);
const ofBucket = fc.constantFrom<unknown>(null, undefined, 'unreadable', { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: role }, Action: 's3:PutObject', Resource: `${bucket}/*` }] });

it('answers in a word as a whole decision does, whoever speaks of the action: the identity, the resource, somebody unknown or nobody', () => fc.assert(fc.property(
  held, ofBucket, fc.constantFrom('s3:GetObject', 's3:PutObject', 'iam:PassRole', 'sts:GetCallerIdentity'), fc.constantFrom(`${bucket}/key`, bucket, role, '*', 'arn:aws:s3:::elsewhere/key'), (statements, policy, asked, resource) => {
    const graph = graphOf([
      { urn: role, type: 'AWS::IAM::Role', kind: 'identity', account, config: { RolePolicyList: statements === undefined ? undefined : [{ PolicyName: 'own', PolicyDocument: { Version: '2012-10-17', Statement: statements } }], AttachedManagedPolicies: [], AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] } } },
      { urn: bucket, type: 'AWS::S3::Bucket', kind: 'bucket', account, config: policy === undefined ? {} : { Policy: policy } },
    ]);
    const profile = principalPolicies(graph, role, { managedPolicies: new Map(), primitives: [] });
    if (!profile) throw new Error('the role is in the graph');
    expect(permissionFor(graph, profile, asked, resource)).toBe(permissionOf(decideFor(graph, profile, asked, resource)));
  }), { numRuns: 500 }));
