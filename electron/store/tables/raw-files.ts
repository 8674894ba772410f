import type { Db } from '../db.ts';

export interface RawFileRow {
  readonly raw_id: number; readonly sha256: string; readonly path: string; readonly format: string; readonly kind: string; readonly bytes: number; readonly state: string;
  readonly imported_us: number; readonly finished_us: number | null; readonly records: number; readonly new: number; readonly duplicate: number; readonly quarantined: number;
  readonly complete: number; readonly observed_us: number | null;
}
export interface Ledger { readonly records: number; readonly new: number; readonly duplicate: number; readonly quarantined: number }
export interface QuarantineRow { readonly raw_id: number; readonly record: number; readonly position: string; readonly why: string; readonly excerpt: string }

/** Imported files, their raw bytes by chunk, and what could not be read in them. */
export function rawFilesTable(db: Db) {
  const withBytes = db.prepare<[string, string], RawFileRow>("SELECT * FROM raw_files WHERE sha256 = ? AND format = ? AND state <> 'rolled_back' ORDER BY raw_id DESC");
  const insert = db.prepare<[string, string, string, string, number, number]>("INSERT INTO raw_files (sha256, path, format, kind, bytes, state, imported_us) VALUES (?, ?, ?, ?, ?, 'reading', ?)");
  const progress = db.prepare<[number, number, number, number, number]>('UPDATE raw_files SET records = ?, new = ?, duplicate = ?, quarantined = ? WHERE raw_id = ?');
  const finish = db.prepare<[string, number, number, number | null, number]>('UPDATE raw_files SET state = ?, finished_us = ?, complete = ?, observed_us = ? WHERE raw_id = ?');
  const disown = db.prepare<[number]>("UPDATE raw_files SET sha256 = 'changed while it was read: ' || sha256 || ' ' || raw_id WHERE raw_id = ?");
  const chunk = db.prepare<[number, number, number, Uint8Array]>('INSERT OR IGNORE INTO raw_chunks (raw_id, seq, start, data) VALUES (?, ?, ?, ?)');
  const chunks = db.prepare<[number], { seq: number; start: number; data: Buffer }>('SELECT seq, start, data FROM raw_chunks WHERE raw_id = ? ORDER BY seq');
  const chunkNumbers = db.prepare<[number], number>('SELECT seq FROM raw_chunks WHERE raw_id = ? ORDER BY seq').pluck();
  const oneChunk = db.prepare<[number, number], Buffer>('SELECT data FROM raw_chunks WHERE raw_id = ? AND seq = ?').pluck();
  const record = db.prepare<[number, number, Uint8Array, Uint8Array]>('INSERT OR IGNORE INTO raw_records (raw_id, record, context, data) VALUES (?, ?, ?, ?)');
  const getRecord = db.prepare<[number, number], { context: Buffer; data: Buffer }>('SELECT context, data FROM raw_records WHERE raw_id = ? AND record = ?');
  const recordNumbers = db.prepare<[number], number>('SELECT record FROM raw_records WHERE raw_id = ? ORDER BY record').pluck();
  const firstRecord = db.prepare<[number], number>('SELECT min(record) FROM raw_records WHERE raw_id = ?').pluck();
  const quarantine = db.prepare<[number, number, string, string, string]>('INSERT OR IGNORE INTO quarantine (raw_id, record, position, why, excerpt) VALUES (?, ?, ?, ?, ?)');
  const quarantined = db.prepare<[number], QuarantineRow>('SELECT * FROM quarantine WHERE raw_id = ? ORDER BY record');
  const get = db.prepare<[number], RawFileRow>('SELECT * FROM raw_files WHERE raw_id = ?');
  const all = db.prepare<[], RawFileRow>('SELECT * FROM raw_files ORDER BY raw_id DESC');
  const unfinished = db.prepare<[], RawFileRow>("SELECT * FROM raw_files WHERE state IN ('reading', 'cancelled') ORDER BY raw_id");
  return {
    /** Imports of these bytes that were not taken back, newest first: places of the same bytes may tell different things. */
    withBytes: (sha256: string, format: string): readonly RawFileRow[] => withBytes.all(sha256, format),
    get: (rawId: number) => get.get(rawId),
    /** All imports, newest first. */
    all: () => all.all(),
    unfinished: () => unfinished.all(),
    insert: (file: { sha256: string; path: string; format: string; kind: string; bytes: number; imported_us: number }): number =>
      Number(insert.run(file.sha256, file.path, file.format, file.kind, file.bytes, file.imported_us).lastInsertRowid),
    progress: (rawId: number, ledger: Ledger) => { progress.run(ledger.records, ledger.new, ledger.duplicate, ledger.quarantined, rawId); },
    finish: (rawId: number, end: { state: 'done' | 'cancelled'; finished_us: number; complete: boolean; observed_us: number | undefined }) => {
      finish.run(end.state, end.finished_us, end.complete ? 1 : 0, end.observed_us ?? null, rawId);
    },
    /** What was read is of no one version of the file: the same bytes are to be read anew. */
    disown: (rawId: number) => { disown.run(rawId); },
    addChunk: (rawId: number, seq: number, start: number, data: Uint8Array) => { chunk.run(rawId, seq, start, data); },
    chunks: (rawId: number) => chunks.all(rawId),
    chunkNumbers: (rawId: number) => chunkNumbers.all(rawId),
    chunk: (rawId: number, seq: number) => oneChunk.get(rawId, seq),
    addRecord: (rawId: number, index: number, context: Uint8Array, data: Uint8Array) => { record.run(rawId, index, context, data); },
    record: (rawId: number, index: number) => getRecord.get(rawId, index),
    /** Positions of the records that are kept one by one; the first of them. */
    recordNumbers: (rawId: number): readonly number[] => recordNumbers.all(rawId), firstRecord: (rawId: number) => firstRecord.get(rawId) ?? undefined,
    addQuarantine: (rawId: number, index: number, position: string, why: string, excerpt: string) => { quarantine.run(rawId, index, position, why, excerpt); },
    quarantined: (rawId: number) => quarantined.all(rawId),
  };
}
export type RawFilesTable = ReturnType<typeof rawFilesTable>;
