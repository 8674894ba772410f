import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Db } from './db.ts';

export interface QueryResult { readonly columns: readonly string[]; readonly rows: readonly (readonly unknown[])[]; readonly truncated: boolean }

/**
 * Runs one read-only statement. Anything that could write, and more than one statement, is refused; blobs come as their size.
 * @param limits most rows, and seconds between two rows or in all after which it stops.
 */
export function runQuery(db: Db, sql: string, limits: { readonly limit: number; readonly seconds: number }): Result<QueryResult> {
  try {
    const statement = db.prepare<[], unknown[]>(sql);
    if (!statement.reader) return err('only statements that return rows are run here');
    if (!statement.readonly) return err('this statement would change the workspace; queries are read-only');
    const columns = statement.columns().map((c) => c.name);
    const rows: unknown[][] = [];
    const end = Date.now() + limits.seconds * 1000;
    for (const row of statement.raw().iterate()) {
      if (rows.length >= limits.limit) return ok({ columns, rows, truncated: true });
      if (Date.now() > end) return err(`stopped after ${limits.seconds} s with ${rows.length} rows; narrow it or add a LIMIT`);
      rows.push(row.map((cell) => (cell instanceof Uint8Array ? `<${cell.length} bytes>` : typeof cell === 'bigint' ? cell.toString() : cell)));
    }
    return ok({ columns, rows, truncated: false });
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}
