import { describe, expect, it } from 'vitest';
import { changeHistory } from '#electron/tools/change-history.ts';
import { contextOf, daysAgo, eventOf, logDays, subjectOf } from './tool-context.ts';

const LAST = daysAgo(10);
const change = (days: number, action: string, outcome = 'success') => eventOf(`${action}${days}`, daysAgo(days), { category: 'api', action, outcome });
const newer = (log: ReturnType<typeof change>[], coverage = [logDays('api')]) => changeHistory.run(subjectOf(), { last_access_us: LAST }, contextOf({ log, coverage })).claims.control_newer_than_access?.value;

describe('a control that came after the access', () => {
  it.each(['PutBucketPolicy', 'DeleteBucketPolicy', 'PutBucketPublicAccessBlock', 'PutBucketAcl', 'RevokeSecurityGroupIngress', 'UpdateAssumeRolePolicy'])('may be a %s', (action) => { expect([newer([change(5, action)]), newer([change(11, action)])]).toEqual([true, false]); });
  it.each(['PutBucketTagging', 'CreateTags', 'PutBucketLogging', 'DeleteBucketPublicAccessBlock', 'DeletePublicAccessBlock', 'AuthorizeSecurityGroupIngress', 'PutBucketVersioning', 'AttachRolePolicy'])('is no %s', (action) => { expect(newer([change(5, action)])).toBe(false); });
  it('counts only when it succeeded, also behind other changes', () => {
    expect(newer([change(5, 'PutBucketPolicy', 'failure')])).toBe(false);
    expect(newer([change(1, 'PutBucketTagging'), change(5, 'PutBucketPolicy')])).toBe(true);
  });
  it('is unknown where the logs do not reach', () => {
    expect(newer([], [])).toBe('unknown');
    expect(newer([], [logDays('data_access')])).toBe('unknown');
    expect(newer([], [logDays('api', { first_us: daysAgo(9) })])).toBe('unknown');
    expect(newer([], [logDays('api', { account: '444455556666' })])).toBe('unknown');
  });
});

it('lists changes and versions, and claims nothing unasked', () => {
  const found = changeHistory.run(subjectOf(), {}, contextOf({ log: [change(5, 'PutBucketPolicy'), change(40, 'PutBucketAcl')] }));
  expect([found.claims, found.facts['changes']]).toEqual([{}, [expect.objectContaining({ action: 'PutBucketPolicy' })]]);
});
