import { describe, expect, it } from 'vitest';
import { watchPages } from '#electron/host/page-watch.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';

const row = (id: string, paged = true) => ({ id, title: `${id} is exposed`, entity_name: 'bucket', paged, status: 'open' });

describe('the watch over incidents that page', () => {
  it('tells what began to page since the last look, once, and nothing of what did before', async () => {
    let answer: Result<unknown> = ok({ rows: [row('INC-1'), row('INC-2', false)] });
    const told: string[][] = [];
    const watch = watchPages({ call: () => Promise.resolve(answer) }, (incidents) => { told.push(incidents.map(({ id }) => id)); });
    await watch.look();
    expect(told).toEqual([]);
    answer = ok({ rows: [row('INC-1'), row('INC-2'), row('INC-3')] });
    await watch.look();
    await watch.look();
    expect(told).toEqual([['INC-2', 'INC-3']]);
    // An engine that is just starting again costs a look, not a notice.
    answer = err('the engine stopped');
    await watch.look();
    answer = ok({ rows: [row('INC-1'), row('INC-4')] });
    await watch.look();
    expect(told).toEqual([['INC-2', 'INC-3'], ['INC-4']]);
  });

  it('puts looks that overlap together, and sees what came during one', async () => {
    let asked = 0;
    const answers = [ok({ rows: [] }), ok({ rows: [row('INC-1')] })], told: number[] = [];
    const watch = watchPages({ call: () => Promise.resolve(answers[Math.min(asked++, 1)] ?? err('none')) }, (incidents) => { told.push(incidents.length); });
    await Promise.all([watch.look(), watch.look(), watch.look(), watch.look()]);
    expect([asked, told]).toEqual([2, [1]]);
  });
});
