import { expect, it } from 'vitest';
import type { Route } from '#shared/model/decision.ts';
import { incidentStatuses } from '#shared/model/incident.ts';
import { routeNow } from '#shared/model/route-now.ts';

const route = (...actions: readonly (readonly [Route['action'], Route['status']])[]): Route => ({ rule: 'r', action: actions[0]?.[0] ?? 'queue', status: actions[0]?.[1] ?? 'queued', actions: actions.map(([action, status]) => ({ action, status, rule: 'r' })) });
const now = (...given: Parameters<typeof routeNow>): readonly string[] => { const { status, actions } = routeNow(...given); return [status, ...actions.map((a) => a.status)]; };

it('follows the outbox, whatever the incident\'s status', () => {
  const held = route(['require_human_approval', 'waiting_for_approval'], ['page_on_call', 'outbox']);
  for (const status of incidentStatuses) expect(now(held, { require_human_approval: 'approved', page_on_call: 'sent' }, status)).toEqual(['approved', 'approved', 'sent']);
  expect(now(held, { require_human_approval: 'withdrawn', page_on_call: 'withdrawn' }, 'rejected')).toEqual(['withdrawn', 'withdrawn', 'withdrawn']);
});
it('takes what never goes out from the incident\'s status', () => {
  const of = (status: Route['status']): readonly string[] => incidentStatuses.map((incident) => `${incident} ${now(route(['queue', status]), {}, incident)[0]}`);
  expect(of('queued')).toEqual(['open queued', 'approved approved', 'overridden queued', 'rejected withdrawn', 'closed withdrawn', 'reopened queued']);
  expect(of('logged')).toEqual(['open logged', 'approved logged', 'overridden logged', 'rejected withdrawn', 'closed withdrawn', 'reopened logged']);
});
it('keeps what was recorded where the outbox holds a word that it does not know', () => {
  expect(now(route(['notify', 'outbox']), { notify: 'lost' }, 'open')).toEqual(['outbox', 'outbox']);
});
