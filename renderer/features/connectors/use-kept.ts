import { useEffect, useState } from 'react';
import { storedName } from '#shared/model/pull.ts';
import type { SecretInfo } from '#shared/rpc/shell.ts';
import { isDesktop, removeSecret, secretInfo, setSecret } from '../../state/desktop.ts';
import { useRead } from '../../state/reads.ts';
import { useStore } from '../../state/store.ts';

/** Credentials of one product that the desktop's key store has for this workspace. Null in a browser, and where the system has no key store. */
export interface Kept { readonly names: ReadonlySet<string>; keep(values: Readonly<Record<string, string>>): Promise<boolean>; forget(): Promise<void> }

export function useKept(product: string, secrets: readonly string[]): Kept | null {
  const { value: workspace } = useRead('workspace.info', {});
  const [info, setInfo] = useState<SecretInfo | null>(null);
  useEffect(() => { if (isDesktop()) void secretInfo().then((answer) => { if (answer.ok) setInfo(answer.value); }); }, []);
  if (workspace === undefined || info === null || info.kept !== 'system') return null;
  const nameOf = (setting: string): string => storedName(workspace.id, product, setting);
  const names = new Set(secrets.filter((setting) => info.names.includes(nameOf(setting))));
  const each = async (some: readonly string[], act: (setting: string) => ReturnType<typeof removeSecret>): Promise<boolean> => {
    for (const setting of some) {
      const done = await act(setting);
      if (!done.ok) { useStore.getState().setTrouble(`Credentials of ${product}: ${done.error}`); return false; }
      setInfo(done.value);
    }
    return true;
  };
  return {
    names,
    // Those kept before and not typed now belong to other credentials.
    async keep(values) {
      const isTyped = (setting: string): boolean => (values[setting] ?? '') !== '';
      return await each([...names].filter((setting) => !isTyped(setting)), (setting) => removeSecret(nameOf(setting))) && each(secrets.filter(isTyped), (setting) => setSecret(nameOf(setting), values[setting] ?? ''));
    },
    async forget() { await each([...names], (setting) => removeSecret(nameOf(setting))); },
  };
}
