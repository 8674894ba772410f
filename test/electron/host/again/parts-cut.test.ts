import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { App } from '#electron/host/create-app.ts';
import { folder, ingest, open, piecesIn, run, standing } from './estate.ts';

const ALL = ['policy', 'prod', 'dev', 'iam', 'hub', 'more of the hub', 'prowler', 'guardduty', 'wiz', 'trivy'];
/** Findings of a part: the examples come to a dozen parts. */
const FEW = 20;

/** The same workspace, whose n-th transaction from now fails, as if the machine had stopped before it. */
const failingAt = (app: App, n: number): App => {
  let left = n;
  return { ...app, tables: { ...app.tables, transaction: <T>(work: () => T): T => { left -= 1; if (left === 0) throw new Error('stopped'); return app.tables.transaction(work); } } };
};
/** Labels by the findings of each incident. */
const labels = (app: App) => Object.fromEntries(app.tables.incidents.all().map(({ incident }) => [incident.supporting_findings.map((f) => f.finding_id).toSorted().join(' '), incident.id]));

it('correlation that stops between parts goes on where it was, and comes to the same incidents, labels and decisions', { timeout: 300_000 }, async () => {
  const pieces = piecesIn(join(folder(), 'pieces')), dir = folder();
  const app = open(join(dir, 'whole.db'), undefined, undefined, FEW);
  for (const name of ALL) await ingest(app, pieces[name]);
  app.close();
  const uncut = open(join(dir, 'uncut.db'), undefined, join(dir, 'whole.db'), FEW);
  await run(uncut);
  const wanted = { standing: standing(uncut), labels: labels(uncut) };
  expect(Object.keys(wanted.labels).length).toBeGreaterThan(20);
  // At once, the same incidents are decided the same; only labels are given in another order.
  const whole = open(join(dir, 'at-once.db'), undefined, join(dir, 'whole.db'));
  await run(whole);
  expect(standing(whole)).toEqual(wanted.standing);
  expect(Object.keys(labels(whole)).toSorted()).toEqual(Object.keys(wanted.labels).toSorted());
  let between = 0;
  for (const n of [2, 3, 5, 8]) {
    const cut = open(join(dir, `cut-${n}.db`), undefined, join(dir, 'whole.db'), FEW);
    await expect(run(failingAt(cut, n))).rejects.toThrow('stopped');
    const had = cut.tables.incidents.all().length;
    if (had > 0 && had < Object.keys(wanted.labels).length) between += 1;
    await run(cut);
    expect({ standing: standing(cut), labels: labels(cut) }).toEqual(wanted);
    expect(await run(cut)).toMatchObject({ decided: 0 });
    cut.close();
  }
  expect(between).toBeGreaterThan(1);
  uncut.close();
  whole.close();
});
