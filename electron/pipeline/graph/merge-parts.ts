import { isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import type { Resource } from '#shared/model/resource.ts';

/** Lists of which each part tells some entries; every other key is told whole by one part. */
const joined: Readonly<Record<string, string>> = {
  RolePolicyList: 'PolicyName', UserPolicyList: 'PolicyName', GroupPolicyList: 'PolicyName', AttachedManagedPolicies: 'PolicyArn', GroupList: '', Targets: 'TargetId', ParentIds: '',
  ObjectAcls: 'Key', IpPermissions: '', IpPermissionsEgress: '', Routes: '', Entries: '', Associations: '', Propagations: '', LaunchPermissions: '', CreateVolumePermissions: '', PolicyStatements: 'Sid', KeyGrants: 'GrantId',
  bindings: '', access: '', acl: '', defaultObjectAcl: '', virtualNetworkPeerings: '', backendAddressPools: '', loadBalancingRules: '', inboundNatRules: '', inboundNatTargets: '', routes: '', applicationSecurityGroups: '', accessPolicies: '',
};

/**
 * A resource with one more part of it. What tells a resource whole wins over a part; of two parts that tell the same key the later one wins.
 * @param have what is known so far; undefined for nothing.
 */
export function mergePart(have: Resource | undefined, part: Resource): Resource {
  if (!have || have.deleted) return part;
  const [under, over] = have.part === undefined ? [part, have] : [have, part];
  const name = over.name ?? under.name, account = over.account ?? under.account, region = over.region ?? under.region, created = over.created_us ?? under.created_us;
  const calls = have.part === undefined ? undefined : [...new Set([...have.part.split('+'), ...(part.part ?? '').split('+')])].sort().join('+');
  return {
    ...over, aliases: [...new Set([...under.aliases, ...over.aliases])].sort(), tags: { ...under.tags, ...over.tags }, config: mergeConfig(under.config, over.config, over.source === 'terraform'),
    ...(name !== undefined && { name }), ...(account !== undefined && { account }), ...(region !== undefined && { region }), ...(created !== undefined && { created_us: created }), ...(calls !== undefined && { part: calls }),
  };
}

/** @param parted what is told whole doesn't know of parts that others set: Terraform's resources of their own for a policy. */
function mergeConfig(under: unknown, over: unknown, parted: boolean): unknown {
  if (!isObject(under) || !isObject(over)) return over ?? under;
  const both: JsonObject = { ...under, ...over };
  return Object.fromEntries(Object.entries(both).map(([key, value]) => {
    const id = joined[key];
    if (parted && /Polic(y|ies)$/.test(key) && (value === null || value === '')) return [key, under[key] ?? value];
    return id !== undefined && Array.isArray(under[key]) && Array.isArray(over[key]) ? [key, mergeLists(under[key], over[key], id)] : [key, value];
  }));
}

function mergeLists(under: readonly unknown[], over: readonly unknown[], id: string): readonly unknown[] {
  const keyOf = (item: unknown): string => (id === '' ? undefined : str(item, id)) ?? JSON.stringify(item);
  return [...new Map([...list(under), ...list(over)].map((item) => [keyOf(item), item])).values()];
}
