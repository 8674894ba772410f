import { isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { gcpTypes, iamPolicyUrn, lastPart, orgPolicyUrn } from '#shared/model/gcp.ts';
import type { Resource } from '#shared/model/resource.ts';
import { accountOf, type Asset } from './asset-resource.ts';
import { kindOfAsset } from './asset-types.ts';

const base = (source: string): Pick<Resource, 'aliases' | 'tags' | 'deleted' | 'source' | 'provenance'> => ({ aliases: [], tags: {}, deleted: false, source, provenance: 'observed' });

/**
 * The IAM policy of a resource as a node beside it, and the people and groups that it names. It answers to the name of the resource, so
 * that a bucket of which only the policy was exported is found; the resource's own record, where there is one, goes first.
 */
export function iamPolicyNodes(asset: Omit<Asset, 'data'>, policy: JsonObject, source: string): readonly Resource[] {
  const account = accountOf(asset, {});
  const node: Resource = {
    ...base(source), urn: iamPolicyUrn(asset.name), type: gcpTypes.iamPolicy, kind: kindOfAsset(asset.type), name: `${lastPart(asset.name)} (IAM policy)`,
    // A second bearer of the bucket's short names would make them ambiguous.
    aliases: [asset.name],
    config: { ...policy, of: { name: asset.name, type: asset.type }, ...(asset.ancestors.length > 0 && { ancestors: asset.ancestors }) },
    ...(account !== undefined && { account }), ...(asset.captured_us !== undefined && { captured_us: asset.captured_us }),
  };
  return [node, ...people(list(policy, 'bindings').flatMap((b) => list(b, 'members')), source)];
}

/** Users and groups exist for us only in the policies, and as members of the groups, that name them. Service accounts have records of their own. */
export function people(named: readonly unknown[], source: string): readonly Resource[] {
  const members = new Set(named.filter((m): m is string => typeof m === 'string' && /^(user|group):[^\s:]+@[^\s:]+$/.test(m)));
  return [...members].map((urn) => ({ ...base(source), urn, type: urn.startsWith('user:') ? gcpTypes.user : gcpTypes.group, kind: 'identity' as const, name: urn.slice(urn.indexOf(':') + 1), aliases: [urn.slice(urn.indexOf(':') + 1)], config: { member: urn } }));
}

/** One node for each organization policy set on a project, folder or organization. */
export function orgPolicyNodes(asset: Omit<Asset, 'data'>, policies: readonly unknown[], source: string): readonly Resource[] {
  return policies.filter(isObject).flatMap((policy): readonly Resource[] => {
    const constraint = str(policy, 'constraint') ?? str(policy, 'name');
    if (constraint === undefined) return [];
    return [{ ...base(source), urn: orgPolicyUrn(asset.name, constraint), type: gcpTypes.orgPolicy, kind: 'policy', name: lastPart(constraint), config: { ...policy, of: { name: asset.name, type: asset.type } } }];
  });
}
