import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACCOUNT, awsServer, type AwsServer, type AwsWorld } from '../connectors/servers/aws-server.ts';
import { openDesk, type OpenDesk } from './desk-fixture.ts';
import { storedName } from '#shared/model/pull.ts';
import { rows } from '../../scenarios/workspace.ts';

let open: OpenDesk, server: AwsServer | undefined;
const before = { ...process.env };
beforeEach(async () => {
  // Whoever runs this may have credentials of their own.
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE']) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, { AWS_CONFIG_FILE: '/nonexistent', AWS_SHARED_CREDENTIALS_FILE: '/nonexistent' });
  open = await openDesk(); });
afterEach(async () => { process.env = { ...before }; await open.close(); await server?.close(); server = undefined; });

const item = (cidr: string) => `<item><ipProtocol>tcp</ipProtocol><fromPort>22</fromPort><toPort>22</toPort><ipRanges><item><cidrIp>${cidr}</cidrIp></item></ipRanges></item>`;
const estate = (groups: () => Readonly<Record<string, readonly string[]>>): AwsWorld => ({
  'ec2 DescribeSecurityGroups': () => ({ xml: `<securityGroupInfo>${Object.entries(groups()).map(([id, cidrs]) => `<item><groupId>${id}</groupId><ownerId>${ACCOUNT}</ownerId><ipPermissions>${cidrs.map(item).join('')}</ipPermissions></item>`).join('')}</securityGroupInfo>` }),
});
const settings = () => ({ endpoint: server?.url ?? '', regions: 'eu-west-1', region: 'eu-west-1', 'access-key-id': 'AKIDX', 'secret-access-key': 'x' });
const pull = (resume: 'auto' | 'never' = 'auto', more: Readonly<Record<string, string>> = {}) => open.call('connectors.pull', { id: 'aws', settings: { ...settings(), ...more }, resume, by: 'mira' });
const state = (): Readonly<Record<string, unknown>> => Object.fromEntries(rows(open.file, "SELECT json_extract(json, '$.config.GroupId') AS id, json_extract(json, '$.config.IpPermissions') AS rules, closed_us IS NOT NULL AS gone FROM nodes WHERE type = 'AWS::EC2::SecurityGroup' ORDER BY 1")
  .map((row) => [String(row['id']), row['gone'] === 1 ? 'gone' : [...String(row['rules']).matchAll(/"CidrIp":"([^"]+)"/g)].map((m) => m[1])]));

describe('a live pull over the contract', () => {
  it('is one line among the imports, and one row of the audit log', async () => {
    server = await awsServer(estate(() => ({ 'sg-1': ['10.0.0.0/8'] })));
    expect((await pull()).pull).toMatchObject({ state: 'done', resources: { changed: 0, closed: 0 }, gaps: [] });
    const imports = await open.call('ingest.imports', {});
    expect(imports).toMatchObject([{ path: `live pull 1 of ${ACCOUNT} (eu-west-1)`, format: 'aws', state: 'done' }]);
    expect(rows(open.file, "SELECT actor FROM audit WHERE event IN ('pulled', 'imported')")).toEqual([{ actor: 'mira' }]);
    expect((await open.call('workspace.info', {})).egress_bytes).toBe(0);
    const [aws] = await open.call('connectors.list', {});
    expect(aws?.live.pull).toMatchObject({ state: 'done', target: `${ACCOUNT} (eu-west-1)` });
  });

  it('leaves, when it is taken back, what the one before had told, and what that one had closed', async () => {
    let groups: Readonly<Record<string, readonly string[]>> = { 'sg-1': ['10.0.0.0/8'], 'sg-2': ['0.0.0.0/0'], 'sg-3': [] };
    server = await awsServer(estate(() => groups));
    await pull();
    groups = { 'sg-1': ['10.0.0.0/8', '192.168.0.0/16'], 'sg-2': ['0.0.0.0/0'] };
    await pull();
    const second = state();
    expect(second).toEqual({ 'sg-1': ['10.0.0.0/8', '192.168.0.0/16'], 'sg-2': ['0.0.0.0/0'], 'sg-3': 'gone' });
    groups = { 'sg-1': [], 'sg-4': [] };
    await pull();
    expect(state()).toEqual({ 'sg-1': [], 'sg-2': 'gone', 'sg-3': 'gone', 'sg-4': [] });
    const [last] = await open.call('ingest.imports', {});
    await open.call('ingest.rollback', { raw_id: last?.raw_id ?? 0, by: 'mira' });
    expect(state()).toEqual(second);
    expect((await open.call('ingest.imports', {}))[0]?.state).toBe('rolled_back');
    expect(await open.refused('ingest.rollback', { raw_id: last?.raw_id ?? 0, by: 'mira' })).toContain('rolled back already');
    // The next pull begins from there as if the one taken back had never been.
    expect((await pull()).pull.resources).toMatchObject({ new: 1, changed: 1, closed: 1 });
  });

  it.each([['is in by then', false, []], ['is still kept out', true, ['sts assume-role denied']]])('says of an account that kept a cut pull out only what it said last: it %s', async (_how, staysShut, left) => {
    const [first, second] = ['222233334444', '333344445555'] as const;
    let shut = true, isOver = true;
    server = await awsServer({
      'sts AssumeRole': ({ form }) => (shut && form.get('RoleArn')?.includes(first) === true ? { error: 'AccessDenied', status: 403 } : { xml: '<Credentials><AccessKeyId>ASIAX</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>' }),
      'ec2 DescribeVolumes': () => (isOver ? { error: 'RequestExpired' } : { xml: '<volumeSet/>' }),
    });
    const again = async () => { const { state, gaps, units } = (await pull('auto', { accounts: `${first},${second}`, 'role-name': 'Reader' })).pull; return { state, denied: units.denied, gaps: gaps.map((gap) => `${gap.call} ${gap.state}`) }; };
    expect(await again()).toEqual({ state: 'cut', denied: 1, gaps: ['sts assume-role denied'] });
    shut = staysShut; isOver = false;
    expect(await again()).toEqual({ state: 'done', denied: left.length, gaps: left });
    expect(rows(open.file, "SELECT json_array_length(payload, '$.denied') AS denied, json_extract(payload, '$.resumed') AS resumed FROM audit WHERE event = 'pulled' ORDER BY seq DESC LIMIT 1")).toEqual([{ denied: left.length, resumed: 1 }]);
  });

  it('takes details of identities without a date that are imported after it for newer, and those before it for older', async () => {
    const arn = `arn:aws:iam::${ACCOUNT}:user/ann`, user = (groups: string) => `<member><Arn>${arn}</Arn><UserName>ann</UserName><UserId>AIDAANN0000000000000</UserId><Path>/</Path><CreateDate>2026-01-01T00:00:00Z</CreateDate><GroupList>${groups}</GroupList><UserPolicyList/><AttachedManagedPolicies/></member>`;
    server = await awsServer({ 'iam GetAccountAuthorizationDetails': () => ({ xml: `<IsTruncated>false</IsTruncated><UserDetailList>${user('<member>pulled</member>')}</UserDetailList><GroupDetailList/><RoleDetailList/><Policies/>` }) });
    const imported = async (group: string): Promise<void> => {
      writeFileSync(join(open.spoolDir, `${group}.json`), JSON.stringify({ UserDetailList: [{ Arn: arn, UserName: 'ann', UserId: 'AIDAANN0000000000000', Path: '/', GroupList: [group], UserPolicyList: [], AttachedManagedPolicies: [] }], GroupDetailList: [], RoleDetailList: [], Policies: [] }));
      await open.call('ingest.commit', { uploads: [`${group}.json`] });
    };
    const groups = () => rows(open.file, `SELECT json_extract(json, '$.config.GroupList[0]') AS held FROM nodes WHERE urn = '${arn}'`).map((r) => r['held']);
    await imported('before');
    await pull();
    expect(groups()).toEqual(['pulled']);
    await imported('after');
    expect(groups()).toEqual(['after']);
    // When it was true nobody told: it is newer, and no observation of today.
    expect(rows(open.file, `SELECT observed_us, json_extract(json, '$.captured_us') AS told FROM nodes WHERE urn = '${arn}'`)).toEqual([{ observed_us: null, told: null }]);
    await imported('later');
    expect(groups()).toEqual(['later']);
    await pull();
    expect(groups()).toEqual(['pulled']);
  });

  it('stops when it is told to, keeps what came, lets reviews in meanwhile, and goes on', async () => {
    server = await awsServer(estate(() => ({ 'sg-1': [] })));
    server.faults.push({ when: (heard) => heard.body.includes('DescribeVolumes'), reply: { never: true }, times: 1 });
    const running = pull();
    while (server.calls('ec2 DescribeVpcs').length === 0) await new Promise((resolve) => { setTimeout(resolve, 20); });
    await open.call('settings.set', { key: 'note', value: 'written while pulling' });
    await open.desk.call('jobs.cancel', {});
    expect((await running).pull).toMatchObject({ state: 'cut', why: 'cancelled' });
    expect(await open.refused('connectors.pull', { id: 'aws', settings: { ...settings(), endpoint: 'http://127.0.0.1:1' }, by: 'mira' })).toContain('no connection');
  });

  it.each([
    [{ id: 'oracle', settings: {} }, 'there is no connector oracle'], [{ id: 'aws', settings: { password: 'hunter2-value' } }, 'AWS has no setting password'], [{ id: 'aws', settings: {}, resume: 'perhaps' }, 'resume'],
  ])('refuses %j in words that repeat no value', async (input, words) => {
    const why = await open.refused('connectors.pull', { by: 'mira', ...input });
    expect(why).toContain(words);
    expect(why).not.toContain('hunter2');
  });

  it('uses credentials that the desktop keeps for this workspace, and none of another, and writes them nowhere', async () => {
    server = await awsServer(estate(() => ({ 'sg-1': [] })));
    const { id } = await open.call('workspace.info', {}), { 'access-key-id': _, 'secret-access-key': __, ...bare } = settings();
    const keys = (workspace: string, key: string): Record<string, string> => ({ [storedName(workspace, 'aws', 'access-key-id')]: key, [storedName(workspace, 'aws', 'secret-access-key')]: 'stored-SECRET-value' });
    await open.desk.setKeys({ ...keys('another-workspace', 'AKIDOTHER'), ...keys(id, 'AKIDSTORED') });
    expect((await open.call('connectors.pull', { id: 'aws', settings: bare, by: 'mira' })).pull.state).toBe('done');
    const used = new Set(server.heard.map((heard) => /Credential=(\w+)/.exec(heard.headers['authorization'] ?? '')?.[1]));
    expect([...used]).toEqual(['AKIDSTORED']);
    expect(readdirSync(open.dir).map((name) => readFileSync(join(open.dir, name)).toString('latin1')).join('')).not.toMatch(/stored-SECRET-value|AKIDSTORED/);
    await open.desk.setKeys(Object.fromEntries(Object.keys(keys(id, '')).map((name) => [name, ''])));
    expect(await open.refused('connectors.pull', { id: 'aws', settings: bare, by: 'mira' })).toMatch(/no credentials were found/);
  });

  it('mixes nothing that is kept into credentials that are typed or named', async () => {
    server = await awsServer(estate(() => ({ 'sg-1': [] })));
    const { id } = await open.call('workspace.info', {});
    await open.desk.setKeys(Object.fromEntries([['access-key-id', 'AKIDSTORED'], ['secret-access-key', 'stored'], ['session-token', 'stored-session']].map(([name = '', value = '']) => [storedName(id, 'aws', name), value])));
    await pull();
    expect(new Set(server.heard.map((heard) => `${/Credential=(\w+)/.exec(heard.headers['authorization'] ?? '')?.[1] ?? ''} ${heard.headers['x-amz-security-token'] ?? ''}`))).toEqual(new Set(['AKIDX ']));
    const { 'access-key-id': _, 'secret-access-key': __, ...bare } = settings();
    expect(await open.refused('connectors.pull', { id: 'aws', settings: { ...bare, profile: 'another-client' }, by: 'mira' })).toMatch(/no credentials were found/);
  });

  it('prints the policy of each product', async () => {
    const ready = (await open.call('connectors.list', {})).filter(({ live }) => live.state === 'ready');
    const texts = await Promise.all(ready.map(async ({ id }) => (await open.call('connectors.policy', { id, settings: {} })).text));
    expect(texts.filter((policy) => policy.length < 50)).toEqual([]);
  });
});
