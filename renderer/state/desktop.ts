import { useEffect, useRef } from 'react';
import { type Result, err, ok } from '#shared/lib/result.ts';
import type { ShellApi } from '#shared/rpc/shell-channels.ts';
import { type SecretInfo, secretInfoSchema, shellAnswerSchema } from '#shared/rpc/shell.ts';
import { useAllCommands } from './commands.ts';
import { navigate } from './router.ts';

// What only the desktop has: its native menu, its windows, its key store. Beside bridge.ts the only code that knows desktop from browser.

declare global {
  interface Window { readonly winnow?: ShellApi<File> }
}

export const isDesktop = (): boolean => window.winnow !== undefined;

/** Takes an answer of the main process apart; whatever isn't one is an error in words. */
export async function askShell(ask: (shell: ShellApi<File>) => Promise<unknown>): Promise<Result<unknown>> {
  if (window.winnow === undefined) return err('Only the desktop can do that.');
  const answer = shellAnswerSchema.safeParse(await ask(window.winnow));
  if (!answer.success) return err('The desktop answered in a way that this window does not know.');
  return answer.data.ok ? ok(answer.data.value) : err(answer.data.error);
}

/** Hears why the engine isn't there, as the main process knows it. */
export function hearWhy(tell: (why: string) => void): void { window.winnow?.onEngine(tell); }

/** Asks for a workspace file; it opens in a window of its own. */
export const openWorkspace = (): Promise<Result<unknown>> => askShell((shell) => shell.openDialog());
/** Opens a workspace file that was dropped. */
export const openWorkspaceFile = (file: File): Promise<Result<unknown>> => askShell((shell) => shell.openFile(file));
/** Has the person asked, in a dialog of the system, whether this workspace is trusted. */
export const trustWorkspace = (): Promise<Result<unknown>> => askShell((shell) => shell.trust());

/** Where secrets are kept and what they are called; their values never come back to a page. */
export async function secretInfo(): Promise<Result<SecretInfo>> { return readInfo(await askShell((shell) => shell.secretInfo())); }
export async function setSecret(name: string, value: string): Promise<Result<SecretInfo>> { return readInfo(await askShell((shell) => shell.setSecret(name, value))); }
export async function removeSecret(name: string): Promise<Result<SecretInfo>> { return readInfo(await askShell((shell) => shell.removeSecret(name))); }

function readInfo(answer: Result<unknown>): Result<SecretInfo> {
  if (!answer.ok) return answer;
  const info = secretInfoSchema.safeParse(answer.value);
  return info.success ? ok(info.data) : err('The desktop answered in a way that this window does not know.');
}

/** Whether a file is a workspace, as the desktop opens it. */
export const isWorkspaceFile = (file: File): boolean => /\.(winnow|db)$/i.test(file.name);

/** Keeps the native menu the same as the shortcut table, and does what is picked there. */
export function useDesktopMenu(): void {
  const commands = useAllCommands();
  const latest = useRef(commands);
  latest.current = commands;
  useEffect(() => {
    window.winnow?.onCommand((group, id) => { const command = latest.current.findLast((each) => each.group === group && each.id === id); if (command?.blocked === undefined) command?.run(); });
    window.winnow?.onGo((path) => navigate(path));
  }, []);
  useEffect(() => {
    // Where two lists meet, the later one counts, as for keys.
    const lines = new Map(commands.map(({ id, title, group, keys, blocked }) => [`${group} ${id}`, { id, title, group, ...(keys !== undefined && { keys }), blocked: blocked !== undefined }]));
    window.winnow?.setCommands([...lines.values()]);
  }, [commands]);
}
