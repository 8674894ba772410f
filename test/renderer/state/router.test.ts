import { describe, expect, it } from 'vitest';
import { href, matchPath, parseRoute, patched } from '../../../renderer/state/router.ts';

describe('addresses', () => {
  it.each([['/', '/queue'], ['', '/queue'], ['/queue/', '/queue'], ['/index.html', '/queue'], ['/incident/INC-2026-0001', '/incident/INC-2026-0001']])('reads %s as %s', (text, path) => expect(parseRoute(text).path).toBe(path));

  it('keeps the query apart from the path', () => {
    const { path, query } = parseRoute('/incident/INC-1?tab=trace&call=c03');
    expect([path, query.get('tab'), query.get('call')]).toEqual(['/incident/INC-1', 'trace', 'c03']);
  });

  it('writes lists as repeated keys and leaves out what is empty', () => {
    expect(href('/queue', { decision: ['ticket', 'defer'], text: '', open: null, source: [] })).toBe('/queue?decision=ticket&decision=defer');
    expect(href('/queue', {})).toBe('/queue');
  });

  it('replaces whole keys and leaves the others and the original alone', () => {
    const before = new URLSearchParams('decision=ticket&decision=defer&sort=age');
    expect(patched(before, { decision: 'ticket', sort: null, text: 'a b' }).toString()).toBe('decision=ticket&text=a+b');
    expect(before.toString()).toBe('decision=ticket&decision=defer&sort=age');
  });
});

describe('paths', () => {
  it.each([
    ['/queue', '/queue', {}], ['/incident/:id', '/incident/INC-2026-0001', { id: 'INC-2026-0001' }], ['/incident/:id', '/incident/a%2Fb', { id: 'a/b' }],
    ['/incident/:id', '/incident', undefined], ['/incident/:id', '/incident/', undefined], ['/incident/:id', '/incident/a/b', undefined], ['/incident/:id', '/incident/%E0%A4%A', undefined], ['/queue', '/queues', undefined],
  ])('%s and %s give %o', (pattern, path, params) => expect(matchPath(pattern, path)).toEqual(params));
});
