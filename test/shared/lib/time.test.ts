import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MICROS_PER_DAY, formatTime, parseTime } from '#shared/lib/time.ts';

const noon = '2024-01-31T12:00:00Z';

describe('parseTime', () => {
  it.each([
    // ISO 8601 and its relatives
    ['2024-01-31T12:00:00Z', noon], ['2024-01-31t12:00:00z', noon], ['2024-01-31 12:00:00', noon], ['2024-01-31  12:00', noon], [' 2024-01-31T12:00:00Z ', noon],
    ['2024-01-31T12:00:00', noon], ['2024-01-31T12:00:00 UTC', noon], ['2024-01-31 12:00:00 GMT', noon],
    ['2024-01-31', '2024-01-31T00:00:00Z'], ['2024-01-31Z', '2024-01-31T00:00:00Z'], ['2024-01-31+02:00', '2024-01-30T22:00:00Z'],
    ['2024-01-31T14:00:00+02:00', noon], ['2024-01-31T14:00:00+0200', noon], ['2024-01-31 14:00:00+02', noon], ['2024-01-31T06:30:00-05:30', noon],
    ['2024-01-31T12:00:00.5Z', '2024-01-31T12:00:00.500Z'], ['2024-01-31T12:00:00,123Z', '2024-01-31T12:00:00.123Z'],
    ['2024-01-31T12:00:00.123456Z', '2024-01-31T12:00:00.123456Z'], ['2024-01-31T12:00:00.1234567Z', '2024-01-31T12:00:00.123456Z'],
    ['2024-01-31T12:00:00.123456789+00:00', '2024-01-31T12:00:00.123456Z'], ['2024-01-31T12:00:00.000001Z', '2024-01-31T12:00:00.000001Z'],
    ['2024-01-31T24:00:00Z', '2024-02-01T00:00:00Z'], ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00Z'], ['2024-02-29', '2024-02-29T00:00:00Z'],
    ['1969-12-31T23:59:59.999999Z', '1969-12-31T23:59:59.999999Z'], ['20240131T120000Z', noon], ['20240131T120000.250+0000', '2024-01-31T12:00:00.250Z'],
    // Go's Time.String()
    ['2024-01-31 12:00:00 +0000 UTC', noon], ['2024-01-31 13:00:00.123456789 +0100 CET m=+0.000012', '2024-01-31T12:00:00.123456Z'],
    // written months
    ['Wed, 31 Jan 2024 12:00:00 GMT', noon], ['31 Jan 2024 12:00', noon], ['31-Jan-2024 12:00:00', noon], ['Wed, 31 Jan 2024 07:00:00 EST', noon],
    ['Wed, 31 Jan 2024 05:00:00 -0700', noon], ['31/Jan/2024:12:00:00 +0000', noon], ['[31/Jan/2024:13:00:00 +0100]', noon],
    ['Wed Jan 31 12:00:00 2024', noon], ['Wed Jan 31 12:00:00 UTC 2024', noon], ['Fri Mar  1 12:00:00 2024', '2024-03-01T12:00:00Z'],
    ['Jan 31, 2024 @ 12:00:00.250', '2024-01-31T12:00:00.250Z'], ['Jan 31, 2024 12:00 PM', noon], ['January 31, 2024', '2024-01-31T00:00:00Z'],
    ['Sept 5, 2024 at 1:05 a.m.', '2024-09-05T01:05:00Z'], ['Wed Jan 31 2024 13:00:00 GMT+0100 (Central European Standard Time)', noon],
    // slashes
    ['1/31/2024 12:00:00 PM', noon], ['1/31/2024, 12:30:00 AM', '2024-01-31T00:30:00Z'], ['01/02/2024', '2024-01-02T00:00:00Z'], ['31/01/2024 12:00', noon],
    ['31.01.2024 12:00', noon], ['31.01.2024, 12:00:00', noon], ['31.1.2024 13:00:00 +01:00', noon], ['2024-01-31T13:00:00+01:00[Europe/Berlin]', noon], ['2024-01-31T12:00:00Z[UTC]', noon],
    ['2024/01/31 12:00:00', noon], ['01/31/2024 17:30:00 (GMT+0530)', noon],
    // epochs
    [1706702400, noon], [1706702400.5, '2024-01-31T12:00:00.500Z'], [1706702400123, '2024-01-31T12:00:00.123Z'], [1706702400123456, '2024-01-31T12:00:00.123456Z'],
    [1706702400000000000, noon], ['1706702400', noon], ['1706702400.123456', '2024-01-31T12:00:00.123456Z'], ['1706702400123', '2024-01-31T12:00:00.123Z'],
    ['1.706702400123E9', '2024-01-31T12:00:00.123Z'], ['1706702400123456', '2024-01-31T12:00:00.123456Z'], ['1706702400123456999', '2024-01-31T12:00:00.123456Z'], ['/Date(1706702400000)/', noon], ['/Date(1706702400000+0100)/', noon],
  ])('reads %s', (value, expected) => {
    const us = parseTime(value);
    expect(us).toBeDefined();
    expect(formatTime(us ?? 0)).toBe(expected);
  });

  it.each([
    '', ' ', 'N/A', 'never', 'unknown', 'critical 12', 'foo 1', 'Never 5', '2024', '20240131', '12:00:00', '10.1.2.3', '1.2.3', '111122223333/2024',
    '2024-13-05', '2024-00-10', '2024-02-30', '2023-02-29', '2024-01-32', '2024-01-31T25:00:00Z', '2024-01-31T24:30:00Z', '2024-01-31T12:60:00Z', '2024-01-31T12:00:61Z',
    '2024-01-31T12:00:00+99:00', '2024-01-31T12:00:00+01:75', '2024-01-31T12:00:00 IST', '2024-01-31T12:00:00ZZ', '2024-01-31x', '13/13/2024', '1/31/24',
    'Foo 31, 2024', 'Jan 32, 2024', '1/31/2024 13:00 PM', '1/31/2024 0:30 AM', 'arn:aws:s3:::b/2024-01-31', '2024-01-31T12:00:00Z extra',
    '0001-01-01T00:00:00Z', '0001-01-01', '0000-00-00 00:00:00', '99999999', '133500000000000000', '638400000000000000', '/Date(-62135596800000)/',
    0, 1, -1706702400, 99_999_999, 133500000000000000, 1e30, NaN, Infinity, null, undefined, true, {}, [], new Date(0), 10n, `${' '.repeat(50)}${'9'.repeat(200)}`,
  ])('takes %s for no time', (value) => expect(parseTime(value)).toBeUndefined());

  it('keeps an end that no safe integer can hold at the last time that one can', () => {
    expect(parseTime('9999-12-31T23:59:59Z')).toBe(Number.MAX_SAFE_INTEGER);
    expect(formatTime(Number.MAX_SAFE_INTEGER)).toBe('2255-06-05T23:47:34.740991Z');
  });

  it('reads back whatever formatTime writes, to the microsecond', () => {
    // Any safe integer: the years 1684 to 2255.
    fc.assert(fc.property(fc.maxSafeInteger(), (us) => { expect(parseTime(formatTime(us))).toBe(us); }));
  });

  it('reads the same moment from every unit and offset', () => {
    const seconds = fc.integer({ min: 1e9, max: 4e9 });
    const minutes = fc.integer({ min: -14 * 60, max: 14 * 60 });
    fc.assert(fc.property(seconds, minutes, (s, offset) => {
      const us = s * 1e6, local = formatTime(us + offset * 60e6).slice(0, -1);
      const sign = offset < 0 ? '-' : '+', hh = String(Math.floor(Math.abs(offset) / 60)).padStart(2, '0'), mm = String(Math.abs(offset) % 60).padStart(2, '0');
      expect([s, s * 1e3, us, String(s), `${s}000000000`, `${local}${sign}${hh}:${mm}`, `${local.replace('T', ' ')} ${sign}${hh}${mm}`].map(parseTime)).toEqual(Array(7).fill(us));
    }));
  });

  it('takes an epoch that a safe integer can not hold for the last time that it can', () => {
    for (const late of [9_007_199_255, '56894954421', 41_121_250_898_169, '17087952027239.268', '/Date(80926047663633)/']) expect(parseTime(late)).toBe(Number.MAX_SAFE_INTEGER);
    expect(parseTime(9_007_199_254)).toBe(9_007_199_254_000_000);
  });

  it('throws on nothing and returns only safe integers', () => {
    fc.assert(fc.property(fc.anything(), (value) => { const us = parseTime(value); expect(us === undefined || Number.isSafeInteger(us)).toBe(true); }));
    const datelike = fc.stringMatching(/^[0-9]{1,4}[-/ .][0-9JanFebz]{1,4}[-/ ,][0-9]{1,4}[T ]?[0-9:.+Z APM]{0,14}$/);
    fc.assert(fc.property(datelike, (value) => { const us = parseTime(value); expect(us === undefined || Number.isSafeInteger(us)).toBe(true); }), { numRuns: 2_000 });
  });
});

