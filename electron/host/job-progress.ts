import type { Job } from '#shared/rpc/schemas.ts';
import type { Progress } from './engine-protocol.ts';

/** While a job runs, screens are told at most this often to look again. */
const LOOK_AGAIN_MS = 1000;
/** A rate over less than this is noise. */
const SHORTEST_MS = 50;

/** Turns what a thread reports into jobs with a rate (units a second since the job began), and ends them when their request is answered. */
export function jobProgress(emit: (job: Job) => void) {
  const running = new Map<string, { readonly startedMs: number; readonly first: number; last: Job }>();
  let lookedMs = 0;
  return {
    report(progress: Progress): void {
      const nowMs = performance.now();
      const before = running.get(progress.job);
      // A job that begins anew (the next file) starts its rate anew.
      const known = before && progress.done >= before.last.done ? before : undefined;
      const elapsed = known ? nowMs - known.startedMs : 0;
      const rate = known && elapsed >= SHORTEST_MS ? Math.round(((progress.done - known.first) / elapsed) * 1000) : 0;
      const job: Job = { ...progress, rate, finished: false };
      if (known) known.last = job; else running.set(progress.job, { startedMs: nowMs, first: progress.done, last: job });
      emit(job);
    },
    finish(): void {
      for (const { last } of running.values()) emit({ ...last, finished: true });
      running.clear();
    },
    isDue(): boolean {
      const nowMs = performance.now();
      if (nowMs - lookedMs < LOOK_AGAIN_MS) return false;
      lookedMs = nowMs;
      return true;
    },
  };
}
