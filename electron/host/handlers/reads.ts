import { procedure, type RunProcedure } from '../procedure.ts';
import { getDecision, getIncident } from './incident-detail.ts';
import { rawRecord } from './raw-record.ts';
import { listImports, listQuarantine, previewUpload } from './imports.ts';
import { getConnectorPolicy, listConnectors } from './connectors.ts';
import { getFigures } from './figures.ts';
import { getNode } from './graph-node.ts';
import { aroundNode, expandNode, getPath, listCombinations, listPaths } from './graph-screen.ts';
import { getExchanges, getModels } from './models.ts';
import { getPolicy, previewPolicy } from './policy-screen.ts';
import { listQueue } from './queue.ts';
import { compareDecisions, replay } from './replay.ts';
import { checkAudit, getSettings, sqlSchema, workspaceInfo } from './workspace.ts';

/** The procedures that only read, by name. `sql.run` has a process of its own (sql-process.ts). */
export const reads: ReadonlyMap<string, RunProcedure> = new Map<string, RunProcedure>([
  procedure('queue.list', listQueue),
  procedure('incident.get', getIncident), procedure('incident.raw', rawRecord), procedure('incident.decision', getDecision),
  procedure('workspace.info', workspaceInfo), procedure('workspace.verifyAudit', checkAudit), procedure('settings.get', getSettings), procedure('sql.schema', sqlSchema),
  procedure('graph.expand', expandNode), procedure('graph.around', aroundNode), procedure('graph.node', getNode), procedure('graph.paths', listPaths), procedure('graph.path', getPath), procedure('graph.combinations', listCombinations),
  procedure('policy.get', getPolicy), procedure('policy.preview', previewPolicy), procedure('figures.get', getFigures), procedure('replay.diff', compareDecisions),
  procedure('replay.run', (app, input, hooks) => replay(app, { engine: 'auto', ...(input.id !== undefined && { id: input.id }) }, { isCancelled: hooks.isCancelled, onProgress: (done, total) => { hooks.onProgress({ job: 'replay', done, total, unit: 'incidents' }); } })),
  procedure('models.get', getModels), procedure('models.exchanges', getExchanges),
  procedure('connectors.list', listConnectors), procedure('connectors.policy', getConnectorPolicy), procedure('ingest.imports', listImports), procedure('ingest.preview', previewUpload), procedure('ingest.quarantine', listQuarantine),
]);
