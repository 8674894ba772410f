import { resourceSchema, type Edge, type Resource } from '#shared/model/resource.ts';
import type { Db } from '../db.ts';

export interface NodeRow {
  readonly urn: string; readonly raw_id: number; readonly record: number; readonly hash: string; readonly json: string; readonly captured_us: number | null; readonly observed_us: number | null; readonly closed_us: number | null;
}
export interface NodeVersion { readonly hash: string; readonly captured_us: number; readonly json: string }

/** What is gone, and whether files were read since it was last looked for: looking after each of many files would take longer with every one, and an import may be cut before it looks. */
function goneResources(db: Db) {
  const note = db.prepare("INSERT OR IGNORE INTO workspace (key, value) VALUES ('gone_awaited', '1')"), looked = db.prepare("DELETE FROM workspace WHERE key = 'gone_awaited'");
  const awaited = db.prepare<[], string>("SELECT value FROM workspace WHERE key = 'gone_awaited'").pluck();
  // Gone: an open resource that the newest complete file of its account, region and importer, which lists resources of its type, no longer shows; since the first such file that didn't.
  const gone = db.prepare<[], { urn: string; closed: number }>(`WITH listed AS MATERIALIZED (
      SELECT n.account, n.region, n.source, n.type, s.raw_id, r.observed_us, row_number() OVER (PARTITION BY n.account, n.region, n.source, n.type ORDER BY r.observed_us DESC, s.raw_id DESC) AS place
      FROM raw_files r JOIN node_sightings s USING (raw_id) JOIN nodes n USING (urn) WHERE r.complete = 1 AND r.state = 'done' GROUP BY 1, 2, 3, 4, 5)
    SELECT n.urn, (SELECT min(l.observed_us) FROM listed l WHERE l.account IS n.account AND l.region IS n.region AND l.source = n.source AND l.type = n.type AND l.observed_us > coalesce(n.observed_us, n.captured_us, 0)) AS closed
    FROM nodes n JOIN listed AS newest ON newest.place = 1 AND newest.account IS n.account AND newest.region IS n.region AND newest.source = n.source AND newest.type = n.type
    WHERE n.closed_us IS NULL AND coalesce(n.observed_us, n.captured_us, 0) < coalesce(newest.observed_us, 0) AND NOT EXISTS (SELECT 1 FROM node_sightings s WHERE s.raw_id = newest.raw_id AND s.urn = n.urn)`);
  return {
    awaitGone: (): void => { note.run(); }, isGoneAwaited: (): boolean => awaited.get() !== undefined,
    look: () => { looked.run(); return gone.all(); },
  };
}

