import type { GapState, Piece, PullEvent, Session, Unit } from '../connector.ts';
import { ConnectFailure, isOnlyThisCall, type FailureKind } from '../pace/failure.ts';

/** A unit and how to pull it. `from` is where a cut run stopped inside it (the `next` of its last piece). */
export interface PullTask {
  readonly unit: Unit;
  /** "Not there" is an answer: the product has words for a service that isn't switched on, where nothing of it can exist. Anywhere else it is a gap like any other. */
  readonly mayBeAbsent?: true;
  pull(from: string | undefined): AsyncIterable<Piece>;
}
/** Finds out what there is to pull. It is asked again in a run that goes on, so that the same units come out of it; `unit` names it where it fails. */
export interface FindTask { readonly unit: Unit; readonly mayBeAbsent?: true; find(): Promise<readonly UnitTask[]> }
export type UnitTask = PullTask | FindTask;

/**
 * Pulls units, some at the same time, and passes over what an earlier run has done. A call that is denied, absent or fails is a gap and the others
 * go on; credentials that no longer hold end it, after what has come by then. How many requests run at once is the pace's to decide.
 * @throws ConnectFailure that ends the pull, and bugs.
 */
export async function* runUnits(session: Pick<Session, 'progressOf' | 'signal'>, tasks: readonly UnitTask[], parallel = 6): AsyncGenerator<PullEvent> {
  const todo = [...tasks], events: PullEvent[] = [];
  let known = count(tasks), said = 0, running = 0, ended: { readonly why: Error | undefined } | undefined;
  const sleepers: (() => void)[] = [];
  const wakeAll = (): void => { for (const wake of sleepers.splice(0)) wake(); };
  const until = async (isTrue: () => boolean): Promise<void> => { while (!isTrue()) await new Promise<void>((resolve) => { sleepers.push(resolve); }); };
  const emit = async (event: PullEvent): Promise<void> => {
    events.push(event);
    wakeAll();
    // Whoever takes the pieces sets the speed.
    await until(() => events.length <= parallel || ended !== undefined);
    if (ended !== undefined) throw new ConnectFailure('cancelled', 'the pull has ended');
  };
  const work = async (): Promise<void> => {
    for (;;) {
      await until(() => todo.length > 0 || running === 0 || ended !== undefined);
      const task = ended === undefined ? todo.shift() : undefined;
      if (task === undefined) return;
      running += 1;
      try { await runTask(task, session, emit, (more) => { todo.push(...more); known += count(more); }); } catch (error) { ended ??= { why: error instanceof Error ? error : new Error(String(error)) }; }
      running -= 1;
      wakeAll();
    }
  };
  const workers = Promise.all(Array.from({ length: parallel }, work)).then(() => { ended ??= { why: undefined }; wakeAll(); });
  try {
    for (;;) {
      await until(() => events.length > 0 || ended !== undefined);
      if (said < known) { said = known; yield { type: 'planned', units: known }; }
      const event = events.shift();
      if (event === undefined) break;
      wakeAll();
      yield event;
    }
  } finally {
    ended ??= { why: undefined };
    wakeAll();
    await workers;
  }
  if (ended.why !== undefined) throw ended.why;
}

async function runTask(task: UnitTask, session: Pick<Session, 'progressOf' | 'signal'>, emit: (event: PullEvent) => Promise<void>, add: (more: readonly UnitTask[]) => void): Promise<void> {
  try {
    if (session.signal.aborted) throw new ConnectFailure('cancelled', 'the pull was cancelled');
    if ('find' in task) { add(await task.find()); return; }
    const progress = session.progressOf(task.unit);
    if (progress === 'done') return;
    for await (const piece of task.pull(progress?.next)) await emit({ type: 'piece', unit: task.unit, piece });
  } catch (error) {
    if (!isOnlyThisCall(error)) throw error;
    await emit({ type: 'gap', unit: task.unit, state: gapOf(error.kind, task.mayBeAbsent === true), says: error.says });
  }
}

const count = (tasks: readonly UnitTask[]): number => tasks.filter((task) => 'pull' in task).length;
const gapOf = (kind: FailureKind, mayBeAbsent: boolean): GapState => (kind === 'denied' || (kind === 'absent' && mayBeAbsent) ? kind : 'failed');
