import { describe, expect, it } from 'vitest';
import { readFirstValue } from '#electron/pipeline/normalize/read/close-json.ts';

describe('the first value of a cut text', () => {
  it('is read wherever the text is cut: in a key, right behind it, in a value, in white space', () => {
    const text = JSON.stringify({ Records: [{ a: 'x', 'b c': { d: [1, true, null, 'e"f'] } }, { g: -2.5 }] }, null, 1);
    const whole: unknown = JSON.parse(text);
    const cuts = Array.from({ length: text.length }, (_, i) => text.slice(0, i + 1));
    expect(cuts.filter((cut) => typeof readFirstValue(cut) !== 'object')).toEqual([]);
    expect(readFirstValue(text)).toEqual(whole);
    expect(readFirstValue(text.slice(0, text.indexOf('"b c"') + 5))).toEqual({ Records: [{ a: 'x' }] });
  });
});
