import { z } from 'zod';
import { ok, type Result } from '#shared/lib/result.ts';
import type { App } from '../create-app.ts';
import { findFiles } from '../find-files.ts';
import { ingestFiles, type FileReport } from '../ingest.ts';
import { refreshGraph, RelatingCancelled } from '../refresh-graph.ts';
import type { Progress } from '#electron/host/engine-protocol.ts';

export const ingestInput = z.object({ paths: z.array(z.string()).min(1), format: z.string().optional(), cluster: z.string().regex(/^\S+$/, 'is a name without spaces').optional() });
export interface IngestReport {
  readonly files: readonly { readonly path: string; readonly format: string | null; readonly kind: string | null; readonly records: number; readonly new: number; readonly duplicate: number; readonly quarantined: readonly { readonly position: string; readonly why: string }[]; readonly error?: string; readonly note?: string }[];
  readonly counts: Readonly<Record<string, number>>;
  readonly unmapped_issues: readonly { readonly source: string; readonly issue_type: string; readonly n: number }[];
  readonly cancelled: boolean;
}

/** Imports files and folders, then brings the graph's derived edges up to date. */
export async function ingest(app: App, input: z.infer<typeof ingestInput>, hooks: { readonly onProgress: (p: Progress) => void; readonly isCancelled: () => boolean }): Promise<Result<IngestReport>> {
  const reports = await ingestFiles(app, findFiles(input.paths, app.workspace.file), {
    format: input.format, cluster: input.cluster, isCancelled: hooks.isCancelled,
    onProgress: (p) => { hooks.onProgress({ job: 'ingest', done: p.bytes, total: p.total_bytes, unit: 'bytes', detail: `${p.path}: ${p.records} records` }); },
  });
  if (!hooks.isCancelled()) relate(app, hooks);
  const sum = (pick: (r: FileReport) => number) => reports.reduce((n, r) => n + pick(r), 0);
  return ok({
    files: reports.map((r) => ({ path: r.path, format: r.format, kind: r.kind, records: r.records, new: r.new, duplicate: r.duplicate, quarantined: r.quarantined_records, ...(r.error !== undefined && { error: r.error }), ...(r.note !== undefined && { note: r.note }) })),
    counts: { files: reports.length, not_recognized: reports.filter((r) => r.error !== undefined).length, records: sum((r) => r.records), new: sum((r) => r.new), duplicate: sum((r) => r.duplicate), quarantined: sum((r) => r.quarantined), findings: app.tables.findings.count(), events: app.tables.events.count(), resources: app.tables.nodes.count() },
    unmapped_issues: app.tables.findings.unmapped(), cancelled: hooks.isCancelled(),
  });
}

/** Brings the derived edges up to date, unless cancelled: what changed is then related by whoever needs it next. */
export function relate(app: App, hooks: { readonly onProgress: (p: Progress) => void; readonly isCancelled: () => boolean }): void {
  try { refreshGraph(app, hooks); } catch (error) { if (!(error instanceof RelatingCancelled)) throw error; }
}
