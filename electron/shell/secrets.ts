import { safeStorage } from 'electron';
import { z } from 'zod';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { SecretInfo } from '#shared/rpc/shell.ts';
import type { SettingsFile } from './settings-file.ts';

/** Encrypted values by name, base64. */
export const secretsSchema = z.object({ secrets: z.record(z.string(), z.string()).default({}) });
/** Keys and tokens of this installation: never in a workspace, a log or a page. */
export interface SecretStore {
  info(): Promise<SecretInfo>;
  set(name: string, value: string): Promise<Result<SecretInfo>>;
  /** For the main process alone. */
  get(name: string): Promise<Result<string | undefined>>;
  remove(name: string): Promise<Result<SecretInfo>>;
}

/**
 * Kept by the system's key store where there is one. Electron's fallback on Linux (`basic_text`) encrypts with a password that stands in its source,
 * so there, and wherever encryption isn't available, secrets live in memory until the program ends.
 */
export function openSecrets(file: SettingsFile<z.output<typeof secretsSchema>>, platform: NodeJS.Platform = process.platform): SecretStore {
  const session = new Map<string, string>();
  const canKeep = async (): Promise<Result<void>> => {
    if (platform === 'linux' && ['basic_text', 'unknown'].includes(safeStorage.getSelectedStorageBackend())) return err('this desktop has no key store (GNOME Keyring or KWallet)');
    try { return await safeStorage.isAsyncEncryptionAvailable() ? ok(undefined) : err('the system\'s key store is not available'); } catch (error) { return err(wordsOf(error)); }
  };
  const info = async (): Promise<SecretInfo> => {
    const keeps = await canKeep();
    const names = [...new Set([...session.keys(), ...(keeps.ok ? Object.keys(file.get().secrets) : [])])].toSorted();
    return keeps.ok ? { kept: 'system', why: '', names } : { kept: 'session', why: `${keeps.error}, so secrets are kept only until Winnow ends`, names };
  };
  return {
    info,
    async set(name, value) {
      if (!(await canKeep()).ok) { session.set(name, value); return ok(await info()); }
      try {
        const sealed = (await safeStorage.encryptStringAsync(value)).toString('base64');
        if (!file.set({ secrets: { ...file.get().secrets, [name]: sealed } })) session.set(name, value); else session.delete(name);
        return ok(await info());
      } catch (error) { return err(`the secret could not be encrypted: ${wordsOf(error)}`); }
    },
    async get(name) {
      const known = session.get(name) ?? undefined, sealed = file.get().secrets[name];
      if (known !== undefined || sealed === undefined || !(await canKeep()).ok) return ok(known);
      try {
        const opened = await safeStorage.decryptStringAsync(Buffer.from(sealed, 'base64'));
        // The system has a newer key: what lies here is sealed again with it.
        if (opened.shouldReEncrypt) file.set({ secrets: { ...file.get().secrets, [name]: (await safeStorage.encryptStringAsync(opened.result)).toString('base64') } });
        return ok(opened.result);
      } catch (error) { return err(`the secret "${name}" could not be decrypted (${wordsOf(error)}); set it again`); }
    },
    async remove(name) {
      session.delete(name);
      const { [name]: _, ...rest } = file.get().secrets;
      return file.set({ secrets: rest }) ? ok(await info()) : err(`the secret "${name}" could not be taken off the disk`);
    },
  };
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
