import type { OutputOf } from '../../state/calls.ts';

/** One earlier import as the engine lists it. */
export type ImportView = OutputOf<'ingest.imports'>[number];
