import { list, str } from '#shared/lib/json.ts';
import { matchesWildcard } from '#shared/lib/arn.ts';
import { gcpTypes } from '#shared/model/gcp.ts';
import type { GraphView } from '#shared/model/resource.ts';
import type { Answer } from '#shared/model/verdict.ts';
import { answerOf } from '../kleene.ts';
import { hasUntold } from '#shared/model/untold.ts';
import type { GcpKnowledge, GcpRole } from './knowledge.ts';

const remembered = new WeakMap<GcpRole, Map<string, boolean>>();

/** Does a role hold a permission? Predefined roles by what ships with Winnow, custom ones by their record; a role that neither knows is unknown. */
export function roleHolds(graph: GraphView, knowledge: GcpKnowledge, role: string, permission: string): Answer {
  const known = knowledge.roles.get(role);
  if (known) return answerOf(holds(known, permission));
  if (role.startsWith('roles/')) return 'unknown';
  const custom = graph.resource(`//iam.googleapis.com/${role}`);
  if (custom?.type !== gcpTypes.role) return 'unknown';
  if (custom.deleted || str(custom.config, 'deleted') === 'true' || str(custom.config, 'stage') === 'DISABLED') return 'no';
  // A list without --view=full leaves the permissions out.
  const included = list(custom.config, 'includedPermissions');
  return included.includes(permission) ? 'yes' : included.length === 0 || hasUntold(custom.config, 'includedPermissions') ? 'unknown' : 'no';
}

function holds(role: GcpRole, permission: string): boolean {
  let known = remembered.get(role);
  if (!known) { known = new Map(); remembered.set(role, known); }
  let found = known.get(permission);
  if (found === undefined) {
    found = role.allow.some((p) => matchesWildcard(p, permission)) && !(role.except ?? []).some((p) => matchesWildcard(p, permission));
    known.set(permission, found);
  }
  return found;
}

/** A basic role leaves a bucket's objects and a dataset's tables to the store's own policy, which usually hands them to the project's owners, editors and viewers. */
export const leavesToStore = (role: string, permission: string): boolean => /^roles\/(owner|editor|viewer)$/.test(role) && /^(storage\.(?!hmacKeys)|bigquery\.(tables|datasets)\.)/.test(permission);
