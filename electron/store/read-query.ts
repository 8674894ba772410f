import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Db } from './db.ts';

export interface QueryResult { readonly columns: readonly string[]; readonly rows: readonly (readonly unknown[])[]; readonly truncated: boolean }

/** Rows go through three processes' memory before they are shown. */
const MOST_CHARACTERS = 100e6;

/**
 * Runs one read-only statement. Anything that could write, and more than one statement, is refused; blobs come as their size.
 * @param limits most rows, and seconds between two rows or in all after which it stops.
 */
export function runQuery(db: Db, sql: string, limits: { readonly limit: number; readonly seconds: number }): Result<QueryResult> {
  try {
    const statement = db.prepare<[], unknown[]>(sql);
    if (!statement.reader) return err('only statements that return rows are run here');
    if (!statement.readonly) return err('this statement would change the workspace; queries are read-only');
    const columns = apart(statement.columns().map((c) => c.name));
    const rows: unknown[][] = [];
    const end = Date.now() + limits.seconds * 1000;
    let size = 0;
    for (const row of statement.raw().safeIntegers().iterate()) {
      if (rows.length >= limits.limit) return ok({ columns, rows, truncated: true });
      if (Date.now() > end) return err(`stopped after ${limits.seconds} s with ${rows.length} rows; narrow it or add a LIMIT`);
      const cells = row.map(readCell);
      size += cells.reduce((sum: number, cell) => sum + (typeof cell === 'string' ? cell.length : 0), 0);
      if (size > MOST_CHARACTERS) return err(`stopped at ${rows.length} rows: together they are larger than ${MOST_CHARACTERS / 1e6} million characters`);
      rows.push(cells);
    }
    return ok({ columns, rows, truncated: false });
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}

/** Names as SQLite makes them for a subquery: a second `n` is `n:1`, so that a row as an object has them all. */
function apart(names: readonly string[]): readonly string[] {
  const taken = new Set(names), seen = new Set<string>();
  return names.map((name) => {
    let own = name;
    for (let n = 1; seen.has(own) || (own !== name && taken.has(own)); n++) own = `${name}:${n}`;
    seen.add(own);
    return own;
  });
}

/** A number that JSON or a JavaScript number can't hold comes as its text. */
function readCell(cell: unknown): unknown {
  if (typeof cell === 'bigint') return cell >= Number.MIN_SAFE_INTEGER && cell <= Number.MAX_SAFE_INTEGER ? Number(cell) : cell.toString();
  if (typeof cell === 'number' && !Number.isFinite(cell)) return String(cell);
  return cell instanceof Uint8Array ? `<${cell.length} bytes>` : cell;
}
