import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluatePolicyCase } from '#electron/evaluate/aws/policy-case.ts';
import { answerLine } from '#electron/host/commands/case-lines.ts';
import { exploitOf } from '#electron/host/graph/attack-context.ts';
import { findingSchema, type Finding } from '#shared/model/finding.ts';
import { isObject, type JsonObject } from '#shared/lib/json.ts';
import { inTempFolder, ROOT, winnow } from './winnow.ts';

const examples = join(ROOT, 'resources', 'examples');
const lines = (text: string): readonly JsonObject[] => text.trim().split('\n').map((line) => { const value: unknown = JSON.parse(line); if (!isObject(value)) throw new Error(`not an object: ${line}`); return value; });
const publicCase = { id: 'p', request: { principal: '*', action: 's3:GetObject', resource: 'arn:aws:s3:::b/k' }, resource_policy: { Version: '2012-10-17', Statement: { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' } } };

describe('winnow check policies', () => {
  it('answers a line a case, in order, with or without --json', async () => {
    await inTempFolder(async (dir) => {
      const file = join(dir, 'cases.ndjson');
      writeFileSync(file, `${JSON.stringify(publicCase)}\n\n${JSON.stringify({ ...publicCase, id: 7, block_public_access: { RestrictPublicBuckets: true } })}\n`);
      const plain = await winnow(['check', 'policies', '--cases', file]), json = await winnow(['check', 'policies', '--json', '--cases', file]);
      expect(plain.code).toBe(0);
      expect(json.stdout).toBe(plain.stdout);
      expect(lines(plain.stdout)).toMatchObject([{ id: 'p', decision: 'allowed' }, { id: 7, decision: 'explicitly_denied', blocked_by: 'block_public_access' }]);
    });
  }, 30_000);
  it('goes on after a malformed line and ends with 1', async () => {
    await inTempFolder(async (dir) => {
      const file = join(dir, 'cases.ndjson');
      writeFileSync(file, `{"id":"broken","request":{\n[]\n{"id":"empty"}\n${JSON.stringify(publicCase)}`);
      const ran = await winnow(['check', 'policies', '--cases', file]);
      expect(ran.code).toBe(1);
      expect(lines(ran.stdout)).toMatchObject([{ id: 'broken', error: expect.stringContaining('line 1') }, { error: 'line 2: not a JSON object' }, { id: 'empty', error: 'line 3: request is missing' }, { id: 'p', decision: 'allowed' }]);
    });
  }, 30_000);
  it('says what is wrong with the call', async () => {
    expect((await winnow(['check', 'policies'])).code).toBe(2);
    expect((await winnow(['check', 'policies', '--cases', '/no/such/file'])).code).toBe(1);
  }, 30_000);
  it('answers any line, never with an exception', async () => {
    await fc.assert(fc.asyncProperty(fc.oneof(fc.string(), fc.json(), fc.string().map((s) => `{"id":${s}`)), async (line) => {
      const { output, ok } = await answerLine(line, 1, evaluatePolicyCase);
      expect(ok ? 'decision' in output : 'error' in output).toBe(true);
    }), { numRuns: 300 });
  });
});

describe('winnow check questions', () => {
  it('reads the snapshot beside the cases, once, and answers each', async () => {
    await inTempFolder(async (dir) => {
      const file = join(dir, 'cases.ndjson');
      const about = (id: string, question: string, subject: string, more: object = {}) => JSON.stringify({ id, snapshot: examples, question, subject, ...more });
      writeFileSync(file, [
        about('public', 'public_storage', 'nw-prod-db-backups'), about('ssh', 'ingress', 'i-0fc38bfd69f2b0d9c', { port: '22', protocol: 'tcp' }), about('not-ssh', 'ingress', 'i-0fc38bfd69f2b0d9c', { port: 23, protocol: 'tcp' }),
        about('egress', 'egress', 'i-0fc38bfd69f2b0d9c'), about('blast', 'blast_radius', 'arn:aws:iam::111122223333:role/ci-deploy', { object: 'nw-prod-db-backups' }),
        JSON.stringify({ id: 'lost', snapshot: 'nowhere', question: 'egress', subject: 'x' }), about('odd', 'weather', 'x'),
      ].join('\n'));
      const ran = await winnow(['check', 'questions', '--cases', file]);
      expect(ran.code).toBe(1);
      expect(lines(ran.stdout)).toMatchObject([
        { id: 'public', answer: 'yes' }, { id: 'ssh', answer: 'yes' }, { id: 'not-ssh', answer: 'no', blocked_by: 'SG_IN' }, { id: 'egress', answer: 'yes' },
        { id: 'blast', answer: 'yes', level: 'high' }, { id: 'lost', error: expect.stringContaining('no such file or folder') }, { id: 'odd', error: expect.stringContaining('question') },
      ]);
    });
  }, 30_000);
});

describe('a user who may pass an administrator to a function', () => {
  const arn = (rest: string): string => `arn:aws:iam::111122223333:${rest}`;
  const statement = (Action: unknown) => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });
  const details = {
    UserDetailList: [{ Path: '/', UserName: 'dev', Arn: arn('user/dev'), GroupList: ['devs'], AttachedManagedPolicies: [] }],
    GroupDetailList: [{ Path: '/', GroupName: 'devs', Arn: arn('group/devs'), GroupPolicyList: [{ PolicyName: 'p', PolicyDocument: statement(['iam:PassRole', 'lambda:CreateFunction', 'lambda:InvokeFunction']) }], AttachedManagedPolicies: [] }],
    RoleDetailList: [{ Path: '/ci/', RoleName: 'lam', Arn: arn('role/ci/lam'), AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }] }, InstanceProfileList: [], RolePolicyList: [], AttachedManagedPolicies: [{ PolicyName: 'AdministratorAccess', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }] }],
    Policies: [], IsTruncated: false,
  };
  it.each([[arn('user/dev'), arn('role/ci/lam')], ['dev', 'lam'], ['user/dev', 'role/lam'], ['user/dev', 'role/ci/lam']])('gains its rights, by the statements that let him, whatever they are called: %s, %s', async (subject, object) => {
    await inTempFolder(async (dir) => {
      writeFileSync(join(dir, 'details.json'), JSON.stringify(details));
      const ask = (rest: object): string => JSON.stringify({ id: '1', snapshot: 'details.json', question: 'escalation', subject, ...rest });
      writeFileSync(join(dir, 'cases.ndjson'), [ask({ object }), ask({ object: 'role/other' }), ask({ question: 'escalation', subject: 'role/lam', object: undefined })].join('\n'));
      const [given, other, admin] = lines((await winnow(['check', 'questions', '--cases', join(dir, 'cases.ndjson')])).stdout);
      const because = (action: string) => ({ rule: 'iam.identity_allow', source: arn('group/devs'), pointer: '/GroupPolicyList/0/PolicyDocument/Statement/0', text: `${action}: statement 0 of p allows it` });
      expect(given).toMatchObject({ answer: 'yes', reasons: [{ rule: 'IAM.escalation', source: arn('user/dev') }, because('iam:PassRole'), because('lambda:CreateFunction'), because('lambda:InvokeFunction')] });
      expect(other).toMatchObject({ answer: 'unknown', missing: [{ entity: 'role/other' }] });
      expect(admin).toMatchObject({ answer: 'yes', reasons: [{}, { source: 'arn:aws:iam::aws:policy/AdministratorAccess', pointer: '/Statement/0' }] });
    });
  }, 30_000);
});

