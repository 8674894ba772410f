import { isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { parseArn } from '#shared/lib/arn.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { parseTime } from '#shared/lib/time.ts';
import type { Edge, Resource } from '#shared/model/resource.ts';
import { awsAliases } from './aliases.ts';
import { canonicalKeys, canonicalObject } from './canonical-keys.ts';
import { configEdges } from './config-edges.ts';
import { parsePolicyText, parseStringified } from './policy-text.ts';
import { relationshipEdges } from './relationships.ts';
import { buildArn, kindOfType } from './resource-types.ts';
import { canonicalAccountBlock, canonicalBucket } from './s3-bucket.ts';
import { canonicalSecurityGroup } from './security-group.ts';

export interface ItemParts { readonly resource: Resource; readonly edges: readonly Edge[] }

/**
 * One AWS Config configuration item (snapshot, history, notification, query API or advanced query spelling) as a resource with its edges.
 * An error says which field is missing. Source: AWS Config API reference, ConfigurationItem and BaseConfigurationItem.
 */
export function parseConfigItem(item: JsonObject, source: string): Result<ItemParts> {
  const type = str(item, 'resourceType');
  if (type === undefined) return err('resourceType is missing');
  const id = str(item, 'resourceId'), name = str(item, 'resourceName');
  const given = str(item, 'ARN') ?? str(item, 'arn');
  const arn = given === undefined ? undefined : parseArn(given);
  const account = str(item, 'awsAccountId') ?? str(item, 'accountId') ?? (/^\d{12}$/.test(arn?.account ?? '') ? arn?.account : undefined);
  const region = regionOf(str(item, 'awsRegion') ?? arn?.region);
  const urn = urnOf({ type, id, name, account, region }, arn === undefined ? undefined : given);
  if (urn === undefined) return err('neither ARN nor resourceId is given');
  const status = str(item, 'configurationItemStatus') ?? 'OK';
  const deleted = /^ResourceDeleted/i.test(status);
  const configuration = parseStringified(item['configuration']);
  const isEmpty = configuration === undefined || configuration === null || configuration === '';
  // Such an item would hide what is known of the resource behind an empty configuration.
  if (isEmpty && !deleted && type !== 'AWS::S3::AccountPublicAccessBlock') return err(`no configuration recorded (${status})`);
  const supplementary = parseStringified(item['supplementaryConfiguration']);
  const config = canonicalConfig(type, configuration, isObject(supplementary) ? supplementary : {}, id ?? name);
  const label = name ?? str(config, 'Name') ?? tagsOf(item['tags'])['Name'];
  const created = parseTime(item['resourceCreationTime']) ?? parseTime(str(config, 'LaunchTime') ?? str(config, 'CreateDate') ?? str(config, 'CreationDate'));
  const captured = parseTime(item['configurationItemCaptureTime']);
  const resource: Resource = {
    urn, type, kind: kindOfType(type), aliases: awsAliases({ urn, type, id, name, config }), tags: { ...tagsOf(listTags(config, supplementary)), ...tagsOf(item['tags']) },
    deleted, config, source, provenance: 'observed',
    ...(label !== undefined && { name: label }), ...(account !== undefined && { account }), ...(region !== undefined && { region }),
    ...(created !== undefined && { created_us: created }), ...(captured !== undefined && { captured_us: captured }),
  };
  return ok({ resource, edges: deleted ? [] : edgesOf(resource, item) });
}

function edgesOf(resource: Resource, item: JsonObject): readonly Edge[] {
  const relationships = parseStringified(item['relationships']);
  const edges = [...configEdges(resource), ...relationshipEdges(resource, Array.isArray(relationships) ? relationships : [])];
  return [...new Map(edges.map((e) => [`${e.source}\n${e.kind}\n${e.target}`, e])).values()];
}

/** AWS Config writes `global` for IAM and `aws-global` in some answers: no region of its own. */
const regionOf = (region: string | undefined): string | undefined =>
  (region === undefined || region === '' || region === 'global' || region === 'aws-global' || region === 'Not Applicable' ? undefined : region);

function urnOf(known: { readonly type: string; readonly id: string | undefined; readonly name: string | undefined; readonly account: string | undefined; readonly region: string | undefined }, arn: string | undefined): string | undefined {
  if (known.type === 'AWS::S3::AccountPublicAccessBlock') return buildArn({ ...known, account: known.account ?? known.id });
  const built = arn ?? buildArn(known);
  if (built !== undefined) return built;
  const last = known.id ?? known.name;
  return last === undefined ? undefined : `aws:${known.account ?? ''}:${known.region ?? ''}:${known.type}:${last}`;
}

/** The recorded configuration in the CLI's words; supplementary parts that the CLI gives in calls of their own are put beside. */
export function canonicalConfig(type: string, configuration: unknown, supplementary: JsonObject, name: string | undefined): unknown {
  if (type === 'AWS::S3::AccountPublicAccessBlock') return canonicalAccountBlock(configuration);
  const base = canonicalObject(configuration);
  if (type === 'AWS::S3::Bucket') return canonicalBucket(base, supplementary, name);
  const extra = Object.fromEntries(Object.entries(supplementary).filter(([key]) => key !== 'Tags').map(([key, value]) =>
    [key, /policy$/i.test(key) ? policyText(parsePolicyText(value)) : canonicalKeys(parseStringified(value))]));
  const whole = { ...base, ...extra };
  return type === 'AWS::EC2::SecurityGroup' ? canonicalSecurityGroup(whole) : whole;
}

/** A function's policy comes with a link to the console around it. */
const policyText = (value: unknown): unknown => (isObject(value) && 'policyText' in value ? parsePolicyText(value['policyText']) : value);

const listTags = (config: unknown, supplementary: unknown): unknown => {
  const own = [...list(config, 'Tags'), ...list(config, 'TagSet')];
  return own.length > 0 ? own : isObject(supplementary) ? parseStringified(supplementary['Tags']) : undefined;
};

/** Tags from a map, from `[{key, value}]` in any case, or from either as text. */
export function tagsOf(value: unknown): Record<string, string> {
  const parsed = parseStringified(value);
  const pairs: [string, string][] = Array.isArray(parsed)
    ? parsed.flatMap((tag): [string, string][] => {
      const key = str(tag, 'key') ?? str(tag, 'Key') ?? str(tag, 'TagKey');
      return key === undefined ? [] : [[key, str(tag, 'value') ?? str(tag, 'Value') ?? str(tag, 'TagValue') ?? '']];
    })
    : isObject(parsed) ? Object.entries(parsed).flatMap(([key, tag]): [string, string][] => (typeof tag === 'string' ? [[key, tag]] : [])) : [];
  return Object.fromEntries(pairs);
}
