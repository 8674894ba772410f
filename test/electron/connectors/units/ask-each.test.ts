import { describe, expect, it } from 'vitest';
import { ConnectFailure, type FailureKind } from '#electron/connectors/pace/failure.ts';
import { askEach } from '#electron/connectors/units/ask-each.ts';

/** Asks about things by their names: those of the table fail so, the others answer with their name in capitals. */
async function ask(things: readonly string[], fails: Readonly<Record<string, FailureKind>>, first?: number) {
  const asked: string[] = [];
  const { answers, gaps, allDenied } = await askEach(things, (thing) => [thing], (thing) => { asked.push(thing); const kind = fails[thing]; return kind === undefined ? Promise.resolve(thing.toUpperCase()) : Promise.reject(new ConnectFailure(kind, `${kind} ${thing}`)); }, first);
  return { asked: asked.join(''), answers: answers.map((answer) => answer ?? '-').join(''), gaps: gaps.map(({ subject, state, says }) => `${subject} ${state} (${says})`), allDenied: allDenied?.says };
}

describe('ask each', () => {
  it.each<[string, readonly string[], Readonly<Record<string, FailureKind>>, string, string, readonly string[]]>([
    ['nothing', [], {}, '', '', []], ['all of them', ['a', 'b', 'c', 'd'], {}, 'abcd', 'ABCD', []],
    ['those that can be asked about', ['a', 'b', 'c', 'd'], { b: 'denied', d: 'timeout' }, 'abcd', 'A-C-', ['b denied (denied b)', 'd failed (timeout d)']],
    ['the others where the first failed, and not all for want of a right', ['a', 'b', 'c', 'd'], { a: 'denied', b: 'absent', c: 'denied' }, 'abcd', '---D', ['a denied (denied a)', 'b failed (absent b)', 'c denied (denied c)']],
  ])('tells of %s, in order', async (_name, things, fails, asked, answers, gaps) => { expect(await ask(things, fails)).toEqual({ asked, answers, gaps, allDenied: undefined }); });

  it('asks about no other where the first three are denied: all are gaps in the words of the refusals', async () => {
    expect(await ask(['a', 'b', 'c', 'd', 'e'], { a: 'denied', b: 'denied', c: 'denied' })).toEqual({ asked: 'abc', answers: '-----', gaps: ['a denied (denied a)', 'b denied (denied b)', 'c denied (denied c)', 'd denied (denied a)', 'e denied (denied a)'], allDenied: 'denied a' });
  });
  it('tries fewer first where there are fewer, or more where it is told to', async () => {
    expect((await ask(['a', 'b'], { a: 'denied', b: 'denied' })).allDenied).toBe('denied a');
    expect((await ask(['a', 'b', 'c', 'd'], { a: 'denied', b: 'denied', c: 'denied' }, 4)).answers).toBe('---D');
  });
  it('names all that one question was about', async () => {
    const { gaps } = await askEach([['a', 'b'], ['c']], (group) => group, (group) => (group.length === 2 ? Promise.reject(new ConnectFailure('absent', 'one of them is gone')) : Promise.resolve('')));
    expect(gaps).toEqual(['a', 'b'].map((subject) => ({ subject, state: 'failed', says: 'one of them is gone' })));
  });
  it.each<FailureKind>(['expired', 'cancelled'])('ends with what ends the pull: %s', async (kind) => { await expect(ask(['a', 'b'], { b: kind })).rejects.toMatchObject({ kind }); });
});