describe('the ports of a case', () => {
  it('may be a number, its text, a range or a registered name; where they differ or can not be read, the answer hangs on the port', async () => {
    await inTempFolder(async (dir) => {
      const file = join(dir, 'cases.ndjson');
      const ports = [['22', 'yes'], [22, 'yes'], ['ssh', 'yes'], ['SSH', 'yes'], ['22-22', 'yes'], ['23-60', 'no'], ['20-25', 'unknown'], ['1-65535', 'unknown'], ['any', 'yes'], [null, 'yes'], ['gopher-over-avian', 'unknown'], [70_000, 'unknown'], ['90-80', 'unknown']] as const;
      writeFileSync(file, ports.map(([port], id) => JSON.stringify({ id, snapshot: examples, question: 'ingress', subject: 'i-0fc38bfd69f2b0d9c', port, protocol: 'tcp' })).join('\n'));
      const ran = await winnow(['check', 'questions', '--cases', file]);
      expect(lines(ran.stdout).map((l) => [l['id'], l['answer']])).toEqual(ports.map(([, answer], id) => [id, answer]));
      expect(lines(ran.stdout).filter((l) => l['answer'] === 'unknown').every((l) => JSON.stringify(l['missing']).includes('one port'))).toBe(true);
    });
  }, 60_000);
});

