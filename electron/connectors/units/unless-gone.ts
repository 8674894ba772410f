import { ConnectFailure } from '../pace/failure.ts';

/** An answer about a thing that a list has named; undefined for one that was deleted since. @throws ConnectFailure for everything else. */
export async function unlessGone<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try { return await ask(); } catch (error) {
    if (error instanceof ConnectFailure && error.kind === 'absent') return undefined;
    throw error;
  }
}
