import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How long the page that leads to the link lies around: the browser has read it by then. */
const KEPT_MS = 20_000;

/**
 * Opens a link in the default browser where there is a screen; false when there is none. Arguments of a program can be read by every user of
 * the machine, so the browser is given a file that only this user may read and that leads on to the link. (Browsers that Ubuntu
 * installs as snaps can't read such files; they get the link itself.)
 */
export function openBrowser(link: string): boolean {
  const opener = openerOf(process.platform, process.env);
  if (opener === undefined) return false;
  const isSnap = process.platform === 'linux' && ['firefox', 'chromium'].some((name) => existsSync(`/snap/bin/${name}`));
  const [program, ...args] = opener;
  // A browser that can't be started is no reason to stop: the link stands on the terminal.
  spawn(program, [...args, isSnap ? link : leadingFile(link)], { detached: true, stdio: 'ignore' }).on('error', () => undefined).unref();
  return true;
}

/** The system's command that opens a file or link; undefined without a screen. */
export function openerOf(platform: NodeJS.Platform, env: Readonly<Record<string, string | undefined>>): readonly [string, ...string[]] | undefined {
  if (env['CI'] !== undefined) return undefined;
  if (platform === 'darwin') return ['open'];
  // `start` takes its first quoted argument for a window title.
  if (platform === 'win32') return ['cmd', '/c', 'start', ''];
  return env['DISPLAY'] !== undefined || env['WAYLAND_DISPLAY'] !== undefined ? ['xdg-open'] : undefined;
}

function leadingFile(link: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'winnow-open-'));
  const file = join(dir, 'winnow.html');
  writeFileSync(file, `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0; url=${link}"><title>Winnow</title><a href="${link}">Winnow</a>`, { mode: 0o600 });
  const remove = (): void => { rmSync(dir, { recursive: true, force: true }); };
  setTimeout(remove, KEPT_MS).unref();
  process.once('exit', remove);
  return file;
}
