import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';

/** A small JSON file of the program's own, such as the list of recent files. */
export interface SettingsFile<T> { get(): T; /** @returns whether it could be written down; it holds for this run anyway */ set(value: T): boolean }

/** Reads it once; what is missing, damaged or of another shape gives the schema's defaults. Written whole or not at all, for this user only. */
export function openSettings<S extends z.ZodType>(file: string, schema: S): SettingsFile<z.output<S>> {
  let value = schema.parse({});
  try {
    const read = schema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (read.success) value = read.data;
  } catch { /* Not there yet, or damaged: the defaults. */ }
  return {
    get: () => value,
    set(next) {
      value = next;
      try {
        mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
        writeFileSync(`${file}.tmp`, JSON.stringify(next), { mode: 0o600 });
        renameSync(`${file}.tmp`, file);
        return true;
      } catch { return false; }
    },
  };
}
