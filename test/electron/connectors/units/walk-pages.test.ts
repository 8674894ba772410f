import { describe, expect, it } from 'vitest';
import { allPages, walkPages } from '#electron/connectors/units/walk-pages.ts';

/** Follows a table of pages: what stands at a token, and the token of the next. */
async function walk(pages: Readonly<Record<string, unknown>>, from?: string): Promise<{ at: readonly (string | undefined)[]; error: unknown }> {
  const at: (string | undefined)[] = [];
  try { for await (const page of walkPages('a list', from, (token) => { at.push(token); return Promise.resolve({ next: pages[token ?? ''] }); })) void page; return { at, error: undefined }; } catch (error) { return { at, error }; }
}

describe('walk pages', () => {
  it.each<[string, Readonly<Record<string, unknown>>, string | undefined, readonly (string | undefined)[]]>([
    ['one page', {}, undefined, [undefined]], ['three pages', { '': 'a', a: 'b' }, undefined, [undefined, 'a', 'b']], ['an empty token at the end', { '': 'a', a: '' }, undefined, [undefined, 'a']], ['a run that goes on', { '': 'a', a: 'b', b: 'c' }, 'b', ['b', 'c']], ['tokens that are numbers', { '': 2, 2: 3 }, undefined, [undefined, '2', '3']],
  ])('%s', async (_name, pages, from, at) => { expect(await walk(pages, from)).toEqual({ at, error: undefined }); });

  it.each<[string, Readonly<Record<string, unknown>>, string | undefined, number]>([
    ['the same page', { '': 'a', a: 'a' }, undefined, 2], ['a circle of three', { '': 'a', a: 'b', b: 'c', c: 'a' }, undefined, 4], ['back to where a run went on', { b: 'c', c: 'b' }, 'b', 2],
  ])('ends at %s', async (_name, pages, from, asked) => {
    const { at, error } = await walk(pages, from);
    expect([at.length, error]).toMatchObject([asked, { kind: 'bad_answer', says: 'a list goes on where it has been already' }]);
  });
});

describe('all pages', () => {
  const pages = (last: string | undefined) => (at: string | undefined) => Promise.resolve(at === undefined ? { rows: ['a', 'b'], next: 'two' } : { rows: [at], next: at === 'two' ? 'three' : last });

  it('gives what is on each of them, in order', async () => { expect(await allPages('a list', pages(undefined))).toEqual(['a', 'b', 'two', 'three']); });
  it('gives nothing of a list that goes round in a circle', async () => { await expect(allPages('a list', pages('two'))).rejects.toMatchObject({ kind: 'bad_answer', says: 'a list goes on where it has been already' }); });
});
