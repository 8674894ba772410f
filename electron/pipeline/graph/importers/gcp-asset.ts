import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { parseTime } from '#shared/lib/time.ts';
import { gcpTypes } from '#shared/model/gcp.ts';
import type { Edge, Resource } from '#shared/model/resource.ts';
import type { Normalized, RecordContext, Sample } from '../../ports.ts';
import { assetResource, type Asset } from './gcp/asset-resource.ts';
import { assetType } from './gcp/asset-types.ts';
import { groupMembers } from './gcp/group-members.ts';
import { iamPolicyNodes, orgPolicyNodes } from './gcp/policy-nodes.ts';
import type { Importer } from './importer.ts';

/**
 * Cloud Asset Inventory: exports (NDJSON), arrays, `assets.list` and search answers, feeds; resources, IAM policies, organization policies,
 * access policies; snake_case and camelCase. An OS inventory is counted and adds nothing.
 */
export const gcpAsset: Importer = {
  name: 'gcp-asset', kind: 'resources',
  description: 'Google Cloud Asset Inventory: resources, IAM and organization policies (NDJSON, arrays, assets.list)',
  containers: [{ kind: 'json-path', paths: ['assets', 'results'], emptyOk: true }, { kind: 'json' }],
  detect, parse,
};

const nameOf = (record: JsonObject): string | undefined => str(record, 'name') ?? str(record, 'resource');
const isAsset = (value: unknown): boolean => isObject(value) && (str(value, 'asset_type') ?? str(value, 'assetType')) !== undefined && /^\/\/[a-z0-9.-]+\//.test(nameOf(value) ?? '');

/** `compute.googleapis.com/Instance`, formerly `google.compute.Instance`: other tools' alerts have asset types as well. */
const isTypeOfGoogle = (type: string): boolean => /^[a-z0-9-]+(\.[a-z0-9-]+)*\.(googleapis\.com|k8s\.io)\/\w+|^google\.[a-z.]+\.\w+$|^k8s\.io\/\w+$/.test(type);

function detect({ document, records }: Sample): number {
  if (isObject(document) && [...list(document, 'assets'), ...list(document, 'results')].some(isAsset)) return 95;
  if (isObject(document) && Array.isArray(document['assets']) && 'readTime' in document) return 85;
  if (records.some((r) => isAsset(r) || (isObject(r) && isAsset(r['asset'])))) return 90;
  return records.some((r) => isObject(r) && isTypeOfGoogle(str(r, 'asset_type') ?? str(r, 'assetType') ?? '')) ? 60 : 0;
}

function parse(found: unknown, context: RecordContext): Result<Normalized> {
  if (!isObject(found)) return err('not a JSON object');
  // A feed or a history wraps the asset.
  const record = isObject(found['asset']) ? found['asset'] : found;
  const written = str(record, 'asset_type') ?? str(record, 'assetType'), name = nameOf(record);
  if (written === undefined) return err('asset_type is missing');
  if (name === undefined || !/^\/\/[a-z0-9.-]+\/.+/.test(name)) return err(`name is not a full resource name: ${(name ?? '(missing)').slice(0, 200)}`);
  const head = { name, type: assetType(written, name), ancestors: ancestorsOf(record), captured_us: parseTime(str(context.parents[0], 'readTime') ?? str(context.parents[0], 'read_time')) };
  const isGone = found['deleted'] === true;
  const members = head.type === gcpTypes.groupMembers && isObject(at(record, 'resource', 'data')) ? at(record, 'resource', 'data') : undefined;
  const { resources, edges } = isObject(members) ? groupMembers(name, members, 'gcp-asset') : contentOf(head, record);
  return ok({ resources: isGone ? resources.map((r) => ({ ...r, deleted: true })) : resources, edges: isGone ? [] : edges });
}

function contentOf(head: Omit<Asset, 'data'>, record: JsonObject): { readonly resources: readonly Resource[]; readonly edges: readonly Edge[] } {
  const data = dataOf(head.type, record);
  const iam = record['iam_policy'] ?? record['iamPolicy'] ?? record['policy'];
  const org = [...list(record, 'org_policy'), ...list(record, 'orgPolicy'), ...(head.type === 'orgpolicy.googleapis.com/Policy' && data ? [data] : [])];
  const named = data === undefined ? undefined : assetResource({ ...head, data }, 'gcp-asset');
  // A search result names the resource and doesn't tell it: what is told elsewhere stays.
  const own = named && Object.keys(data ?? {}).length === 0 ? { ...named, resource: { ...named.resource, part: 'asset-name' } } : named;
  return {
    resources: [
      ...(own ? [own.resource] : []), ...(isObject(iam) ? iamPolicyNodes(head, iam, 'gcp-asset') : []),
      ...orgPolicyNodes(head.type === 'orgpolicy.googleapis.com/Policy' ? { ...head, ...policyHolder(head.name) } : head, org, 'gcp-asset'),
    ],
    edges: own?.edges ?? [],
  };
}

/** `//orgpolicy.googleapis.com/projects/1/policies/storage.publicAccessPrevention` is set on the project. */
const policyHolder = (name: string): Pick<Asset, 'name' | 'type'> => {
  const holder = /(projects|folders|organizations)\/[^/]+/.exec(name)?.[0] ?? name;
  return { name: `//cloudresourcemanager.googleapis.com/${holder}`, type: holder.startsWith('projects') ? gcpTypes.project : gcpTypes.folder };
};

/** The configuration; search results and records of other content (policies, OS inventory) have none of it. */
function dataOf(type: string, record: JsonObject): JsonObject | undefined {
  const resource = record['resource'];
  if (isObject(resource)) return isObject(resource['data']) ? resource['data'] : {};
  const perimeter = record['service_perimeter'] ?? record['servicePerimeter'];
  if (type === gcpTypes.perimeter && isObject(perimeter)) return perimeter;
  const other = ['iam_policy', 'iamPolicy', 'policy', 'org_policy', 'orgPolicy', 'os_inventory', 'osInventory', 'access_level', 'accessLevel', 'access_policy', 'accessPolicy', 'related_assets', 'relatedAssets'].some((key) => key in record);
  return other ? undefined : {};
}

/** `ancestors` names the resource itself first when that is a project, folder or organization. */
function ancestorsOf(record: JsonObject): readonly string[] {
  const named = list(record, 'ancestors').filter((a): a is string => typeof a === 'string');
  if (named.length > 0) return named;
  const flat = [str(record, 'project'), ...list(record, 'folders'), str(record, 'organization')].filter((a): a is string => typeof a === 'string' && /^(projects|folders|organizations)\//.test(a));
  if (flat.length > 0) return flat;
  const resource = record['resource'];
  const parent = isObject(resource) ? str(resource, 'parent') : undefined;
  const path = parent === undefined ? undefined : /^\/\/cloudresourcemanager\.googleapis\.com\/((?:projects|folders|organizations)\/[^/]+)$/.exec(parent)?.[1];
  return path === undefined ? [] : [path];
}
