import { at, list, str } from '#shared/lib/json.ts';

/** A resource of a Terraform document with the attributes of each of its instances. */
export interface StateResource { readonly of: unknown; readonly values: readonly unknown[] }

/** The resources of a state (v4, or as `terraform show -json` writes it) and of a plan: what it makes and what it found. */
export function stateResources(document: unknown): readonly StateResource[] {
  const ofModule = (module: unknown): readonly StateResource[] => [...list(module, 'resources').map((of) => ({ of, values: [at(of, 'values')] })), ...list(module, 'child_modules').flatMap(ofModule)];
  const shown = [at(document, 'values', 'root_module'), at(document, 'planned_values', 'root_module'), at(document, 'prior_state', 'values', 'root_module')];
  return [...list(document, 'resources').map((of) => ({ of, values: list(of, 'instances').map((i) => at(i, 'attributes')) })), ...shown.flatMap(ofModule)];
}

/** The accounts whose callers it looked up (`data.aws_caller_identity`): one for each set of credentials that its providers use. */
export const callerAccounts = (resources: readonly StateResource[]): ReadonlySet<string> => new Set(resources.filter((r) => str(r.of, 'type') === 'aws_caller_identity').flatMap((r) => r.values.flatMap((v) => str(v, 'account_id') ?? [])));
