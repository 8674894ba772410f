import fc from 'fast-check';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { answer } from '#electron/host/handlers/review.ts';
import type { App } from '#electron/host/create-app.ts';
import { folder, ingest, open, piecesIn, run, standing } from './estate.ts';

const names = ['policy', 'other policy', 'prod', 'dev', 'iam', 'dev iam', 'old logs', 'new logs', 'old dev logs', 'new dev logs', 'prowler', 'guardduty', 'wiz', 'trivy', 'hub', 'more of the hub', 'rescan', 'mended', 'opened', 'gone', 'one', 'late'] as const;
const ANSWER = 'answer';
/** The clock is past all data, so that what comes late is not taken for a wrong clock. */
const LATE = Date.UTC(2027, 0, 2) * 1000;
const START = ['policy', 'prod', 'dev', 'iam', 'hub', 'prowler'];

/** Supplies an owner for the first incident that lacks one. */
function answerOne(app: App): void {
  const row = app.tables.incidents.all().find((r) => r.incident.status !== 'closed' && r.decision_id !== undefined && app.tables.decisions.brief(r.decision_id)?.triage.missing_evidence.some((m) => m.claim === 'owner_identified'));
  if (row) answer(app, { id: row.incident.id, claim: 'owner_identified', value: 'web-platform', by: 'dana', note: 'asked' });
}

/** Steps of imports and answers with a triage after each. */
async function stepByStep(app: App, pieces: Readonly<Record<string, string>>, steps: readonly (readonly string[])[]): Promise<{ kept: number; decided: number }> {
  const sum = { kept: 0, decided: 0 };
  for (const step of steps) {
    for (const name of step) if (name === ANSWER) answerOne(app); else await ingest(app, pieces[name]);
    const { checked, decided } = await run(app);
    sum.kept += checked;
    sum.decided += decided;
  }
  return sum;
}

it('triage after each import comes to what one triage of everything comes to, whatever came in which order', { timeout: 900_000 }, async () => {
  const pieces = piecesIn(join(folder(), 'pieces'));
  const sum = { kept: 0, decided: 0 };
  let tried = 0;
  const steps = fc.array(fc.uniqueArray(fc.constantFrom(...names, ANSWER), { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 4 });
  await fc.assert(fc.asyncProperty(steps, fc.boolean(), async (later, isStarted) => {
    const dir = folder(), now = (): number => LATE, all = isStarted ? [START, ...later] : later;
    // Correlated in parts; what it is compared with is correlated at once.
    const app = open(join(dir, 'steps.db'), now, undefined, 20);
    const came = await stepByStep(app, pieces, all);
    sum.kept += came.kept;
    sum.decided += came.decided;
    const found = standing(app);
    app.close();
    // Everything decided anew on the same incidents.
    const anew = open(join(dir, 'anew.db'), now, join(dir, 'steps.db'));
    anew.workspace.db.exec('DELETE FROM latest_decisions');
    const fresh = await run(anew);
    expect([fresh.checked, fresh.decided]).toEqual([0, fresh.incidents]);
    expect(found).toEqual(standing(anew));
    anew.close();
    if (all.flat().includes(ANSWER)) return;
    // And everything in a workspace of its own, decided once.
    const whole = open(join(dir, 'whole.db'), now);
    for (const name of all.flat()) await ingest(whole, pieces[name]);
    await run(whole);
    expect(found).toEqual(standing(whole));
    whole.close();
    tried += 1;
  }), { numRuns: Number(process.env['WINNOW_AGAIN_RUNS'] ?? 4), seed: Number(process.env['WINNOW_AGAIN_SEED'] ?? 20261130) });
  expect(tried).toBeGreaterThan(0);
  // It kept some, and decided others: neither all nor nothing.
  expect(sum.kept).toBeGreaterThan(0);
  expect(sum.decided).toBeGreaterThan(0);
});
