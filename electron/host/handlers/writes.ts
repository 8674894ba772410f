import { ok } from '#shared/lib/result.ts';
import { procedure, type RunProcedure } from '../procedure.ts';
import { connectorProcedures } from './connectors.ts';
import { commitUploads } from './imports.ts';
import { savePolicy } from './policy-screen.ts';
import { reviewProcedures } from './review-screen.ts';
import { rollbackImport } from './rollback.ts';
import { modelProcedures } from './models.ts';
import { triage, triageInput } from './triage.ts';
import { setSetting } from './workspace.ts';

/** The procedures that change the workspace, by name. `jobs.cancel` is the desk's own: it must not wait for its turn. */
export const writes: ReadonlyMap<string, RunProcedure> = new Map<string, RunProcedure>([
  ...reviewProcedures,
  procedure('ingest.commit', commitUploads), procedure('ingest.rollback', rollbackImport), procedure('policy.save', savePolicy), procedure('settings.set', setSetting),
  ...modelProcedures, ...connectorProcedures,
  procedure('triage.run', async (app, input, hooks) => {
    const report = await triage(app, triageInput.parse(input), { isCancelled: hooks.isCancelled, onRelate: hooks.onProgress, onStep: hooks.onStep, onWaiting: hooks.onWaiting, onProgress: (done, total) => { hooks.onProgress({ job: 'triage', done, total, unit: 'incidents' }); } });
    if (!report.ok) return report;
    const { incidents, decided, unchanged, checked, cancelled, engine, model, degraded, asked } = report.value.run;
    return ok({ incidents, decided, unchanged, checked, cancelled, engine, model, degraded, asked });
  }),
]);
