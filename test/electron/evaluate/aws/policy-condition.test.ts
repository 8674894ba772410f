import { describe, expect, it } from 'vitest';
import { evaluateConditions } from '#electron/evaluate/aws/policy-condition.ts';
import { lookupIn, type RequestContext } from '#electron/evaluate/aws/policy-context.ts';
import { parsePolicy } from '#electron/evaluate/aws/policy-document.ts';
import type { Answer } from '#shared/model/verdict.ts';

type Condition = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
function evaluate(condition: Condition, context: RequestContext, effect: 'Allow' | 'Deny' = 'Allow', version = '2012-10-17'): Answer {
  const parsed = parsePolicy({ Version: version, Statement: [{ Effect: effect, Action: '*', Resource: '*', Condition: condition }] });
  if (!parsed.ok) throw new Error(parsed.error);
  return evaluateConditions(parsed.value.statements[0]?.conditions ?? [], lookupIn(context), { variables: parsed.value.variables, effect }).answer;
}
const one = (operator: string, wanted: unknown, given?: string | readonly string[]): Answer =>
  evaluate({ [operator]: { 'x:Key': wanted } }, given === undefined ? {} : { values: { 'X:KEY': given } });

describe('condition operators', () => {
  it.each<[string, unknown, string | readonly string[] | undefined, Answer]>([
    ['StringEquals', 'a', 'a', 'yes'], ['StringEquals', 'a', 'A', 'no'], ['StringEquals', ['b', 'a'], 'a', 'yes'], ['StringEquals', 'a*', 'abc', 'no'],
    ['StringEquals', 'a', undefined, 'no'], ['StringNotEquals', 'a', undefined, 'yes'], ['StringNotEquals', ['a', 'b'], 'b', 'no'], ['StringNotEquals', 'a', 'b', 'yes'],
    ['StringEqualsIgnoreCase', 'a', 'A', 'yes'], ['StringNotEqualsIgnoreCase', 'a', 'A', 'no'],
    ['StringLike', 'a*c?', 'abbcd', 'yes'], ['StringLike', 'a*c?', 'abbc', 'no'], ['StringNotLike', 'a*', 'abc', 'no'], ['StringNotLike', 'a*', undefined, 'yes'],
    ['NumericEquals', '10', '10.0', 'yes'], ['NumericNotEquals', 10, '11', 'yes'], ['NumericLessThan', '10', '9', 'yes'], ['NumericLessThan', '10', '10', 'no'],
    ['NumericLessThanEquals', '10', '10', 'yes'], ['NumericGreaterThan', '10', '11', 'yes'], ['NumericGreaterThanEquals', '10', '9', 'no'], ['NumericEquals', 'x', '1', 'no'],
    ['DateEquals', '2026-01-01T00:00:00Z', '2026-01-01', 'yes'], ['DateNotEquals', '2026-01-01', '2026-01-02', 'yes'],
    ['DateLessThan', '2026-01-01T00:00:00Z', '2025-12-31T23:59:59Z', 'yes'], ['DateLessThanEquals', '2026-01', '2026-01-01', 'yes'],
    ['DateGreaterThan', '1767225600', '2026-01-02', 'yes'], ['DateGreaterThanEquals', '2026', '2025-12-31', 'no'],
    ['Bool', 'true', 'TRUE', 'yes'], ['Bool', true, 'true', 'yes'], ['Bool', 'false', 'true', 'no'], ['Bool', 'false', undefined, 'no'], ['BoolIfExists', 'true', undefined, 'yes'],
    ['BinaryEquals', 'QmluYXJ5', 'QmluYXJ5', 'yes'], ['BinaryEquals', 'QmluYXJ5', 'qmluYXJ5', 'no'],
    ['IpAddress', '203.0.113.0/24', '203.0.113.9', 'yes'], ['IpAddress', '203.0.113.0/24', '203.0.114.9', 'no'], ['IpAddress', '203.0.113.9', '203.0.113.9', 'yes'],
    ['IpAddress', '2001:DB8::/32', '2001:db8::1', 'yes'], ['IpAddress', '2001:DB8::/32', '203.0.113.9', 'no'], ['IpAddress', 'nonsense', '203.0.113.9', 'no'],
    ['NotIpAddress', '203.0.113.0/24', '198.51.100.1', 'yes'], ['NotIpAddress', '203.0.113.0/24', '203.0.113.1', 'no'], ['NotIpAddress', '203.0.113.0/24', undefined, 'yes'],
    ['ArnLike', 'arn:aws:sns:*:111122223333:t*', 'arn:aws:sns:eu-west-1:111122223333:topic', 'yes'],
    ['ArnEquals', 'arn:aws:sns:*:111122223333:t*', 'arn:aws:sns:eu-west-1:111122223333:topic', 'yes'],
    // From the IAM User Guide: a wildcard of an ARN operator does not cross a colon before the resource part.
    ['ArnLike', 'arn:aws:someservice:*:111122223333:finance/*', 'arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt', 'no'],
    ['StringLike', 'arn:aws:someservice:*:111122223333:finance/*', 'arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt', 'yes'],
    ['ArnNotLike', 'arn:aws:iam::111122223333:role/*', 'arn:aws:iam::111122223333:role/a', 'no'], ['ArnNotEquals', 'arn:aws:iam::111122223333:role/*', undefined, 'yes'],
    ['Null', 'true', undefined, 'yes'], ['Null', 'true', 'a', 'no'], ['Null', 'false', 'a', 'yes'], ['Null', false, undefined, 'no'],
    ['StringEqualsIfExists', 'a', undefined, 'yes'], ['StringEqualsIfExists', 'a', 'b', 'no'], ['StringNotEqualsIfExists', 'a', undefined, 'yes'],
    ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'b'], 'yes'], ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'c'], 'no'], ['ForAllValues:StringEquals', 'a', undefined, 'yes'],
    ['ForAnyValue:StringEquals', ['a', 'b'], ['c', 'b'], 'yes'], ['ForAnyValue:StringEquals', ['a'], ['c'], 'no'], ['ForAnyValue:StringEquals', 'a', undefined, 'no'],
    ['ForAllValues:StringNotEquals', 'a', ['b', 'c'], 'yes'], ['ForAllValues:StringNotEquals', 'a', ['a', 'c'], 'no'],
    ['ForAnyValue:StringNotEquals', 'a', ['a', 'c'], 'yes'], ['ForAnyValue:StringNotEquals', 'a', ['a'], 'no'], ['ForAnyValue:StringNotEquals', 'a', undefined, 'no'],
    ['ForAnyValue:StringLikeIfExists', 'a*', undefined, 'yes'], ['ForAllValues:StringLike', 'a*', [], 'yes'], ['stringequals', 'a', 'a', 'yes'],
    // A value that the operator can't read fails the test, a negated one too.
    ['ArnNotLike', 'arn:aws:iam::111122223333:role/*', 'arn:aws:iam::111122223333:user/a', 'yes'], ['ArnNotLike', 'arn:aws:iam::111122223333:role/*', 'no-arn', 'no'],
    ['NumericNotEquals', '1', '2', 'yes'], ['NumericNotEquals', '1', 'two', 'no'], ['NotIpAddress', '203.0.113.0/24', '198.51.100.1', 'yes'], ['NotIpAddress', '203.0.113.0/24', 'here', 'no'],
    // Of sets: every value there, some value there.
    ['ForAllValues:Null', 'true', undefined, 'yes'], ['ForAllValues:Null', 'true', ['a'], 'no'], ['ForAnyValue:Null', 'false', ['a'], 'yes'], ['ForAnyValue:Null', 'false', undefined, 'no'],
    ['StringNotEquals', 'a', ['a', 'b'], 'no'], ['StringAlmostEquals', 'a', 'a', 'unknown'],
  ])('%s %j against %j is %s', (operator, wanted, given, expected) => expect(one(operator, wanted, given)).toBe(expected));

  it('needs every key and operator to hold, and an unknown key matters only where the others hold', () => {
    const context: RequestContext = { values: { 'aws:SourceIp': '203.0.113.9' }, unknown: ['aws:PrincipalOrg*'] };
    expect(evaluate({ IpAddress: { 'aws:SourceIp': '203.0.113.0/24' }, StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }, context)).toBe('unknown');
    expect(evaluate({ IpAddress: { 'aws:SourceIp': '198.51.100.0/24' }, StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }, context)).toBe('no');
    expect(evaluate({ StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }, { ...context, absent: ['aws:PrincipalOrgID'] })).toBe('no');
  });

  it('lets a caller meet an Allow on a key of its own choice and evade a Deny on it', () => {
    const condition = { StringLike: { 'aws:Referer': 'https://example.com/*' } };
    expect(evaluate(condition, { chosen: ['aws:referer'] }, 'Allow')).toBe('yes');
    expect(evaluate(condition, { chosen: ['aws:referer'] }, 'Deny')).toBe('no');
  });
});

