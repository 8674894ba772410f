import { describe, expect, it } from 'vitest';
import { fixture, readText } from './read-fixture.ts';

const NSG = '/subscriptions/0a1b2c3d-1111-4222-8333-444455556666/resourcegroups/shop/providers/microsoft.network/networksecuritygroups/web-nsg', SUB = '0a1b2c3d-1111-4222-8333-444455556666', TENANT = '9f8e7d6c-aaaa-4bbb-8ccc-ddddeeeeffff';
const DANA = 'dana@contoso.example', DEPLOY = '88888888-0000-4000-8000-000000000002';

it.each(['entra-signin', 'entra-audit', 'google-workspace'])('a page of %s without events has no record and no error', async (name) => {
  expect(await fixture(`${name}/zero.json`)).toMatchObject({ format: name, records: 0, events: [], errors: [] });
});

describe('azure-activity', () => {
  it('tells who did what on which resource, and what that is a part of', async () => {
    const { format, events, errors } = await fixture('azure-activity/many.ndjson');
    expect(format).toBe('azure-activity');
    expect(events.map((e) => [e.category, e.actor_type, e.actor, e.outcome, e.read_only, e.account])).toEqual([
      ['api', 'user', DANA, 'success', false, SUB], ['iam', 'role', DEPLOY, 'success', false, SUB], ['api', 'user', DANA, 'failure', false, SUB], ['api', 'user', DANA, 'unknown', true, SUB], ['other', 'user', DANA, 'success', true, SUB],
    ]);
    expect(events[0]).toMatchObject({ source: 'azure-activity', action: 'MICROSOFT.NETWORK/NETWORKSECURITYGROUPS/SECURITYRULES/WRITE', src_ip: '203.0.113.8', mfa: true, targets: [`${NSG}/securityrules/allow-ssh`, NSG] });
    expect(events[1]?.targets).toEqual([`/subscriptions/${SUB}/providers/microsoft.authorization/roleassignments/aaaaaaaa-0000-4000-8000-00000000000a`, `/subscriptions/${SUB}`]);
    expect(events[2]?.error_code).toBe('OperationNotAllowed');
    expect(errors).toEqual(['a resource log of the category StorageRead, which is not read']);
  });
  it('reads pages of the REST API and tables of Log Analytics', async () => {
    const rest = await fixture('azure-activity/rest.json'), table = await fixture('azure-activity/log-analytics.csv');
    expect([rest.errors, table.errors, table.format]).toEqual([[], [], 'azure-activity']);
    expect(rest.events).toMatchObject([{ action: 'Microsoft.Network/networkSecurityGroups/delete', actor: DANA, outcome: 'success', src_ip: '203.0.113.9', targets: [NSG], time: '2026-04-02T11:00:00.500Z' }]);
    expect(table.events).toMatchObject([{ action: 'MICROSOFT.NETWORK/NETWORKSECURITYGROUPS/WRITE', actor: DANA, outcome: 'success', src_ip: '203.0.113.9', account: SUB, targets: [NSG], time_us: Date.UTC(2026, 3, 2, 11, 0, 0, 500) * 1000 }]);
  });
});

