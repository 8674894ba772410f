import type { EntityType } from '#shared/model/finding.ts';
import { remembered } from './remembered.ts';

/** How the ARN of one AWS resource type is made: which of region and account it carries, and what stands before the id. */
export interface AwsResourceKind {
  readonly service: string;
  /** `ra` region and account, `a` account only, `r` region only, '' neither (AWS Service Authorization Reference). */
  readonly scope: 'ra' | 'a' | 'r' | '';
  readonly prefix: string;
  readonly entity_type: EntityType;
}

/**
 * `names | service | scope | prefix | entity type`. The names are the resource type as ASFF (`AwsEc2Instance`) and CloudFormation
 * or Config (`AWS::EC2::Instance`) write it, in lower case without `aws` and punctuation, which makes most of them one word.
 */
const table = `
s3bucket|s3|||bucket
s3object|s3|||bucket
iamuser|iam|a|user/|user
iamrole|iam|a|role/|role
iamgroup|iam|a|group/|group
iampolicy,iammanagedpolicy|iam|a|policy/|policy
iaminstanceprofile|iam|a|instance-profile/|other
iamservercertificate,iamservercertificatecertificate|iam|a|server-certificate/|certificate
iamoidcprovider|iam|a|oidc-provider/|other
iamsamlprovider|iam|a|saml-provider/|other
iamvirtualmfadevice|iam|a|mfa/|other
iamfederateduser|sts|a|federated-user/|user
ec2instance|ec2|ra|instance/|vm
ec2securitygroup|ec2|ra|security-group/|sg
ec2securitygrouprule|ec2|ra|security-group-rule/|sg
ec2vpc|ec2|ra|vpc/|vpc
ec2subnet|ec2|ra|subnet/|subnet
ec2networkinterface|ec2|ra|network-interface/|eni
ec2networkacl|ec2|ra|network-acl/|nacl
ec2routetable|ec2|ra|route-table/|route_table
ec2internetgateway|ec2|ra|internet-gateway/|gateway
ec2egressonlyinternetgateway|ec2|ra|egress-only-internet-gateway/|gateway
ec2natgateway|ec2|ra|natgateway/|gateway
ec2transitgateway|ec2|ra|transit-gateway/|gateway
ec2transitgatewayattachment|ec2|ra|transit-gateway-attachment/|gateway
ec2vpngateway|ec2|ra|vpn-gateway/|gateway
ec2customergateway|ec2|ra|customer-gateway/|gateway
ec2vpnconnection|ec2|ra|vpn-connection/|gateway
ec2clientvpnendpoint|ec2|ra|client-vpn-endpoint/|gateway
ec2vpcendpoint|ec2|ra|vpc-endpoint/|endpoint
ec2vpcendpointservice|ec2|ra|vpc-endpoint-service/|endpoint
ec2vpcpeeringconnection|ec2|ra|vpc-peering-connection/|gateway
ec2volume,ebsvolume|ec2|ra|volume/|volume
ec2snapshot,ebssnapshot,ec2ebssnapshot|ec2|ra|snapshot/|snapshot
ec2image,ec2ami|ec2|ra|image/|image
ec2eip,ec2elasticip|ec2|ra|elastic-ip/|ip
ec2launchtemplate|ec2|ra|launch-template/|other
ec2keypair|ec2|ra|key-pair/|other
ec2flowlog|ec2|ra|vpc-flow-log/|other
ec2dhcpoptions|ec2|ra|dhcp-options/|other
lambdafunction|lambda|ra|function:|function
lambdalayerversion|lambda|ra|layer:|other
lambdaeventsourcemapping|lambda|ra|event-source-mapping:|other
rdsdbinstance|rds|ra|db:|database
rdsdbcluster|rds|ra|cluster:|database
rdsdbshardgroup|rds|ra|shard-group:|database
rdsdbsnapshot|rds|ra|snapshot:|snapshot
rdsdbclustersnapshot|rds|ra|cluster-snapshot:|snapshot
rdsdbsecuritygroup|rds|ra|secgrp:|sg
rdsdbparametergroup|rds|ra|pg:|other
rdseventsubscription|rds|ra|es:|other
dynamodbtable|dynamodb|ra|table/|database
daxcluster|dax|ra|cache/|database
redshiftcluster|redshift|ra|cluster:|database
redshiftserverlessworkgroup|redshift-serverless|ra|workgroup/|database
elasticachecachecluster,elasticachecluster|elasticache|ra|cluster:|database
elasticachereplicationgroup|elasticache|ra|replicationgroup:|database
opensearchservicedomain,opensearchdomain,elasticsearchdomain|es|ra|domain/|database
sqsqueue|sqs|ra||queue_topic
snstopic|sns|ra||queue_topic
kinesisstream|kinesis|ra|stream/|queue_topic
firehosedeliverystream,kinesisfirehosedeliverystream|firehose|ra|deliverystream/|queue_topic
mskcluster|kafka|ra|cluster/|queue_topic
kmskey|kms|ra|key/|secret_key
kmsalias|kms|ra|alias/|secret_key
secretsmanagersecret|secretsmanager|ra|secret:|secret_key
ssmparameter|ssm|ra|parameter/|secret_key
ssmmanagedinstance,ssmmanagedinstanceinventory|ssm|ra|managed-instance/|host
ssmdocument|ssm|ra|document/|other
ekscluster|eks|ra|cluster/|cluster
eksnodegroup|eks|ra|nodegroup/|node
ecscluster|ecs|ra|cluster/|cluster
ecsservice|ecs|ra|service/|container_workload
ecstask|ecs|ra|task/|container_workload
ecstaskdefinition|ecs|ra|task-definition/|container_workload
ecscontainerinstance|ecs|ra|container-instance/|node
ecrrepository|ecr|ra|repository/|repository
ecrcontainerimage|ecr|ra|repository/|image
cloudtrailtrail|cloudtrail|ra|trail/|trail
logsloggroup,cloudwatchloggroup|logs|ra|log-group:|other
cloudwatchalarm,cloudwatchmetricalarm|cloudwatch|ra|alarm:|other
cloudfrontdistribution|cloudfront|a|distribution/|endpoint
elbloadbalancer,elasticloadbalancingloadbalancer|elasticloadbalancing|ra|loadbalancer/|lb
elbv2loadbalancer,elasticloadbalancingv2loadbalancer|elasticloadbalancing|ra|loadbalancer/|lb
apigatewayrestapi|apigateway|r|/restapis/|endpoint
apigatewayv2api,apigatewayapi|apigateway|r|/apis/|endpoint
apigatewaystage,apigatewayv2stage|apigateway|r|/|endpoint
route53hostedzone|route53||hostedzone/|domain
route53domainsdomain|route53domains|a|domain/|domain
certificatemanagercertificate,acmcertificate|acm|ra|certificate/|certificate
acmpcacertificateauthority|acm-pca|ra|certificate-authority/|certificate
autoscalingautoscalinggroup|autoscaling|ra|autoScalingGroup:|other
autoscalinglaunchconfiguration|autoscaling|ra|launchConfiguration:|other
cloudformationstack|cloudformation|ra|stack/|other
efsfilesystem|elasticfilesystem|ra|file-system/|volume
efsaccesspoint|elasticfilesystem|ra|access-point/|volume
fsxfilesystem|fsx|ra|file-system/|volume
guarddutydetector|guardduty|ra|detector/|other
configurationrecorder,configconfigurationrecorder|config|ra|configuration-recorder/|other
configconfigrule|config|ra|config-rule/|other
sagemakernotebookinstance|sagemaker|ra|notebook-instance/|vm
sagemakerendpointconfig|sagemaker|ra|endpoint-config/|other
codebuildproject|codebuild|ra|project/|application
codecommitrepository|codecommit|ra||repository
codepipelinepipeline|codepipeline|ra||application
stepfunctionsstatemachine,stepfunctionstatemachine|states|ra|stateMachine:|function
gluejob|glue|ra|job/|function
athenaworkgroup|athena|ra|workgroup/|database
backupbackupvault,backupvault|backup|ra|backup-vault:|other
backupbackupplan,backupplan|backup|ra|backup-plan:|other
wafv2webacl|wafv2|ra||other
wafwebacl,wafregionalwebacl|waf|a|webacl/|other
eventseventbus|events|ra|event-bus/|queue_topic
cognitouserpool|cognito-idp|ra|userpool/|other
amazonmqbroker|mq|ra|broker:|queue_topic
neptunecluster,neptunedbcluster,docdbcluster|rds|ra|cluster:|database
workspacesworkspace|workspaces|ra|workspace/|vm
lightsailinstance|lightsail|ra|Instance/|vm
elasticbeanstalkenvironment|elasticbeanstalk|ra|environment/|application
emrcluster|elasticmapreduce|ra|cluster/|cluster
networkfirewallfirewall|network-firewall|ra|firewall/|other
accessanalyzeranalyzer|access-analyzer|ra|analyzer/|other
transferserver|transfer|ra|server/|endpoint
appsyncgraphqlapi|appsync|ra|apis/|endpoint
organizationsorganizationalunit|organizations|a|ou/|org_unit
`;

