import type { Db } from '../db.ts';

export type PullState = 'running' | 'done' | 'cut' | 'left' | 'rolled_back';
export interface PullRow {
  readonly pull_id: number; readonly product: string; readonly target: string; readonly principal: string; readonly state: PullState; readonly why: string | null; readonly started_us: number; readonly finished_us: number | null;
  readonly planned: number; readonly requests: number; readonly retries: number; readonly settled: number; readonly new: number; readonly changed: number; readonly unchanged: number; readonly closed: number;
}
export type UnitState = 'open' | 'done' | 'denied' | 'absent' | 'failed';
export interface PullUnitRow { readonly unit: string; readonly call: string; readonly account: string; readonly region: string; readonly state: UnitState; readonly next: string | null; readonly format: string; readonly records: number; readonly says: string; readonly lists: string; readonly gaps: string }
export interface PullRecord { readonly raw_id: number; readonly record: number }

/** Live pulls: what was asked of a product, how far it came, and the resources that wait to be put into the graph. */
export function pullsTable(db: Db) {
  const insert = db.prepare<[string, string, string, number]>("INSERT INTO pulls (product, target, principal, state, started_us) VALUES (?, ?, ?, 'running', ?)");
  const get = db.prepare<[number], PullRow>('SELECT * FROM pulls WHERE pull_id = ?');
  const all = db.prepare<[], PullRow>('SELECT * FROM pulls ORDER BY pull_id DESC');
  const last = db.prepare<[string], PullRow>("SELECT * FROM pulls WHERE product = ? AND state <> 'rolled_back' ORDER BY pull_id DESC LIMIT 1");
  const open = db.prepare<[string, string], PullRow>("SELECT * FROM pulls WHERE product = ? AND target = ? AND state IN ('running', 'cut') ORDER BY pull_id DESC LIMIT 1");
  const setState = db.prepare<[string, string | null, number | null, number]>('UPDATE pulls SET state = ?, why = ?, finished_us = ? WHERE pull_id = ?');
  const again = db.prepare<[string, number]>("UPDATE pulls SET state = 'running', why = NULL, finished_us = NULL, principal = ? WHERE pull_id = ?");
  const dropRefused = db.prepare<[number]>("DELETE FROM pull_units WHERE pull_id = ? AND state IN ('denied', 'failed')");
  const addCounts = db.prepare<[number, number, number, number]>('UPDATE pulls SET planned = max(planned, ?), requests = requests + ?, retries = retries + ? WHERE pull_id = ?');
  const settle = db.prepare<[number, number, number, number, number]>('UPDATE pulls SET settled = settled + 1, new = ?, changed = ?, unchanged = ?, closed = closed + ? WHERE pull_id = ?');
  const units = db.prepare<[number], PullUnitRow>('SELECT unit, call, account, region, state, next, format, records, says, lists, gaps FROM pull_units WHERE pull_id = ? ORDER BY unit');
  // What an earlier piece of the unit lacked is lacking still.
  const putUnit = db.prepare<unknown[]>(`INSERT INTO pull_units (pull_id, unit, call, account, region, state, next, format, records, says, lists, gaps) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (pull_id, unit) DO UPDATE SET state = excluded.state, next = excluded.next, format = excluded.format, records = pull_units.records + excluded.records, says = excluded.says, lists = excluded.lists,
    gaps = CASE pull_units.state WHEN 'open' THEN (SELECT json_group_array(json(value)) FROM (SELECT value FROM json_each(pull_units.gaps) UNION ALL SELECT value FROM json_each(excluded.gaps))) ELSE excluded.gaps END`);
  const addFile = db.prepare<[number, number]>('INSERT INTO pull_files (raw_id, pull_id) VALUES (?, ?)');
  const files = db.prepare<[number], number>('SELECT raw_id FROM pull_files WHERE pull_id = ? ORDER BY raw_id').pluck();
  const byFile = db.prepare<[], { raw_id: number; pull_id: number }>('SELECT raw_id, pull_id FROM pull_files');
  const ofFile = db.prepare<[number], number>('SELECT pull_id FROM pull_files WHERE raw_id = ?').pluck();
  const dropUnread = db.prepare<[number]>("UPDATE raw_files SET state = 'cancelled' WHERE state = 'reading' AND raw_id IN (SELECT raw_id FROM pull_files WHERE pull_id = ?)");
  const staged = db.prepare<[number, string], string>('SELECT json FROM pull_nodes WHERE pull_id = ? AND urn = ?').pluck();
  const stage = db.prepare<[number, string, string]>('INSERT INTO pull_nodes (pull_id, urn, json) VALUES (?, ?, ?) ON CONFLICT (pull_id, urn) DO UPDATE SET json = excluded.json');
  const stagedAfter = db.prepare<[number, string, number], { urn: string; json: string }>('SELECT urn, json FROM pull_nodes WHERE pull_id = ? AND urn > ? ORDER BY urn LIMIT ?');
  const stageEdges = db.prepare<[number, string, string]>('INSERT INTO pull_edges (pull_id, source, json) VALUES (?, ?, ?) ON CONFLICT (pull_id, source) DO UPDATE SET json = excluded.json');
  const edgesAfter = db.prepare<[number, string, number], { source: string; json: string }>('SELECT source, json FROM pull_edges WHERE pull_id = ? AND source > ? ORDER BY source LIMIT ?');
  const clear = ['DELETE FROM pull_nodes WHERE pull_id = ?', 'DELETE FROM pull_edges WHERE pull_id = ?'].map((sql) => db.prepare<[number]>(sql));
  const addRecord = db.prepare<[string, number, number, number]>('INSERT OR IGNORE INTO pull_records (urn, pull_id, raw_id, record) VALUES (?, ?, ?, ?)');
  const records = db.prepare<[string, number], PullRecord>('SELECT raw_id, record FROM pull_records WHERE urn = ? AND pull_id = ? ORDER BY raw_id, record');
  const dropAllRecords = db.prepare<[number]>('DELETE FROM pull_records WHERE pull_id = ?');
  const dropRecords = db.prepare<[string, number]>('DELETE FROM pull_records WHERE urn = ? AND pull_id = ?');
  const quarantined = db.prepare<[number], number>('SELECT count(*) FROM quarantine WHERE raw_id IN (SELECT raw_id FROM pull_files WHERE pull_id = ?)').pluck();
  // Gone: listed whole, seen before this pull began, and in no answer of it.
  const gone = db.prepare<[object], string>(`SELECT urn FROM nodes WHERE account = @account AND (@any_region = 1 OR region IS @region) AND (@any_type = 1 OR type IN (SELECT value FROM json_each(@types))) AND (source = @format OR source LIKE @family)
    AND closed_us IS NULL AND coalesce(observed_us, captured_us, 0) < @before AND urn NOT IN (SELECT urn FROM node_sightings WHERE raw_id IN (SELECT raw_id FROM pull_files WHERE pull_id = @pull_id))`).pluck();
  return {
    begin: (pull: { product: string; target: string; principal: string; started_us: number }): number => Number(insert.run(pull.product, pull.target, pull.principal, pull.started_us).lastInsertRowid),
    get: (pullId: number) => get.get(pullId),
    all: () => all.all(),
    last: (product: string) => last.get(product),
    /** The newest pull of a target that is not over: cut, or left running by a process that died. */
    unfinished: (product: string, target: string) => open.get(product, target),
    setState: (pullId: number, state: PullState, why: string | undefined, finishedUs: number | undefined) => { setState.run(state, why ?? null, finishedUs ?? null, pullId); },
    /** What was denied or failed is asked again, and told again where it still is. */
    goOn: (pullId: number, principal: string) => { again.run(principal, pullId); dropUnread.run(pullId); dropRefused.run(pullId); },
    addCounts: (pullId: number, counts: { planned: number; requests: number; retries: number }) => { addCounts.run(counts.planned, counts.requests, counts.retries, pullId); },
    settle: (pullId: number, counts: { new: number; changed: number; unchanged: number; closed: number }) => { settle.run(counts.new, counts.changed, counts.unchanged, counts.closed, pullId); },
    units: (pullId: number) => units.all(pullId),
    putUnit: (pullId: number, row: PullUnitRow) => { putUnit.run(pullId, row.unit, row.call, row.account, row.region, row.state, row.next, row.format, row.records, row.says, row.lists, row.gaps); },
    addFile: (rawId: number, pullId: number) => { addFile.run(rawId, pullId); },
    /** Which pull each file is of. */
    byFile: (): ReadonlyMap<number, number> => new Map(byFile.all().map(({ raw_id, pull_id }) => [raw_id, pull_id])),
    files: (pullId: number): readonly number[] => files.all(pullId),
    ofFile: (rawId: number) => ofFile.get(rawId),
    staged: (pullId: number, urn: string) => staged.get(pullId, urn),
    stage: (pullId: number, urn: string, json: string) => { stage.run(pullId, urn, json); },
    stagedAfter: (pullId: number, urn: string, most: number) => stagedAfter.all(pullId, urn, most),
    stageEdges: (pullId: number, source: string, json: string) => { stageEdges.run(pullId, source, json); },
    edgesAfter: (pullId: number, source: string, most: number) => edgesAfter.all(pullId, source, most),
    /** Forgets what waited: it is in the graph, or never will be. */
    clearStaged: (pullId: number) => { for (const step of clear) step.run(pullId); },
    addRecord: (urn: string, pullId: number, rawId: number, record: number) => { addRecord.run(urn, pullId, rawId, record); },
    records: (urn: string, pullId: number): readonly PullRecord[] => records.all(urn, pullId),
    dropAllRecords: (pullId: number) => { dropAllRecords.run(pullId); },
    dropRecords: (urn: string, pullId: number) => { dropRecords.run(urn, pullId); },
    quarantined: (pullId: number): number => quarantined.get(pullId) ?? 0,
    /** Open resources that a list of this pull would have shown and didn't. */
    gone: (pullId: number, listed: { types?: readonly string[]; account: string; region?: string | null; format: string; beforeUs: number }): readonly string[] => gone.all({
      pull_id: pullId, account: listed.account, any_region: listed.region === undefined ? 1 : 0, region: listed.region ?? null, any_type: listed.types === undefined ? 1 : 0, types: JSON.stringify(listed.types ?? []),
      format: listed.format, family: `${listed.format.split('-')[0] ?? listed.format}-%`, before: listed.beforeUs,
    }),
  };
}
export type PullsTable = ReturnType<typeof pullsTable>;
