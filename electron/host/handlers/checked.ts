import { formatTime } from '#shared/lib/time.ts';
import type { App } from '../create-app.ts';

/** That a decision was looked at again and stands: when (the start of the run that did), and the time that ages were measured against. */
export interface Checked { readonly at: string; readonly as_of: string }

interface Recorded { readonly decision_id: string; readonly run_id: string; readonly as_of_us: number }

/** When a decision was last found to hold after it was made; null where it was not, or where it is a person's. */
export function checkedAgain(app: App, key: string, decision: Recorded | undefined): Checked | null {
  const run = decision && laterRun(app, key, decision);
  return run === undefined ? null : { at: formatTime(run.started_us), as_of: formatTime(run.as_of_us) };
}

/** The newest time for which a decision is known to hold, microseconds UTC: that of its own run, or of the last one that checked it. */
export const holdsAsOf = (app: App, key: string, decision: Recorded): number => laterRun(app, key, decision)?.as_of_us ?? decision.as_of_us;

function laterRun(app: App, key: string, decision: Recorded) {
  const latest = app.tables.latest.get(key);
  return latest === undefined || latest.decision_id !== decision.decision_id || latest.run_id === decision.run_id ? undefined : app.tables.runs.get(latest.run_id);
}
