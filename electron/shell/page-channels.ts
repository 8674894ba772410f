import { basename } from 'node:path';
import { err, ok } from '#shared/lib/result.ts';
import { channels } from '#shared/rpc/shell-channels.ts';
import { shellInputs } from '#shared/rpc/shell.ts';
import { isWorkspaceName } from './command-line.ts';
import { answerChannel, hearChannel, type FindOwner } from './ipc.ts';
import type { SecretStore } from './secrets.ts';
import type { WorkspaceWindow } from './workspace-window.ts';

export interface ChannelParts {
  readonly owner: FindOwner<WorkspaceWindow>;
  readonly secrets: SecretStore;
  /** Opens a workspace file that was dropped. */
  readonly openFile: (path: string) => Promise<boolean>;
  /** Asks for a workspace file and opens it. */
  readonly openDialog: () => Promise<boolean>;
}

/** Every channel that a page can use, each with its schema. */
export function registerChannels({ owner, secrets, openFile, openDialog }: ChannelParts): void {
  hearChannel({ name: channels.portWanted, input: shellInputs.nothing, owner }, (window) => { window.connect(); });
  hearChannel({ name: channels.commands, input: shellInputs.commands, owner }, (window, commands) => { window.setCommands(commands.map(({ keys, ...rest }) => ({ ...rest, ...(keys !== undefined && { keys }) }))); });
  answerChannel({ name: channels.upload, input: shellInputs.file, owner }, (window, { path, name }) => window.upload(path, name));
  answerChannel({ name: channels.openFile, input: shellInputs.file, owner }, async (_, { path }) => (isWorkspaceName(path) ? ok(await openFile(path)) : err(`${basename(path)} is no workspace`)));
  answerChannel({ name: channels.openDialog, input: shellInputs.nothing, owner }, async () => ok(await openDialog()));
  answerChannel({ name: channels.trust, input: shellInputs.nothing, owner }, (window) => window.trust());
  answerChannel({ name: channels.secretInfo, input: shellInputs.nothing, owner }, async () => ok(await secrets.info()));
  answerChannel({ name: channels.setSecret, input: shellInputs.secret, owner }, (_, { name, value }) => secrets.set(name, value));
  answerChannel({ name: channels.removeSecret, input: shellInputs.secretName, owner }, (_, name) => secrets.remove(name));
}
