import type { RecordReader } from '../../ports.ts';

/** One tool's output. Add one: a file here, a line in all.ts, a folder in test/fixtures/formats. */
export interface Format extends RecordReader {
  readonly kind: 'findings' | 'events';
  /** The tool, as it stands in `finding.source` or `event.source`, e.g. `trivy`. */
  readonly source: string;
}
