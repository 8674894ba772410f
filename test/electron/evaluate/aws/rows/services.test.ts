import { describe, it } from 'vitest';
import type { Question } from '#electron/evaluate/platform.ts';
import type { ResourceDraft } from '../../../../graph-of.ts';
import { aclEntries, allowAll, dbUrn, entry, networkDrafts, routes, rule, type Change } from '../aws-network.ts';
import { A, B, deny, doc, expectRow, pair, region, when, type Row, type Told } from './row.ts';

const made = (type: string, kind: ResourceDraft['kind'], urn: string, config: object): ResourceDraft => ({ urn, type: `AWS::${type}`, kind, account: A, region, config });
const into = (subject: string, object?: string): Question => ({ question: 'ingress', subject, ...(object !== undefined && { object }) });
const shared = (subject: string, action?: string): Question => ({ question: 'public_storage', subject, ...(action !== undefined && { action }) });
const anyone = (Action: unknown, more: object = {}): object => ({ Sid: 'Open', Effect: 'Allow', Principal: '*', Action, Resource: '*', ...more });
const two = (id: string, fact: string, first: ResourceDraft, firstTold: Told, second: ResourceDraft, secondTold: Told, object?: string): Row => pair(id, fact, into(first.urn, object), [first], firstTold, [second], secondTold);

const rest = (more: object = {}) => made('ApiGateway::RestApi', 'endpoint', `arn:aws:apigateway:${region}::/restapis/a1`, { Id: 'a1', EndpointConfiguration: { Types: ['REGIONAL'] }, ...more });
const methods = (AuthorizationType: string, ApiKeyRequired = false) => ({ Resources: [{ Path: '/', ResourceMethods: { GET: { HttpMethod: 'GET', AuthorizationType, ApiKeyRequired } } }] });
const invoke = (more: object = {}) => ({ Policy: doc(anyone('execute-api:Invoke', { Resource: 'execute-api:/*', ...more })) });
const http = (more: object = {}) => made('ApiGatewayV2::Api', 'endpoint', `arn:aws:apigateway:${region}::/apis/h1`, { ApiId: 'h1', ApiEndpoint: 'https://h1.example', ...more });
const graph = (more: object = {}) => made('AppSync::GraphQLApi', 'endpoint', `arn:aws:appsync:${region}:${A}:apis/g`, { AuthenticationType: 'API_KEY', ...more });
const apis: readonly Row[] = [
  two('API Gateway', 'REGIONAL, or PRIVATE', rest(), ['yes', 'public_endpoint a1/EndpointConfiguration/Types: the API is REGIONAL'], rest({ EndpointConfiguration: { Types: ['PRIVATE'] } }), ['no NOT_PUBLIC', 'a private API is reached through VPC endpoints only']),
  two('API Gateway', 'EDGE, or PRIVATE', rest({ EndpointConfiguration: { Types: ['EDGE'] } }), ['yes', 'the API is EDGE'], rest({ EndpointConfiguration: { Types: ['PRIVATE'] } }), ['no NOT_PUBLIC']),
  two('API Gateway', 'a resource policy for everyone, or for an endpoint', rest(invoke()), ['yes', 'resource_policy a1/Policy/Statement/0: statement "Open" lets everyone do execute-api:Invoke'], rest(invoke(when('StringEquals', 'aws:SourceVpce', 'vpce-1'))), ['no RESOURCE_POLICY', 'lets in only whom it names, or whom its conditions fix']),
  two('API Gateway', 'a resource policy for everyone, or one that denies all but a network', rest(invoke()), ['yes'], rest({ Policy: doc(anyone('execute-api:Invoke', { Resource: 'execute-api:/*' }), { ...deny('execute-api:Invoke', 'execute-api:/*', { Principal: '*', ...when('NotIpAddress', 'aws:SourceIp', '198.51.100.0/24') }), Sid: 'Wall' }) }), ['no RESOURCE_POLICY', 'a1/Policy/Statement/1: a statement names everyone, but statement "Wall" of the policy']),
  two('API Gateway', 'no resource policy, or one for an account', rest(), ['yes', 'the API has no resource policy'], rest(invoke({ Principal: { AWS: B } })), ['no RESOURCE_POLICY']),
  two('API Gateway', 'authorizationType NONE, or AWS_IAM', rest(methods('NONE')), ['yes', 'authorization a1/Resources/0/ResourceMethods/GET: method GET asks for no credentials'], rest(methods('AWS_IAM')), ['no AUTHORIZATION', 'authorization a1/Resources/0/ResourceMethods/GET: every method asks for credentials or an API key']),
  two('API Gateway', 'no API key needed, or one', rest(methods('NONE')), ['yes'], rest(methods('NONE', true)), ['no AUTHORIZATION']),
  ...(['CUSTOM', 'COGNITO_USER_POOLS'] as const).map((type) => two('API Gateway', `NONE, or ${type}`, rest(methods('NONE')), ['yes'], rest(methods(type)), ['no AUTHORIZATION'])),
  two('API Gateway', 'the methods recorded as closed, or not recorded: taken as open, and said', rest(methods('AWS_IAM')), ['no AUTHORIZATION'], rest(), ['yes', 'assumed a method of the API asks for no credentials']),
  two('HTTP API', 'an open route, or one for a token', http({ Routes: [{ RouteKey: 'GET /', AuthorizationType: 'NONE' }] }), ['yes', 'authorization h1/Routes/0: route GET / asks for no credentials', 'via https://h1.example'], http({ Routes: [{ RouteKey: 'GET /', AuthorizationType: 'JWT' }] }), ['no AUTHORIZATION', 'every route asks for credentials']),
  two('HTTP API', 'its endpoint on, or off', http(), ['yes', 'its own endpoint is on'], http({ DisableExecuteApiEndpoint: true }), ['unknown', 'missing custom domain names of the API']),
  two('AppSync', 'a private API, or one that asks for a key: nobody comes in without', graph({ Visibility: 'PRIVATE' }), ['no NOT_PUBLIC', 'public_endpoint g/Visibility: the API is PRIVATE'], graph(), ['no AUTHORIZATION', 'authorization g/AuthenticationType: the API asks for API_KEY']),
  two('AppSync', 'what it asks for is recorded, or not', graph(), ['no AUTHORIZATION'], graph({ AuthenticationType: undefined }), ['unknown', 'missing what the API asks for']),
];

