import type { Db } from '../db.ts';

/** The tables and views of a workspace with their columns, as a person who writes SQL wants them: without the notes of what is to be computed anew. */
export function readSchema(db: Db) {
  const rows = db.prepare<[], { table: string; name: string; type: string }>(`SELECT t.name AS "table", c.name AS name, c.type AS type FROM pragma_table_list t JOIN pragma_table_info(t.name) c
    WHERE t.schema = 'main' AND t.type IN ('table', 'view') AND t.name NOT LIKE 'sqlite%' AND t.name NOT IN ('dirty_urns', 'queue_dirty', 'queue_redecided') ORDER BY t.name, c.cid`);
  return () => [...Map.groupBy(rows.all(), (row) => row.table)].map(([table, columns]) => ({ table, columns: columns.map(({ name, type }) => ({ name, type })) }));
}
