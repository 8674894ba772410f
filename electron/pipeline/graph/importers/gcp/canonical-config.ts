import { isObject, list, type JsonObject } from '#shared/lib/json.ts';

/** Early Cloud Asset exports wrote repeated fields in the singular and some fields by their protobuf names. */
const spelled: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'compute.googleapis.com/Instance': { networkInterface: 'networkInterfaces', accessConfig: 'accessConfigs', serviceAccount: 'serviceAccounts', scope: 'scopes', externalIp: 'natIP', ipAddress: 'networkIP', tag: 'items', disk: 'disks', ipv6AccessConfig: 'ipv6AccessConfigs', aliasIpRange: 'aliasIpRanges' },
  'compute.googleapis.com/Firewall': { sourceRange: 'sourceRanges', destinationRange: 'destinationRanges', sourceTag: 'sourceTags', targetTag: 'targetTags', sourceServiceAccount: 'sourceServiceAccounts', targetServiceAccount: 'targetServiceAccounts', port: 'ports', ipProtocol: 'IPProtocol' },
  'compute.googleapis.com/ForwardingRule': { ipAddress: 'IPAddress', ipProtocol: 'IPProtocol', port: 'ports' },
  'compute.googleapis.com/Network': { peering: 'peerings', subnetwork: 'subnetworks' },
  'compute.googleapis.com/Route': { tag: 'tags' },
  'compute.googleapis.com/TargetPool': { instance: 'instances' },
  'compute.googleapis.com/BackendService': { backend: 'backends' },
  'sqladmin.googleapis.com/Instance': { authorizedNetwork: 'authorizedNetworks', ipAddress: 'ipAddresses' },
};
/** Under these keys stand names of the customer's own. */
const maps = new Set(['labels', 'annotations', 'metadata', 'userLabels', 'resourceLabels']);
const always = new Set(['networkInterfaces', 'accessConfigs', 'serviceAccounts', 'scopes', 'items', 'disks', 'sourceRanges', 'destinationRanges', 'sourceTags', 'targetTags', 'sourceServiceAccounts', 'targetServiceAccounts', 'ports', 'peerings', 'instances', 'backends', 'authorizedNetworks', 'ipAddresses']);
const maxDepth = 40;

/** `resource.data` in the words of the REST API; nothing is dropped. A firewall's tags are lists of names, an instance's `tags` an object with `items`. */
export function canonicalConfig(type: string, data: unknown): JsonObject {
  const words = spelled[type];
  if (!isObject(data)) return {};
  return words === undefined ? data : rename(data, words, 0);
}

function rename(value: JsonObject, words: Readonly<Record<string, string>>, depth: number): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => {
    const own = Object.hasOwn(words, key) ? words[key] : undefined;
    const name = own === undefined || Object.hasOwn(value, own) ? key : own;
    const deeper = depth > maxDepth || maps.has(key) ? inner : Array.isArray(inner) ? inner.map((item) => (isObject(item) ? rename(item, words, depth + 1) : item)) : isObject(inner) ? rename(inner, words, depth + 1) : inner;
    return [name, name !== key && always.has(name) ? list(deeper) : deeper];
  }));
}

/** Labels of a resource, wherever its API keeps them. */
export function labelsOf(config: JsonObject): Readonly<Record<string, string>> {
  const settings = isObject(config['settings']) ? config['settings'] : {}, metadata = isObject(config['metadata']) ? config['metadata'] : {};
  const found = [metadata['labels'], settings['userLabels'], config['resourceLabels'], config['labels']].filter(isObject);
  return Object.fromEntries(found.flatMap((labels) => Object.entries(labels)).flatMap(([k, v]) => (typeof v === 'string' ? [[k, v]] : [])));
}
