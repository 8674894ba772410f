import { isObject, str, type JsonObject } from '#shared/lib/json.ts';
import { parseTime } from '#shared/lib/time.ts';
import { awsUrn } from '#shared/model/aws.ts';
import type { Edge, Resource } from '#shared/model/resource.ts';
import { awsAliases } from './aliases.ts';
import { canonicalObject } from './canonical-keys.ts';
import type { CliPlace } from './cli-place.ts';
import { configEdges } from './config-edges.ts';
import { tagsOf } from './config-item.ts';
import { buildArn, kindOfType } from './resource-types.ts';

export interface Parts { readonly resource: Resource; readonly edges: readonly Edge[] }
export interface Told { readonly type: string; readonly id: string; readonly arn?: string | undefined; readonly name?: string | undefined; readonly part: string; readonly config: JsonObject; readonly place: CliPlace }

/** One resource as far as one answer of the AWS API tells of it, with the edges that the answer states. */
export function resourceOf({ type, id, arn, name, part, config: raw, place }: Told): Parts {
  const config = canonicalObject(raw);
  const { account, region } = place;
  const urn = urnOf(type, id, arn, place);
  const own = [id, arn].filter((x) => x !== undefined && x !== urn && isOwnId(type, x)).map(String);
  const label = name ?? tagsOf(config['Tags'])['Name'];
  const created = ['LaunchTime', 'CreateDate', 'CreationDate', 'CreateTime', 'CreatedTime', 'InstanceCreateTime'].map((key) => parseTime(config[key])).find((t) => t !== undefined);
  const resource: Resource = {
    urn, type, kind: kindOfType(type), aliases: [...new Set([...awsAliases({ urn, type, id, name, config }), ...own])].sort(),
    tags: { ...tagsOf(config['Tags']), ...tagsOf(config['TagSet']), ...tagsOf(config['TagList']) }, deleted: false, config, source: 'aws-cli', provenance: 'observed', part,
    ...(label !== undefined && { name: label }), ...(account !== undefined && { account }), ...(region !== undefined && { region }), ...(created !== undefined && { created_us: created }),
  };
  return { resource, edges: configEdges(resource) };
}

/** Ids that mean one thing across AWS; EC2's are unique, whatever stands behind their prefix. */
const isOwnId = (type: string, id: string): boolean => id.startsWith('arn:') || /^AWS::(EC2|Organizations)::/.test(type) || type === 'AWS::S3::Bucket';

function urnOf(type: string, id: string, arn: string | undefined, { account, region }: CliPlace): string {
  if (type === 'AWS::Organizations::Account') return awsUrn.account(id);
  // Some answers know these by their id only.
  if (type.startsWith('AWS::Organizations::')) return `arn:aws:organizations:::${type.slice('AWS::Organizations::'.length).toLowerCase()}/${id}`;
  if (type === 'AWS::Lambda::Url') return `${id}:url`;
  if (arn?.startsWith('arn:') === true) return arn;
  return buildArn({ type, id, account, region }) ?? `aws:${account ?? ''}:${region ?? ''}:${type}:${id}`;
}

/** The strings of a policy's `Resource` elements. */
export function policyResources(policy: unknown): readonly string[] {
  const statements = isObject(policy) ? policy['Statement'] : undefined;
  return (Array.isArray(statements) ? statements : [statements]).flatMap((s: unknown) => {
    const resource = isObject(s) ? s['Resource'] : undefined;
    return (Array.isArray(resource) ? resource : [resource]).filter((r) => typeof r === 'string');
  });
}
export const idOf = (item: JsonObject, ...keys: readonly string[]): string | undefined => keys.map((key) => str(item, key)).find((x) => x !== undefined);
