import { utilityProcess, type UtilityProcess } from 'electron';
import type { ToDesk } from '#electron/host/desk-protocol.ts';
import { ENDED_EARLY } from '#electron/host/query-apart.ts';
import { queryAnswerSchema, type QueryJob } from '#electron/host/query-protocol.ts';

/** SQL statements, each in a process of its own that can be ended whatever it does. With the fuses set, Electron starts none as plain Node, so these are utility processes. */
export function runQueries(entry: string, tell: (message: ToDesk) => void) {
  const running = new Map<number, UtilityProcess>();
  const kill = (id: number): void => {
    const child = running.get(id);
    if (child === undefined) return;
    running.delete(id);
    endNow(child);
  };
  return {
    run(id: number, job: QueryJob): void {
      const child = utilityProcess.fork(entry, [], { serviceName: 'Winnow query', stdio: 'ignore' });
      running.set(id, child);
      child.once('message', (message: unknown) => {
        const answer = queryAnswerSchema.safeParse(message);
        tell(answer.success ? { type: 'query-answer', id, answer: answer.data } : { type: 'query-ended', id, why: 'the query process answered in a way that is not known here' });
      });
      child.once('exit', () => { if (running.delete(id)) tell({ type: 'query-ended', id, why: ENDED_EARLY }); });
      child.postMessage(job);
    },
    kill,
    killAll(): void { for (const id of running.keys()) kill(id); },
  };
}

/** Asking nicely (`kill()` sends SIGTERM) does nothing while the thread is inside SQLite on some systems. */
function endNow(child: UtilityProcess): void {
  const { pid } = child;
  child.kill();
  if (pid === undefined) return;
  try { process.kill(pid, 'SIGKILL'); } catch { /* It is gone already. */ }
}
