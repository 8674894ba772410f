import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { formats } from '#electron/pipeline/normalize/formats/all.ts';
import { normalizeFile } from '#electron/pipeline/normalize/normalize.ts';
import type { Event } from '#shared/model/event.ts';
import type { Finding } from '#shared/model/finding.ts';

export interface Read { readonly format: string | undefined; readonly records: number; readonly findings: readonly Finding[]; readonly events: readonly Event[]; readonly errors: readonly string[] }
export const IMPORTED_US = 1_700_000_000_000_000;

/** Reads a file as the product does, its format told from the content. */
export const readFile = (path: string): Promise<Read> => readSource(() => createReadStream(path), { path });

async function readSource(source: () => Readable, options: { readonly path: string }): Promise<Read> {
  const findings: Finding[] = [], events: Event[] = [], errors: string[] = [];
  let format: string | undefined, records = 0;
  for await (const batch of normalizeFile(source, formats, { ...options, importedUs: IMPORTED_US })) {
    format = batch.reader?.name;
    records = batch.records;
    for (const item of batch.items) {
      if ('error' in item) errors.push(item.error);
      else { findings.push(...item.normalized.findings); events.push(...item.normalized.events); }
    }
  }
  return { format, records, findings, events, errors };
}
/** Reads a document of the test's own. */
export const readText = (document: unknown, path = 'report'): Promise<Read> => readSource(() => Readable.from([Buffer.from(typeof document === 'string' ? document : JSON.stringify(document))]), { path });
export const fixture = (name: string): Promise<Read> => readFile(`test/fixtures/formats/${name}`);
