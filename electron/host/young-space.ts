import { setFlagsFromString } from 'node:v8';

/** What is young in a thread's heap takes at most three times this, in MB; a parse thread has more, as what becomes of a record is dropped with it and would be moved again and again in less. */
export const YOUNG_MB = 8, YOUNG_OF_PARSER_MB = 16;

/** Of threads that start from now on: the flag is one for the process, and read when a thread starts. */
export const setYoung = (mb: number): void => { setFlagsFromString(`--max-semi-space-size=${mb}`); };
