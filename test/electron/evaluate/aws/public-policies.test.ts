import { describe, expect, it } from 'vitest';
import { policyExposure } from '#electron/evaluate/aws/public-resource.ts';
import { graphOf, type ResourceDraft } from '../../../graph-of.ts';

const account = '111122223333', region = 'eu-central-1', topic = `arn:aws:sns:${region}:${account}:orders`;
const draft = (statements: readonly object[]): ResourceDraft => ({ urn: topic, type: 'AWS::SNS::Topic', kind: 'queue_topic', account, region, config: { TopicArn: topic, Policy: { Version: '2012-10-17', Statement: statements } } });
const anyone = (Condition?: object, more: object = {}) => ({ Sid: 'open', Effect: 'Allow', Principal: '*', Action: 'sns:Publish', Resource: topic, ...(Condition && { Condition }), ...more });
const answerTo = (...statements: readonly object[]) => {
  const graph = graphOf([draft(statements)]), resource = graph.resource(topic);
  return resource ? policyExposure(graph, resource).answer : undefined;
};

describe('who a stranger may be', () => {
  it.each<[string, object, string]>([
    ['comes by IPv6', { IpAddress: { 'aws:SourceIp': '::/0' } }, 'yes'], ['comes from a small network', { IpAddress: { 'aws:SourceIp': '2001:db8::/48' } }, 'no'],
    ['comes from half of the internet', { IpAddress: { 'aws:SourceIp': '128.0.0.0/1' } }, 'yes'], ['comes from a network of ours', { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, 'no'],
    ['comes from anywhere, written as a star', { IpAddress: { 'aws:SourceIp': '*' } }, 'yes'],
    ['is any user of any account', { StringLike: { 'aws:PrincipalArn': '*' } }, 'yes'], ['is a role of one account', { StringLike: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/*` } }, 'no'],
    ['tags itself', { StringEquals: { 'aws:PrincipalTag/team': 'till' } }, 'yes'], ['is of an account', { StringEquals: { 'aws:PrincipalAccount': account } }, 'no'],
    ['is in some organization', { Null: { 'aws:PrincipalOrgID': 'false' } }, 'yes'], ['is in a named organization', { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorg1' } }, 'no'],
    ['has a second factor', { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }, 'yes'],
    ['has any bucket notify', { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::*' } }, 'yes'], ['has a bucket of a prefix notify', { StringLike: { 'aws:SourceArn': 'arn:aws:s3:::orders-*' } }, 'yes'],
    ['has one bucket notify', { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::orders' } }, 'no'], ['has rules of any account notify', { ArnLike: { 'aws:SourceArn': 'arn:aws:events:*:*:rule/*' } }, 'yes'], ['has rules of one account notify', { ArnLike: { 'aws:SourceArn': `arn:aws:events:*:${account}:rule/*` } }, 'no'],
    ['comes through a VPC endpoint', { StringEquals: { 'aws:SourceVpce': 'vpce-0a' } }, 'no'], ['comes through none', { StringNotEquals: { 'aws:SourceVpce': 'vpce-0a' } }, 'yes'],
  ])('%s', (_, condition, answer) => expect(answerTo(anyone(condition))).toBe(answer));

  it.each<[string, readonly object[], string]>([
    ['another topic', [anyone(undefined, { Resource: `arn:aws:sns:${region}:${account}:others` })], 'no'], ['topics of a prefix', [anyone(undefined, { Resource: `arn:aws:sns:${region}:${account}:ord*` })], 'yes'],
    ['all but an organization are refused', [anyone(), { ...anyone({ StringNotEquals: { 'aws:PrincipalOrgID': 'o-exampleorg1' } }), Effect: 'Deny' }], 'no'], ['what is not encrypted is refused', [anyone(), { ...anyone({ Bool: { 'aws:SecureTransport': 'false' } }), Effect: 'Deny' }], 'yes'],
    ['nobody is named', [], 'no'],
  ])('%s', (_, statements, answer) => expect(answerTo(...statements)).toBe(answer));
});
