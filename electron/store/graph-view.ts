import { edgeKinds, type Edge, type EdgeKind, type GraphView, type StoredResource } from '#shared/model/resource.ts';
import type { Db } from './db.ts';
import { byEc2Id } from '#shared/model/ec2-id.ts';
import { recentCache } from '#shared/lib/recent-cache.ts';
import { shareTexts } from '#shared/lib/share-texts.ts';
import { parseResource, type NodeRow } from './tables/nodes.ts';

const nodeColumns = 'urn, raw_id, record, hash, json, captured_us, observed_us, closed_us';
interface Named { readonly urn: string; readonly account: string }
const nothing: readonly Named[] = [];
interface EdgeRow { readonly source: string; readonly kind: string; readonly target: string; readonly derived: number; readonly provenance: string; readonly condition: string | null; readonly cost: number | null; readonly reason: string | null }

/** Resources that are kept read: an account or two of a large estate. Each takes about 10 kB, and every thread keeps its own. */
const MOST_KEPT = 1000;
/** Edges each way that are kept read. An identity may have a thousand; a list weighs one more than it is long. */
const MOST_EDGES = 12_000;
/** Resources in lists by type and account, and in lists of a type of the whole estate: they hold on to what they list. A list weighs one more than it is long. */
const MOST_LISTED = 1000;

/**
 * The graph as of now, read from the workspace; what was used lately is kept in memory. One view is one version: make a new one after a change.
 * Ids may be urns or aliases; an alias that means several open resources resolves only within an account.
 */
export function graphView(db: Db, version: number): GraphView {
  const sql = statements(db);
  const weigh = (edges: readonly Edge[]): number => edges.length + 1;
  const outgoing = recentCache<readonly Edge[]>(MOST_EDGES, weigh);
  const incoming = recentCache<readonly Edge[]>(MOST_EDGES, weigh);
  const nodes = resourceReader(sql);
  const resource = (id: string, account?: string): StoredResource | undefined => nodes.resource(id, account);

  function edgesFrom(urn: string): readonly Edge[] {
    let edges = outgoing.get(urn);
    if (!edges) {
      const account = once(() => nodes.direct(urn)?.account);
      edges = sql.from.all(urn).map((row) => toEdge(row, urn, row.derived === 1 && overData.has(row.kind) ? row.target : resource(row.target, account())?.urn ?? row.target));
      outgoing.set(urn, edges);
    }
    return edges;
  }
  /** An alias that several resources share leads to the one that it means in the account where the relationship was stated. */
  const means = (e: EdgeRow, urn: string): boolean => (resource(e.target) ?? resource(e.target, nodes.direct(e.source)?.account))?.urn === urn;
  function edgesTo(urn: string): readonly Edge[] {
    let edges = incoming.get(urn);
    if (!edges) {
      edges = [urn, ...sql.aliasesOf.all(urn)].flatMap((id) => sql.to.all(id).filter((e) => id === urn || means(e, urn))).map((row) => toEdge(row, row.source, urn));
      incoming.set(urn, edges);
    }
    return edges;
  }
  const pick = (edges: readonly Edge[], kind?: EdgeKind) => (kind === undefined ? edges : edges.filter((e) => e.kind === kind));
  const goneUs = (id: string, account?: string): number | undefined => (resource(id, account) ? undefined : sql.goneAt.get({ id, account: account ?? null }) ?? undefined);
  return { version, resource, goneUs, ofType: (type, scope) => nodes.ofType(type, scope), edgesFrom: (urn, kind) => pick(edgesFrom(urn), kind), edgesTo: (urn, kind) => pick(edgesTo(urn), kind) };
}

