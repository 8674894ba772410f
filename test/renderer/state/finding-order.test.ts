import { expect, it } from 'vitest';
import { byWeight } from '../../../renderer/state/finding-order.ts';

it('puts the primary finding first, then the most severe, and keeps the order of equals', () => {
  const findings = [['a', 'medium'], ['b', 'critical'], ['c', 'low'], ['d', 'critical'], ['e', 'unknown']] as const;
  expect(byWeight(findings.map(([finding_id, severity_reported]) => ({ finding_id, severity_reported })), 'c').map((one) => one.finding_id)).toEqual(['c', 'b', 'd', 'a', 'e']);
});
