import { describe, expect, it } from 'vitest';
import { remembered } from '#electron/pipeline/normalize/remembered.ts';

describe('a remembered function', () => {
  const counting = () => {
    const asked: string[] = [];
    return { asked, of: remembered((text: string) => { asked.push(text); return `${text}!`; }) };
  };

  it('is asked once a text, and answers the same each time', () => {
    const { asked, of } = counting();
    expect(['a', 'b', 'a', 'b', 'a'].map(of)).toEqual(['a!', 'b!', 'a!', 'b!', 'a!']);
    expect(asked).toEqual(['a', 'b']);
  });

  it('does not keep what is long', () => {
    const { asked, of } = counting();
    const long = 'x'.repeat(501);
    expect([of(long), of(long)]).toEqual([`${long}!`, `${long}!`]);
    expect(asked).toHaveLength(2);
  });

  it('forgets all when it knows too many, and goes on', () => {
    const { asked, of } = counting();
    for (let i = 0; i <= 10_000; i++) of(String(i));
    expect(of('0')).toBe('0!');
    expect(asked).toHaveLength(10_002);
  });
});
