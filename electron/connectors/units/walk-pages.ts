import { str } from '#shared/lib/json.ts';
import { ConnectFailure } from '../pace/failure.ts';

/**
 * Watches where one list goes on. What leads back to where it was, at once or over other pages, would be asked for ever.
 * @param from where the list begins or a cut run goes on.
 * @returns for a page's token the next place; undefined at the end (an empty token is one in Google's and Kubernetes' lists). It throws ConnectFailure `bad_answer`.
 */
export function watchPages(what: string, from: string | undefined): (token: unknown) => string | undefined {
  const been = new Set(from === undefined ? [] : [from]);
  return (token) => {
    const next = str({ token }, 'token');
    if (next === undefined) return undefined;
    if (been.has(next)) throw new ConnectFailure('bad_answer', `${what} goes on where it has been already`);
    been.add(next);
    return next;
  };
}

/**
 * All pages of a list, one after the other, each with where the next one is.
 * @param ask one page at a place; `next` is the token as the answer has it.
 * @throws ConnectFailure of `ask`, and `bad_answer` for pages that go round in a circle.
 */
export async function* walkPages<T extends { readonly next: unknown }>(what: string, from: string | undefined, ask: (at: string | undefined) => Promise<T>): AsyncGenerator<Omit<T, 'next'> & { readonly next: string | undefined }> {
  const follow = watchPages(what, from);
  for (let at = from; ;) {
    const page = await ask(at);
    at = follow(page.next);
    yield { ...page, next: at };
    if (at === undefined) return;
  }
}

/**
 * Everything on all pages of a list.
 * @param ask one page at a place, with what is on it; `next` is the token as the answer has it.
 * @throws ConnectFailure as walkPages.
 */
export async function allPages<T>(what: string, ask: (at: string | undefined) => Promise<{ readonly rows: readonly T[]; readonly next: unknown }>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const { rows } of walkPages(what, undefined, ask)) found.push(...rows);
  return found;
}
