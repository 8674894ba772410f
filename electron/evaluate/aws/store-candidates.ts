import { matchesWildcard } from '#shared/lib/arn.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { evaluateAccess } from './aws-policy.ts';
import { allowPatterns } from './effective-permission.ts';
import type { IdentityView } from './identity-view.ts';
import { organizationPolicies } from './organization-policies.ts';
import { invites, resourceSide } from './own-policy.ts';
import { levelsWithFullAccess, type PrincipalProfile } from './principal-policies.ts';

/** An action on stores of a type; `within` is what follows a store's ARN where the action is on what lies in it (an object of a bucket). */
export interface StoreAction { readonly type: string; readonly action: string; readonly within: string }

/**
 * The stores that a principal may come to by an action, sorted: those of its own account that a policy of its own allows it on, and those whose policy speaks of
 * its account. Another account's store that anyone may come to is none: that is not lost with this principal.
 */
export function candidates(view: IdentityView, profile: PrincipalProfile, of: StoreAction): readonly StoredResource[] {
  const isHeld = view.somewhere(profile, of.action) !== 'no';
  // Nearly all that an account has is out of the reach of nearly all of its identities: that is cheaper to see from the patterns than from a whole evaluation.
  const patterns = isHeld ? allowPatterns(profile, of.action) : [];
  const own = patterns.length === 0 ? [] : view.graph.ofType(of.type, { account: profile.account }).filter((store) => patterns.some((p) => p === '*' || matchesWildcard(p, `${store.urn}${of.within}`)));
  const invited = inviting(view, profile.account, of).filter((store) => isHeld || store.account === profile.account);
  return invited.length === 0 ? own : [...new Set([...own, ...invited])].toSorted((a, b) => (a.urn < b.urn ? -1 : 1));
}

const invitations = new WeakMap<IdentityView, Map<string, readonly StoredResource[]>>();

/** The stores of the whole estate that speak of an account; looked up once an account, as each of its identities asks. */
function inviting(view: IdentityView, account: string, of: StoreAction): readonly StoredResource[] {
  // Asked for each time, as asking notes that the list was read.
  const stores = view.graph.ofType(of.type);
  const known = invitations.get(view) ?? new Map<string, readonly StoredResource[]>();
  invitations.set(view, known);
  const key = `${account} ${of.type} ${of.action}`;
  let found = known.get(key);
  if (!found) {
    found = withPolicy(stores).filter((store) => invites(store, account) && (store.account === account || !isOpenToAnyone(view.graph, store, of)));
    known.set(key, found);
  }
  return found;
}

const policied = new WeakMap<readonly StoredResource[], readonly StoredResource[]>();

/** Those of a list that have a policy of their own; looked up once a list, as every account asks. */
function withPolicy(list: readonly StoredResource[]): readonly StoredResource[] {
  let some = policied.get(list);
  if (!some) { some = list.filter((store) => resourceSide(store).length > 0); policied.set(list, some); }
  return some;
}

const open = new WeakMap<StoredResource, Map<string, boolean>>();

/**
 * Does a store's policy allow an action to a request without any identity? What a public access block makes of that is the same for all outside the store's account.
 */
export function isOpenToAnyone(graph: GraphView, store: StoredResource, of: StoreAction): boolean {
  if (!invites(store, '*')) return false;
  const rcps = organizationPolicies(graph, store.account, 'RESOURCE_CONTROL_POLICY');
  const ask = (): boolean => evaluateAccess(
    { principal: { kind: 'anonymous' }, action: of.action, resource: `${store.urn}${of.within}`, ...(store.account !== undefined && { resourceAccount: store.account }), context: { values: { 'aws:SecureTransport': 'true' }, unknown: ['*'] } },
    { resource: resourceSide(store), rcps: levelsWithFullAccess(rcps.levels) },
  ).outcome === 'allowed';
  if (rcps.recorded) return ask();
  const known = open.get(store) ?? new Map<string, boolean>();
  open.set(store, known);
  let is = known.get(of.action);
  if (is === undefined) { is = ask(); known.set(of.action, is); }
  return is;
}
