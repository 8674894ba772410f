import type { ClaimValue, ToolClaim } from '#shared/model/claims.ts';
import type { StoredResource } from '#shared/model/resource.ts';
import type { Missing } from '#shared/model/verdict.ts';

type Options = Omit<Partial<ToolClaim>, 'value' | 'reason' | 'observed_us'> & { readonly observed_us?: number | undefined };

/** A claim with what shows it. */
export function claim(value: ClaimValue, reason: string, options: Options = {}): ToolClaim {
  const { observed_us, ...rest } = options;
  return { value, reason, provenance: 'observed', ...rest, ...(observed_us !== undefined && { observed_us }) };
}

/** An open claim with why, and what would supply it. */
export const unknown = (reason: string, missing: readonly Missing[] = []): ToolClaim => ({ value: 'unknown', reason, provenance: 'observed', ...(missing.length > 0 && { missing }) });

/** The claim means nothing for this kind of issue or entity: counts as false. */
export const notApplicable = (reason: string): ToolClaim => ({ value: false, reason, provenance: 'observed', not_applicable: true });

export const observedUs = (resource: StoredResource | undefined): number | undefined => resource?.observed_us ?? resource?.captured_us;

/** The input that would put an entity into the graph. */
export const notInventoried = (entity: string): Missing => ({ what: 'inventory record', entity, supply: inventories.find(([of]) => of.test(entity))?.[1] ?? 'an AWS Config snapshot or IAM details that contain it' });
const inventories: readonly (readonly [entity: RegExp, supply: string])[] = [
  [/^\/subscriptions\//i, 'an export of Azure Resource Graph or az … list that contains it'], [/^\/\/[\w.-]+\.googleapis\.com\/|\.gserviceaccount\.com$/, 'a Cloud Asset export of resources and IAM policies that contains it'], [/^k8s:/, 'kubectl get -o json of the objects around it'],
];
