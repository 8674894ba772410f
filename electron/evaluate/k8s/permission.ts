import type { GraphView } from '#shared/model/resource.ts';
import type { Missing, Verdict } from '#shared/model/verdict.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { holderOf, isMaster, lostRoles, rulePlace, type Grant, type Holder, type Rule } from './rbac-grants.ts';
import { isClusterResource, readRequests, ruleAllows, type Request } from './rbac-request.ts';

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
function reaches(grant: Grant, { namespace, resource }: Request): boolean {
  if (grant.namespace === undefined) return true;
  if (resource.startsWith('/') || namespace === undefined) return false;
  return typeof namespace === 'string' ? namespace === grant.namespace : !isClusterResource(resource);
}

/** May someone do this? `kubectl auth can-i`, answered from the snapshot: yes with the binding and role that allow it, unknown when a bound role is not in it. */
export function k8sPermission(graph: GraphView, subject: string, action: string, object: string | undefined): Result<Verdict> {
  const requests = readRequests(action, object);
  if (!requests.ok) return err(requests.error);
  return ok(decide(holderOf(graph, subject), requests.value, action));
}

const unknown = (missing: readonly Missing[]): Verdict => ({ answer: 'unknown', assumed: [], missing, reasons: [] });

function decide({ requester, grants, missing }: Holder, requests: readonly Request[], action: string): Verdict {
  if (!requester || missing.length > 0) return unknown(missing);
  if (isMaster(requester)) return { answer: 'yes', via: 'system:masters', assumed: [], missing: [], reasons: [{ rule: 'K8S.masters', source: requester.label, pointer: '', text: 'system:masters may do everything, whatever RBAC says' }] };
  const held = requests.map((request) => heldGrant(grants, request)).find((found) => found !== undefined);
  if (held) {
    const { binding, roleName } = held.grant;
    const where = held.grant.namespace === undefined ? '' : ` in ${held.grant.namespace}`;
    return { answer: 'yes', via: `${binding.type.slice(5)} ${binding.name ?? ''} → ${roleName}`, assumed: [], missing: [], reasons: [{ rule: 'K8S.rbac', ...rulePlace(held.grant, held.rule), text: `${binding.type.slice(5)} ${binding.name ?? ''} gives ${requester.label} the role ${roleName}, which allows "${action}"${where}` }] };
  }
  const open = grants.filter((g) => g.rules === undefined && requests.some((request) => reaches(g, request)));
  if (open.length > 0) return { answer: 'unknown', blocked_by: 'ROLE', assumed: [], missing: lostRoles(open), reasons: open.map((g) => ({ rule: 'K8S.rbac', source: g.binding.urn, pointer: '/roleRef', text: `it is bound to ${g.roleName}, which is not in the snapshot` })) };
  const text = grants.length === 0 ? `no binding names ${requester.label}` : `none of the roles that ${requester.label} holds (${[...new Set(grants.map((g) => g.roleName))].slice(0, 5).join(', ')}) allows "${action}"`;
  return { answer: 'no', blocked_by: 'NO_GRANT', assumed: [], missing: [], reasons: [{ rule: 'K8S.rbac', source: requester.resource?.urn ?? requester.label, pointer: '', text }] };
}
