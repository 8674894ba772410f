import { expect, it } from 'vitest';
import { lastDecisions } from '#electron/host/agent/asked-anew.ts';

const brief = { decision: 'defer', priority: 'P4', confidence: 0.9, started_us: 1, duration_us: 1 };
const history = (key: string) => [{ ...brief, decision_id: `D-${key}`, engine: 'rules' }, { ...brief, decision_id: `D-${key}-person`, engine: 'human' }];
const selected = (count: number) => Array.from({ length: count }, (_, i) => [`INC-${i}`, `key-${i}`] as const);

it('knows the decision before of every incident that is asked about, however many', async () => {
  const last = await lastDecisions({ tables: { decisions: { history } } }, selected(10_000));
  expect([last.size, last.get('key-9999')]).toEqual([10_000, 'D-key-9999']);
});

it.each([[10_000, true], [3, false]])('lets others have a turn between many: %i', async (count, wanted) => {
  let hadTurn = false, seen = 0;
  const turn = setImmediate(() => { hadTurn = seen < count; });
  await lastDecisions({ tables: { decisions: { history: (key) => { seen += 1; return history(key); } } } }, selected(count));
  clearImmediate(turn);
  expect(hadTurn).toBe(wanted);
});
