import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesWildcard, parseArn, partitionOf, patternsOverlap } from '#shared/lib/arn.ts';

describe('parseArn', () => {
  it.each([
    ['arn:aws:s3:::billing-exports', ['aws', 's3', '', '', 'billing-exports']],
    ['arn:aws:s3:::b/a:b/c d', ['aws', 's3', '', '', 'b/a:b/c d']],
    ['arn:aws:iam::111122223333:role/team/app', ['aws', 'iam', '', '111122223333', 'role/team/app']],
    ['arn:aws:iam::aws:policy/AdministratorAccess', ['aws', 'iam', '', 'aws', 'policy/AdministratorAccess']],
    ['arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1', ['aws', 'iam', '', 'cloudfront', 'user/CloudFront Origin Access Identity E1']],
    ['arn:aws:ssm:eu-west-1:amazon:document/x', ['aws', 'ssm', 'eu-west-1', 'amazon', 'document/x']],
    ['arn:aws-us-gov:lambda:us-gov-west-1:111122223333:function:f:1', ['aws-us-gov', 'lambda', 'us-gov-west-1', '111122223333', 'function:f:1']],
    ['arn:aws-cn:ec2:cn-north-1:111122223333:instance/i-0abc', ['aws-cn', 'ec2', 'cn-north-1', '111122223333', 'instance/i-0abc']],
    ['arn:aws:securityhub:us-east-1::product/aws/securityhub', ['aws', 'securityhub', 'us-east-1', '', 'product/aws/securityhub']],
  ])('reads %s', (text, [partition, service, region, account, resource]) => {
    expect(parseArn(text)).toEqual({ partition, service, region, account, resource });
  });

  it.each([
    '', 'arn', 'arn:aws:s3', 'arn:aws:s3:::', 'arn:aws:s3::bucket', 'ARN:aws:s3:::b', ' arn:aws:s3:::b', 'urn:aws:s3:::b', 'arn::s3:::b', 'i-0abc', 'https://x/arn:aws:s3:::b',
    'arn:aws:iam::1234:role/x', 'arn:aws:iam::1111222233334:role/x', 'arn:aws:iam::*:role/x', 'arn:aws:ec2:*:111122223333:instance/i-0abc',
  ])('takes %j for no ARN', (text) => expect(parseArn(text)).toBeUndefined());

  it('splits every ARN so that its parts make it up again', () => {
    const account = fc.oneof(fc.stringMatching(/^\d{12}$/), fc.constant(''), fc.constant('aws'));
    fc.assert(fc.property(fc.constantFrom('aws', 'aws-cn'), fc.stringMatching(/^[a-z0-9-]{1,12}$/), fc.constantFrom('', 'eu-west-1'), account, fc.string({ minLength: 1 }), (...parts) => {
      const text = `arn:${parts.join(':')}`;
      const arn = parseArn(text);
      expect(arn && [arn.partition, arn.service, arn.region, arn.account, arn.resource]).toEqual(parts);
    }));
  });
});

describe('partitionOf', () => {
  it.each([
    ['eu-west-1', 'aws'], [undefined, 'aws'], ['', 'aws'], ['global', 'aws'], ['cn-north-1', 'aws-cn'], ['us-gov-east-1', 'aws-us-gov'],
    ['us-iso-east-1', 'aws-iso'], ['us-isob-east-1', 'aws-iso-b'], ['eu-isoe-west-1', 'aws-iso-e'], ['us-isof-south-1', 'aws-iso-f'], ['eusc-de-east-1', 'aws-eusc'],
  ])('%s lies in %s', (region, partition) => expect(partitionOf(region)).toBe(partition));
});

describe('matchesWildcard', () => {
  it.each([
    ['*', ''], ['*', 'anything'], ['', ''], ['s3:Get*', 's3:GetObject'], ['s3:*Object', 's3:GetObject'], ['a*b*c', 'a-b-b-c'], ['a?c', 'abc'], ['?', 'x'], ['**', 'x'], ['*?', 'x'],
    ['arn:aws:s3:::b/*', 'arn:aws:s3:::b/x/y'], ['a.c', 'a.c'], ['[ab]', '[ab]'], ['(x+)+$', '(x+)+$'], ['*aab', 'aaaab'],
  ])('%j matches %j', (pattern, text) => expect(matchesWildcard(pattern, text)).toBe(true));

  it.each([
    ['', 'x'], ['s3:Get*', 's3:PutObject'], ['s3:get*', 's3:GetObject'], ['a?c', 'ac'], ['?', ''], ['a*b', 'a-c'], ['a*b', 'ab-'], ['a.c', 'abc'], ['[ab]', 'a'], ['*?', ''],
    ['arn:aws:s3:::b/*', 'arn:aws:s3:::b'],
  ])('%j does not match %j', (pattern, text) => expect(matchesWildcard(pattern, text)).toBe(false));

  it('agrees with a regular expression on any pattern and text', () => {
    // Few letters, so that matches are common.
    const small = (letters: string): fc.Arbitrary<string> => fc.array(fc.constantFrom(...letters), { maxLength: 9 }).map((list) => list.join(''));
    let matches = 0;
    fc.assert(fc.property(small('ab.*?'), small('ab.'), (pattern, text) => {
      const source = [...pattern].map((c) => ({ '*': '.*', '?': '.' })[c] ?? RegExp.escape(c)).join('');
      const isMatch = matchesWildcard(pattern, text);
      if (isMatch) matches++;
      expect(isMatch).toBe(new RegExp(`^${source}$`, 's').test(text));
    }), { numRuns: 5_000 });
    expect(matches).toBeGreaterThan(100);
  });

  it('ends on a pattern that a backtracking matcher would never finish', () => {
    expect(matchesWildcard(`${'*a'.repeat(200)}b`, 'a'.repeat(2_000))).toBe(false);
  });
});

describe('patternsOverlap', () => {
  it.each([
    ['a*', '*b', true], ['a*', 'b*', false], ['a?c', 'ab?', true], ['a?c', 'abd', false], ['', '*', true], ['', '?', false], ['*', '', true], ['a', 'a', true], ['a', 'ab', false],
    ['reports/*', '*/logs/*', true], ['reports/q1.csv', 'reports/*', true], ['reports/q1.csv', 'report/*', false], ['***', '?', true],
  ])('%s and %s: %s', (a, b, overlaps) => { expect([patternsOverlap(a, b), patternsOverlap(b, a)]).toEqual([overlaps, overlaps]); });
  it('says what trying every short text says', () => {
    const letters = ['a', 'b'], texts = ['', ...letters, ...letters.flatMap((x) => letters.map((y) => x + y)), ...letters.flatMap((x) => letters.flatMap((y) => letters.map((z) => x + y + z)))];
    const longer = texts.flatMap((x) => texts.map((y) => x + y));
    const pattern = fc.array(fc.constantFrom('a', 'b', '*', '?'), { maxLength: 3 }).map((cs) => cs.join(''));
    fc.assert(fc.property(pattern, pattern, (a, b) => { expect(patternsOverlap(a, b)).toBe(longer.some((t) => matchesWildcard(a, t) && matchesWildcard(b, t))); }));
  });
});
