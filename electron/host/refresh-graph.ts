import { graphView } from '#electron/store/graph-view.ts';
import type { GraphView } from '#shared/model/resource.ts';
import type { App } from './create-app.ts';

const views = new WeakMap<App, GraphView>();

/** The graph as of now: derived edges are brought up to date for what changed since the last time, and for nothing else. */
export function refreshGraph(app: App): GraphView {
  const { nodes, runs } = app.tables;
  const dirty = nodes.dirty();
  const have = views.get(app);
  if (dirty.length === 0 && have && have.version === runs.graphVersion()) return have;
  if (dirty.length > 0) {
    app.tables.transaction(() => {
      runs.bumpGraphVersion();
      nodes.clearDirty();
    });
  }
  const view = graphView(app.workspace.db, runs.graphVersion());
  views.set(app, view);
  return view;
}
