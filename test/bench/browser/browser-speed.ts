import { loadavg, tmpdir } from 'node:os';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { launchChromium } from '../../e2e/stage/chromium.ts';
import { startEngine } from '../../e2e/stage/engine.ts';
import { fillWorkspace } from '../../e2e/stage/fill-workspace.ts';
import { enlarge } from '../enlarge.ts';
import type { Figure } from '../table.ts';
import { startCpuClock, type CpuClock } from './cpu-clock.ts';
import { callTimes, installClock, scrollQueue, timeFilter, timeIncident, timeKey } from './page-clock.ts';

const ROUNDS = 40;
const at = (times: readonly number[], q: number): number => Math.round((times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(q * times.length))] ?? 0) * 10) / 10;
const p95 = (name: string, times: readonly number[], most?: number): Figure => ({ name, value: at(times, 0.95), unit: 'ms p95', ...(most !== undefined && { goal: { most } }), note: `p50 ${at(times, 0.5)} ms, ${times.length} times` });
const word = (n: number): string => ['bucket', 'role', 'public', 'ensure', 'user', 'S3', 'log', 'access', 'admin', 'CVE'][n % 10] ?? '';

/**
 * The workbench in real Chromium on 10,000 incidents and 50,000 resources: what a person waits for. The same run measures a floor (a key that
 * does nothing) and how much of a wait is engine and transport, as the machine is rarely idle.
 */
export async function measureBrowser(say: (text: string) => void): Promise<readonly Figure[]> {
  const dir = mkdtempSync(join(tmpdir(), 'winnow-browser-bench-'));
  say('making the workspace …');
  const file = fillWorkspace(dir);
  const made = enlarge(file, { incidents: 10_000, nodes: 50_000 });
  say(`${made.incidents} incidents, ${made.nodes} resources, ${made.edges} relationships`);
  const engine = await startEngine(file), browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await installClock(page);
    await page.goto(engine.link);
    await page.locator('[role=row].cur').waitFor();
    await page.waitForTimeout(3000);
    const cpu = await startCpuClock(page, engine.pid);
    const figures = [...await measureKeys(page, cpu, say), ...await measureFilters(page, cpu, say), ...await measureIncidents(page, cpu, say), ...await measureScroll(page, say)];
    return figures.map((figure) => ({ ...figure, note: `${figure.note ?? ''}, load ${(loadavg()[0] ?? 0).toFixed(0)}` }));
  } finally {
    await browser.close();
    await engine.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Runs some rounds and tells what each cost in processor time. */
async function spent(cpu: CpuClock, name: string, rounds: number, work: () => Promise<void>): Promise<Figure> {
  const before = await cpu.read();
  await work();
  const after = await cpu.read();
  const each = (from: number, to: number): number => Math.round((to - from) / rounds * 10) / 10;
  const engine = before.engine === undefined || after.engine === undefined ? '' : `, engine ${each(before.engine, after.engine)} ms`;
  return { name, value: each(before.page, after.page), unit: 'ms CPU', note: `the page's main thread${engine}, mean of ${rounds}` };
}

async function measureKeys(page: Page, cpu: CpuClock, say: (text: string) => void): Promise<readonly Figure[]> {
  say('keys …');
  await page.getByRole('grid', { name: 'Incidents' }).focus();
  // In turns, so that both meet the same load.
  const idle: number[] = [], move: number[] = [];
  for (let turn = 0; turn < 4; turn++) { idle.push(...await timeKey(page, 'F7', ROUNDS / 4)); move.push(...await timeKey(page, 'j', ROUNDS / 4)); }
  const cost = await spent(cpu, 'of it work', ROUNDS, async () => { await timeKey(page, 'j', ROUNDS); });
  return [p95('floor: a key that does nothing, to paint', idle), p95('a key that moves the row, to paint', move, 50), cost];
}

async function measureFilters(page: Page, cpu: CpuClock, say: (text: string) => void): Promise<readonly Figure[]> {
  say('filters …');
  await callTimes(page, 'queue.list');
  const filters: number[] = [];
  // Each another one, so that nothing is remembered.
  const cost = await spent(cpu, 'of it work', ROUNDS, async () => { for (let n = 0; n < ROUNDS; n++) filters.push(await timeFilter(page, n % 2 === 0 ? `text=${word(n)}+${n}` : `decision=${n % 4 === 1 ? 'ticket' : 'needs_human_review'}&source=wiz&not=source&text=${n}`)); });
  return [p95('filter to rows on the screen', filters, 150), p95('of it engine and transport', await callTimes(page, 'queue.list')), cost];
}

async function measureIncidents(page: Page, cpu: CpuClock, say: (text: string) => void): Promise<readonly Figure[]> {
  say('incidents …');
  await timeFilter(page, 'decision=ticket');
  const ids = await page.evaluate(() => [...document.querySelectorAll('[role=row][id^=row-]')].map((row) => row.id.replace('row-', '')));
  const opened: number[] = [];
  await callTimes(page, 'incident.get');
  const cost = await spent(cpu, 'of it work', ROUNDS, async () => { for (let n = 0; n < ROUNDS; n++) opened.push(await timeIncident(page, `${(ids[n % ids.length] ?? '').split('-').slice(0, 3).join('-')}-${n + 100}`)); });
  return [p95('open an incident to its decision on the screen', opened, 100), p95('of it engine and transport', await callTimes(page, 'incident.get')), cost];
}

async function measureScroll(page: Page, say: (text: string) => void): Promise<readonly Figure[]> {
  say('scrolling …');
  await timeFilter(page, 'sort=age');
  const { frames, blank, rows } = await scrollQueue(page, 150, 8);
  return [{ name: 'frames with a blank row while scrolling', value: blank, unit: 'frames', goal: { most: 0 }, note: `${rows} rows in ${frames} steps` }];
}
