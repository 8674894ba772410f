import type { Event } from '#shared/model/event.ts';
import type { Finding } from '#shared/model/finding.ts';
import type { Edge, Resource } from '#shared/model/resource.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Micros } from '#shared/lib/time.ts';
import type { Home, Normalized, RecordReader, Sample } from '../ports.ts';
import { finishEvent, finishFinding } from './finish.ts';
import type { ByteSource } from './read/bytes.ts';
import type { Mark, Piece } from './read/json-pieces.ts';
import { openRecords } from './read/open-records.ts';
import { recognize, unknownFormat } from './sample.ts';

export interface NormalizeOptions {
  /** File name or '-'. */
  readonly path: string;
  /** Name of the reader to use instead of telling it from the content. */
  readonly format?: string;
  /** Whose dump the file belongs to (`RecordContext`). */
  readonly home?: Home | undefined;
  readonly cluster?: string | undefined;
  readonly signal?: AbortSignal;
  /** Records in a batch; 1000 by default. */
  readonly batchSize?: number;
  /** Time of import, for findings that carry none. */
  readonly importedUs: Micros;
  readonly onProgress?: (progress: Progress) => void;
}
/** Bytes read of the file as it lies on disk, and records so far. */
export interface Progress { readonly bytes: number; readonly records: number }

/** What one record became; completed and checked. */
export interface NormalizedRecord {
  readonly findings: readonly Finding[]; readonly events: readonly Event[]; readonly resources: readonly Resource[]; readonly edges: readonly Edge[];
}
/** `size`: characters of the raw text, about. `position` is for people: `line 12`, or `line 1, byte 3456` where several records share a line. */
export type NormalizedItem =
  | { readonly index: number; readonly raw_text: string; readonly size: number; readonly from: string; readonly parents: readonly unknown[]; readonly normalized: NormalizedRecord }
  | { readonly index: number; readonly position: string; readonly error: string };
/** `reader` is undefined when no reader knows the file: then the one item says so. */
export interface NormalizedBatch extends Progress { readonly reader: RecordReader | undefined; readonly items: readonly NormalizedItem[] }

const BATCH = 1000;

/**
 * Turns one file into batches of normalized records, in the order of the file, each record once: read, or an error with position and reason.
 * Memory stays bounded whatever the file's size. Throws the signal's reason when cancelled, and what the source throws.
 * @param readers formats and importers; the surest one is used, or the one that `format` names.
 */
export async function* normalizeFile(source: ByteSource, readers: readonly RecordReader[], options: NormalizeOptions): AsyncGenerator<NormalizedBatch> {
  const size = options.batchSize ?? BATCH;
  const choose = (sample: Sample): Result<RecordReader> => chooseReader(sample, readers, options.format);
  let items: NormalizedItem[] = [];
  let index = 0, previous: Piece | undefined;
  const records = openRecords(source, options.path, choose);
  for await (const part of records) {
    options.signal?.throwIfAborted();
    if (!part.reader.ok) { yield { reader: undefined, items: [{ index: 0, position: 'line 1', error: part.reader.error }], bytes: part.bytes, records: 1 }; return; }
    const reader = part.reader.value;
    for (const piece of part.pieces) {
      items.push(normalizePiece(piece, reader, options, index++, previous));
      previous = piece;
      if (items.length < size) continue;
      yield report(reader, items, part.bytes, index, options);
      options.signal?.throwIfAborted();
      items = [];
    }
    if (part.last) yield report(reader, items, part.bytes, index, options);
  }
}

function report(reader: RecordReader, items: readonly NormalizedItem[], bytes: number, records: number, options: NormalizeOptions): NormalizedBatch {
  options.onProgress?.({ bytes, records });
  return { reader, items, bytes, records };
}

function chooseReader(sample: Sample, readers: readonly RecordReader[], format: string | undefined): Result<RecordReader> {
  if (format !== undefined) {
    const named = readers.find((reader) => reader.name === format);
    return named ? ok(named) : err(`no format is called ${format}: there are ${readers.map((r) => r.name).join(', ')}`);
  }
  if (sample.text.trim() === '') return err('the file is empty');
  const found = recognize(sample, readers);
  return found ? ok(found.reader) : err(unknownFormat(sample));
}

