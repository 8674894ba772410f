import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decisions, priorities } from '#shared/model/decision.ts';
import { severities } from '#shared/model/finding.ts';
import { incidentStatuses } from '#shared/model/incident.ts';
import { listFilters, queueFilterSchema, queueSorts } from '#shared/rpc/schemas.ts';
import { isFiltered, noFilter, readView, viewOf, writeView } from '../../../renderer/state/queue-view.ts';
import { href, parseRoute } from '../../../renderer/state/router.ts';

// `none` is the address's own word for "has none".
const words = fc.uniqueArray(fc.string({ maxLength: 12 }).filter((text) => text !== 'none'), { maxLength: 3 });
const views = fc.record({
  filter: fc.record({
    decision: fc.uniqueArray(fc.constantFrom(...decisions)), priority: fc.uniqueArray(fc.constantFrom(...priorities)), source: words, account: words, environment: words, attack: words,
    status: fc.uniqueArray(fc.constantFrom(...incidentStatuses)), owner: words, not: fc.uniqueArray(fc.constantFrom(...listFilters)), text: fc.string({ maxLength: 20 }), min_severity: fc.constantFrom(undefined, ...severities),
  }).map(({ min_severity, ...rest }) => queueFilterSchema.parse({ ...rest, ...(min_severity !== undefined && { min_severity }) })),
  sort: fc.constantFrom(...queueSorts), descending: fc.boolean(),
});

describe('a view in an address', () => {
  it('comes back as it was', () => {
    fc.assert(fc.property(views, (view) => { expect(readView(parseRoute(href('/queue', writeView(view))).query)).toEqual(view); }));
  });

  it('takes no room when it is the usual one', () => expect(href('/queue', writeView(readView(new URLSearchParams())))).toBe('/queue'));

  it('leaves out words that mean nothing, and reads the rest', () => {
    const { filter, sort } = readView(new URLSearchParams('not=luck&not=decision&decision=explode&decision=ticket&priority=P9&severity=purple&sort=luck&account=1&decision=ticket'));
    expect([filter.not, filter.decision, filter.priority, filter.min_severity, filter.account, sort]).toEqual([['decision'], ['ticket'], [], undefined, ['1'], 'work_order']);
  });

  it('reads "none" as what has none', () => expect(readView(new URLSearchParams('owner=none')).filter.owner).toEqual(['']));

  it('is carried along without what belongs to another screen', () => expect(viewOf(new URLSearchParams('text=a&tab=trace&call=c01&decision=defer&open=INC-1')).toString()).toBe('decision=defer&text=a'));

  it('knows whether anything is hidden by it', () => {
    expect(isFiltered(readView(new URLSearchParams('sort=age&desc=1')))).toBe(false);
    const view = readView(new URLSearchParams('owner=a&sort=age'));
    expect([isFiltered(view), isFiltered(noFilter(view)), noFilter(view).sort]).toEqual([true, false, 'age']);
  });
});
