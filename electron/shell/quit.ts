import { app } from 'electron';
import type { Workspaces } from './workspaces.ts';

/**
 * Ends the program without losing anything: workspaces are closed first (their log folded into the file). Asked by a person, jobs that run are asked
 * about; a signal or the end of the session asks nothing, and a second signal ends at once, which loses nothing that was acknowledged either.
 */
export function quitSafely(workspaces: Workspaces): { readonly quit: (ask: boolean) => Promise<void> } {
  let isDone = false, isRunning = false;
  const quit = async (ask: boolean): Promise<void> => {
    if (isRunning && ask) return;
    isRunning = true;
    const closed = await workspaces.closeAll(ask);
    isRunning = false;
    if (!closed) return;
    isDone = true;
    app.quit();
  };
  app.on('before-quit', (event) => {
    if (isDone || workspaces.all().length === 0) return;
    event.preventDefault();
    void quit(true);
  });
  let signals = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {
    signals += 1;
    if (signals > 1) app.exit(130); else void quit(false);
  });
  return { quit };
}
