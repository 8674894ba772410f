import { graphView } from '#electron/store/graph-view.ts';
import type { GraphView } from '#shared/model/resource.ts';
import type { App } from './create-app.ts';

const caches = new WeakMap<App, { version: unknown; readonly values: Map<string, unknown> }>();
/** Answers that are remembered at once; past it all are forgotten, as most come from a filter being typed. */
const MOST = 200;

/** What `make` gives, remembered until another connection commits a change (`PRAGMA data_version`). For readers: a connection doesn't see its own changes so. */
export function cached<T>(app: App, key: string, make: () => T): T {
  const version: unknown = app.workspace.db.pragma('data_version', { simple: true });
  let cache = caches.get(app);
  if (!cache || cache.version !== version || cache.values.size >= MOST) { cache = { version, values: new Map() }; caches.set(app, cache); }
  if (!cache.values.has(key)) cache.values.set(key, make());
  return cache.values.get(key) as T;
}

/** The graph as the writer last left it; a reader derives nothing. */
export const readGraph = (app: App): GraphView => cached(app, 'graph', () => graphView(app.workspace.db, app.tables.runs.graphVersion()));
