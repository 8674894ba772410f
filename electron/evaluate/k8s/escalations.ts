import type { GraphView } from '#shared/model/resource.ts';
import type { Answer, Missing } from '#shared/model/verdict.ts';
import { inNamespace, objectsIn } from './grouped.ts';
import { byNames } from './named-rights.ts';
import { heldGrant, type Held } from './held-grant.ts';
import { primitives, type K8sEscalation, type Need, type Offer, type OneObject, type Primitive, type Right, type Scope } from './primitives.ts';
import type { Grant } from './rbac-grants.ts';
import type { Request } from './rbac-request.ts';
import { hasEnded, workloadTypes } from './workload.ts';

/** The primitives that someone holds, each at the widest scope: the cluster, else every namespace in which a binding gives it; with those of the roles that it may bind, and that these let it bind in turn. */
export function k8sEscalations(graph: GraphView, cluster: string | undefined, own: readonly Grant[]): readonly K8sEscalation[] {
  const offers = new Map<string, Offer>(), look = (): readonly K8sEscalation[] => heldBy({ graph, cluster, grants: [...own, ...[...offers.values()].map((o) => o.grant)], lent: new Map([...offers.values()].map((o) => [o.grant, o])), offer: (key, offer) => { if (!offers.has(key)) offers.set(key, offer); } });
  const direct = look();
  let lent: readonly K8sEscalation[] = [];
  for (let known = 0; offers.size > known;) {
    known = offers.size;
    lent = look();
  }
  const found = [...direct, ...lent];
  // One that hangs on something more is no news where the same is held for sure.
  return found.filter((e) => !e.open || !found.some((sure) => !sure.open && sure.id === e.id && (sure.namespace === undefined || sure.namespace === e.namespace) && sure.names === undefined));
}

/** @param lent the grants of roles that may be bound, by which what is found must come if there are any; @param offer is told of such roles. */
interface Holding { readonly graph: GraphView; readonly cluster: string | undefined; readonly grants: readonly Grant[]; readonly lent: ReadonlyMap<Grant, Offer>; readonly offer: (key: string, offer: Offer) => void }

function heldBy(holding: Holding): readonly K8sEscalation[] {
  const namespaces = [...new Set(holding.grants.flatMap((g) => g.namespace ?? []))].sort();
  return primitives.flatMap((primitive): readonly K8sEscalation[] => {
    // What the cluster as a whole is needed for can't be held in a namespace.
    const isWhole = primitive.gain === 'cluster' || primitive.gain === 'nodes', grants = isWhole ? holding.grants.filter((g) => g.isAnywhere !== true) : holding.grants;
    const held = (namespace: string | undefined): readonly K8sEscalation[] => heldAll({ ...holding, namespace, grants }, primitive);
    const whole = held(undefined);
    if (isWhole || whole.some((e) => e.namespace === undefined && e.names === undefined)) return whole;
    const said = (e: K8sEscalation): string => JSON.stringify(e.names);
    return [...whole, ...namespaces.flatMap((namespace) => held(namespace).filter((e) => e.names === undefined || !whole.some((w) => said(w) === said(e))))];
  });
}

