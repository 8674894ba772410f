import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { parseArn } from '#shared/lib/arn.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { parseTime } from '#shared/lib/time.ts';
import { identityPages } from '#shared/model/aws.ts';
import type { Resource } from '#shared/model/resource.ts';
import type { Normalized, RecordContext, Sample } from '../../ports.ts';
import { awsAliases } from './aws/aliases.ts';
import { canonicalObject } from './aws/canonical-keys.ts';
import { configEdges } from './aws/config-edges.ts';
import { tagsOf } from './aws/config-item.ts';
import { cutListOf } from './aws/cut-list.ts';
import { kindOfType } from './aws/resource-types.ts';
import type { Importer } from './importer.ts';

const detailLists = ['UserDetailList', 'GroupDetailList', 'RoleDetailList', 'Policies'] as const;

/** `aws iam get-account-authorization-details`, one page or many, concatenated or in an array, documents as objects or URL-encoded text (the raw API). */
export const awsIamAuthz: Importer = {
  name: 'aws-iam-authz', kind: 'resources',
  description: 'AWS IAM: get-account-authorization-details (users, groups, roles, policies)',
  containers: [{ kind: 'json-path', paths: [...detailLists, ...detailLists.map((name) => `[].${name}`)] }],
  detect,
  parse,
};

function detect(sample: Sample): number {
  const document: unknown = Array.isArray(sample.document) ? sample.document[0] : sample.document;
  if (!isObject(document)) return 0;
  const present = detailLists.filter((key) => Array.isArray(document[key]));
  if (present.some((key) => key !== 'Policies')) return present.length > 1 ? 95 : 85;
  // list-policies has the same key; only this call puts the versions' documents in.
  return list(document, 'Policies').some((policy) => Array.isArray(at(policy, 'PolicyVersionList'))) ? 80 : 0;
}

function typeOf(record: JsonObject, from: string): string | undefined {
  if (from.startsWith('User') || 'UserName' in record) return 'AWS::IAM::User';
  if (from.startsWith('Role') || 'AssumeRolePolicyDocument' in record) return 'AWS::IAM::Role';
  if (from.startsWith('Group') || 'GroupPolicyList' in record) return 'AWS::IAM::Group';
  return from.startsWith('Polic') || 'PolicyVersionList' in record ? 'AWS::IAM::Policy' : undefined;
}

function parse(record: unknown, context: RecordContext): Result<Normalized> {
  if (!isObject(record)) return err('not a JSON object');
  const type = typeOf(record, context.from.replace(/^\[\]\./, ''));
  if (type === undefined) return err('neither user, group, role nor policy');
  const urn = str(record, 'Arn');
  if (urn === undefined) return err('Arn is missing');
  const arn = parseArn(urn);
  if (arn?.service !== 'iam') return err(`Arn is not an IAM ARN: ${urn.slice(0, 200)}`);
  const config = canonicalObject(record);
  // Managed policies of AWS stand under the account `aws`: they belong to no account of ours.
  const account = /^\d{12}$/.test(arn.account) ? arn.account : undefined;
  const name = str(record, 'UserName') ?? str(record, 'RoleName') ?? str(record, 'GroupName') ?? str(record, 'PolicyName');
  const created = parseTime(record['CreateDate']);
  const resource: Resource = {
    urn, type, kind: kindOfType(type), aliases: awsAliases({ urn, type, config }), tags: tagsOf(record['Tags']),
    deleted: false, config, source: 'aws-iam-authz', provenance: 'observed',
    ...(name !== undefined && { name }), ...(account !== undefined && { account }), ...(created !== undefined && { created_us: created }),
  };
  return ok({ resources: [resource, ...cutListOf(context.parents, identityPages, { account }, 'aws-iam-authz')], edges: configEdges(resource) });
}
