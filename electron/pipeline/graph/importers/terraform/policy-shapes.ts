import { partitionOf } from '#shared/lib/arn.ts';
import { at, str, type JsonObject } from '#shared/lib/json.ts';
import { awsUrn } from '#shared/model/aws.ts';
import { parsePolicyText } from '../aws/policy-text.ts';
import { keep, notTold } from './network-shapes.ts';
import { onePart, placeOf, targetUrn, type PartReader, type TfResource } from './read-resource.ts';
import { isUntold, untoldOf } from './untold.ts';

/** `Terraform type | type of the holder | attribute that names the holder | service and prefix of its ARN | attribute with the policy`. */
const table = `
aws_sns_topic_policy|SNS::Topic|arn|sns:|policy
aws_sqs_queue_policy|SQS::Queue|queue_url|sqs:|policy
aws_kms_key_policy|KMS::Key|key_id|kms:key/|policy
aws_secretsmanager_secret_policy|SecretsManager::Secret|secret_arn|secretsmanager:secret:|policy
aws_ecr_repository_policy|ECR::Repository|repository|ecr:repository/|policy
aws_elasticsearch_domain_policy|Elasticsearch::Domain|domain_name|es:domain/|access_policies
aws_opensearch_domain_policy|OpenSearch::Domain|domain_name|es:domain/|access_policies
aws_dynamodb_resource_policy|DynamoDB::Table|resource_arn|dynamodb:table/|policy
aws_kinesis_resource_policy|Kinesis::Stream|resource_arn|kinesis:stream/|policy
aws_efs_file_system_policy|EFS::FileSystem|file_system_id|elasticfilesystem:file-system/|policy
aws_backup_vault_policy|Backup::BackupVault|backup_vault_name|backup:backup-vault:|policy
aws_cloudwatch_event_bus_policy|Events::EventBus|event_bus_name|events:event-bus/|policy
aws_media_store_container_policy|MediaStore::Container|container_name|mediastore:container/|policy
aws_codeartifact_domain_permissions_policy|CodeArtifact::Domain|domain|codeartifact:domain/|policy_document
aws_msk_cluster_policy|MSK::Cluster|cluster_arn|kafka:cluster/|policy
aws_cloudwatch_log_destination_policy|Logs::Destination|destination_name|logs:destination:|access_policy
aws_glacier_vault_lock|Glacier::Vault|vault_name|glacier:vaults/|policy
`;

/** The ARN of what an id names: an ARN, a queue's URL or a name. */
function arnOf(r: TfResource, tail: string): (id: string) => string | undefined {
  const service = tail.slice(0, tail.indexOf(':')), prefix = tail.slice(tail.indexOf(':') + 1);
  return (id) => {
    const url = /^https?:\/\/sqs\.([a-z0-9-]+)\.[^/]+\/(\d{12})\/([^/]+)$/.exec(id);
    if (url) return `arn:${partitionOf(url[1])}:sqs:${url[1]}:${url[2]}:${url[3]}`;
    const { account, region } = placeOf(r);
    return id.startsWith('arn:') ? id : region === undefined || account === undefined ? undefined : `arn:${partitionOf(region)}:${service}:${region}:${account}:${prefix}${id}`;
  };
}

/** The policy in an attribute; one that nobody can read where it isn't told. */
export const policyIn = (r: TfResource, attribute: string): JsonObject => keep({ Policy: isUntold(r, attribute) ? notTold : attribute in r.values ? parsePolicyText(r.values[attribute]) : undefined });

const lines = table.trim().split('\n').map((line): readonly [string, PartReader] => {
  const [name = '', type = '', key = '', tail = '', attribute = ''] = line.split('|');
  return [name, (r) => {
    const urn = targetUrn(r, key, arnOf(r, tail));
    return onePart(`AWS::${type}`, urn, policyIn(r, attribute));
  }];
});

/** Lambda's permissions are statements, in attributes (Lambda guide, "Resource-based policy"). */
function permissionOf(r: TfResource, resource: string): JsonObject {
  const { values } = r, keys = ['principal', 'action', 'source_arn', 'source_account', 'principal_org_id', 'organization_id', 'function_url_auth_type', 'event_source_token'];
  // No statement: what nobody can read leaves the whole policy open.
  if (keys.some((key) => isUntold(r, key))) return { Sid: str(values, 'statement_id') ?? r.address, Effect: notTold };
  const given = (key: string): string | undefined => str(values, key) || undefined;
  const principal = given('principal') ?? '*', equals = keep({ 'AWS:SourceAccount': given('source_account'), 'aws:PrincipalOrgID': given('principal_org_id') ?? given('organization_id'), 'lambda:FunctionUrlAuthType': given('function_url_auth_type'), 'lambda:EventSourceToken': given('event_source_token') });
  const condition = keep({ StringEquals: Object.keys(equals).length > 0 ? equals : undefined, ArnLike: given('source_arn') === undefined ? undefined : { 'AWS:SourceArn': given('source_arn') } });
  const who = principal === '*' ? '*' : /\.amazonaws\.com(\.cn)?$|\.amazon\.com$/.test(principal) ? { Service: principal } : { AWS: principal };
  return { Sid: given('statement_id') ?? 'permission', Effect: 'Allow', Principal: who, Action: given('action') ?? 'lambda:InvokeFunction', Resource: resource, ...(Object.keys(condition).length > 0 && { Condition: condition }) };
}
/** The provider lets everyone call a URL without authorization that it makes (AWS provider, `aws_lambda_function_url`). */
const openedUrl: JsonObject = { Sid: 'FunctionURLAllowPublicAccess', Effect: 'Allow', Principal: '*', Action: 'lambda:InvokeFunctionUrl', Resource: '*', Condition: { StringEquals: { 'lambda:FunctionUrlAuthType': 'NONE' } } };
const statements = (policy: unknown): readonly unknown[] => [at(policy, 'Statement') ?? []].flat();