describe('policy variables', () => {
  const values = { 'aws:username': 'alice', 's3:prefix': 'home/alice/', 'aws:PrincipalTag/team': 'a*' };
  it.each<[string, Condition, Answer]>([
    ['is replaced by the value', { StringLike: { 's3:prefix': 'home/${aws:username}/*' } }, 'yes'],
    ['takes its default when the key is absent', { StringEquals: { 's3:prefix': "home/${aws:PrincipalTag/home, 'alice'}/" } }, 'yes'],
    ['without value or default matches nothing', { StringLike: { 's3:prefix': 'home/${aws:PrincipalTag/home}*' } }, 'no'],
    ['without value invalidates a negated test too', { StringNotLike: { 's3:prefix': '${aws:PrincipalTag/home}*' } }, 'no'],
    ['brings wildcards in as plain characters', { StringLike: { 'aws:username': '${aws:PrincipalTag/team}' } }, 'no'],
    ['matches its own literal star', { StringLike: { 'aws:PrincipalTag/team': 'a${*}' } }, 'yes'],
    ['is not replaced in numeric tests', { NumericEquals: { 'aws:username': '${aws:username}' } }, 'no'],
  ])('%s', (_name, condition, expected) => expect(evaluate(condition, { values })).toBe(expected));
  it('is plain text before version 2012-10-17', () =>
    expect(evaluate({ StringLike: { 's3:prefix': 'home/${aws:username}/*' } }, { values }, 'Allow', '2008-10-17')).toBe('no'));
  it('of an unknown key leaves the answer unknown', () =>
    expect(evaluate({ StringLike: { 's3:prefix': 'home/${aws:userid}/*' } }, { values, unknown: ['aws:userid'] })).toBe('unknown'));
});
