import { restServer, type Heard, type Reply, type RestServer } from './rest-server.ts';

/** What the account has; every service and operation that isn't named answers that there is nothing. */
export type AwsWorld = Readonly<Record<string, (heard: AwsHeard) => AwsReply>>;
export interface AwsHeard extends Heard { readonly service: string; readonly operation: string; readonly region: string; readonly form: URLSearchParams; readonly input: Readonly<Record<string, unknown>> }
/** A body in the service's own protocol (XML inside the result element, or JSON), or an error. */
export type AwsReply = { readonly xml: string } | { readonly json: unknown } | { readonly error: string; readonly status?: number; readonly message?: string } | Reply;
export interface AwsServer extends RestServer { /** `ec2 DescribeVpcs`, as asked for. */ readonly operations: () => readonly string[]; readonly calls: (operation: string) => readonly AwsHeard[] }

export const ACCOUNT = '111122223333';

/**
 * An AWS on loopback: reads the operation from the request as each protocol carries it (Query and EC2: `Action`; JSON: `X-Amz-Target`; REST: method
 * and path), the service and region from the signature's scope, and answers with an operation's entry of the world.
 */
export async function awsServer(world: AwsWorld): Promise<AwsServer> {
  const calls: AwsHeard[] = [];
  const everything: AwsWorld = { ...basics, ...world };
  const server = await restServer((heard) => {
    const call = read(heard);
    calls.push(call);
    const entry = everything[`${call.service} ${call.operation}`];
    return write(call, entry === undefined ? {} : entry(call));
  });
  return { ...server, operations: () => [...new Set(calls.map((c) => `${c.service} ${c.operation}`))].sort(), calls: (operation) => calls.filter((c) => `${c.service} ${c.operation}` === operation) };
}

const basics: AwsWorld = {
  'sts GetCallerIdentity': () => ({ xml: `<Arn>arn:aws:sts::${ACCOUNT}:assumed-role/Auditor/winnow</Arn><UserId>AROAX:winnow</UserId><Account>${ACCOUNT}</Account>` }),
  'ec2 DescribeRegions': () => ({ xml: '<regionInfo><item><regionName>eu-west-1</regionName></item></regionInfo>' }),
};

/** REST operations by method and path; the S3 ones by their subresource. */
const rest: readonly (readonly [service: string, method: string, path: RegExp, operation: string])[] = [
  ['lambda', 'GET', /^\/2015-03-31\/functions\/?$/, 'ListFunctions'], ['lambda', 'GET', /^\/2015-03-31\/functions\/[^/]+\/policy$/, 'GetPolicy'], ['lambda', 'GET', /^\/2021-10-31\/functions\/[^/]+\/urls$/, 'ListFunctionUrlConfigs'],
  ['apigateway', 'GET', /^\/restapis$/, 'GetRestApis'], ['apigateway', 'GET', /^\/restapis\/[^/]+\/resources$/, 'GetResources'], ['apigateway', 'GET', /^\/v2\/apis$/, 'GetApis'], ['apigateway', 'GET', /^\/v2\/apis\/[^/]+\/routes$/, 'GetRoutes'],
  ['eks', 'GET', /^\/clusters$/, 'ListClusters'], ['eks', 'GET', /^\/clusters\/[^/]+$/, 'DescribeCluster'], ['cloudfront', 'GET', /^\/2020-05-31\/distribution$/, 'ListDistributions'],
  ['kafka', 'GET', /^\/api\/v2\/clusters$/, 'ListClustersV2'], ['kafka', 'GET', /^\/v1\/clusters\/[^/]+\/policy$/, 'GetClusterPolicy'], ['elasticfilesystem', 'GET', /^\/2015-02-01\/file-systems$/, 'DescribeFileSystems'], ['elasticfilesystem', 'GET', /^\/2015-02-01\/file-systems\/[^/]+\/policy$/, 'DescribeFileSystemPolicy'],
  ['es', 'GET', /^\/2021-01-01\/domain$/, 'ListDomainNames'], ['es', 'POST', /^\/2021-01-01\/opensearch\/domain-info$/, 'DescribeDomains'],
  ['s3', 'GET', /^\/v20180820\/configuration\/publicAccessBlock$/, 'GetAccountPublicAccessBlock'], ['s3', 'GET', /^\/v20180820\/accesspoint$/, 'ListAccessPoints'], ['s3', 'GET', /^\/v20180820\/accesspoint\/[^/]+$/, 'GetAccessPoint'], ['s3', 'GET', /^\/v20180820\/accesspoint\/[^/]+\/policy$/, 'GetAccessPointPolicy'],
];
const bucketParts: Readonly<Record<string, string>> = { policy: 'GetBucketPolicy', acl: 'GetBucketAcl', publicAccessBlock: 'GetPublicAccessBlock', ownershipControls: 'GetBucketOwnershipControls', encryption: 'GetBucketEncryption', tagging: 'GetBucketTagging' };

