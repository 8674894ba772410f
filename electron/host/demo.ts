import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Engine } from './engine-client.ts';
import type { IngestReport } from './handlers/ingest.ts';
import { listIncidents } from './commands/list-incidents.ts';
import type { TriageReport } from './handlers/triage.ts';
import { installationTrust } from './trust.ts';

/** The demo's own workspace: made anew each time, so that the demo never touches a real one. */
export const DEMO_FILE = 'winnow-demo.db';

/** Reads the bundled examples into an empty workspace and decides them. */
export async function fillDemo(engine: Engine, rootDir: string): Promise<Result<{ readonly ingested: IngestReport; readonly report: TriageReport }>> {
  const ingested = await engine.request('ingest', { paths: ['aws-config', 'iam', 'cloudtrail', 'findings', 'policy.yaml'].map((d) => join(rootDir, 'resources', 'examples', d)) });
  if (!ingested.ok) return ingested;
  const named = await engine.request('settings.set', { key: 'name', value: 'Northwind demo' });
  if (!named.ok) return named;
  const triaged = await engine.request('triage', { engine: 'rules' });
  if (!triaged.ok) return triaged;
  const list = await listIncidents(engine);
  if (!list.ok) return list;
  const asked = list.value.incidents.filter((i) => ASKED_ABOUT.some((name) => i.incident.entity.endsWith(name))).map((i) => i.incident.id);
  const again = asked.length === 0 ? triaged : await engine.request('triage', { engine: 'agent', model: 'scripted', incidents: asked, concurrency: 1 });
  return again.ok ? ok({ ingested: ingested.value as IngestReport, report: { ...triaged.value as TriageReport, counts: (again.value as TriageReport).counts } }) : again;
}

/** Incidents that a script in a model's place decides once more, so that turns, a diff and a replay can be seen where there is no model. */
const ASKED_ABOUT = [':nw-prod-db-backups', ':role/vendor-reporting', ':nw-cdn-assets'];

/**
 * Makes the demo's workspace: under another name until it is whole, so that a half-made one is never opened.
 * @param withEngine opens the file that it is given, works, and closes it
 */
export async function makeDemo(file: string, rootDir: string, withEngine: (making: string, work: (engine: Engine) => Promise<Result<void>>) => Promise<Result<void>>): Promise<Result<void>> {
  const making = `${file}.tmp`;
  mkdirSync(dirname(file), { recursive: true });
  removeWorkspace(making);
  const made = await withEngine(making, async (engine) => {
    const filled = await fillDemo(engine, rootDir);
    if (!filled.ok) return filled;
    return filled.value.ingested.cancelled || filled.value.report.run.cancelled ? err('the demo was not finished') : ok(undefined);
  });
  if (made.ok) {
    renameSync(making, file);
    installationTrust().rename(making, file);
  }
  removeWorkspace(making);
  return made;
}

function removeWorkspace(file: string): void {
  for (const suffix of ['', '-wal', '-shm', '-lock']) rmSync(`${file}${suffix}`, { force: true });
}
