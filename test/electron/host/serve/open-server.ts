import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { startDesk } from '#electron/host/desk.ts';
import { createEventHub } from '#electron/host/event-hub.ts';
import { defaultLimits, type Limits } from '#electron/host/serve/read-body.ts';
import { startServer, type RunningServer } from '#electron/host/serve/server.ts';
import { openUploads } from '#electron/host/serve/uploads.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..', '..');
export const PAGE = '<!doctype html><title>the page</title>';
export const SECRET = 'a file beside the page';

export interface OpenServer {
  readonly port: number; readonly origin: string; readonly server: RunningServer; readonly spool: string;
  /** Names of the calls that came through to the engine. */
  readonly asked: readonly string[];
  token(): string;
  session(): Promise<string>;
  /** A hash over every row of the workspace, every waiting upload, and what came through. */
  state(): string;
  /** A hash over every row of the workspace alone. */
  rows(): string;
  close(): Promise<void>;
}

/** Browser mode over a real workspace of its own, with a page of three files and a file beside it that is not of the page. */
export async function openServer(limits: Partial<Limits> = {}): Promise<OpenServer> {
  const dir = mkdtempSync(join(tmpdir(), 'winnow-serve-'));
  const file = join(dir, 'w.db'), page = join(dir, 'site', 'page');
  mkdirSync(join(page, 'assets'), { recursive: true });
  writeFileSync(join(page, 'index.html'), PAGE);
  writeFileSync(join(page, 'assets', 'main-B1a2C3d4.js'), 'console.log(1);');
  writeFileSync(join(page, 'icon.svg'), '<svg/>');
  writeFileSync(join(dir, 'site', 'secret.txt'), SECRET);
  const all = { ...defaultLimits, ...limits };
  const hub = createEventHub(), uploads = await openUploads(all);
  const desk = await startDesk({ file, create: true, rootDir: ROOT, spoolDir: uploads.dir, onEvent: (event) => { hub.publish(event); } });
  if (!desk.ok) throw new Error(desk.error);
  const asked: string[] = [];
  const started = await startServer({ desk: { call: (name, input) => { asked.push(name); return desk.value.call(name, input); } }, hub, staticDir: page, port: 0, uploads, limits: all });
  if (!started.ok) throw new Error(started.error);
  const server = started.value, origin = `http://127.0.0.1:${server.port}`;
  const token = (): string => new URL(server.link()).searchParams.get('token') ?? '';
  return {
    port: server.port, origin, server, spool: uploads.dir, asked, token,
    async session() {
      const response = await fetch(`${origin}/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token: token() }) });
      const answer: unknown = await response.json();
      return typeof answer === 'object' && answer !== null && 'session' in answer ? String(answer.session) : '';
    },
    state: () => createHash('sha256').update(`${hashRows(file)} ${readdirSync(uploads.dir).toSorted().join()} ${asked.join()}`).digest('hex'),
    rows: () => hashRows(file),
    close: async () => { hub.close(); await server.close(); await desk.value.close(); await uploads.close(); rmSync(dir, { recursive: true }); },
  };
}

function hashRows(file: string): string {
  const db = new Database(file, { readonly: true });
  try {
    const hash = createHash('sha256');
    const tables = db.prepare(`select name from sqlite_schema where type = 'table' and sql not like 'create virtual%' order by name`).pluck().all();
    for (const table of tables) for (const row of db.prepare(`select * from "${String(table)}"`).raw().iterate()) hash.update(`${String(table)} ${JSON.stringify(row)}\n`);
    return hash.digest('hex');
  } finally { db.close(); }
}