function heldAll(scope: Scope & Holding, primitive: Primitive): readonly K8sEscalation[] {
  const { id, gain, needs, takes, of } = primitive, { lent, namespace } = scope;
  const rights = needs.flatMap((need) => rightTo(scope, need, primitive.byName !== undefined, of) ?? []), [first] = rights;
  const isThere = of ? hasOne(scope, of) : 'yes';
  if (!first || rights.length < needs.length || isThere === 'no') return [];
  const [lender] = rights.flatMap((r) => [r.held, ...(r.named ?? []).map((n) => n.held)]).flatMap((h) => lent.get(h.grant) ?? []);
  if (lent.size > 0 && !lender) return [];
  const { binding, roleName } = first.held.grant;
  const text = (what: string, by = lender): string => `${by ? `${by.by.text}: ` : ''}${id}${what}${namespace === undefined ? '' : ` in ${namespace}`} (${needs.map(([verbs, resources]) => `${verbs.replaceAll(' ', '|')} ${resources.replaceAll(' ', '|')}`).join(' and ')}) by ${binding.name ?? ''} → ${roleName}`;
  const all: K8sEscalation = { id: lender?.by.id ?? id, gain, namespace, names: undefined, held: lender?.by.held ?? first.held, text: text(''), ...(takes !== undefined && { open: { what: takes, entity: binding.urn, supply: 'who runs the cluster' } }), ...(of && isThere === 'unknown' && { open: { what: `whether there is ${of.kind} ${of.namespace}/${of.name}`, entity: binding.urn, supply: `kubectl get ${of.kind.toLowerCase()}s -n ${of.namespace} -o json` } }) };
  return byNames(scope, primitive, rights, all, (names, grant) => text(` of ${names.slice(0, 5).join(', ')}`, (grant && lent.get(grant)) ?? lender), scope.offer).map((e) => (e.gain === 'pods' && !e.open ? { ...e, ...aPod(scope, e) } : e));
}

/** Is the object there? Where others of its kind and namespace are recorded and it isn't, it is not. */
function hasOne({ graph, cluster }: Scope, { kind, namespace, name }: OneObject): Answer {
  const all = inNamespace(graph, `K8s::${kind}`, cluster, namespace);
  return all.some((r) => r.name === name) ? 'yes' : all.length > 0 ? 'no' : 'unknown';
}

function rightTo({ grants, namespace }: Scope, [verbs, resources, group]: Need, mayBeNamed: boolean, of: OneObject | undefined): Right | undefined {
  if (verbs === '*') return wildcard(grants);
  const requests = resources.split(' ').flatMap((resource) => verbs.split(' ').map((verb): Request => ({ verb, resource, group: group === '*' ? undefined : group, name: of?.name, namespace: of?.namespace ?? (group === '*' ? { any: true } : namespace) })));
  for (const request of requests) {
    const held = heldGrant(grants, request);
    if (held) return { held };
  }
  const named = mayBeNamed ? requests.flatMap((request) => namedIn(grants, request)) : [], [first] = named;
  return first && { held: first.held, named };
}

/** What a right to certain names reaches; an object that is being made has none yet (Kubernetes documentation, "Referring to resources"). */
function namedIn(grants: readonly Grant[], request: Request): readonly { readonly held: Held; readonly resource: string; readonly name: string }[] {
  if (request.verb === 'create' && !request.resource.includes('/')) return [];
  return grants.flatMap((grant) => (grant.rules ?? []).flatMap((rule) => rule.names.flatMap((name) => (heldGrant([{ ...grant, rules: [rule] }], { ...request, name }) ? [{ held: { grant, rule }, resource: request.resource, name }] : []))));
}

/** `*` asks for a rule that is itself a wildcard. */
function wildcard(grants: readonly Grant[]): Right | undefined {
  for (const grant of grants) {
    const rule = grant.rules?.find((r) => r.verbs.includes('*') && r.resources.includes('*') && r.apiGroups.includes('*') && r.names.length === 0);
    if (rule && grant.namespace === undefined) return { held: { grant, rule } };
  }
  return undefined;
}

/** Nobody gets into pods where none run. */
function aPod({ graph, cluster }: Scope, { namespace, names, held }: K8sEscalation): { readonly open?: Missing } {
  const isThere = workloadTypes.some((type) => objectsIn(graph, type, cluster, namespace).some((r) => !hasEnded(r) && (names === undefined || (r.type === 'K8s::Pod' && names.includes(r.name ?? '')))));
  return isThere ? {} : { open: { what: `a running pod${names === undefined ? '' : ` ${names.join(', ')}`}${namespace === undefined ? '' : ` in ${namespace}`}`, entity: held.grant.binding.urn, supply: 'kubectl get pods -A -o json' } };
}
