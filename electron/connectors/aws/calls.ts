import { readCalls } from './read-calls.ts';

/**
 * Every call, from the API references of the services. A line is a list: `service Operation | where the things are | types listed whole | paging |
 * input`. A line with `>` is asked about each of them: `> service Operation | key of the thing | key of the input | paging | input`. Types are the
 * importer's without `AWS::`; paging is `token` or `token>where the next one stands`; words in brackets are exceptions (read-calls.ts).
 * A heading says what stays unknown without the calls below it.
 */
const table = `
# which hosts the internet reaches
ec2 DescribeVpcs | Vpcs | EC2::VPC | NextToken | {"MaxResults":1000}
ec2 DescribeSubnets | Subnets | EC2::Subnet | NextToken | {"MaxResults":1000}
ec2 DescribeRouteTables | RouteTables | EC2::RouteTable | NextToken | {"MaxResults":100}
ec2 DescribeInternetGateways | InternetGateways | EC2::InternetGateway | NextToken | {"MaxResults":1000}
ec2 DescribeEgressOnlyInternetGateways | EgressOnlyInternetGateways | EC2::EgressOnlyInternetGateway | NextToken | {"MaxResults":255}
ec2 DescribeNatGateways | NatGateways | EC2::NatGateway | NextToken | {"MaxResults":1000}
ec2 DescribeNetworkAcls | NetworkAcls | EC2::NetworkAcl | NextToken | {"MaxResults":1000}
ec2 DescribeSecurityGroups | SecurityGroups | EC2::SecurityGroup | NextToken | {"MaxResults":1000}
ec2 DescribeNetworkInterfaces | NetworkInterfaces | EC2::NetworkInterface | NextToken | {"MaxResults":1000}
ec2 DescribeAddresses | Addresses | EC2::EIP
ec2 DescribeManagedPrefixLists | PrefixLists | EC2::PrefixList | NextToken | {"MaxResults":100}
> ec2 GetManagedPrefixListEntries | PrefixListId | PrefixListId | NextToken | {"MaxResults":100}
ec2 DescribeVpcBlockPublicAccessOptions | VpcBlockPublicAccessOptions
ec2 DescribeVpcBlockPublicAccessExclusions | VpcBlockPublicAccessExclusions | EC2::VPCBlockPublicAccessExclusion | NextToken | {"MaxResults":1000}
elbv2 DescribeLoadBalancers | LoadBalancers | ElasticLoadBalancingV2::LoadBalancer | Marker>NextMarker | {"PageSize":400}
> elbv2 DescribeListeners | LoadBalancerArn | LoadBalancerArn | Marker>NextMarker | {} | [types ElasticLoadBalancingV2::Listener]
> elbv2 DescribeLoadBalancerAttributes | LoadBalancerArn | LoadBalancerArn
elbv2 DescribeTargetGroups | TargetGroups | ElasticLoadBalancingV2::TargetGroup | Marker>NextMarker | {"PageSize":400}
> elbv2 DescribeTargetHealth | TargetGroupArn | TargetGroupArn
elb DescribeLoadBalancers | LoadBalancerDescriptions | ElasticLoadBalancing::LoadBalancer | Marker>NextMarker | {"PageSize":400}
cloudfront ListDistributions | DistributionList.Items | CloudFront::Distribution | Marker>DistributionList.NextMarker | {} | [global]
# which APIs are public
apigateway GetRestApis | items | ApiGateway::RestApi | position | {"limit":500} | [needs apigateway:GET]
> apigateway GetResources | id | restApiId | position | {"limit":500,"embed":["methods"]} | [needs apigateway:GET]
apigatewayv2 GetApis | Items | ApiGatewayV2::Api | NextToken | {"MaxResults":"500"} | [needs apigateway:GET]
> apigatewayv2 GetRoutes | ApiId | ApiId | NextToken | {"MaxResults":"500"} | [needs apigateway:GET]
# ways between networks
ec2 DescribeVpcPeeringConnections | VpcPeeringConnections | EC2::VPCPeeringConnection | NextToken | {"MaxResults":1000}
ec2 DescribeVpcEndpoints | VpcEndpoints | EC2::VPCEndpoint | NextToken | {"MaxResults":1000}
ec2 DescribeTransitGateways | TransitGateways | EC2::TransitGateway | NextToken | {"MaxResults":1000}
ec2 DescribeTransitGatewayAttachments | TransitGatewayAttachments | EC2::TransitGatewayAttachment | NextToken | {"MaxResults":1000}
ec2 DescribeTransitGatewayRouteTables | TransitGatewayRouteTables | EC2::TransitGatewayRouteTable | NextToken | {"MaxResults":1000}
> ec2 SearchTransitGatewayRoutes | TransitGatewayRouteTableId | TransitGatewayRouteTableId | NextToken | {"Filters":[{"Name":"state","Values":["active","blackhole"]}],"MaxResults":1000}
> ec2 GetTransitGatewayRouteTableAssociations | TransitGatewayRouteTableId | TransitGatewayRouteTableId | NextToken | {"MaxResults":1000}
> ec2 GetTransitGatewayRouteTablePropagations | TransitGatewayRouteTableId | TransitGatewayRouteTableId | NextToken | {"MaxResults":1000}
ec2 DescribeVpnGateways | VpnGateways | EC2::VPNGateway
ec2 DescribeVpnConnections | VpnConnections | EC2::VPNConnection
ec2 DescribeCustomerGateways | CustomerGateways | EC2::CustomerGateway
# what runs, and as which role
ec2 DescribeInstances | Reservations | EC2::Instance | NextToken | {"MaxResults":1000}
ec2 DescribeVolumes | Volumes | EC2::Volume | NextToken | {"MaxResults":500}
ec2 DescribeLaunchTemplates | LaunchTemplates | EC2::LaunchTemplate | NextToken | {"MaxResults":200}
> ec2 DescribeLaunchTemplateVersions | LaunchTemplateId | LaunchTemplateId | NextToken | {"Versions":["$Default","$Latest"],"MaxResults":200}
lambda ListFunctions | Functions | Lambda::Function | Marker>NextMarker | {"MaxItems":50}
> lambda GetPolicy | FunctionArn | FunctionName
> lambda ListFunctionUrlConfigs | FunctionArn | FunctionName | Marker>NextMarker | {} | [types Lambda::Url]
eks ListClusters | clusters | | nextToken | {"maxResults":100} | [silent]
> eks DescribeCluster | . | name | | {} | [types EKS::Cluster]
# who may use snapshots and images
ec2 DescribeSnapshots | Snapshots | EC2::Snapshot | NextToken | {"OwnerIds":["self"],"MaxResults":1000}
> ec2 DescribeSnapshotAttribute | SnapshotId | SnapshotId | | {"Attribute":"createVolumePermission"}
ec2 DescribeImages | Images | EC2::Image | NextToken | {"Owners":["self"],"MaxResults":1000}
> ec2 DescribeImageAttribute | ImageId | ImageId | | {"Attribute":"launchPermission"}
rds DescribeDBSnapshots | DBSnapshots | RDS::DBSnapshot | Marker | {"MaxRecords":100}
> rds DescribeDBSnapshotAttributes | DBSnapshotIdentifier | DBSnapshotIdentifier | | {} | [only SnapshotType=manual]
rds DescribeDBClusterSnapshots | DBClusterSnapshots | RDS::DBClusterSnapshot | Marker | {"MaxRecords":100}
> rds DescribeDBClusterSnapshotAttributes | DBClusterSnapshotIdentifier | DBClusterSnapshotIdentifier | | {} | [only SnapshotType=manual]
# who may read and write data
s3api ListBuckets | Buckets | S3::Bucket | ContinuationToken | {"MaxBuckets":1000} | [global] [needs s3:ListAllMyBuckets]
> s3api GetBucketPolicy | Name | Bucket
> s3api GetBucketAcl | Name | Bucket
> s3api GetPublicAccessBlock | Name | Bucket | | {} | [needs s3:GetBucketPublicAccessBlock]
> s3api GetBucketOwnershipControls | Name | Bucket
> s3api GetBucketEncryption | Name | Bucket | | {} | [needs s3:GetEncryptionConfiguration]
> s3api GetBucketTagging | Name | Bucket
s3control GetPublicAccessBlock | PublicAccessBlockConfiguration | | | {"AccountId":"@account"} | [global] [needs s3:GetAccountPublicAccessBlock]
s3control ListAccessPoints | AccessPointList | S3::AccessPoint | NextToken | {"AccountId":"@account"} | [needs s3:ListAccessPoints]
> s3control GetAccessPoint | Name | Name | | {"AccountId":"@account"} | [needs s3:GetAccessPoint]
> s3control GetAccessPointPolicy | Name | Name | | {"AccountId":"@account"} | [needs s3:GetAccessPointPolicy]
rds DescribeDBInstances | DBInstances | RDS::DBInstance | Marker | {"MaxRecords":100}
rds DescribeDBClusters | DBClusters | RDS::DBCluster | Marker | {"MaxRecords":100}
rds DescribeDBSubnetGroups | DBSubnetGroups | RDS::DBSubnetGroup | Marker | {"MaxRecords":100}
redshift DescribeClusters | Clusters | Redshift::Cluster | Marker | {"MaxRecords":100}
redshift DescribeClusterSubnetGroups | ClusterSubnetGroups | Redshift::ClusterSubnetGroup | Marker | {"MaxRecords":100}
opensearch ListDomainNames | DomainNames | | | {} | [silent] [needs es:ListDomainNames]
> opensearch DescribeDomains | DomainName | DomainNames | | {} | [batch 5] [needs es:DescribeDomains] [types OpenSearch::Domain]
sqs ListQueues | QueueUrls | SQS::Queue | NextToken | {"MaxResults":1000}
> sqs GetQueueAttributes | . | QueueUrl | | {"AttributeNames":["All"]}
sns ListTopics | Topics | SNS::Topic | NextToken
> sns GetTopicAttributes | TopicArn | TopicArn
kms ListKeys | Keys | KMS::Key | Marker>NextMarker | {"Limit":1000}
> kms DescribeKey | KeyArn | KeyId
> kms GetKeyPolicy | KeyArn | KeyId | | {"PolicyName":"default"}
> kms ListGrants | KeyArn | KeyId | Marker>NextMarker | {"Limit":100}
secretsmanager ListSecrets | SecretList | SecretsManager::Secret | NextToken | {"MaxResults":100}
> secretsmanager GetResourcePolicy | ARN | SecretId
kafka ListClustersV2 | ClusterInfoList | MSK::Cluster | NextToken | {"MaxResults":100}
> kafka GetClusterPolicy | ClusterArn | ClusterArn
dynamodb ListTables | TableNames | | ExclusiveStartTableName>LastEvaluatedTableName | {"Limit":100} | [silent]
> dynamodb DescribeTable | . | TableName | | {} | [types DynamoDB::Table]
> dynamodb GetResourcePolicy | . | ResourceArn | | {} | [arn table/]
efs DescribeFileSystems | FileSystems | EFS::FileSystem | Marker>NextMarker | {"MaxItems":100}
> efs DescribeFileSystemPolicy | FileSystemId | FileSystemId
events ListEventBuses | EventBuses | Events::EventBus | NextToken | {"Limit":100}
ecr DescribeRepositories | repositories | ECR::Repository | nextToken | {"maxResults":1000}
> ecr GetRepositoryPolicy | repositoryName | repositoryName
# identities, and what they may do
iam GetAccountAuthorizationDetails | UserDetailList GroupDetailList RoleDetailList Policies | IAM::User IAM::Group IAM::Role IAM::Policy | Marker | {"MaxItems":1000} | [global] [format aws-iam-authz]
# what is logged
ec2 DescribeFlowLogs | FlowLogs | EC2::FlowLog | NextToken | {"MaxResults":1000}
cloudtrail DescribeTrails | trailList | CloudTrail::Trail
> cloudtrail GetTrailStatus | TrailARN | Name
`;

export const awsLists = readCalls(table);
