import Database from 'better-sqlite3';
import { execFileSync } from 'node:child_process';
import { closeSync, cpSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { inTempFolder, ROOT, winnow, type Ran } from './winnow.ts';
import { ingestReportSchema, ran, rows, tamper } from './workspace.ts';

const EXAMPLES = join(ROOT, 'resources', 'examples');
const guardduty = z.array(z.record(z.string(), z.unknown())).parse(JSON.parse(readFileSync(join(EXAMPLES, 'findings', 'guardduty.json'), 'utf8')));
const finding = (n: number): Record<string, unknown> => guardduty[n] ?? {};
const errorSchema = z.strictObject({ error: z.string() });

/** The one `{"error"}` document of a failed command, whose text is also on stderr. */
function errorOf(result: Ran): string {
  const { error } = errorSchema.parse(JSON.parse(result.stdout));
  expect(result.stderr).toContain(error);
  return error;
}
const failing = async (code: number, ...args: readonly string[]): Promise<string> => errorOf(await ran(code, [...args, '--json']));
const total = (workspace: string, table: string): unknown => rows(workspace, `SELECT count(*) AS n FROM ${table}`)[0]?.['n'];

describe('workspaces that are refused with exit 3 and stay as they are', () => {
  const commands = [['triage'], ['ingest', join(EXAMPLES, 'findings')], ['query', 'SELECT 1'], ['audit', 'verify'], ['show', 'INC-2026-0001']];
  const expectRefused = async (file: string, why: RegExp): Promise<void> => {
    const before = readFileSync(file);
    for (const command of commands) {
      const error = await failing(3, ...command, '--workspace', file);
      expect(error).toContain(file);
      expect(error).toMatch(why);
    }
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(existsSync(`${file}-lock`)).toBe(false);
  };
  const make = async (dir: string): Promise<string> => {
    const file = join(dir, 'w.db');
    await ran(0, ['ingest', join(EXAMPLES, 'findings'), '--workspace', file]);
    return file;
  };

  it('one of a newer version', () => inTempFolder(async (dir) => {
    const file = await make(dir), newer = join(dir, 'newer.db');
    cpSync(file, newer);
    tamper(newer, 'PRAGMA user_version = 4711');
    await expectRefused(newer, /newer Winnow \(workspace version 4711, this one knows \d+\).*not touched/);
  }));
  it('a database of another program, a text, and a folder', () => inTempFolder(async (dir) => {
    const foreign = join(dir, 'foreign.db'), text = join(dir, 'notes.txt');
    const db = new Database(foreign);
    db.exec('CREATE TABLE notes (x); PRAGMA user_version = 1');
    db.close();
    writeFileSync(text, 'not a database at all\n'.repeat(1000));
    await expectRefused(foreign, /not a Winnow workspace.*not touched/);
    await expectRefused(text, /not a SQLite file/);
    expect(await failing(3, 'incidents', '--workspace', dir)).toContain(dir);
    expect(await failing(3, 'incidents', '--workspace', join(dir, 'none.db'))).toContain('no such workspace');
    expect(await failing(3, 'query', 'SELECT 1', '--workspace', join(dir, 'none.db'))).toContain('no such workspace');
    expect(existsSync(join(dir, 'none.db'))).toBe(false);
  }));
  it('one with a damaged header, damaged pages, or cut off', () => inTempFolder(async (dir) => {
    const file = await make(dir);
    const damaged = (name: string, at: number, bytes: number): string => {
      const copy = join(dir, name);
      cpSync(file, copy);
      const handle = openSync(copy, 'r+');
      writeSync(handle, Buffer.alloc(bytes, 0xa5), 0, bytes, at);
      closeSync(handle);
      return copy;
    };
    const refused = async (copy: string, why: RegExp): Promise<void> => {
      const before = readFileSync(copy);
      for (const command of [['incidents'], ['ingest', join(EXAMPLES, 'findings')]]) expect(await failing(3, ...command, '--workspace', copy)).toMatch(why);
      expect(readFileSync(copy).equals(before)).toBe(true);
    };
    await refused(damaged('magic.db', 0, 16), /magic\.db can't be opened: .*damaged header/);
    await refused(damaged('header.db', 16, 8), /header\.db can't be opened: the file is damaged [^]*restore it/);
    await refused(damaged('page.db', 4096 * 40, 4096 * 60), /page\.db can't be opened: the file is damaged [^]*restore it/);
    const cut = join(dir, 'cut.db');
    cpSync(file, cut);
    truncateSync(cut, Math.floor(statSync(cut).size / 8192) * 4096);
    await refused(cut, /cut\.db can't be opened: the file is damaged [^]*restore it/);
  }));
  it('one that another Winnow has open', () => inTempFolder(async (dir) => {
    const file = await make(dir);
    const lock = new Database(`${file}-lock`);
    lock.exec('BEGIN EXCLUSIVE');
    try {
      expect(await failing(3, 'triage', '--workspace', file)).toMatch(/w\.db is in use by another Winnow/);
      // Reading beside the writer is fine.
      await ran(0, ['query', 'SELECT count(*) FROM findings', '--workspace', file]);
    } finally { lock.close(); }
    const both = await Promise.all([1, 2].map(() => winnow(['ingest', EXAMPLES, '--workspace', file, '--json'])));
    // Whoever comes second is turned away or, should the first be done, finds everything known.
    expect(both.map((r) => r.code).filter((code) => code !== 1 && code !== 3)).toEqual([]);
    expect(both.some((r) => r.code === 1)).toBe(true);
    expect(rows(file, 'SELECT sha256 FROM raw_files GROUP BY sha256, format HAVING count(*) > 1')).toEqual([]);
  }));
});

describe('policies: all of it or nothing', () => {
  const good = readFileSync(join(EXAMPLES, 'policy.yaml'), 'utf8');
  const bomb = `a: &a [x, x, x, x, x, x, x, x, x, x]\n${'bcdefghij'.split('').map((c, i) => `${c}: &${c} [${Array.from({ length: 10 }, () => `*${'abcdefghi'[i]}`).join(', ')}]`).join('\n')}\n`;
  /** Where a part of a text begins. */
  const placeOf = (text: string, part: string): string => { const before = text.slice(0, text.indexOf(part)).split('\n'); return `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`; };
  const lineOf = (text: string, part: string): string => placeOf(text, part).split(',')[0] ?? '';
  const unknownField = good.replace('{id: secops, active: true,', '{id: secops, active: true, slack: "#x",');
  const badRule = good.replace('confidence > 0.9 AND exposure_confirmed', 'confidence >> 0.9 AND exposure_confirmed');
  const exactly = (position: string): RegExp => new RegExp(`^${position}$`);
  const cases: readonly (readonly [string, string, RegExp, RegExp])[] = [
    ['an unknown owner field', unknownField, exactly(placeOf(unknownField, 'slack:')), /owners\[7\].*unknown field "slack"/],
    ['a rule that does not parse', badRule, new RegExp(`^${lineOf(badRule, 'confidence >>')}, column \\d+$`), /routing_rules\[1\].*(column|position|character|at) *\d+/i],
    ['a rule with an unknown word', good.replace('touches_iam OR', 'touches_moon OR'), /^line \d+, column \d+$/, /routing_rules\[2\].*touches_moon/],
    ['a key twice', `${good}\ncrown_jewels: []\n`, /^line \d+, column \d+$/, /unique/i],
    ['an unknown top-level key', `${good}\nownerz: []\n`, exactly(placeOf(`${good}\nownerz: []\n`, 'ownerz')), /unknown field "ownerz"/],
    ['a bomb of aliases', `owners: []\n${bomb}`, /^line \d+$/, /alias/i],
    ['broken YAML', 'owners: [{id: a\n', /^line \d+, column \d+$/, /./],
    ['a wrong date', good.replace('expires: 2027-06-30', 'expires: soon'), exactly(placeOf(good, 'expires: 2027')), /"soon" is no date/],
    ['an owner twice', good.replace('id: secops', 'id: platform-team'), /^line \d+, column \d+$/, /already names owner platform-team/],
    ['a list instead of a map', '- owners\n- accounts\n', /^line \d+, column \d+$/, /./],
  ];
  const dir = mkdtempSync(join(tmpdir(), 'winnow-test-')), workspace = join(dir, 'w.db'), file = join(dir, 'policy.yaml');
  const inForce = async (): Promise<string> => (await ran(0, ['policy', 'show', '--workspace', workspace, '--json'])).stdout;
  let before = '';
  beforeAll(async () => {
    await ran(0, ['policy', 'import', join(EXAMPLES, 'policy.yaml'), '--workspace', workspace]);
    before = await inForce();
  }, 120_000);
  afterAll(() => { rmSync(dir, { recursive: true, force: true }); });
  it.each(cases)('refuses %s with its position and keeps the one in force', async (_, text, position, why) => {
    writeFileSync(file, text);
    const report = z.object({ path: z.literal(file), quarantined: z.array(z.object({ position: z.string(), why: z.string() })).min(1) }).parse(JSON.parse((await ran(1, ['policy', 'import', file, '--workspace', workspace, '--json'])).stdout));
    expect(report.quarantined[0]?.position).toMatch(position);
    expect(report.quarantined[0]?.why).toMatch(why);
    expect(await inForce()).toBe(before);
    expect(total(workspace, 'policies')).toBe(1);
  });
  it('says so in text, and leaves an unbroken log', async () => {
    writeFileSync(file, unknownField);
    const { stdout } = await ran(1, ['policy', 'import', file, '--workspace', workspace]);
    expect(stdout).toContain(`${file} was not imported; the policy in force stays`);
    expect(stdout).toContain(`${placeOf(unknownField, 'slack:')}: owners[7]: unknown field "slack"`);
    await ran(0, ['audit', 'verify', '--workspace', workspace]);
  });
  it('refuses one that is missing, a folder or a pipe, and does not wait for it', () => inTempFolder(async (dir) => {
    const workspace = join(dir, 'w.db'), pipe = join(dir, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(await failing(1, 'policy', 'import', join(dir, 'none.yaml'), '--workspace', workspace)).toMatch(/none\.yaml: no such file/);
    expect(await failing(1, 'policy', 'import', dir, '--workspace', workspace)).toContain('not a regular file');
    expect(await failing(1, 'policy', 'import', pipe, '--workspace', workspace)).toContain('not a regular file');
  }));
  it('names the policy among the files of an import, and takes the rest', () => inTempFolder(async (dir) => {
    const folder = join(dir, 'in'), workspace = join(dir, 'w.db');
    mkdirSync(folder);
    writeFileSync(join(folder, 'policy.yaml'), unknownField);
    writeFileSync(join(folder, 'a.json'), JSON.stringify(finding(0)));
    const { files } = ingestReportSchema.parse(JSON.parse((await ran(1, ['ingest', folder, '--workspace', workspace, '--json'])).stdout));
    expect(files.map((f) => [f.format, f.new, f.quarantined.length])).toEqual([['winnow-policy', 0, 1], ['guardduty', 1, 0]]);
    expect(total(workspace, 'policies')).toBe(0);
  }));
});

describe('the command line itself', () => {
  it.each([
    [['frobnicate'], 'there is no command "frobnicate"'], [['triage', '--frob'], "'--frob'"], [['triage', '--as-of'], "'--as-of"], [['ingest'], 'PATH… or - is missing'], [['show'], 'ID is missing'], [['show', 'a', 'b'], '"b" is too much'],
    [['triage', 'x'], '"x" is too much'], [['policy'], 'policy'], [['policy', 'frob'], 'policy'], [['audit'], 'audit'], [['incidents', '--limit', 'many'], '--limit takes a number'], [['incidents', '--limit', '0'], '--limit takes a number'], [['incidents', '--decision', 'maybe'], '--decision takes resolve_now, ticket, defer or needs_human_review, not "maybe"'], [['incidents', '--by', 'colour'], '--by takes issue, entity, type, owner, account or environment'], [['incidents', '--by', 'issue,issue'], 'each once'], [['incidents', '--missing', '--decision', 'ticket'], '--missing counts over all that wait: it goes without --decision'], [['triage', '--as-of', 'soon'], '--as-of takes a time'], [['triage', '--concurrency', '65'], '--concurrency takes a number from 1 to 64'], [['triage', '--engine', 'x'], '--engine takes auto, rules or agent'], [['override', 'INC-1', '--decision', 'defer', '--priority', 'P9', '--reason', 'other', '--note', 'n', '--by', 'd'], '--priority takes'], [['override', 'INC-1', '--decision', 'defer', '--priority', 'P4', '--reason', 'other', '--note', 'n', '--by', 'd', '--expires', 'yesterday'], '--expires takes a date'], [['incidents', '--limit', '1', '--limit', '2'], '--limit stands there twice'], [['graph', 'x', '--depth', '99'], '--depth takes 1 to 6'], [['query'], 'is missing'], [['query', 'SELECT 1', '--limit', '0'], '--limit takes'],
    [['merge', 'INC-1'], 'is missing'], [['split', 'INC-1'], '--finding is missing'], [['answer', 'INC-1', '--claim', 'x'], '--value is missing'], [['incidents', '--json=yes'], "'--json'"],
  ])('ends with 2 for %j', (args, why) => inTempFolder(async (dir) => {
    const plain = await ran(2, args, { cwd: dir });
    expect({ stdout: plain.stdout, told: plain.stderr.includes(why) ? why : plain.stderr }).toEqual({ stdout: '', told: why });
    expect(plain.stderr).toMatch(/winnow help/);
    // Nothing was made on the way.
    expect(readdirSync(dir)).toEqual([]);
  }));
  it('takes what every command takes before its name as well', () => inTempFolder(async (dir) => {
    const workspace = join(dir, 'w.db');
    await ran(0, ['--workspace', workspace, 'ingest', join(EXAMPLES, 'findings')]);
    expect(JSON.parse((await ran(0, ['--json', `--workspace=${workspace}`, 'incidents'])).stdout)).toMatchObject({ counts: { incidents: 0 } });
    expect((await ran(2, ['--workspace', workspace])).stderr).toContain('there is no command "--workspace"');
  }));
  it('prints one document with --json also when it ends with 1, 2 or 3', () => inTempFolder(async (dir) => {
    const workspace = join(dir, 'w.db');
    await ran(0, ['ingest', join(EXAMPLES, 'findings'), '--workspace', workspace]);
    for (const [code, ...args] of [
      [1, 'show', 'INC-1'], [1, 'approve', 'INC-1'], [2, 'triage', '--as-of', 'soon'], [1, 'graph', 'arn:none'], [1, 'query', 'SELEC'], [1, 'replay', 'INC-1'],
      [1, 'merge', 'INC-1', 'INC-2'], [2, 'frobnicate'], [2, 'show'],
    ] as const) expect(await failing(code, ...args, '--workspace', workspace)).not.toBe('');
    expect(await failing(2, 'incidents', '--decision', 'maybe', '--workspace', workspace)).toContain('--decision takes');
  }));
});
