import type { SecretInfo } from '#shared/rpc/shell.ts';
import type { Result } from '#shared/lib/result.ts';
import type { SecretStore } from './secrets.ts';
import type { WorkspaceWindow } from './workspace-window.ts';

/** Secrets that are keys of models' endpoints; their names have the endpoint's address in them (host/agent/settings.ts). */
const isModelKey = (name: string): boolean => name.startsWith('model.');

/**
 * A store that hands every key of a model to the open workspaces as soon as it is set or removed. A page that sets one never gets one back; the engine
 * sends a key to the address in its name and to no other.
 */
export function sharingKeys(store: SecretStore, windows: () => readonly Pick<WorkspaceWindow, 'tellKeys'>[]): SecretStore {
  const tell = (name: string, value: string): void => { if (isModelKey(name)) for (const window of windows()) window.tellKeys({ [name]: value }); };
  return {
    ...store,
    async set(name, value) { const done = await store.set(name, value); if (done.ok) tell(name, value); return done; },
    async remove(name): Promise<Result<SecretInfo>> { const done = await store.remove(name); if (done.ok) tell(name, ''); return done; },
  };
}

/** All keys of models, for a workspace that opens. One that can't be read is left out: the endpoint then says that it refuses the key. */
export async function modelKeys(store: SecretStore): Promise<Readonly<Record<string, string>>> {
  const { names } = await store.info();
  const read = await Promise.all(names.filter(isModelKey).map(async (name) => [name, await store.get(name)] as const));
  return Object.fromEntries(read.flatMap(([name, value]) => (value.ok && value.value !== undefined ? [[name, value.value] as const] : [])));
}
