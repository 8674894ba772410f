import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApp, type App } from '#electron/host/create-app.ts';
import { ingestFiles, type FileReport } from '#electron/host/ingest.ts';
import { parseThreads } from '#electron/host/read-ahead.ts';

const A = '111122223333', B = '444455556666', C = '777788889999';
let app: App, dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'winnow-ahead-'));
  const made = createApp({ file: join(dir, 'w.db'), create: true, resourcesDir: 'resources', now: () => 1_800_000_000_000_000, workerUrl: (name) => new URL(name === 'parse' ? './troubled-parser.ts' : `../../../electron/workers/${name}.ts`, import.meta.url) });
  if (!made.ok) throw new Error(made.error);
  app = made.value;
});
afterEach(() => { app.close(); rmSync(dir, { recursive: true, force: true }); });

const roles = (account: string, count = 1): string => JSON.stringify({ Roles: Array.from({ length: count }, (_, i) => ({ Path: '/', RoleName: `App${i}`, RoleId: 'AROA1', Arn: `arn:aws:iam::${account}:role/App${i}`, CreateDate: '2026-01-01T00:00:00Z' })) });
const LONG = 1500;
const at = (name: string): string => join(dir, name);
const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
async function ingest(names: readonly string[], threads: number): Promise<readonly (readonly [string, number, number, string | undefined])[]> {
  const reports: readonly FileReport[] = await ingestFiles(app, names.map((name) => ({ path: at(name) })), { format: undefined, isCancelled: () => false, onProgress: () => undefined, threads });
  return reports.map((r) => [r.path.slice(dir.length + 1), r.new, r.duplicate, r.error]);
}
const rawText = (rawId: number): string => Buffer.concat(app.tables.rawFiles.chunks(rawId).map((chunk) => zstdDecompressSync(chunk.data))).toString();
const rowOf = (name: string) => app.tables.rawFiles.all().filter((f) => f.path.endsWith(name)).map((f) => [f.state, f.records, f.sha256, f.bytes]);

describe.each([1, 2, 3])('a file that changes after it was asked about, with %i threads', (threads) => {
  const change = (name: string, old: string, next: string): void => { writeFileSync(at(name), old); writeFileSync(at(`${name}.next`), next); };
  beforeEach(() => { writeFileSync(at('a.json'), roles(A)); });

  it('is read as what it became, under the hash of that; what it was can be imported later', async () => {
    const old = roles(B, 3), fresh = roles(C, 2);
    change('b.json', old, fresh);
    writeFileSync(at('c.json'), roles(B));
    expect(await ingest(['a.json', 'b.json', 'c.json'], threads)).toEqual([['a.json', 1, 0, undefined], ['b.json', 2, 0, undefined], ['c.json', 1, 0, undefined]]);
    expect(rowOf('b.json')).toEqual([['done', 2, sha(fresh), fresh.length]]);
    writeFileSync(at('old.json'), old);
    expect((await ingest(['old.json'], threads)).map(([name, , , error]) => [name, error])).toEqual([['old.json', undefined]]);
    expect(rowOf('old.json')).toEqual([['done', 3, sha(old), old.length]]);
  });

  it.each([['written anew', ''], ['written on', '\n']])('is read as it was where it was only %s', async (_, added) => {
    const old = roles(B, 3);
    change('b.json', old, added === '' ? old : `${old}${added}${roles(C, 2)}`);
    expect(await ingest(['a.json', 'b.json'], threads)).toEqual([['a.json', 1, 0, undefined], ['b.json', 3, 0, undefined]]);
    expect(rowOf('b.json')).toEqual([['done', 3, sha(old), old.length]]);
  });
});

describe.each([1, 2])('a file that changes while it is read, with %i threads', (threads) => {
  // More than is read at once, with a role at either end.
  const role = (name: string): string => JSON.stringify({ Path: '/', RoleName: name, RoleId: 'AROA1', Arn: `arn:aws:iam::${A}:role/${name}`, CreateDate: '2026-01-01T00:00:00Z' });
  const whole = `{"Roles":[${role('first')},${' '.repeat(1_300_000)}${role('second')}]}`;

  it.each([
    ['cut', whole.slice(0, 1_200_000)], ['cut at the end of a record, so that nothing looks broken', `{"Roles":[${role('first')}]}`.padEnd(1_200_000)], ['rewritten', whole.replace('second', 'third!')],
  ])('is not taken for read when it comes again: %s', async (_, changed) => {
    writeFileSync(at('a.json'), whole);
    writeFileSync(at('a.json.while'), changed);
    writeFileSync(at('b.json'), roles(B));
    expect((await ingest(['a.json', 'b.json'], threads)).map(([name, , , error]) => [name, error])).toEqual([['a.json', expect.stringContaining('changed while it was read')], ['b.json', undefined]]);
    writeFileSync(at('a.json'), whole);
    expect((await ingest(['a.json'], threads))[0]?.[3]).toBeUndefined();
    expect(app.tables.nodes.openUrns()).toContain(`arn:aws:iam::${A}:role/second`);
    expect(rowOf('a.json')[0]).toEqual(['done', 2, sha(whole), whole.length]);
  });

  it('is read as it was where it only grew', async () => {
    writeFileSync(at('a.json'), whole);
    writeFileSync(at('a.json.while'), `${whole}\n${roles(B)}`);
    expect(await ingest(['a.json'], threads)).toEqual([['a.json', 2, 0, undefined]]);
  });
});

