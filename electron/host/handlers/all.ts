import { z } from 'zod';
import { importers } from '#electron/pipeline/graph/importers/all.ts';
import { formats } from '#electron/pipeline/normalize/formats/all.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { readFileSync, statSync } from 'node:fs';
import type { App } from '../create-app.ts';
import { egressClasses } from '#shared/model/agent.ts';
import { saveConnectSettings } from '../pull/settings.ts';
import { readProblem } from '../find-files.ts';
import { decodePolicy } from '../read-policy.ts';
import { importPolicy } from '../ingest.ts';
import type { Hooks } from '../serve-requests.ts';
import { preflightConnector, pullConnector } from './connectors.ts';
import { graphInput, showGraph } from './graph.ts';
import { groupedIncidents, groupsInput, incidentsInput, missingEvidence, pageIncidents, showIncident } from './incidents.ts';
import { ingest, ingestInput } from './ingest.ts';
import { configureInput, configureModels, keysInput, listModels, modelsInput, takeKeys } from './models.ts';
import { findPaths, pathsInput } from './paths.ts';
import { replay, replayInput } from './replay.ts';
import { answer, answerInput, merge, mergeInput, override, overrideInput, review, split, splitInput, verdictInput } from './review.ts';
import { triage, triageInput } from './triage.ts';
import { writes } from './writes.ts';

const connectInput = z.object({ product: z.string(), settings: z.record(z.string(), z.string()), resume: z.enum(['auto', 'must', 'never']).default('auto'), by: z.string().default('cli') });
export type Handler = (app: App, input: unknown, hooks: Hooks) => Promise<Result<unknown>>;

/** Every request that the writer answers: those of the command line, and the contract's procedures that change something. */
export const handlers: Readonly<Record<string, Handler>> = {
  ...Object.fromEntries(writes),
  ingest: (app, input, hooks) => checked(ingestInput, input, (i) => ingest(app, i, hooks)),
  'policy.import': (app, input) => checked(z.object({ path: z.string() }), input, ({ path }) => {
    // A pipe or device would be waited for without end.
    try { return statSync(path).isFile() ? ok(importPolicy(app, path, decodePolicy(readFileSync(path)))) : err(`${path}: it is not a regular file`); } catch (error) { return err(`${path}: ${readProblem(error)}`); }
  }),
  'policy.show': (app) => Promise.resolve(ok(app.tables.policies.current())),
  triage: (app, input, hooks) => checked(triageInput, input, (i) => triage(app, i, { isCancelled: hooks.isCancelled, onRelate: hooks.onProgress, onStep: hooks.onStep, onWaiting: hooks.onWaiting, onProgress: (done, total) => { hooks.onProgress({ job: 'triage', done, total, unit: 'incidents' }); } })),
  'incidents.page': (app, input) => checked(incidentsInput, input, (i) => ok(pageIncidents(app, i))),
  'incidents.groups': (app, input) => checked(groupsInput, input, (i) => ok(groupedIncidents(app, i))),
  'incidents.missing': (app) => Promise.resolve(ok(missingEvidence(app))),
  show: (app, input) => checked(z.object({ id: z.string() }), input, (i) => showIncident(app, i.id)),
  override: (app, input) => checked(overrideInput, input, (i) => override(app, i)),
  approve: (app, input) => checked(verdictInput, input, (i) => review(app, 'approve', i)),
  reject: (app, input) => checked(verdictInput, input, (i) => review(app, 'reject', i)),
  split: (app, input) => checked(splitInput, input, (i) => split(app, i)),
  merge: (app, input) => checked(mergeInput, input, (i) => merge(app, i)),
  answer: (app, input) => checked(answerInput, input, (i) => answer(app, i)),
  replay: (app, input, hooks) => checked(replayInput, input, (i) => replay(app, i, { isCancelled: hooks.isCancelled, onProgress: (done, total) => { hooks.onProgress({ job: 'replay', done, total, unit: 'incidents' }); } })),
  'models.list': (app, input, hooks) => checked(modelsInput, input, (i) => listModels(app, i, hooks)),
  'models.keys': (_, input) => checked(keysInput, input, takeKeys),
  'models.configure': (app, input) => checked(configureInput, input, (i) => configureModels(app, i)),
  'connect.pull': (app, input, hooks) => checked(connectInput, input, (i) => pullConnector(app, i, hooks)),
  'connect.preflight': (app, input, hooks) => checked(connectInput, input, (i) => preflightConnector(app, { id: i.product, settings: i.settings }, hooks)),
  'connect.allow': (app, input) => checked(z.object({ allow: z.enum(egressClasses), by: z.string() }), input, (i) => { saveConnectSettings(app, { allow: i.allow }, i.by); return ok(undefined); }),
  graph: (app, input) => checked(graphInput, input, (i) => showGraph(app, i)),
  paths: (app, input) => checked(pathsInput, input, (i) => findPaths(app, i)),
  formats: () => Promise.resolve(ok([...formats, ...importers].map((f) => ({ name: f.name, kind: f.kind, description: f.description })))),
};

async function checked<S extends z.ZodType>(schema: S, input: unknown, run: (input: z.infer<S>) => Result<unknown> | Promise<Result<unknown>>): Promise<Result<unknown>> {
  const parsed = schema.safeParse(input);
  if (!parsed.success) return err(parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; '));
  return run(parsed.data);
}
