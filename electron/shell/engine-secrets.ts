import type { SecretInfo } from '#shared/rpc/shell.ts';
import type { Result } from '#shared/lib/result.ts';
import type { SecretStore } from './secrets.ts';
import type { WorkspaceWindow } from './workspace-window.ts';

/** Secrets that the engine works with: keys of models' endpoints, whose names have the address in them (host/agent/settings.ts), and credentials of products, whose names have the workspace in them (host/pull/settings.ts). */
const isForEngine = (name: string): boolean => /^(model|connect)\./.test(name);

/**
 * A store that hands every secret for the engine to the open workspaces as soon as it is set or removed. A page that sets one never gets one back; the
 * engine sends a key to the address in its name and to no other, and takes credentials of its own workspace only.
 */
export function sharingKeys(store: SecretStore, windows: () => readonly Pick<WorkspaceWindow, 'tellKeys'>[]): SecretStore {
  const tell = (name: string, value: string): void => { if (isForEngine(name)) for (const window of windows()) window.tellKeys({ [name]: value }); };
  return {
    ...store,
    async set(name, value) { const done = await store.set(name, value); if (done.ok) tell(name, value); return done; },
    async remove(name): Promise<Result<SecretInfo>> { const done = await store.remove(name); if (done.ok) tell(name, ''); return done; },
  };
}

/** All of them, for a workspace that opens. One that can't be read is left out: whoever is asked with it then says that it refuses. */
export async function engineSecrets(store: SecretStore): Promise<Readonly<Record<string, string>>> {
  const { names } = await store.info();
  const read = await Promise.all(names.filter(isForEngine).map(async (name) => [name, await store.get(name)] as const));
  return Object.fromEntries(read.flatMap(([name, value]) => (value.ok && value.value !== undefined ? [[name, value.value] as const] : [])));
}
