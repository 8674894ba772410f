import { resolve } from 'node:path';
import type { Ledger, RawFileRow } from '#electron/store/tables/raw-files.ts';
import type { Home } from '#electron/pipeline/ports.ts';
import type { App } from './create-app.ts';
import { readProblem } from './find-files.ts';
import type { ParserAnswer } from './parse-protocol.ts';
import { sameFile } from './same-file.ts';
import type { Parser } from './worker-pool.ts';

/** What is known of a file before it is looked at. */
export interface Given {
  readonly path: string;
  /** What it is called where that isn't its path (uploads). */
  readonly name: string; readonly isNamed: boolean;
  readonly home: Home; readonly format: string | undefined; readonly cluster: string | undefined;
}
/** A file that the parser has looked at and waits to read. */
export interface Asked { readonly given: Given; readonly importedUs: number; readonly answer: ParserAnswer }
/** A file that is being read (on from an earlier import), was read before, or can't be. */
export type Begun =
  | { readonly type: 'reading'; readonly path: string; readonly row: Parameters<App['tables']['rawFiles']['insert']>[0]; readonly before: RawFileRow | undefined }
  | { readonly type: 'repeated'; readonly path: string; readonly before: RawFileRow }
  | { readonly type: 'unread'; readonly path: string; readonly error: string };

/** Has the parser hash a file and tell its format. */
export async function askFile(app: App, parser: Parser, given: Given): Promise<Asked> {
  const { path, name, format, home, cluster } = given, importedUs = app.now();
  parser.send({ type: 'parse', path, name, format, importedUs, mappings: app.tables.policies.current().policy.mappings, home, cluster });
  return { given, importedUs, answer: await parser.answer() };
}

/** Has the parser read a file that it was asked about, unless the same one was read before. An import of the same bytes must be over by then. */
export function beginFile(app: App, parser: Parser, { given, importedUs, answer }: Asked): Begun {
  const { path, name, home, cluster } = given;
  if (answer.type !== 'hashed') return { type: 'unread', path, error: readProblem(new Error(answer.why)) };
  const { format, kind, bytes } = answer;
  if (format === undefined || kind === undefined) { parser.send({ type: 'skip' }); return { type: 'unread', path, error: answer.why ?? 'the content is of no known format' }; }
  // The same objects of another cluster are others.
  const sha256 = cluster === undefined ? answer.sha256 : `${answer.sha256} of ${cluster}`;
  const before = sameFile(app.tables, { sha256, format, name, path: given.isNamed ? name : resolve(path), home });
  if (before?.state === 'done') { parser.send({ type: 'skip' }); return { type: 'repeated', path, before }; }
  parser.send({ type: 'go', skipRecords: before?.records ?? 0 });
  return { type: 'reading', path, row: { sha256, path: name, format, kind, bytes, imported_us: importedUs }, before };
}

/** The file's row in the store, and what is acknowledged of it. */
export function rowOf(app: App, { row, before }: Begun & { type: 'reading' }): { readonly rawId: number; readonly ledger: Ledger } {
  if (before) return { rawId: before.raw_id, ledger: before };
  return { rawId: app.tables.transaction(() => app.tables.rawFiles.insert(row)), ledger: { records: 0, new: 0, duplicate: 0, quarantined: 0 } };
}
