import { isObject, str } from '#shared/lib/json.ts';
import { newBucket, newResource } from '#shared/model/aws.ts';
import { plannedAt, plannedIn, referrers } from './plan-references.ts';
import type { TfResource } from './read-resource.ts';
import { isUntold } from './untold.ts';

/**
 * Names of what AWS gives a resource that a plan makes, as far as the plan says nothing else of it (`newBucket`, `newResource` of `shared/model/aws.ts`): the key `supposed` of its config. None for
 * what is there already: who made it may have set more.
 */
export function newDefaults(r: TfResource): readonly string[] | undefined {
  if (!r.isNew || !isObject(r.plan) || !isObject(r.plan['planned_values'])) return undefined;
  return r.type === 'aws_s3_bucket' ? bucketDefaults(r) : closedTo.get(r.type)?.filter((d) => !d.own.some((key) => isWritten(r, key)) && !d.by.some(([type, attribute]) => isSaid(r, type, attribute))).map((d) => d.name);
}

/**
 * S3 blocks public access and disables ACLs for every new bucket since April 2023, whoever makes it and how (S3 user guide, "Blocking public access", "Controlling ownership of objects"). Where the plan
 * writes a policy or an ACL of its own, nothing is taken of what would refuse it: whether that can be applied is another question.
 */
function bucketDefaults(r: TfResource): readonly string[] {
  const says = (type: string): boolean => isSaid(r, `aws_s3_bucket_${type}`, 'bucket'), hasPolicy = isWritten(r, 'policy') || says('policy'), hasAcl = isWritten(r, 'acl', 'private') || isWritten(r, 'grant') || says('acl');
  return [
    ...(hasPolicy ? [] : [newBucket.policy]), ...(hasAcl ? [] : [newBucket.acl]), ...(hasAcl || says('ownership_controls') ? [] : [newBucket.ownership]), ...(hasAcl || hasPolicy || says('public_access_block') ? [] : [newBucket.block]),
  ];
}

/** What else says who may use a resource: attributes of its own, and resources with the attribute that names it. */
interface Default { readonly name: string; readonly own: readonly string[]; readonly by: readonly (readonly [type: string, attribute: string])[] }

/** `Terraform type | attributes of its own | type:attribute …`: new ones have no policy, or let in their own account alone (SNS), and nobody else until somebody says so. */
const policies = `
aws_sqs_queue|policy|aws_sqs_queue_policy:queue_url
aws_sns_topic|policy|aws_sns_topic_policy:arn
aws_secretsmanager_secret|policy|aws_secretsmanager_secret_policy:secret_arn
aws_ecr_repository||aws_ecr_repository_policy:repository aws_ecr_registry_policy:registry_id
aws_dynamodb_table||aws_dynamodb_resource_policy:resource_arn
aws_kinesis_stream||aws_kinesis_resource_policy:resource_arn
aws_backup_vault||aws_backup_vault_policy:backup_vault_name
aws_cloudwatch_event_bus||aws_cloudwatch_event_bus_policy:event_bus_name aws_cloudwatch_event_permission:event_bus_name
aws_glacier_vault|access_policy|aws_glacier_vault_lock:vault_name
aws_codeartifact_domain||aws_codeartifact_domain_permissions_policy:domain
aws_codeartifact_repository||aws_codeartifact_repository_permissions_policy:repository
aws_opensearch_domain|access_policies|aws_opensearch_domain_policy:domain_name
aws_elasticsearch_domain|access_policies|aws_elasticsearch_domain_policy:domain_name
aws_lambda_function||aws_lambda_permission:function_name aws_lambda_function_url:function_name
`;
const named = (name: string, own: string, by: string): Default => ({ name, own: own.split(' ').filter((key) => key !== ''), by: by.split(' ').map((pair) => { const [type = '', attribute = ''] = pair.split(':'); return [type, attribute] as const; }) });
const closedTo: ReadonlyMap<string, readonly Default[]> = new Map<string, readonly Default[]>([
  ...policies.trim().split('\n').map((line): [string, readonly Default[]] => { const [type = '', own = '', by = ''] = line.split('|'); return [type, [named(newResource.policy, own, by), ...(type === 'aws_lambda_function' ? [named(newResource.url, '', 'aws_lambda_function_url:function_name')] : [])]]; }),
  ['aws_kms_key', [named(newResource.accountsKey, 'policy', 'aws_kms_key_policy:key_id')]], ['aws_ebs_snapshot', [named(newResource.unshared, '', 'aws_snapshot_create_volume_permission:snapshot_id')]], ['aws_ami', [named(newResource.unshared, '', 'aws_ami_launch_permission:image_id')]],
]);

/** Does its own block set it, to something else than this? */
function isWritten(r: TfResource, key: string, but?: string): boolean {
  const value = r.values[key];
  return isUntold(r, key) || !(value === undefined || value === null || value === '' || value === but || (Array.isArray(value) && value.length === 0));
}

/** Is a resource of this type about it, or about one that isn't told? Without a configuration any may be. */
function isSaid(r: TfResource, type: string, attribute: string): boolean {
  if (!plannedIn(r.plan).some((p) => p.type === type)) return false;
  const about = referrers(r.plan, type, attribute);
  // One that refers to something of another type (`random_pet.x.id`, another part) takes its name from there, and that may be this one's.
  const isElse = (key: string): boolean => ![undefined, r.type].includes(plannedAt(r.plan, key)?.type);
  return about.size === 0 || [...about.keys()].some(isElse) || ['', r.address, r.ownId, ...names.flatMap((key) => str(r.values, key) ?? [])].some((key) => about.has(key)) || [...about.keys()].some((key) => names.some((name) => { const own = str(r.values, name); return own !== undefined && key.includes(own); }));
}

/** Attributes by which a resource is named in others: whole, in its ARN or URL. */
const names = ['name', 'function_name', 'domain_name', 'domain', 'repository'] as const;
