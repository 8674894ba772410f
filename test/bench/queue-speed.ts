import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { startDesk } from '#electron/host/desk.ts';
import { queuePageSchema } from '#shared/rpc/schemas.ts';
import { enlarge } from './enlarge.ts';

/**
 * Queue and incident on 10,000 incidents: copies of a triaged workspace's own (`winnow demo --workspace FILE`) with their decisions, calls and
 * findings. Prints milliseconds (p50, p95) as a screen would wait, through the desk. Usage: queue-speed.ts FILE (it is changed).
 */
const [file = ''] = process.argv.slice(2);
const COUNT = 10_000, ROUNDS = 60;

const root = join(import.meta.dirname, '..', '..');
const made = enlarge(file, { incidents: COUNT });
console.info(`queue rows of ${made.incidents} incidents written in ${made.queue_ms} ms`);
const opened = await startDesk({ file, create: false, rootDir: root, onEvent: () => undefined });
if (!opened.ok) throw new Error(opened.error);
const desk = opened.value;

async function measure(name: string, ask: (round: number) => Parameters<typeof desk.call>): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    const result = await desk.call(...ask(round));
    if (!result.ok) throw new Error(result.error);
    times.push(performance.now() - started);
  }
  const sorted = times.toSorted((a, b) => a - b), at = (q: number): string => (sorted[Math.floor(q * sorted.length)] ?? 0).toFixed(1).padStart(7);
  console.info(`${name.padEnd(34)} p50 ${at(0.5)}  p95 ${at(0.95)}  first ${(times[0] ?? 0).toFixed(1)}`);
}

const first = await desk.call('queue.list', { limit: 500 });
const ids = first.ok ? queuePageSchema.parse(first.value).rows.map((r) => r.id) : [];
await measure('first page', () => ['queue.list', {}]);
await measure('next pages', (n) => ['queue.list', { offset: n * 150 }]);
// Each round another filter, so that nothing is remembered.
await measure('filter by words', (n) => ['queue.list', { filter: { text: `bucket ${n}` } }]);
await measure('filter by decision and words', (n) => ['queue.list', { filter: { decision: ['ticket', 'defer'], text: String(n) }, sort: 'severity' }]);
await measure('filter by source and severity', (n) => ['queue.list', { filter: { source: n % 2 === 0 ? ['wiz'] : ['prowler', 'trivy'], min_severity: 'high', text: `a${n % 7}`.slice(0, n % 3) } }]);
await measure('sort by another column', (n) => ['queue.list', { sort: (['age', 'findings', 'entity', 'confidence'] as const)[n % 4], descending: n % 2 === 0 }]);
await measure('open an incident', (n) => ['incident.get', { id: ids[(n * 7) % ids.length] }]);
await measure('figures', () => ['figures.get', {}]);
await desk.close();
for (const suffix of ['-wal', '-shm', '-lock']) rmSync(`${file}${suffix}`, { force: true });
