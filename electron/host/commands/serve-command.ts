import { createInterface } from 'node:readline';
import { resolve } from 'node:path';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { startDesk, type Desk } from '../desk.ts';
import { createEventHub } from '../event-hub.ts';
import { buildRenderer } from '../serve/build-renderer.ts';
import { defaultLimits } from '../serve/read-body.ts';
import { startServer, type RunningServer } from '../serve/server.ts';
import { openUploads } from '../serve/uploads.ts';
import { EXIT, text, type Command, type CommandContext } from './command.ts';

export const portOption: Command['options'][number] = { name: 'port', value: 'N', help: 'listen there (default: any free port)' };

export const serve: Command = {
  name: 'serve', arguments: '', positionals: [0, 0], options: [portOption], summary: 'the workbench in the browser, for this machine alone; prints a link that works once',
  run: (context) => serveWorkspace(context, context.file, () => undefined),
};

/** The `--port` of a command; 0 when none was given. */
export function readPort(context: CommandContext): Result<number> {
  const port = text(context.values['port']);
  if (port === undefined) return ok(0);
  return /^\d{1,5}$/.test(port) && Number(port) <= 65_535 ? ok(Number(port)) : err(`--port takes 0 to 65535, not "${port}"`);
}

/** Serves a workspace until it is told to stop. `onLink` gets the first link. @returns the exit code */
export async function serveWorkspace(context: CommandContext, file: string, onLink: (link: string) => void): Promise<number> {
  const port = readPort(context);
  if (!port.ok) return context.usage(port.error);
  const page = await buildRenderer(context.rootDir, (words) => { context.say(words); });
  if (!page.ok) return context.fail(page.error);
  const hub = createEventHub();
  const uploads = await openUploads(defaultLimits);
  const desk = await startDesk({ file, create: true, rootDir: context.rootDir, spoolDir: uploads.dir, onEvent: (event) => { hub.publish(event); } });
  if (!desk.ok) { await uploads.close(); return context.unopened(desk.error); }
  const server = await startServer({ desk: desk.value, hub, staticDir: page.value, port: port.value, uploads });
  if (!server.ok) { await desk.value.close(); await uploads.close(); return context.fail(server.error); }
  const link = server.value.link();
  const stopped = untilStopped(context, server.value);
  context.print({ url: link, port: server.value.port, workspace: resolve(file) }, () => `Winnow shows ${file} at\n\n  ${link}\n\nThe link works once, on this machine only.${process.stdin.isTTY ? ' Enter gives another one,' : ''} Ctrl-C ends.`);
  onLink(link);
  await stopped;
  context.say('Stopping: running jobs end after this batch; what is done is kept.');
  hub.close();
  await server.value.close();
  await closeDesk(desk.value);
  await uploads.close();
  return EXIT.done;
}

async function closeDesk(desk: Desk): Promise<void> {
  desk.cancel();
  await desk.close();
}

/** Waits for Ctrl-C or the end of the terminal; Enter prints a new link. A second Ctrl-C ends at once. */
function untilStopped(context: CommandContext, server: RunningServer): Promise<void> {
  return new Promise((settle) => {
    const lines = process.stdin.isTTY ? createInterface({ input: process.stdin }) : undefined;
    let isAsked = false;
    const stop = (): void => {
      if (isAsked) process.exit(130);
      isAsked = true;
      lines?.close();
      settle();
    };
    lines?.on('line', () => { context.say(`  ${server.link()}`); });
    lines?.on('SIGINT', stop);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  });
}
