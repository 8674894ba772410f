import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApp, type App } from '#electron/host/create-app.ts';
import { findFiles } from '#electron/host/find-files.ts';
import { rollbackImport } from '#electron/host/handlers/rollback.ts';
import { ingestFiles, type FileReport } from '#electron/host/ingest.ts';
import { rawGraph } from '#electron/host/raw-graph.ts';
import { graphView } from '#electron/store/graph-view.ts';
import { at } from '#shared/lib/json.ts';

const A = '111122223333', B = '444455556666';
let app: App, dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'winnow-same-'));
  const made = createApp({ file: join(dir, 'w.db'), create: true, resourcesDir: 'resources', workerUrl: (name) => new URL(`../../../electron/workers/${name}.ts`, import.meta.url), now: () => 1_800_000_000_000_000 });
  if (!made.ok) throw new Error(made.error);
  app = made.value;
});
afterEach(() => { app.close(); rmSync(dir, { recursive: true, force: true }); });
const graph = () => graphView(app.workspace.db, 1);

function write(files: Readonly<Record<string, unknown>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), JSON.stringify(content));
  }
}
const ingest = (path: string, cluster?: string): Promise<readonly FileReport[]> => ingestFiles(app, findFiles([path.startsWith('.') ? path : join(dir, path)]), { format: undefined, onProgress: () => undefined, isCancelled: () => false, cluster });
const counts = (reports: readonly FileReport[]) => reports.map((r) => [r.new, r.duplicate, r.error]);
async function takeBack(suffix: string): Promise<void> {
  const file = app.tables.rawFiles.all().find((f) => f.path.endsWith(suffix));
  const done = await rollbackImport(app, { raw_id: file?.raw_id ?? 0, by: 'test' }, { onProgress: () => undefined, isCancelled: () => false });
  expect(done).toMatchObject({ ok: true });
}
const caller = (account: string) => ({ UserId: 'x', Account: account, Arn: `arn:aws:iam::${account}:user/reader` });
const adminPolicy = { RoleName: 'App', PolicyName: 'all', PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } };
const roles = (account: string, more: object = {}) => ({ Roles: [{ Path: '/team/', RoleName: 'App', RoleId: 'AROA1', Arn: `arn:aws:iam::${account}:role/team/App`, CreateDate: '2026-01-01T00:00:00Z', ...more }] });
const inline = (urn: string) => at(graph().resource(urn)?.config, 'RolePolicyList');

const block = { PublicAccessBlockConfiguration: { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true } };
const blockOf = (bucket: string) => at(graph().resource(bucket)?.config, 'PublicAccessBlockConfiguration');
const bare = (account: string) => `arn:aws:iam::${account}:role/App`, full = (account: string) => `arn:aws:iam::${account}:role/team/App`;
const told = [{ PolicyName: 'all' }];

describe('files that are asked about while the one before is read', () => {
  it('a copy beside the file is told as one when the file is over; what comes behind it is read', async () => {
    write({ 'in/a.json': roles(A), 'in/b.json': roles(A), 'in/c.json': roles(B), 'in/d.json': roles(A) });
    writeFileSync(join(dir, 'in/aa.txt'), 'nothing that anybody reads');
    expect(counts(await ingest('in'))).toEqual([[1, 0, undefined], [0, 0, expect.stringContaining('no known format')], [0, 1, undefined], [1, 0, undefined], [0, 1, undefined]]);
    expect(app.tables.rawFiles.all().map((f) => [f.state, f.records])).toEqual([['done', 1], ['done', 1]]);
  });

  it('one that was only asked about when an import is cancelled leaves nothing', async () => {
    write({ 'in/a.json': roles(A), 'in/b.json': roles(B) });
    let saved = false;
    const reports = await ingestFiles(app, findFiles([join(dir, 'in')]), { format: undefined, onProgress: () => { saved = true; }, isCancelled: () => saved });
    expect(reports.map((r) => r.records)).toEqual([1]);
    expect(app.tables.rawFiles.all().map((f) => f.path.endsWith('a.json'))).toEqual([true]);
    expect(counts(await ingest('in'))).toEqual([[0, 1, undefined], [1, 0, undefined]]);
  });
});

