import { basename } from 'node:path';
import { verifyAudited } from '../audited-rows.ts';
import { claimValueSchema } from '#shared/model/claims.ts';
import { ok, type Result } from '#shared/lib/result.ts';
import { chosenEndpoints, readAgentSettings } from '../agent/settings.ts';
import type { App } from '../create-app.ts';
import { newestUs } from '../newest.ts';
import type { InputOf, OutputOf } from '../procedure.ts';
import { queueCounts } from './queue.ts';
import { formatTime } from '#shared/lib/time.ts';

/** The demo's own file (commands/demo-command.ts). */
const DEMO_FILE = 'winnow-demo.db';

/** Which workspace this is and what is in it. `egress_bytes` is filled in by the desk, which sees all threads. */
export function workspaceInfo(app: App): Result<OutputOf<'workspace.info'>> {
  const { tables, workspace } = app;
  const file = basename(workspace.file), named = tables.runs.setting('name');
  const counts = { ...queueCounts(app), events: tables.events.count(), resources: tables.nodes.count() };
  const hasData = counts.events > 0 || counts.resources > 0 || (tables.findings.count() > 0);
  return ok({
    file: workspace.file, name: named === undefined ? file.replace(/\.(db|winnow)$/, '') : String(claimValueSchema.parse(JSON.parse(named))), id: workspace.id, is_demo: file === DEMO_FILE, as_of: hasData ? formatTime(newestUs(app)) : null, engine: engineName(app),
    policy_version: tables.policies.current().version, graph_version: tables.runs.graphVersion(), counts, audit: { rows: tables.audit.last()?.seq ?? 0, valid: null }, egress_bytes: 0,
  });
}

/** What decides, for the chip: the model that is configured first, and whether the last decision that wanted one had to do without. */
function engineName(app: App): string {
  const [first] = chosenEndpoints(readAgentSettings(app), process.env);
  if (first === undefined) return 'rules';
  return app.tables.agent.degraded() === undefined ? first.model : `rules (${first.model} does not answer)`;
}

/** Walks the whole audit chain. */
export function checkAudit(app: App): Result<OutputOf<'workspace.verifyAudit'>> {
  const verdict = verifyAudited(app.tables, app.workspace.id);
  return ok({ valid: verdict.valid, rows: verdict.rows, why: verdict.valid ? null : `row ${verdict.first_bad_seq}: ${verdict.why}` });
}

export const getSettings = (app: App): Result<OutputOf<'settings.get'>> => ok(Object.fromEntries(app.tables.runs.settings().map(({ key, value }) => [key, claimValueSchema.parse(JSON.parse(value))])));

/** Sets one setting of this workspace; audited, as some of them change what people are shown. */
export function setSetting(app: App, input: InputOf<'settings.set'>): Result<OutputOf<'settings.set'>> {
  app.tables.transaction(() => {
    app.tables.runs.setSetting(input.key, JSON.stringify(input.value));
    app.audit('setting_changed', 'screen', { key: input.key, value: input.value });
  });
  return ok({ ok: true });
}

/** Tables with their columns, for who writes SQL. */
export const sqlSchema = (app: App): Result<OutputOf<'sql.schema'>> => ok(app.tables.schema());
