import { MICROS_PER_DAY } from '#shared/lib/time.ts';
import type { App } from './create-app.ts';

/** The newest time in any imported data: against it age is measured. Times more than a day ahead of the clock are taken for wrong clocks. */
export function newestUs(app: App): number {
  const until = app.now() + MICROS_PER_DAY;
  const times = [app.tables.findings.newestUs(until), app.tables.events.newestUs(until), app.tables.nodes.newestUs(until)].filter((t) => t !== undefined);
  return times.length > 0 ? Math.max(...times) : app.now();
}
