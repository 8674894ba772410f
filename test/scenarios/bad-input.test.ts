import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ENTRY, inTempFolder, ROOT } from './winnow.ts';
import { ingestReportSchema, ran, rows, type IngestReport } from './workspace.ts';

const EXAMPLES = join(ROOT, 'resources', 'examples');
const guardduty = z.array(z.record(z.string(), z.unknown())).parse(JSON.parse(readFileSync(join(EXAMPLES, 'findings', 'guardduty.json'), 'utf8')));
const finding = (n: number): Record<string, unknown> => guardduty[n] ?? {};

/** Imports something that has a problem: exit 1, and the report is the one document on stdout. */
async function ingestBad(workspace: string, ...paths: readonly string[]): Promise<IngestReport> {
  return ingestReportSchema.parse(JSON.parse((await ran(1, ['ingest', ...paths, '--workspace', workspace, '--json'])).stdout));
}
const total = (workspace: string, table: string): unknown => rows(workspace, `SELECT count(*) AS n FROM ${table}`)[0]?.['n'];

describe('broken files: what is complete is kept, the rest is named', () => {
  it('keeps the complete records of a truncated document', () => inTempFolder(async (dir) => {
    const text = readFileSync(join(EXAMPLES, 'findings', 'securityhub.json'), 'utf8');
    const all = z.object({ Findings: z.array(z.object({ Id: z.string() })) }).parse(JSON.parse(text)).Findings;
    const file = join(dir, 'cut.json'), ids = all.map((f) => f.Id);
    const cutAt = text.indexOf(JSON.stringify(ids[90])) + 300;
    writeFileSync(file, text.slice(0, cutAt));
    const { files } = await ingestBad(join(dir, 'w.db'), file);
    expect(files).toEqual([{ path: file, format: 'asff', kind: 'findings', records: 91, new: 90, duplicate: 0, quarantined: [{ position: expect.stringMatching(/^line \d+, byte \d+$/), why: 'the file ends inside this record (truncated)' }] }]);
    const [line = 0, byte = 0] = /^line (\d+), byte (\d+)$/.exec(files[0]?.quarantined[0]?.position ?? '')?.slice(1).map(Number) ?? [];
    // Where the broken record starts: the last one that opened before its id.
    expect(text.slice(byte).trimStart().startsWith('{')).toBe(true);
    expect(JSON.parse(`${text.slice(0, byte).trimEnd().replace(/,$/, '')}]}`)).toMatchObject({ Findings: { length: 90 } });
    expect(text.slice(0, byte).split('\n')).toHaveLength(line);
    expect(total(join(dir, 'w.db'), 'findings')).toBe(90);
  }));

  it('keeps the records before and behind a broken line, and those of a truncated gzip', () => inTempFolder(async (dir) => {
    const lines = [0, 1, 2, 3].map((n) => JSON.stringify(finding(n)));
    const file = join(dir, 'a.ndjson'), zipped = join(dir, 'b.ndjson.gz');
    writeFileSync(file, [lines[0], `${lines[1]?.slice(0, 500)}`, lines[2], '{"Id": 01}', lines[3]].join('\n'));
    const whole = gzipSync(guardduty.map((f) => JSON.stringify(f)).join('\n'));
    writeFileSync(zipped, whole.subarray(0, whole.length - 40));
    const { files } = await ingestBad(join(dir, 'w.db'), file, zipped);
    expect(files[0]).toMatchObject({ records: 5, new: 3, quarantined: [{ position: expect.stringContaining('line 2'), why: expect.stringMatching(/JSON/) }, { position: expect.stringContaining('line 4'), why: expect.stringMatching(/JSON/) }] });
    expect(files[1]?.quarantined).toHaveLength(1);
    expect(files[1]?.quarantined[0]?.why).toMatch(/gzip data is truncated/);
    expect((files[1]?.new ?? 0) + (files[1]?.duplicate ?? 0)).toBeGreaterThan(guardduty.length - 4);
  }));

  it('does not take a truncated snapshot for a complete one: nothing is closed by it', () => inTempFolder(async (dir) => {
    const workspace = join(dir, 'w.db'), file = join(dir, 'newer.json');
    await ran(0, ['ingest', join(EXAMPLES, 'aws-config', 'dev-legacy.json'), '--workspace', workspace]);
    const before = rows(workspace, 'SELECT urn FROM nodes WHERE closed_us IS NULL ORDER BY urn');
    const text = readFileSync(join(EXAMPLES, 'aws-config', 'dev-legacy.json'), 'utf8').replaceAll('2026-11-2', '2026-12-0').replaceAll('2026-11-1', '2026-12-0');
    writeFileSync(file, text.slice(0, Math.floor(text.length / 2)));
    const { files } = await ingestBad(workspace, file);
    expect(files[0]).toMatchObject({ format: 'aws-config', quarantined: [{ why: expect.stringContaining('truncated') }] });
    expect(rows(workspace, 'SELECT urn FROM nodes WHERE closed_us IS NULL ORDER BY urn')).toEqual(before);
  }));

  it('reads on behind a line of 512 MiB without holding it', () => inTempFolder(async (dir) => {
    const file = join(dir, 'long.ndjson'), workspace = join(dir, 'w.db');
    const head = `${JSON.stringify(finding(0))}\n`;
    writeFileSync(file, `${head}${JSON.stringify(finding(1)).slice(0, -1)},"pad":"`);
    truncateSync(file, 512 * 1024 * 1024);
    appendFileSync(file, `"}\n${JSON.stringify(finding(2))}\n`);
    const { code, stdout, peakKb } = await peakOf(['ingest', file, '--workspace', workspace, '--json']);
    expect(code).toBe(1);
    expect(ingestReportSchema.parse(JSON.parse(stdout)).files[0]).toMatchObject({ records: 3, new: 2, quarantined: [{ position: `line 2, byte ${head.length}`, why: 'the record is longer than 64 MiB' }] });
    // /proc is Linux's; elsewhere the peak is unknown and 0.
    expect(peakKb).toBeLessThan(512 * 1024);
    expect(rows(workspace, 'SELECT source_id FROM findings')).toHaveLength(2);
  }));
});

