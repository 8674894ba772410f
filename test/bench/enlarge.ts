import Database from 'better-sqlite3';

type Db = Database.Database;
const count = (db: Db, table: string): number => Number(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
const copiesFor = (have: number, wanted: number): readonly number[] => Array.from({ length: Math.max(0, Math.ceil(wanted / have) - 1) }, (_, i) => i + 1);
/** The columns of a table for an INSERT … SELECT, some of them replaced by expressions. */
const columns = (db: Db, table: string, replaced: Readonly<Record<string, string>>): string => db.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(table).map((c) => replaced[c] ?? c).join(', ');

export interface Enlarged { readonly incidents: number; readonly nodes: number; readonly edges: number; /** How long the queue's rows took to write. */ readonly queue_ms: number }

/**
 * Makes a triaged workspace large: copies of its own incidents with their decisions and calls, and of its own graph, until there are so many.
 * @param file a closed workspace; it is changed
 */
export function enlarge(file: string, wanted: { readonly incidents: number; readonly nodes?: number }): Enlarged {
  const db = new Database(file);
  let queueMs = 0;
  db.transaction(() => {
    copyIncidents(db, wanted.incidents);
    if (wanted.nodes !== undefined) copyGraph(db, wanted.nodes);
    const started = performance.now();
    for (const sql of ['DELETE FROM queue', 'DELETE FROM queue_tags', 'DELETE FROM queue_dirty', 'DELETE FROM queue_redecided', 'INSERT INTO queue SELECT * FROM queue_now', 'INSERT INTO queue_tags SELECT kind, value, key FROM queue_tags_now']) db.exec(sql);
    queueMs = Math.round(performance.now() - started);
  })();
  const made = { incidents: count(db, 'queue'), nodes: count(db, 'nodes'), edges: count(db, 'edges'), queue_ms: queueMs };
  db.close();
  return made;
}

function copyIncidents(db: Db, wanted: number): void {
  const original = "id NOT LIKE 'INC-%-%-%'", decided = `SELECT decision_id FROM incidents WHERE ${original}`;
  for (const n of copiesFor(count(db, 'incidents'), wanted)) {
    const own = { key: `key || '-${n}'`, id: `id || '-${n}'`, decision_id: `decision_id || '-${n}'`, json: `json_set(json, '$.key', key || '-${n}', '$.id', id || '-${n}', '$.title', json_extract(json, '$.title') || ' ${n}')` };
    db.exec(`INSERT INTO decisions SELECT ${columns(db, 'decisions', { key: own.key, decision_id: own.decision_id })} FROM decisions WHERE decision_id IN (${decided})`);
    db.exec(`INSERT INTO calls SELECT ${columns(db, 'calls', { decision_id: own.decision_id })} FROM calls WHERE decision_id IN (${decided})`);
    db.exec(`INSERT INTO incidents SELECT ${columns(db, 'incidents', own)} FROM incidents WHERE ${original}`);
  }
}

/** Copies stand beside each other, and what leaves the copied part (the internet, AWS services) is shared: hubs get as many neighbours as there are copies. */
function copyGraph(db: Db, wanted: number): void {
  db.exec("CREATE TEMP TABLE originals AS SELECT urn FROM nodes WHERE urn LIKE 'arn:%'");
  const isCopied = (column: string): string => `${column} IN (SELECT urn FROM originals)`;
  for (const n of copiesFor(count(db, 'originals'), wanted)) {
    const copied = (column: string): string => `CASE WHEN ${isCopied(column)} THEN ${column} || '-${n}' ELSE ${column} END`;
    db.exec(`INSERT INTO nodes SELECT ${columns(db, 'nodes', { urn: `urn || '-${n}'` })} FROM nodes WHERE ${isCopied('urn')}`);
    db.exec(`INSERT INTO edges SELECT ${columns(db, 'edges', { edge_id: 'NULL', source: copied('source'), target: copied('target') })} FROM edges WHERE edge_id IN (SELECT edge_id FROM edges WHERE ${isCopied('source')} OR ${isCopied('target')})`);
  }
}
