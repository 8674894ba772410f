import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { importers } from '#electron/pipeline/graph/importers/all.ts';
import { formats } from '#electron/pipeline/normalize/formats/all.ts';
import { normalizeFile } from '#electron/pipeline/normalize/normalize.ts';
import { readPolicy } from '#electron/host/read-policy.ts';
import { lines, measureFloor } from './floor.ts';
import { findingCount, generate, writeLarge } from './generate.ts';
import { isMet, printTable } from './table.ts';

const dir = mkdtempSync(join(tmpdir(), 'winnow-bench-test-'));
afterAll(() => { rmSync(dir, { recursive: true }); });
const made = generate(join(dir, 'a'), 500, 1);

const filesOf = (folder: string): readonly string[] => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((f) => f.isFile()).map((f) => join(f.parentPath, f.name)).toSorted();
const digest = (folder: string): readonly string[] => filesOf(folder).map((path) => createHash('sha256').update(readFileSync(path)).digest('hex'));

async function read(path: string): Promise<{ readonly reader: string; readonly read: number; readonly resources: number; readonly issues: ReadonlySet<string>; readonly entities: ReadonlySet<string>; readonly errors: readonly string[] }> {
  let reader = 'none', count = 0, resources = 0;
  const issues = new Set<string>(), entities = new Set<string>(), errors: string[] = [];
  for await (const batch of normalizeFile(() => createReadStream(path), [...formats, ...importers], { path, importedUs: 0 })) {
    reader = batch.reader?.name ?? 'none';
    for (const item of batch.items) {
      if (!('normalized' in item)) { errors.push(item.error); continue; }
      count += 1;
      resources += item.normalized.resources.length;
      for (const f of item.normalized.findings) { issues.add(`${f.issue_mapped} ${f.issue_type}`); entities.add(f.entity); }
    }
  }
  return { reader, read: count, resources, issues, entities, errors };
}

describe('the benchmark input', () => {
  it('is the same for the same seed, another for another', () => {
    generate(join(dir, 'b'), 500, 1);
    generate(join(dir, 'c'), 500, 2);
    expect(digest(join(dir, 'b'))).toEqual(digest(join(dir, 'a')));
    expect(digest(join(dir, 'c'))).not.toEqual(digest(join(dir, 'a')));
  });

  it('has the promised numbers', () => {
    expect([made.findings, made.stories, findingCount(made.stories)]).toEqual([500, 100, 500]);
    expect([...lines(made.rawFile)].length).toBe(500);
  });

  it.each([['asff', 'asff'], ['prowler', 'prowler-ocsf'], ['guardduty', 'guardduty'], ['trivy', 'trivy']] as const)('%s is read as %s, all of it, every check known', async (file, reader) => {
    const found = await read(made.files[file].path);
    expect(found.errors).toEqual([]);
    expect([found.reader, found.read]).toEqual([reader, made.files[file].records]);
    expect([...found.issues].filter((i) => i.startsWith('false'))).toEqual([]);
  });

  it('writes one large file of the wanted size', async () => {
    const path = join(dir, 'large.ndjson');
    const records = writeLarge(path, 100_000, 1);
    const found = await read(path);
    expect([found.reader, found.read, found.errors]).toEqual(['guardduty', records, []]);
    expect(readFileSync(path).length).toBeGreaterThanOrEqual(100_000);
  });

  it('names in findings what the inventory holds', async () => {
    const inventory = new Set<string>();
    let events = 0, resources = 0;
    for (const path of filesOf(made.contextDir).filter((p) => p.endsWith('.json'))) {
      const found = await read(path);
      expect(found.errors).toEqual([]);
      if (found.reader === 'cloudtrail') events += found.read;
      if (found.reader === 'aws-config') resources += found.read;
      for (const text of readFileSync(path, 'utf8').matchAll(/"ARN":"([^"]+)"/g)) inventory.add(text[1] ?? '');
    }
    expect([events, resources]).toEqual([made.events, made.resources]);
    const { entities } = await read(made.files.prowler.path);
    expect([...entities].filter((e) => !inventory.has(e))).toEqual([]);
  });

  it('comes with a policy that is taken', () => {
    expect(readPolicy(readFileSync(join(made.contextDir, 'policy.yaml'), 'utf8')).ok).toBe(true);
  });
});

describe('the benchmark', () => {
  it('measures the floor over every record', () => {
    expect(measureFloor(made.rawFile, join(dir, 'floor.db')).records).toBe(500);
  });
  it('says when a goal is missed', () => {
    expect([isMet({ name: 'a', value: 3, unit: '×', goal: { most: 2 } }), isMet({ name: 'a', value: 999, unit: '', goal: { least: 1000 } }), isMet({ name: 'a', value: 1, unit: '' })]).toEqual([false, false, undefined]);
    expect(printTable({ cores: 2 }, [{ name: 'ratio', value: 3, unit: '×', goal: { most: 2 } }])).toContain('≤ 2 MISSED');
  });
});
