import { describe, expect, it } from 'vitest';
import type { Job } from '#shared/rpc/schemas.ts';
import { withJob } from '../../../renderer/state/engine-slice.ts';

const job = (name: string, done: number, finished = false): Job => ({ job: name, done, total: 10, unit: 'files', rate: 1, finished });

describe('running jobs', () => {
  it('adds a new one at the end, replaces a known one in place, drops a finished one', () => {
    const two = withJob(withJob([], job('ingest', 1)), job('replay', 1));
    expect(withJob(two, job('ingest', 5)).map((j) => `${j.job} ${j.done}`)).toEqual(['ingest 5', 'replay 1']);
    expect(withJob(two, job('ingest', 10, true)).map((j) => j.job)).toEqual(['replay']);
  });
});
