import type { ClaimValue, ToolClaim } from '#shared/model/claims.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Missing } from '#shared/model/verdict.ts';
import { formatTime } from '#shared/lib/time.ts';

type Options = Omit<Partial<ToolClaim>, 'value' | 'reason' | 'observed_us'> & { readonly observed_us?: number | undefined };

/** A claim with what shows it. */
export function claim(value: ClaimValue, reason: string, options: Options = {}): ToolClaim {
  const { observed_us, ...rest } = options;
  return { value, reason, provenance: 'observed', ...rest, ...(observed_us !== undefined && { observed_us }) };
}

/** An open claim with why, and what would supply it. */
export const unknown = (reason: string, missing: readonly Missing[] = [], options: Pick<Options, 'gist'> = {}): ToolClaim => ({ value: 'unknown', reason, provenance: 'observed', ...options, ...(missing.length > 0 && { missing }) });

/** The claim means nothing for this kind of issue or entity: counts as false. */
export const notApplicable = (reason: string): ToolClaim => ({ value: false, reason, provenance: 'observed', not_applicable: true });

export const observedUs = (resource: StoredResource | undefined): number | undefined => resource?.observed_us ?? resource?.captured_us;

/** Why the graph doesn't have what an incident is about, and what would put it there. */
export function absence({ entity, account }: { readonly entity: string; readonly account?: string | undefined }, graph: GraphView): { readonly isGone: boolean; readonly why: string; readonly missing: readonly Missing[] } {
  const us = graph.goneUs?.(entity, account);
  if (us === undefined) return { isGone: false, why: 'it is not in the inventory', missing: [notInventoried(entity)] };
  return { isGone: true, why: `it is gone: the inventory has not shown it since ${formatTime(us).slice(0, 10)}`, missing: [{ what: 'whether it is still there', entity, supply: 'a newer snapshot that shows it, or the end of the finding at its source' }] };
}

/** The input that would put an entity into the graph. */
const notInventoried = (entity: string): Missing => ({ what: 'inventory record', entity, supply: inventories.find(([of]) => of.test(entity))?.[1] ?? 'an inventory that contains it: of AWS Config, Azure Resource Graph, Cloud Asset or kubectl' });
const inventories: readonly (readonly [entity: RegExp, supply: string])[] = [
  [/^arn:|^account \d{12}$|^\d{12}$|^(i|sg|vpc|subnet|eni|acl|rtb|igw|vol|snap|ami)-[0-9a-f]{8,17}$/, 'an AWS Config snapshot or IAM details that contain it'],
  [/^\/subscriptions\//i, 'an export of Azure Resource Graph or az … list that contains it'], [/^\/\/[\w.-]+\.googleapis\.com\/|\.gserviceaccount\.com$/, 'a Cloud Asset export of resources and IAM policies that contains it'], [/^k8s:/, 'kubectl get -o json of the objects around it'],
];
