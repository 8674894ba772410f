import { resolve } from 'node:path';

/** Which workspaces a start asks for; `create` for one that may be missing. */
export interface Wanted { readonly file: string; readonly missing: 'refuse' | 'create' }

/** Switches that let others look into or steer the program; some of them before any code of ours has run, which is what the fuses are for. */
const REFUSED = ['remote-debugging-port', 'remote-debugging-pipe', 'remote-debugging-address', 'remote-allow-origins', 'inspect', 'inspect-brk', 'inspect-port', 'inspect-publish-uid', 'js-flags', 'load-extension', 'no-sandbox', 'disable-web-security', 'disable-site-isolation-trials', 'proxy-server', 'proxy-pac-url', 'host-rules', 'log-net-log', 'user-data-dir', 'renderer-cmd-prefix', 'gpu-launcher', 'utility-cmd-prefix', 'ppapi-plugin-launcher'];
/** The test drives the program from the source tree through these two. */
const TESTED = ['remote-debugging-port', 'inspect'];

/** The first switch that is refused; undefined when there is none. From a source tree, with `WINNOW_E2E=1`, the two of the desktop test pass. */
export function refusedSwitch(has: (name: string) => boolean, isPackaged: boolean, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const allowed = !isPackaged && env['WINNOW_E2E'] === '1' ? TESTED : [];
  return REFUSED.find((name) => has(name) && !allowed.includes(name));
}

/** Workspaces on a command line: `--workspace=FILE` (made when it is missing), and files that a file manager passes on. */
export function wantedFiles(argv: readonly string[], cwd: string): readonly Wanted[] {
  return argv.flatMap((arg): readonly Wanted[] => {
    const named = /^--workspace=(.+)$/s.exec(arg)?.[1];
    if (named !== undefined) return [{ file: resolve(cwd, named), missing: 'create' }];
    return isWorkspaceName(arg) && !arg.startsWith('-') ? [{ file: resolve(cwd, arg), missing: 'refuse' }] : [];
  });
}

/** Whether a file's name is that of a workspace. */
export const isWorkspaceName = (name: string): boolean => /\.(winnow|db)$/i.test(name);
