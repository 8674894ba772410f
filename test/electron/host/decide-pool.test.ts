import { describe, expect, it } from 'vitest';
import { decidePool } from '#electron/host/decide-pool.ts';
import type { Decider } from '#electron/host/decider.ts';
import type { DecisionToSave } from '#electron/host/decision-rows.ts';
import type { Looked, ToDecide } from '#electron/pipeline/run.ts';

const items = (n: number): readonly ToDecide[] => Array.from({ length: n }, (_, i) => ({ key: `K-${i}`, input_hash: 'h', place: `P-${Math.floor(i / 120)}` }));
const saved = ({ key, input_hash }: ToDecide): Looked<DecisionToSave> => ({ is: 'decided', again: false, saved: { key, incident: key, decision_id: `D-${key}`, decision: 'defer', priority: 'P4', audit: {}, engine: 'engine:rules', gate_claims: '[]', outgoing: [], rows: { decision: [], calls: [] }, latest: { key, decision_id: `D-${key}`, engine: 'rules', outcome: '', input_hash, run_id: 'R' } } });
const keyOf = (looked: Looked<DecisionToSave>): string => (looked.is === 'decided' ? looked.saved.key : looked.is);
const data = { file: '', resourcesDir: '', started_us: 0, run: { run_id: 'R', as_of_us: 0, policy_version: 1, graph_version: 1 } };
/** A thread that answers as deciders do, without a workspace: each chunk later than the one before it was asked. */
const thread = (body: string): URL => new URL(`data:text/javascript,${encodeURIComponent(`import { parentPort } from 'node:worker_threads'; parentPort.on('message', ({ id, items }) => { ${body} });`)}`);
const echo = "setTimeout(() => parentPort.postMessage({ id, looked: items.map((i) => ({ is: 'decided', again: false, saved: { key: i.key } })) }), 20)";

async function keysOf(n: number, options: { here?: Decider; url?: URL; cores?: number; isCancelled?: () => boolean }): Promise<readonly string[]> {
  const pool = decidePool({ here: options.here ?? ((some) => Promise.resolve(some.map(saved))), url: options.url ?? thread(echo), data, cores: options.cores ?? 1 });
  const keys: string[] = [];
  try {
    for await (const chunk of pool.decide(items(n), options.isCancelled ?? (() => false))) keys.push(...chunk.map(keyOf));
  } finally { await pool.stop(); }
  return keys;
}

describe('a pool of deciders', () => {
  it('decides every incident once, alone in the order of the incidents', async () => {
    const wanted = items(1000).map((i) => i.key);
    expect(await keysOf(1000, { cores: 1 })).toEqual(wanted);
    expect((await keysOf(1000, { cores: 4 })).toSorted()).toEqual(wanted.toSorted());
  });
  it('keeps each thread in one place until nothing is left there, and helps elsewhere at the end', async () => {
    const before: (string | undefined)[] = [];
    const here: Decider = async (some) => { expect(new Set(some.map((i) => i.place)).size).toBe(1); before.push(some[0]?.place); await new Promise((resolve) => { setTimeout(resolve, 5); }); return some.map(saved); };
    await keysOf(1000, { cores: 2, here, url: thread(echo) });
    // A place that was left is not come back to.
    const visits = before.filter((place, i) => place !== before[i - 1]);
    expect(visits.length).toBeGreaterThan(2);
    expect(new Set(visits).size).toBe(visits.length);
    // Where there is one place only, both work in it.
    let mine = 0;
    const pool = decidePool({ here: async (some) => { mine += some.length; await new Promise((resolve) => { setTimeout(resolve, 5); }); return some.map(saved); }, url: thread(echo), data, cores: 2 });
    for await (const _ of pool.decide(items(1000).map((i) => ({ ...i, place: '' })), () => false));
    await pool.stop();
    expect(mine).toBeGreaterThan(0);
    expect(mine).toBeLessThan(1000);
  });
  it('shares the work with its threads when there is much of it, and starts none for little', async () => {
    let here = 0;
    const count: Decider = async (some) => { here += some.length; await new Promise((resolve) => { setTimeout(resolve, 5); }); return some.map(saved); };
    await keysOf(1000, { cores: 2, here: count });
    expect(here).toBeGreaterThan(0);
    expect(here).toBeLessThan(1000);
    here = 0;
    await keysOf(100, { cores: 4, here: count, url: thread('process.exit(1)') });
    expect(here).toBe(100);
  });
  it('stops at the next chunk when cancelled, with what was decided in order until then', async () => {
    let asked = 0;
    const keys = await keysOf(1000, { here: (some) => { asked += 1; return Promise.resolve(some.map(saved)); }, isCancelled: () => asked >= 3 });
    expect(keys).toEqual(items(120).map((i) => i.key));
  });
  it('fails as a whole, in words, when a decider fails or a thread dies', async () => {
    await expect(keysOf(60, { here: () => Promise.reject(new Error('no such incident')) })).rejects.toThrow('no such incident');
    await expect(keysOf(1000, { cores: 2, url: thread("parentPort.postMessage({ id, error: 'broken graph' })") })).rejects.toThrow('broken graph');
    await expect(keysOf(1000, { cores: 2, url: thread('process.exit(3)'), here: async (some) => { await new Promise((resolve) => { setTimeout(resolve, 200); }); return some.map(saved); } })).rejects.toThrow('a deciding thread stopped');
  });
});
