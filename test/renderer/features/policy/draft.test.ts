import { describe, expect, it } from 'vitest';
import { changesOf, lineOf, markable } from '../../../../renderer/features/policy/draft.ts';

describe('problems of a policy', () => {
  it('are marked where they name a line, and only there', () => {
    const problems = [{ position: 'line 12', why: 'a' }, { position: 'the whole file', why: 'b' }, { position: 'owners[0], line 3', why: 'c' }];
    expect(problems.map(lineOf)).toEqual([12, undefined, 3]);
    expect(markable(problems)).toEqual([{ line: 12, why: 'a' }, { line: 3, why: 'c' }]);
  });
});

it('counts flips by kind, the most frequent first', () => {
  expect(changesOf([{ from: 'ticket', to: 'defer' }, { from: 'defer', to: 'ticket' }, { from: 'defer', to: 'ticket' }, { from: 'ticket', to: 'ticket' }])).toEqual([{ from: 'defer', to: 'ticket', n: 2 }, { from: 'ticket', to: 'defer', n: 1 }, { from: 'ticket', to: 'ticket', n: 1 }]);
});