/** Runs the command line and watches its peak resident memory. */
async function peakOf(args: readonly string[]): Promise<{ code: number | null; stdout: string; peakKb: number }> {
  const child = spawn(process.execPath, [ENTRY, ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] });
  let stdout = '', peakKb = 0;
  child.stdout.on('data', (chunk: Buffer) => { stdout += chunk.toString('utf8'); });
  const ended = new Promise<number | null>((resolve) => { child.once('close', (code) => { resolve(code); }); });
  while (child.exitCode === null && child.signalCode === null) {
    try { peakKb = Math.max(peakKb, Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8'))?.[1] ?? 0)); } catch { /* it ended, or there is no /proc */ }
    await sleep(50);
  }
  return { code: await ended, stdout, peakKb };
}

describe('files that are none of ours', () => {
  it('names each with its reason, imports the good one beside them and waits for none', () => inTempFolder(async (dir) => {
    const at = (name: string): string => join(dir, name);
    let seed = 1;
    writeFileSync(at('garbage.bin'), Uint8Array.from({ length: 200_000 }, () => { seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648; return (seed >>> 16) & 255; }));
    writeFileSync(at('empty.json'), '');
    writeFileSync(at('blank.json'), ' \n\n');
    writeFileSync(at('letter.txt'), 'Dear colleague,\nplease see the attached.\n');
    writeFileSync(at('other.json'), '{"hello": "world"}');
    symlinkSync(at('nowhere'), at('dangling'));
    execFileSync('mkfifo', [at('pipe')]);
    writeFileSync(at('good.json'), JSON.stringify(finding(0)));
    const names = ['garbage.bin', 'empty.json', 'blank.json', 'letter.txt', 'other.json', 'dangling', 'pipe', 'missing.json', 'good.json'];
    const { files, counts } = await ingestBad(at('w.db'), ...names.map(at));
    expect(files.map((f) => [f.path.slice(dir.length + 1), f.format, f.new, f.error ?? ''])).toEqual([
      ['garbage.bin', null, 0, expect.stringContaining('no known format')], ['empty.json', null, 0, 'the file is empty'], ['blank.json', null, 0, 'the file is empty'], ['letter.txt', null, 0, expect.stringContaining('no known format')],
      ['other.json', null, 0, expect.stringContaining('no known format')], ['dangling', null, 0, 'no such file or folder'], ['pipe', null, 0, 'it is not a regular file'], ['missing.json', null, 0, 'no such file or folder'], ['good.json', 'guardduty', 1, ''],
    ]);
    expect(counts).toMatchObject({ files: 9, not_recognized: 8, findings: 1 });
    const text = await ran(1, ['ingest', at('empty.json'), '--workspace', at('w.db')]);
    expect(text.stdout).toContain(`${at('empty.json')}: the file is empty`);
    expect(rows(at('w.db'), 'SELECT path FROM raw_files')).toEqual([{ path: at('good.json') }]);
  }));

  it('finds nothing in an empty folder, and walks a folder without links and hidden files', () => inTempFolder(async (dir) => {
    const folder = join(dir, 'in'), workspace = join(dir, 'w.db');
    mkdirSync(join(folder, 'sub'), { recursive: true });
    const empty = await ran(0, ['ingest', folder, '--workspace', workspace, '--json']);
    expect(JSON.parse(empty.stdout)).toMatchObject({ files: [], counts: { files: 0, new: 0 } });
    writeFileSync(join(folder, 'sub', 'a.json'), JSON.stringify(finding(0)));
    writeFileSync(join(folder, '.hidden.json'), JSON.stringify(finding(1)));
    symlinkSync(folder, join(folder, 'loop'));
    const { stdout } = await ran(0, ['ingest', folder, '--workspace', workspace, '--json']);
    expect(ingestReportSchema.parse(JSON.parse(stdout)).files.map((f) => f.path)).toEqual([join(folder, 'sub', 'a.json')]);
  }));

  it('reads standard input, and says what is wrong with a format that does not exist', () => inTempFolder(async (dir) => {
    const workspace = join(dir, 'w.db');
    const piped = await ran(0, ['ingest', '-', '--workspace', workspace, '--json'], { input: JSON.stringify(finding(0)) });
    expect(JSON.parse(piped.stdout)).toMatchObject({ files: [{ path: '-', format: 'guardduty', new: 1 }] });
    const file = join(dir, 'a.json');
    writeFileSync(file, JSON.stringify(finding(1)));
    expect((await ingestBad(workspace, file, '--format', 'nonsense')).files[0]?.error).toContain('no format is called nonsense');
    expect(total(workspace, 'findings')).toBe(1);
  }));
});