describe('files of the same bytes', () => {
  it('are each read where their names say what they are about; the very same ones add nothing, from wherever they are named', async () => {
    write({ 'd/s3api-list-buckets.json': { Buckets: [{ Name: 'one-a' }, { Name: 'two-a' }, { Name: 'no-block' }] }, 'd/s3api-get-public-access-block/one-a.json': block, 'd/s3api-get-public-access-block/two-a.json': block });
    expect(counts(await ingest('d'))).toEqual([[1, 0, undefined], [1, 0, undefined], [3, 0, undefined]]);
    expect([blockOf('one-a'), blockOf('two-a'), blockOf('no-block')]).toEqual([block.PublicAccessBlockConfiguration, block.PublicAccessBlockConfiguration, undefined]);
    const files = app.tables.rawFiles.all().length;
    expect(counts(await ingest('d'))).toEqual([[0, 1, undefined], [0, 1, undefined], [0, 3, undefined]]);
    const cwd = process.cwd();
    try {
      process.chdir(join(dir, 'd'));
      expect(counts(await ingest('./s3api-get-public-access-block'))).toEqual([[0, 1, undefined], [0, 1, undefined]]);
    } finally { process.chdir(cwd); }
    expect(app.tables.rawFiles.all()).toHaveLength(files);
  });

  it('are each read where another account’s caller identity lies beside them', async () => {
    for (const [folder, account] of [['a', A], ['b', B]] as const) write({ [`${folder}/sts-get-caller-identity.json`]: caller(account), [`${folder}/iam-get-role-policy.json`]: adminPolicy });
    await ingest('a');
    expect(inline(bare(A))).toMatchObject(told);
    expect(inline(bare(B))).toBeUndefined();
    await ingest('b');
    expect(inline(bare(B))).toMatchObject(told);
    // Alone, without the caller identity that lies beside it, it is still the same file.
    const files = app.tables.rawFiles.all().length;
    expect(counts(await ingest('b/iam-get-role-policy.json'))).toEqual([[0, 1, undefined]]);
    expect(app.tables.rawFiles.all()).toHaveLength(files);
  });

  it('are read on, not anew, when an import was cut', async () => {
    write({ 'a/sts-get-caller-identity.json': caller(A), 'a/iam-get-role-policy.json': adminPolicy });
    await ingest('a');
    const id = app.tables.rawFiles.all().find((f) => f.path.endsWith('role-policy.json'))?.raw_id;
    for (const sql of ["UPDATE raw_files SET state = 'reading' WHERE raw_id = ?", 'DELETE FROM node_versions WHERE raw_id = ?']) app.workspace.db.prepare(sql).run(id);
    expect(counts(await ingest('a'))[0]).toEqual([1, 0, undefined]);
    expect(app.tables.rawFiles.all().map((f) => [f.raw_id, f.state]).find(([rawId]) => rawId === id)).toEqual([id, 'done']);
    expect(app.tables.rawFiles.all().filter((f) => f.path.endsWith('role-policy.json'))).toHaveLength(1);
  });
});

/** As contexts were kept before 2026-11-29: the account, and the region behind it where one was known. */
function keepAsBefore(): void {
  const { db } = app.workspace;
  for (const row of db.prepare<[], { raw_id: number; record: number; context: Buffer }>('SELECT raw_id, record, context FROM raw_records').all()) {
    const { home, ...rest } = JSON.parse(zstdDecompressSync(row.context).toString('utf8')) as { home?: { account?: string; region?: string } };
    db.prepare('UPDATE raw_records SET context = ? WHERE raw_id = ? AND record = ?').run(zstdCompressSync(JSON.stringify({ ...rest, ...(home !== undefined && { account: `${home.account ?? ''}${home.region === undefined ? '' : `@${home.region}`}` }) })), row.raw_id, row.record);
  }
}

it('reads and knows again what an older workspace keeps', async () => {
  write({ 'a/sts-get-caller-identity.json': caller(A), 'a/iam-get-role-policy.json': adminPolicy, 'b/sts-get-caller-identity.json': caller(B), 'b/iam-get-role-policy.json': adminPolicy });
  await ingest('a');
  keepAsBefore();
  expect(rawGraph(graph(), app.tables).resource(bare(A))?.config).toEqual(graph().resource(bare(A))?.config);
  expect(counts(await ingest('a'))[0]).toEqual([0, 1, undefined]);
  expect(counts(await ingest('b'))[0]).toEqual([1, 0, undefined]);
});

it('reads what an older workspace keeps of a region again', async () => {
  write({ 'a/sts-get-caller-identity.json': caller(A), 'a/describe-vpcs.json': { Vpcs: [{ VpcId: 'vpc-1', CidrBlock: '10.0.0.0/16' }] }, 'a/describe-subnets.json': { Subnets: [{ SubnetId: 'subnet-1', VpcId: 'vpc-1', SubnetArn: `arn:aws:ec2:eu-west-1:${A}:subnet/subnet-1` }] } });
  await ingest('a');
  const urn = `arn:aws:ec2:eu-west-1:${A}:vpc/vpc-1`;
  expect(graph().resource(urn)?.config).toMatchObject({ VpcId: 'vpc-1' });
  keepAsBefore();
  expect(rawGraph(graph(), app.tables).resource(urn)?.config).toEqual(graph().resource(urn)?.config);
  expect(counts(await ingest('a')).map(([fresh]) => fresh)).toEqual([0, 0, 0]);
});

