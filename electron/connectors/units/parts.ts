import { list } from '#shared/lib/json.ts';

/** The texts of a list, at a key. */
export const textsAt = (value: unknown, key: string): readonly string[] => list(value, key).filter((one) => typeof one === 'string');

/** A list in parts of at most `size`. */
export const inParts = <T>(all: readonly T[], size: number): readonly (readonly T[])[] => Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