/** Resources as observed: the newest version by (captured_us, hash) is current, whatever the order of import; a resource that is gone is closed, not deleted. */
export function nodesTable(db: Db) {
  const version = db.prepare<[string, string, number, number, number, string]>('INSERT OR IGNORE INTO node_versions (urn, hash, captured_us, raw_id, record, json) VALUES (?, ?, ?, ?, ?, ?)');
  const current = db.prepare<[string], { hash: string; captured_us: number | null; observed_us: number | null; raw_id: number }>('SELECT hash, captured_us, observed_us, raw_id FROM nodes WHERE urn = ?');
  const currentRow = db.prepare<[string], string>('SELECT json FROM nodes WHERE urn = ? AND closed_us IS NULL').pluck();
  const put = db.prepare<unknown[]>(`INSERT INTO nodes (urn, type, kind, name, account, region, source, provenance, first_seen, captured_us, observed_us, closed_us, hash, raw_id, record, json)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (urn) DO UPDATE SET type = excluded.type, kind = excluded.kind, name = excluded.name, account = excluded.account, region = excluded.region, source = excluded.source,
    provenance = excluded.provenance, first_seen = min(first_seen, excluded.first_seen), captured_us = excluded.captured_us, observed_us = CASE WHEN excluded.captured_us IS NULL OR excluded.observed_us IS NOT NULL THEN nullif(max(coalesce(nodes.observed_us, 0), coalesce(excluded.observed_us, 0)), 0) END, closed_us = excluded.closed_us, hash = excluded.hash,
    raw_id = excluded.raw_id, record = excluded.record, json = excluded.json`);
  const sight = db.prepare<[number, string]>('INSERT OR IGNORE INTO node_sightings (raw_id, urn) VALUES (?, ?)');
  const observe = db.prepare<[number, number]>('UPDATE nodes SET observed_us = max(coalesce(observed_us, 0), ?) WHERE urn IN (SELECT urn FROM node_sightings WHERE raw_id = ?)');
  const reopen = db.prepare<[number, number], string>(`UPDATE nodes SET closed_us = NULL WHERE closed_us < ? AND json_extract(json, '$.deleted') IS NOT 1
    AND urn IN (SELECT urn FROM node_sightings WHERE raw_id = ?) RETURNING urn`).pluck();
  const dropAliases = db.prepare<[string]>('DELETE FROM aliases WHERE urn = ?');
  const addAlias = db.prepare<[string, string, string]>('INSERT OR IGNORE INTO aliases (alias, urn, account) VALUES (?, ?, ?)');
  const dirty = db.prepare<[string]>('INSERT OR IGNORE INTO dirty_urns (urn) VALUES (?)');
  const closeEdge = db.prepare<[number, number]>('UPDATE edges SET valid_to = ? WHERE edge_id = ?');
  const addEdge = db.prepare<unknown[]>('INSERT INTO edges (source, kind, target, derived, provenance, condition, cost, reason, origin, valid_from) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const openEdges = db.prepare<[string], { edge_id: number; source: string; kind: string; target: string; condition: string | null; cost: number | null; reason: string | null }>('SELECT edge_id, source, kind, target, condition, cost, reason FROM edges WHERE origin = ? AND valid_to IS NULL');
  const byName = db.prepare<[string], string>('SELECT urn FROM nodes WHERE name = ? AND closed_us IS NULL ORDER BY urn LIMIT 20').pluck();
  const named = db.prepare<[string, string, string], { urn: string; closed_us: number | null }>('SELECT urn, closed_us FROM nodes WHERE name = ? AND substr(urn, 1, length(?)) = ? ORDER BY urn');
  const origins = db.prepare<[string], { raw_id: number; record: number }>('SELECT raw_id, record FROM node_versions WHERE urn = ? ORDER BY rowid');
  const versions = db.prepare<[string], NodeVersion>('SELECT hash, captured_us, json FROM node_versions WHERE urn = ? ORDER BY captured_us, hash');
  const dirtyAll = db.prepare<[], string>('SELECT urn FROM dirty_urns ORDER BY urn').pluck();
  const clearDirty = db.prepare('DELETE FROM dirty_urns');
  const dropInputs = db.prepare<[string]>('DELETE FROM derivations WHERE origin = ?');
  const addInput = db.prepare<[string, string]>('INSERT OR IGNORE INTO derivations (origin, input_urn) VALUES (?, ?)');
  const someDerivation = db.prepare<[], number>('SELECT 1 FROM derivations LIMIT 1').pluck();
  const reading = db.prepare<[string], string>('SELECT origin FROM derivations WHERE input_urn = ?').pluck();
  const gone = goneResources(db);
  const close = db.prepare<[number, string]>('UPDATE nodes SET closed_us = ? WHERE urn = ?');
  const count = db.prepare<[], number>("SELECT count(*) FROM nodes WHERE closed_us IS NULL AND kind <> 'internet'").pluck();
  const openUrns = db.prepare<[], string>('SELECT urn FROM nodes WHERE closed_us IS NULL ORDER BY urn').pluck();
  const newest = db.prepare<[number], number | null>('SELECT max(at) FROM (SELECT max(coalesce(captured_us, 0), coalesce(observed_us, 0)) AS at FROM nodes) WHERE at <= ?').pluck();

  /** Closes the edges of a group that are no longer said and adds the new ones; those that stay keep their id and time. */
  function replaceEdges(origin: string, edges: readonly Edge[], atUs: number): boolean {
    const key = (e: { source: string; kind: string; target: string; condition?: string | null | undefined; cost?: number | null | undefined; reason?: string | null | undefined }) => JSON.stringify([e.source, e.kind, e.target, e.condition ?? null, e.cost ?? null, e.reason ?? null]);
    const have = new Map(openEdges.all(origin).map((e) => [key(e), e.edge_id]));
    const want = new Map(edges.map((e) => [key(e), e]));
    const gone = [...have].filter(([k]) => !want.has(k)), fresh = [...want].filter(([k]) => !have.has(k));
    for (const [, id] of gone) closeEdge.run(atUs, id);
    for (const [, e] of fresh) addEdge.run(e.source, e.kind, e.target, e.derived ? 1 : 0, e.provenance, e.condition ?? null, e.cost ?? null, e.reason ?? null, origin, atUs);
    return gone.length + fresh.length > 0;
  }
  return {
    /** Takes in one observed resource. @returns `known` when this very version was there, else `new` (and the urn is marked dirty if it became current). */
    put(resource: Resource, hash: string, json: string, at: { rawId: number; record: number; nowUs: number; /** Where one without a time of its own stands among the others. */ orderUs?: number | undefined }): 'known' | 'new' {
      const { urn } = resource;
      sight.run(at.rawId, urn);
      const captured = resource.captured_us ?? at.orderUs ?? 0;
      if (version.run(urn, hash, captured, at.rawId, at.record, json).changes === 0) return 'known';
      const have = current.get(urn);
      // What carries no time (IAM details) is as new as its import; else the capture tells, and the hash decides a tie the same way whatever the order.
      const older = have !== undefined && (captured < (have.captured_us ?? 0) || (captured === (have.captured_us ?? 0) && (captured === 0 ? at.rawId < have.raw_id : hash < have.hash)));
      if (older) return 'new';
      put.run(urn, resource.type, resource.kind, resource.name ?? null, resource.account ?? null, resource.region ?? null, resource.source, resource.provenance, captured || at.nowUs,
        resource.captured_us ?? at.orderUs ?? null, resource.captured_us ?? null, resource.deleted ? captured || at.nowUs : null, hash, at.rawId, at.record, json);
      dropAliases.run(urn);
      for (const alias of resource.aliases) addAlias.run(alias, urn, resource.account ?? '');
      if (have?.hash !== hash) dirty.run(urn);
      return 'new';
    },
    /** The relationships that one resource's record states; replaces what an older record of it stated. */
    putEdges: (origin: string, edges: readonly Edge[], atUs: number) => replaceEdges(origin, edges, atUs),
    replaceDerived(origin: string, edges: readonly Edge[], inputs: Iterable<string>, atUs: number): boolean {
      dropInputs.run(origin);
      for (const urn of inputs) addInput.run(origin, urn);
      return replaceEdges(origin, edges, atUs);
    },
    /** The open resource's JSON. */
    currentJson: (urn: string) => currentRow.get(urn),
    /** Where a resource's current record is, open or closed; notes that a file showed it; closes it. */
    current: (urn: string) => current.get(urn), sight: (rawId: number, urn: string) => { sight.run(rawId, urn); }, close: (urn: string, atUs: number) => { close.run(atUs, urn); dirty.run(urn); },
    isCurrent: (urn: string, hash: string) => current.get(urn)?.hash === hash,
    /** Marks everything that a finished snapshot shows as seen at `observedUs`; what an earlier one had missed is back. */
    observe(rawId: number, observedUs: number): void {
      observe.run(observedUs, rawId);
      for (const urn of reopen.all(observedUs, rawId)) dirty.run(urn);
    },
    awaitGone: gone.awaitGone, isGoneAwaited: gone.isGoneAwaited,
    /** Closes what complete snapshots no longer show; returns the urns. */
    closeGone(): readonly string[] {
      return gone.look().map((row) => { close.run(row.closed, row.urn); dirty.run(row.urn); return row.urn; });
    },
    /** Open resources that people call so; names need not be unique. */
    byName: (name: string): readonly string[] => byName.all(name),
    /** All resources of a name below a prefix of URNs, open or closed. */
    named: (name: string, prefix: string) => named.all(name, prefix, prefix),
    /** The records that brought its versions, in the order in which they came in. */
    origins: (urn: string) => origins.all(urn),
    versions: (urn: string) => versions.all(urn),
    dirty: () => dirtyAll.all(),
    /** Derived groups that were computed from one of these keys. */
    originsReading: (keys: ReadonlySet<string>): ReadonlySet<string> => new Set([...keys].flatMap((key) => reading.all(key))),
    hasDerived: () => someDerivation.get() !== undefined,
    clearDirty: () => { clearDirty.run(); },
    count: () => count.get() ?? 0,
    openUrns: (): readonly string[] => openUrns.all(),
    newestUs: (untilUs: number) => newest.get(untilUs) || undefined,
  };
}
export type NodesTable = ReturnType<typeof nodesTable>;

export const parseResource = (json: string): Resource => resourceSchema.parse(JSON.parse(json));
