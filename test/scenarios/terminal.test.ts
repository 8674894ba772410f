import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { inTempFolder, ROOT, winnow } from './winnow.ts';

/** A window's title, a colour by the 7-bit and by the 8-bit sequence, text that runs backwards, and a line of its own. */
const HOSTILE = '\u001b]0;owned\u0007\u001b[31m\u009b32m\u202E\nwinnow: all is well';
const guardduty = z.array(z.record(z.string(), z.unknown())).parse(JSON.parse(readFileSync(join(ROOT, 'resources', 'examples', 'findings', 'guardduty.json'), 'utf8')));

it('never gives a terminal what a file\'s name or content says to it, in text or JSON', { timeout: 180_000 }, () => inTempFolder(async (dir) => {
  const folder = join(dir, `in${HOSTILE}`), workspace = join(dir, 'w.db');
  mkdirSync(folder);
  writeFileSync(join(folder, 'a.json'), JSON.stringify([{ ...guardduty[0], title: HOSTILE, region: HOSTILE, description: HOSTILE }]));
  writeFileSync(join(folder, `b${HOSTILE}.txt`), 'not known');
  writeFileSync(join(folder, `c${HOSTILE}.yaml`), 'owners: 7\n');
  const query = ['query', `SELECT path, title, '${HOSTILE}' AS "x${HOSTILE}" FROM findings, raw_files`];
  const commands = [
    ['ingest', folder, join(dir, `none${HOSTILE}`)], ['policy', 'import', join(folder, `c${HOSTILE}.yaml`)], ['triage'], ['show', 'INC-2026-0001'], ['trace', 'INC-2026-0001'], query, ['graph', HOSTILE], [HOSTILE],
    ['ingest', folder, '--json'], ['show', 'INC-2026-0001', '--json'], [...query, '--json'], ['incidents', '--json'],
  ];
  for (const command of commands) {
    const { stdout, stderr } = await winnow([...command, '--workspace', workspace]);
    expect({ command, steering: /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.exec(`${stdout}${stderr}`)?.[0] ?? null }).toEqual({ command, steering: null });
    // Nor does a line of it pass for one of ours.
    expect(stdout).not.toMatch(/^winnow: all is well/m);
    expect(command.includes('--json') ? typeof JSON.parse(stdout) : 'object').toBe('object');
  }
  const { stdout } = await winnow(['query', "SELECT title FROM findings WHERE title LIKE '%owned%'", '--workspace', workspace, '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ rows: [{ title: HOSTILE }] });
}));
