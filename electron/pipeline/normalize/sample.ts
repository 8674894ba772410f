import { parse } from 'csv-parse/sync';
import type { RecordReader, Sample } from '../ports.ts';
import { decodeBytes, type ByteSource } from './read/bytes.ts';
import { DELIMITERS, uniqueNames } from './read/csv-records.ts';
import { jsonStart, readFirstValue } from './read/close-json.ts';
import { tellContainer } from './container.ts';
import { append, createCursor, readValue } from './read/json-cursor.ts';
import type { Mark } from './read/json-pieces.ts';
import { isPage } from './read/json-pages.ts';
import { createJsonReader } from './read/json-records.ts';
import { readXmlHead } from './read/xml-head.ts';

/** How much of a file is looked at to recognize it. */
export const SAMPLE_BYTES = 256 * 1024;
const RECORD_LIMIT = 5;

/**
 * What recognition looks at.
 * @param bytes the beginning of the decoded content (see decodeBytes); more than SAMPLE_BYTES is cut.
 */
export function buildSample(bytes: Uint8Array, path: string): Sample {
  const head = bytes.subarray(0, SAMPLE_BYTES);
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('utf8').replace(/^\uFEFF/, '');
  // JSON that an XML document holds is no document.
  const xml = readXmlHead(text);
  if (xml !== undefined) return { path, text, document: undefined, records: [], header: [], delimiter: undefined, xml };
  const body = jsonStart(text);
  const records = readRecords(text);
  const document = body === undefined ? records[0] : (readFirstValue(body) ?? records[0]);
  const first = (records.length === 0 && Array.isArray(document) ? document.slice(0, RECORD_LIMIT) : records).flatMap((record): readonly unknown[] => (Array.isArray(record) && isPage(record) ? record.slice(0, RECORD_LIMIT) : [record])).slice(0, RECORD_LIMIT);
  const known = first.length === 0 && document !== undefined && !Array.isArray(document) ? [document] : first;
  // JSON in the cells of a table is no document.
  const table = document === undefined || body === undefined ? tellHeader(text) : undefined;
  return { path, text, document, records: known, header: table?.header ?? [], delimiter: table?.delimiter, xml: undefined };
}

/** Reads as much of a source as recognition needs, unpacked and decoded. `note` is called when a compressed one is damaged before that (see decodeBytes). */
export async function readSample(source: ByteSource, path: string, note: (problem: string) => void): Promise<Sample> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of decodeBytes(typeof source === 'function' ? source() : source, note)) {
    parts.push(Buffer.from(chunk));
    size += chunk.length;
    if (size >= SAMPLE_BYTES) break;
  }
  return buildSample(Buffer.concat(parts), path);
}

/** The reader that is surest of a sample (ties: the first listed); undefined when none knows it. */
export function recognize(sample: Sample, readers: readonly RecordReader[]): { readonly reader: RecordReader; readonly score: number } | undefined {
  let best: { readonly reader: RecordReader; readonly score: number } | undefined;
  for (const reader of readers) {
    const score = reader.detect(sample);
    if (score > (best?.score ?? 0)) best = { reader, score };
  }
  return best;
}

/** Where a content that begins as JSON stops being it, in words; undefined where it doesn't begin so, or all that was looked at is JSON. */
export function brokenJson({ text }: Sample): string | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  const reader = createJsonReader({ paths: [], bare: true, emptyOk: true });
  reader.feed(Buffer.from(text));
  const isCut = Buffer.byteLength(text) >= SAMPLE_BYTES - 3;
  if (!isCut) reader.finish();
  const bad = reader.take().find((piece) => piece.kind === 'bad');
  if (bad?.kind !== 'bad') return undefined;
  const { at, line } = whereBad(text, bad);
  return `at line ${line}, byte ${at}: ${bad.reason}`;
}

/** Where within a record that could not be read its grammar breaks; its start where that can't be told. */
function whereBad(text: string, start: Mark): Mark {
  const cur = createCursor();
  append(cur, Buffer.from(text).subarray(start.at));
  cur.ended = true;
  if (readValue(cur, Infinity).next().value !== 'bad') return start;
  return { at: start.at + cur.pos, line: start.line + cur.line - 1 };
}

/** Why nothing reads a content. */
export function unknownFormat(sample: Sample): string {
  const container = tellContainer(sample.text);
  if (container !== undefined) return `the content is ${container}`;
  const broken = brokenJson(sample);
  return `the content is of no known format${broken === undefined ? '' : `; it begins as JSON, but ${broken}`}`;
}

function readRecords(text: string): readonly unknown[] {
  if (!text.includes('{') && !text.includes('[')) return [];
  const reader = createJsonReader({ paths: [], bare: true, emptyOk: true });
  const bytes = Buffer.from(text);
  const records: unknown[] = [];
  for (let i = 0; i < bytes.length && records.length < RECORD_LIMIT; i += 16_384) {
    reader.feed(bytes.subarray(i, i + 16_384));
    if (i + 16_384 >= bytes.length) reader.finish();
    for (const piece of reader.take()) if (piece.kind === 'record' && records.length < RECORD_LIMIT) keepParsed(piece.text, records);
  }
  return records;
}

function keepParsed(text: string, records: unknown[]): void {
  // A malformed record says nothing about the format.
  try { records.push(JSON.parse(text)); } catch { /* not one to recognize by */ }
}

/** The header of a delimited file: the delimiter that gives most cells in its first row (at least two). */
function tellHeader(text: string): { readonly header: readonly string[]; readonly delimiter: string } | undefined {
  let best: { readonly header: readonly string[]; readonly delimiter: string } | undefined;
  // Control characters other than tab and newlines: not a text table.
  if (Array.from(text.slice(0, 4096)).some((c) => c < ' ' && !/\s/.test(c))) return undefined;
  for (const delimiter of DELIMITERS) {
    const header = firstRow(text, delimiter);
    if (header.length >= 2 && header.length > (best?.header.length ?? 0)) best = { header, delimiter };
  }
  return best;
}

function firstRow(text: string, delimiter: string): readonly string[] {
  try {
    const [row] = parse(text.slice(0, 65_536), { delimiter, to: 1, relax_column_count: true, relax_quotes: true, skip_empty_lines: true });
    return Array.isArray(row) ? uniqueNames(row.map(String)) : [];
  } catch { return []; /* an open quote: not a header in this delimiter */ }
}
