import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { A, base, region, type Dump } from '../fixtures/questions/aws-dump.ts';
import { awsSiblings } from '../fixtures/questions/aws-siblings.ts';
import { inTempFolder, winnow } from './winnow.ts';

const reason = z.object({ rule: z.string().min(1), source: z.string(), pointer: z.string(), text: z.string().min(1) });
/** The contract of a line. */
const answerSchema = z.looseObject({
  id: z.string(), answer: z.enum(['yes', 'no', 'unknown']), blocked_by: z.string().optional(), via: z.string().optional(), assumed: z.array(z.string()),
  missing: z.array(z.object({ what: z.string(), entity: z.string(), supply: z.string() })), reasons: z.array(reason),
});

/** Writes a dump in CloudMapper's layout; a file of `undefined` is one that is not there. */
function write(folder: string, files: Dump): void {
  for (const [name, answer] of Object.entries({ ...base, ...files })) {
    if (answer === undefined) continue;
    const path = join(folder, 'account-data', A, region, name.includes('/') ? name : `${name}.json`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify(answer));
  }
}

describe('winnow check questions over AWS dumps', () => {
  it('answers sibling pairs that differ in one fact, each with its reasons', async () => {
    await inTempFolder(async (dir) => {
      const halves = awsSiblings.flatMap(({ fact, question, first, second }, i) => [{ id: `${i}a ${fact}`, folder: `s${i}a`, question, ...first }, { id: `${i}b ${fact}`, folder: `s${i}b`, question, ...second, isSecond: true }]);
      for (const half of halves) write(join(dir, half.folder), half.files);
      const cases = join(dir, 'cases.ndjson');
      writeFileSync(cases, halves.map(({ id, folder, question }) => JSON.stringify({ id, snapshot: folder, ...question })).join('\n'));
      const ran = await winnow(['check', 'questions', '--cases', cases]);
      const answers = ran.stdout.trim().split('\n').map((line) => answerSchema.parse(JSON.parse(line)));
      expect([ran.stderr, ran.code]).toEqual(['', 0]);
      expect(answers.map((a) => `${a.id}: ${a.answer}`)).toEqual(halves.map((h) => `${h.id}: ${h.answer}`));
      const coded = halves.flatMap((h, i) => ('code' in h && h.code !== undefined ? [[`${h.id}: ${h.code}`, `${h.id}: ${answers[i]?.blocked_by ?? ''}`]] : []));
      expect(coded.map(([, got]) => got)).toEqual(coded.map(([want]) => want));
      // A no names what blocks, an unknown what is missing or the condition, a yes its way or its reasons.
      expect(answers.filter((a) => (a.answer === 'no' ? a.blocked_by === undefined : a.answer === 'unknown' ? a.missing.length === 0 && a.blocked_by !== 'CONDITION' : a.reasons.length === 0)).map((a) => a.id)).toEqual([]);
      expect(halves.length).toBeGreaterThanOrEqual(100);
    });
  }, 120_000);
});
