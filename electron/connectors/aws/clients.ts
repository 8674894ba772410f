import { isObject, type JsonObject } from '#shared/lib/json.ts';
import { ConnectFailure } from '../pace/failure.ts';
import { isLoopback } from '../pace/stand-in.ts';
import type { Session } from '../connector.ts';
import type { Credentials } from './credentials.ts';
import { readAwsFault } from './fault.ts';
import type { ServiceName } from './spec.ts';

/** The SDK's client of each service, loaded when it is first asked for. */
const loaders: Readonly<Record<ServiceName, readonly [client: string, load: () => Promise<object>]>> = {
  apigateway: ['APIGatewayClient', () => import('@aws-sdk/client-api-gateway')], apigatewayv2: ['ApiGatewayV2Client', () => import('@aws-sdk/client-apigatewayv2')], cloudfront: ['CloudFrontClient', () => import('@aws-sdk/client-cloudfront')],
  cloudtrail: ['CloudTrailClient', () => import('@aws-sdk/client-cloudtrail')], dynamodb: ['DynamoDBClient', () => import('@aws-sdk/client-dynamodb')], efs: ['EFSClient', () => import('@aws-sdk/client-efs')],
  events: ['EventBridgeClient', () => import('@aws-sdk/client-eventbridge')], kafka: ['KafkaClient', () => import('@aws-sdk/client-kafka')],
  ec2: ['EC2Client', () => import('@aws-sdk/client-ec2')], ecr: ['ECRClient', () => import('@aws-sdk/client-ecr')], ecs: ['ECSClient', () => import('@aws-sdk/client-ecs')], eks: ['EKSClient', () => import('@aws-sdk/client-eks')],
  elb: ['ElasticLoadBalancingClient', () => import('@aws-sdk/client-elastic-load-balancing')], elbv2: ['ElasticLoadBalancingV2Client', () => import('@aws-sdk/client-elastic-load-balancing-v2')], iam: ['IAMClient', () => import('@aws-sdk/client-iam')],
  kms: ['KMSClient', () => import('@aws-sdk/client-kms')], lambda: ['LambdaClient', () => import('@aws-sdk/client-lambda')], opensearch: ['OpenSearchClient', () => import('@aws-sdk/client-opensearch')],
  organizations: ['OrganizationsClient', () => import('@aws-sdk/client-organizations')], rds: ['RDSClient', () => import('@aws-sdk/client-rds')], redshift: ['RedshiftClient', () => import('@aws-sdk/client-redshift')], s3api: ['S3Client', () => import('@aws-sdk/client-s3')],
  s3control: ['S3ControlClient', () => import('@aws-sdk/client-s3-control')], secretsmanager: ['SecretsManagerClient', () => import('@aws-sdk/client-secrets-manager')], sns: ['SNSClient', () => import('@aws-sdk/client-sns')],
  sqs: ['SQSClient', () => import('@aws-sdk/client-sqs')], sts: ['STSClient', () => import('@aws-sdk/client-sts')],
};

/** Calls AWS through the clients of its SDK: one per service and region, as many requests at once as the pace lets through. */
export interface AwsClients {
  /** @param unset errors that are answers: what is given back for each. @throws ConnectFailure */
  call(service: ServiceName, operation: string, region: string, input: JsonObject, unset?: Readonly<Record<string, () => JsonObject>>): Promise<JsonObject>;
  close(): void;
}

interface Client { send(command: object, options: { readonly abortSignal: AbortSignal }): Promise<unknown>; destroy(): void; readonly middlewareStack: { add(middleware: Middleware, options: { readonly step: 'finalizeRequest'; readonly name: string; readonly priority: 'low' }): void } }
type Middleware = (next: (args: { readonly request: unknown }) => Promise<unknown>) => (args: { readonly request: unknown }) => Promise<unknown>;

/** @param homeRegion where the credentials have worked: refused there, they are no longer valid, and the pull ends. Undefined for those of a role just assumed, whose refusal says nothing of others. */
export function openClients(session: Session, credentials: Credentials, endpoint: string | undefined, homeRegion: string | undefined): AwsClients {
  const clients = new Map<string, Client>();
  const clientOf = (service: ServiceName, region: string, module: object): Client => {
    const key = `${service} ${region}`, [name] = loaders[service];
    let client = clients.get(key);
    if (client) return client;
    client = construct(module, name, {
      region, credentials: () => credentials.current(),
      // Tries again are the pace's; its deadline is shorter than these.
      maxAttempts: 1, requestHandler: { connectionTimeout: 10_000, requestTimeout: 90_000 },
      ...(endpoint !== undefined && { endpoint, disableHostPrefix: true }), ...(endpoint !== undefined && service === 's3control' && { endpointProvider: at(endpoint, region) }), ...(service === 's3api' && { forcePathStyle: endpoint !== undefined, followRegionRedirects: true, responseChecksumValidation: 'WHEN_REQUIRED' }),
    }) as Client;
    client.middlewareStack.add(admitted(session), { step: 'finalizeRequest', name: 'admitted', priority: 'low' });
    clients.set(key, client);
    return client;
  };
  return {
    async call(service, operation, region, input, unset = {}) {
      const module = await loaders[service][1]();
      const client = clientOf(service, region, module);
      await credentials.ready();
      const answer = await session.pace.run(async (signal) => {
        // Each try needs a command of its own: a command remembers its middleware.
        try { return await client.send(construct(module, `${operation}Command`, input), { abortSignal: signal }); } catch (error) {
          const instead = error instanceof Error && Object.hasOwn(unset, error.name) ? unset[error.name] : undefined;
          if (instead) return instead();
          throw error;
        }
      }, (error) => readAwsFault(error, { service, operation, isHome: region === homeRegion }));
      if (!isObject(answer)) throw new ConnectFailure('bad_answer', `${service} ${operation} gave no document`);
      const { $metadata: _, ...document } = answer;
      return document;
    },
    close() { for (const client of clients.values()) client.destroy(); clients.clear(); },
  };
}

/** S3 Control puts the account before any host, which an address can't have. */
const at = (endpoint: string, signingRegion: string) => () => ({ url: new URL(endpoint), headers: {}, properties: { authSchemes: [{ name: 'sigv4', signingName: 's3', signingRegion, disableDoubleEncoding: true }] } });

function construct(module: object, name: string, argument: object): object {
  const made: unknown = Reflect.get(module, name);
  if (typeof made !== 'function') throw new Error(`the AWS SDK has no ${name}`);
  return Reflect.construct(made, [argument]) as object;
}

/** Hosts of AWS's partitions, and this machine for emulators. Where else a configured endpoint may lead is not ours to trust with a client's credentials. */
const isAws = (host: string): boolean => /(^|\.)(amazonaws\.com(\.cn)?|amazonaws\.eu|api\.aws|aws\.dev|api\.amazonwebservices\.com\.cn)$/.test(host);

/** Lets a request go only where the workspace allows it, right before it is signed. */
const admitted = (session: Session): Middleware => (next) => async (args) => {
  const { request } = args;
  const host = isObject(request) && typeof request['hostname'] === 'string' ? request['hostname'] : '';
  if (!isAws(host) && !isLoopback(host)) throw new ConnectFailure('refused_egress', `${host} is no address of AWS; other endpoints are only taken on this machine`);
  await session.admit(`https://${host}/`);
  return next(args);
};
