import { at, isObject, list, str } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Answer, Reachability } from '#shared/model/verdict.ts';
import { addressSources, internetSources, intersect, isEnough, parseNetwork, union } from '../../network/cidr.ts';
import { hasResourcePolicy, policyExposure, sharedWithEveryone } from '../public-resource.ts';
import { parsePolicy } from '../policy-document.ts';
import { combine, decided } from './combine.ts';
import { functionReachability } from './function-url.ts';
import { findBy } from './lookup.ts';
import { missingRow, row, type Row } from './row.ts';

/** Reach of what AWS serves itself, outside any VPC of ours: APIs, distributions, function URLs, cluster endpoints, shared images, resource policies. */
type Serve = (graph: GraphView, resource: StoredResource, source: string) => Reachability;

const https = { protocol: 'tcp', from: 443, to: 443 };
/** A reach over rows that all must hold, on 443. */
function served(rows: readonly Row[], via: string, address?: string): Reachability {
  const found = combine([{ rows, open: [https], ruleOpens: 'yes', family: 4, addresses: address === undefined ? [] : [address] }], 'any', via);
  return found.reachable.answer === 'yes' ? { ...found, rule_opens: 'yes' } : { ...found, open: [], rule_opens: found.reachable.answer };
}

const serves: Readonly<Record<string, Serve>> = {
  'AWS::Lambda::Function': (graph, r) => functionReachability(graph, r),
  'AWS::ApiGateway::RestApi': restApi,
  'AWS::ApiGatewayV2::Api': httpApi,
  'AWS::CloudFront::Distribution': (_, r) => served([flag(r, 'Enabled', 'NOT_PUBLIC', 'the distribution is enabled', 'the distribution is disabled', 'aws cloudfront list-distributions')], r.urn, str(r.config, 'DomainName')),
  'AWS::EKS::Cluster': cluster,
  'AWS::OpenSearch::Domain': domain,
  'AWS::Elasticsearch::Domain': domain,
};

/** Undefined for what is reached some other way. */
export function endpointReachability(graph: GraphView, resource: StoredResource, source: string): Reachability | undefined {
  const serve = Object.hasOwn(serves, resource.type) ? serves[resource.type] : undefined;
  if (serve) return serve(graph, resource, source);
  const shared = sharedWithEveryone(resource);
  if (shared) return decided(shared, shared.answer);
  if (!isCalled(resource.type)) return undefined;
  const policy = policyExposure(graph, resource);
  return decided(policy, policy.answer);
}
/** Brokers and mount targets are reached inside a VPC, whatever their policy says. */
const isCalled = (type: string): boolean => hasResourcePolicy(type) && type !== 'AWS::MSK::Cluster' && type !== 'AWS::EFS::FileSystem';
export const isServed = (type: string): boolean => Object.hasOwn(serves, type) || isCalled(type) || /^AWS::(EC2::(Image|Snapshot)|RDS::DB(Cluster)?Snapshot|ECR::PublicRepository)$/.test(type);

function flag(r: StoredResource, key: string, code: Row['code'], yes: string, no: string, supply: string): Row {
  const value = at(r.config, key);
  if (typeof value !== 'boolean') return missingRow(code, r.urn, { what: `${key} of ${r.name ?? r.urn}`, entity: r.urn, supply });
  return row(code, value ? 'yes' : 'no', r.urn, `/${key}`, value ? yes : no);
}

/** REST APIs: EDGE and REGIONAL are on the internet unless their resource policy says otherwise, PRIVATE only through VPC endpoints. */
function restApi(graph: GraphView, r: StoredResource): Reachability {
  const types = list(r.config, 'EndpointConfiguration', 'Types').filter((t) => typeof t === 'string');
  const { urn } = r;
  const endpoint = types.length === 0 ? missingRow('NOT_PUBLIC', urn, { what: 'the endpoint type of the API', entity: urn, supply: 'aws apigateway get-rest-apis' })
    : row('NOT_PUBLIC', types.some((t) => t !== 'PRIVATE') ? 'yes' : 'no', urn, '/EndpointConfiguration/Types', types.some((t) => t !== 'PRIVATE') ? `the API is ${types.join(', ')}` : 'a private API is reached through VPC endpoints only');
  const policy = at(r.config, 'Policy');
  // Without a policy everyone may call; whether a method then asks for credentials is another row.
  const allowed = policy === undefined || policy === null ? row('RESOURCE_POLICY', 'yes', urn, '/Policy', 'the API has no resource policy') : restPolicy(graph, r);
  return served([endpoint, allowed, methodRow(graph, r), disabled(r)], urn);
}

function restPolicy(graph: GraphView, r: StoredResource): Row {
  const parsed = parsePolicy(at(r.config, 'Policy'));
  // A policy that only denies leaves what the authorizer allows.
  if (parsed.ok && parsed.value.statements.every((s) => s.effect === 'Deny')) return row('RESOURCE_POLICY', 'no', r.urn, '/Policy', 'the policy of the API allows nobody');
  return policyExposure(graph, r, 'execute-api:Invoke');
}

const apiKeys = (x: StoredResource): readonly string[] => [str(x.config, 'RestApiId'), str(x.config, 'ApiId')].filter((id) => id !== undefined);

