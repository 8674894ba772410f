import { mkdirSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { generate } from '../bench/generate.ts';
import { inTempFolder, parseList, winnow } from './winnow.ts';

/** Enough incidents that other threads help (`electron/host/decide-pool.ts`). */
const FINDINGS = 2_600;

it('decides the same in one thread as in several, and replays all of it', async () => {
  await inTempFolder(async (dir) => {
    const input = join(dir, 'input');
    mkdirSync(input);
    const { findingsDir, contextDir } = generate(input, FINDINGS, 7);
    const one = join(dir, 'one.db'), several = join(dir, 'several.db');
    expect((await winnow(['ingest', '--workspace', one, findingsDir, contextDir])).code).toBe(0);
    copyFileSync(one, several);
    const decided = async (workspace: string, ...more: readonly string[]) => {
      const { incidents } = parseList((await winnow(['triage', '--json', '--workspace', workspace, ...more])).stdout);
      // Which call took how long differs, and each decision has an id of its own.
      return incidents.map(({ incident, triage: { started_at: _, duration_ms: __, ...triage }, validation, route }) => ({ incident, triage, validation, route }));
    };
    const alone = await decided(one, '--concurrency', '1');
    expect(alone.length).toBeGreaterThan(400);
    expect(await decided(several)).toEqual(alone);
    const replay = await winnow(['replay', '--json', '--workspace', several]);
    expect(replay.code).toBe(0);
    expect(JSON.parse(replay.stdout)).toMatchObject({ counts: { decisions: alone.length, identical: alone.length, different: 0 } });
  });
});
