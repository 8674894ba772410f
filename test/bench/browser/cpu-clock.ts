import { readFileSync } from 'node:fs';
import type { CDPSession, Page } from 'playwright';

/** Processor time spent since the start: of the page's main thread, and of the engine's process. Unlike the clock on the wall it hardly knows of others on the machine. */
export interface CpuClock { read(): Promise<{ readonly page: number; readonly engine: number | undefined }> }

/** Milliseconds a tick of /proc: the usual 100 Hz. */
const TICK_MS = 10;

export async function startCpuClock(page: Page, enginePid: number): Promise<CpuClock> {
  const session = await page.context().newCDPSession(page);
  // Thread ticks, not wall time.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return { read: async () => ({ page: await pageCpu(session), engine: processCpu(enginePid) }) };
}

async function pageCpu(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000;
}

/** User and system time of a process with all its threads; undefined where there is no /proc. */
function processCpu(pid: number): number | undefined {
  try {
    // The name in parentheses may hold anything; utime and stime are fields 14 and 15.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch { return undefined; /* no such file outside of Linux: the figure is left out */ }
}
