import { describe, expect, it } from 'vitest';
import { restoreDirections, showDirections } from '../../../renderer/state/bidi.ts';

const hostile = 'invoice\u202Efdp.exe';
describe('characters that turn the direction of a text', () => {
  it('are shown by their number wherever they stand, and are back in what is asked', () => {
    const value = { rows: [{ title: hostile, n: 1 }, { title: 'plain', marks: ['\u2066a\u2069', null] }], [`key\u200F`]: true };
    const shown = showDirections(value);
    expect(shown).toEqual({ rows: [{ title: 'invoice⟦U+202E⟧fdp.exe', n: 1 }, { title: 'plain', marks: ['⟦U+2066⟧a⟦U+2069⟧', null] }], 'key⟦U+200F⟧': true });
    expect(restoreDirections(shown)).toEqual(value);
  });
  it('are all of those that there are, and no others', () => {
    const all = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).filter((c) => showDirections(c) !== c);
    expect(all.every((c) => /^\p{Bidi_Control}$/u.test(c))).toBe(true);
    expect(all).toHaveLength(12);
    expect(showDirections('Grüße 🔥 שלום مرحبا 👩‍💻')).toBe('Grüße 🔥 שלום مرحبا 👩‍💻');
  });
  it('leave everything else as it is, down to the very objects', () => {
    const value = { at: new Date(0), list: [1, 'a', { b: undefined }], file: new Blob(['x']) };
    expect(showDirections(value)).toBe(value);
    expect(restoreDirections(value)).toBe(value);
    for (const one of [undefined, null, 3, true, 'text']) expect(showDirections(one)).toBe(one);
  });
});
