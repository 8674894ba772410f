import { describe, expect, it } from 'vitest';
import { authLogs } from '#electron/tools/auth-logs.ts';
import { changeHistory } from '#electron/tools/change-history.ts';
import { platformOf } from '#electron/tools/facts/log-sources.ts';
import { graphOf } from '../../../graph-of.ts';
import { ACCOUNT, BUCKET, accessOf, contextOf, daysAgo, eventOf, logDays, subjectOf } from '../tool-context.ts';

const UPN = 'alice@contoso.example', IP = '203.0.113.42', TENANT = '11111111-2222-3333-4444-555555555555';
const guess = (rest: Parameters<typeof subjectOf>[0] = {}) => subjectOf({ plan: 'detection', kind: 'detection', issue_type: 'brute_force', family: 'access_attack', entity: UPN, entity_type: 'user', account: undefined, src_ips: [IP], first_us: daysAgo(2), last_us: daysAgo(2), reported_by: ['sentinel'], ...rest });
const failed = (source: string, account: string, actor = UPN) => Array.from({ length: 20 }, (_, i) => eventOf(`f${i}`, daysAgo(2) + i, { source, account, actor, action: 'sign-in' }));
type Parts = Parameters<typeof contextOf>[0];
const sequence = (parts: Parts, subject = guess()) => authLogs.run(subject, {}, contextOf(parts)).claims.sequence_confirmed;
const signIns = (log: string) => logDays('authentication', { source: 'entra-signin', account: TENANT, log });
const entraGraph = graphOf([{ urn: 'aaaaaaaa-0000-0000-0000-000000000001', type: 'Microsoft.Graph/users', kind: 'identity', account: TENANT, aliases: [UPN] }]);

describe('whose logs tell of an entity', () => {
  it.each([
    ['arn:aws:iam::111122223333:user/a', 'aws'], ['AKIAIOSFODNN7EXAMPLE', 'aws'], ['/subscriptions/1/resourcegroups/g', 'azure'], ['//storage.googleapis.com/b', 'gcp'], ['ci@p.iam.gserviceaccount.com', 'gcp'],
    ['k8s:c/ns/serviceaccount/x', 'k8s'], ['system:serviceaccount:ns:x', 'k8s'], ['00u3q14ei6KUOm4Xi2p4', 'okta'], [UPN, undefined], ['alice', undefined],
  ])('%s: %s', (entity, platform) => { expect(platformOf({ entity, account: undefined, reported_by: ['sentinel'] }, undefined)).toBe(platform); });
  it('by the graph first, then by the id, then by who reports it', () => {
    expect(platformOf({ entity: UPN, account: undefined, reported_by: ['okta'] }, entraGraph.resource(UPN))).toBe('entra');
    expect(platformOf({ entity: UPN, account: undefined, reported_by: ['okta'] }, undefined)).toBe('okta');
    expect(platformOf({ entity: UPN, account: undefined, reported_by: ['okta', 'sentinel'] }, undefined)).toBeUndefined();
    expect(platformOf({ entity: 'alice', account: ACCOUNT, reported_by: ['sentinel'] }, undefined)).toBe('aws');
  });
});

