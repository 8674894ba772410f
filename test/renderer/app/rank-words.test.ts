import { describe, expect, it } from 'vitest';
import { rankWords } from '../../../renderer/app/rank-words.ts';

describe('what the palette finds', () => {
  it('leaves out a command that merely has the letters', () => expect(rankWords('Override: resolve_now override-resolve_now', 'orders')).toBe(0));
  it('finds every word anywhere in the name', () => expect(rankWords('Go to Attack paths', 'PATH go')).toBeGreaterThan(0));
  it('puts a name that begins so before one that has it inside', () => expect(rankWords('Replay the workspace', 'replay')).toBeGreaterThan(rankWords('Go to Replay', 'replay')));
  it('finds everything while nothing is typed', () => expect(rankWords('Go to Queue', ' ')).toBeGreaterThan(0));
});