describe('entra-signin', () => {
  it('tells the kinds of sign-ins apart, and a refusal from a step in between', async () => {
    const { format, events, errors } = await fixture('entra-signin/graph.json');
    expect([format, errors]).toEqual(['entra-signin', []]);
    expect(events.map((e) => [e.log, e.actor, e.outcome, e.error_code])).toEqual([
      ['interactive', DANA, 'failure', '50126'], ['interactive', DANA, 'failure', '50076'], ['interactive', DANA, 'success', undefined], ['non_interactive', DANA, 'success', undefined], ['service_principal', DEPLOY, 'success', undefined], ['interactive', DANA, 'unknown', '50140'],
    ]);
    expect(events[2]).toMatchObject({ category: 'authentication', mfa: true, src_ip: '203.0.113.8', user_agent: 'Mozilla/5.0', read_only: true });
    expect(events[0]?.account).toBeUndefined();
  });
  it('reads the logs that an Event Hub mixes, each as what it is', async () => {
    const { events, errors } = await fixture('entra-signin/event-hub.json');
    expect(errors).toEqual([]);
    expect(events.map((e) => [e.source, e.log, e.account])).toEqual([['entra-signin', 'interactive', TENANT], ['entra-signin', 'non_interactive', TENANT], ['entra-audit', undefined, TENANT], ['azure-activity', undefined, SUB]]);
  });
  it('takes the tenant, not the workspace, of a table of Log Analytics', async () => {
    expect((await fixture('entra-signin/log-analytics.csv')).events).toMatchObject([{ actor: DANA, outcome: 'failure', error_code: '50126', log: 'interactive', account: TENANT, time_us: Date.UTC(2026, 3, 2, 10) * 1000 }]);
  });
});

describe('entra-audit', () => {
  it('tells who changed whom', async () => {
    const { format, events, errors } = await fixture('entra-audit/graph.json');
    expect([format, errors]).toEqual(['entra-audit', []]);
    expect(events).toMatchObject([
      { category: 'iam', action: 'Add member to role', actor: DANA, actor_type: 'user', outcome: 'success', src_ip: '203.0.113.8', user_agent: 'Mozilla/5.0', targets: ['66666666-0000-4000-8000-000000000006', 'eve@contoso.example', '62e90394-69f5-4237-9190-012177145e10'] },
      { action: 'Add service principal credentials', actor: DEPLOY, actor_type: 'role', outcome: 'failure', error_code: 'Insufficient privileges' },
    ]);
    expect((await fixture('entra-audit/log-analytics.ndjson')).events).toMatchObject([{ actor: DANA, account: TENANT, outcome: 'success', targets: expect.arrayContaining(['eve@contoso.example']) }]);
  });
});

describe('gcp-audit', () => {
  it('names things as Cloud Asset does, and tells changes from reads', async () => {
    const { format, events, errors } = await fixture('gcp-audit/many.json');
    expect([format, errors]).toEqual(['gcp-audit', []]);
    expect(events.map((e) => [e.category, e.log, e.outcome, e.read_only, e.targets[0]])).toEqual([
      ['iam', 'activity', 'success', false, '//storage.googleapis.com/shop-exports'], ['data_access', 'data_access/storage.googleapis.com', 'success', true, '//storage.googleapis.com/shop-exports'],
      ['api', 'activity', 'unknown', false, '//compute.googleapis.com/projects/shop-prod/global/firewalls/allow-ssh'], ['iam', 'activity', 'failure', false, '//cloudresourcemanager.googleapis.com/projects/shop-prod'],
      ['iam', 'activity', 'success', false, '//iam.googleapis.com/projects/shop-prod/serviceAccounts/ci@shop-prod.iam.gserviceaccount.com'], ['api', 'data_access/storage.googleapis.com', 'success', true, '//storage.googleapis.com/shop-exports'],
      ['api', 'activity', 'success', false, '//compute.googleapis.com/projects/shop-prod/zones/europe-west1-b/instances/n1'],
    ]);
    expect(events[0]).toMatchObject({ actor: DANA, actor_type: 'user', account: 'shop-prod', src_ip: '203.0.113.8', time_us: Date.UTC(2026, 3, 2, 10) * 1000 + 123_456 });
    expect(events[1]).toMatchObject({ actor: 'report@shop-prod.iam.gserviceaccount.com', actor_type: 'role', actor_account: 'shop-prod', access_key: 'abc123', targets: ['//storage.googleapis.com/shop-exports', '//storage.googleapis.com/shop-exports/a/b.csv'] });
    expect(events[1]?.src_ip).toBeUndefined();
    expect([events[3]?.error_code, events[6]?.actor_type]).toEqual(['7', 'service']);
  });
  it('gives one event for an entry, however it was delivered', async () => {
    const all = await Promise.all(['many.json', 'sink.ndjson', 'api.json', 'pubsub.json'].map((name) => fixture(`gcp-audit/${name}`)));
    expect(all.map((r) => [r.format, r.errors.length])).toEqual(all.map(() => ['gcp-audit', 0]));
    expect(new Set(all.map((r) => r.events[0]?.event_id)).size).toBe(1);
  });
});

