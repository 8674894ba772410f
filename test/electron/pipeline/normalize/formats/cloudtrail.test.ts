import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cloudtrail } from '#electron/pipeline/normalize/formats/cloudtrail.ts';
import { readMapNotation } from '#electron/pipeline/normalize/formats/cloudtrail/map-notation.ts';
import { buildSample } from '#electron/pipeline/normalize/sample.ts';
import { fixture, readFile } from './read-fixture.ts';

const samples = '../shared/samples';

describe('cloudtrail', () => {
  it('a log file without events has no record and no error', async () => {
    expect(await readFile('test/fixtures/formats/cloudtrail/zero.json')).toMatchObject({ records: 0, events: [] });
  });

  it('reads an anonymous object read: the bucket is the first target', async () => {
    const { events, format } = await fixture('cloudtrail/one.json');
    expect(format).toBe('cloudtrail');
    expect(events).toMatchObject([{
      category: 'data_access', action: 'GetObject', provider: 's3.amazonaws.com', outcome: 'success', actor: 'anonymous', actor_type: 'anonymous', account: '111122223333', region: 'eu-west-1',
      src_ip: '198.51.100.23', read_only: true, targets: ['arn:aws:s3:::shop-data', 'arn:aws:s3:::shop-data/a/b.csv'], time: '2025-03-01T02:00:00Z', time_us: 1_740_794_400_000_000,
    }]);
  });

  it('reads the start and the end of an insight as one detection, about who made the calls', async () => {
    const { format, events, findings, errors } = await fixture('cloudtrail/insights.json');
    expect([format, events, errors]).toEqual(['cloudtrail', [], []]);
    expect(new Set(findings.map((f) => f.finding_id)).size).toBe(1);
    expect(findings.map((f) => [f.entity, f.discovered_at, f.updated_us])).toEqual([
      ['arn:aws:iam::111122223333:root', '2026-01-02T03:04:00Z', Date.UTC(2026, 0, 2, 3, 4) * 1000], ['arn:aws:iam::111122223333:role/deploy', '2026-01-02T03:04:00Z', Date.UTC(2026, 0, 2, 3, 9) * 1000],
    ]);
    expect(findings[1]).toMatchObject({ kind: 'detection', issue_type: 'anomalous_behavior', check_id: 'ApiCallRateInsight', title: 'Unusual rate of AttachRolePolicy on iam.amazonaws.com', account: '111122223333', region: 'eu-west-1', observables: { api: 'AttachRolePolicy' } });
    const looked = cloudtrail.parse({ EventId: 'x', CloudTrailEvent: JSON.stringify({ eventTime: '2026-01-02T03:04:00Z', eventType: 'AwsCloudTrailInsight', insightDetails: { eventName: 'RunInstances', insightType: 'ApiErrorRateInsight', errorCode: 'AccessDenied', eventSource: 'ec2.amazonaws.com' }, recipientAccountId: '111122223333' }) }, { parents: [], from: '', path: '-', index: 0 });
    expect(looked.ok && looked.value.findings?.[0]?.title).toBe('Unusual rate of errors (AccessDenied) of RunInstances on ec2.amazonaws.com');
  });

  it('tells actors, outcomes and targets', async () => {
    const { events, errors } = await fixture('cloudtrail/many.ndjson');
    expect(errors).toEqual([]);
    expect(events.map((e) => [e.category, e.actor_type, e.actor, e.outcome])).toEqual([
      ['iam', 'role', 'arn:aws:iam::111122223333:role/ci/deploy', 'success'], ['authentication', 'root', 'arn:aws:iam::111122223333:root', 'failure'],
      ['api', 'user', 'arn:aws:iam::111122223333:user/bob', 'failure'], ['data_access', 'external_account', 'arn:aws:iam::444455556666:root', 'success'],
      ['api', 'service', 'config.amazonaws.com', 'success'], ['api', 'role', 'arn:aws:iam::111122223333:role/deploy', 'success'],
    ]);
    expect(events[0]).toMatchObject({ mfa: true, access_key: 'ASIAEXAMPLE', actor_session: 'arn:aws:sts::111122223333:assumed-role/deploy/alice', targets: ['arn:aws:iam::111122223333:role/app', 'arn:aws:iam::aws:policy/AdministratorAccess'] });
    expect(events[1]?.mfa).toBe(false);
    expect(events[2]).toMatchObject({ error_code: 'Client.UnauthorizedOperation', vpc_endpoint: 'vpce-0123456789abcdef0', targets: ['arn:aws:ec2:eu-west-1:111122223333:instance/i-0abc1234def567890'] });
    expect(events[3]?.actor_account).toBe('444455556666');
    expect(events[4]?.src_ip).toBeUndefined();
    expect(events[4]?.targets).toEqual(['arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab']);
    // All six carry one eventID: the id is the record's, so all are kept.
    expect(new Set(events.map((e) => e.event_id)).size).toBe(6);
  });

  it('reads the table that Lake saves, its columns in their own spelling, like the event', async () => {
    const { format, events, errors } = await fixture('cloudtrail/lake.csv');
    expect([format, errors]).toEqual(['cloudtrail', []]);
    expect(events).toMatchObject([{
      actor: 'arn:aws:iam::111122223333:role/svc/web', actor_type: 'role', actor_session: 'arn:aws:sts::111122223333:assumed-role/web/i-0abc1234def567890', actor_account: '111122223333', access_key: 'ASIAEXAMPLE', mfa: false,
      action: 'PutBucketPolicy', outcome: 'success', read_only: false, targets: ['arn:aws:s3:::shop-data'], time: '2026-03-04T05:06:07Z',
    }]);
  });

  it('reads what CloudWatch Logs exports, a time before each event, and a list of the texts of a look-up, as the same event', async () => {
    const [lookup, lines, texts] = await Promise.all(['lookup-events.json', 'logs-export.txt', 'texts.json'].map((name) => fixture(`cloudtrail/${name}`)));
    expect([lines?.format, lines?.errors, texts?.format, texts?.errors]).toEqual(['cloudtrail', [], 'cloudtrail', []]);
    expect(lines?.events).toEqual([...lookup?.events ?? [], ...lookup?.events ?? []]);
    expect(texts?.events).toEqual(lookup?.events);
  });

  it('gives one event one id, however it was delivered', async () => {
    const [lookup, bridge] = [await fixture('cloudtrail/lookup-events.json'), await fixture('cloudtrail/eventbridge.json')];
    expect(lookup.events).toHaveLength(1);
    expect(lookup.events).toEqual(bridge.events);
    expect(lookup.events[0]?.targets).toEqual(['arn:aws:cloudtrail:eu-west-1:111122223333:trail/main']);
  });

  it('reads records whose keys a query engine has put in lower case', () => {
    const lower = {
      eventname: 'StopInstances', eventsource: 'ec2.amazonaws.com', eventtime: '2025-03-01T02:00:00Z', awsregion: 'eu-west-1', recipientaccountid: '111122223333', sourceipaddress: '198.51.100.23',
      useridentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/bob', accountid: '111122223333' }, requestparameters: '{"instancesSet":{"items":[{"instanceId":"i-0abc1234def567890"}]}}',
    };
    const read = cloudtrail.parse(lower, { parents: [], from: '', path: '-', index: 0 });
    expect(read).toMatchObject({ ok: true, value: { events: [{ action: 'StopInstances', actor: 'arn:aws:iam::111122223333:user/bob', account: '111122223333', src_ip: '198.51.100.23', targets: ['arn:aws:ec2:eu-west-1:111122223333:instance/i-0abc1234def567890'] }] } });
  });

  it('leaves event notifications of S3 alone', () => {
    const notification = { Records: [{ eventVersion: '2.1', eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', eventTime: '2025-03-01T02:00:00Z', awsRegion: 'eu-west-1', s3: {} }] };
    expect(cloudtrail.detect(buildSample(Buffer.from(JSON.stringify(notification)), '-'))).toBe(0);
  });

  it('refuses a digest file and says what it is', async () => {
    expect(await fixture('cloudtrail/digest.json')).toMatchObject({ format: 'cloudtrail', events: [], errors: [expect.stringContaining('digest file')] });
  });

  it.skipIf(!existsSync(`${samples}/cloudtrail`))('reads the real samples', async () => {
    const panther = await readFile(`${samples}/cloudtrail/1-panther.ndjson`);
    expect(panther).toMatchObject({ format: 'cloudtrail', records: 181 });
    // Unit-test records of rules that leave the time out, or have it blotted out, can't be placed in time.
    expect(panther.errors).toHaveLength(11);
    expect(new Set(panther.errors)).toEqual(new Set(['eventTime is missing', 'no readable time: "redacted"']));
    const stratus = await readFile(`${samples}/cloudtrail-labelled/1-stratus-a.ndjson`);
    expect(stratus).toMatchObject({ records: 142, errors: [] });
    expect(stratus.events.every((e) => e.actor?.startsWith('arn:aws:iam::'))).toBe(true);
    expect(stratus.events.find((e) => e.action === 'CreateUser')).toMatchObject({ category: 'iam', targets: ['arn:aws:iam::229654561268:user/malicious-iam-user'] });
  });

  const jane = 'arn:aws:iam::135792468013:user/dev/jane', shop = 'arn:aws:s3:::shop-data';
  it.each([
    ['athena.csv', [['DeleteBucketPolicy', jane, 'success', [shop]]]],
    ['logs-insights.csv', [['GetObject', jane, 'success', [shop, `${shop}/a.csv`]]]],
    ['logs-insights.json', [['GetObject', jane, 'success', [shop, `${shop}/a.csv`]]]],
    ['log-events.json', [['GetObject', jane, 'success', [shop, `${shop}/a.csv`]], ['GetObject', jane, 'success', [shop, `${shop}/a.csv`]]]],
    ['lake-rows.json', [['DeleteTrail', jane, 'success', []]]],
  ])('reads what CloudWatch Logs, Athena and Lake give: %s', async (name, expected) => {
    const { events, errors, format } = await fixture(`cloudtrail/${name}`);
    expect([format, errors]).toEqual(['cloudtrail', []]);
    expect(events.map((e) => [e.action, e.actor, e.outcome, e.targets])).toEqual(expected);
  });

  it('knows who was anonymous however the record spells it', () => {
    const record = (accountId: string) => ({ eventTime: '2026-03-04T05:06:07Z', eventSource: 's3.amazonaws.com', eventName: 'GetObject', awsRegion: 'eu-west-1', userIdentity: { type: 'AWSAccount', principalId: '', accountId } });
    for (const id of ['ANONYMOUS_PRINCIPAL', 'anonymous']) expect(cloudtrail.parse(record(id), { parents: [], from: '', path: '-', index: 0 })).toMatchObject({ ok: true, value: { events: [{ actor: 'anonymous', actor_type: 'anonymous' }] } });
  });

  it('reads map notation, and nothing that only begins like it', () => {
    expect(readMapNotation('{type=AssumedRole, arn=arn:aws:sts::1:assumed-role/a/b, sessioncontext={attributes={mfaauthenticated=false}, sessionissuer=null}, tags=[{key=a, value=b, c}, {key=d}]}')).toEqual({
      type: 'AssumedRole', arn: 'arn:aws:sts::1:assumed-role/a/b', sessioncontext: { attributes: { mfaauthenticated: 'false' } }, tags: [{ key: 'a', value: 'b, c' }, { key: 'd' }],
    });
    for (const text of ['{a=b', '{a=b}}', '[1, 2]', '{}', 'a=b', `${'{a='.repeat(50)}1${'}'.repeat(50)}`]) expect(readMapNotation(text)).toBeUndefined();
  });
});
