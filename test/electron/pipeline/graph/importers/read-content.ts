import type { Finding } from '#shared/model/finding.ts';
import type { Edge, Resource } from '#shared/model/resource.ts';
import { importers } from '#electron/pipeline/graph/importers/all.ts';
import type { GraphRecord } from '#electron/pipeline/graph/memory-graph.ts';
import { formats } from '#electron/pipeline/normalize/formats/all.ts';
import { normalizeFile } from '#electron/pipeline/normalize/normalize.ts';

export interface Content { readonly records: readonly GraphRecord[]; readonly resources: readonly Resource[]; readonly edges: readonly Edge[]; readonly findings: readonly Finding[]; readonly errors: readonly string[]; readonly reader: string | undefined }

/** Reads a file as ingestion does: the format is told from the content. */
export async function readContent(content: string | Uint8Array, file = 'x'): Promise<Content> {
  const records: GraphRecord[] = [], findings: Finding[] = [], errors: string[] = [];
  let reader: string | undefined;
  for await (const batch of normalizeFile([Buffer.from(content)], [...formats, ...importers], { path: file, importedUs: 0 })) {
    reader = batch.reader?.name;
    for (const item of batch.items) { if ('error' in item) errors.push(`${item.position}: ${item.error}`); else { records.push({ ...item.normalized, file, record: item.index }); findings.push(...item.normalized.findings); } }
  }
  return { records, findings, errors, reader, resources: records.flatMap((r) => r.resources), edges: records.flatMap((r) => r.edges) };
}
