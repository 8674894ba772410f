export const failureKinds = [
  'cancelled', 'no_credentials', 'needs_mfa', 'expired', 'denied', 'absent', 'refused_egress', 'throttled', 'unreachable', 'timeout', 'cut', 'bad_answer', 'rejected',
] as const;
export type FailureKind = (typeof failureKinds)[number];

/**
 * Why a request gave nothing in the end. `denied` and `absent` (not there, not switched on, not in this region) concern one call; `expired`,
 * `no_credentials`, `needs_mfa` and `refused_egress` end the whole pull. `says` is for people and never holds a credential.
 */
export class ConnectFailure extends Error {
  readonly kind: FailureKind;
  readonly says: string;
  constructor(kind: FailureKind, says: string) {
    super(`${kind}: ${says}`);
    this.name = 'ConnectFailure';
    this.kind = kind;
    this.says = says;
  }
}

const fatal: ReadonlySet<FailureKind> = new Set(['cancelled', 'no_credentials', 'needs_mfa', 'expired', 'refused_egress']);
/** A failure of one call, after which others can still be asked; any other ConnectFailure ends the pull, and anything else is a bug. */
export const isOnlyThisCall = (error: unknown): error is ConnectFailure => error instanceof ConnectFailure && !fatal.has(error.kind);

/** What one failed attempt means: try again (after so long, if the server says), or give up as this kind. */
export type Fault =
  | { readonly retry: true; readonly kind: 'throttled' | 'unreachable' | 'timeout' | 'cut' | 'bad_answer'; readonly after_ms?: number; readonly says: string }
  | { readonly retry: false; readonly kind: FailureKind; readonly says: string };

/** Seconds or an HTTP date (RFC 9110, 10.2.3) as milliseconds from now; undefined when it is neither. */
export function readRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(value.trim())) return Math.round(Number(value) * 1000);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}

/** The codes of errors of sockets and look-ups, wherever in the chain of causes they stand. */
export function socketCode(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const code: unknown = Reflect.get(at, 'code');
    if (typeof code === 'string' && /^(E[A-Z]+|UND_ERR_\w+|CERT_\w+|ERR_TLS\w*|DEPTH_ZERO\w*|SELF_SIGNED\w*|UNABLE_TO\w*)$/.test(code)) return code;
    if (at instanceof AggregateError) { const [inner] = at.errors.map(socketCode).filter((c) => c !== undefined); if (inner !== undefined) return inner; }
  }
  return undefined;
}

/** What an error below HTTP means; undefined when it is none. */
export function socketFault(error: unknown): Fault | undefined {
  const code = socketCode(error);
  const text = error instanceof Error ? error.message : String(error);
  if (code === undefined) return /socket hang up|aborted|premature|terminated/i.test(text) ? { retry: true, kind: 'cut', says: 'the connection broke off' } : undefined;
  if (/^(CERT_|ERR_TLS|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code)) return { retry: false, kind: 'rejected', says: `the server's certificate is not trusted (${code})` };
  if (code === 'ENOTFOUND') return { retry: false, kind: 'unreachable', says: 'the name of the server could not be found' };
  if (/^(ETIMEDOUT|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT|ESOCKETTIMEDOUT)$/.test(code)) return { retry: true, kind: 'timeout', says: 'the server did not answer in time' };
  if (/^(ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET|EPROTO)$/.test(code)) return { retry: true, kind: 'cut', says: 'the connection broke off' };
  return { retry: true, kind: 'unreachable', says: `no connection (${code})` };
}
