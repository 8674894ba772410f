import { matchesWildcard } from '#shared/lib/arn.ts';
import type { ContextLookup } from './policy-context.ts';

/** A policy text after its variables were put in; `pattern` still carries its wildcards. */
export type Resolved =
  | { readonly state: 'resolved'; readonly pattern: string }
  /** A variable has no value in the request and no default: IAM treats the statement as not matching. */
  | { readonly state: 'unresolvable' }
  | { readonly state: 'unknown'; readonly key: string };

/*
 * A value that a variable brings in, and the escapes ${*}, ${?}, ${$}, are literal even where they hold wildcard characters. They travel
 * through the pattern as private-use characters that the text to match is translated into as well.
 */
const LITERAL_STAR = '\uE000', LITERAL_MARK = '\uE001';
const literal = (text: string): string => text.replaceAll('*', LITERAL_STAR).replaceAll('?', LITERAL_MARK);
const VARIABLE = /\$\{([^{}]*)\}/g;

/**
 * Puts the request's values in for `${key}` and `${key, 'default'}` (IAM User Guide, "Policy elements: variables and tags").
 * @param enabled false for documents older than 2012-10-17, in which `${…}` is plain text.
 */
export function resolveVariables(text: string, lookup: ContextLookup, enabled: boolean): Resolved {
  if (!enabled || !text.includes('${')) return { state: 'resolved', pattern: text };
  let failure: Resolved | undefined;
  const pattern = text.replace(VARIABLE, (_whole, inner: string) => {
    if (inner === '*' || inner === '?' || inner === '$') return literal(inner);
    const [, key = '', fallback] = /^\s*([^,]*?)\s*(?:,\s*'([^']*)'\s*)?$/.exec(inner) ?? [];
    const found = lookup(key);
    const only = found.state === 'present' && found.values.length === 1 ? found.values[0] : undefined;
    if (only !== undefined) return literal(only);
    if (found.state === 'unknown' || found.state === 'chosen') failure ??= { state: 'unknown', key };
    // A multivalued key can't stand in for one text (IAM User Guide): like an absent one it has only its default.
    else if (fallback !== undefined) return literal(fallback);
    else failure = { state: 'unresolvable' };
    return '';
  });
  return failure ?? { state: 'resolved', pattern };
}

/** Wildcard match in which literal characters brought in by variables match only themselves. */
export function matchesResolved(pattern: string, text: string): boolean {
  const hasLiteral = pattern.includes(LITERAL_STAR) || pattern.includes(LITERAL_MARK);
  return matchesWildcard(pattern, hasLiteral ? literal(text) : text);
}

/** Equality without wildcards: `*` in the policy is the character. */
export const equalsResolved = (pattern: string, text: string): boolean => literal(pattern) === literal(text);

/** The text of a resolved pattern for operators that take no wildcards. */
export const plainText = (pattern: string): string => pattern.replaceAll(LITERAL_STAR, '*').replaceAll(LITERAL_MARK, '?');
