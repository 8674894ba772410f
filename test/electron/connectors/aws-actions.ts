/**
 * What a pull may ask of AWS, written down apart from the calls: actions that the Service Authorization Reference lists with the access level "List" or "Read" and that
 * give no data of the client's (no object, message, secret value, parameter, log event or code). Looked up there in 2026-11; each also stands in a policy that AWS
 * manages. A new call needs its action here, after a look at the reference.
 */
const table = `
apigateway: GET
cloudfront: ListDistributions
cloudtrail: DescribeTrails GetTrailStatus
dynamodb: DescribeTable GetResourcePolicy ListTables
ec2: DescribeAddresses DescribeCustomerGateways DescribeEgressOnlyInternetGateways DescribeFlowLogs DescribeImageAttribute DescribeImages DescribeInstances DescribeInternetGateways DescribeLaunchTemplateVersions DescribeLaunchTemplates
ec2: DescribeManagedPrefixLists DescribeNatGateways DescribeNetworkAcls DescribeNetworkInterfaces DescribeRegions DescribeRouteTables DescribeSecurityGroups DescribeSnapshotAttribute DescribeSnapshots
ec2: DescribeSubnets DescribeTransitGatewayAttachments DescribeTransitGatewayRouteTables DescribeTransitGateways DescribeVolumes DescribeVpcBlockPublicAccessExclusions DescribeVpcBlockPublicAccessOptions
ec2: DescribeVpcEndpoints DescribeVpcPeeringConnections DescribeVpcs DescribeVpnConnections DescribeVpnGateways GetManagedPrefixListEntries GetTransitGatewayRouteTableAssociations
ec2: GetTransitGatewayRouteTablePropagations SearchTransitGatewayRoutes
ecr: DescribeRepositories GetRepositoryPolicy
ecs: DescribeClusters DescribeServices DescribeTaskDefinition DescribeTasks ListClusters ListServices ListTasks
eks: DescribeCluster ListClusters
elasticfilesystem: DescribeFileSystemPolicy DescribeFileSystems
elasticloadbalancing: DescribeListeners DescribeLoadBalancerAttributes DescribeLoadBalancers DescribeTargetGroups DescribeTargetHealth
es: DescribeDomains ListDomainNames
events: ListEventBuses
iam: GetAccountAuthorizationDetails
kafka: GetClusterPolicy ListClustersV2
kms: DescribeKey GetKeyPolicy ListGrants ListKeys
lambda: GetPolicy ListFunctionUrlConfigs ListFunctions
organizations: DescribeOrganization DescribePolicy ListAccounts ListAccountsForParent ListOrganizationalUnitsForParent ListPolicies ListRoots ListTargetsForPolicy
rds: DescribeDBClusterSnapshotAttributes DescribeDBClusterSnapshots DescribeDBClusters DescribeDBInstances DescribeDBSnapshotAttributes DescribeDBSnapshots DescribeDBSubnetGroups
redshift: DescribeClusterSubnetGroups DescribeClusters
s3: GetAccessPoint GetAccessPointPolicy GetAccountPublicAccessBlock GetBucketAcl GetBucketOwnershipControls GetBucketPolicy GetBucketPublicAccessBlock GetBucketTagging GetEncryptionConfiguration ListAccessPoints ListAllMyBuckets
secretsmanager: GetResourcePolicy ListSecrets
sns: GetTopicAttributes ListTopics
sqs: GetQueueAttributes ListQueues
sts: GetCallerIdentity
`;
export const readActions: readonly string[] = table.trim().split('\n').flatMap((line) => { const [service = '', names = ''] = line.split(': '); return names.split(' ').map((name) => `${service}:${name}`); }).sort();

/** Operations whose action goes by another name (Service Authorization Reference, "Actions defined by …"); all others have the operation's. */
export const otherNames: Readonly<Record<string, string>> = {
  'apigateway get-rest-apis': 'apigateway:GET', 'apigateway get-resources': 'apigateway:GET', 'apigatewayv2 get-apis': 'apigateway:GET', 'apigatewayv2 get-routes': 'apigateway:GET',
  's3api list-buckets': 's3:ListAllMyBuckets', 's3api get-public-access-block': 's3:GetBucketPublicAccessBlock', 's3api get-bucket-encryption': 's3:GetEncryptionConfiguration', 's3control get-public-access-block': 's3:GetAccountPublicAccessBlock',
};
