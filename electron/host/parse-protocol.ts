import type { EventRow } from '#electron/store/tables/events.ts';
import type { Home } from '#electron/pipeline/ports.ts';
import type { PackedRows, SpareMemory } from '#electron/store/packed-rows.ts';

/** A resource record ready for the store: the resources of one raw record with their JSON and hashes, and the relationships each states. */
export interface ResourceRow { readonly record: number; readonly resource: string; readonly hash: string; readonly urn: string }
export interface EdgeRow { readonly record: number; readonly source: string; readonly json: string }
export interface RawRecordRow { readonly record: number; readonly context: Uint8Array; readonly data: Uint8Array }
export interface QuarantineItem { readonly record: number; readonly position: string; readonly why: string; readonly excerpt: string }

/** What each record of a batch became: rows with the record's number, so that the ledger can tell new from duplicate by record. */
export interface ParsedBatch {
  /** How many records, and how many bytes of the file were read by then. */
  readonly records: number; readonly bytes: number;
  readonly findings: PackedRows; readonly events: readonly EventRow[]; readonly resources: readonly ResourceRow[]; readonly edges: readonly EdgeRow[];
  readonly rawRecords: readonly RawRecordRow[]; readonly quarantined: readonly QuarantineItem[];
  /** Records without any finding, event or resource (a scan that found nothing). */
  readonly empty: number;
}

export type ToParser =
  | { readonly type: 'parse'; readonly path: string; readonly name: string; readonly format: string | undefined; readonly importedUs: number; readonly mappings: unknown; readonly home?: Home | undefined; readonly cluster?: string | undefined }
  | { readonly type: 'go'; readonly skipRecords: number }
  | { readonly type: 'skip' }
  | { readonly type: 'ack' }
  /** The memory of a batch that was saved, for one to come. */
  | { readonly type: 'reuse'; readonly memory: SpareMemory };
/** What the parser says about a file that it is to look at: one answer a `parse`, in their order; a `hashed` waits for `go` or `skip`. */
export type ParserAnswer =
  | { readonly type: 'hashed'; readonly sha256: string; readonly bytes: number; readonly format: string | undefined; readonly kind: string | undefined; readonly why: string | undefined }
  | { readonly type: 'unreadable'; readonly why: string };
/** What it reads of the files that go, one file after the other; each ends with `end` or `failed` (`isStale`: the file isn't the one any more that was hashed; nothing of it was sent. `isMixed`: it changed while it was read; what was sent may be of either). */
export type ParserRows =
  | { readonly type: 'chunk'; readonly seq: number; readonly start: number; readonly data: Uint8Array }
  | { readonly type: 'batch'; readonly batch: ParsedBatch }
  | { readonly type: 'end'; readonly complete: boolean; readonly observedUs: number | undefined; /** What whoever imports should know of the file. */ readonly note?: string }
  | { readonly type: 'failed'; readonly why: string; readonly isStale?: true; readonly isMixed?: true };
export type FromParser = ParserAnswer | ParserRows;
