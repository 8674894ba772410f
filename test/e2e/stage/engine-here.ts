import { startDesk, type Desk } from '#electron/host/desk.ts';
import { createEventHub } from '#electron/host/event-hub.ts';
import { buildRenderer } from '#electron/host/serve/build-renderer.ts';
import { defaultLimits } from '#electron/host/serve/read-body.ts';
import { startServer } from '#electron/host/serve/server.ts';
import { openUploads } from '#electron/host/serve/uploads.ts';
import type { Result } from '#shared/lib/result.ts';
import { ROOT, type Engine } from './engine.ts';

/** The browser mode inside this process, so that a test reaches its threads. */
export interface EngineHere extends Engine { readonly desk: Desk }
export async function startEngineHere(file: string): Promise<EngineHere> {
  const hub = createEventHub(), uploads = await openUploads(defaultLimits);
  const desk = valueOf(await startDesk({ file, create: false, rootDir: ROOT, spoolDir: uploads.dir, onEvent: (event) => { hub.publish(event); } }));
  const server = valueOf(await startServer({ desk, hub, staticDir: valueOf(await buildRenderer(ROOT, () => undefined)), port: 0, uploads }));
  const close = async (): Promise<void> => { hub.close(); await server.close(); await desk.close(); await uploads.close(); };
  return { desk, pid: process.pid, link: server.link(), port: server.port, kill: close, close };
}

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error);
  return result.value;
}
