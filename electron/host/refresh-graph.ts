import { deriveEdges } from '#electron/pipeline/graph/build-graph.ts';
import { derivations } from '#electron/pipeline/graph/derivations.ts';
import { internet } from '#electron/pipeline/graph/reach-edges.ts';
import { graphView } from '#electron/store/graph-view.ts';
import type { GraphView } from '#shared/model/resource.ts';
import type { App } from './create-app.ts';
import { readGraph } from './snapshot-cache.ts';

const views = new WeakMap<App, GraphView>();

/** The graph as of now (for a reader: as the writer last left it): derived edges are brought up to date for what changed since the last time, and for nothing else. */
export function refreshGraph(app: App): GraphView {
  if (!app.canWrite) return readGraph(app);
  const { nodes, runs } = app.tables;
  const dirty = new Set(nodes.dirty());
  const have = views.get(app);
  if (dirty.size === 0 && have && have.version === runs.graphVersion()) return have;
  if (dirty.size > 0) {
    const groups = deriveEdges(graphView(app.workspace.db, runs.graphVersion() + 1), dirty, derivations(app.resources.identity), nodes.originsReading);
    app.tables.transaction(() => {
      const now = app.now();
      nodes.put(internet, 'winnow', JSON.stringify(internet), { rawId: 0, record: 0, nowUs: now });
      for (const group of groups) nodes.replaceDerived(group.origin, group.edges, group.inputs, now);
      runs.bumpGraphVersion();
      nodes.clearDirty();
    });
  }
  const view = graphView(app.workspace.db, runs.graphVersion());
  views.set(app, view);
  return view;
}
