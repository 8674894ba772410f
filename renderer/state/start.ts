import type { ProcedureName } from '#shared/rpc/contract.ts';
import { startBridge } from './bridge.ts';
import { refreshReads } from './reads.ts';
import { useStore } from './store.ts';
import { resumeWrites } from './writes.ts';

let waiting: ReturnType<typeof setTimeout> | undefined;

/** Reads anew after changes; many in a row (an import) cost one read. */
function refreshSoon(): void {
  waiting ??= setTimeout(() => { waiting = undefined; refreshReads((name: ProcedureName) => name !== 'sql.run'); }, 150);
}

/** Connects the store to the engine for as long as the page lives. */
export function startState(): void {
  const { setEngine, takeJob, takeStep } = useStore.getState();
  void startBridge({
    onEngine(state, why) {
      const before = useStore.getState().engine.state;
      setEngine(state, why);
      if (state === 'ready' && before !== 'ready') { refreshReads(); void resumeWrites(); }
    },
    onEvent(event) {
      if (event.type === 'job') { takeJob(event.job); if (event.job.finished) refreshSoon(); }
      else if (event.type === 'step') { takeStep(event.step); if (event.step.kind === 'decided') refreshSoon(); }
      else if (event.type === 'changed') refreshSoon();
    },
  });
}
