import { parseTime } from '#shared/lib/time.ts';

/** The first of several times that can be read as one (tools write `0`, `""` or `-` where they know none); undefined where none can. */
export const firstTime = (...values: readonly unknown[]): unknown => values.find((value) => parseTime(value) !== undefined);