describe('no success after guesses is proved only by the log that would show it', () => {
  const entra = { graph: entraGraph, log: failed('entra-signin', TENANT) };
  it('of an Entra user by both logs of sign-ins', () => {
    expect(sequence({ ...entra, coverage: [signIns('interactive'), signIns('non_interactive')] })).toMatchObject({ value: false, reason: '20 failed logins and no success after them' });
    expect(sequence({ ...entra, coverage: [signIns('interactive')] })).toMatchObject({ value: 'unknown', reason: expect.stringContaining('nothing of Entra’s log of non-interactive sign-ins is imported') });
  });
  it.each<[string, readonly ReturnType<typeof logDays>[]]>([
    ['CloudTrail', [logDays('authentication')]], ['Okta', [logDays('authentication', { source: 'okta', account: '' })]], ['another tenant', [signIns('interactive'), signIns('non_interactive')].map((l) => ({ ...l, account: 'another' }))],
    ['sign-ins of service principals', [signIns('service_principal')]], ['the audit log of the directory', [logDays('iam', { source: 'entra-audit', account: TENANT })]],
  ])('not by %s', (_, coverage) => { expect(sequence({ ...entra, coverage })).toMatchObject({ value: 'unknown', reason: expect.stringContaining('nothing of Entra’s log of interactive sign-ins is imported') }); });
  it('one log does not stand in for the missing days of another', () => {
    const late = { first_us: daysAgo(1) }, early = { last_us: daysAgo(2) + 60e6 };
    expect(sequence({ ...entra, coverage: [{ ...signIns('interactive'), ...early }, { ...signIns('non_interactive'), ...late }, { ...signIns('interactive'), account: 'another', ...late }] })?.value).toBe('unknown');
    expect(sequence({ ...entra, coverage: [{ ...signIns('interactive'), ...early }, signIns('non_interactive')] })).toMatchObject({ value: 'unknown', reason: expect.stringMatching(/: Entra’s log of interactive sign-ins ends at .*, 1 minutes? after the detection$/), missing: [{ supply: expect.stringContaining('Entra’s sign-in logs') }] });
  });
  it('of a bare name by the log in which it was seen, and by none where none knows it', () => {
    const okta = [logDays('authentication', { source: 'okta', account: '' })];
    expect(sequence({ log: failed('okta', ''), coverage: okta })?.value).toBe(false);
    expect(sequence({ log: failed('okta', ''), coverage: [logDays('authentication')] })?.value).toBe('unknown');
    expect(sequence({ log: [], coverage: [...okta, logDays('authentication')] })).toMatchObject({ value: 'unknown', reason: expect.stringContaining('which log would show it is not told') });
    expect(sequence({ log: [], coverage: okta }, guess({ reported_by: ['okta'] }))).toMatchObject({ value: 'unknown', reason: expect.stringContaining('no log mentions it') });
  });
  it('of somebody who signs in to two products by the logs of both', () => {
    const okta = logDays('authentication', { source: 'okta', account: '' }), log = [...entra.log, ...failed('okta', '').map((e) => ({ ...e, event_id: `o${e.event_id}` }))], whole = [signIns('interactive'), signIns('non_interactive')];
    expect(sequence({ ...entra, log, coverage: [...whole, okta] })?.value).toBe(false);
    expect(sequence({ ...entra, log, coverage: whole })).toMatchObject({ value: 'unknown', reason: expect.stringContaining('nothing of the Okta system log is imported') });
    expect(sequence({ ...entra, coverage: whole }, guess({ reported_by: ['okta'] }))?.value).toBe('unknown');
  });
  it('of a service account of Kubernetes by the audit log of its own cluster, and its events are those of that cluster', () => {
    const account = guess({ entity: 'k8s:prod/shop/serviceaccount/web', entity_type: 'service_account', issue_type: 'credential_exfiltration', src_ips: [] }), name = 'system:serviceaccount:shop:web';
    const use = (cluster: string) => eventOf(`u${cluster}`, daysAgo(2), { source: 'k8s-audit', account: cluster, category: 'data_access', action: 'get secrets', outcome: 'success', actor: name, src_ip: null });
    const audit = (cluster: string) => logDays('api', { source: 'k8s-audit', account: cluster }), run = (parts: Parts) => authLogs.run(account, {}, contextOf(parts));
    expect(run({ log: [use('prod')], coverage: [audit('prod')] }).facts).toMatchObject({ last_us: daysAgo(2) });
    expect(run({ log: [use('test')], coverage: [audit('test')] })).toMatchObject({ facts: { last_us: null }, claims: { sequence_confirmed: { value: 'unknown' } } });
    expect(run({ log: [], coverage: [audit('prod')] }).claims.sequence_confirmed?.value).toBe(false);
  });
  it('of a GitHub user by none', () => {
    expect(sequence({ log: failed('github-audit', 'acme'), coverage: [logDays('api', { source: 'github-audit', account: 'acme' })] }, guess({ reported_by: ['github'] }))).toMatchObject({ value: 'unknown', reason: expect.stringContaining('records no sign-ins') });
  });
  it('a success in one product is not that of guesses in another', () => {
    const both = [...failed('entra-signin', TENANT), eventOf('s', daysAgo(2) + 99, { source: 'okta', account: '', actor: UPN, outcome: 'success' })];
    expect(sequence({ ...entra, log: both, coverage: [signIns('interactive'), signIns('non_interactive')] })?.value).not.toBe(true);
    expect(sequence({ ...entra, log: both.map((e) => ({ ...e, source: 'entra-signin' })) })?.value).toBe(true);
  });
  it('a password that was accepted is a person’s to judge', () => {
    const half = eventOf('h', daysAgo(2) + 99, { source: 'entra-signin', account: TENANT, actor: UPN, error_code: '50076' });
    expect(sequence({ ...entra, log: [...entra.log, half], coverage: [signIns('interactive'), signIns('non_interactive')] })).toMatchObject({ value: 'unknown', reason: expect.stringContaining('was accepted') });
  });
});