describe('okta', () => {
  it('tells sign-ins, factors and changes', async () => {
    const { format, events, errors } = await fixture('okta/many.json');
    expect([format, errors]).toEqual(['okta', []]);
    expect(events.map((e) => [e.category, e.outcome, e.error_code, e.read_only])).toEqual([
      ['authentication', 'failure', 'INVALID_CREDENTIALS', true], ['authentication', 'success', undefined, true], ['authentication', 'failure', 'PASSWORD_AS_FACTOR INVALID_CREDENTIALS', true], ['authentication', 'failure', 'OKTA_VERIFY_PUSH User rejected Okta push verify', true],
      ['iam', 'success', undefined, false], ['authentication', 'unknown', 'CHALLENGE', true], ['other', 'success', undefined, true], ['iam', 'success', undefined, true],
    ]);
    expect(events[4]).toMatchObject({ actor: DANA, action: 'user.account.privilege.grant', actor_session: 'sess1', src_ip: '203.0.113.8', user_agent: 'Mozilla/5.0', targets: ['eve@contoso.example', '00uzzzzzzzzzzzzzzzzz'] });
    expect(events[7]).toMatchObject({ actor_type: 'service', actor: '00uabcdefghijklmnopq' });
  });
  it.each(['lake.ndjson', 'eventbridge.json', 'hook.json'])('reads %s', async (name) => {
    const { format, events, errors } = await fixture(`okta/${name}`);
    expect([format, errors, events.every((e) => e.actor === DANA && e.category === 'authentication')]).toEqual(['okta', [], true]);
  });
});

describe('k8s-audit', () => {
  it('tells verb, object and answer', async () => {
    const { format, events, errors } = await fixture('k8s-audit/many.ndjson');
    expect([format, errors]).toEqual(['k8s-audit', []]);
    expect(events.map((e) => [e.action, e.category, e.actor_type, e.outcome, e.read_only, e.targets[0]])).toEqual([
      ['get secrets', 'data_access', 'role', 'success', true, 'k8s:cluster/shop/secret/db'], ['create pods/exec', 'api', 'user', 'success', false, 'k8s:cluster/shop/pod/web-1'], ['create clusterrolebindings', 'iam', 'user', 'failure', false, 'k8s:cluster/clusterrolebinding/boss'],
      ['get /version', 'api', 'anonymous', 'success', true, undefined], ['patch networkpolicies', 'api', 'service', 'unknown', false, 'k8s:cluster/shop/networkpolicy/deny'],
    ]);
    expect(events[1]).toMatchObject({ access_key: 'ASIAEXAMPLE', actor_session: 'arn:aws:sts::111122223333:assumed-role/dev/dana', src_ip: '198.51.100.9' });
  });
  it('knows the cluster by the log group of EKS and the resource of AKS', async () => {
    const eks = await fixture('k8s-audit/cloudwatch.json'), aks = await fixture('k8s-audit/aks.json'), many = await fixture('k8s-audit/list.json');
    expect([eks, aks, many].map((r) => [r.format, r.events.map((e) => e.account)])).toEqual([['k8s-audit', ['shop-prod']], ['k8s-audit', ['shop-aks']], ['k8s-audit', ['cluster', 'cluster']]]);
    expect(eks.errors).toEqual(['not an audit event: kind Event of audit.k8s.io is missing']);
  });
});

