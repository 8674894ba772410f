import { at, isObject, str, type JsonObject } from '#shared/lib/json.ts';
import { callerAccounts, stateResources } from './state-resources.ts';

/** Stands for the account of a plan that nothing names: its number is known when the plan is applied. */
export const unnamedAccount = '000000000000';

const known = new WeakMap<object, { readonly account: string | undefined }>();

/**
 * The account that a plan makes its resources in: what `data.aws_caller_identity` answered, else a stand-in. Undefined for what is no plan, where several
 * accounts may be meant (by its providers or callers), and where ARNs in it name an account: that may or may not be its own.
 */
export function plannedAccount(plan: unknown): string | undefined {
  if (!isObject(plan) || !isObject(plan['planned_values'])) return undefined;
  const found = known.get(plan) ?? { account: accountIn(plan) };
  known.set(plan, found);
  return found.account;
}

function accountIn(plan: JsonObject): string | undefined {
  const callers = callerAccounts(stateResources(plan)), [caller] = callers;
  if (hasSeveral(plan) || callers.size > 1) return undefined;
  return caller ?? (namesAccounts(plan) ? undefined : unnamedAccount);
}

const namesAccounts = (plan: object): boolean => /arn:aws[\w-]*:[\w-]*:[\w-]*:\d{12}:/.test(JSON.stringify(plan));

/** Do its providers use several sets of credentials? */
function hasSeveral(plan: object): boolean {
  const providers = Object.values(at(plan, 'configuration', 'provider_config') ?? {}).filter((p) => str(p, 'name') === 'aws');
  return new Set(providers.map((p) => JSON.stringify(['assume_role', 'profile', 'access_key', 'shared_credentials_files'].map((key) => at(p, 'expressions', key))))).size > 1;
}
