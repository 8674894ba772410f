import { parseArn } from '#shared/lib/arn.ts';
import { azureTypesOfId, subscriptionIn } from '#shared/model/azure.ts';
import { projectIn, typesOfName } from '#shared/model/gcp.ts';
import type { GraphView } from '#shared/model/resource.ts';
import { typesOfArn } from './importers/aws/resource-types.ts';
import { typesOfK8sUrn } from './importers/kubernetes/node-kind.ts';

/**
 * What a derivation can read, as keys that fit the store's table of inputs: a urn (or an alias that led nowhere) for a resource, and two kinds
 * of sets, so that something new is noticed as well as something changed.
 */
/** @param account `''`: the set of those whose account is not known. */
export const setKey = (type: string, account?: string, region?: string): string => `set:${type}@${account === '' ? '-' : account ?? ''}@${region ?? ''}`;
export const edgesKey = (urn: string): string => `edges:${urn}`;

/**
 * The keys that changed resources touch: themselves, their aliases (someone may have looked in vain), the sets of their type, and the edges at
 * both of their ends. A resource that is gone is told by its ARN or name alone.
 */
export function touchedKeys(view: GraphView, dirty: Iterable<string>): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const urn of dirty) {
    keys.add(urn).add(edgesKey(urn));
    const resource = view.resource(urn);
    if (!resource) {
      const arn = parseArn(urn);
      for (const type of typesOfArn(urn)) addSets(keys, type, arn?.account, arn?.region);
      for (const type of azureTypesOfId(urn)) addSets(keys, type, subscriptionIn(urn), undefined);
      for (const type of typesOfName(urn)) addSets(keys, type, projectIn(urn), undefined);
      for (const { type, cluster } of typesOfK8sUrn(urn)) addSets(keys, type, cluster, undefined);
      // S3 ARNs name no account: whoever read the buckets of any account may be concerned.
      continue;
    }
    for (const alias of resource.aliases) keys.add(alias);
    addSets(keys, resource.type, resource.account, resource.region);
    for (const edge of [...view.edgesFrom(resource.urn), ...view.edgesTo(resource.urn)]) {
      if (!edge.derived) keys.add(edgesKey(edge.source)).add(edgesKey(edge.target));
    }
  }
  return keys;
}

function addSets(keys: Set<string>, type: string, account: string | undefined, region: string | undefined): void {
  for (const a of new Set([account ?? '', undefined])) for (const r of new Set([region, undefined])) keys.add(setKey(type, a, r === '' ? undefined : r));
}
