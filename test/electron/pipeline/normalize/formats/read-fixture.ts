import { createReadStream } from 'node:fs';
import { formats } from '#electron/pipeline/normalize/formats/all.ts';
import { normalizeFile } from '#electron/pipeline/normalize/normalize.ts';
import type { Event } from '#shared/model/event.ts';
import type { Finding } from '#shared/model/finding.ts';

export interface Read { readonly format: string | undefined; readonly records: number; readonly findings: readonly Finding[]; readonly events: readonly Event[]; readonly errors: readonly string[] }
export const IMPORTED_US = 1_700_000_000_000_000;

/** Reads a file as the product does, its format told from the content. */
export async function readFile(path: string): Promise<Read> {
  const findings: Finding[] = [], events: Event[] = [], errors: string[] = [];
  let format: string | undefined, records = 0;
  for await (const batch of normalizeFile(() => createReadStream(path), formats, { path, importedUs: IMPORTED_US })) {
    format = batch.reader?.name;
    records = batch.records;
    for (const item of batch.items) {
      if ('error' in item) errors.push(item.error);
      else { findings.push(...item.normalized.findings); events.push(...item.normalized.events); }
    }
  }
  return { format, records, findings, events, errors };
}
export const fixture = (name: string): Promise<Read> => readFile(`test/fixtures/formats/${name}`);
