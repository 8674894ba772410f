import { readFileSync } from 'node:fs';
import { isObject, list } from '#shared/lib/json.ts';
import type { Edge, Resource } from '#shared/model/resource.ts';
import type { RecordReader, Sample } from '#electron/pipeline/ports.ts';

/** The concatenated JSON documents of a file (pretty-printed documents end with a brace at the start of a line). */
export function documentsOf(path: string): readonly unknown[] {
  const text = readFileSync(path, 'utf8');
  try { return [JSON.parse(text)]; } catch { return text.split(/(?<=^\})\n/m).filter((part) => part.trim() !== '').map((part): unknown => JSON.parse(part)); }
}

export const sampleOf = (document: unknown): Sample => ({
  path: 'x.json', text: JSON.stringify(document), document, records: Array.isArray(document) ? document.slice(0, 5) : [document], header: [], delimiter: undefined,
});

export interface Imported { readonly resources: readonly Resource[]; readonly edges: readonly Edge[]; readonly errors: readonly string[]; readonly records: number }

/** Cuts documents at a reader's top-level `json-path` lists, as ingestion does, and reads every record. */
export function importAll(reader: RecordReader, documents: readonly unknown[]): Imported {
  const paths = reader.containers.flatMap((container) => (container.kind === 'json-path' ? container.paths : []));
  const records = documents.flatMap((document) => {
    const found = isObject(document) ? paths.filter((path) => Array.isArray(document[path])) : [];
    return found.length === 0 ? [{ record: document, from: '' }] : found.flatMap((from) => list(document, from).map((record) => ({ record, from })));
  });
  const results = records.map(({ record, from }, index) => reader.parse(record, { parents: [], from, path: 'x.json', index }));
  return {
    resources: results.flatMap((r) => (r.ok ? r.value.resources ?? [] : [])), edges: results.flatMap((r) => (r.ok ? r.value.edges ?? [] : [])),
    errors: results.flatMap((r) => (r.ok ? [] : [r.error])), records: records.length,
  };
}
