/** How far into a file its table may begin, behind lines of the report itself. */
const LONGEST = 65_536;

/** Whether a row is the header of the table: it has all of the cells. */
export const isHeader = (row: readonly string[], cells: readonly string[]): boolean => {
  const names = new Set(row.map((name) => name.trim()));
  return cells.every((cell) => names.has(cell));
};

/** The delimiter of a table that begins, maybe not on the first line, with a header of these cells; undefined when no line near the beginning is one. */
export function tableStart(text: string, cells: readonly string[], delimiters: readonly string[]): string | undefined {
  const lines = text.slice(0, LONGEST).split(/\r?\n/);
  return delimiters.find((delimiter) => lines.some((line) => isHeader(line.split(delimiter).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1')), cells)));
}
