import { expect, it } from 'vitest';
import { jobWords } from '../../../renderer/app/job-words.ts';

it.each([
  [{ done: 412, total: 960, unit: 'incidents', rate: 118.4 }, '412 / 960 incidents, 118/s'],
  [{ done: 17_825_792, total: 30_915_133, unit: 'bytes', rate: 5_200_000 }, '18 MB / 31 MB, 5.2 MB/s'],
  [{ done: 3, total: 0, unit: 'pages', rate: 0 }, '3 pages'],
])('%o reads "%s"', (job, words) => expect(jobWords(job)).toBe(words));
