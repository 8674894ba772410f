/** Answers that were saved up to the end of a page: what may stand on the next one is unknown, and whoever imports is told. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { host, instanceArn } from './build/hosts.ts';
import { prowler, publicBucket } from './build/findings.ts';
import { role, user, userArn } from './build/identities.ts';
import type { Json } from './build/part.ts';
import { inTempFolder } from './winnow.ts';
import { ran, triage } from './workspace.ts';

const A = '150000000001';
const policy = { owners: [{ id: 'team-a', active: true }], accounts: { [A]: { name: 'core', environment: 'production', owner: 'team-a' } } };
const builder = user(A, 'builder', { allow: [{ Effect: 'Allow', Action: ['iam:PassRole', 'ec2:RunInstances'], Resource: '*' }] });
const admin = role(A, 'admin-host', { Service: 'ec2.amazonaws.com' }, { admin: true });
const page = (lists: Json, more: Json = {}): Json => ({ UserDetailList: [], GroupDetailList: [], RoleDetailList: [], Policies: [], ...lists, ...more });
const escalates = prowler({ account: A, check: 'iam_policy_allows_privilege_escalation', title: 'Ensure no policies allow privilege escalation', resource: userArn(A, 'builder'), type: 'AwsIamUser' });

/** The one decision, and the notes of the import. */
async function decide(files: Readonly<Record<string, unknown>>) {
  return inTempFolder(async (dir) => {
    const data = join(dir, 'data'), workspace = join(dir, 'w.db');
    mkdirSync(data);
    for (const [name, content] of Object.entries({ ...files, 'policy.json': policy })) writeFileSync(join(data, name), typeof content === 'string' ? content : JSON.stringify(content));
    const read = await ran(0, ['ingest', data, '--workspace', workspace]);
    const { incidents: [only] } = await triage(workspace);
    return { said: read.stdout, decision: only?.triage.decision, missing: only?.triage.missing_evidence ?? [], rationale: only?.triage.rationale ?? '' };
  });
}
const NOTE = /iam\d?\.json: it is one page of several \((IsTruncated|NextToken)\)/;

it.each<[string, Readonly<Record<string, unknown>>]>([
  ['IsTruncated', { 'iam.json': page({ UserDetailList: [builder], RoleDetailList: [role(A, 'plain', { Service: 'ecs-tasks.amazonaws.com' })] }, { IsTruncated: true, Marker: 'AbCd' }) }],
  ['NextToken of --max-items', { 'iam.json': page({ UserDetailList: [builder], RoleDetailList: [role(A, 'plain', { Service: 'ecs-tasks.amazonaws.com' })] }, { NextToken: 'eyJNYXJrZXIiOiBudWxsfQ==' }) }],
  ['two pages of three', { 'iam1.json': page({ UserDetailList: [builder] }, { IsTruncated: true, Marker: 'a' }), 'iam2.json': page({ RoleDetailList: [role(A, 'plain', { Service: 'ecs-tasks.amazonaws.com' })] }, { IsTruncated: true, Marker: 'b' }) }],
])('identities that were cut off (%s) refute no escalation', async (_, files) => {
  const { said, decision, missing } = await decide({ 'prowler.ocsf.json': [escalates], ...files });
  expect(said).toMatch(NOTE);
  expect(decision).toBe('needs_human_review');
  expect(missing).toContainEqual(expect.objectContaining({ claim: 'issue_confirmed', supply: expect.stringMatching(/all pages of aws iam get-account-authorization-details/) }));
}, 60_000);

it.each<[string, Readonly<Record<string, unknown>>]>([
  ['in a file of its own', { 'iam1.json': page({ UserDetailList: [builder] }, { IsTruncated: true, Marker: 'a' }), 'iam2.json': page({ RoleDetailList: [admin] }) }],
  ['in the same file', { 'iam.json': [page({ UserDetailList: [builder] }, { IsTruncated: true, Marker: 'a' }), page({ RoleDetailList: [admin] }, { IsTruncated: false })].map((p) => JSON.stringify(p)).join('\n') }],
])('the next page %s completes them', async (_, files) => {
  const { decision, rationale } = await decide({ 'prowler.ocsf.json': [escalates], ...files });
  expect({ decision, rationale }).toEqual({ decision: 'ticket', rationale: expect.stringMatching(/can escalate: ec2-001/) });
}, 60_000);

it('a subnet has no route table of its own only where the list of them is whole', async () => {
  const items = host({ account: A, number: 7 }), isTable = (i: Json): boolean => i['resourceType'] === 'AWS::EC2::RouteTable';
  const ssh = prowler({ account: A, check: 'ec2_instance_port_ssh_exposed_to_internet', title: 'EC2 instance has SSH port 22 exposed to the internet', resource: instanceArn(A, 7), type: 'AwsEc2Instance' });
  const tables = items.filter(isTable).map((i) => i['configuration'] as Json).map((c) => ({ RouteTableId: c['routeTableId'], VpcId: c['vpcId'], OwnerId: A, PropagatingVgws: [], Associations: [{ Main: true, RouteTableId: c['routeTableId'] }], Routes: [{ DestinationCidrBlock: '10.7.0.0/16', GatewayId: 'local', State: 'active' }, { DestinationCidrBlock: '0.0.0.0/0', GatewayId: String(c['routeTableId']).replace('rtb', 'igw'), State: 'active' }] }));
  const files = (more: Json) => ({ 'prowler.ocsf.json': [ssh], 'config.json': { fileVersion: '1.0', configSnapshotId: 'a', configurationItems: items.filter((i) => !isTable(i)) }, 'describe-route-tables.json': { RouteTables: tables, ...more } });
  expect((await decide(files({}))).decision).toBe('ticket');
  const cut = await decide(files({ NextToken: 'eyJ' }));
  expect([cut.decision, cut.missing.some((m) => m.claim === 'exposure_confirmed')]).toEqual(['needs_human_review', true]);
}, 60_000);

it('a page of findings is read, and named as one of several', () => inTempFolder(async (dir) => {
  const file = join(dir, 'hub.json'), text = async (more: Json) => {
    writeFileSync(file, JSON.stringify({ Findings: [publicBucket(A, 'x')], ...more }));
    return (await ran(0, ['ingest', file, '--workspace', join(dir, `${Object.keys(more).length}.db`)])).stdout;
  };
  expect([await text({ NextToken: 'x' }), await text({})]).toEqual([expect.stringMatching(/hub\.json: it is one page of several \(NextToken\)/), expect.not.stringContaining('one page of several')]);
}));
