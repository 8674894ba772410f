import type { Format } from './format.ts';

/** Every finding and log format, one line each; on equal scores the earlier one wins. */
export const formats: readonly Format[] = [
];
