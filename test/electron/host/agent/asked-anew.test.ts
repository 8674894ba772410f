import { expect, it } from 'vitest';
import { lastDecisions } from '#electron/host/agent/asked-anew.ts';

it('knows the decision before of every incident that is asked about, however many', () => {
  const brief = { decision: 'defer', priority: 'P4', confidence: 0.9, started_us: 1, duration_us: 1 };
  const history = (key: string) => [{ ...brief, decision_id: `D-${key}`, engine: 'rules' }, { ...brief, decision_id: `D-${key}-person`, engine: 'human' }];
  const selection = Array.from({ length: 10_000 }, (_, i) => [`INC-${i}`, `key-${i}`] as const);
  const last = lastDecisions({ tables: { decisions: { history } } }, selection);
  expect([last.size, last.get('key-9999')]).toEqual([10_000, 'D-key-9999']);
});