describe('the common form of a time', () => {
  const two = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'));
  const common = fc.tuple(fc.integer({ min: 0, max: 9999 }), two(13), two(32), two(25), two(61), two(61), fc.stringMatching(/^(\.\d{0,8})?$/), fc.constantFrom('Z', '', 'z', 'ZZ'))
    .map(([y, mo, d, h, mi, s, fraction, zone]) => `${String(y).padStart(4, '0')}-${mo}-${d}T${h}:${mi}:${s}${fraction}${zone}`);

  it('is read as the general rules read it', () => {
    // The blank before it leads past the short cut.
    fc.assert(fc.property(common, (text) => { expect(parseTime(text)).toBe(parseTime(` ${text}`)); }), { numRuns: 5000 });
  });
});

describe('formatTime', () => {
  it.each([
    [0, '1970-01-01T00:00:00Z'], [1, '1970-01-01T00:00:00.000001Z'], [1_000, '1970-01-01T00:00:00.001Z'], [1_000_000, '1970-01-01T00:00:01Z'],
    [-1, '1969-12-31T23:59:59.999999Z'], [MICROS_PER_DAY, '1970-01-02T00:00:00Z'], [1_500_010, '1970-01-01T00:00:01.500010Z'],
  ])('writes %i as %s', (us, text) => expect(formatTime(us)).toBe(text));
});
