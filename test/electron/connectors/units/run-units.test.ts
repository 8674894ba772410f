import { describe, expect, it } from 'vitest';
import type { Piece, PullEvent, Unit } from '#electron/connectors/connector.ts';
import { unitKey } from '#electron/connectors/connector.ts';
import { ConnectFailure, type FailureKind } from '#electron/connectors/pace/failure.ts';
import { runUnits, type UnitTask } from '#electron/connectors/units/run-units.ts';

const unit = (call: string): Unit => ({ call, scope: { account: '1' } });
const piece = (name: string): Piece => ({ name, format: 'aws-cli', bytes: new Uint8Array(), records: 1 });
const task = (call: string, ...names: string[]): UnitTask => ({ unit: unit(call), async *pull() { for (const name of names) { await Promise.resolve(); yield piece(name); } } });
const failing = (call: string, kind: FailureKind): UnitTask => ({ unit: unit(call), async *pull() { await Promise.resolve(); yield piece('first'); throw new ConnectFailure(kind, 'no'); } });
const fresh = { progressOf: () => undefined, signal: new AbortController().signal };
async function collect(events: AsyncIterable<PullEvent>): Promise<{ all: string[]; error: unknown }> {
  const all: string[] = [];
  try { for await (const e of events) all.push(e.type === 'planned' ? `planned ${e.units}` : e.type === 'gap' ? `gap ${e.unit.call} ${e.state}` : `${e.unit.call}:${e.piece.name}`); return { all, error: undefined }; } catch (error) { return { all, error }; }
}

describe('run units', () => {
  it('hands over the pieces of all units and says how many units there are', async () => {
    const { all } = await collect(runUnits(fresh, [task('a', '1', '2'), task('b', '3')]));
    expect(all.toSorted()).toEqual(['a:1', 'a:2', 'b:3', 'planned 2']);
  });

  it('pulls what a look-up names', async () => {
    const { all } = await collect(runUnits(fresh, [{ unit: unit('buckets'), find: () => Promise.resolve([task('acl', 'x'), task('policy', 'y')]) }, task('a', '1')]));
    expect(all.filter((e) => !e.startsWith('planned')).toSorted()).toEqual(['a:1', 'acl:x', 'policy:y']);
    expect(all.findLast((e) => e.startsWith('planned'))).toBe('planned 3');
  });

  it.each([['denied', 'denied'], ['absent', 'failed'], ['timeout', 'failed'], ['throttled', 'failed'], ['rejected', 'failed']] as const)('goes on with the others when one is %s', async (kind, state) => {
    const { all, error } = await collect(runUnits(fresh, [failing('bad', kind), task('a', '1'), task('b', '2')]));
    expect(error).toBeUndefined();
    expect(all).toContain(`gap bad ${state}`);
    expect(all).toEqual(expect.arrayContaining(['a:1', 'b:2']));
  });

  it('takes "not there" for an answer only where it can be one', async () => {
    const { all } = await collect(runUnits(fresh, [{ ...failing('bad', 'absent'), mayBeAbsent: true }, { unit: unit('none'), mayBeAbsent: true, find: () => Promise.reject(new ConnectFailure('absent', 'no')) }, { unit: unit('lost'), find: () => Promise.reject(new ConnectFailure('absent', 'no')) }]));
    expect(all.filter((e) => e.startsWith('gap')).toSorted()).toEqual(['gap bad absent', 'gap lost failed', 'gap none absent']);
  });

  it.each(['expired', 'cancelled', 'refused_egress', 'no_credentials'] as const)('ends everything when the credentials or the user say so: %s', async (kind) => {
    const { all, error } = await collect(runUnits(fresh, [task('a', '1'), failing('bad', kind), ...Array.from({ length: 50 }, (_, i) => task(`late${i}`, 'x', 'y', 'z'))], 1));
    expect(error).toMatchObject({ kind });
    expect(all).toContain('a:1');
    expect(all.some((e) => e.startsWith('late'))).toBe(false);
  });

  it('passes over what is done and goes on where a unit was cut', async () => {
    const asked: (string | undefined)[] = [];
    const cut: UnitTask = { unit: unit('cut'), async *pull(from) { asked.push(from); await Promise.resolve(); yield piece('rest'); } };
    const progress = new Map<string, 'done' | { next: string }>([[unitKey(unit('a')), 'done'], [unitKey(unit('cut')), { next: 'page2' }]]);
    const { all } = await collect(runUnits({ ...fresh, progressOf: (u) => progress.get(unitKey(u)) }, [task('a', '1'), cut, task('b', '2')]));
    expect(all.filter((e) => !e.startsWith('planned')).toSorted()).toEqual(['b:2', 'cut:rest']);
    expect(asked).toEqual(['page2']);
  });

  it('lets a bug through', async () => {
    const bug: UnitTask = { unit: unit('bug'), pull: () => { throw new TypeError('x is undefined'); } };
    expect((await collect(runUnits(fresh, [bug]))).error).toBeInstanceOf(TypeError);
  });

  it('fetches no more than what is taken, and stops with whoever takes', async () => {
    let made = 0;
    const endless = Array.from({ length: 200 }, (_, i): UnitTask => ({ unit: unit(`u${i}`), async *pull() { for (;;) { made += 1; await Promise.resolve(); yield piece('x'); } } }));
    let taken = 0;
    for await (const event of runUnits(fresh, endless, 4)) if (event.type === 'piece' && ++taken === 10) break;
    expect(made).toBeLessThan(30);
  });
});
