import { parseArn, partitionOf } from '#shared/lib/arn.ts';
import { awsUrn } from '#shared/model/aws.ts';
import { nodeKinds, type NodeKind } from '#shared/model/resource.ts';

interface ResourceType {
  readonly kind: NodeKind;
  readonly service: string;
  /** Which of region and account the ARN carries: `ra`, `a`, `r` or '' (AWS Service Authorization Reference). */
  readonly scope: string;
  /** What stands before the id in the ARN's resource part. */
  readonly prefix: string;
  /** `id` or `name`: what of the two the ARN ends with; '' when neither gives the ARN (IAM paths, random suffixes). */
  readonly ends: string;
}

/** `type | kind | service | scope | prefix | ends`, types without the leading `AWS::`. */
const table = `
EC2::Instance|vm|ec2|ra|instance/|id
EC2::NetworkInterface|eni|ec2|ra|network-interface/|id
EC2::SecurityGroup|sg|ec2|ra|security-group/|id
EC2::VPC|vpc|ec2|ra|vpc/|id
EC2::Subnet|subnet|ec2|ra|subnet/|id
EC2::RouteTable|route_table|ec2|ra|route-table/|id
EC2::NetworkAcl|nacl|ec2|ra|network-acl/|id
EC2::InternetGateway|gateway|ec2|ra|internet-gateway/|id
EC2::EgressOnlyInternetGateway|gateway|ec2|ra|egress-only-internet-gateway/|id
EC2::NatGateway|gateway|ec2|ra|natgateway/|id
EC2::TransitGateway|gateway|ec2|ra|transit-gateway/|id
EC2::TransitGatewayAttachment|gateway|ec2|ra|transit-gateway-attachment/|id
EC2::TransitGatewayRouteTable|route_table|ec2|ra|transit-gateway-route-table/|id
EC2::VPNGateway|gateway|ec2|ra|vpn-gateway/|id
EC2::CustomerGateway|gateway|ec2|ra|customer-gateway/|id
EC2::VPNConnection|gateway|ec2|ra|vpn-connection/|id
EC2::VPCPeeringConnection|gateway|ec2|ra|vpc-peering-connection/|id
EC2::VPCEndpoint|endpoint|ec2|ra|vpc-endpoint/|id
EC2::VPCEndpointService|endpoint|ec2|ra|vpc-endpoint-service/|id
EC2::PrefixList|cidr|ec2|ra|prefix-list/|id
EC2::EIP|other|ec2|ra|elastic-ip/|id
EC2::Volume|other|ec2|ra|volume/|id
EC2::Snapshot|other|ec2|r|snapshot/|id
EC2::Image|image|ec2|r|image/|id
EC2::FlowLog|other|ec2|ra|vpc-flow-log/|id
EC2::LaunchTemplate|other|ec2|ra|launch-template/|id
EC2::VPCBlockPublicAccessOptions|other|ec2|ra|vpc-block-public-access-options/|id
EC2::VPCBlockPublicAccessExclusion|other|ec2|ra|vpc-block-public-access-exclusion/|id
S3::Bucket|bucket|s3|||id
S3::AccessPoint|endpoint|s3|ra|accesspoint/|name
IAM::Role|identity|iam|a|role/|
IAM::User|identity|iam|a|user/|
IAM::Group|identity|iam|a|group/|
IAM::InstanceProfile|identity|iam|a|instance-profile/|
IAM::Policy|policy|iam|a|policy/|
RDS::DBInstance|database|rds|ra|db:|name
RDS::DBCluster|database|rds|ra|cluster:|name
RDS::DBSnapshot|other|rds|ra|snapshot:|name
RDS::DBClusterSnapshot|other|rds|ra|cluster-snapshot:|name
RDS::DBSubnetGroup|other|rds|ra|subgrp:|name
RDS::DBSecurityGroup|sg|rds|ra|secgrp:|name
Redshift::Cluster|database|redshift|ra|cluster:|id
DynamoDB::Table|database|dynamodb|ra|table/|name
ElastiCache::CacheCluster|database|elasticache|ra|cluster:|id
Elasticsearch::Domain|database|es|ra|domain/|name
OpenSearch::Domain|database|es|ra|domain/|name
Lambda::Function|function|lambda|ra|function:|name
Lambda::Url|endpoint|lambda|ra||
ElasticLoadBalancing::LoadBalancer|lb|elasticloadbalancing|ra|loadbalancer/|name
ElasticLoadBalancingV2::LoadBalancer|lb|elasticloadbalancing|ra||
ElasticLoadBalancingV2::TargetGroup|other|elasticloadbalancing|ra||
ElasticLoadBalancingV2::Listener|other|elasticloadbalancing|ra||
ElasticLoadBalancingV2::ListenerRule|other|elasticloadbalancing|ra||
ApiGateway::RestApi|endpoint|apigateway|r|/restapis/|id
ApiGatewayV2::Api|endpoint|apigateway|r|/apis/|id
ApiGateway::Stage|endpoint|apigateway|r||
ApiGatewayV2::Stage|endpoint|apigateway|r||
AppSync::GraphQLApi|endpoint|appsync|ra|apis/|id
CloudFront::Distribution|endpoint|cloudfront|a|distribution/|id
SNS::Topic|queue_topic|sns|ra||name
SQS::Queue|queue_topic|sqs|ra||name
Kinesis::Stream|queue_topic|kinesis|ra|stream/|name
MSK::Cluster|queue_topic|kafka|ra||
KMS::Key|secret_key|kms|ra|key/|id
KMS::Alias|secret_key|kms|ra|alias/|name
SecretsManager::Secret|secret_key|secretsmanager|ra|secret:|
SSM::Parameter|secret_key|ssm|ra|parameter/|name
EKS::Cluster|other|eks|ra|cluster/|name
ECS::Cluster|other|ecs|ra|cluster/|name
ECS::Task|container_workload|ecs|ra||
ECS::Service|container_workload|ecs|ra||
ECS::TaskDefinition|container_workload|ecs|ra||
ECR::Repository|image|ecr|ra|repository/|name
CodeBuild::Project|function|codebuild|ra|project/|name
Glue::DevEndpoint|function|glue|ra|devEndpoint/|name
Glue::Job|function|glue|ra|job/|name
SageMaker::NotebookInstance|vm|sagemaker|ra|notebook-instance/|name
AppRunner::Service|container_workload|apprunner|ra||
BedrockAgentCore::CodeInterpreter|function|bedrock-agentcore|ra||
CloudFormation::Stack|other|cloudformation|ra||
CloudFormation::StackSet|other|cloudformation|ra||
EFS::FileSystem|other|elasticfilesystem|ra|file-system/|id
Glacier::Vault|other|glacier|ra|vaults/|name
Backup::BackupVault|other|backup|ra|backup-vault:|name
Events::EventBus|queue_topic|events|ra|event-bus/|name
SES::EmailIdentity|other|ses|ra|identity/|name
MediaStore::Container|other|mediastore|ra|container/|name
CodeArtifact::Domain|other|codeartifact|ra|domain/|name
CodeArtifact::Repository|other|codeartifact|ra|repository/|name
Lambda::LayerVersion|other|lambda|ra||
Logs::Destination|other|logs|ra|destination:|name
Glue::ResourcePolicy|policy|glue|ra||
SSM::Document|other|ssm|ra|document/|name
CloudTrail::Trail|other|cloudtrail|ra|trail/|name
AutoScaling::AutoScalingGroup|other|autoscaling|ra||
Organizations::Account|account|organizations|a||
Organizations::OrganizationalUnit|org_unit|organizations|a||
Organizations::Root|org_unit|organizations|a||
Organizations::Organization|org_unit|organizations|a||
Organizations::Policy|policy|organizations|a||
`;

