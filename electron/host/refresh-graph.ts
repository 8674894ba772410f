import { deriveEdges } from '#electron/pipeline/graph/build-graph.ts';
import { derivations } from '#electron/pipeline/graph/derivations.ts';
import { internet } from '#electron/pipeline/graph/reach-edges.ts';
import { graphView } from '#electron/store/graph-view.ts';
import type { GraphView } from '#shared/model/resource.ts';
import type { App } from './create-app.ts';
import type { Progress } from './engine-protocol.ts';
import { letGo } from './let-go.ts';
import { readGraph } from './snapshot-cache.ts';

const views = new WeakMap<App, GraphView>();
/** Changed resources after which what relating left behind is worth collecting at once. */
const MUCH = 2000;
/** Groups between two words about how far it is. */
const TOLD_EVERY = 25;

/** Told how far relating is; asked whether to go on. */
export interface RelateHooks { readonly onProgress?: ((progress: Progress) => void) | undefined; readonly isCancelled?: (() => boolean) | undefined }
/** Thrown where relating was cancelled: nothing of it is kept, and what changed is still to be related. */
export class RelatingCancelled extends Error {}

/** Closes what the files that were read no longer show, where that was not looked for yet (an import that was cut). */
export function closeGone({ tables }: App): void {
  if (tables.nodes.isGoneAwaited()) tables.transaction(() => tables.nodes.closeGone());
}

/** The graph as of now (for a reader: as the writer last left it): derived edges are brought up to date for what changed since the last time, and for nothing else. */
export function refreshGraph(app: App, hooks: RelateHooks = {}): GraphView {
  if (!app.canWrite) return readGraph(app);
  const { nodes, runs } = app.tables;
  closeGone(app);
  const dirty = new Set(nodes.dirty());
  const have = views.get(app);
  if (dirty.size === 0 && have && have.version === runs.graphVersion()) return have;
  if (dirty.size > 0) {
    // Computed while they are saved: all groups of a large estate at once are more than fits beside its resources.
    const groups = deriveEdges(graphView(app.workspace.db, runs.graphVersion() + 1), dirty, derivations(app.resources.identity), nodes.hasDerived() ? nodes.originsReading : undefined, (done, total) => { if (done % TOLD_EVERY === 0 || done === total) hooks.onProgress?.({ job: 'relate', done, total, unit: 'groups' }); });
    app.tables.transaction(() => {
      const now = app.now();
      nodes.put(internet, 'winnow', JSON.stringify(internet), { rawId: 0, record: 0, nowUs: now });
      for (const group of groups) {
        if (hooks.isCancelled?.() === true) throw new RelatingCancelled('relating was cancelled');
        nodes.replaceDerived(group.origin, group.edges, group.inputs, now);
      }
      runs.bumpGraphVersion();
      nodes.clearDirty();
    });
    if (dirty.size > MUCH) letGo();
  }
  const view = graphView(app.workspace.db, runs.graphVersion());
  views.set(app, view);
  return view;
}
