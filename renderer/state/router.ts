import { useSyncExternalStore } from 'react';

/** What is looked at: the path names the screen and its subject, the query holds the rest of the view. */
export interface Route { readonly path: string; readonly query: URLSearchParams }
export type QueryPatch = Readonly<Record<string, string | readonly string[] | null>>;

const listeners = new Set<() => void>();
let current: { readonly href: string; readonly route: Route } | undefined;

/** The route of an address, e.g. `/incident/INC-2026-0001?tab=trace`. A trailing slash means nothing; `/` is the queue. */
export function parseRoute(href: string): Route {
  const url = new URL(href, 'http://winnow');
  const path = url.pathname.replace(/\/+$/, '').replace(/\/index\.html$/, '');
  return { path: path === '' ? '/queue' : path, query: url.searchParams };
}

/** An address from a path and a query; lists repeat the key, nulls and empty texts are left out. */
export function href(path: string, query: QueryPatch | URLSearchParams = {}): string {
  const params = query instanceof URLSearchParams ? query : patched(new URLSearchParams(), query);
  const text = params.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** A query with some keys replaced; null, '' and [] take a key away. */
export function patched(query: URLSearchParams, patch: QueryPatch): URLSearchParams {
  const next = new URLSearchParams(query);
  for (const [key, value] of Object.entries(patch)) {
    next.delete(key);
    for (const item of value === null ? [] : typeof value === 'string' ? [value] : value) if (item !== '') next.append(key, item);
  }
  return next;
}

/** The pattern's `:names` in a path, decoded; undefined when it doesn't fit. `/incident/:id` fits `/incident/INC-1`. */
export function matchPath(pattern: string, path: string): Readonly<Record<string, string>> | undefined {
  const wanted = pattern.split('/'), given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const found: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const value = given[i] ?? '';
    if (part.startsWith(':')) {
      if (value === '') return undefined;
      try { found[part.slice(1)] = decodeURIComponent(value); } catch { return undefined; }
    } else if (part !== value) return undefined;
  }
  return found;
}

/** An address that is in force here and not yet in the history: browsers allow only so many changes a second, a held key makes more. */
let unwritten: string | undefined;
let writing: ReturnType<typeof setTimeout> | undefined;
const WRITE_MS = 150;

const address = (): string => unwritten ?? location.pathname + location.search;

function writeNow(): void {
  clearTimeout(writing);
  writing = undefined;
  if (unwritten !== undefined) history.replaceState(null, '', unwritten);
  unwritten = undefined;
}

function readRoute(): Route {
  const now = address();
  if (current?.href !== now) current = { href: now, route: parseRoute(now) };
  return current.route;
}

const tell = (): void => { for (const listener of listeners) listener(); };
function listen(listener: () => void): () => void {
  listeners.add(listener);
  if (listeners.size === 1) addEventListener('popstate', goBack);
  return () => { listeners.delete(listener); if (listeners.size === 0) removeEventListener('popstate', goBack); };
}
function goBack(): void {
  clearTimeout(writing);
  unwritten = writing = undefined;
  tell();
}

/** Goes to an address. `replace` for what the Back key should not stop at, e.g. a letter typed into a filter. */
export function navigate(to: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  if (to === address()) return;
  if (replace) { unwritten = to; writing ??= setTimeout(writeNow, WRITE_MS); } else { writeNow(); history.pushState(null, '', to); }
  tell();
}

/** Changes some of the current query. */
export function patchQuery(patch: QueryPatch, options: { readonly replace?: boolean } = {}): void {
  const { path, query } = readRoute();
  navigate(href(path, patched(query, patch)), options);
}

export const useRoute = (): Route => useSyncExternalStore(listen, readRoute);
export const currentRoute = readRoute;