const byType = new Map<string, ResourceType>(table.trim().split('\n').map((line) => {
  const [type = '', kind = '', service = '', scope = '', prefix = '', ends = ''] = line.split('|');
  return [`AWS::${type}`, { kind: nodeKinds.find((k) => k === kind) ?? 'other', service, scope, prefix, ends }];
}));

/** The node kind of a CloudFormation or AWS Config resource type; `other` for one that the graph has no word for. */
export const kindOfType = (type: string): NodeKind => byType.get(type)?.kind ?? 'other';

export interface Identified {
  readonly type: string;
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

/**
 * The ARN of a resource that is known by its type and id. Undefined when these don't determine it (an IAM path, a random suffix)
 * or a part that the ARN needs is not known.
 */
export function buildArn({ type, id, name, account, region }: Identified): string | undefined {
  if (type === 'AWS::S3::AccountPublicAccessBlock') return account === undefined ? undefined : awsUrn.accountPublicAccessBlock(account);
  const known = byType.get(type);
  if (!known || known.ends === '') return undefined;
  const last = known.ends === 'name' ? name ?? id : id ?? name;
  const needsRegion = known.scope.includes('r'), needsAccount = known.scope.includes('a');
  if (last === undefined || (needsRegion && region === undefined) || (needsAccount && account === undefined)) return undefined;
  if (last.startsWith('arn:')) return last;
  // SSM parameter names start with the slash that the ARN has once; SQS ids are queue URLs.
  const tail = known.prefix.endsWith('/') ? last.replace(/^\//, '') : last.replace(/^https?:\/\/.*\//, '');
  return `arn:${partitionOf(region)}:${known.service}:${needsRegion ? region ?? '' : ''}:${needsAccount ? account ?? '' : ''}:${known.prefix}${tail}`;
}

/** Does the name of a resource of this type end its ARN? Else it is an id that AWS hands out. */
export const isNamed = (type: string): boolean => byType.get(type)?.ends === 'name';

/** The types that an ARN may be of, by its service and prefix; for a resource of which nothing but the ARN is left. */
export function typesOfArn(urn: string): readonly string[] {
  const arn = parseArn(urn);
  if (!arn) return [];
  return [...byType].flatMap(([type, known]) => (known.service === arn.service && arn.resource.startsWith(known.prefix) ? [type] : []));
}
