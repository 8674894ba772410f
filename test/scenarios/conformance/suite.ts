import type { Question } from '#electron/evaluate/platform.ts';

export type Expected = 'yes' | 'no' | 'unknown';
/** One question about an estate, and the answer that the vendor's documentation or its own conformance tests give. */
export interface Row { readonly ask: Question; readonly expected: Expected; /** What the answer has to say that it takes as given. */ readonly assumed?: string }
/** Files of a snapshot folder, by name, and what is asked about them. */
export interface Estate { readonly name: string; readonly files: Readonly<Record<string, unknown>>; readonly rows: readonly Row[] }
export interface Suite { readonly name: string; readonly estates: readonly Estate[] }
