import { str } from '#shared/lib/json.ts';
import { ConnectFailure } from '../pace/failure.ts';

/** Where a list goes on; a server that gives the place where we are already would be asked for ever. An empty token is the end (Google's and Kubernetes' lists). @throws ConnectFailure `bad_answer` */
export function nextPage(token: unknown, at: string | undefined, what: string): string | undefined {
  const next = str({ token }, 'token');
  if (next !== undefined && next === at) throw new ConnectFailure('bad_answer', `${what} goes on where it is already`);
  return next;
}