describe('of an AWS account', () => {
  const ARN = 'arn:aws:iam::111122223333:user/alice', user = guess({ entity: ARN, account: ACCOUNT });
  const inRegion = (region: string, rest = {}) => logDays('api', { region, ...rest });
  it('the region of the sign-ins must be covered itself', () => {
    const log = failed('cloudtrail', ACCOUNT, ARN).map((e) => ({ ...e, action: 'ConsoleLogin', region: 'us-east-1' }));
    expect(sequence({ log, coverage: [inRegion('us-east-1'), inRegion('eu-west-1')] }, user)?.value).toBe(false);
    expect(sequence({ log, coverage: [inRegion('us-east-1', { last_us: daysAgo(2) + 60e6 }), inRegion('eu-west-1')] }, user)).toMatchObject({ value: 'unknown', reason: expect.stringContaining('in us-east-1, where it signed in') });
  });
  it('a trail of one region holds no sign-ins', () => {
    expect(sequence({ coverage: [inRegion('eu-west-1')] }, user)).toMatchObject({ value: 'unknown', reason: expect.stringContaining('the logs hold no event of us-east-1') });
    expect(sequence({ coverage: [inRegion('eu-west-1'), inRegion('us-east-1')] }, user)?.value).toBe(false);
  });
});

describe('no access from outside', () => {
  const graph = graphOf([{ urn: BUCKET, type: 'AWS::S3::Bucket', kind: 'bucket', account: ACCOUNT }]), s3 = { region: 'eu-west-1', log: 's3.amazonaws.com' };
  const external = (parts: Parts, rest: Parameters<typeof subjectOf>[0] = {}) => authLogs.run(subjectOf(rest), {}, contextOf({ graph, ...parts })).claims.external_access;
  it('is proved by data events of S3 in the region of the bucket', () => {
    expect(external({ access: [accessOf(s3)], coverage: [logDays('data_access', s3)] })?.value).toBe(0);
    expect(external({ access: [accessOf({ ...s3, first_us: daysAgo(7) })], coverage: [logDays('data_access', { ...s3, first_us: daysAgo(7) }), logDays('data_access', { ...s3, region: 'us-east-1' })] })?.value).toBe('unknown');
    expect(external({ access: [accessOf({ ...s3, first_us: daysAgo(7) })], coverage: [logDays('data_access', { ...s3, first_us: daysAgo(7) }), logDays('data_access', { ...s3, log: 'lambda.amazonaws.com' })] })?.value).toBe('unknown');
    expect(external({ access: [accessOf(s3)], coverage: [logDays('api', { region: 'eu-west-1' })] })?.value).toBe('unknown');
  });
  it('is not proved by a trail that logs writes only', () => {
    expect(external({ access: [accessOf({ ...s3, reads: 0 })], coverage: [logDays('data_access', s3)] })).toMatchObject({ value: 'unknown', reason: expect.stringContaining('no read is among them') });
  });
  it('is never proved for a bucket of Google Cloud or a storage account', () => {
    const gcs = '//storage.googleapis.com/b', rest = { source: 'gcp-audit', account: 'p', log: 'data_access/storage.googleapis.com' };
    expect(external({ access: [accessOf({ ...rest, actor_account: 'p' })], coverage: [logDays('data_access', rest)] }, { entity: gcs, account: 'p' })).toMatchObject({ value: 'unknown', reason: expect.stringContaining('public objects') });
    expect(external({ access: [accessOf({ ...rest, actor_type: 'anonymous', actor_account: null, src_public: 1 })], coverage: [] }, { entity: gcs, account: 'p' })?.value).toBe(1);
    expect(external({ coverage: [logDays('api', { source: 'azure-activity', account: 's' })] }, { entity: '/subscriptions/s/resourcegroups/g/providers/microsoft.storage/storageaccounts/a', account: 's' })?.value).toBe('unknown');
  });
});

describe('a control that came after an access', () => {
  const NSG = '/subscriptions/s/resourcegroups/g/providers/microsoft.network/networksecuritygroups/n', of = { entity: NSG, entity_type: 'sg' as const, account: 's' };
  const newer = (log: ReturnType<typeof eventOf>[], coverage: ReturnType<typeof logDays>[]) => changeHistory.run(subjectOf(of), { last_access_us: daysAgo(10) }, contextOf({ log, coverage })).claims.control_newer_than_access;
  const write = eventOf('w', daysAgo(5), { source: 'azure-activity', account: 's', category: 'api', action: 'Microsoft.Network/networkSecurityGroups/securityRules/delete', outcome: 'success', actor: UPN });
  it('is told by the platform’s own log', () => {
    expect(newer([write], [])).toMatchObject({ value: true, reason: expect.stringContaining(`securityRules/delete by ${UPN}`) });
    expect(newer([], [logDays('api', { source: 'azure-activity', account: 's' })])?.value).toBe(false);
    expect(newer([], [logDays('api', { account: 's' })])).toMatchObject({ value: 'unknown', reason: 'the Azure Activity Log of its subscription does not cover the time since that access' });
  });
  it('names the log of each change, and says when there is none', () => {
    const run = (parts: Parts) => changeHistory.run(subjectOf(of), {}, contextOf(parts));
    expect(run({ log: [write] }).facts['changes']).toEqual([expect.objectContaining({ actor: UPN, source: 'azure-activity' })]);
    expect(run({}).coverage.note).toBe('nothing of the Azure Activity Log of its subscription is imported');
  });
});
