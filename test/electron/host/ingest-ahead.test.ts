import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApp, type App } from '#electron/host/create-app.ts';
import { nextReadable, type FoundFile } from '#electron/host/find-files.ts';
import { ingestFiles, type FileReport } from '#electron/host/ingest.ts';

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
async function ingest(names: readonly string[]): Promise<readonly (readonly [string, number, number, string | undefined])[]> {
  const reports: readonly FileReport[] = await ingestFiles(app, names.map((name) => ({ path: at(name) })), { format: undefined, isCancelled: () => false, onProgress: () => undefined });
  return reports.map((r) => [r.path.slice(dir.length + 1), r.new, r.duplicate, r.error]);
}
const rowOf = (name: string) => app.tables.rawFiles.all().filter((f) => f.path.endsWith(name)).map((f) => [f.state, f.records, f.sha256, f.bytes]);

describe('a file that changes after it was asked about', () => {
  const change = (name: string, old: string, next: string): void => { writeFileSync(at(name), old); writeFileSync(at(`${name}.next`), next); };
  beforeEach(() => { writeFileSync(at('a.json'), roles(A)); });

  it('is read as what it became, under the hash of that; what it was can be imported later', async () => {
    const old = roles(B, 3), fresh = roles(C, 2);
    change('b.json', old, fresh);
    writeFileSync(at('c.json'), roles(B));
    expect(await ingest(['a.json', 'b.json', 'c.json'])).toEqual([['a.json', 1, 0, undefined], ['b.json', 2, 0, undefined], ['c.json', 1, 0, undefined]]);
    expect(rowOf('b.json')).toEqual([['done', 2, sha(fresh), fresh.length]]);
    writeFileSync(at('old.json'), old);
    expect((await ingest(['old.json'])).map(([name, , , error]) => [name, error])).toEqual([['old.json', undefined]]);
    expect(rowOf('old.json')).toEqual([['done', 3, sha(old), old.length]]);
  });

  it.each([['written anew', ''], ['written on', '\n']])('is read as it was where it was only %s', async (_, added) => {
    const old = roles(B, 3);
    change('b.json', old, added === '' ? old : `${old}${added}${roles(C, 2)}`);
    expect(await ingest(['a.json', 'b.json'])).toEqual([['a.json', 1, 0, undefined], ['b.json', 3, 0, undefined]]);
    expect(rowOf('b.json')).toEqual([['done', 3, sha(old), old.length]]);
  });
});

describe('a parser that stops', () => {
  beforeEach(() => { writeFileSync(at('a.json'), roles(A, LONG)); writeFileSync(at('deadly.json'), roles(B, 2)); writeFileSync(at('c.json'), roles(C, 3)); });

  it('at the next file costs that file alone', async () => {
    const stopped = 'the parser stopped: died in the test';
    const reports = await ingest(['a.json', 'deadly.json', 'c.json']);
    expect(reports.map(([name, , , error]) => [name, error])).toEqual([['a.json', undefined], ['deadly.json', stopped], ['c.json', undefined]]);
    expect([rowOf('a.json'), rowOf('deadly.json'), rowOf('c.json')]).toEqual([[['done', LONG, sha(roles(A, LONG)), roles(A, LONG).length]], [], [['done', 3, sha(roles(C, 3)), roles(C, 3).length]]]);
    expect(app.tables.nodes.count()).toBeGreaterThanOrEqual(LONG + 3);
    expect(await ingest(['deadly.json', 'c.json'])).toEqual([['deadly.json', 0, 0, stopped], ['c.json', 0, 3, undefined]]);
  });

  it('is not what a file is that could not be closed well', async () => {
    writeFileSync(at('unclosed.json'), roles(B, 5));
    writeFileSync(at('unread.txt'), 'nothing that anybody reads');
    expect(await ingest(['unclosed.json', 'unread.txt', 'a.json', 'c.json'])).toEqual([['unclosed.json', 5, 0, undefined], ['unread.txt', 0, 0, expect.stringContaining('no known format')], ['a.json', LONG, 0, undefined], ['c.json', 3, 0, undefined]]);
  });
});

it('finds the next file that can be read by looking at those between alone', () => {
  let looks = 0;
  const file = (problem?: string): FoundFile => ({ path: 'x', get problem() { looks += 1; return problem; } } as FoundFile);
  const last = file(), many = [file(), file('gone'), last, ...Array.from({ length: 1000 }, () => file())];
  let copied = 0;
  const files = new Proxy(many, { get: (target, key) => { if (typeof key === 'string' && /^\d+$/.test(key)) copied += 1; return Reflect.get(target, key) as unknown; } });
  expect(nextReadable(files, 0)).toBe(last);
  expect(looks).toBe(2);
  expect(copied).toBeLessThan(5);
  expect(nextReadable([file(), file('gone')], 0)).toBeUndefined();
});