function normalizePiece(piece: Piece, reader: RecordReader, options: NormalizeOptions, index: number, previous: Piece | undefined): NormalizedItem {
  const failed = (error: string): NormalizedItem => ({ index, position: positionOf(piece, previous), error });
  if (piece.kind === 'bad') return failed(piece.reason);
  const kept = reader.redact ? redacted(piece, reader.redact) : ok(piece);
  if (!kept.ok) return failed(kept.error);
  const record = kept.value, normalized = normalizeRecord(record, reader, options, index);
  if (!normalized.ok) return failed(normalized.error);
  return { index, get raw_text() { return record.text; }, size: record.size ?? record.text.length, from: record.from, parents: record.parents, normalized: normalized.value };
}

function positionOf(piece: Piece, previous: Piece | undefined): string {
  const { at, line } = exactMark(piece);
  const exact = at >= 0 && (piece.kind === 'bad' || (previous !== undefined && exactMark(previous).line === line));
  return exact ? `line ${line}, byte ${at}` : `line ${line}`;
}
const exactMark = (piece: Piece): Mark => (piece.kind === 'record' && piece.exact ? piece.exact() : piece);

type RecordPiece = Piece & { readonly kind: 'record' };

function redacted(piece: RecordPiece, redact: (record: unknown) => unknown): Result<RecordPiece> {
  const record = piece.value === undefined ? parseRecord(piece.text) : ok(piece.value);
  if (!record.ok) return record;
  const value = redact(record.value);
  const text = JSON.stringify(value) ?? 'null';
  return ok({ kind: 'record', at: piece.at, line: piece.line, from: piece.from, value, text, parents: piece.parents.map((parent) => redactedParent(parent, redact)) });
}

/** What lies around records is shared by many of them: cleaned once, and one object still. */
const parentsOf = new WeakMap<(record: unknown) => unknown, WeakMap<object, unknown>>();
function redactedParent(parent: unknown, redact: (record: unknown) => unknown): unknown {
  if (typeof parent !== 'object' || parent === null) return redact(parent);
  const known = parentsOf.get(redact) ?? new WeakMap<object, unknown>();
  parentsOf.set(redact, known);
  if (!known.has(parent)) known.set(parent, redact(parent));
  return known.get(parent);
}

function normalizeRecord(piece: RecordPiece, reader: RecordReader, options: NormalizeOptions, index: number): Result<NormalizedRecord> {
  const record = piece.value === undefined ? parseRecord(piece.text) : ok(piece.value);
  if (!record.ok) return record;
  const parsed = parseSafely(reader, record.value, { parents: piece.parents, from: piece.from, path: options.path, index, home: options.home, cluster: options.cluster });
  return parsed.ok ? finishAll(parsed.value, record.value, options.importedUs) : parsed;
}

function finishAll(normalized: Normalized, record: unknown, importedUs: Micros): Result<NormalizedRecord> {
  const findings: Finding[] = [], events: Event[] = [];
  for (const draft of normalized.findings ?? []) {
    const finding = finishFinding(draft, importedUs);
    if (!finding.ok) return finding;
    findings.push(finding.value);
  }
  for (const [nth, draft] of (normalized.events ?? []).entries()) {
    const event = finishEvent(draft, record, nth);
    if (!event.ok) return event;
    events.push(event.value);
  }
  return ok({ findings, events, resources: normalized.resources ?? [], edges: normalized.edges ?? [] });
}

function parseRecord(text: string): Result<unknown> {
  try { return ok(JSON.parse(text)); } catch (error) { return err(`malformed JSON: ${messageOf(error)}`); }
}

/** A reader must not throw; should one do so all the same, it costs one record and says so. */
function parseSafely(reader: RecordReader, record: unknown, context: Parameters<RecordReader['parse']>[1]): Result<Normalized> {
  try { return reader.parse(record, context); } catch (error) { return err(`the reader ${reader.name} failed: ${messageOf(error)}`); }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message.slice(0, 200) : String(error));