const distribution = (more: object = {}) => made('CloudFront::Distribution', 'endpoint', `arn:aws:cloudfront::${A}:distribution/D`, { Id: 'D', DomainName: 'd1.cloudfront.net', Enabled: true, ...more });
const fn = (more: object = {}) => made('Lambda::Function', 'function', `arn:aws:lambda:${region}:${A}:function:f`, { FunctionName: 'f', FunctionUrlConfig: { FunctionUrl: 'https://u.lambda-url.example/', AuthType: 'NONE' }, Policy: doc(anyone(['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'], when('StringEquals', 'lambda:FunctionUrlAuthType', 'NONE'))), ...more });
const edges: readonly Row[] = [
  two('CloudFront', 'enabled, or disabled', distribution(), ['yes', 'public_endpoint D/Enabled: the distribution is enabled', 'via d1.cloudfront.net'], distribution({ Enabled: false }), ['no NOT_PUBLIC', 'public_endpoint D/Enabled: the distribution is disabled']),
  two('CloudFront', 'a web ACL mitigates and does not block; disabling does', distribution({ WebACLId: 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/w/1' }), ['yes', 'mitigation D/WebACLId: a web ACL stands before it'], distribution({ Enabled: false }), ['no NOT_PUBLIC']),
  two('Lambda URL', 'AuthType NONE and a policy for everyone, or AWS_IAM', fn(), ['yes', 'resource_policy f/Policy/Statement/0: statement "Open" lets everyone do lambda:InvokeFunctionUrl', 'via https://u.lambda-url.example/'], fn({ FunctionUrlConfig: { FunctionUrl: 'https://u.example/', AuthType: 'AWS_IAM' } }), ['no AUTHORIZATION', 'authorization f/FunctionUrlConfig/AuthType: the function URL asks for IAM credentials']),
  two('Lambda URL', 'a policy for everyone, or for an account', fn(), ['yes'], fn({ Policy: doc(anyone('lambda:InvokeFunctionUrl', { Principal: { AWS: B } })) }), ['no RESOURCE_POLICY', 'lets in only whom it names']),
  two('Lambda URL', 'a policy for everyone, or none', fn(), ['yes'], fn({ Policy: null }), ['no RESOURCE_POLICY', 'it has no resource policy']),
  two('Lambda URL', 'a policy for NONE, or for AWS_IAM', fn(), ['yes'], fn({ Policy: doc(anyone('lambda:InvokeFunctionUrl', when('StringEquals', 'lambda:FunctionUrlAuthType', 'AWS_IAM'))) }), ['no RESOURCE_POLICY']),
  two('Lambda URL', 'an Allow alone, or with a Deny', fn(), ['yes'], fn({ Policy: doc(anyone('lambda:*'), { ...deny('lambda:InvokeFunctionUrl', '*', { Principal: '*' }), Sid: 'Wall' }) }), ['no RESOURCE_POLICY', 'Wall']),
  two('Lambda URL', 'with the permission for URLs alone it was made before October 2025, which is said; without it there is none', fn({ Policy: doc(anyone('lambda:InvokeFunctionUrl')) }), ['yes', 'assumed the function URL was made before October 2025'], fn({ Policy: doc(anyone('lambda:InvokeFunction')) }), ['no RESOURCE_POLICY']),
  two('Lambda URL', 'a URL, or none', fn(), ['yes'], fn({ FunctionUrlConfig: null }), ['no NO_PUBLIC_IP', 'the function has no URL']),
  two('Lambda URL', 'recorded, or not', fn(), ['yes'], fn({ FunctionUrlConfig: undefined }), ['unknown', 'missing whether the function has a URL']),
];

const byGateway = (more: object = {}) => doc({ Effect: 'Allow', Principal: { Service: 'apigateway.amazonaws.com' }, Action: 'lambda:InvokeFunction', Resource: '*', ...more });
const called = fn({ FunctionUrlConfig: null, Policy: byGateway() }), uri = `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${called.urn}/invocations`;
const calls = (Uri: string, more: object = {}) => ({ Resources: [{ Path: '/pay', ResourceMethods: { POST: { HttpMethod: 'POST', AuthorizationType: 'NONE', ApiKeyRequired: false, MethodIntegration: { Type: 'AWS_PROXY', Uri }, ...more } } }] });
const routed = (IntegrationUri: string, more: object = {}) => http({ Integrations: [{ IntegrationId: 'x1', IntegrationUri }], Routes: [{ RouteKey: 'POST /pay', Target: 'integrations/x1', AuthorizationType: 'NONE', ...more }] });
const told = (IntegrationUri: string): readonly ResourceDraft[] => [http({ Name: 'h1' }), made('ApiGatewayV2::Route', 'other', 'arn:aws:apigateway:x::/apis/h1/routes/r', { ApiId: 'h1', RouteKey: 'GET /pay', AuthorizationType: 'NONE', Target: 'integrations/i' }), made('ApiGatewayV2::Integration', 'other', 'arn:aws:apigateway:x::/apis/h1/integrations/i', { ApiId: 'h1', IntegrationId: 'i', IntegrationUri })];
const method = (AuthorizationType: string): ResourceDraft => made('ApiGateway::Method', 'other', 'arn:aws:apigateway:x::/restapis/a1/resources/r/methods/POST', { RestApiId: 'a1', HttpMethod: 'POST', AuthorizationType, Integration: { Uri: uri } });
const viaApi = (fact: string, first: ResourceDraft, firstLine: string, second: ResourceDraft): Row => pair('API to function', fact, into(called.urn), [called, first], ['yes', firstLine], [called, second], ['no NO_PUBLIC_IP', 'the function has no URL']);
const functions: readonly Row[] = [
  viaApi('an open method calls it, or another function', rest(calls(uri)), 'api a1/Resources/0/ResourceMethods/POST: POST /pay of a1 calls the function', rest(calls(uri.replace(':f/', ':g/')))),
  viaApi('a method that asks for nothing, or for IAM', rest(calls(uri)), 'asks for no credentials', rest(calls(uri, { AuthorizationType: 'AWS_IAM' }))),
  viaApi('a regional API, or a private one', rest(calls(uri)), 'the API is REGIONAL', rest({ ...calls(uri), EndpointConfiguration: { Types: ['PRIVATE'] } })),
  viaApi('an open route, or one for a token', routed(called.urn), 'api h1/Routes/0: POST /pay of', routed(called.urn, { AuthorizationType: 'JWT' })),
  viaApi('a route to it, or to another', routed(called.urn), 'calls the function', routed(called.urn.replace(':f', ':g'))),
  pair('API to function', 'the function, or an alias with a policy of its own', into(called.urn), [called, routed(called.urn)], ['yes'], [called, routed(`${called.urn}:live`)], ['unknown', 'missing the policy of the alias or version that is called']),
  pair('API to function', 'a policy that lets the API call it, or none', into(called.urn), [called, rest(calls(uri))], ['yes', 'its policy lets apigateway.amazonaws.com call it'], [fn({ FunctionUrlConfig: null, Policy: null }), rest(calls(uri))], ['no NO_PUBLIC_IP']),
  pair('API to function', 'a policy for this API, or for another', into(called.urn), [fn({ FunctionUrlConfig: null, Policy: byGateway(when('ArnLike', 'AWS:SourceArn', `arn:aws:execute-api:${region}:${A}:a1/*/POST/pay`)) }), rest(calls(uri))], ['yes'], [fn({ FunctionUrlConfig: null, Policy: byGateway(when('ArnLike', 'AWS:SourceArn', `arn:aws:execute-api:${region}:${A}:b2/*/POST/pay`)) }), rest(calls(uri))], ['no NO_PUBLIC_IP']),
  pair('API to function', 'a policy for every stage of the API, or for one', into(called.urn), [fn({ FunctionUrlConfig: null, Policy: byGateway(when('ArnLike', 'AWS:SourceArn', `arn:aws:execute-api:${region}:${A}:a1/*/POST/pay`)) }), rest(calls(uri))], ['yes'], [fn({ FunctionUrlConfig: null, Policy: byGateway(when('ArnLike', 'AWS:SourceArn', `arn:aws:execute-api:${region}:${A}:a1/prod/POST/pay`)) }), rest(calls(uri))], ['unknown', 'missing whether its policy lets apigateway.amazonaws.com call it from there']),
  pair('API to function', 'the API’s own endpoint on, or off and perhaps behind a custom domain', into(called.urn), [called, rest(calls(uri))], ['yes'], [called, rest({ ...calls(uri), DisableExecuteApiEndpoint: true })], ['unknown', 'missing custom domain names of the API']),
  pair('API to function', 'its endpoint type recorded, or not', into(called.urn), [called, rest(calls(uri))], ['yes'], [called, rest({ ...calls(uri), EndpointConfiguration: undefined })], ['unknown', 'missing the endpoint type of the API']),
  pair('API to function', 'route and integration in records of their own: to it, or to another', into(called.urn), [called, ...told(called.urn)], ['yes', 'GET /pay of h1 calls the function'], [called, ...told(called.urn.replace(':f', ':g'))], ['no NO_PUBLIC_IP']),
  pair('API to function', 'a method in a record of its own: open, or for IAM', into(called.urn), [called, rest(), method('NONE')], ['yes', 'calls the function'], [called, rest(), method('AWS_IAM')], ['no NO_PUBLIC_IP']),
  pair('Policy of Function', 'a permission for URLs counts where there is a URL, not where there is none', shared(called.urn), [fn()], ['yes', 'lets everyone do lambda:Invoke'], [fn({ FunctionUrlConfig: null, Policy: doc(anyone('lambda:InvokeFunctionUrl')) })], ['no RESOURCE_POLICY']),
  pair('Policy of Function', 'and where the URL asks for what the permission is for', shared(called.urn), [fn()], ['yes'], [fn({ FunctionUrlConfig: { FunctionUrl: 'https://u.example/', AuthType: 'AWS_IAM' } })], ['no RESOURCE_POLICY']),
];

const db = (fact: string, change: object, told: Told, more: readonly ResourceDraft[] = [], others: Change = {}): Row => pair('RDS', fact, into(dbUrn), networkDrafts(), ['yes', 'public_address orders/PubliclyAccessible: the database is publicly accessible'], networkDrafts({ database: change, ...others }, more), told);
const warehouse = (more: object = {}) => made('Redshift::Cluster', 'database', `arn:aws:redshift:${region}:${A}:cluster:r`, { PubliclyAccessible: true, ClusterStatus: 'available', ClusterSubnetGroupName: 'g', VpcId: 'vpc-1', Endpoint: { Port: 22 }, VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-1' }], ...more });
const subnetGroup = made('Redshift::ClusterSubnetGroup', 'other', `arn:aws:redshift:${region}:${A}:subnetgroup:g`, { ClusterSubnetGroupName: 'g', Subnets: [{ SubnetIdentifier: 'subnet-1' }] });
const inVpc = (id: string, fact: string, of: (more?: object) => ResourceDraft, change: object, told: Told, others: Change = {}, first: Told = ['yes']): Row => pair(id, fact, into(of().urn), networkDrafts({}, [of(), subnetGroup]), first, networkDrafts(others, [of(change), subnetGroup]), told);
const brokers = (Type: string | undefined = 'SERVICE_PROVIDED_EIPS') => made('MSK::Cluster', 'queue_topic', `arn:aws:kafka:${region}:${A}:cluster/m/1`, { State: 'ACTIVE', BrokerNodeGroupInfo: { ClientSubnets: ['subnet-1'], SecurityGroups: ['sg-1'], ConnectivityInfo: { PublicAccess: { Type } } } });
const domain = (type: 'OpenSearch' | 'Elasticsearch', more: object = {}) => made(`${type}::Domain`, 'database', `arn:aws:es:${region}:${A}:domain/d`, { DomainName: 'd', Endpoint: 'd.example', Policy: doc(anyone('es:*', { Resource: `arn:aws:es:${region}:${A}:domain/d/*` })), ...more });
const eks = (more: object = {}) => made('EKS::Cluster', 'other', `arn:aws:eks:${region}:${A}:cluster/k`, { Name: 'k', Endpoint: 'https://k.example', ResourcesVpcConfig: { EndpointPublicAccess: true, PublicAccessCidrs: ['0.0.0.0/0'], ...more } });
const stores: readonly Row[] = [
  db('publicly accessible, or not', { PubliclyAccessible: false }, ['no NO_PUBLIC_IP', 'public_address orders/PubliclyAccessible: the database is not publicly accessible']),
  db('its VPC has an internet gateway, or none', {}, ['no NO_IGW'], [], { gateway: { Attachments: [] } }), db('its subnet routes there, or not', {}, ['no NO_ROUTE_TO_IGW'], [], { table: routes() }),
  db('its network ACL lets it in, or not', {}, ['no NACL_IN'], [], { acl: aclEntries(entry(90, 'deny', false, { Protocol: '6', PortRange: { From: 22, To: 22 } }), ...allowAll) }),
  db('its group opens it, or only to an office', {}, ['no SG_IN', 'only to 198.51.100.0/24'], [], { group: { IpPermissions: [rule(22, '198.51.100.0/24')] } }), db('available, or stopped', { DBInstanceStatus: 'stopped' }, ['no STATE', 'state orders/DBInstanceStatus: the database is stopped']),
  inVpc('Redshift', 'publicly accessible, or not', warehouse, { PubliclyAccessible: false }, ['no NO_PUBLIC_IP', 'public_address r/PubliclyAccessible: the cluster is not publicly accessible'], {}, ['yes', 'the cluster is publicly accessible']),
  inVpc('Redshift', 'its subnet routes to the internet gateway, or not', warehouse, {}, ['no NO_ROUTE_TO_IGW'], { table: routes() }), inVpc('Redshift', 'its group opens the port, or not', warehouse, {}, ['no SG_IN'], { group: { IpPermissions: [] } }), inVpc('Redshift', 'available, or paused', warehouse, { ClusterStatus: 'paused' }, ['no STATE', 'the cluster is paused']),
  pair('MSK', 'public access of the brokers, or none', into(brokers().urn), networkDrafts({}, [brokers()]), ['yes', 'public access of the brokers is SERVICE_PROVIDED_EIPS'], networkDrafts({}, [brokers('DISABLED')]), ['no NO_PUBLIC_IP', 'public access of the brokers is DISABLED']),
  pair('MSK', 'public brokers whose group opens a port, or none', into(brokers().urn), networkDrafts({}, [brokers()]), ['yes'], networkDrafts({ group: { IpPermissions: [] } }, [brokers()]), ['no SG_IN']),
  ...(['OpenSearch', 'Elasticsearch'] as const).flatMap((type): readonly Row[] => [
    two(type, 'outside a VPC with an open policy, or inside one', domain(type), ['yes', 'the domain has a public endpoint', 'resource_policy d/Policy/Statement/0: statement "Open" lets everyone do es:ESHttpGet'], domain(type, { VPCOptions: { VPCId: 'vpc-1' } }), ['no NOT_PUBLIC', 'public_endpoint d/VPCOptions: the domain is in a VPC']),
    two(type, 'an open policy, or one for an account', domain(type), ['yes'], domain(type, { Policy: doc(anyone('es:*', { Principal: { AWS: A } })) }), ['no RESOURCE_POLICY']),
    two(type, 'an open policy, or one for addresses', domain(type), ['yes'], domain(type, { Policy: doc(anyone('es:*', when('IpAddress', 'aws:SourceIp', '198.51.100.0/24'))) }), ['no RESOURCE_POLICY', 'whom its conditions fix']),
  ]),
  two('EKS', 'a public endpoint, or a private one', eks(), ['yes', 'public_endpoint k/ResourcesVpcConfig/EndpointPublicAccess: the API server is public'], eks({ EndpointPublicAccess: false }), ['no NOT_PUBLIC', 'the API server is not public']),
  two('EKS', 'everywhere, or an office', eks(), ['yes', 'security_group k/ResourcesVpcConfig/PublicAccessCidrs: 0.0.0.0/0 includes the internet'], eks({ PublicAccessCidrs: ['198.51.100.0/24'] }), ['no SG_IN', '198.51.100.0/24 does not include the internet']),
  two('EKS', 'no list of networks is everywhere; one of an office is not', eks({ PublicAccessCidrs: undefined }), ['yes', 'security_group k/ResourcesVpcConfig: 0.0.0.0/0 includes the internet'], eks({ PublicAccessCidrs: ['198.51.100.0/24'] }), ['no SG_IN']),
  two('EKS', 'asked from the office, or from elsewhere', eks({ PublicAccessCidrs: ['198.51.100.0/24'] }), ['yes', '198.51.100.0/24 includes 198.51.100.7'], eks({ PublicAccessCidrs: ['203.0.113.0/24'] }), ['no SG_IN'], '198.51.100.7'),
];

const all = (config: object, type: string, urn: string) => made(type, 'other', urn, config);
const image = (config: object) => all({ ImageId: 'ami-1', ...config }, 'EC2::Image', `arn:aws:ec2:${region}::image/ami-1`), volume = (config: object) => all({ SnapshotId: 'snap-1', ...config }, 'EC2::Snapshot', `arn:aws:ec2:${region}::snapshot/snap-1`);
const dump = (type: string, key: string, ...AttributeValues: readonly string[]) => all({ [key]: [{ AttributeName: 'restore', AttributeValues }] }, type, `arn:aws:rds:${region}:${A}:snapshot:s`);
const given = (id: string, first: ResourceDraft, firstLine: string, second: ResourceDraft, secondLine: string): Row => pair('Shared', `${id}: with everyone, or with an account`, shared(first.urn), [first], ['yes', firstLine], [second], ['no NOT_PUBLIC', secondLine]);
const sharing: readonly Row[] = [
  given('an image', image({ LaunchPermissions: [{ Group: 'all' }] }), 'public_endpoint ami-1/LaunchPermissions: the image is shared with every AWS account', image({ LaunchPermissions: [{ UserId: B }] }), 'the image is not shared with everyone'), given('an image that says it', image({ Public: true }), 'public_endpoint ami-1/Public', image({ Public: false }), 'not shared'),
  given('a volume’s snapshot', volume({ CreateVolumePermissions: [{ Group: 'all' }] }), 'public_endpoint snap-1/CreateVolumePermissions: the snapshot is shared with every AWS account', volume({ CreateVolumePermissions: [{ UserId: B }] }), 'the snapshot is not shared'),
  given('a database’s snapshot', dump('RDS::DBSnapshot', 'DBSnapshotAttributes', 'all'), 'public_endpoint s/DBSnapshotAttributes: the database snapshot is shared', dump('RDS::DBSnapshot', 'DBSnapshotAttributes', B), 'not shared'), given('a cluster’s snapshot', dump('RDS::DBClusterSnapshot', 'DBClusterSnapshotAttributes', 'all'), 'shared with every AWS account', dump('RDS::DBClusterSnapshot', 'DBClusterSnapshotAttributes', B), 'not shared'),
  { id: 'Shared', fact: 'a repository of the public registry, or a private one without a policy', first: [[made('ECR::PublicRepository', 'image', `arn:aws:ecr-public::${A}:repository/r`, {})], shared(`arn:aws:ecr-public::${A}:repository/r`)], firstTold: ['yes', 'the public registry’s repository is shared with every AWS account'], second: [[made('ECR::Repository', 'image', `arn:aws:ecr:${region}:${A}:repository/r`, { Policy: null })], shared(`arn:aws:ecr:${region}:${A}:repository/r`)], secondTold: ['no RESOURCE_POLICY'] },
  pair('Shared', 'an image: recorded, or not', shared(image({}).urn), [image({ LaunchPermissions: [] })], ['no NOT_PUBLIC'], [image({})], ['unknown', 'missing who may launch the image']),
  pair('Shared', 'a snapshot: recorded, or not', shared(volume({}).urn), [volume({ CreateVolumePermissions: [] })], ['no NOT_PUBLIC'], [volume({})], ['unknown', 'missing who may use the snapshot']),
];

/** Type, ARN, an action of a stranger, and where the policy stands. */
const holders: readonly (readonly [type: string, urn: string, action: string, key?: string])[] = [
  ['ECR::Repository', `arn:aws:ecr:${region}:${A}:repository/r`, 'ecr:BatchGetImage'], ['ECR::Repository', `arn:aws:ecr:${region}:${A}:repository/r`, 'ecr:PutImage', 'RepositoryPolicyText'], ['SNS::Topic', `arn:aws:sns:${region}:${A}:t`, 'sns:Publish'], ['SNS::Topic', `arn:aws:sns:${region}:${A}:t`, 'sns:Subscribe'],
  ['SQS::Queue', `arn:aws:sqs:${region}:${A}:q`, 'sqs:SendMessage'], ['SQS::Queue', `arn:aws:sqs:${region}:${A}:q`, 'sqs:ReceiveMessage'], ['KMS::Key', `arn:aws:kms:${region}:${A}:key/k`, 'kms:Decrypt'], ['KMS::Key', `arn:aws:kms:${region}:${A}:key/k`, 'kms:Decrypt', 'KeyPolicy'],
  ['SecretsManager::Secret', `arn:aws:secretsmanager:${region}:${A}:secret:s-abcdef`, 'secretsmanager:GetSecretValue'], ['SecretsManager::Secret', `arn:aws:secretsmanager:${region}:${A}:secret:s-abcdef`, 'secretsmanager:GetSecretValue', 'ResourcePolicy'], ['Lambda::Function', `arn:aws:lambda:${region}:${A}:function:f`, 'lambda:InvokeFunction'],
];
const policies: readonly Row[] = holders.flatMap(([type, urn, action, key = 'Policy']): readonly Row[] => {
  const held = (more: object = {}, ...others: readonly object[]) => [made(type, 'other', urn, { [key]: doc(anyone(action, more), ...others) })], open: Told = ['yes', `/${key}/Statement/0: statement "Open" lets everyone do ${action}`];
  const id = `Policy of ${type.split('::')[1] ?? ''} (${key}, ${action})`;
  return [
    pair(id, 'for everyone, or for an account', shared(urn), held(), open, held({ Principal: { AWS: B } }), ['no RESOURCE_POLICY', `/${key}: its policy lets in only whom it names`]),
    pair(id, 'for everyone, or under a fixed source', shared(urn), held(when('StringEqualsIfExists', 'aws:SourceAccount', A)), open, held(when('StringEquals', 'aws:SourceAccount', A)), ['no RESOURCE_POLICY', 'whom its conditions fix']),
    pair(id, 'an Allow, or an Allow and a Deny', shared(urn), held(), open, held({}, { ...deny(action, '*', { Principal: '*' }), Sid: 'Wall' }), ['no RESOURCE_POLICY', `/${key}/Statement/1: a statement names everyone, but statement "Wall" of the policy`]),
    pair(id, 'the action that is open, or another', shared(urn, action), held(), open, held({ Action: `${action.split(':')[0] ?? ''}:List*` }), ['no RESOURCE_POLICY']),
    pair(id, 'recorded as none, or not recorded', shared(urn), [made(type, 'other', urn, { [key]: null })], ['no RESOURCE_POLICY', `/${key}: it has no resource policy`], [made(type, 'other', urn, {})], ['unknown', 'missing its resource policy']),
  ];
});

describe('AWS services on the internet', () => {
  it.each([...apis, ...edges, ...functions, ...stores, ...sharing, ...policies])('$id: $fact', (row) => expectRow(row));
});