function read(heard: Heard): AwsHeard {
  const [, region = '', service = ''] = /Credential=[^/]+\/\d{8}\/([^/]+)\/([^/]+)\//.exec(heard.headers['authorization'] ?? '') ?? [];
  const form = new URLSearchParams(heard.headers['content-type']?.includes('urlencoded') === true ? heard.body : '');
  const target = heard.headers['x-amz-target'];
  const input = target === undefined && !heard.body.startsWith('{') ? {} : JSON.parse(heard.body || '{}') as Record<string, unknown>;
  return { ...heard, service, region, form, input, operation: form.get('Action') ?? target?.split('.').at(-1) ?? restOperation(heard, service) };
}

function restOperation(heard: Heard, service: string): string {
  const known = rest.find(([of, method, path]) => of === service && method === heard.method && path.test(heard.path));
  if (known) return known[3];
  if (service !== 's3') return `${heard.method} ${heard.path}`;
  if (heard.path === '/') return 'ListBuckets';
  const part = Object.keys(bucketParts).find((key) => heard.query.has(key));
  return part === undefined ? `${heard.method} object ${heard.path}` : bucketParts[part] ?? '';
}

/** The bucket that a request is about. */
export const bucketOf = (heard: Heard): string => decodeURIComponent(heard.path.split('/')[1] ?? '');

function write(call: AwsHeard, reply: AwsReply): Reply {
  if ('error' in reply) return failure(call, reply);
  if ('xml' in reply) return { text: envelope(call, reply.xml), headers: { 'content-type': 'text/xml' } };
  if ('json' in reply && call.headers['x-amz-target'] !== undefined) return { ...reply, headers: { 'content-type': 'application/x-amz-json-1.1' } };
  if (Object.keys(reply).length > 0) return reply;
  if (call.form.has('Action')) return { text: envelope(call, ''), headers: { 'content-type': 'text/xml' } };
  const isXml = call.service === 's3' || call.service === 'cloudfront';
  return isXml ? { text: s3Empty[call.operation] ?? '<Empty/>', headers: { 'content-type': 'text/xml' } } : { json: {} };
}
const s3Empty: Readonly<Record<string, string>> = { ListBuckets: '<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>', ListDistributions: '<DistributionList><Marker/><MaxItems>100</MaxItems><IsTruncated>false</IsTruncated><Quantity>0</Quantity></DistributionList>' };

/** EC2 answers at the top, the other query services inside a result, REST services as they are. */
function envelope({ service, operation, form }: AwsHeard, inner: string): string {
  if (!form.has('Action')) return inner;
  return service === 'ec2' ? `<${operation}Response><requestId>r</requestId>${inner}</${operation}Response>` : `<${operation}Response><${operation}Result>${inner}</${operation}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></${operation}Response>`;
}

function failure(call: AwsHeard, { error, status = 400, message = 'no' }: Extract<AwsReply, { readonly error: string }>): Reply {
  if (call.service === 'ec2') return { status, text: `<Response><Errors><Error><Code>${error}</Code><Message>${message}</Message></Error></Errors><RequestID>r</RequestID></Response>`, headers: { 'content-type': 'text/xml' } };
  if (call.form.has('Action')) return { status, text: `<ErrorResponse><Error><Type>Sender</Type><Code>${error}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`, headers: { 'content-type': 'text/xml' } };
  if (call.service === 's3') return { status, text: `<Error><Code>${error}</Code><Message>${message}</Message><RequestId>r</RequestId></Error>`, headers: { 'content-type': 'application/xml' } };
  return { status, json: { __type: error, message, Message: message }, headers: { 'x-amzn-errortype': error } };
}
