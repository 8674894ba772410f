import { call } from '../../state/bridge.ts';
import { useSession } from './session.ts';

let running: AbortController | undefined;

/** Runs a statement and puts its outcome on the screen; a run that is still going is given up. */
export async function runQuery(text: string, limit: number): Promise<void> {
  const sql = text.trim().replace(/;\s*$/, '');
  if (sql === '') return;
  running?.abort();
  const own = new AbortController();
  running = own;
  const { setOutcome, remember } = useSession.getState();
  const at = new Date().toISOString();
  setOutcome({ kind: 'running', since: Date.now() });
  const result = await call('sql.run', { sql, limit }, own.signal);
  if (running !== own) return;
  running = undefined;
  if (result.ok) {
    setOutcome({ kind: 'answer', answer: { ...result.value, sql, limit } });
    remember({ sql, at, ms: result.value.ms, rows: result.value.rows.length, why: null });
  } else {
    setOutcome({ kind: 'failed', why: result.error.message });
    remember({ sql, at, ms: null, rows: null, why: result.error.message });
  }
}

/** Gives a run up: its answer is not waited for; the engine ends it by itself after 10 s. */
export function stopQuery(): void {
  running?.abort();
  running = undefined;
  useSession.getState().setOutcome({ kind: 'none' });
}
