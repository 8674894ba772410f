import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { parseArn, partitionOf } from '#shared/lib/arn.ts';
import { awsUrn } from '#shared/model/aws.ts';
import { buildArn, isNamed } from '../aws/resource-types.ts';
import { resolveOne, type Planned, type Resolve } from './plan-references.ts';
import type { Marks } from './untold.ts';

/** One instance of a resource as Terraform knows it. */
export interface TfResource {
  readonly address: string;
  readonly type: string;
  readonly values: JsonObject;
  readonly marks: Marks;
  /** The plan is yet to make it. */
  readonly isNew: boolean;
  readonly resolve: Resolve;
  /** Is all that an attribute refers to of the plan? */
  readonly isFollowed: (key: string) => boolean;
  /** What another resource of the same plan refers to. */
  readonly resolveFrom: (address: string) => Resolve;
  /** The document around it. */
  readonly plan: unknown;
  readonly region: string | undefined;
  readonly account: string | undefined;
  readonly ownId: string;
  /** Account and region of the whole state, where they are one each. */
  readonly home: { readonly account: string | undefined; readonly region: string | undefined };
  /** A plan manages what comes with a VPC itself: its main route table, its default network ACL. */
  readonly manages: { readonly table: boolean; readonly acl: boolean };
}

/** What a resource says of another one: the other's type and id or urn, and the part of its config. */
export interface PartShape { readonly type: string; readonly urn: string; readonly config: JsonObject }
export type PartReader = (r: TfResource) => readonly PartShape[];
/** One part, of a resource that is told; none of one that isn't. */
export const onePart = (type: string, urn: string | undefined, config: JsonObject): readonly PartShape[] => (urn === undefined ? [] : [{ type, urn, config }]);
/** Where a resource lies: by itself, else with the whole state. */
export const placeOf = (r: TfResource): TfResource['home'] => ({ account: r.account ?? r.home.account, region: r.region ?? r.home.region });

