/** One answer of the engine: names of the columns, and rows of cells in that order. */
export interface Rows { readonly columns: readonly string[]; readonly rows: readonly (readonly unknown[])[] }

/** A cell as text: nothing for NULL, JSON for what is no plain value. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return [...value].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return JSON.stringify(value) ?? '';
}

/**
 * CSV as RFC 4180 has it: CRLF, quotes doubled. Text that a spreadsheet would take for a formula (it starts with = + - @, a tab or a line break) gets an
 * apostrophe before it: names in findings are written by whoever controls the resource. Numbers stay numbers, also negative ones.
 */
export function toCsv({ columns, rows }: Rows): string {
  const line = (cells: readonly unknown[]): string => `${cells.map(csvCell).join(',')}\r\n`;
  return line(columns) + rows.map(line).join('');
}

function csvCell(value: unknown): string {
  const text = cellText(value);
  const safe = typeof value !== 'number' && typeof value !== 'bigint' && /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A JSON array with one object a row; a column name that stands twice gets a number. */
export function toJson({ columns, rows }: Rows): string {
  const names = distinct(columns);
  const plain = (value: unknown): unknown => (typeof value === 'bigint' || value instanceof Uint8Array ? cellText(value) : value ?? null);
  return `${JSON.stringify(rows.map((row) => Object.fromEntries(names.map((name, i) => [name, plain(row[i])]))), null, 2)}\n`;
}

function distinct(columns: readonly string[]): readonly string[] {
  const used = new Set<string>();
  return columns.map((column) => {
    let name = column;
    for (let n = 2; used.has(name); n++) name = `${column}_${n}`;
    used.add(name);
    return name;
  });
}

/** How wide each column is drawn, in characters: what its name and first rows need, within limits. */
export function columnWidths({ columns, rows }: Rows): readonly number[] {
  const seen = rows.slice(0, 200);
  return columns.map((column, i) => Math.min(48, Math.max(6, column.length, ...seen.map((row) => cellText(row[i]).length)) + 2));
}
