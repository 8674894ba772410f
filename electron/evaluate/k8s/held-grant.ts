import type { Grant, Rule } from './rbac-grants.ts';
import { isClusterResource, ruleAllows, type Request } from './rbac-request.ts';

export interface Held { readonly grant: Grant; readonly rule: Rule }

/** The first grant that allows a request. `system:masters` is beyond RBAC: it may do everything. */
export function heldGrant(grants: readonly Grant[], request: Request): Held | undefined {
  for (const grant of grants) {
    if (!reaches(grant, request)) continue;
    const rule = grant.rules?.find((r) => ruleAllows(r, request));
    if (rule) return { grant, rule };
  }
  return undefined;
}

/** A RoleBinding counts in its namespace, and nothing without a namespace is in one. */
export function reaches(grant: Grant, { namespace, resource }: Request): boolean {
  if (grant.namespace === undefined) return true;
  if (resource.startsWith('/') || namespace === undefined) return false;
  return typeof namespace === 'string' ? namespace === grant.namespace : !isClusterResource(resource);
}
