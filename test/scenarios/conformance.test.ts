import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { awsAfterApply } from './conformance/aws-after-apply.ts';
import { awsPlaces } from './conformance/aws-places.ts';
import { azure } from './conformance/azure.ts';
import { escalations } from './conformance/escalations.ts';
import { google } from './conformance/google.ts';
import { kubernetesWays } from './conformance/kubernetes-ways.ts';
import { networkPolicies } from './conformance/network-policies.ts';
import { rbac } from './conformance/rbac.ts';
import type { Suite } from './conformance/suite.ts';
import { inTempFolder, winnow } from './winnow.ts';

const suites: readonly Suite[] = [networkPolicies, rbac, kubernetesWays, escalations, google, azure, awsAfterApply, awsPlaces];
const answerSchema = z.looseObject({ id: z.string(), blocked_by: z.string().optional(), answer: z.enum(['yes', 'no', 'unknown']), assumed: z.array(z.string()), missing: z.array(z.unknown()), reasons: z.array(z.unknown()) });

/** What others' conformance tests and vendors' documentation say, asked of the whole product: folders in, answers out. */
describe('what third parties’ conformance tests say', () => {
  it.each(suites)('$name', async ({ estates }) => {
    await inTempFolder(async (dir) => {
      const cases = estates.flatMap(({ name, files, rows }, i) => {
        for (const [file, content] of Object.entries(files)) {
          const path = join(dir, `e${i}`, file);
          mkdirSync(dirname(path), { recursive: true });
          writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
        }
        return rows.map(({ ask, expected, assumed }) => ({ id: `${name}: ${Object.values(ask).join(' ')}`, snapshot: `e${i}`, expected, assumed, ...ask }));
      });
      writeFileSync(join(dir, 'cases.ndjson'), cases.map((c) => JSON.stringify({ ...c, expected: undefined, assumed: undefined })).join('\n'));
      const ran = await winnow(['check', 'questions', '--cases', join(dir, 'cases.ndjson')]);
      const answers = ran.stdout.trim().split('\n').map((line) => answerSchema.parse(JSON.parse(line)));
      expect([ran.stderr, ran.code]).toEqual(['', 0]);
      expect(answers.map((a) => `${a.id}: ${a.answer}`)).toEqual(cases.map((c) => `${c.id}: ${c.expected}`));
      expect(answers.filter((a) => (a.answer === 'unknown' ? a.missing.length === 0 && a.blocked_by !== 'CONDITION' : a.reasons.length === 0)).map((a) => a.id)).toEqual([]);
      expect(cases.filter((c, i) => c.assumed !== undefined && answers[i]?.assumed.includes(c.assumed) !== true).map((c) => c.id)).toEqual([]);
      expect(cases.length).toBeGreaterThanOrEqual(40);
    });
  }, 300_000);
});
