import { list } from '../lib/json.ts';

/**
 * The key `untold` of a config, or of a block in it, names the keys that its source sets and doesn't tell (of a Terraform plan what is known after apply, of a state what
 * is redacted): no default holds for them, so whatever hangs on them is unknown.
 */
export const hasUntold = (block: unknown, ...keys: readonly string[]): boolean => list(block, 'untold').some((key) => typeof key === 'string' && keys.includes(key));
/** Where what a plan leaves out can be had. */
export const onceApplied = 'terraform show -json of the state once applied';