describe('winnow paths', () => {
  it('finds the example company’s ways to its backups, and the one over a broker with a flaw exploited in the wild', async () => {
    await inTempFolder(async (dir) => {
      const workspace = join(dir, 'w.db');
      await winnow(['ingest', ...['aws-config', 'iam', 'findings', 'policy.yaml'].map((p) => join(examples, p)), '--workspace', workspace]);
      const found = await winnow(['paths', '--to', 'nw-prod-db-backups', '--json', '--workspace', workspace]);
      expect(found.code).toBe(0);
      expect(JSON.parse(found.stdout)).toMatchObject({
        targets: 1, reached: 1, truncated: false,
        paths: expect.arrayContaining([
          expect.objectContaining({ source: 'internet', what: 'crown jewel', cost: 1 }),
          expect.objectContaining({ hops: [expect.objectContaining({ kind: 'NET_REACH', cost: 1, why: expect.stringContaining('CVE-2023-46604') }), expect.objectContaining({ kind: 'RUNS_AS' }), expect.objectContaining({ kind: 'CAN_ASSUME' }), expect.objectContaining({ kind: 'CAN_READ' })] }),
        ]),
      });
      const text = await winnow(['paths', '--workspace', workspace]);
      expect(text.stdout).toContain('1. internet → nw-prod-db-backups (crown jewel)   rank 90.0, cost 1');
      expect((await winnow(['paths', '--to', 'nothing-like-it', '--workspace', workspace])).code).toBe(1);
    });
  }, 60_000);

  const finding = (vulnerability: Finding['vulnerability'], severity_reported: Finding['severity_reported'] = 'low', status: Finding['status'] = 'open'): Finding => findingSchema.parse({
    finding_id: 'f', source: 's', source_id: 'i', kind: 'vulnerability', entity: 'e', entity_type: 'vm', aliases: [], issue_type: 'x', issue_mapped: true, check_id: 'c', title: 't', severity_reported, status,
    evidence: [], discovered_at: '2026-11-21T00:00:00Z', discovered_us: 0, updated_us: 0, attack: [], compliance: [], vulnerability,
  });
  it.each<[string, Finding, number | undefined]>([
    ['exploited, as the tool says', finding({ kev: true }), 1], ['exploited, as CISA says', finding({ cve: 'CVE-1' }), 1], ['likely to be', finding({ cve: 'CVE-2', epss: 0.5 }), 2], ['not so likely', finding({ cve: 'CVE-2', epss: 0.49 }), undefined],
    ['critical', finding({ cve: 'CVE-2' }, 'critical'), 4], ['high', finding({ cve: 'CVE-2' }, 'high'), 6], ['medium', finding({ cve: 'CVE-2' }, 'medium'), undefined],
    ['not affected', finding({ kev: true, vex: 'not_affected' }), undefined], ['resolved', finding({ kev: true }, 'critical', 'resolved'), undefined], ['no vulnerability', finding(undefined, 'critical'), undefined],
  ])('costs of a flaw: %s', (_name, given, cost) => expect(exploitOf(given, new Set(['CVE-1']))?.cost).toBe(cost));
});
