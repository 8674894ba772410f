import type { RecordReader } from '../../ports.ts';

/** One inventory format. Add one: a file here, a line in all.ts, a folder in test/fixtures/importers. */
export interface Importer extends RecordReader {
  readonly kind: 'resources';
}
