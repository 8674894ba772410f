import { zstdDecompressSync } from 'node:zlib';
import { atPath, withoutPath } from '#electron/pipeline/graph/identity-paths.ts';
import { mergePart } from '#electron/pipeline/graph/merge-parts.ts';
import { importers } from '#electron/pipeline/graph/importers/all.ts';
import type { Tables } from '#electron/store/tables.ts';
import { laidOver } from './pull/laid-over.ts';
import { readContext, type KeptContext } from './record-context.ts';
import type { GraphView, Resource, StoredResource } from '#shared/model/resource.ts';

/** Resources that are kept read; one evaluation needs a few dozen at most. */
const MOST_KEPT = 500;

/**
 * The graph as its raw records say, read again from what was imported: the same questions can be answered without trusting the stored graph.
 * Which record is current is taken over; what it contains is not.
 */
export function rawGraph(graph: GraphView, tables: Tables): GraphView {
  const records = recordReader(tables);
  const known = new Map<string, StoredResource | undefined>();
  function again(resource: StoredResource): StoredResource | undefined {
    if (!known.has(resource.urn)) {
      if (known.size >= MOST_KEPT) known.clear();
      known.set(resource.urn, reread(resource, records));
    }
    return known.get(resource.urn);
  }
  // As long as the graph keeps a list, what is read again of it is kept: evaluators find things by the lists that they are given.
  const lists = new WeakMap<readonly StoredResource[], readonly StoredResource[]>();
  return {
    version: graph.version,
    resource: (id, account) => { const found = graph.resource(id, account); return found && again(found); },
    ofType: (type, scope) => {
      const all = graph.ofType(type, scope);
      let read = lists.get(all);
      if (!read) { read = all.flatMap((r) => again(r) ?? []); lists.set(all, read); }
      return read;
    },
    edgesFrom: (urn, kind) => graph.edgesFrom(urn, kind),
    edgesTo: (urn, kind) => graph.edgesTo(urn, kind),
  };
}

/** Parses a resource's raw record with its importer once more; undefined when the record is not there or no longer says the same resource. */
function reread(resource: StoredResource, records: RecordReader): StoredResource | undefined {
  const last = records.read(resource.urn, Number(resource.ref.raw_id), resource.ref.record);
  const found = last?.part === undefined ? last : rereadParts(resource, records);
  return found && { ...found, hash: resource.hash, ref: resource.ref, ...(resource.observed_us !== undefined && { observed_us: resource.observed_us }) };
}

/** What many records tell together, in the order in which they came in; those of one live pull together, as they were put into the graph. */
function rereadParts(resource: StoredResource, records: RecordReader): Resource | undefined {
  const { tables } = records;
  let whole: Resource | undefined;
  const bare = withoutPath(resource.urn);
  for (const { raw_id: rawId, record } of [...tables.nodes.origins(resource.urn), ...(bare === undefined ? [] : tables.nodes.origins(bare))]) {
    const pullId = tables.pulls.ofFile(rawId);
    if (pullId !== undefined) { whole = rereadPull(resource.urn, pullId, whole, records); continue; }
    const part = records.read(resource.urn, rawId, record);
    if (part) whole = part.part === undefined ? part : mergePart(whole, part);
  }
  return whole;
}

function rereadPull(urn: string, pullId: number, before: Resource | undefined, records: RecordReader): Resource | undefined {
  const { tables } = records;
  let told: Resource | undefined;
  for (const { raw_id: rawId, record } of tables.pulls.records(urn, pullId)) {
    const part = records.read(urn, rawId, record);
    if (part) told = part.part === undefined ? part : mergePart(told, part);
  }
  return told === undefined ? before : laidOver(before, told, tables.pulls.get(pullId)?.state === 'done');
}

interface RecordReader { readonly tables: Tables; read(urn: string, rawId: number, record: number): Resource | undefined }

/** Reads what a record says of a resource. What lay around the records of one file is mostly the same, so it is read once in a row. */
function recordReader(tables: Tables): RecordReader {
  let last: { readonly bytes: Uint8Array; readonly context: KeptContext } | undefined;
  const contextOf = (bytes: Uint8Array): KeptContext => (last && Buffer.compare(last.bytes, bytes) === 0 ? last : last = { bytes, context: readContext(bytes) }).context;
  return {
    tables,
    read(urn, rawId, record) {
      const row = tables.rawFiles.record(rawId, record), file = tables.rawFiles.get(rawId);
      const importer = importers.find((i) => i.name === file?.format);
      if (!row || !importer) return undefined;
      const parsed = importer.parse(JSON.parse(zstdDecompressSync(row.data).toString('utf8')), { ...contextOf(row.context), path: file?.path ?? '', index: record });
      const found = parsed.ok ? parsed.value.resources ?? [] : [], named = found.find((r) => r.part !== undefined && r.urn === withoutPath(urn));
      return found.find((r) => r.urn === urn) ?? (named && atPath(named, urn));
    },
  };
}
