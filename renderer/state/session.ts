import { z } from 'zod';
import { type Result, err, ok } from '#shared/lib/result.ts';

const KEY = 'winnow.session';
const answerSchema = z.object({ session: z.string().min(1) });

export const sessionHeader = (session: string): Record<string, string> => ({ 'x-winnow-session': session });

/**
 * The secret of this tab's session with the browser mode. The one-time token of the link is exchanged for it and leaves the address bar;
 * the secret lives as long as the tab.
 * @returns the secret; `no_session` when the link has been used or is missing; else what failed
 */
export async function openSession(): Promise<Result<string>> {
  const token = new URLSearchParams(location.search).get('token');
  const known = sessionStorage.getItem(KEY);
  if (token === null) return known === null ? err('no_session') : ok(known);
  try {
    const response = await fetch('/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token }) });
    if (response.status === 401 || response.status === 403) return known === null ? err('no_session') : ok(known);
    const answer = answerSchema.safeParse(await response.json());
    if (!answer.success) return err('the server answered the link in a way that this window does not know');
    sessionStorage.setItem(KEY, answer.data.session);
    dropToken();
    return ok(answer.data.session);
  } catch { return err('the engine does not answer'); }
}

/** Forgets a secret that the engine no longer knows. */
export const closeSession = (): void => sessionStorage.removeItem(KEY);

/** A used token is of no use to anyone, and must not end up in a bookmark or a screenshot. */
function dropToken(): void {
  const url = new URL(location.href);
  url.searchParams.delete('token');
  history.replaceState(history.state, '', url);
}
