import type { ProcedureName } from '#shared/rpc/contract.ts';
import { call } from './bridge.ts';
import type { CallResult, InputOf, OutputOf } from './calls.ts';
import { refreshReads } from './reads.ts';
import { useStore } from './store.ts';
import type { PendingWrite } from './writes-slice.ts';

/** How long what a review sets free is held before it leaves. */
const HOLD_MS = 10_000;
/** How long after a lost answer a ready engine is asked what became of the write. */
const AGAIN_MS = 300;
let nextKey = 1;

export interface WriteOptions { /** What it does, for the job bar: `Approve INC-2026-0001`. */ readonly label: string; /** The incident that it reviews: lets a lost answer be found out. */ readonly incident?: string }

/**
 * Changes the workspace. A write is never repeated blindly: one that never left waits for the engine; one whose answer was lost is looked up
 * in its incident first, and where that can't tell, a person is asked.
 */
export async function write<N extends ProcedureName>(name: N, input: InputOf<N>, options: WriteOptions): Promise<CallResult<N>> {
  const at = Date.now();
  const result = await call(name, input);
  const { setPending, setTrouble } = useStore.getState();
  if (result.ok) { settled(name, result.value, options); return result; }
  const { kind, message } = result.error;
  if (kind === 'lost' || kind === 'unsure') {
    const entry: PendingWrite = { key: nextKey++, name, input, label: options.label, incident: options.incident ?? null, at, state: kind === 'lost' ? 'waiting' : options.incident === undefined ? 'unsure' : 'checking' };
    setPending((pending) => [...pending, entry]);
    // The engine may be there again before this was known.
    if (useStore.getState().engine.state === 'ready') setTimeout(() => { void resumeWrites(); }, AGAIN_MS);
  } else setTrouble(`${options.label}: ${message}`);
  return result;
}

/** Puts a review into the undo journal and has the screens read anew. */
function settled<N extends ProcedureName>(name: N, value: OutputOf<N>, { label, incident }: WriteOptions): void {
  const { pushUndo, setTrouble } = useStore.getState();
  setTrouble(null);
  const reviewId = typeof value === 'object' && value !== null && 'review_id' in value ? value.review_id : null;
  if (typeof reviewId === 'number' && name !== 'review.undo') pushUndo({ reviewId, label, incident: incident ?? '', until: Date.now() + HOLD_MS });
  refreshReads((read) => !read.startsWith('sql.') && !read.startsWith('graph.'));
}

/** Goes through the writes without an answer, once the engine is there again. */
export function resumeWrites(): Promise<void> {
  // One at a time: two would both find a write undone, and do it twice.
  resuming ??= resumeAll().finally(() => { resuming = undefined; });
  return resuming;
}

let resuming: Promise<void> | undefined;
/** Writes may come to be without an answer while others are looked up; what still has none then waits for the next time. */
const ROUNDS = 3;

async function resumeAll(): Promise<void> {
  for (let round = 0; round < ROUNDS && useStore.getState().engine.state === 'ready'; round++) {
    for (const entry of useStore.getState().pending) {
      if (entry.state === 'waiting') await sendAgain(entry);
      else if (entry.state === 'checking') await lookUp(entry);
    }
  }
}

/** Sends a write again: it never left, it is known not to have happened, or a person said so. */
export async function sendAgain(entry: PendingWrite): Promise<void> {
  dropPending(entry.key);
  await write(entry.name, entry.input as InputOf<ProcedureName>, { label: entry.label, ...(entry.incident !== null && { incident: entry.incident }) });
}

export function dropPending(key: number): void { useStore.getState().setPending((pending) => pending.filter((other) => other.key !== key)); }

/** Did the review happen? Its incident's history says so: the engine writes a review and its effects as one. */
async function lookUp(entry: PendingWrite): Promise<void> {
  const found = await call('incident.get', { id: entry.incident ?? '' });
  if (!found.ok) {
    // Split and merge may leave no incident of that name; a person decides.
    if (found.error.kind === 'failed') useStore.getState().setPending((pending) => pending.map((other) => (other.key === entry.key ? { ...other, state: 'unsure' } : other)));
    return;
  }
  const action = entry.name.slice('review.'.length).replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  // Clocks of engine and window are one machine's; a second of slack covers rounding.
  const review = found.value.reviews.find((r) => r.action === action && Date.parse(r.at) >= entry.at - 1000);
  if (review === undefined) return sendAgain(entry);
  dropPending(entry.key);
  useStore.getState().pushUndo({ reviewId: review.review_id, label: entry.label, incident: entry.incident ?? '', until: Date.parse(review.at) + HOLD_MS });
  refreshReads();
}

/** Takes the last review of this window back. */
export async function undoLast(): Promise<void> {
  const last = useStore.getState().undo.at(-1);
  if (last !== undefined) await undoReview(last.reviewId, last.label);
}

/** Takes a review back, also one from before this window; the engine refuses what can't be undone, and says why. */
export async function undoReview(reviewId: number, label: string): Promise<void> {
  const { preferences, dropUndo } = useStore.getState();
  dropUndo(reviewId);
  await write('review.undo', { review_id: reviewId, by: preferences.reviewer }, { label: `Undo: ${label}` });
}
