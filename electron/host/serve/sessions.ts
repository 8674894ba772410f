import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** One-time tokens of printed links, and the session secrets that they are exchanged for. Only their hashes are held. */
export interface Sessions {
  /** A new one-time token; older unused ones stay good until they are too many. */
  mint(): string;
  /** Takes a token for a session secret: once. `limited` after too many wrong ones in a minute, right or wrong. */
  exchange(token: string): { readonly ok: true; readonly session: string } | { readonly ok: false; readonly why: 'unknown' | 'limited' };
  has(session: string): boolean;
}

const MOST_TOKENS = 8, MOST_SESSIONS = 64, MOST_WRONG = 10, WINDOW_MS = 60_000;
const newSecret = (): string => randomBytes(32).toString('base64url');
const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** @param nowMs a clock in milliseconds that never runs back */
export function createSessions(nowMs: () => number): Sessions {
  const tokens: Buffer[] = [], sessions: Buffer[] = [];
  let wrong: number[] = [];
  return {
    mint() {
      const token = newSecret();
      tokens.push(digest(token));
      if (tokens.length > MOST_TOKENS) tokens.shift();
      return token;
    },
    exchange(token) {
      const now = nowMs();
      wrong = wrong.filter((at) => now - at < WINDOW_MS);
      if (wrong.length >= MOST_WRONG) return { ok: false, why: 'limited' };
      const found = find(tokens, token);
      if (found < 0) { wrong.push(now); return { ok: false, why: 'unknown' }; }
      tokens.splice(found, 1);
      const session = newSecret();
      sessions.push(digest(session));
      if (sessions.length > MOST_SESSIONS) sessions.shift();
      return { ok: true, session };
    },
    has: (session) => find(sessions, session) >= 0,
  };
}

/** Looks at all of them, each in constant time, so that the time taken tells nothing. */
function find(hashes: readonly Buffer[], secret: string): number {
  const wanted = digest(secret);
  let found = -1;
  hashes.forEach((hash, i) => { if (timingSafeEqual(hash, wanted)) found = i; });
  return found;
}
