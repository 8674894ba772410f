import { at, list, str } from '#shared/lib/json.ts';
import type { StoredResource } from '#shared/model/resource.ts';

/** One binding of an IAM policy. */
export interface Binding {
  readonly role: string;
  readonly members: readonly string[];
  /** The CEL expression; undefined without a condition. */
  readonly condition: unknown;
  readonly policy: StoredResource;
  readonly pointer: string;
}

const known = new WeakMap<StoredResource, readonly Binding[]>();

/** The readable bindings of a policy node. */
export function bindingsOf(policy: StoredResource): readonly Binding[] {
  let found = known.get(policy);
  if (!found) {
    found = list(policy.config, 'bindings').flatMap((binding, i): readonly Binding[] => {
      const role = str(binding, 'role');
      const members = list(binding, 'members').filter((m): m is string => typeof m === 'string');
      if (role === undefined) return [];
      const condition = at(binding, 'condition');
      return [{ role, members, condition: condition === undefined || condition === null ? undefined : at(condition, 'expression') ?? condition, policy, pointer: `/bindings/${i}` }];
    });
    known.set(policy, found);
  }
  return found;
}
