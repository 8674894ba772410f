import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shareTexts } from '#shared/lib/share-texts.ts';

it('gives every text as it is, also once it keeps no more', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 4 }), fc.array(fc.string({ maxLength: 2 })), (most, texts) => {
    const share = shareTexts(most);
    expect(texts.map(share)).toEqual(texts);
    expect(texts.map(share)).toEqual(texts);
  }));
});
