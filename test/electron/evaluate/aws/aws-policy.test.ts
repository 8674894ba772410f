import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateAccess, type AccessDecision, type AccessPolicies, type AccessRequest } from '#electron/evaluate/aws/aws-policy.ts';
import type { PolicyInput } from '#electron/evaluate/aws/policy-scan.ts';

const A = '111122223333', B = '444455556666';
const user = `arn:aws:iam::${A}:user/alice`, role = `arn:aws:iam::${A}:role/app`, session = `arn:aws:sts::${A}:assumed-role/app/s1`;
const object = 'arn:aws:s3:::data/report.csv';
const policy = (name: string, ...statements: readonly object[]): PolicyInput =>
  ({ name, source: `urn:${name}`, pointer: '/Policy', document: { Version: '2012-10-17', Statement: statements } });
const allow = (more: object = {}): object => ({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*', ...more });
const deny = (more: object = {}): object => ({ ...allow(more), Effect: 'Deny' });
const named = (principal: unknown, more: object = {}): object => allow({ Principal: principal, ...more });
const decide = (policies: AccessPolicies, request: Partial<AccessRequest> = {}): AccessDecision =>
  evaluateAccess({ principal: user, action: 's3:GetObject', resource: object, resourceAccount: A, ...request }, policies);
const identity = [policy('identity', allow())], other = [policy('other', { Effect: 'Allow', Action: 'ec2:*', Resource: '*' })];

type Case = [string, AccessPolicies, Partial<AccessRequest>, AccessDecision['outcome'], AccessDecision['blocked_by']?];
const sameAccount: readonly Case[] = [
  ['identity policy alone is enough', { identity }, {}, 'allowed'],
  ['nothing allows', {}, {}, 'implicitly_denied', 'identity'],
  ['boundary allows too', { identity, boundary: [policy('boundary', allow())] }, {}, 'allowed'],
  ['boundary does not allow', { identity, boundary: other }, {}, 'implicitly_denied', 'boundary'],
  ['session policy does not allow', { identity, session: other }, { principal: session }, 'implicitly_denied', 'session'],
  ['resource policy names the user: boundary does not limit', { boundary: other, resource: [policy('r', named({ AWS: user }))] }, {}, 'allowed'],
  ['resource policy names the session: boundary and session do not limit', { boundary: other, session: other, resource: [policy('r', named({ AWS: session }))] }, { principal: session }, 'allowed'],
  ['resource policy names the role: enough without identity policy', { resource: [policy('r', named({ AWS: role }))] }, { principal: session }, 'allowed'],
  ['resource policy names the role: boundary still limits', { boundary: other, resource: [policy('r', named({ AWS: role }))] }, { principal: session }, 'implicitly_denied', 'boundary'],
  ['resource policy names the role: session still limits', { session: other, resource: [policy('r', named({ AWS: role }))] }, { principal: session }, 'implicitly_denied', 'session'],
  ['resource policy names the account: only delegates', { resource: [policy('r', named({ AWS: `arn:aws:iam::${A}:root` }))] }, {}, 'implicitly_denied', 'identity'],
  ['resource policy names the account and identity allows', { identity, resource: [policy('r', named({ AWS: A }))] }, {}, 'allowed'],
  ['resource policy names everyone: no other permission needed', { boundary: other, resource: [policy('r', named('*'))] }, {}, 'allowed'],
  ['a resource policy statement without Principal names nobody', { resource: [policy('r', allow())] }, {}, 'implicitly_denied', 'identity'],
  ['explicit Deny in the identity policy', { identity: [policy('i', allow(), deny())] }, {}, 'explicitly_denied', 'identity'],
  ['explicit Deny in the resource policy', { identity, resource: [policy('r', deny({ Principal: '*' }))] }, {}, 'explicitly_denied', 'resource'],
  ['explicit Deny in the boundary beats a resource policy that names the user', { boundary: [policy('b', deny())], resource: [policy('r', named({ AWS: user }))] }, {}, 'explicitly_denied', 'boundary'],
  ['the root user needs no policy', {}, { principal: `arn:aws:iam::${A}:root` }, 'allowed'],
  ['the root user is bound by SCPs', { scps: [{ name: 'account', policies: other }] }, { principal: `arn:aws:iam::${A}:root` }, 'implicitly_denied', 'scp'],
];
const organization: readonly Case[] = [
  ['every SCP level allows', { identity, scps: [{ name: 'root', policies: identity }, { name: 'account', policies: identity }] }, {}, 'allowed'],
  ['one SCP level does not allow', { identity, scps: [{ name: 'root', policies: identity }, { name: 'account', policies: other }] }, {}, 'implicitly_denied', 'scp'],
  ['one of two SCPs of a level allows', { identity, scps: [{ name: 'root', policies: [...other, ...identity] }] }, {}, 'allowed'],
  ['SCP denies', { identity, scps: [{ name: 'root', policies: [policy('scp', allow(), deny())] }] }, {}, 'explicitly_denied', 'scp'],
  ['SCP limits a resource policy that names the user too', { scps: [{ name: 'root', policies: other }], resource: [policy('r', named({ AWS: user }))] }, {}, 'implicitly_denied', 'scp'],
  ['SCPs do not bind service-linked roles', { identity, scps: [{ name: 'root', policies: other }] }, { principal: `arn:aws:iam::${A}:role/aws-service-role/x.amazonaws.com/R` }, 'allowed'],
  ['RCP denies', { identity, rcps: [{ name: 'root', policies: [policy('rcp', named('*'), deny({ Principal: '*' }))] }] }, {}, 'explicitly_denied', 'rcp'],
  ['RCP level without Allow', { identity, rcps: [{ name: 'root', policies: [policy('rcp', named('*', { Action: 'sqs:*' }))] }] }, {}, 'implicitly_denied', 'rcp'],
  ['RCPs bind anonymous callers', { resource: [policy('r', named('*'))], rcps: [{ name: 'root', policies: [policy('rcp', deny({ Principal: '*' }))] }] }, { principal: '*' }, 'explicitly_denied', 'rcp'],
  ['the endpoint policy must allow', { identity, endpoint: [policy('e', named('*', { Action: 's3:PutObject' }))] }, {}, 'implicitly_denied', 'endpoint'],
];
const crossAccount: readonly Case[] = [
  ['both sides allow', { identity, resource: [policy('r', named({ AWS: A }))] }, { resourceAccount: B }, 'allowed'],
  ['only the caller side', { identity }, { resourceAccount: B }, 'implicitly_denied', 'resource'],
  ['only the resource side, naming the user', { resource: [policy('r', named({ AWS: user }))] }, { resourceAccount: B }, 'implicitly_denied', 'identity'],
  ['only the resource side, naming everyone', { resource: [policy('r', named('*'))] }, { resourceAccount: B }, 'implicitly_denied', 'identity'],
  ['the boundary limits whatever the resource names', { identity, boundary: other, resource: [policy('r', named({ AWS: user }))] }, { resourceAccount: B }, 'implicitly_denied', 'boundary'],
  ['the resource names another account', { identity, resource: [policy('r', named({ AWS: B }))] }, { resourceAccount: B }, 'implicitly_denied', 'resource'],
  ['anonymous caller, public resource', { resource: [policy('r', named({ AWS: '*' }))] }, { principal: '*' }, 'allowed'],
  ['anonymous caller, resource for one account', { resource: [policy('r', named({ AWS: A }))] }, { principal: '*' }, 'implicitly_denied'],
  ['service named', { resource: [policy('r', named({ Service: 'logging.s3.amazonaws.com' }))] }, { principal: 'logging.s3.amazonaws.com' }, 'allowed'],
  ['another service named', { resource: [policy('r', named({ Service: 'cloudtrail.amazonaws.com' }))] }, { principal: 'logging.s3.amazonaws.com' }, 'implicitly_denied'],
  ['canonical user named', { resource: [policy('r', named({ CanonicalUser: 'a'.repeat(64) }))] }, { principal: 'a'.repeat(64) }, 'allowed'],
  ['NotPrincipal Allow lets everyone else in', { resource: [policy('r', allow({ NotPrincipal: { AWS: user } }))] }, { principal: '*' }, 'allowed'],
  ['NotPrincipal Deny spares the one named', { identity, resource: [policy('r', deny({ NotPrincipal: { AWS: [user, A] } }))] }, {}, 'allowed'],
  ['NotPrincipal Deny that names only the account hits its users', { identity, resource: [policy('r', deny({ NotPrincipal: { AWS: A } }))] }, {}, 'explicitly_denied', 'resource'],
  ['NotPrincipal Deny hits any principal with a boundary', { identity, boundary: identity, resource: [policy('r', deny({ NotPrincipal: { AWS: user } }))] }, {}, 'explicitly_denied', 'resource'],
];
const target = `arn:aws:iam::${A}:role/target`, key = `arn:aws:kms:eu-west-1:${A}:key/k1`;
const assume = { Action: 'sts:AssumeRole' }, mayAssume = [policy('i', { ...allow(assume) })];
const trust = (principal: unknown, more: object = {}): PolicyInput[] => [policy('trust', { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: principal, ...more })];
const trustAndKeys: readonly Case[] = [
  ['trust names the user of its own account: enough', { resource: trust({ AWS: user }) }, { action: 'sts:AssumeRole', resource: target }, 'allowed'],
  ['trust names the account: identity policy needed', { resource: trust({ AWS: A }) }, { action: 'sts:AssumeRole', resource: target }, 'implicitly_denied', 'identity'],
  ['trust names the account and identity allows', { resource: trust({ AWS: A }), identity: mayAssume }, { action: 'sts:AssumeRole', resource: target }, 'allowed'],
  ['identity allows but the role does not trust', { resource: trust({ Service: 'ec2.amazonaws.com' }), identity: mayAssume }, { action: 'sts:AssumeRole', resource: target }, 'implicitly_denied', 'resource'],
  ['cross account: trust alone', { resource: trust({ AWS: user }) }, { action: 'sts:AssumeRole', resource: `arn:aws:iam::${B}:role/x`, resourceAccount: B }, 'implicitly_denied', 'identity'],
  ['cross account: both', { resource: trust({ AWS: user }), identity: mayAssume }, { action: 'sts:AssumeRole', resource: `arn:aws:iam::${B}:role/x`, resourceAccount: B }, 'allowed'],
  ['key policy silent: identity is not enough', { identity: [policy('i', allow({ Action: 'kms:*' }))] }, { action: 'kms:Decrypt', resource: key }, 'implicitly_denied', 'resource'],
  ['key policy delegates to the account', { identity: [policy('i', allow({ Action: 'kms:*' }))], resource: [policy('k', named({ AWS: A }, { Action: 'kms:*' }))] }, { action: 'kms:Decrypt', resource: key }, 'allowed'],
  ['key policy names the role', { resource: [policy('k', named({ AWS: role }, { Action: 'kms:Decrypt' }))] }, { action: 'kms:Decrypt', resource: key, principal: role }, 'allowed'],
  ['asking who one is needs no permission', { identity: [policy('i', deny({ Action: '*' }))] }, { action: 'sts:GetCallerIdentity', resource: '*' }, 'allowed'],
];
const matching: readonly Case[] = [
  ['actions ignore case', { identity: [policy('i', allow({ Action: 'S3:getOBJECT' }))] }, {}, 'allowed'],
  ['resources keep case', { identity: [policy('i', allow({ Resource: 'arn:aws:s3:::DATA/*' }))] }, {}, 'implicitly_denied', 'identity'],
  ['NotAction leaves the named out', { identity: [policy('i', { Effect: 'Allow', NotAction: 's3:Get*', Resource: '*' })] }, {}, 'implicitly_denied', 'identity'],
  ['NotAction lets the rest in', { identity: [policy('i', { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' })] }, {}, 'allowed'],
  ['NotResource leaves the named out', { identity: [policy('i', { Effect: 'Allow', Action: 's3:*', NotResource: 'arn:aws:s3:::data/*' })] }, {}, 'implicitly_denied', 'identity'],
  ['NotResource lets the rest in', { identity: [policy('i', { Effect: 'Allow', Action: 's3:*', NotResource: 'arn:aws:s3:::secret/*' })] }, {}, 'allowed'],
  ['a single statement object', { identity: [{ name: 'i', source: 'u', pointer: '', document: { Statement: allow() } }] }, {}, 'allowed'],
  ['URL-encoded text', { identity: [{ name: 'i', source: 'u', pointer: '', document: encodeURIComponent(JSON.stringify({ Statement: allow() })) }] }, {}, 'allowed'],
  ['a variable in the resource', { identity: [policy('i', allow({ Resource: 'arn:aws:s3:::data/${aws:username}/*' }))] }, { resource: 'arn:aws:s3:::data/alice/x' }, 'allowed'],
  ['a variable of another user', { identity: [policy('i', allow({ Resource: 'arn:aws:s3:::data/${aws:username}/*' }))] }, { resource: 'arn:aws:s3:::data/bob/x' }, 'implicitly_denied', 'identity'],
];

describe.each([['same account', sameAccount], ['organization', organization], ['across accounts', crossAccount], ['role trust and keys', trustAndKeys], ['matching', matching]] as const)(
  'evaluateAccess: %s', (_name, cases) => {
    it.each(cases)('%s', (_case, policies, request, outcome, blockedBy) => {
      expect(decide(policies, request)).toMatchObject({ outcome, ...(blockedBy !== undefined && { blocked_by: blockedBy }) });
    });
  });

describe('what is not known', () => {
  const orgOnly = policy('i', allow({ Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }));
  const context = { unknown: ['aws:PrincipalOrgID'] };
  it('names the condition on which the answer hangs', () => {
    const decision = decide({ identity: [orgOnly] }, { context });
    expect(decision).toMatchObject({ outcome: 'unknown', conditional: true, residual: [{ operator: 'StringEquals', key: 'aws:PrincipalOrgID', values: ['o-1'] }] });
    expect(decision.reasons[0]?.text).toContain('if StringEquals aws:PrincipalOrgID [o-1]');
  });
  it('is not asked for when another statement decides', () => {
    expect(decide({ identity: [orgOnly, ...identity] }, { context }).outcome).toBe('allowed');
    expect(decide({ identity: [orgOnly, policy('d', deny())] }, { context }).outcome).toBe('explicitly_denied');
    expect(decide({ identity: [orgOnly], boundary: other }, { context }).outcome).toBe('implicitly_denied');
  });
  it('a policy of unknown content leaves the answer open unless a Deny decides', () => {
    const lost: PolicyInput = { name: 'lost', source: 'urn:lost', pointer: '', document: undefined };
    expect(decide({ identity: [lost] })).toMatchObject({ outcome: 'unknown', conditional: false, reasons: [{ source: 'urn:lost' }] });
    expect(decide({ identity: [lost, policy('d', deny())] }).outcome).toBe('explicitly_denied');
    expect(decide({ identity: [{ ...lost, document: '{broken' }] }).outcome).toBe('unknown');
    expect(decide({ identity, resource: [lost] }, { resourceAccount: B }).outcome).toBe('unknown');
  });
  it('an unknown owner matters only where the tables differ', () => {
    const request: AccessRequest = { principal: user, action: 's3:GetObject', resource: object };
    expect(evaluateAccess(request, { identity }).outcome).toBe('unknown');
    expect(evaluateAccess(request, { identity, resource: [policy('r', named({ AWS: user }))] }).outcome).toBe('allowed');
    expect(evaluateAccess(request, {}).outcome).toBe('implicitly_denied');
  });
  it('points to the statement that decides', () => {
    expect(decide({ identity: [policy('i', deny({ Sid: 'No', Action: 'ec2:*' }), allow({ Sid: 'Read' }))] }).reasons)
      .toEqual([{ rule: 'iam.identity_allow', source: 'urn:i', pointer: '/Policy/Statement/1', text: 'statement "Read" of i allows it' }]);
  });
});

describe('properties', () => {
  it('never throws, whatever the documents hold', () => {
    fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), fc.string(), (a, b, text) => {
      const of = (document: unknown): PolicyInput => ({ name: 'p', source: 'u', pointer: '', document });
      const decision = evaluateAccess({ principal: text, action: text, resource: text }, { identity: [of(a), of({ Statement: b })], resource: [of(text), of({ Statement: [b, a] })] });
      expect(['allowed', 'implicitly_denied', 'explicitly_denied', 'unknown']).toContain(decision.outcome);
    }), { numRuns: 500 });
  });
  const statement = fc.record({
    Effect: fc.constantFrom('Allow', 'Deny'), Principal: fc.constantFrom('*', { AWS: user }, { AWS: A }, { AWS: B }, { Service: 'ec2.amazonaws.com' }),
    Action: fc.constantFrom('*', 's3:*', 's3:GetObject', 'ec2:*'), Resource: fc.constantFrom('*', object, 'arn:aws:s3:::x/*'),
    Condition: fc.constantFrom({}, { StringEquals: { 'aws:SourceVpce': 'vpce-1' } }, { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } }, { Bool: { 'x:unknown': 'true' } }),
  });
  it('an added Deny never turns a no into a yes', () => {
    const rank = { explicitly_denied: 0, implicitly_denied: 0, unknown: 1, allowed: 2 } as const;
    fc.assert(fc.property(fc.array(statement), fc.array(statement), statement, fc.constantFrom('*', user, session), (i, r, extra, principal) => {
      const request = { principal, context: { unknown: ['x:*'] } };
      const before = decide({ identity: [policy('i', ...i)], resource: [policy('r', ...r)] }, request);
      const after = decide({ identity: [policy('i', ...i)], resource: [policy('r', ...r, { ...extra, Effect: 'Deny' })] }, request);
      expect(rank[after.outcome]).toBeLessThanOrEqual(rank[before.outcome]);
    }), { numRuns: 1000 });
  });
  it('statement order does not matter', () => {
    fc.assert(fc.property(fc.array(statement, { minLength: 2 }), (list) => {
      expect(decide({ resource: [policy('r', ...list)] }).outcome).toBe(decide({ resource: [policy('r', ...list.toReversed())] }).outcome);
    }));
  });
});

describe('a large policy', () => {
  it('of 10,000 statements is decided by its last one', () => {
    const many = Array.from({ length: 9_999 }, (_, i) => deny({ Sid: `S${i}`, Resource: `arn:aws:s3:::*a*b*${i}*/*c*`, Condition: { StringLike: { 'aws:username': `*${i}*` } } }));
    const decision = decide({ identity: [policy('big', ...many, allow({ Sid: 'Last' }))] });
    expect(decision.reasons.map((r) => r.text)).toEqual(['statement "Last" of big allows it']);
  });
});
