import { mkdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { err, ok, type Result } from '#shared/lib/result.ts';

/** Which workspace: the id that stands in it, and where it lies. A copy elsewhere, or another file in its place, is another workspace. */
export interface TrustSubject { readonly id: string; readonly file: string }
/** The workspaces that this installation made or that its user trusts. Kept outside of the workspaces: a file can't vouch for itself. */
export interface TrustStore {
  has(workspace: TrustSubject): boolean;
  /** @returns why it could not be written down; then the workspace is asked about again the next time */
  add(workspace: TrustSubject, how: 'made' | 'trusted'): Result<void>;
  /** Notes that a workspace that is known under one name has got another. */
  rename(from: string, to: string): Result<void>;
}

const entrySchema = z.object({ id: z.string(), file: z.string(), how: z.enum(['made', 'trusted']) });
const listSchema = z.object({ workspaces: z.array(entrySchema) });
type Entry = z.infer<typeof entrySchema>;

/** The list is read anew each time, as the command line and the desktop share it. An unreadable list trusts nothing. */
export function openTrust(listFile: string): TrustStore {
  const read = (): readonly Entry[] => {
    try { return listSchema.parse(JSON.parse(readFileSync(listFile, 'utf8'))).workspaces; } catch { return []; /* not there yet, or damaged: asking again is the safe side */ }
  };
  const write = (workspaces: readonly Entry[]): Result<void> => {
    try {
      mkdirSync(dirname(listFile), { recursive: true, mode: 0o700 });
      const making = `${listFile}.${process.pid}.tmp`;
      writeFileSync(making, JSON.stringify({ workspaces }, undefined, 1), { mode: 0o600 });
      renameSync(making, listFile);
      return ok(undefined);
    } catch (error) { return err(`${listFile} can't be written: ${error instanceof Error ? error.message : String(error)}`); }
  };
  return {
    has: ({ id, file }) => { const real = realFile(file); return id !== '' && read().some((entry) => entry.id === id && entry.file === real); },
    add({ id, file }, how) {
      const real = realFile(file);
      return write([...read().filter((entry) => entry.file !== real), { id, file: real, how }]);
    },
    rename(from, to) {
      const [before, after] = [realFile(from), realFile(to)];
      return write(read().filter((entry) => entry.file !== after).map((entry) => (entry.file === before ? { ...entry, file: after } : entry)));
    },
  };
}

/** The list of this user's installation, the same for command line and desktop. */
export const installationTrust = (): TrustStore => openTrust(join(configDir(process.platform, process.env, homedir()), 'trusted-workspaces.json'));

/** Where this user's programs keep their own files; `WINNOW_CONFIG` names another folder. */
export function configDir(platform: NodeJS.Platform, env: Readonly<Record<string, string | undefined>>, home: string): string {
  const own = env['WINNOW_CONFIG'];
  if (own !== undefined && own !== '') return resolve(own);
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'winnow');
  if (platform === 'win32') return join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'winnow');
  return join(env['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'winnow');
}

/** One name for one file, however it was written. */
export function realFile(file: string): string {
  try { return realpathSync(file); } catch { /* not there (any more): its folder's name has to do */ }
  try { return join(realpathSync(dirname(file)), basename(file)); } catch { return resolve(file); }
}
