/** A list in an answer of an AWS API: what its elements are, and which of their keys hold id, ARN and name. */
export interface ListSpec { readonly path: string; readonly type: string; readonly id: string; readonly arn: string; readonly name: string }

/**
 * `path | type | id | ARN | name`, types without the leading `AWS::`. Paths are the top-level keys of the AWS CLI's answers (AWS CLI command
 * reference); the last lines are the combined lists of Batfish's AWS snapshots.
 */
const table = `
Reservations[].Instances|EC2::Instance|InstanceId||
Instances|EC2::Instance|InstanceId||
NetworkInterfaces|EC2::NetworkInterface|NetworkInterfaceId||
SecurityGroups|EC2::SecurityGroup|GroupId|SecurityGroupArn|GroupName
Vpcs|EC2::VPC|VpcId||
Subnets|EC2::Subnet|SubnetId|SubnetArn|
RouteTables|EC2::RouteTable|RouteTableId||
NetworkAcls|EC2::NetworkAcl|NetworkAclId||
InternetGateways|EC2::InternetGateway|InternetGatewayId||
EgressOnlyInternetGateways|EC2::EgressOnlyInternetGateway|EgressOnlyInternetGatewayId||
NatGateways|EC2::NatGateway|NatGatewayId||
Addresses|EC2::EIP|AllocationId||
VpcPeeringConnections|EC2::VPCPeeringConnection|VpcPeeringConnectionId||
VpcEndpoints|EC2::VPCEndpoint|VpcEndpointId||
PrefixLists|EC2::PrefixList|PrefixListId|PrefixListArn|PrefixListName
TransitGateways|EC2::TransitGateway|TransitGatewayId|TransitGatewayArn|
TransitGatewayAttachments|EC2::TransitGatewayAttachment|TransitGatewayAttachmentId||
TransitGatewayVpcAttachments|EC2::TransitGatewayAttachment|TransitGatewayAttachmentId||
TransitGatewayRouteTables|EC2::TransitGatewayRouteTable|TransitGatewayRouteTableId||
VpnGateways|EC2::VPNGateway|VpnGatewayId||
VpnConnections|EC2::VPNConnection|VpnConnectionId||
CustomerGateways|EC2::CustomerGateway|CustomerGatewayId||
Volumes|EC2::Volume|VolumeId||
Snapshots|EC2::Snapshot|SnapshotId||
Images|EC2::Image|ImageId||Name
FlowLogs|EC2::FlowLog|FlowLogId||
LaunchTemplates|EC2::LaunchTemplate|LaunchTemplateId||LaunchTemplateName
LaunchTemplateVersions|EC2::LaunchTemplate|LaunchTemplateId||LaunchTemplateName
IamInstanceProfileAssociations|EC2::Instance|InstanceId||
VpcBlockPublicAccessExclusions|EC2::VPCBlockPublicAccessExclusion|ExclusionId||
LoadBalancerDescriptions|ElasticLoadBalancing::LoadBalancer|LoadBalancerName||LoadBalancerName
LoadBalancers|ElasticLoadBalancingV2::LoadBalancer|LoadBalancerArn|LoadBalancerArn|LoadBalancerName
Listeners|ElasticLoadBalancingV2::Listener|ListenerArn|ListenerArn|
Rules|ElasticLoadBalancingV2::ListenerRule|RuleArn|RuleArn|
TargetGroups|ElasticLoadBalancingV2::TargetGroup|TargetGroupArn|TargetGroupArn|TargetGroupName
DBInstances|RDS::DBInstance|DBInstanceIdentifier|DBInstanceArn|DBInstanceIdentifier
DBClusters|RDS::DBCluster|DBClusterIdentifier|DBClusterArn|DBClusterIdentifier
DBSnapshots|RDS::DBSnapshot|DBSnapshotIdentifier|DBSnapshotArn|DBSnapshotIdentifier
DBClusterSnapshots|RDS::DBClusterSnapshot|DBClusterSnapshotIdentifier|DBClusterSnapshotArn|DBClusterSnapshotIdentifier
DBSubnetGroups|RDS::DBSubnetGroup|DBSubnetGroupName|DBSubnetGroupArn|DBSubnetGroupName
Clusters|Redshift::Cluster|ClusterIdentifier||ClusterIdentifier
ClusterSubnetGroups|Redshift::ClusterSubnetGroup|ClusterSubnetGroupName||ClusterSubnetGroupName
DomainStatusList|OpenSearch::Domain|ARN|ARN|DomainName
ClusterInfoList|MSK::Cluster|ClusterArn|ClusterArn|ClusterName
CacheClusters|ElastiCache::CacheCluster|CacheClusterId|ARN|CacheClusterId
Functions|Lambda::Function|FunctionName|FunctionArn|FunctionName
FunctionUrlConfigs|Lambda::Url|FunctionArn||
Buckets|S3::Bucket|Name||Name
AccessPointList|S3::AccessPoint|Name|AccessPointArn|Name
graphqlApis|AppSync::GraphQLApi|apiId|arn|name
Topics|SNS::Topic|TopicArn|TopicArn|
Keys|KMS::Key|KeyId|KeyArn|
SecretList|SecretsManager::Secret|ARN|ARN|Name
repositories|ECR::Repository|repositoryName|repositoryArn|repositoryName
tasks|ECS::Task|taskArn|taskArn|
services|ECS::Service|serviceArn|serviceArn|serviceName
taskDefinitions|ECS::TaskDefinition|taskDefinitionArn|taskDefinitionArn|family
clusters|ECS::Cluster|clusterArn|clusterArn|clusterName
DistributionList.Items|CloudFront::Distribution|Id|ARN|
items|ApiGateway::RestApi|id||name
Items|ApiGatewayV2::Api|ApiId||Name
trailList|CloudTrail::Trail|TrailARN|TrailARN|Name
FileSystems|EFS::FileSystem|FileSystemId|FileSystemArn|Name
VaultList|Glacier::Vault|VaultARN|VaultARN|VaultName
BackupVaultList|Backup::BackupVault|BackupVaultArn|BackupVaultArn|BackupVaultName
EventBuses|Events::EventBus|Arn|Arn|Name
Containers|MediaStore::Container|ARN|ARN|Name
destinations|Logs::Destination|arn|arn|destinationName
projects|CodeBuild::Project|name|arn|name
DevEndpoints|Glue::DevEndpoint|EndpointName||EndpointName
Jobs|Glue::Job|Name||Name
NotebookInstances|SageMaker::NotebookInstance|NotebookInstanceName|NotebookInstanceArn|NotebookInstanceName
Stacks|CloudFormation::Stack|StackName|StackId|StackName
Summaries|CloudFormation::StackSet|StackSetName|StackSetARN|StackSetName
AutoScalingGroups|AutoScaling::AutoScalingGroup|AutoScalingGroupName|AutoScalingGroupARN|AutoScalingGroupName
Roles|IAM::Role|Arn|Arn|RoleName
Users|IAM::User|Arn|Arn|UserName
Groups|IAM::Group|Arn|Arn|GroupName
InstanceProfiles|IAM::InstanceProfile|Arn|Arn|InstanceProfileName
Policies|IAM::Policy|Arn|Arn|PolicyName
Accounts|Organizations::Account|Id|Arn|Name
OrganizationalUnits|Organizations::OrganizationalUnit|Id|Arn|Name
Roots|Organizations::Root|Id|Arn|Name
LoadBalancerListeners[].Listeners|ElasticLoadBalancingV2::Listener|ListenerArn|ListenerArn|
LoadBalancerTargetHealth|ElasticLoadBalancingV2::TargetGroup|TargetGroupArn|TargetGroupArn|
LoadBalancerAttributes|ElasticLoadBalancingV2::LoadBalancer|LoadBalancerArn|LoadBalancerArn|
TransitGatewayPropagations|EC2::TransitGatewayRouteTable|TransitGatewayRouteTableId||
TransitGatewayStaticRoutes|EC2::TransitGatewayRouteTable|TransitGatewayRouteTableId||
`;

