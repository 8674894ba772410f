import ipaddr from 'ipaddr.js';
import type { Policy } from '#shared/model/policy.ts';
import type { Resource } from '#shared/model/resource.ts';
import { matchesWildcard } from '#shared/lib/arn.ts';

const PRODUCTION = /^(prod|production|prd|live)$/i;
const NON_PRODUCTION = /^(dev|development|test|testing|qa|staging|stage|sandbox|lab|demo|preprod|pre-prod(uction)?|non-?prod(uction)?|uat|int|sit|perf|training|playground|poc|legacy-dev)$/i;
const words = (text: string): readonly string[] => text.split(/[^A-Za-z0-9]+/);
const SENSITIVE = /(confidential|restricted|secret|sensitive|pii|phi|pci|personal|customer|gdpr|backup|dump|credential|financ|payroll|health)/i;
const NOT_SENSITIVE = /(public|non-?sensitive|not-?sensitive|none|open|synthetic|test)/i;

/** What a person's word for an environment means: `prod-eu` is production, `dev 2` is not; a word that is neither says nothing. */
function meaningOf(word: string): boolean | undefined {
  const text = word.trim();
  if (NON_PRODUCTION.test(text)) return false;
  if (PRODUCTION.test(text) || words(text).some((w) => PRODUCTION.test(w))) return true;
  return words(text).some((w) => NON_PRODUCTION.test(w)) ? false : undefined;
}

export interface Environment { readonly production: boolean | 'unknown'; readonly provenance: 'observed' | 'inferred'; readonly environment: string | undefined; readonly why: string }

/** Tag values under any of the policy's keys for a purpose; keys are compared without regard to case. */
export function tagValues(tags: Readonly<Record<string, string>>, keys: readonly string[]): readonly { key: string; value: string }[] {
  const found: { key: string; value: string }[] = [];
  for (const key of Object.keys(tags)) {
    const name = key.toLowerCase(), value = tags[key]?.trim() ?? '';
    if (value !== '' && keys.some((k) => k.toLowerCase() === name)) found.push({ key, value });
  }
  return found;
}

/** Does a pattern of `asset_roles` mean this asset: by its name (`dmz-*`), or by an address of it within a network (`10.1.0.0/16`)? */
function names(pattern: string, resource: Pick<Resource, 'name' | 'aliases'> | undefined, entity: string): boolean {
  if (!ipaddr.isValidCIDR(pattern)) return matchesWildcard(pattern, resource?.name ?? entity);
  const network = ipaddr.parseCIDR(pattern);
  return [entity, ...resource?.aliases ?? []].filter((id) => ipaddr.isValid(id)).map((id) => ipaddr.process(id)).some((address) => address.kind() === network[0].kind() && address.match(network));
}

/**
 * Is it production? The policy's word on the account is authoritative; a tag may raise to production (observed) but alone never lowers:
 * a non-production tag or name without the policy's word is `inferred`. The parts combine with OR.
 */
