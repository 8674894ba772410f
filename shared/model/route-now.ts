import type { IncidentStatus } from './incident.ts';
import type { Route } from './decision.ts';
import { routeStatuses } from './decision.ts';

type RouteStatus = Route['status'];
const isRouteStatus = (text: string | undefined): text is RouteStatus => routeStatuses.some((status) => status === text);

/**
 * What became of a decision's route. A decision keeps the route as it was made; what a person approved, turned down or took back since stands in the outbox, one
 * row an action. An action that never goes out (`queue`) has no row: it follows the incident's status.
 * @param outbox the status of each action in the outbox.
 */
export function routeNow(route: Route, outbox: Readonly<Record<string, string>>, incident: IncidentStatus): Route {
  const now = (action: string, status: RouteStatus): RouteStatus => {
    const sent = Object.hasOwn(outbox, action) ? outbox[action] : undefined;
    return isRouteStatus(sent) ? sent : unsent(status, incident);
  };
  return { ...route, status: now(route.action, route.status), actions: route.actions.map((a) => ({ ...a, status: now(a.action, a.status) })) };
}

function unsent(status: RouteStatus, incident: IncidentStatus): RouteStatus {
  if (incident === 'rejected' || incident === 'closed') return 'withdrawn';
  return incident === 'approved' && status !== 'logged' ? 'approved' : status;
}
