import { isObject, type JsonObject } from '#shared/lib/json.ts';

/**
 * The rules of a security group in the CLI's words. AWS Config lists IPv4 ranges twice: `ipv4Ranges` (objects) and the older
 * `ipRanges` (strings); the CLI has objects under `IpRanges`. Prefix lists of old items are strings too.
 */
export function canonicalSecurityGroup(config: JsonObject): JsonObject {
  return {
    ...config,
    ...('IpPermissions' in config && { IpPermissions: permissions(config['IpPermissions']) }),
    ...('IpPermissionsEgress' in config && { IpPermissionsEgress: permissions(config['IpPermissionsEgress']) }),
  };
}

function permissions(value: unknown): unknown {
  return Array.isArray(value) ? value.map(permission) : value;
}

function permission(value: unknown): unknown {
  if (!isObject(value)) return value;
  const { Ipv4Ranges: objects, IpRanges: ranges, ...rest } = value;
  const ipv4 = Array.isArray(objects) && objects.length > 0 ? objects : ranges ?? objects;
  return {
    ...rest,
    ...(ipv4 !== undefined && { IpRanges: wrapped(ipv4, 'CidrIp') }),
    ...('PrefixListIds' in rest && { PrefixListIds: wrapped(rest['PrefixListIds'], 'PrefixListId') }),
  };
}

function wrapped(value: unknown, key: string): unknown {
  return Array.isArray(value) ? value.map((item: unknown) => (typeof item === 'string' ? { [key]: item } : item)) : value;
}