it('takes a file that lay beside no identity for another one beside an account’s, though only its own name is known', async () => {
  write({ 'a/iam-get-role-policy.json': adminPolicy, 'b/sts-get-caller-identity.json': caller(B), 'b/iam-get-role-policy.json': adminPolicy });
  const bare = (paths: readonly string[]) => ingestFiles(app, paths.map((path) => ({ path: join(dir, path) })), { format: undefined, onProgress: () => undefined, isCancelled: () => false, nameOf: (path) => path.split('/').at(-1) ?? path });
  expect((await bare(['a/iam-get-role-policy.json']))[0]).toMatchObject({ new: 1 });
  expect((await bare(['b/sts-get-caller-identity.json', 'b/iam-get-role-policy.json'])).at(-1)).toMatchObject({ new: 1, duplicate: 0 });
  expect(graph().ofType('AWS::IAM::Role').map((r) => r.account)).toContain(B);
});

describe('taking an import back', () => {
  const answer = { [`a/${A}/iam-get-role-policy.json`]: adminPolicy, [`b/${A}/iam-list-roles.json`]: roles(A), [`c/${A}/iam-list-roles.json`]: roles(A, { Description: 'newer' }) };

  it('leaves what others told of a role by its name', async () => {
    write(answer);
    for (const folder of ['b', 'a', 'c']) await ingest(folder);
    await takeBack(`c/${A}/iam-list-roles.json`);
    expect(inline(full(A))).toMatchObject(told);
    await takeBack(`a/${A}/iam-get-role-policy.json`);
    expect([inline(full(A)), at(graph().resource(full(A))?.config, 'Description')]).toEqual([undefined, undefined]);
  });

  it('opens a role named without its path again when nothing tells its path any more', async () => {
    write(answer);
    for (const folder of ['a', 'b']) await ingest(folder);
    expect(inline(full(A))).toMatchObject(told);
    await takeBack(`b/${A}/iam-list-roles.json`);
    expect(inline(bare(A))).toMatchObject(told);
  });

  it('reads the others again as of their account and region', async () => {
    const urn = `arn:aws:ec2:eu-west-1:${A}:instance/i-0abc`, addresses = { Addresses: [{ AllocationId: 'eipalloc-0a', PublicIp: '198.51.100.7', NetworkInterfaceOwnerId: A, InstanceId: 'i-0abc' }] };
    const instances = (type: string) => ({ Reservations: [{ Instances: [{ InstanceId: 'i-0abc', InstanceType: type, State: { Name: 'running' } }] }] });
    for (const [folder, type] of [['a', 't3.micro'], ['b', 't3.large']] as const) write({ [`${folder}/sts-get-caller-identity.json`]: caller(A), [`${folder}/eu-west-1/ec2-describe-instances.json`]: instances(type), [`${folder}/eu-west-1/ec2-describe-addresses.json`]: addresses });
    await ingest('a');
    await ingest('b');
    expect(at(graph().resource(urn)?.config, 'InstanceType')).toBe('t3.large');
    await takeBack('b/eu-west-1/ec2-describe-instances.json');
    expect(at(graph().resource(urn)?.config, 'InstanceType')).toBe('t3.micro');
  });

  it('reads the others again as of their cluster', async () => {
    const pod = (image: string) => ({ apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop' }, spec: { containers: [{ name: 'web', image }] } }] });
    write({ 'a/pods.json': pod('web:1'), 'b/pods.json': pod('web:2') });
    await ingest('a', 'blue');
    const [before] = graph().ofType('K8s::Pod');
    expect(before?.urn).toContain('blue');
    await ingest('b', 'blue');
    await takeBack('b/pods.json');
    expect(graph().ofType('K8s::Pod').map((p) => [p.urn, p.config])).toEqual([[before?.urn, before?.config]]);
  });
});

it('finds the role with a path among those of many accounts', async () => {
  const accounts = Array.from({ length: 25 }, (_, i) => `1111222233${String(i).padStart(2, '0')}`);
  write(Object.fromEntries(accounts.map((account) => [`many/${account}/iam-list-roles.json`, roles(account)])));
  const last = accounts.at(-1) ?? '';
  write({ [`more/${last}/iam-get-role-policy.json`]: adminPolicy });
  await ingest('many');
  await ingest('more');
  expect(inline(full(last))).toMatchObject(told);
  expect(inline(full(accounts[0] ?? ''))).toBeUndefined();
});
