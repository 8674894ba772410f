import { list, str } from '#shared/lib/json.ts';

/** The columns of a table of Azure Monitor's query API (`columns[].name`; in its first version `Columns[].ColumnName`). */
export function asTable(table: unknown): { readonly columns: readonly string[] } {
  return { columns: [...list(table, 'columns'), ...list(table, 'Columns')].slice(0, 1000).map((column) => str(column, 'name') ?? str(column, 'ColumnName') ?? '') };
}

/** A row as the object that its table's columns make of it; undefined where the table tells none. Empty cells are left out. */
export function rowObject(row: readonly unknown[], table: unknown): Readonly<Record<string, unknown>> | undefined {
  const { columns } = asTable(table);
  return columns.length === 0 ? undefined : Object.fromEntries(columns.flatMap((name, i) => (name === '' || row[i] === null || row[i] === undefined || row[i] === '' ? [] : [[name, row[i]]])));
}

/** What a cell holds as JSON text (`Entities`, `Tactics`): the value, or the cell as it is where it is none. */
export function cellJson(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  // A cut cell is no JSON: it names nothing.
  try { return JSON.parse(value); } catch { return undefined; }
}

/** The texts that a cell lists: as a list, as JSON text of one, or with commas. */
export function cellTexts(value: unknown): readonly string[] {
  const found = cellJson(value);
  if (Array.isArray(found)) return found.flatMap((item) => str(item) ?? []);
  return typeof found === 'string' ? found.split(',').map((text) => text.trim()).filter((text) => text !== '') : [];
}