export const cliLists: readonly ListSpec[] = table.trim().split('\n').map((line) => {
  const [path = '', type = '', id = '', arn = '', name = ''] = line.split('|');
  return { path, type: `AWS::${type}`, id, arn, name };
});

/** The list that an element which stands alone (`--query 'Vpcs[]'`) would be in: it has the id and one more key that tells it apart. */
const alone: readonly (readonly [path: string, also: string])[] = [
  ['Reservations[].Instances', 'ImageId'], ['NetworkInterfaces', 'InterfaceType'], ['SecurityGroups', 'IpPermissions'], ['RouteTables', 'Routes'], ['NetworkAcls', 'Entries'],
  ['InternetGateways', 'Attachments'], ['NatGateways', 'NatGatewayAddresses'], ['Subnets', 'CidrBlock'], ['Vpcs', 'CidrBlock'], ['Addresses', 'PublicIp'],
  ['VpcPeeringConnections', 'AccepterVpcInfo'], ['VpcEndpoints', 'ServiceName'], ['LoadBalancers', 'Scheme'], ['LoadBalancerDescriptions', 'Scheme'], ['Listeners', 'Port'],
  ['TargetGroups', 'TargetGroupName'], ['DBInstances', 'Engine'], ['Functions', 'FunctionArn'], ['Images', 'OwnerId'], ['Snapshots', 'VolumeId'],
];
const byPath = new Map(cliLists.map((spec) => [spec.path, spec]));
export const listAt = (path: string): ListSpec | undefined => byPath.get(path);
export function listOfElement(item: Readonly<Record<string, unknown>>): ListSpec | undefined {
  for (const [path, also] of alone) {
    const spec = byPath.get(path);
    if (spec && typeof item[spec.id] === 'string' && also in item) return spec;
  }
  return undefined;
}