/** Resources by urn, alias and type, kept as they are read. */
function resourceReader(sql: ReturnType<typeof statements>): Pick<GraphView, 'resource' | 'ofType'> & { direct(urn: string): StoredResource | undefined } {
  // Null: nothing is called so.
  const resources = recentCache<StoredResource | null>(MOST_KEPT);
  const named = recentCache<readonly Named[]>(MOST_KEPT * 2);
  const weigh = (list: readonly StoredResource[]): number => list.length + 1;
  const scoped = recentCache<readonly StoredResource[]>(MOST_LISTED, weigh), whole = recentCache<readonly StoredResource[]>(MOST_LISTED, weigh);
  function load(row: NodeRow): StoredResource {
    const known = resources.get(row.urn);
    if (known) return known;
    const stored: StoredResource = {
      ...parseResource(row.json), hash: row.hash, ref: { raw_id: String(row.raw_id), record: row.record, pointer: '' },
      ...(row.observed_us !== null && { observed_us: row.observed_us }),
    };
    resources.set(row.urn, stored);
    return stored;
  }
  function direct(urn: string): StoredResource | undefined {
    const known = resources.get(urn);
    if (known !== undefined) return known ?? undefined;
    const row = sql.byUrn.get(urn);
    if (row) return load(row);
    resources.set(urn, null);
    return undefined;
  }
  function resource(id: string, account?: string): StoredResource | undefined {
    const found = direct(id);
    if (found) return found;
    let rows = named.get(id);
    // Most ids that are asked for name nothing inventoried (objects, managed policies): that too is remembered.
    if (!rows) { rows = sql.byAlias.all(id); named.set(id, rows.length === 0 ? nothing : rows); }
    if (rows.length === 0) return byEc2Id(id, resource);
    const here = account === undefined || rows.length === 1 ? rows : rows.filter((row) => row.account === account);
    const [only] = here;
    return only && here.length === 1 ? direct(only.urn) : undefined;
  }
  return {
    direct, resource,
    ofType(type, scope) {
      const key = `${type} ${scope?.account ?? ''}`;
      const types = scope?.account === undefined ? whole : scoped;
      let all = types.get(key);
      if (!all) {
        all = (scope?.account === undefined ? sql.byType.all(type) : scope.account === '' ? sql.byTypeUnowned.all(type) : sql.byTypeIn.all(type, scope.account)).map(load);
        types.set(key, all);
      }
      return scope?.region === undefined ? all : all.filter((r) => r.region === scope.region);
    },
  };
}

function statements(db: Db) {
  const byUrn = db.prepare<[string], NodeRow>(`SELECT ${nodeColumns} FROM nodes WHERE urn = ? AND closed_us IS NULL`);
  const byType = db.prepare<[string], NodeRow>(`SELECT ${nodeColumns} FROM nodes WHERE type = ? AND closed_us IS NULL ORDER BY urn`);
  const byTypeIn = db.prepare<[string, string], NodeRow>(`SELECT ${nodeColumns} FROM nodes WHERE type = ? AND account = ? AND closed_us IS NULL ORDER BY urn`);
  const byTypeUnowned = db.prepare<[string], NodeRow>(`SELECT ${nodeColumns} FROM nodes WHERE type = ? AND account IS NULL AND closed_us IS NULL ORDER BY urn`);
  const byAlias = db.prepare<[string], Named>('SELECT a.urn, a.account FROM aliases a JOIN nodes n ON n.urn = a.urn AND n.closed_us IS NULL WHERE a.alias = ? ORDER BY a.urn');
  const goneAt = db.prepare<[object], number | null>('SELECT max(closed_us) FROM nodes WHERE closed_us IS NOT NULL AND (urn = @id OR (@account IS NOT NULL AND urn IN (SELECT urn FROM aliases WHERE alias = @id AND account = @account)))').pluck();
  const aliasesOf = db.prepare<[string], string>('SELECT alias FROM aliases WHERE urn = ?').pluck();
  const from = db.prepare<[string], Omit<EdgeRow, 'source'>>('SELECT kind, target, derived, provenance, condition, cost, reason FROM edges WHERE source = ? AND valid_to IS NULL ORDER BY kind, target, edge_id');
  const to = db.prepare<[string], EdgeRow>('SELECT source, kind, target, derived, provenance, condition, cost, reason FROM edges WHERE target = ? AND valid_to IS NULL ORDER BY kind, source, edge_id');
  return { goneAt, byUrn, byType, byTypeIn, byTypeUnowned, byAlias, aliasesOf, from, to };
}

const knownKinds: ReadonlySet<string> = new Set(edgeKinds);
const isEdgeKind = (kind: string): kind is EdgeKind => knownKinds.has(kind);
const shared = shareTexts(1000);

/** Derived edges of these kinds name their targets as the graph does, and an identity may have hundreds; other edges may use an alias. */
const overData: ReadonlySet<string> = new Set<EdgeKind>(['CAN_READ', 'CAN_WRITE', 'CAN_ADMIN']);
const once = <T>(make: () => T): (() => T) => { let made: { readonly value: T } | undefined; return () => (made ??= { value: make() }).value; };

/** A row as an edge between two ends, written by texts that the caller holds already where it does. */
function toEdge(row: Omit<EdgeRow, 'source' | 'target'>, source: string, target: string): Edge {
  const { kind, provenance } = row;
  if (!isEdgeKind(kind)) throw new Error(`the workspace holds an edge of the unknown kind ${kind}`);
  if (provenance !== 'observed' && provenance !== 'inferred') throw new Error(`the workspace holds an edge of the unknown provenance ${provenance}`);
  const edge: { -readonly [K in keyof Edge]: Edge[K] } = { source, kind, target, derived: row.derived === 1, provenance };
  if (row.condition !== null) edge.condition = row.condition;
  if (row.cost !== null) edge.cost = row.cost;
  if (row.reason !== null) edge.reason = shared(row.reason);
  return edge;
}
