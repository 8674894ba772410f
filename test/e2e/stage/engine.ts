import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

export const ROOT = join(import.meta.dirname, '..', '..', '..');
/** Workspaces of tests and pictures must not end up in the list of whoever runs them. */
export const ownConfig = { ...process.env, WINNOW_CONFIG: join(tmpdir(), 'winnow-test-config') };
const startedSchema = z.object({ url: z.string(), port: z.number() });

/** A running `winnow serve` in a process of its own, as a user starts it. */
export interface Engine { readonly pid: number; /** A link that works once. */ readonly link: string; readonly port: number; /** Ends it as a crash would. */ kill(): Promise<void>; close(): Promise<void> }

/** Starts the browser mode over a workspace and waits for its link. `port`: that of an engine that is gone, to come back in its place. */
export async function startEngine(file: string, port = 0): Promise<Engine> {
  const child = spawn(process.execPath, ['electron/host/winnow.ts', 'serve', '--json', '--workspace', file, '--port', String(port)], { cwd: ROOT, env: ownConfig, stdio: ['ignore', 'pipe', 'pipe'] });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => { words += text; });
  const line = await Promise.race([firstLine(child), once(child, 'exit').then(() => undefined)]);
  if (line === undefined) throw new Error(`winnow serve ended before it was there:\n${words}`);
  const started = startedSchema.parse(JSON.parse(line));
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  return { pid: child.pid ?? 0, link: started.url, port: started.port, kill: () => end('SIGKILL'), close: () => end('SIGTERM') };
}

async function firstLine({ stdout }: ChildProcess): Promise<string | undefined> {
  if (stdout === null) return undefined;
  const lines = createInterface({ input: stdout });
  for await (const line of lines) { stdout.resume(); return line; }
  return undefined;
}
