import { list } from '../lib/json.ts';

/**
 * The key `untold` of a config, or of a block in it, names the keys that its source sets and doesn't tell (of a Terraform plan what is known after apply, of a state what
 * is redacted): no default holds for them, so whatever hangs on them is unknown.
 */
export const hasUntold = (block: unknown, ...keys: readonly string[]): boolean => list(block, 'untold').some((key) => typeof key === 'string' && keys.includes(key));
/** The key `supposed` of a config names blocks that are taken as set by nobody, as nothing but what a provider fills in speaks for them: an answer that hangs on them assumes it. */
export const supposedOf = (config: unknown): readonly string[] => list(config, 'supposed').filter((name) => typeof name === 'string');
/** Where what a plan leaves out can be had. */
export const onceApplied = 'terraform show -json of the state once applied';
