import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '#shared/lib/result.ts';

/** The folder of the built page, built now when it is missing or older than its sources. */
export async function buildRenderer(rootDir: string, say: (text: string) => void): Promise<Result<string>> {
  const built = join(rootDir, 'dist', 'renderer'), page = join(built, 'index.html');
  const sources = [join(rootDir, 'renderer'), join(rootDir, 'shared')];
  if (!isOlder(page, sources)) return ok(built);
  const vite = join(rootDir, 'node_modules', 'vite', 'bin', 'vite.js');
  if (!existsSync(vite)) return existsSync(page) ? ok(built) : err('the page isn\'t built and Vite isn\'t installed; run "npm ci" and try again');
  say('Building the page (a few seconds, only after a change) …');
  const { code, output } = await run(vite, rootDir);
  if (code === 0 && existsSync(page)) return ok(built);
  return err(`the page could not be built:\n${output.trim()}`);
}

/** Whether a file is missing or older than the newest file in some folders; folders that aren't there don't count. */
export function isOlder(file: string, folders: readonly string[]): boolean {
  if (!existsSync(file)) return true;
  const time = statSync(file).mtimeMs;
  return folders.some((folder) => existsSync(folder) && readdirSync(folder, { recursive: true, withFileTypes: true }).some((entry) => entry.isFile() && statSync(join(entry.parentPath, entry.name)).mtimeMs > time));
}

function run(vite: string, rootDir: string): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(process.execPath, [vite, 'build', 'renderer', '--logLevel', 'warn'], { cwd: rootDir, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => { output += text; });
    child.on('error', (error) => { resolve({ code: 1, output: error.message }); });
    child.on('close', (code) => { resolve({ code: code ?? 1, output }); });
  });
}