export function environmentOf(resource: Pick<Resource, 'tags' | 'name' | 'aliases'> | undefined, entity: string, account: string | undefined, policy: Policy): Environment {
  const accountRow = account === undefined ? undefined : policy.accounts[account];
  const tags = resource ? tagValues(resource.tags, policy.tag_keys.environment) : [];
  const byAccount = accountRow?.environment === undefined ? undefined : meaningOf(accountRow.environment);
  const prodTag = tags.find((t) => PRODUCTION.test(t.value));
  if (accountRow && byAccount === true) {
    return { production: true, provenance: 'observed', environment: accountRow.environment, why: `the policy says that account ${account} (${accountRow.name ?? 'unnamed'}) is ${accountRow.environment}` };
  }
  const role = Object.entries(policy.asset_roles).find(([pattern]) => names(pattern, resource, entity));
  if (role && PRODUCTION.test(role[1])) return { production: true, provenance: 'observed', environment: role[1], why: `the policy's asset_roles name it ${role[1]}` };
  if (prodTag) return { production: true, provenance: 'observed', environment: prodTag.value, why: `tag ${prodTag.key}=${prodTag.value}` };
  if (accountRow && byAccount === false) return { production: false, provenance: 'observed', environment: accountRow.environment, why: `the policy says that account ${account} (${accountRow.name ?? 'unnamed'}) is ${accountRow.environment}` };
  if (role && NON_PRODUCTION.test(role[1])) return { production: false, provenance: 'observed', environment: role[1], why: `the policy's asset_roles name it ${role[1]}` };
  const name = `${resource?.name ?? entity}`;
  if (words(name).some((w) => PRODUCTION.test(w))) return { production: true, provenance: 'inferred', environment: 'production', why: `its name "${name}" reads like production` };
  const devTag = tags.find((t) => NON_PRODUCTION.test(t.value));
  if (devTag) return { production: false, provenance: 'inferred', environment: devTag.value, why: `only the tag ${devTag.key}=${devTag.value} says so, which whoever controls the resource wrote` };
  if (words(name).some((w) => NON_PRODUCTION.test(w))) return { production: false, provenance: 'inferred', environment: 'dev', why: `only its name "${name}" says so` };
  return { production: 'unknown', provenance: 'observed', environment: undefined, why: account === undefined ? 'its account is not known' : accountRow?.environment === undefined ? `the policy has no environment for account ${account}` : `the policy calls account ${account} "${accountRow.environment}", which says neither production nor not` };
}

/** For the blast radius: what is only inferred from a name or tag neither makes production nor takes it away. */
export function productionOf(resource: Pick<Resource, 'tags' | 'name' | 'aliases' | 'urn' | 'account'>, policy: Policy): boolean | 'unknown' {
  const found = environmentOf(resource, resource.urn, resource.account, policy);
  return found.provenance === 'observed' ? found.production : 'unknown';
}

export interface Sensitivity { readonly sensitive: boolean | 'unknown'; readonly why: string }

type Holder = Pick<Resource, 'tags' | 'name' | 'kind'>;
/** A resource is asked about by every entity that leads to it. */
const sensitivities = new WeakMap<Holder, { readonly policy: Policy; readonly entity: string; readonly found: Sensitivity }>();

/** Does it hold data whose loss would hurt? Crown jewels of the policy and sensitivity tags say yes; a tag that says "public" alone leaves it unknown. */
export function sensitivityOf(resource: Holder | undefined, entity: string, policy: Policy): Sensitivity {
  if (!resource) return judgeSensitivity(resource, entity, policy);
  const known = sensitivities.get(resource);
  if (known?.policy === policy && known.entity === entity) return known.found;
  const found = judgeSensitivity(resource, entity, policy);
  sensitivities.set(resource, { policy, entity, found });
  return found;
}

function judgeSensitivity(resource: Holder | undefined, entity: string, policy: Policy): Sensitivity {
  const jewel = policy.crown_jewels.find((pattern) => matchesWildcard(pattern, entity));
  if (jewel !== undefined) return { sensitive: true, why: `it is a crown jewel of the policy (${jewel})` };
  if (!resource) return { sensitive: 'unknown', why: 'it is not in the inventory' };
  const tags = tagValues(resource.tags, policy.tag_keys.sensitivity);
  const marked = tags.find((t) => SENSITIVE.test(t.value) && !NOT_SENSITIVE.test(t.value));
  if (marked) return { sensitive: true, why: `tag ${marked.key}=${marked.value}` };
  if (tags.length > 0) return { sensitive: 'unknown', why: `only a tag (${tags.map((t) => `${t.key}=${t.value}`).join(', ')}) says that it is not sensitive` };
  return { sensitive: 'unknown', why: 'nothing says what data it holds' };
}

export const isCrownJewel = (entity: string, policy: Policy): boolean => policy.crown_jewels.some((pattern) => matchesWildcard(pattern, entity));
