import { matchesWildcard } from '#shared/lib/arn.ts';
import type { Owner, Policy } from '#shared/model/policy.ts';

/** What the policy says of owners, laid out for look-ups; where several owners fit, the first of the policy is meant. */
export interface OwnerIndex {
  /** By id or alias, without regard to case. */
  named(text: string): Owner | undefined;
  ofAccount(account: string): Owner | undefined;
  /** By the most exact entity pattern that matches one of the ids; of equally exact ones the owner whose id comes first. */
  byPattern(ids: readonly string[]): { readonly owner: Owner; readonly pattern: string } | undefined;
  /** The owner whose name a resource's name (in lower case) starts with, as `billing-exports` does with `billing-team`. */
  startsLike(name: string): Owner | undefined;
}

const indexes = new WeakMap<Policy, OwnerIndex>();

/** The index of a policy's owners, built once: every incident asks for its owner. */
export function ownerIndex(policy: Policy): OwnerIndex {
  let index = indexes.get(policy);
  if (!index) { index = build(policy.owners); indexes.set(policy, index); }
  return index;
}

function build(owners: readonly Owner[]): OwnerIndex {
  const names = firstOf(owners, (o) => [o.id, ...o.aliases].map((name) => name.toLowerCase())), accounts = firstOf(owners, (o) => o.accounts);
  const patterns = owners.flatMap((owner) => owner.entities.map((pattern) => ({ owner, pattern, literal: /^[^*?]*/.exec(pattern)?.[0] ?? '', exactness: pattern.replaceAll('*', '').length })))
    .toSorted((a, b) => b.exactness - a.exactness || (a.owner.id < b.owner.id ? -1 : a.owner.id > b.owner.id ? 1 : 0));
  // A short name would fit too much.
  const beginnings = owners.flatMap((owner) => [owner.id, ...owner.aliases].filter((id) => id.length > 3).map((id) => ({ owner, beginning: `${id.toLowerCase().replace(/-team$/, '')}-` })));
  return {
    named: (text) => names.get(text.toLowerCase()), ofAccount: (account) => accounts.get(account),
    byPattern: (ids) => patterns.find(({ pattern, literal }) => ids.some((id) => id.startsWith(literal) && matchesWildcard(pattern, id))),
    startsLike: (name) => beginnings.find(({ beginning }) => name.startsWith(beginning))?.owner,
  };
}

function firstOf(owners: readonly Owner[], keys: (owner: Owner) => readonly string[]): ReadonlyMap<string, Owner> {
  const found = new Map<string, Owner>();
  for (const owner of owners) for (const key of keys(owner)) if (!found.has(key)) found.set(key, owner);
  return found;
}
