import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { normalizeFile } from '#electron/pipeline/normalize/normalize.ts';
import { formats } from '#electron/pipeline/normalize/formats/all.ts';
import type { Finding } from '#shared/model/finding.ts';

const root = join(import.meta.dirname, '../../../../..');
export const fixture = (path: string): string => join(root, 'test/fixtures/formats', path);
export const sample = (path: string): string => join(root, '../shared/samples', path);
export const hasSamples = existsSync(sample('INDEX.tsv'));

export interface Read { readonly format: string | undefined; readonly records: number; readonly findings: readonly Finding[]; readonly errors: readonly string[] }

/** Reads a file as `winnow ingest` does: recognized among all formats, unless one is named. Findings without a time get 2026-06-01. */
export async function readFindings(path: string, format?: string): Promise<Read> {
  const findings: Finding[] = [], errors: string[] = [];
  let name: string | undefined, records = 0;
  const options = { path, importedUs: Date.UTC(2026, 5, 1) * 1000, ...(format !== undefined && { format }) };
  for await (const batch of normalizeFile(createReadStream(path), formats, options)) {
    name = batch.reader?.name;
    records = batch.records;
    for (const item of batch.items) {
      if ('error' in item) errors.push(item.error);
      else findings.push(...item.normalized.findings);
    }
  }
  return { format: name, records, findings, errors };
}

/** The one finding of a check on an entity; throws when there are none or several. */
export function only(findings: readonly Finding[], is: (finding: Finding) => boolean): Finding {
  const found = findings.filter(is);
  if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} findings, not one`);
  return found[0];
}
