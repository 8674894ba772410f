import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const promptIds = ['next', 'final', 'repair'] as const;
/** One versioned prompt file; the hash is of the file as it is on disk. */
export interface Prompt { readonly id: (typeof promptIds)[number]; readonly version: string; readonly hash: string; readonly text: string }
export type Prompts = Readonly<Record<Prompt['id'], Prompt>>;

/** Reads the prompts that ship. Throws when one is missing or malformed. */
export function readPrompts(dir: string): Prompts {
  const read = (id: Prompt['id']): Prompt => {
    const file = readFileSync(join(dir, `${id}.md`), 'utf8');
    const parts = /^id: ([a-z]+)\nversion: (\d+)\n---\n([\s\S]+)$/.exec(file);
    if (!parts || parts[1] !== id || parts[2] === undefined || parts[3] === undefined) throw new Error(`${id}.md must begin with its id and version`);
    return { id, version: parts[2], hash: createHash('sha256').update(file).digest('hex'), text: parts[3].trim() };
  };
  return { next: read('next'), final: read('final'), repair: read('repair') };
}

/** The version of all prompts together, as a decision names it. */
export const promptVersion = (prompts: Prompts): string => promptIds.map((id) => `${id}@${prompts[id].version}:${prompts[id].hash.slice(0, 8)}`).join(' ');
