import { at } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { AccessDecision } from './aws-policy.ts';
import { decideFor } from './effective-permission.ts';
import { organizationPolicies } from './organization-policies.ts';
import { ownInputs } from './own-policy.ts';
import { parsePolicy } from './policy-document.ts';
import type { PolicyInput } from './policy-scan.ts';
import { matchesResolved } from './policy-variables.ts';
import type { PrincipalProfile } from './principal-policies.ts';
import { matchesAction } from './statement-actions.ts';

/** Everything by which the policies that govern a request can tell two resources apart, beside owner and region. */
interface Telling {
  readonly patterns: readonly string[];
  /** The policy of the resource itself, with its own name taken out. */
  readonly policy: string;
  /** Which of the patterns match what was asked about, by resource: every principal asks about the same. */
  readonly matched: Map<string, string>;
}

/**
 * One action of one principal on many data stores, as `decideFor` decides it: those that the same patterns match and whose own policies say the same
 * share a decision, as nothing else of a store enters a request but its owner and region. The reasons may then name another store of its kind.
 * @returns decides for a resource; `store` is what holds it (a bucket for its objects).
 */
export function decideAlike(graph: GraphView, profile: PrincipalProfile, action: string): (resource: string, store: StoredResource) => AccessDecision {
  const owners = new Map<string, Owner>();
  const wanted = action.toLowerCase();
  const ownerOf = (account: string): Owner => {
    let owner = owners.get(account);
    if (!owner) { owner = { patterns: commonPatterns(graph, profile, wanted, account), known: new Map() }; owners.set(account, owner); }
    return owner;
  };
  return (resource, store) => {
    const { patterns, known } = ownerOf(store.account ?? (resource.split(':')[4] || profile.account)), own = tellingOf(store);
    if (patterns === undefined || own === undefined) return decideFor(graph, profile, action, resource);
    // One map in another: joined to one key, texts of some kilobytes would be built and hashed for each store.
    const matched = matchedBy(patterns, resource), alike = known.get(matched) ?? new Map<string, AccessDecision>();
    known.set(matched, alike);
    const key = ownKey(own, store, resource), decision = alike.get(key) ?? decideFor(graph, profile, action, resource);
    alike.set(key, decision);
    return decision;
  };
}

/** What is known of the stores of one account: decisions by which of the common patterns match, then by what is the store's own. */
interface Owner { readonly patterns: readonly string[] | undefined; readonly known: Map<string, Map<string, AccessDecision>> }

const matchedBy = (patterns: readonly string[], resource: string): string => (patterns.length === 0 ? '' : patterns.map((p) => (matchesResolved(p, resource) ? '1' : '0')).join(''));

function ownKey(own: Telling, store: StoredResource, resource: string): string {
  let key = own.matched.get(resource);
  if (key === undefined) {
    key = [store.region ?? '', ...resource.split(':', 5), matchedBy(own.patterns, resource), own.policy].join(' ');
    own.matched.set(resource, key);
  }
  return key;
}

/** The resource patterns of the policies that bind the principal and the owner; undefined where a variable stands in one, so that each resource must be looked at. */
function commonPatterns(graph: GraphView, profile: PrincipalProfile, action: string, owner: string): readonly string[] | undefined {
  const rcps = organizationPolicies(graph, owner, 'RESOURCE_CONTROL_POLICY');
  const policies: readonly PolicyInput[] = [...profile.identity, ...profile.boundary, ...[...profile.scps, ...rcps.levels].flatMap((level) => level.policies)];
  return plain(policies.flatMap(({ document }) => {
    const parsed = document === undefined ? undefined : parsePolicy(document);
    return parsed?.ok === true ? parsed.value.statements.filter((s) => matchesAction(s, action)).flatMap((s) => s.resources ?? s.notResources ?? []) : [];
  }));
}

function plain(patterns: readonly string[]): readonly string[] | undefined {
  const unique = [...new Set(patterns)].filter((p) => p !== '*');
  return unique.some((p) => p.includes('${')) ? undefined : unique;
}

const tellings = new WeakMap<StoredResource, Telling | 'each'>();

/** What a store's own policy adds; undefined where it must be looked at by itself: grants, a policy that can't be read, variables, conditions that name the store. */
function tellingOf(store: StoredResource): Telling | undefined {
  let telling = tellings.get(store);
  if (!telling) { telling = readTelling(store) ?? 'each'; tellings.set(store, telling); }
  return telling === 'each' ? undefined : telling;
}

function readTelling(store: StoredResource): Telling | undefined {
  if (at(store.config, 'KeyGrants') !== undefined) return undefined;
  const documents = ownInputs(store).map((input) => input.document);
  const statements = documents.map((document) => { const parsed = document === undefined ? undefined : parsePolicy(document); return parsed?.ok === true ? parsed.value.statements : undefined; });
  if (statements.some((some) => some === undefined || some.some((s) => JSON.stringify(s.conditions).includes(store.urn)))) return undefined;
  const patterns = plain(statements.flatMap((some) => some ?? []).flatMap((s) => s.resources ?? s.notResources ?? []));
  return patterns && { patterns, policy: documents.map((document) => JSON.stringify(document)).join().replaceAll(store.urn, 'self'), matched: new Map() };
}
