import { describe, expect, it } from 'vitest';
import { axisTop, calibrationGap, lastWeeks, matrixOf, measureCaption, measureValue, wilson } from '../../../../renderer/features/figures/figure-shapes.ts';

const measure = { name: 'time_to_decision', unit: 's', n: 12, value: 95, why: 'median from proposal to review' };

describe('measures', () => {
  it('tells a minute and more in minutes', () => expect(measureValue(measure)).toEqual({ figure: '1', unit: 'min 35 s' }));
  it('draws a dash for what is not known', () => expect(measureValue({ ...measure, value: null })).toEqual({ figure: '–', unit: '' }));
  it('adds n where the words do not name it', () => expect(measureCaption(measure)).toBe('median from proposal to review, n 12'));
  it('says n once', () => expect(measureCaption({ ...measure, why: '3 of 12 raised' })).toBe('3 of 12 raised'));
  it('gives only the reason without a value', () => expect(measureCaption({ ...measure, value: null, n: 0, why: 'none reviewed' })).toBe('none reviewed'));
});

describe('matrixOf', () => {
  const matrix = matrixOf([{ proposed: 'defer', final: 'defer', n: 7 }, { proposed: 'defer', final: 'resolve_now', n: 2 }, { proposed: 'ticket', final: 'rejected', n: 3 }]);
  it('gives other outcomes a column', () => expect(matrix.finals.at(-1)).toBe('rejected'));
  it('counts what stood, what was raised and all', () => expect([matrix.stood, matrix.raised, matrix.total]).toEqual([7, 2, 12]));
});

describe('weeks', () => {
  it('shows empty weeks too, over the turn of a year with 53 weeks, and says how many findings lie before', () => {
    const { weeks, before } = lastWeeks([{ week: '2024-W03', findings: 4 }, { week: '2026-W52', findings: 2 }, { week: '2027-W02', findings: 7 }], 5);
    expect(weeks).toEqual([['2026-W51', 0], ['2026-W52', 2], ['2026-W53', 0], ['2027-W01', 0], ['2027-W02', 7]].map(([week, findings]) => ({ week, findings })));
    expect(before).toBe(4);
  });
  it('shows nothing of nothing', () => expect(lastWeeks([], 12)).toEqual({ weeks: [], before: 0 }));
});

describe('statistics', () => {
  it('bounds 0 of 96 at 3.8 %', () => expect(wilson(0, 96).high).toBeCloseTo(0.0385, 3));
  it('knows nothing without observations', () => expect(wilson(0, 0)).toEqual({ low: 0, high: 1 }));
  it('weights the gap by n', () => expect(calibrationGap([{ from: 0.9, to: 1, n: 3, upheld: 3 }, { from: 0.4, to: 0.5, n: 1, upheld: 0 }])).toBeCloseTo((0.05 * 3 + 0.45) / 4, 6));
  it('has no gap without reviews', () => expect(calibrationGap([])).toBeNull());
  it.each([[0, 1], [7, 10], [381, 500], [1200, 2000]])('ends an axis for %i at %i', (max, top) => expect(axisTop(max)).toBe(top));
});
