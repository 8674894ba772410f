import { list } from '#shared/lib/json.ts';
import type { ConnectorCall, PreflightRow } from '../connector.ts';
import { isOnlyThisCall } from '../pace/failure.ts';
import type { Container } from './above.ts';
import type { GcpApi } from './api.ts';
import type { Place } from './assets.ts';
import { above, contents, gcpNeeds, groups } from './calls.ts';

/** What of a permission makes sense at a place: folders' permissions not on an organization's projects, and so on. */
const isFor = (permission: string, place: Place): boolean => {
  const kind = /^resourcemanager\.(projects|folders|organizations)\./.exec(permission)?.[1];
  return kind === undefined || place.startsWith(`${kind}/`);
};
const onlyOrganizations = new Set(contents.filter((c) => c.isOrganizations).map((c) => c.id));

/** Asks each place what the caller may do there (`testIamPermissions`, which needs no permission of its own); of what is above a project or folder, its parent. */
export async function* gcpPreflight(api: GcpApi, starts: readonly Container[]): AsyncGenerator<PreflightRow> {
  for (const { place, parent } of starts) {
    yield* askPlace(api, place, gcpNeeds.filter((n) => !onlyOrganizations.has(n.id) || place.startsWith('organizations/')));
    if (parent !== undefined) yield* askPlace(api, parent, gcpNeeds.filter((n) => n.id === above.id));
  }
  // A right in the directory, which nothing of Google Cloud tells.
  yield { call: groups.id, permission: 'Groups Reader', state: 'unknown', says: `not tried Groups Reader (of Cloud Identity): ${groups.evidence} shows while pulling` };
}

async function* askPlace(api: GcpApi, place: Place, calls: readonly ConnectorCall[]): AsyncGenerator<PreflightRow> {
  const asked = [...new Set(calls.flatMap((n) => n.permissions.filter((p) => isFor(p, place))))];
  let held: ReadonlySet<string> | undefined, why = '';
  try { held = new Set(list(await api.ask('cloudresourcemanager', `v3/${place}:testIamPermissions`, { permissions: asked }), 'permissions').map(String)); } catch (error) {
    if (!isOnlyThisCall(error)) throw error;
    why = error.says;
  }
  for (const { id: call, permissions, evidence } of calls) {
    for (const permission of permissions.filter((p) => asked.includes(p))) {
      if (held === undefined) yield { call, permission, state: 'unknown', says: `can't tell whether ${permission} is granted on ${place}: ${why}` };
      else if (held.has(permission)) yield { call, permission, state: 'allowed', says: `allowed ${permission} on ${place}` };
      else yield { call, permission, state: 'denied', says: `denied ${permission} on ${place}: ${evidence} will be unknown` };
    }
  }
}