describe('github-audit', () => {
  it('tells who did what in which repository', async () => {
    const { format, events, errors } = await fixture('github-audit/many.json');
    expect([format, errors]).toEqual(['github-audit', []]);
    expect(events.map((e) => [e.action, e.category, e.actor, e.actor_type, e.outcome, e.read_only, e.account, e.targets])).toEqual([
      ['repo.access', 'api', 'dana', 'user', 'success', false, 'acme', ['acme/shop']], ['org.add_member', 'iam', 'dana', 'user', 'success', false, 'acme', ['eve', 'acme']],
      ['git.clone', 'data_access', 'ci[bot]', 'role', 'success', true, 'acme', ['acme/shop']], ['user.failed_login', 'authentication', 'eve_acme', 'user', 'failure', true, 'acme-inc', ['acme-inc']],
    ]);
    expect((await fixture('github-audit/export.csv'))).toMatchObject({ format: 'github-audit', errors: [], events: [{ action: 'protected_branch.destroy', src_ip: '203.0.113.8', targets: ['acme/shop'], time: '2026-04-02T10:00:00.123Z' }] });
  });
});

describe('google-workspace', () => {
  it('reads every event of an activity, each application as a log of its own', async () => {
    const { format, records, events, errors } = await fixture('google-workspace/many.json');
    expect([format, records, errors]).toEqual(['google-workspace', 5, []]);
    expect(events.map((e) => [e.log, e.action, e.category, e.outcome, e.read_only])).toEqual([
      ['login', 'login_failure', 'authentication', 'failure', true], ['login', 'login_challenge', 'authentication', 'failure', true], ['login', 'login_success', 'authentication', 'success', true],
      ['admin', 'ASSIGN_ROLE', 'iam', 'success', false], ['drive', 'download', 'data_access', 'success', true], ['drive', 'change_document_visibility', 'api', 'success', false],
    ]);
    expect(events[0]).toMatchObject({ actor: DANA, error_code: 'login_failure_invalid_password', account: 'C01abcdef', src_ip: '203.0.113.8' });
    expect(events[2]?.mfa).toBe(true);
    expect(events[3]?.targets).toEqual(['eve@contoso.example', '_seed_admin_role']);
    expect((await fixture('google-workspace/flat.ndjson')).events).toMatchObject([{ action: 'ASSIGN_ROLE', targets: ['eve@contoso.example', 'r'] }]);
  });
});

describe('what looks alike is left alone', () => {
  it.each<[string, unknown]>([
    ['an object of Kubernetes named Event', { kind: 'Event', apiVersion: 'v1', metadata: { name: 'x', namespace: 'y' }, reason: 'Started', message: 'm' }], ['a webhook of GitHub', { action: 'created.x', actor: { login: 'a' }, repository: { full_name: 'a/b' } }],
    ['an application log of Google Cloud', { insertId: '1', logName: 'projects/p/logs/stdout', textPayload: 'x', timestamp: '2026-04-02T10:00:00Z' }], ['a user of Entra', { id: '5c6d7e8f-0000-4111-8222-333344445555', userPrincipalName: DANA, createdDateTime: '2026-04-02T10:00:00Z' }],
    ['a metric of Azure', { records: [{ time: '2026-04-02T10:00:00Z', resourceId: '/SUBSCRIPTIONS/X', metricName: 'Requests', total: 1 }] }], ['an alert of the Alert Center', { alertId: '1', createTime: '2026-04-02T10:00:00Z', type: 'User reported phishing', source: 'Gmail phishing', metadata: { severity: 'HIGH' } }],
  ])('%s', async (_, document) => { expect((await readText(document)).events).toEqual([]); });
  it('a record of no time is quarantined with its reason, and its neighbours stay', async () => {
    const { events, errors } = await readText('{"eventType":"user.session.start","actor":{"id":"1"},"outcome":{"result":"SUCCESS"},"published":"2026-04-02T10:00:00Z"}\n{"eventType":"user.session.start","actor":{"id":"1"},"outcome":{"result":"SUCCESS"}}\n', 'okta.ndjson');
    expect([events.length, errors]).toEqual([1, ['published is missing']]);
  });
});
