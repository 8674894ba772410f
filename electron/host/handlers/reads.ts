import { procedure, type RunProcedure } from '../procedure.ts';
import { getDecision, getIncident } from './incident-detail.ts';
import { rawRecord } from './raw-record.ts';
import { listImports, listQuarantine, previewUpload } from './imports.ts';
import { listQueue } from './queue.ts';

/** The procedures that only read, by name. `sql.run` has a process of its own (sql-process.ts). */
export const reads: ReadonlyMap<string, RunProcedure> = new Map<string, RunProcedure>([
  procedure('queue.list', listQueue),
  procedure('incident.get', getIncident), procedure('incident.raw', rawRecord), procedure('incident.decision', getDecision),
  procedure('ingest.imports', listImports), procedure('ingest.preview', previewUpload), procedure('ingest.quarantine', listQuarantine),
]);
