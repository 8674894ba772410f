import type { PartGap } from '../connector.ts';
import { isOnlyThisCall, type ConnectFailure } from '../pace/failure.ts';

/** If these first few are all denied, so are the others. */
const TRIED_FIRST = 3;

/** What came of asking about things one by one. */
export interface Asked<A> {
  /** By the things' places; undefined for one that could not be asked about. */
  readonly answers: readonly (A | undefined)[];
  /** Each subject that could not be asked about, in the things' order: `denied`, or `failed` for everything else. */
  readonly gaps: readonly PartGap[];
  /** The first refusal where the first things were all denied: the others were not asked about, and are gaps with its words. */
  readonly allDenied: ConnectFailure | undefined;
}

/**
 * Asks about each of many things, as many at once as the pace lets through. One that can't be asked about hides no other.
 * @param subjectsOf what a thing is called in a gap; several names for a thing that stands for several.
 * @param first how many are tried before the others.
 * @throws ConnectFailure that ends the pull, and bugs.
 */
export async function askEach<T, A>(things: readonly T[], subjectsOf: (thing: T) => readonly string[], ask: (thing: T) => Promise<A>, first = TRIED_FIRST): Promise<Asked<A>> {
  const askSome = (some: readonly T[]) => Promise.all(some.map(async (thing): Promise<{ readonly answer: A } | { readonly why: ConnectFailure }> => {
    try { return { answer: await ask(thing) }; } catch (error) {
      if (!isOnlyThisCall(error)) throw error;
      return { why: error };
    }
  }));
  const tried = await askSome(things.slice(0, first));
  const refusals = tried.flatMap((one) => ('why' in one && one.why.kind === 'denied' ? [one.why] : []));
  const allDenied = refusals.length === tried.length ? refusals[0] : undefined;
  const all = allDenied === undefined ? [...tried, ...await askSome(things.slice(first))] : things.map((_, i) => tried[i] ?? { why: allDenied });
  const gaps = all.flatMap((one, i) => {
    const thing = things[i];
    return 'answer' in one || thing === undefined ? [] : subjectsOf(thing).map((subject): PartGap => ({ subject, state: one.why.kind === 'denied' ? 'denied' : 'failed', says: one.why.says }));
  });
  return { answers: all.map((one) => ('answer' in one ? one.answer : undefined)), gaps, allDenied };
}
