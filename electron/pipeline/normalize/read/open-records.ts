import type { Result } from '#shared/lib/result.ts';
import type { RecordReader, Sample, XmlContainer } from '../../ports.ts';
import { buildSample, SAMPLE_BYTES } from '../sample.ts';
import { decodeBytes, type ByteChunks, type ByteSource } from './bytes.ts';
import { readCsv, toPiece } from './csv-records.ts';
import { jsonStart } from './close-json.ts';
import { HOLD_BYTES } from './json-cursor.ts';
import type { Piece } from './json-pieces.ts';
import { createJsonReader, type JsonOptions, type JsonReader } from './json-records.ts';
import { tableStart } from './table-start.ts';
import { readXml } from './read-xml.ts';
import { readYaml } from './yaml-records.ts';
import { reopenable } from './reopen.ts';

/** Some of a file's records; `bytes` counts those read of the file itself, before unpacking. */
export interface RecordsPart { readonly reader: Result<RecordReader>; readonly pieces: readonly Piece[]; readonly bytes: number; readonly last: boolean }
/** What a reader says of its tables. */
type Table = Extract<RecordReader['containers'][number], { readonly kind: 'csv' }>;
/** JSON is read in bites: the records of one live at the same time. */
const BITE = 64 * 1024;
/** What the containers of a reader come to for the JSON reader. */
const jsonOptions = (reader: RecordReader): JsonOptions => ({
  paths: reader.containers.flatMap((c) => (c.kind === 'json-path' ? c.paths : [])),
  bare: reader.containers.some((c) => c.kind === 'json'),
  emptyOk: reader.containers.some((c) => c.kind === 'json-path' && c.emptyOk === true),
  alone: reader.containers.every((c) => c.kind !== 'json-path' || c.alone === true),
});

/**
 * Opens a file, has its reader chosen from its beginning, and yields its records as that reader's containers cut them. When the content ends
 * early (truncated gzip) the last piece says so. The last part has `last: true`.
 */
export async function* openRecords(source: ByteSource, path: string, choose: (sample: Sample) => Result<RecordReader>): AsyncGenerator<RecordsPart> {
  const input = await reopenable(source, HOLD_BYTES);
  try {
    const progress = { bytes: 0 };
    let problem: string | undefined;
    const decoded = decodeBytes(counted(input.open(), progress), (note) => { problem = note; });
    const { head, rest } = await takeHead(decoded);
    const sample = buildSample(head, path);
    const reader = choose(sample);
    if (!reader.ok) { yield { reader, pieces: [], bytes: progress.bytes, last: true }; return; }
    const all = chain(head, rest);
    const xml = xmlOf(reader.value, sample), delimiter = csvDelimiter(reader.value, sample);
    const options = jsonOptions(reader.value);
    const parts = xml.length > 0 ? readXml(all, head, xml, sample.xml?.root, input.open, () => problem) : delimiter !== undefined ? readTable(copied(all), delimiter, tableOf(reader.value), () => problem) : isYaml(reader.value, sample) ? readYaml(all, options.paths) : readJson(all, options, input.open, () => problem);
    for await (const pieces of parts) yield { reader, pieces, bytes: progress.bytes, last: false };
    yield { reader, pieces: [], bytes: progress.bytes, last: true };
  } finally { await input.close(); }
}

const tableOf = (reader: RecordReader): Table | undefined => reader.containers.find((c) => c.kind === 'csv');

/** What a reader says of XML, when the file is to be read as that. */
function xmlOf(reader: RecordReader, { text }: Sample): readonly XmlContainer[] {
  const xml = reader.containers.filter((c) => c.kind === 'xml');
  return xml.length === reader.containers.length || /^\s*</.test(text) ? xml : [];
}

/** The delimiter when the file is to be read as CSV; undefined for JSON. */
function csvDelimiter(reader: RecordReader, sample: Sample): string | undefined {
  const csv = reader.containers.find((c) => c.kind === 'csv');
  if (!csv) return undefined;
  const told = csv.header === undefined ? undefined : tableStart(sample.text, csv.header, csv.delimiters);
  if (told !== undefined) return told;
  if (sample.delimiter !== undefined) return sample.delimiter;
  return reader.containers.length === 1 || jsonStart(sample.text) === undefined ? csv.delimiters[0] ?? ',' : undefined;
}

/** JSON is read as JSON even where YAML would do, as it can be read in parts; documents with YAML's mark between them are YAML, however they begin. */
const isYaml = (reader: RecordReader, { text }: Sample): boolean => reader.containers.some((c) => c.kind === 'yaml') && (!/^\s*[[{]/.test(text) || /^---[ \t]*(#.*)?\r?$/m.test(text));

async function* readJson(chunks: AsyncIterable<Uint8Array>, options: JsonOptions, reopen: () => ByteChunks, problem: () => string | undefined): AsyncGenerator<readonly Piece[]> {
  const reader = createJsonReader(options);
  let line = 1;
  const take = (): Piece[] => {
    const pieces = reader.take();
    line = pieces.at(-1)?.line ?? line;
    return pieces;
  };
  for await (const chunk of chunks) {
    for (let i = 0; i < chunk.length; i += BITE) {
      reader.feed(chunk.subarray(i, i + BITE));
      await giveAround(reader, reopen, options);
      yield take();
    }
  }
  reader.finish(problem());
  await giveAround(reader, reopen, options);
  const rest = take();
  const reason = problem();
  if (reason !== undefined && !rest.some((p) => p.kind === 'bad' && p.reason.includes(reason))) rest.push({ kind: 'bad', at: -1, line, reason: `${reason}: records behind this one may be missing` });
  yield rest;
}

/** A pass over the whole file that keeps only what lies around the records of documents too large to hold, once the first of them is met. */
async function giveAround(emitting: JsonReader, reopen: () => ByteChunks, options: JsonOptions): Promise<void> {
  const large = emitting.needsAround();
  if (large === undefined) return;
  const reader = createJsonReader({ ...options, gather: { large } });
  for await (const chunk of decodeBytes(reopen(), () => undefined)) {
    for (let i = 0; i < chunk.length; i += BITE) reader.feed(chunk.subarray(i, i + BITE));
  }
  reader.finish();
  emitting.giveAround(reader.gathered());
}

async function* readTable(chunks: AsyncIterable<Uint8Array>, delimiter: string, table: Table | undefined, problem: () => string | undefined): AsyncGenerator<readonly Piece[]> {
  let line = 1;
  for await (const pieces of readCsv(chunks, delimiter, table?.names, table?.header)) {
    line = pieces.at(-1)?.line ?? line;
    yield pieces.map(toPiece);
  }
  const reason = problem();
  if (reason !== undefined) yield [{ kind: 'bad', at: -1, line, reason: `${reason}: rows behind this one may be missing` }];
}

/** The first SAMPLE_BYTES (or all there are), and an iterable of what follows. */
async function takeHead(chunks: AsyncGenerator<Uint8Array>): Promise<{ head: Uint8Array; rest: AsyncIterable<Uint8Array> }> {
  const parts: Uint8Array[] = [];
  let size = 0;
  while (size < SAMPLE_BYTES) {
    const next = await chunks.next();
    if (next.done) break;
    parts.push(Buffer.from(next.value));
    size += next.value.length;
  }
  return { head: Buffer.concat(parts), rest: chunks };
}

/** For a reader that keeps what it was given. */
async function* copied(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> { for await (const chunk of chunks) yield Buffer.from(chunk); }
async function* chain(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> { yield first; yield* rest; }
async function* counted(chunks: ByteChunks, progress: { bytes: number }): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) { progress.bytes += chunk.length; yield chunk; }
}
