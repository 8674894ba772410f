import { describe, expect, it } from 'vitest';
import { outcomeOf, partsOf, type Replayed, sortReplayed, valueText } from '../../../../renderer/features/replay/replay-report.ts';

const one = (incident: string, more: Partial<Replayed> = {}): Replayed => ({ incident, decision_id: `D-${incident}`, identical: true, differences: [], ...more });
const different = one('INC-3', { identical: false, differences: [{ path: '/triage/decision', recorded: 'defer', replayed: 'ticket' }] });
const failed = one('INC-4', { identical: false, error: 'the recording has no call' });
const human = one('INC-1', { skipped: 'a person decided' });

describe('replay report', () => {
  it('tells the four outcomes apart', () => expect([one('INC-2'), different, failed, human].map(outcomeOf)).toEqual(['identical', 'different', 'failed', 'by_people']));
  it('puts first what needs a look', () => expect(sortReplayed([human, one('INC-2'), different, failed]).map((r) => r.incident)).toEqual(['INC-4', 'INC-3', 'INC-2', 'INC-1']));
  it('calls null absent and leaves text alone', () => expect([valueText(null), valueText('defer'), valueText({ a: 1 })]).toEqual(['absent', 'defer', '{"a":1}']));
  it('refuses parts of another shape', () => expect(partsOf({ triage: {} })).toBeUndefined());
});