/** Terraform types with the type that AWS Config and the graph use. */
export const awsTypes: ReadonlyMap<string, string> = new Map(Object.entries({
  aws_instance: 'EC2::Instance', aws_network_interface: 'EC2::NetworkInterface', aws_security_group: 'EC2::SecurityGroup', aws_default_security_group: 'EC2::SecurityGroup', aws_vpc: 'EC2::VPC', aws_default_vpc: 'EC2::VPC',
  aws_subnet: 'EC2::Subnet', aws_default_subnet: 'EC2::Subnet', aws_route_table: 'EC2::RouteTable', aws_default_route_table: 'EC2::RouteTable', aws_internet_gateway: 'EC2::InternetGateway', aws_network_acl: 'EC2::NetworkAcl', aws_default_network_acl: 'EC2::NetworkAcl',
  aws_nat_gateway: 'EC2::NatGateway', aws_eip: 'EC2::EIP', aws_ebs_volume: 'EC2::Volume', aws_ebs_snapshot: 'EC2::Snapshot', aws_ami: 'EC2::Image', aws_vpc_endpoint: 'EC2::VPCEndpoint', aws_vpc_peering_connection: 'EC2::VPCPeeringConnection', aws_ec2_transit_gateway: 'EC2::TransitGateway',
  aws_flow_log: 'EC2::FlowLog', aws_launch_template: 'EC2::LaunchTemplate', aws_s3_bucket: 'S3::Bucket', aws_iam_role: 'IAM::Role', aws_iam_user: 'IAM::User', aws_iam_group: 'IAM::Group', aws_iam_policy: 'IAM::Policy', aws_iam_instance_profile: 'IAM::InstanceProfile',
  aws_lb: 'ElasticLoadBalancingV2::LoadBalancer', aws_alb: 'ElasticLoadBalancingV2::LoadBalancer', aws_lb_listener: 'ElasticLoadBalancingV2::Listener', aws_alb_listener: 'ElasticLoadBalancingV2::Listener', aws_lb_target_group: 'ElasticLoadBalancingV2::TargetGroup', aws_alb_target_group: 'ElasticLoadBalancingV2::TargetGroup',
  aws_elb: 'ElasticLoadBalancing::LoadBalancer', aws_db_instance: 'RDS::DBInstance', aws_rds_cluster: 'RDS::DBCluster', aws_db_subnet_group: 'RDS::DBSubnetGroup', aws_redshift_cluster: 'Redshift::Cluster', aws_dynamodb_table: 'DynamoDB::Table', aws_elasticache_cluster: 'ElastiCache::CacheCluster',
  aws_lambda_function: 'Lambda::Function', aws_sns_topic: 'SNS::Topic', aws_sqs_queue: 'SQS::Queue', aws_kinesis_stream: 'Kinesis::Stream', aws_kms_key: 'KMS::Key', aws_secretsmanager_secret: 'SecretsManager::Secret', aws_ssm_parameter: 'SSM::Parameter', aws_eks_cluster: 'EKS::Cluster', aws_ecs_cluster: 'ECS::Cluster',
  aws_ecs_service: 'ECS::Service', aws_ecs_task_definition: 'ECS::TaskDefinition', aws_ecr_repository: 'ECR::Repository', aws_cloudtrail: 'CloudTrail::Trail', aws_cloudfront_distribution: 'CloudFront::Distribution', aws_api_gateway_rest_api: 'ApiGateway::RestApi', aws_apigatewayv2_api: 'ApiGatewayV2::Api',
  aws_elasticsearch_domain: 'Elasticsearch::Domain', aws_opensearch_domain: 'OpenSearch::Domain', aws_efs_file_system: 'EFS::FileSystem', aws_glacier_vault: 'Glacier::Vault', aws_backup_vault: 'Backup::BackupVault', aws_cloudwatch_event_bus: 'Events::EventBus',
  aws_media_store_container: 'MediaStore::Container', aws_codeartifact_domain: 'CodeArtifact::Domain', aws_codeartifact_repository: 'CodeArtifact::Repository', aws_msk_cluster: 'MSK::Cluster', aws_lambda_layer_version: 'Lambda::LayerVersion', aws_cloudwatch_log_destination: 'Logs::Destination', aws_ecrpublic_repository: 'ECR::PublicRepository', aws_s3_access_point: 'S3::AccessPoint',
  aws_autoscaling_group: 'AutoScaling::AutoScalingGroup', aws_eks_pod_identity_association: 'EKS::PodIdentityAssociation', aws_codebuild_project: 'CodeBuild::Project', aws_glue_dev_endpoint: 'Glue::DevEndpoint', aws_glue_job: 'Glue::Job',
  aws_sagemaker_notebook_instance: 'SageMaker::NotebookInstance', aws_apprunner_service: 'AppRunner::Service', aws_cloudformation_stack: 'CloudFormation::Stack', aws_cloudformation_stack_set: 'CloudFormation::StackSet', aws_bedrockagentcore_code_interpreter: 'BedrockAgentCore::CodeInterpreter',
}).map(([type, name]) => [type, `AWS::${name}`]));

/** The id by which others refer to it: its own, a bucket's name, else its address, as an id that is yet to be given can't be known. */
export function idOf({ type, values, address }: Pick<Planned, 'type' | 'values' | 'address'>): string {
  if (type === 'aws_default_route_table') return str(values, 'id') ?? str(values, 'default_route_table_id') ?? `rtb-${address}`;
  return str(values, 'id') ?? (type === 'aws_s3_bucket' ? str(values, 'bucket') : undefined) ?? `${prefixes.get(type.replace('_default_', '_')) ?? ''}${address}`;
}
/** What ids of AWS begin with: the evaluation tells a gateway from others by it. */
const prefixes: ReadonlyMap<string, string> = new Map(Object.entries({
  aws_instance: 'i-', aws_security_group: 'sg-', aws_vpc: 'vpc-', aws_subnet: 'subnet-', aws_route_table: 'rtb-', aws_internet_gateway: 'igw-', aws_nat_gateway: 'nat-', aws_network_acl: 'acl-', aws_network_interface: 'eni-', aws_egress_only_internet_gateway: 'eigw-', aws_ec2_transit_gateway: 'tgw-', aws_vpc_peering_connection: 'pcx-', aws_vpn_gateway: 'vgw-', aws_vpc_endpoint: 'vpce-', aws_eip: 'eipalloc-',
}));

const iamKinds: ReadonlyMap<string, string> = new Map([['aws_iam_role', 'role'], ['aws_iam_user', 'user'], ['aws_iam_group', 'group'], ['aws_iam_policy', 'policy'], ['aws_iam_instance_profile', 'instance-profile']]);
const given = (values: JsonObject): string | undefined => ['name', 'function_name', 'identifier', 'domain_name'].map((key) => str(values, key)).find((text) => text !== undefined);

