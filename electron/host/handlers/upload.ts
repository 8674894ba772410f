import { statSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { App } from '../create-app.ts';
import { readProblem } from '../find-files.ts';

/** What an upload was called: its id is a random part, a dot and the name that it came with (serve/uploads.ts). */
export const uploadName = (upload: string): string => upload.replace(/^[0-9a-f]{16,32}\./, '');

/** Where an upload waits. Its id is a file's name in the spool folder and nothing else: no path leads out of it. */
export function uploadPath(app: App, upload: string): Result<string> {
  const { spoolDir } = app.options;
  if (spoolDir === undefined) return err('this host takes no uploads');
  if (upload === '' || upload.startsWith('.') || /[/\\\0]/.test(upload)) return err(`"${upload}" is no upload`);
  const path = join(spoolDir, upload);
  try { return statSync(path).isFile() ? ok(path) : err(`"${upload}" is no upload`); } catch (error) { return err(`upload "${upload}": ${readProblem(error)}`); }
}
