import type { AgentStep } from '#shared/model/agent.ts';
import type { EngineEvent, Job } from '#shared/rpc/schemas.ts';
import type { Slice } from './slice.ts';

/** Steps that are kept for whoever watches; the whole of it is on the tape. */
const MOST_STEPS = 400;
export type EngineState = 'connecting' | 'ready' | 'lost' | 'restarting' | 'no_session';
export interface EngineSlice {
  readonly engine: { readonly state: EngineState; readonly why: string | null };
  readonly jobs: readonly Job[];
  /** What the agent did last, newest at the end. */
  readonly steps: readonly AgentStep[];
  setEngine: (state: EngineState, why?: string) => void;
  takeJob: (job: Job) => void;
  takeStep: (step: AgentStep) => void;
}

export const engineSlice: Slice<EngineSlice> = (set) => ({
  engine: { state: 'connecting', why: null },
  jobs: [],
  steps: [],
  setEngine: (state, why) => set({ engine: { state, why: why ?? null }, ...(state !== 'ready' && { jobs: [] }) }),
  // What was decided is recorded by then, and what was cancelled is of no use.
  takeJob: (job) => set(({ jobs }) => ({ jobs: withJob(jobs, job), ...(job.finished && job.job === 'triage' && { steps: [] }) })),
  // Only the newest look at what an incident's model writes is of use, and none once it has answered.
  takeStep: (step) => set(({ steps }) => ({ steps: [...steps.filter((s) => s.kind !== 'writing' || s.incident !== step.incident), step].slice(-MOST_STEPS) })),
});

/** The running jobs after one report: a finished one leaves, a known one is replaced in place. */
export function withJob(jobs: readonly Job[], job: Job): readonly Job[] {
  if (job.finished) return jobs.filter((known) => known.job !== job.job);
  return jobs.some((known) => known.job === job.job) ? jobs.map((known) => (known.job === job.job ? job : known)) : [...jobs, job];
}

export type { EngineEvent };