describe.each([1, 2, 3])('a parser that stops, with %i threads', (threads) => {
  beforeEach(() => { writeFileSync(at('a.json'), roles(A, LONG)); writeFileSync(at('deadly.json'), roles(B, 2)); writeFileSync(at('c.json'), roles(C, 3)); });

  it('at the next file costs that file alone', async () => {
    const stopped = 'the parser stopped: died in the test';
    const reports = await ingest(['a.json', 'deadly.json', 'c.json'], threads);
    expect(reports.map(([name, , , error]) => [name, error])).toEqual([['a.json', undefined], ['deadly.json', stopped], ['c.json', undefined]]);
    expect([rowOf('a.json'), rowOf('deadly.json'), rowOf('c.json')]).toEqual([[['done', LONG, sha(roles(A, LONG)), roles(A, LONG).length]], [], [['done', 3, sha(roles(C, 3)), roles(C, 3).length]]]);
    expect(app.tables.nodes.count()).toBeGreaterThanOrEqual(LONG + 3);
    expect(await ingest(['deadly.json', 'c.json'], threads)).toEqual([['deadly.json', 0, 0, stopped], ['c.json', 0, 3, undefined]]);
  });

  it('is not what a file is that could not be closed well', async () => {
    writeFileSync(at('unclosed.json'), roles(B, 5));
    writeFileSync(at('unread.txt'), 'nothing that anybody reads');
    expect(await ingest(['unclosed.json', 'unread.txt', 'a.json', 'c.json'], threads)).toEqual([['unclosed.json', 5, 0, undefined], ['unread.txt', 0, 0, expect.stringContaining('no known format')], ['a.json', LONG, 0, undefined], ['c.json', 3, 0, undefined]]);
  });
});

it.each([1, 2, 3])('files are saved in their order, whichever was read first, with %i threads', async (threads) => {
  const names = ['big.json', 'b.json', 'copy.json', 'unread.txt', 'c.json', 'bigger.json', 'd.json'];
  const texts = [roles(A, LONG), roles(B), roles(B), 'nothing that anybody reads', roles(C, 2), roles(C, 2 * LONG), roles(A)];
  for (const [i, name] of names.entries()) writeFileSync(at(name), texts[i] ?? '');
  const reports = await ingest(names, threads);
  expect(reports.map(([name, fresh, duplicate]) => [name, fresh, duplicate])).toEqual([['big.json', LONG, 0], ['b.json', 1, 0], ['copy.json', 0, 1], ['unread.txt', 0, 0], ['c.json', 2, 0], ['bigger.json', 2 * LONG - 2, 2], ['d.json', 0, 1]]);
  const kept = app.tables.rawFiles.all().map((f): [string, string] => [f.path.slice(dir.length + 1), rawText(f.raw_id)]).toReversed();
  expect(kept).toEqual([[0, 'big.json'], [1, 'b.json'], [4, 'c.json'], [5, 'bigger.json'], [6, 'd.json']].map(([i, name]) => [name, texts[Number(i)]]));
});

it('a second thread is started for much to read on a machine with processors for it', () => {
  writeFileSync(at('large.json'), Buffer.alloc(20_000_000));
  writeFileSync(at('small.json'), '{}');
  const given = (...names: readonly string[]): Parameters<typeof parseThreads>[0] => names.map((name) => ({ path: at(name), name, isNamed: false, home: {}, format: undefined, cluster: undefined }));
  expect([[given('large.json', 'small.json'), 8], [given('large.json', 'small.json'), 2], [given('large.json'), 8], [given('small.json', 'gone.json'), 8]].map(([files, processors]) => parseThreads(files as ReturnType<typeof given>, processors as number))).toEqual([2, 1, 1, 1]);
});
