import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rememberSeries, type EventSeries } from '#electron/host/run-events.ts';
import type { LoggedEvent } from '#electron/tools/tool.ts';

const event = (n: number, time_us: number): LoggedEvent => ({ event_id: `E-${String(n).padStart(5, '0')}`, source: 'cloudtrail', account: null, region: null, time: '', time_us, category: 'authentication', action: 'ConsoleLogin', outcome: 'failure', error_code: null, actor: null, src_ip: '203.0.113.7' });

/** What a table would give, and how often it was asked. */
function log(times: Readonly<Record<string, readonly number[]>>): { readonly read: EventSeries; readonly asked: () => number } {
  let asked = 0;
  const byKey = new Map(Object.entries(times).map(([key, of]) => [key, of.toSorted((a, b) => a - b).map((t, i) => event(i, t))]));
  return { read: (key, from, to, limit) => { asked += 1; return (byKey.get(key) ?? []).filter((e) => e.time_us >= from && e.time_us <= to).slice(0, limit); }, asked: () => asked };
}

describe('events of a run', () => {
  it('are those that the log gives, whatever was asked before', () => {
    const times = fc.array(fc.integer({ min: -20, max: 20 }), { maxLength: 30 });
    const question = fc.record({ key: fc.constantFrom('a', 'b', 'none'), from: fc.integer({ min: -25, max: 25 }), to: fc.integer({ min: -25, max: 25 }), limit: fc.integer({ min: 1, max: 12 }) });
    fc.assert(fc.property(times, times, fc.array(question, { maxLength: 12 }), (a, b, questions) => {
      const { read } = log({ a, b }), remembered = rememberSeries(read);
      for (const { key, from, to, limit } of questions) expect(remembered(key, from, to, limit)).toEqual(read(key, from, to, limit));
    }));
  });
  it('are read whole for who is asked about again, and never read again then', () => {
    const { read, asked } = log({ scanner: [1, 2, 3] }), remembered = rememberSeries(read);
    remembered('scanner', 0, 1, 10);
    expect(asked()).toBe(1);
    for (let i = 0; i < 5; i++) expect(remembered('scanner', 2, 3, 10).map((e) => e.time_us)).toEqual([2, 3]);
    expect(asked()).toBe(2);
  });
  it('are asked for each time where there are too many to keep', () => {
    const { read, asked } = log({ busy: Array.from({ length: 6000 }, (_, i) => i) }), remembered = rememberSeries(read);
    for (let i = 0; i < 4; i++) expect(remembered('busy', 5990, 9000, 10)).toHaveLength(10);
    // The first, the try to read all of it, and each from then on.
    expect(asked()).toBe(5);
  });
});
