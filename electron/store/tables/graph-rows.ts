import type { Db } from '../db.ts';

export interface GraphNodeRow { readonly urn: string; readonly kind: string; readonly type: string; readonly name: string | null; readonly account: string | null }
export interface GraphAliasRow { readonly alias: string; readonly urn: string; readonly account: string }
export interface GraphEdgeRow { readonly edge_id: number; readonly source: string; readonly kind: string; readonly target: string; readonly derived: number; readonly provenance: string; readonly condition: string | null; readonly cost: number | null; readonly reason: string | null }

/** The whole graph in bulk, for a copy in memory: everything once, then what has changed. */
export function graphRowsTable(db: Db) {
  const nodes = db.prepare<[], GraphNodeRow>('SELECT urn, kind, type, name, account FROM nodes WHERE closed_us IS NULL ORDER BY urn');
  const aliases = db.prepare<[], GraphAliasRow>('SELECT a.alias, a.urn, a.account FROM aliases a JOIN nodes n ON n.urn = a.urn AND n.closed_us IS NULL');
  const edges = db.prepare<[number], GraphEdgeRow>('SELECT edge_id, source, kind, target, derived, provenance, condition, cost, reason FROM edges WHERE valid_to IS NULL AND edge_id > ? ORDER BY edge_id');
  const closed = db.prepare<[number, number], number>('SELECT edge_id FROM edges WHERE valid_to >= ? AND edge_id <= ?').pluck();
  const counts = db.prepare<[], { nodes: number; edges: number }>('SELECT (SELECT count(*) FROM nodes WHERE closed_us IS NULL) AS nodes, (SELECT count(*) FROM edges WHERE valid_to IS NULL) AS edges');
  const newest = db.prepare<[], number | null>('SELECT max(edge_id) FROM edges').pluck();
  const lastClosing = db.prepare<[], number | null>('SELECT max(valid_to) FROM edges').pluck();
  return {
    nodes: (): Iterable<GraphNodeRow> => nodes.iterate(),
    aliases: (): Iterable<GraphAliasRow> => aliases.iterate(),
    /** Open edges with a greater id, in the order of their ids. */
    edgesAfter: (edgeId: number): Iterable<GraphEdgeRow> => edges.iterate(edgeId),
    /** Ids of edges, up to one, that were closed at that time or later. */
    closedSince: (us: number, upTo: number): readonly number[] => closed.all(us, upTo),
    counts: () => counts.get() ?? { nodes: 0, edges: 0 },
    newestEdge: (): number => newest.get() ?? 0,
    lastClosing: (): number => lastClosing.get() ?? 0,
  };
}
export type GraphRowsTable = ReturnType<typeof graphRowsTable>;