/** Some method asks for no credentials; unknown methods are taken as such, and said. */
function methodRow(graph: GraphView, r: StoredResource): Row {
  const id = str(r.config, 'Id') ?? str(r.config, 'ApiId') ?? r.urn.split('/').at(-1) ?? '';
  const own = [...list(r.config, 'Resources'), ...findBy(graph, 'AWS::ApiGateway::Resource', r, apiKeys, id).map((x) => x.config)].flatMap((x) => Object.values(methodsOf(x)));
  const methods = [...own, ...findBy(graph, 'AWS::ApiGateway::Method', r, apiKeys, id).map((x) => x.config), ...list(r.config, 'Methods')].filter((m) => str(m, 'AuthorizationType') !== undefined);
  if (methods.length === 0) return row('AUTHORIZATION', 'yes', r.urn, '', 'the methods of the API are not in the snapshot; taken as open', { assumed: ['a method of the API asks for no credentials'] });
  const open = methods.find((m) => str(m, 'AuthorizationType') === 'NONE' && at(m, 'ApiKeyRequired') !== true);
  return row('AUTHORIZATION', open ? 'yes' : 'no', r.urn, '/Resources', open ? `method ${str(open, 'HttpMethod') ?? ''} asks for no credentials` : 'every method asks for credentials or an API key');
}

function methodsOf(value: unknown): Readonly<Record<string, unknown>> {
  const methods = at(value, 'ResourceMethods');
  return isObject(methods) ? methods : {};
}

const disabled = (r: StoredResource): Row => row('STATE', at(r.config, 'DisableExecuteApiEndpoint') === true ? 'unknown' : 'yes', r.urn, '/DisableExecuteApiEndpoint', at(r.config, 'DisableExecuteApiEndpoint') === true ? 'its own endpoint is turned off; a custom domain may lead to it' : 'its own endpoint is on',
  at(r.config, 'DisableExecuteApiEndpoint') === true ? { missing: [{ what: 'custom domain names of the API', entity: r.urn, supply: 'aws apigateway get-domain-names and get-base-path-mappings' }] } : {});

const routeOpen = (route: unknown): boolean => (str(route, 'AuthorizationType') ?? 'NONE') === 'NONE' && at(route, 'ApiKeyRequired') !== true;

/** HTTP and WebSocket APIs have no resource policy and are always public; each route may ask for credentials. */
function httpApi(graph: GraphView, r: StoredResource): Reachability {
  const id = str(r.config, 'ApiId') ?? '';
  const routes = [...list(r.config, 'Routes'), ...findBy(graph, 'AWS::ApiGatewayV2::Route', r, apiKeys, id).map((x) => x.config)];
  const open = routes.find(routeOpen);
  const auth = routes.length === 0 ? row('AUTHORIZATION', 'yes', r.urn, '', 'the routes of the API are not in the snapshot; taken as open', { assumed: ['a route of the API asks for no credentials'] })
    : row('AUTHORIZATION', open === undefined ? 'no' : 'yes', r.urn, '/Routes', open === undefined ? 'every route asks for credentials' : `route ${str(open, 'RouteKey') ?? ''} asks for no credentials`);
  return served([row('NOT_PUBLIC', 'yes', r.urn, '', 'an HTTP or WebSocket API is on the internet'), auth, disabled(r)], r.urn, str(r.config, 'ApiEndpoint'));
}

function cluster(_: GraphView, r: StoredResource, source: string): Reachability {
  const config = at(r.config, 'ResourcesVpcConfig');
  const isPublic = at(config, 'EndpointPublicAccess'), pointer = '/ResourcesVpcConfig';
  const endpoint = typeof isPublic !== 'boolean' ? missingRow('NOT_PUBLIC', r.urn, { what: 'whether the API server is public', entity: r.urn, supply: 'aws eks describe-cluster' })
    : row('NOT_PUBLIC', isPublic ? 'yes' : 'no', r.urn, `${pointer}/EndpointPublicAccess`, `the API server is ${isPublic ? '' : 'not '}public`);
  const cidrs = list(config, 'PublicAccessCidrs').filter((c) => typeof c === 'string');
  return served([endpoint, cidrRow(r, cidrs, source, `${pointer}/PublicAccessCidrs`)], r.urn, str(r.config, 'Endpoint'));
}

function cidrRow(r: StoredResource, cidrs: readonly string[], source: string, pointer: string): Row {
  // Left out it is everyone (EKS user guide, "Cluster endpoint access").
  const allowed = (cidrs.length === 0 ? ['0.0.0.0/0'] : cidrs).map(parseNetwork);
  if (allowed.some((n) => n === undefined)) return missingRow('SG_IN', r.urn, { what: 'a readable list of networks', entity: r.urn, supply: 'aws eks describe-cluster' });
  const asked = source === 'internet' ? [internetSources(4), internetSources(6)] : [addressSources(source)].filter((s) => s !== undefined);
  const hit = asked.find((s) => isEnough(intersect(s.ranges, union(allowed.filter((n) => n !== undefined && n.family === s.family).flatMap((n) => n ?? []))), s));
  return row('SG_IN', hit ? 'yes' : 'no', r.urn, pointer, `${(cidrs.length === 0 ? ['0.0.0.0/0'] : cidrs).slice(0, 3).join(', ')} ${hit ? 'includes' : 'does not include'} ${source === 'internet' ? 'the internet' : source}`);
}

/** A domain outside a VPC is on the internet, guarded by its access policy; inside one it has no public address. */
function domain(graph: GraphView, r: StoredResource): Reachability {
  const inVpc = str(r.config, 'VPCOptions', 'VPCId') ?? str(r.config, 'Endpoints', 'vpc') ?? str(r.config, 'Endpoints', 'Vpc');
  const endpoint: Answer = inVpc !== undefined ? 'no' : 'yes';
  return served([row('NOT_PUBLIC', endpoint, r.urn, inVpc === undefined ? '' : '/VPCOptions', inVpc === undefined ? 'the domain has a public endpoint' : 'the domain is in a VPC'), policyExposure(graph, r)], r.urn, str(r.config, 'Endpoint'));
}
