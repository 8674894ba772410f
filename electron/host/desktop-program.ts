import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { CommandContext } from './commands/command.ts';
import { isOlder } from './serve/build-renderer.ts';

export interface Desktop { /** Electron's own program. */ readonly program: string; readonly rootDir: string }

/**
 * The desktop, when it can be started: the npm package brings no program, a download puts it into `dist/` and its name into `path.txt`.
 * @returns why not, and how to get it, in words for people
 */
export function findDesktop(rootDir: string): Result<Desktop> {
  const electron = join(rootDir, 'node_modules', 'electron');
  const missing = err('The desktop\'s program (Electron) isn\'t here; "npx install-electron" fetches it (about 120 MB). Going on in the browser.');
  if (!existsSync(join(electron, 'path.txt'))) return missing;
  const program = join(process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(electron, 'dist'), readFileSync(join(electron, 'path.txt'), 'utf8').trim());
  return existsSync(program) ? ok({ program, rootDir }) : missing;
}

/** Builds the desktop when its sources are newer, starts it and waits for its end. @returns its exit code */
export async function runDesktop({ program, rootDir }: Desktop, file: string, context: Pick<CommandContext, 'say' | 'fail'>): Promise<number> {
  const main = join(rootDir, 'dist', 'main', 'main.js');
  if (isOlder(main, ['electron', 'renderer', 'shared'].map((d) => join(rootDir, d)))) {
    context.say('Building the desktop …');
    const code = await run(process.execPath, [join(rootDir, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js'), 'build'], rootDir);
    if (code !== 0) return context.fail('the desktop could not be built; the lines above say why');
  }
  // The folder, not the file: Electron then knows the program by its package.json.
  const code = await run(program, [rootDir, `--workspace=${resolve(file)}`], process.cwd());
  if (code !== 0 && code !== 130) context.say(`The desktop ended with code ${code}. "npm start -- --browser" shows the same in the browser.`);
  return code;
}

function run(program: string, args: readonly string[], cwd: string): Promise<number> {
  return new Promise((settle) => {
    // Either would make of Electron something else than the desktop.
    const { ELECTRON_RUN_AS_NODE: _, NODE_OPTIONS: __, ...env } = process.env;
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 2, 2] });
    child.on('error', () => { settle(1); });
    child.on('exit', (code) => { settle(code ?? 1); });
  });
}
