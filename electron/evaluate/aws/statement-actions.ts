import { matchesWildcard } from '#shared/lib/arn.ts';
import { parsePolicy, type Statement } from './policy-document.ts';

/** Does a statement speak of an action (in lower case)? */
export function matchesAction(statement: Statement, action: string): boolean {
  if (statement.actions) return isNamed(statement.actions, action);
  return statement.notActions !== undefined && !isNamed(statement.notActions, action);
}

/** A statement with more patterns than this is asked by service: AWS's own name a thousand. */
const MOST_IN_A_ROW = 8;

function isNamed(patterns: readonly string[], action: string): boolean {
  if (patterns.length <= MOST_IN_A_ROW) return matchesAny(patterns, action);
  let index = indexes.get(patterns);
  if (!index) { index = indexPatterns(patterns); indexes.set(patterns, index); }
  return matchesAny(index.get(serviceOf(action)) ?? noPatterns, action) || matchesAny(index.get(anyService) ?? noPatterns, action);
}

const noPatterns: readonly string[] = [];
const anyService = '*';
const indexes = new WeakMap<readonly string[], ReadonlyMap<string, readonly string[]>>();

function matchesAny(patterns: readonly string[], action: string): boolean {
  for (const pattern of patterns) if (matchesWildcard(pattern, action)) return true;
  return false;
}

const serviceOf = (action: string): string => action.slice(0, Math.max(0, action.indexOf(':')));

/** By the service that they name; those whose service has wildcards, or that name none, may mean any. */
function indexPatterns(patterns: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const index = new Map<string, string[]>();
  for (const pattern of patterns) {
    const service = serviceOf(pattern), key = service === '' || /[*?]/.test(service) ? anyService : service;
    const group = index.get(key);
    if (group) group.push(pattern); else index.set(key, [pattern]);
  }
  return index;
}

/** A policy as `PolicyInput` has it; `document` undefined: its content is not known. */
interface Documented { readonly document: unknown }

const kept = new WeakMap<readonly Documented[], readonly (Statement | 'unread')[]>();

/** The Allow statements of policies in their order; `unread` stands for a policy whose content is not known or can't be read. Read once for each list. */
export function allowsIn(policies: readonly Documented[]): readonly (Statement | 'unread')[] {
  let found = kept.get(policies);
  if (!found) {
    found = policies.flatMap(({ document }): readonly (Statement | 'unread')[] => {
      const parsed = document === undefined ? undefined : parsePolicy(document);
      return parsed?.ok === true ? parsed.value.statements.filter((s) => s.effect === 'Allow') : ['unread'];
    });
    kept.set(policies, found);
  }
  return found;
}

/** Does no Allow statement speak of an action (in lower case), and is every policy known? Then they allow it nobody, on nothing. */
export function areSilent(policies: readonly Documented[], action: string): boolean {
  for (const statement of allowsIn(policies)) if (statement === 'unread' || matchesAction(statement, action)) return false;
  return true;
}
