import { describe, expect, it } from 'vitest';
import { reasonCodes as engineCodes } from '#shared/model/words.ts';
import { dayAfter, type Draft, problemsOf, reasonCodes, toOverride } from '../../../../renderer/features/review/override-draft.ts';

const now = new Date(2026, 10, 21, 12);
const good: Draft = { decision: 'ticket', priority: 'P3', reason: 'business_context', note: 'Known to the team', cites: ['c03 exposure_confirmed'], expires: '' };

describe('an override', () => {
  it('offers the reasons that the engine knows', () => expect(reasonCodes.map(({ code }) => code)).toEqual([...engineCodes]));

  it('has no problem when it is complete', () => expect(problemsOf(good, now)).toEqual({}));

  it.each([
    ['a reason', { reason: '' }, ['reason']], ['a note', { note: '  ' }, ['note']], ['evidence', { cites: [] }, ['cites']], ['a date for a deferral', { decision: 'defer' }, ['expires']],
    ['a date after today', { decision: 'defer', expires: '2026-11-21' }, ['expires']], ['everything', { reason: '', note: '', cites: [] }, ['reason', 'note', 'cites']],
  ] as const)('misses %s', (_, patch, fields) => expect(Object.keys(problemsOf({ ...good, ...patch }, now))).toEqual(fields));

  it.each(['evidence_wrong', 'evidence_missing'])('needs no citation when the reason is %s', (reason) => expect(problemsOf({ ...good, reason, cites: [] }, now)).toEqual({}));

  it('sends an expiry only with a deferral', () => {
    expect('expires' in toOverride('INC-1', { ...good, expires: '2027-01-01' })).toBe(false);
    expect(toOverride('INC-1', { ...good, decision: 'defer', expires: '2027-01-01', note: ' x ' })).toMatchObject({ id: 'INC-1', expires: '2027-01-01', note: 'x' });
  });

  it('counts days over the end of a year', () => expect([dayAfter(90, now), dayAfter(0, now)]).toEqual(['2027-02-19', '2026-11-21']));
});
