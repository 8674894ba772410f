import { matchesWildcard } from '#shared/lib/arn.ts';

/**
 * What is known of a request. A key that is in none of the lists is known to be absent.
 * All names are compared without case; `unknown`, `absent` and `chosen` take wildcards.
 */
export interface RequestContext {
  readonly values?: Readonly<Record<string, string | readonly string[]>>;
  /** Keys of which it is not known whether they are there or what they hold. */
  readonly unknown?: readonly string[];
  /** Exceptions from `unknown`: keys known to be absent. */
  readonly absent?: readonly string[];
  /** Keys that the caller sets as they like (Referer, User-Agent): an Allow on them can be met, a Deny on them evaded. */
  readonly chosen?: readonly string[];
}

export type KeyState =
  | { readonly state: 'present'; readonly values: readonly string[] }
  | { readonly state: 'absent' }
  | { readonly state: 'unknown' }
  | { readonly state: 'chosen' };

/** A context prepared for look-ups. */
export type ContextLookup = (key: string) => KeyState;

interface Prepared { readonly values: ReadonlyMap<string, readonly string[]>; readonly patterns: Readonly<Record<PatternKind, readonly string[]>> }
type PatternKind = 'chosen' | 'absent' | 'unknown';
const kinds = ['chosen', 'absent', 'unknown'] as const;

/** Prepares look-ups; later contexts win over earlier ones for `values`. Most requests meet no condition, so nothing is prepared before the first key is asked for. */
export function lookupIn(...contexts: readonly RequestContext[]): ContextLookup {
  let prepared: Prepared | undefined;
  return (key) => {
    const { values, patterns } = prepared ??= prepare(contexts);
    const name = key.toLowerCase();
    const found = values.get(name);
    if (found) return found.length > 0 ? { state: 'present', values: found } : { state: 'absent' };
    for (const kind of kinds) if (patterns[kind].some((p) => matchesWildcard(p, name))) return { state: kind };
    return { state: 'absent' };
  };
}

function prepare(contexts: readonly RequestContext[]): Prepared {
  const values = new Map<string, readonly string[]>();
  const patterns: Record<PatternKind, string[]> = { absent: [], unknown: [], chosen: [] };
  for (const context of contexts) {
    for (const [key, value] of Object.entries(context.values ?? {})) values.set(key.toLowerCase(), typeof value === 'string' ? [value] : value);
    for (const kind of kinds) for (const pattern of context[kind] ?? []) patterns[kind].push(pattern.toLowerCase());
  }
  return { values, patterns };
}