/** The urn of a resource: its ARN, built from its id (of a plan its name) where the type allows it, else `terraform:` and its address. */
export function urnOf(resource: Pick<TfResource, 'type' | 'values' | 'address'> & { readonly region?: string | undefined; readonly account?: string | undefined }): string {
  const arn = ownArn(resource.values);
  if (arn !== undefined) return arn;
  const type = awsTypes.get(resource.type);
  if (resource.type === 'aws_s3_bucket' && str(resource.values, 'bucket') !== undefined) return awsUrn.bucket(str(resource.values, 'bucket') ?? '', partitionOf(resource.region));
  const id = str(resource.values, 'id');
  const account = accountOf(resource.values) ?? resource.account, kind = iamKinds.get(resource.type), name = given(resource.values) ?? `${str(resource.values, 'name_prefix') ?? ''}${resource.address}`;
  if (kind !== undefined && account !== undefined) return `arn:${partitionOf(resource.region)}:iam::${account}:${kind}${str(resource.values, 'path') ?? '/'}${name}`;
  const built = type === undefined || (id === undefined && !isNamed(type)) ? undefined : buildArn({ type, id, account, region: resource.region, ...(id === undefined && { name: given(resource.values) }) });
  return built ?? `terraform:${resource.address}`;
}

/** Some types have their ARN as id. */
const ownArn = (values: JsonObject): string | undefined => ['arn', 'id'].map((key) => str(values, key)).find((text) => text !== undefined && parseArn(text) !== undefined);
export const accountOf = (values: JsonObject): string | undefined => str(values, 'owner_id') ?? (/^\d{12}$/.test(parseArn(ownArn(values) ?? '')?.account ?? '') ? parseArn(ownArn(values) ?? '')?.account : undefined);
export const regionOf = (values: JsonObject): string | undefined => (parseArn(ownArn(values) ?? '')?.region || undefined) ?? str(values, 'region');

/** The id in an attribute, or that of the resource it refers to. */
export const ref = (r: TfResource, key: string): string | undefined => str(r.values, ...key.split('.')) ?? idOfOne(r, key);
/** The id, and the name (of a resource without one its address), of the one resource that an attribute refers to. */
export const idOfOne = (r: TfResource, key: string): string | undefined => { const found = resolveOne(r.resolve, key); return found && idOf(found); };
export const nameOrAddress = (r: TfResource, key: string): string | undefined => { const found = resolveOne(r.resolve, key); return found && (str(found.values, 'name') ?? found.address); };
/** The ids in a list attribute, with those of the resources it refers to where not all are known; undefined when nothing is. */
export function refs(r: Pick<TfResource, 'address' | 'values' | 'resolve' | 'isFollowed'>, key: string): readonly string[] | undefined {
  const value = at(r.values, ...key.split('.').flatMap((step, i) => (i === 0 ? [step] : [0, step])));
  const own = list(value).filter((v) => typeof v === 'string' && v !== '').map(String);
  const resolved = own.length > 0 && !list(value).includes(null) ? [] : r.resolve(key).map(idOf);
  // What a list holds beside the ones that are known: more places than are found, or references that lead nowhere.
  const places = list(value).filter((v) => v === null).length, isPartly = places !== 1 && !r.isFollowed(key) && (places > 0 || (!Array.isArray(value) && resolved.length > 0));
  const others = places > resolved.length || isPartly ? [`${r.address}/${key}`] : [];
  return Array.isArray(value) || resolved.length > 0 ? [...new Set([...own, ...resolved, ...others])] : undefined;
}
/** The resource that an attribute names: of a plan by reference, else by the id in the attribute. */
export const targetUrn = (r: TfResource, key: string, of: (id: string) => string | undefined): string | undefined => {
  const id = str(r.values, key);
  const found = id === undefined ? resolveOne(r.resolve, key) : undefined;
  return found ? urnIn(r, found) : id === undefined ? undefined : of(id);
};
/** The urn of another resource of the same plan. */
export const urnIn = (r: TfResource, found: Planned): string => urnOf({ ...found, region: r.region, account: r.account ?? r.home.account });
/** The ARN in an attribute, or that of the resource it refers to. */
export const arnRef = (r: TfResource, key: string): string | undefined => str(r.values, key) ?? urnOfOne(r, key);
/** The urn of the one resource that an attribute refers to. */
export const urnOfOne = (r: TfResource, key: string): string | undefined => { const found = resolveOne(r.resolve, key); return found && urnIn(r, found); };
export const first = (values: JsonObject, key: string): JsonObject => { const found = list(values, key)[0]; return isObject(found) ? found : {}; };
