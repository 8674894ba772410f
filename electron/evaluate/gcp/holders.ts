import { isUntold } from '#shared/model/gcp.ts';
import type { Answer } from '#shared/model/verdict.ts';
import { allOf, anyOf } from '../kleene.ts';
import { isUnplaced } from './bindings.ts';
import { limitsOn } from './limits.ts';
import { grantsOf, type Scope } from './permission.ts';

/** Members of bindings that hold a permission on a resource; `unknown` under a condition or a role that isn't known. */
export type Holders = ReadonlyMap<string, Answer>;

const known = new WeakMap<object, Map<string, Holders>>();

/** Who may use a permission on a resource: each member of a binding that gives it, less deny policies and boundaries. @param withLimits false: as if there were none. */
export function holdersOf(scope: Scope, permission: string, name: string, withLimits = true): Holders {
  let byKey = known.get(scope.graph);
  if (!byKey) { byKey = new Map(); known.set(scope.graph, byKey); }
  const key = `${permission} ${withLimits} ${name}`;
  let holders = byKey.get(key);
  if (!holders) { holders = find(scope, permission, name, withLimits); byKey.set(key, holders); }
  return holders;
}

function find(scope: Scope, permission: string, name: string, withLimits: boolean): Holders {
  const { grants, chain } = grantsOf(scope, permission, name);
  const members = new Map<string, Answer>();
  // A role, a holder or a member that isn't known gives no edge: it is named as missing where it matters.
  for (const grant of grants.filter((g) => !g.isUnknownRole && !isUnplaced(g.binding))) {
    for (const member of grant.binding.members) if (!member.startsWith('deleted:') && !isUntold(member)) members.set(member, anyOf([members.get(member) ?? 'no', grant.answer]));
  }
  if (!withLimits) return members;
  return new Map([...members].map(([member, answer]) => [member, allOf([answer, limitsOn(scope.graph, member, permission, chain).passes])] as const).filter(([, answer]) => answer !== 'no'));
}

/** Who holds all of several permissions, each on a resource of its own. */
export function holdersOfAll(scope: Scope, needs: readonly (readonly [permission: string, name: string])[], withLimits = true): Holders {
  const [first, ...rest] = needs.map(([permission, name]) => holdersOf(scope, permission, name, withLimits));
  if (!first) return new Map();
  return new Map([...first].map(([member, answer]) => [member, allOf([answer, ...rest.map((h) => h.get(member) ?? 'no')])] as const).filter(([, answer]) => answer !== 'no'));
}