const scopes: Readonly<Record<string, AwsResourceKind['scope']>> = { ra: 'ra', a: 'a', r: 'r' };
const byName = new Map<string, AwsResourceKind>();
const byService = new Map<string, AwsResourceKind[]>();

const entityTypeOf = (text: string): EntityType => entityTypeNames.find((name) => name === text) ?? 'other';
const entityTypeNames: readonly EntityType[] = [
  'bucket', 'user', 'role', 'group', 'policy', 'certificate', 'vm', 'sg', 'vpc', 'subnet', 'eni', 'nacl', 'route_table', 'gateway', 'endpoint', 'volume',
  'snapshot', 'image', 'ip', 'function', 'database', 'queue_topic', 'secret_key', 'host', 'cluster', 'node', 'container_workload', 'repository',
  'trail', 'lb', 'domain', 'application', 'org_unit', 'other',
];

for (const line of table.trim().split('\n')) {
  const [names = '', service = '', scope = '', prefix = '', type = ''] = line.split('|');
  const kind: AwsResourceKind = { service, scope: scopes[scope] ?? '', prefix, entity_type: entityTypeOf(type) };
  for (const name of names.split(',')) byName.set(name, kind);
  byService.set(service, [...(byService.get(service) ?? []), kind]);
}

/** One spelling for a resource type's names: `AwsEc2Instance`, `AWS::EC2::Instance`, `ec2-instance` all give `ec2instance`. */
export const awsTypeKey = remembered((type: string): string => type.toLowerCase().replace(/[^a-z0-9]/g, '').replace(/^aws/, ''));

