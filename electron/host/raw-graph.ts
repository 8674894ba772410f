import { zstdDecompressSync } from 'node:zlib';
import { z } from 'zod';
import { importers } from '#electron/pipeline/graph/importers/all.ts';
import type { Tables } from '#electron/store/tables.ts';
import type { GraphView, Resource, StoredResource } from '#shared/model/resource.ts';

/** Resources that are kept read; one evaluation needs a few dozen at most. */
const MOST_KEPT = 2000;
const contextSchema = z.object({ from: z.string(), parents: z.array(z.unknown()) });

/**
 * The graph as its raw records say, read again from what was imported: the same questions can be answered without trusting the stored graph.
 * Which record is current is taken over; what it contains is not.
 */
export function rawGraph(graph: GraphView, tables: Tables): GraphView {
  const known = new Map<string, StoredResource | undefined>();
  function again(resource: StoredResource): StoredResource | undefined {
    if (!known.has(resource.urn)) {
      if (known.size >= MOST_KEPT) known.clear();
      known.set(resource.urn, reread(resource, tables));
    }
    return known.get(resource.urn);
  }
  return {
    version: graph.version,
    resource: (id, account) => { const found = graph.resource(id, account); return found && again(found); },
    ofType: (type, scope) => graph.ofType(type, scope).flatMap((r) => again(r) ?? []),
    edgesFrom: (urn, kind) => graph.edgesFrom(urn, kind),
    edgesTo: (urn, kind) => graph.edgesTo(urn, kind),
  };
}

/** Parses a resource's raw record with its importer once more; undefined when the record is not there or no longer says the same resource. */
function reread(resource: StoredResource, tables: Tables): StoredResource | undefined {
  const rawId = Number(resource.ref.raw_id);
  const row = tables.rawFiles.record(rawId, resource.ref.record);
  const importer = importers.find((i) => i.name === tables.rawFiles.get(rawId)?.format);
  if (!row || !importer) return undefined;
  const context = contextSchema.parse(JSON.parse(zstdDecompressSync(row.context).toString('utf8')));
  const parsed = importer.parse(JSON.parse(zstdDecompressSync(row.data).toString('utf8')), { ...context, path: '', index: resource.ref.record });
  const found: Resource | undefined = parsed.ok ? parsed.value.resources?.find((r) => r.urn === resource.urn) : undefined;
  return found && { ...found, hash: resource.hash, ref: resource.ref, ...(resource.observed_us !== undefined && { observed_us: resource.observed_us }) };
}
