import { parse, type CsvError, type Info } from 'csv-parse';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Piece } from './json-pieces.ts';
import { isHeader } from './table-start.ts';

/** Delimiters that are looked for in a header. */
export const DELIMITERS = [',', ';', '\t', '|'] as const;
const MAX_ROW_BYTES = 64 * 1024 * 1024;

/** A row that was read: its cells by header cell (a repeated header gets ` (2)`), or why it could not be. Position is the line it starts on. */
export type CsvPiece = { readonly line: number; readonly row: Result<Readonly<Record<string, string>>> };

/**
 * Reads CSV with a header: RFC 4180 quoting (newlines inside quotes), rows without any value are none, rows with too few or too many cells are errors of their own. When the
 * file as a whole breaks off (an open quote at its end, a row over 64 MiB) the rest is one error.
 * @param names the columns of a file without a header; a first row with none of them is then a record.
 * @param start cells by which the header is told where rows of the report's own (title, address, counts) may stand before it.
 */
export async function* readCsv(chunks: AsyncIterable<Uint8Array>, delimiter: string, names?: readonly string[], start: readonly string[] = []): AsyncGenerator<readonly CsvPiece[]> {
  const parser = parse({
    delimiter, bom: true, info: true, relax_column_count: true, relax_quotes: true, skip_empty_lines: true, skip_records_with_empty_values: true, max_record_size: MAX_ROW_BYTES,
  });
  let header: readonly string[] | undefined;
  let line = 1;
  let broken: string | undefined;
  parser.on('error', (error: CsvError) => { broken = reasonOf(error); });
  const take = (): CsvPiece[] => {
    const pieces: CsvPiece[] = [];
    for (let entry: unknown = parser.read(); entry !== null; entry = parser.read()) {
      if (!isRow(entry)) continue;
      // `lines` is where the row ends: the newlines inside its cells lead back to where it starts.
      const from = entry.info.lines === line ? line : entry.info.lines - countNewlines(entry.record);
      line = entry.info.lines + 1;
      if (header === undefined && !isHeader(entry.record, start)) continue;
      const isNameless: boolean = header === undefined && names !== undefined && !entry.record.some((cell) => names.includes(cell.trim()));
      if (header === undefined) header = isNameless ? names ?? [] : uniqueNames(entry.record);
      else { pieces.push({ line: from, row: toObject(header, entry.record) }); continue; }
      if (isNameless) pieces.push({ line: from, row: toObject(header, entry.record) });
    }
    return pieces;
  };
  for await (const chunk of chunks) {
    for (let i = 0; i < chunk.length && broken === undefined; i += 65_536) {
      const written = new Promise<void>((resolve) => { parser.write(chunk.subarray(i, i + 65_536), () => { resolve(); }); });
      // Rows wait to be taken before the parser says that it is done with a chunk that holds more than a few of them.
      const pieces = take();
      await written;
      pieces.push(...take());
      if (pieces.length > 0) yield pieces;
    }
    if (broken !== undefined) break;
  }
  if (broken === undefined) await new Promise<void>((resolve) => { parser.once('error', () => { resolve(); }); parser.end(() => { resolve(); }); });
  const rest = take();
  if (broken !== undefined) rest.push({ line, row: err(broken) });
  if (rest.length > 0) yield rest;
}

function isRow(entry: unknown): entry is { readonly info: Info; readonly record: readonly string[] } {
  return typeof entry === 'object' && entry !== null && 'record' in entry && Array.isArray(entry.record);
}

function toObject(header: readonly string[], cells: readonly string[]): Result<Readonly<Record<string, string>>> {
  const extra = cells.slice(header.length).some((cell) => cell.trim() !== '');
  if (extra || cells.length < header.length) return err(`the row has ${cells.length} cells, the header ${header.length}`);
  return ok(Object.fromEntries(header.map((name, i) => [name, cells[i] ?? ''])));
}

const countNewlines = (cells: readonly string[]): number => cells.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0);

/** Header cells trimmed and made unique. */
export function uniqueNames(cells: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return cells.map((cell) => {
    const name = cell.trim();
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}

function reasonOf(error: CsvError): string {
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') return 'a quote is not closed: the rest of the file could not be read';
  if (error.code === 'CSV_MAX_RECORD_SIZE') return 'a row is longer than 64 MiB: the rest of the file could not be read';
  return error.message;
}

/** The piece as the normalizer's common shape; the text is the row as JSON. */
export function toPiece(piece: CsvPiece): Piece {
  if (!piece.row.ok) return { kind: 'bad', at: -1, line: piece.line, reason: piece.row.error };
  return { kind: 'record', at: -1, line: piece.line, text: JSON.stringify(piece.row.value), value: piece.row.value, from: '', parents: [] };
}