/** The kind for a resource type's name in the words of ASFF, Prowler, CloudFormation or Config; undefined when not known. */
export function awsKindOfType(type: string | undefined): AwsResourceKind | undefined {
  return type === undefined ? undefined : byName.get(awsTypeKey(type));
}

/** The entity type that an ARN's service and resource part tell; the longest prefix wins. */
export function entityTypeOfArn(service: string, resource: string): EntityType {
  if (service === 'ecr' && /^repository\/.+\/sha256:/.test(resource)) return 'image';
  let best: AwsResourceKind | undefined;
  for (const kind of byService.get(service) ?? []) {
    if (resource.startsWith(kind.prefix) && (best === undefined || kind.prefix.length > best.prefix.length)) best = kind;
  }
  return best?.entity_type ?? 'other';
}

/** Types of EC2 resources by the prefix of their short id (EC2 user guide, "Resource IDs"). */
export const ec2IdPrefixes: Readonly<Record<string, string>> = {
  i: 'ec2instance', sg: 'ec2securitygroup', sgr: 'ec2securitygrouprule', vpc: 'ec2vpc', subnet: 'ec2subnet', eni: 'ec2networkinterface',
  acl: 'ec2networkacl', rtb: 'ec2routetable', igw: 'ec2internetgateway', eigw: 'ec2egressonlyinternetgateway', nat: 'ec2natgateway',
  tgw: 'ec2transitgateway', 'tgw-attach': 'ec2transitgatewayattachment', vgw: 'ec2vpngateway', cgw: 'ec2customergateway', vpn: 'ec2vpnconnection',
  vpce: 'ec2vpcendpoint', 'vpce-svc': 'ec2vpcendpointservice', pcx: 'ec2vpcpeeringconnection', vol: 'ec2volume', snap: 'ec2snapshot', ami: 'ec2image',
  eipalloc: 'ec2eip', lt: 'ec2launchtemplate', key: 'ec2keypair', fl: 'ec2flowlog', dopt: 'ec2dhcpoptions', mi: 'ssmmanagedinstance',
  'cvpn-endpoint': 'ec2clientvpnendpoint',
};
