import Database from 'better-sqlite3';

/** Reads the workspace beside the engine, as a second pair of eyes. */
export function rowsOf(file: string, sql: string, ...values: readonly (string | number)[]): readonly Readonly<Record<string, unknown>>[] {
  const db = new Database(file, { readonly: true });
  try { return db.prepare<unknown[], Record<string, unknown>>(sql).all(...values); } finally { db.close(); }
}
