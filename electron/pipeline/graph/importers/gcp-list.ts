import { isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { bucketName, gcpTypes, projectName } from '#shared/model/gcp.ts';
import type { Normalized, RecordContext, Sample } from '../../ports.ts';
import { assetResource } from './gcp/asset-resource.ts';
import { listedAsset } from './gcp/listed-asset.ts';
import { iamPolicyNodes, orgPolicyNodes } from './gcp/policy-nodes.ts';
import type { Importer } from './importer.ts';

/** `gcloud … list --format json` and REST lists: compute, networks and firewalls, buckets, service accounts, projects, Cloud Run, IAM policies. */
export const gcpList: Importer = {
  name: 'gcp-list', kind: 'resources',
  description: 'gcloud list and describe output in JSON: instances, firewall rules, networks, buckets, service accounts, IAM policies',
  containers: [{ kind: 'json-path', paths: ['items', 'accounts', 'projects'] }, { kind: 'json' }],
  detect, parse,
};

const isListed = (value: unknown): boolean => isObject(value) && listedAsset(value) !== undefined;
const isPolicy = (value: unknown): value is JsonObject => isObject(value) && Array.isArray(value['bindings']) && list(value, 'bindings').every((b) => isObject(b) && str(b, 'role') !== undefined) && !('asset_type' in value || 'assetType' in value);

function detect({ document, records }: Sample): number {
  const inside = isObject(document) ? [...list(document, 'items'), ...list(document, 'accounts'), ...list(document, 'projects')] : [];
  if (inside.some(isListed)) return 80;
  if (records.some(isListed)) return 82;
  // An empty list of bindings is anybody's.
  return records.some((r) => isPolicy(r) && list(r, 'bindings').length > 0 && ('etag' in r || list(r, 'bindings').some((b) => /^(roles|projects|organizations)\//.test(str(b, 'role') ?? '')))) ? 80 : 0;
}

function parse(record: unknown, _context: RecordContext): Result<Normalized> {
  if (!isObject(record)) return err('not a JSON object');
  const asset = listedAsset(record);
  if (asset) {
    const { resource, edges } = assetResource({ ...asset, ancestors: parentOf(asset.type, record) }, 'gcp-list');
    const isOrgPolicy = asset.type === 'orgpolicy.googleapis.com/Policy';
    const holder = /(projects|folders|organizations)\/[^/]+/.exec(asset.name)?.[0] ?? '';
    return ok({ resources: [resource, ...(isOrgPolicy ? orgPolicyNodes({ name: `//cloudresourcemanager.googleapis.com/${holder}`, type: gcpTypes.project, ancestors: [] }, [record], 'gcp-list') : [])], edges });
  }
  if (isPolicy(record)) return policyOf(record);
  return err('neither a resource with kind, selfLink or a projects/… name, nor an IAM policy');
}

function parentOf(type: string, record: JsonObject): readonly string[] {
  if (type === gcpTypes.bucket) { const number = str(record, 'projectNumber'); return number === undefined ? [] : [`projects/${number}`]; }
  const parent = record['parent'];
  if (type === gcpTypes.project && isObject(parent)) { const kind = str(parent, 'type'), id = str(parent, 'id'); return kind === undefined || id === undefined ? [] : [`${kind}s/${id}`]; }
  return [];
}

/**
 * Cloud Storage says of which bucket a policy is (`resourceId`); `gcloud projects get-iam-policy` doesn't say of which project. Convenience members name it; else the one project whose own service accounts
 * the policy names is taken, which is an inference and marked so.
 */
function policyOf(record: JsonObject): Result<Normalized> {
  const bucket = /^projects\/_\/buckets\/([^/]+)$/.exec(str(record, 'resourceId') ?? '')?.[1];
  if (bucket !== undefined) return ok({ resources: iamPolicyNodes({ name: bucketName(bucket), type: gcpTypes.bucket, ancestors: [] }, record, 'gcp-list') });
  const members = list(record, 'bindings').flatMap((b) => list(b, 'members')).filter((m): m is string => typeof m === 'string');
  const stated = new Set(members.flatMap((m) => /^project(?:Owner|Editor|Viewer):(.+)$/.exec(m)?.[1] ?? []));
  if (stated.size > 0) return err('an IAM policy of a bucket or dataset does not say of which: export it with gcloud asset (--content-type iam-policy)');
  const own = new Set(members.flatMap((m) => /@([a-z][a-z0-9-]{4,28}[a-z0-9])\.iam\.gserviceaccount\.com$/.exec(m)?.[1] ?? []).filter((p) => !/^(gcp-sa-|gs-project|cloud-|container-|compute-system|service-|serverless|dataflow|firebase|system)/.test(p)));
  const [project] = own;
  if (project === undefined || own.size > 1) return err('the IAM policy does not say of which resource it is: export it with gcloud asset (--content-type iam-policy)');
  const nodes = iamPolicyNodes({ name: projectName(project), type: gcpTypes.project, ancestors: [] }, record, 'gcp-list');
  return ok({ resources: nodes.map((n, i) => (i === 0 ? { ...n, provenance: 'inferred' as const } : n)) });
}
