import { describe, expect, it } from 'vitest';
import { citedRange, jsonLines } from '../../../../renderer/features/agent-trace/json-lines.ts';

const output = { entity: 'arn:aws:s3:::backup', claims: { exposure_confirmed: { value: false, reason: 'blocked' } }, facts: { 'a/b': ['vpce-1', 'vpce-2'], list: [{ id: 1 }], empty: {}, absent: undefined } };
const text = (value: unknown): string => jsonLines(value).map((line) => (line.key === null ? '' : `${JSON.stringify(line.key)}:`) + line.text).join('');

describe('jsonLines', () => {
  it('gives the same value back', () => expect(JSON.parse(text(output))).toEqual(JSON.parse(JSON.stringify(output))));
  it('keeps short lists of plain values on one line', () => expect(jsonLines(output).some((line) => line.text === '["vpce-1", "vpce-2"],')).toBe(true));
});

describe('citedRange', () => {
  const lines = jsonLines(output);
  it('marks one line for a plain value', () => { const range = citedRange(lines, '/claims/exposure_confirmed/value')!; expect(range.from).toBe(range.to); expect(lines[range.from]).toMatchObject({ key: 'value', text: 'false,' }); });
  it('marks an object with both its braces', () => { const range = citedRange(lines, '/claims/exposure_confirmed')!; expect(range.to - range.from).toBe(3); });
  it('finds a value within a list on one line, by an escaped key', () => { const range = citedRange(lines, '/facts/a~1b/1')!; expect(lines[range.from]?.key).toBe('a/b'); });
  it.each(['/claims/none', '/facts/list/0/none', '/none', ''])('finds nothing at %j', (pointer) => expect(citedRange(lines, pointer)).toBeUndefined());
});
