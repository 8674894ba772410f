import { formatTime } from '#shared/lib/time.ts';
import type { App } from '../create-app.ts';

/** That a decision was looked at again and stands: when (the start of the run that did), and the time that ages were measured against. */
export interface Checked { readonly at: string; readonly as_of: string }

/** When a decision was last found to hold after it was made; null where it was not, or where it is a person's. */
export function checkedAgain(app: App, key: string, decision: { readonly decision_id: string; readonly run_id: string } | undefined): Checked | null {
  const latest = decision && app.tables.latest.get(key);
  if (latest === undefined || latest.decision_id !== decision?.decision_id || latest.run_id === decision.run_id) return null;
  const run = app.tables.runs.get(latest.run_id);
  return run === undefined ? null : { at: formatTime(run.started_us), as_of: formatTime(run.as_of_us) };
}
