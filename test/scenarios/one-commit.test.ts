import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { now } from '#electron/host/clock.ts';
import { createApp, type App } from '#electron/host/create-app.ts';
import { handlers } from '#electron/host/handlers/all.ts';
import { ROOT } from './winnow.ts';
import { decidedExamples, rows } from './workspace.ts';

const { incidents, copy: workspaceCopy } = decidedExamples();
const HEADER = 32, FRAME_HEADER = 24;

/**
 * Commits that lie in a write-ahead log. Frames carry the salts of its header, and the last of a commit the size of the database after it.
 * Source: SQLite, "WAL-mode File Format".
 */
function commitsIn(file: string): number {
  const wal = readFileSync(`${file}-wal`);
  if (wal.length === 0) return 0;
  const size = FRAME_HEADER + wal.readUInt32BE(8), salts = wal.subarray(16, 24);
  let commits = 0;
  for (let at = HEADER; at + size <= wal.length && wal.subarray(at + 8, at + 16).equals(salts); at += size) if (wal.readUInt32BE(at + 4) !== 0) commits += 1;
  return commits;
}

const reviewed = z.object({ review_id: z.number() });
const hooks = { onProgress: () => undefined, isCancelled: () => false, onStep: () => undefined, onWaiting: () => undefined };

async function call(app: App, method: string, input: unknown): Promise<number> {
  const result = await handlers[method]?.(app, input, hooks);
  if (result?.ok !== true) throw new Error(`${method}: ${result === undefined ? 'no such handler' : result.error}`);
  return reviewed.parse(result.value).review_id;
}

// A kill between two commits would leave a review without its audit row, or without what it takes back of what goes out.
it('each review is one commit: itself, its audit row, the decision, what goes out and the row of the queue', async () => {
  const file = workspaceCopy();
  const opened = createApp({ file, create: false, now, resourcesDir: join(ROOT, 'resources'), workerUrl: (name) => pathToFileURL(join(ROOT, 'electron', 'workers', `${name}.ts`)) });
  if (!opened.ok) throw new Error(opened.error);
  const app = opened.value;
  try {
    const several = incidents.filter((i) => i.incident.supporting_findings.length > 2), [one, two, three, four] = several.map((i) => i.incident);
    if (!one || !two || !three || !four) throw new Error('too few incidents of several findings');
    const steps: readonly (readonly [method: string, input: (last: number) => unknown])[] = [
      ['approve', () => ({ id: one.id, by: 'dana' })], ['review.undo', (last) => ({ review_id: last, by: 'dana' })], ['reject', () => ({ id: one.id, by: 'dana' })],
      ['override', () => ({ id: two.id, decision: 'ticket', priority: 'P3', reason: 'other', note: 'moved', by: 'dana' })], ['answer', () => ({ id: two.id, claim: 'owner_active', value: 'true', by: 'dana' })],
      ['split', () => ({ id: three.id, findings: [three.supporting_findings[0]?.finding_id], by: 'dana' })], ['merge', () => ({ ids: [two.id, four.id], by: 'dana' })],
    ];
    const seen: unknown[] = [], auditRows = (): number => rows(file, 'SELECT seq FROM audit').length;
    let last = 0;
    for (const [method, input] of steps) {
      const commits = commitsIn(file), audited = auditRows();
      last = await call(app, method, input(last));
      seen.push({ method, commits: commitsIn(file) - commits, audited: auditRows() - audited, behind: rows(file, 'SELECT key FROM queue_dirty UNION ALL SELECT key FROM queue_redecided').length });
    }
    expect(seen).toEqual(steps.map(([method]) => ({ method, commits: 1, audited: 1, behind: 0 })));
  } finally { app.close(); }
}, 120_000);
