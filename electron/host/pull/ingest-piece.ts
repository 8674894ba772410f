import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { mergePart } from '#electron/pipeline/graph/merge-parts.ts';
import { parseResource } from '#electron/store/tables/nodes.ts';
import type { PullUnitRow } from '#electron/store/tables/pulls.ts';
import type { Ledger } from '#electron/store/tables/raw-files.ts';
import type { Piece } from '#electron/connectors/connector.ts';
import { edgeSchema } from '#shared/model/resource.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { App } from '../create-app.ts';
import type { ParsedBatch, ParserRows } from '../parse-protocol.ts';
import type { Parser } from '../worker-pool.ts';
import { gapsOf } from './settle-pull.ts';

/** Batches and chunks in one commit. */
const TOGETHER = 16;

/**
 * Keeps a piece of a pull raw and reads it with its importer; the resources wait with the pull until it is over (settle-pull.ts). The unit's row is
 * written in the last transaction: a piece that was cut is pulled again.
 * @param dir a folder of this pull's own, for the bytes on their way to the parser.
 * @returns an error when the importer can't read it at all.
 */
export async function ingestPiece(app: App, parser: Parser, pullId: number, piece: Piece, unit: PullUnitRow, dir: string): Promise<Result<void>> {
  // A record that could not be read may be about anything that the unit lists: then nothing of it is taken as gone.
  const saveUnit = (quarantined: number): void => { app.tables.pulls.putUnit(pullId, quarantined === 0 ? unit : { ...unit, gaps: JSON.stringify([...gapsOf(unit), { subject: piece.name, state: 'failed', says: `${quarantined} records could not be read` }]) }); };
  if (piece.records === 0) { app.tables.transaction(() => { saveUnit(0); }); return ok(undefined); }
  const path = join(dir, 'piece'), name = `pull-${pullId}/${piece.name}`, importedUs = app.now();
  writeFileSync(path, piece.bytes, { mode: 0o600 });
  try {
    parser.send({ type: 'parse', path, name, format: piece.format, importedUs, mappings: {} });
    const hashed = await parser.answer();
    if (hashed.type === 'unreadable') return err(hashed.why);
    if (hashed.kind === undefined) { parser.send({ type: 'skip' }); return err(`no importer is called ${piece.format}`); }
    const { kind } = hashed;
    const rawId = app.tables.transaction(() => {
      const id = app.tables.rawFiles.insert({ sha256: createHash('sha256').update(piece.bytes).digest('hex'), path: name, format: piece.format, kind, bytes: piece.bytes.length, imported_us: importedUs });
      app.tables.pulls.addFile(id, pullId);
      return id;
    });
    parser.send({ type: 'go', skipRecords: 0 });
    return await takeMessages(app, parser, { pullId, rawId, saveUnit });
  } finally { await rm(path, { force: true }); }
}

interface Place { readonly pullId: number; readonly rawId: number; readonly saveUnit: (quarantined: number) => void }

async function takeMessages(app: App, parser: Parser, place: Place): Promise<Result<void>> {
  let ledger: Ledger = { records: 0, new: 0, duplicate: 0, quarantined: 0 };
  for (;;) {
    const messages = await parser.waiting(TOGETHER);
    ledger = app.tables.transaction(() => {
      const after = messages.reduce((sum, message) => saveMessage(app, message, place, sum), ledger);
      if (messages.some((m) => m.type === 'end')) {
        // Never `complete`: what a pull no longer shows is closed by what its units list.
        app.tables.rawFiles.finish(place.rawId, { state: 'done', finished_us: app.now(), complete: false, observed_us: undefined });
        place.saveUnit(after.quarantined);
      }
      return after;
    });
    for (const message of messages) {
      if (message.type === 'chunk' || message.type === 'batch') parser.send({ type: 'ack' });
      if (message.type === 'batch') parser.giveBack(message.batch);
      if (message.type === 'failed') return err(message.why);
      if (message.type === 'end') return ok(undefined);
    }
  }
}

function saveMessage(app: App, message: ParserRows, { pullId, rawId }: Place, ledger: Ledger): Ledger {
  if (message.type === 'chunk') app.tables.rawFiles.addChunk(rawId, message.seq, message.start, message.data);
  if (message.type !== 'batch') return ledger;
  const { batch } = message, { rawFiles } = app.tables;
  for (const row of batch.rawRecords) rawFiles.addRecord(rawId, row.record, row.context, row.data);
  stageBatch(app, pullId, rawId, batch);
  for (const q of batch.quarantined) rawFiles.addQuarantine(rawId, q.record, q.position, q.why, q.excerpt);
  const next = { records: ledger.records + batch.records, new: ledger.new + batch.records - batch.quarantined.length, duplicate: 0, quarantined: ledger.quarantined + batch.quarantined.length };
  rawFiles.progress(rawId, next);
  return next;
}

/** Puts the resources of some records together with what this pull has told of them before. Call inside a transaction. */
export function stageBatch(app: App, pullId: number, rawId: number, batch: Pick<ParsedBatch, 'resources' | 'edges'>): void {
  const { pulls, nodes } = app.tables;
  const parts = new Set<string>();
  for (const { urn, record, resource: json } of batch.resources) {
    const resource = parseResource(json), before = resource.part === undefined ? undefined : pulls.staged(pullId, urn);
    pulls.stage(pullId, urn, before === undefined ? json : JSON.stringify(mergePart(parseResource(before), resource)));
    pulls.addRecord(urn, pullId, rawId, record);
    nodes.sight(rawId, urn);
    if (resource.part !== undefined) parts.add(urn);
  }
  const stated = Map.groupBy(batch.edges.filter(({ source }) => !parts.has(source)), ({ source }) => source);
  // Of several records about one resource the last one counts, as everywhere.
  for (const [source, edges] of stated) {
    const last = edges.at(-1)?.record;
    pulls.stageEdges(pullId, source, JSON.stringify(edges.filter(({ record }) => record === last).map(({ json }) => edgeSchema.parse(JSON.parse(json)))));
  }
}
