import type { GraphView } from '#shared/model/resource.ts';
import type { Missing, Verdict } from '#shared/model/verdict.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { anonymousRequests, anonymousUser, type Anonymous } from './anonymous.ts';
import { allAllowed, allowsAll } from './api-server.ts';
import { heldGrant, reaches, type Held } from './held-grant.ts';
import { grantsOf, holderOf, isMaster, lostRoles, personOf, rulePlace, type Grant, type Holder, type Requester } from './rbac-grants.ts';
import { readRequests, type Request } from './rbac-request.ts';
import { unlessGrouped } from './untold-groups.ts';
import { withheldToken, workloadsNamed } from './workload.ts';

/**
 * May someone do this? `kubectl auth can-i`, answered from the snapshot: yes with the binding and role that allow it, also where they allow it to requests without credentials, which anyone may send;
 * unknown when a bound role is not in it, or where a group that a user may be of would be allowed it. A workload does what its account may where it has a token of it.
 */
export function k8sPermission(graph: GraphView, subject: string, action: string, object: string | undefined): Result<Verdict> {
  const requests = readRequests(action, object);
  if (!requests.ok) return err(requests.error);
  const holder = holderOf(graph, subject), whoever = anyoneOf(graph, holder), ask = (h: Holder): Verdict => orAll(graph, h, decide(h, whoever, requests.value, action));
  const withheld = workloadsNamed(graph, subject).flatMap((w) => withheldToken(graph, w.resource) ?? []), isBare = withheld.length > 0 && withheld.length === workloadsNamed(graph, subject).length;
  return ok(isBare ? withoutToken(ask(holder), decide({ ...holder, grants: [] }, whoever, requests.value, action), withheld) : unlessGrouped(graph, holder, ask(holder), ask));
}

/** Whoever logs in may do it where the API server lets everyone; whether a name that is asked about stands for somebody is another question. */
const orAll = (graph: GraphView, { requester }: Holder, found: Verdict): Verdict => { const all = requester && requester.user !== anonymousUser && found.answer !== 'yes' ? allowsAll(graph, requester.cluster) : undefined; return all ? allAllowed(all) : found; };

const unknown = (missing: readonly Missing[]): Verdict => ({ answer: 'unknown', assumed: [], missing, reasons: [] });

/** What its account may is open where no token of it is mounted; what anyone may is not. */
const withoutToken = (withIt: Verdict, without: Verdict, missing: readonly Missing[]): Verdict => (without.answer === 'yes' ? without : withIt.answer === 'yes' ? { ...unknown(missing), reasons: withIt.reasons } : withIt);

/** What anyone holds, and whether the API server takes such requests; nothing more than itself where that is who is asked about. */
interface Whoever { readonly requester: Requester; readonly grants: readonly Grant[]; readonly taken: Anonymous }
const anyoneOf = (graph: GraphView, { requester }: Holder): Whoever => { const anyone = personOf(requester?.cluster, 'user', anonymousUser, undefined); return { requester: anyone, grants: grantsOf(graph, anyone), taken: anonymousRequests(graph, requester?.cluster) }; };

function decide({ requester, grants, missing }: Holder, whoever: Whoever, requests: readonly Request[], action: string): Verdict {
  if (!requester || missing.length > 0) return unknown(missing);
  if (isMaster(requester)) return { answer: 'yes', via: 'system:masters', assumed: [], missing: [], reasons: [{ rule: 'K8S.masters', source: requester.label, pointer: '', text: 'system:masters may do everything, whatever RBAC says' }] };
  const isWhoever = requester.user === anonymousUser, own = isWhoever ? [] : grants, isTaken = whoever.taken.answer !== 'no' || requests.some((r) => whoever.taken.urls?.includes(r.resource) === true);
  const held = firstHeld(own, requests), anyones = held || !isTaken ? undefined : firstHeld(whoever.grants, requests);
  if (held) return allowed(held, requester.label, action);
  if (anyones) return byAnyone(allowed(anyones, 'whoever asks without credentials', action), whoever.taken);
  const open = [...own, ...(isTaken ? whoever.grants : [])].filter((g) => g.rules === undefined && requests.some((request) => reaches(g, request)));
  if (open.length > 0) return { answer: 'unknown', blocked_by: 'ROLE', assumed: [], missing: lostRoles(open), reasons: open.map((g) => ({ rule: 'K8S.rbac', source: g.binding.urn, pointer: '/roleRef', text: `it is bound to ${g.roleName}, which is not in the snapshot` })) };
  const text = isWhoever && !isTaken ? 'the API server refuses requests without credentials' : grants.length === 0 ? `no binding names ${requester.label}` : `none of the roles that ${requester.label} holds (${[...new Set(grants.map((g) => g.roleName))].slice(0, 5).join(', ')}) allows "${action}"`;
  return { answer: 'no', blocked_by: 'NO_GRANT', assumed: [], missing: [], reasons: [{ rule: 'K8S.rbac', source: requester.resource?.urn ?? requester.label, pointer: '', text }, ...(isWhoever && !isTaken ? whoever.taken.reasons : [])] };
}

const firstHeld = (grants: readonly Grant[], requests: readonly Request[]): Held | undefined => requests.map((request) => heldGrant(grants, request)).find((found) => found !== undefined);

function allowed(held: Held, who: string, action: string): Verdict {
  const { binding, roleName, namespace } = held.grant, kind = binding.type.slice(5), where = namespace === undefined ? '' : ` in ${namespace}`;
  return { answer: 'yes', via: `${kind} ${binding.name ?? ''} → ${roleName}`, assumed: [], missing: [], reasons: [{ rule: 'K8S.rbac', ...rulePlace(held.grant, held.rule), text: `${kind} ${binding.name ?? ''} gives ${who} the role ${roleName}, which allows "${action}"${where}` }] };
}

/** Held by anyone, as far as the API server takes such requests. */
function byAnyone(found: Verdict, { answer, assumed, missing, reasons, urls }: Anonymous): Verdict {
  return answer === 'unknown' ? { ...unknown(missing), blocked_by: 'ANONYMOUS', reasons: [...found.reasons, ...reasons] } : { ...found, assumed, reasons: [...found.reasons, ...(urls ? [] : reasons)] };
}
