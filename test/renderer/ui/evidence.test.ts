import { describe, expect, it } from 'vitest';
import { confidenceBand } from '../../../renderer/ui/evidence.tsx';
import { splitNames } from '../../../renderer/ui/rich-text.tsx';

describe('bands of confidence', () => {
  it.each([[1, 'Very high', 4], [0.9, 'Very high', 4], [0.89, 'High', 3], [0.75, 'High', 3], [0.5, 'Medium', 2], [0.49, 'Low', 1], [0, 'Low', 1]] as const)('%d is %s', (value, word, bars) => expect(confidenceBand(value)).toEqual({ word, bars }));
});

describe('names in a sentence', () => {
  it.each([
    ['comes through vpce-0f3c9a1e77b24d510.', ['vpce-0f3c9a1e77b24d510']], ['read by arn:aws:iam::111122223333:role/a-b, and 203.0.113.0/24', ['arn:aws:iam::111122223333:role/a-b', '203.0.113.0/24']],
    ['if `orders` had blast_radius of CVE-2023-46604', ['orders', 'blast_radius', 'CVE-2023-46604']], ['nothing of a name, e.g. i-beam or sg-x', []],
  ])('%s', (text, names) => expect(splitNames(text).filter((part) => part.mono).map((part) => part.text)).toEqual(names));

  it('loses nothing but the backquotes', () => {
    const text = 'a_b c, 203.0.113.9 (x).';
    expect(splitNames(text).map((part) => part.text).join('')).toBe(text);
  });
});
