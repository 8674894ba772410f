import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { KeyObject } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { certify, newKey, readKey, type Certificate } from '#electron/agent/identity.ts';
import type { Role } from '#electron/agent/roles.ts';
import { configDir } from '../trust.ts';

/** The keys of this installation: its own, and one for each agent, which it certifies. Private halves stay in files that only the user can read. */
export interface Keyring { readonly installation: KeyObject; agent(role: Role, nowUs: number): { readonly key: KeyObject; readonly certificate: Certificate; /** The files could not be written: the key lives as long as this process. */ readonly lasting: boolean } }

export const installationKeys = (): Keyring => openKeyring(join(configDir(process.platform, process.env, homedir()), 'keys'));

export function openKeyring(dir: string): Keyring {
  const own = keyIn(dir, 'installation');
  return {
    installation: own.key,
    agent(role, nowUs) {
      const { key, lasting } = keyIn(dir, `agent-${role.name}`);
      return { key, certificate: certify(own.key, key, role, nowUs), lasting: lasting && own.lasting };
    },
  };
}

/** Reads a key, or makes it: whoever comes first writes it, everybody else reads that one. */
function keyIn(dir: string, name: string): { readonly key: KeyObject; readonly lasting: boolean } {
  const file = join(dir, `${name}.pem`);
  const made = newKey();
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    writeFileSync(file, made, { mode: 0o600, flag: 'wx' });
    return { key: readKey(made), lasting: true };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) return { key: readKey(made), lasting: false };
  }
  return { key: readKey(readFileSync(file, 'utf8')), lasting: true };
}

