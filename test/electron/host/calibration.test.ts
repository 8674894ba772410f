import { describe, expect, it } from 'vitest';
import { calibration } from '#electron/host/handlers/figures.ts';

const reviewed = (confidence: number, upheld: boolean) => ({ confidence, action: upheld ? 'approve' : 'override' });

describe('calibration', () => {
  it('is not known without reviews', () => { expect(calibration([])).toEqual({ n: 0, brier: null, ece: null }); });
  it('is perfect where the sure ones stand and the unsure ones fall', () => { expect(calibration([reviewed(1, true), reviewed(0, false)])).toEqual({ n: 2, brier: 0, ece: 0 }); });
  it('tells a Brier score and the expected calibration error', () => {
    // Of four at 0.95 three stand: Brier (3 × 0.05² + 0.95²) / 4, error |0.95 − 0.75|.
    expect(calibration([reviewed(0.95, true), reviewed(0.95, true), reviewed(0.95, true), reviewed(0.95, false)])).toEqual({ n: 4, brier: 0.2275, ece: 0.2 });
  });
  it('weighs the steps by how many they hold', () => { expect(calibration([reviewed(0.55, true), reviewed(0.95, true), reviewed(0.95, true), reviewed(0.95, true)]).ece).toBe(0.15); });
});