export const policyShapes: readonly (readonly [string, PartReader])[] = [
  ...lines,
  ['aws_lambda_permission', (r) => { const urn = targetUrn(r, 'function_name', arnOf(r, 'lambda:function:')); return onePart('AWS::Lambda::Function', urn?.replace(/(:function:[^:]+):.*$/, '$1'), { PolicyStatements: [permissionOf(r, urn ?? '*')] }); }],
  ['aws_lambda_function_url', (r) => (str(r.values, 'qualifier') || isUntold(r, 'qualifier') ? [] : onePart('AWS::Lambda::Function', targetUrn(r, 'function_name', arnOf(r, 'lambda:function:')), { FunctionUrlConfig: keep({ AuthType: str(r.values, 'authorization_type'), FunctionUrl: str(r.values, 'function_url') }), ...(r.isNew && str(r.values, 'authorization_type') === 'NONE' && { PolicyStatements: [openedUrl] }) }))],
  ['aws_lambda_layer_version_permission', (r) => {
    const layer = targetUrn(r, 'layer_name', arnOf(r, 'lambda:layer:')), version = str(r.values, 'version_number'), urn = layer === undefined || /:layer:[^:]+:\d+$/.test(layer) || layer.startsWith('terraform:') ? layer : `${layer}:${version ?? '1'}`;
    return onePart('AWS::Lambda::LayerVersion', urn, { PolicyStatements: [permissionOf(r, urn ?? '*')] });
  }],
  ...(['aws_ses_identity_policy', 'aws_sesv2_email_identity_policy'] as const).map((name): [string, PartReader] => [name, (r) => {
    const label = str(r.values, 'name') ?? str(r.values, 'policy_name') ?? r.address;
    return onePart('AWS::SES::EmailIdentity', targetUrn(r, name.startsWith('aws_sesv2') ? 'email_identity' : 'identity', arnOf(r, 'ses:identity/')), { PolicyStatements: isUntold(r, 'policy') ? [{ Sid: label, Effect: notTold }] : statements(parsePolicyText(r.values['policy'])).map((s, i) => ({ ...(s as JsonObject), Sid: `${label} ${i}` })) });
  }]),
  ['aws_api_gateway_rest_api_policy', (r) => onePart('AWS::ApiGateway::RestApi', targetUrn(r, 'rest_api_id', (id) => { const { region } = placeOf(r); return region === undefined ? undefined : `arn:${partitionOf(region)}:apigateway:${region}::/restapis/${id}`; }), policyIn(r, 'policy'))],
  ['aws_glue_resource_policy', (r) => { const { region } = placeOf(r), policy = parsePolicyText(r.values['policy']), account = placeOf(r).account ?? /arn:[^:]*:glue:[^:]*:(\d{12}):/.exec(JSON.stringify(policy) ?? '')?.[1], place = region ?? /arn:[^:]*:glue:([a-z0-9-]+):/.exec(JSON.stringify(policy) ?? '')?.[1]; return onePart('AWS::Glue::ResourcePolicy', account === undefined || place === undefined ? undefined : `arn:${partitionOf(place)}:glue:${place}:${account}:catalog`, { Policy: policy }); }],
  ['aws_s3_account_public_access_block', (r) => { const account = str(r.values, 'account_id') ?? str(r.values, 'id') ?? placeOf(r).account; return account === undefined || !/^\d{12}$/.test(account) ? [] : onePart('AWS::S3::AccountPublicAccessBlock', awsUrn.accountPublicAccessBlock(account), blockFlags(r)); }],
  ['aws_s3control_access_point_policy', (r) => onePart('AWS::S3::AccessPoint', targetUrn(r, 'access_point_arn', (id) => id), policyIn(r, 'policy'))],
  ['aws_ami_launch_permission', (r) => onePart('AWS::EC2::Image', targetUrn(r, 'image_id', ec2Arn(r, 'image')), { LaunchPermissions: [isUntold(r, 'group') ? { untold: ['Group'], By: r.address } : keep({ Group: str(r.values, 'group') || undefined, UserId: str(r.values, 'account_id') || undefined, OrganizationArn: str(r.values, 'organization_arn') || undefined })] })],
  ['aws_snapshot_create_volume_permission', (r) => onePart('AWS::EC2::Snapshot', targetUrn(r, 'snapshot_id', ec2Arn(r, 'snapshot')), { CreateVolumePermissions: [isUntold(r, 'account_id') ? { untold: ['Group'], By: r.address } : str(r.values, 'account_id') === 'all' ? { Group: 'all' } : { UserId: str(r.values, 'account_id') ?? '' }] })],
];
const ec2Arn = (r: TfResource, kind: string) => (id: string): string | undefined => { const { region } = placeOf(r); return region === undefined ? undefined : `arn:${partitionOf(region)}:ec2:${region}::${kind}/${id}`; };
export const blockFlags = (r: TfResource): JsonObject => ({
  ...untoldOf(r, { block_public_acls: 'BlockPublicAcls', ignore_public_acls: 'IgnorePublicAcls', block_public_policy: 'BlockPublicPolicy', restrict_public_buckets: 'RestrictPublicBuckets' }),
  BlockPublicAcls: r.values['block_public_acls'] === true, IgnorePublicAcls: r.values['ignore_public_acls'] === true, BlockPublicPolicy: r.values['block_public_policy'] === true, RestrictPublicBuckets: r.values['restrict_public_buckets'] === true,
});
