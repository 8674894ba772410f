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
  'AWS::CloudFront::Distribution': (_, r) => served([withFirewall(r, flag(r, 'Enabled', 'NOT_PUBLIC', 'the distribution is enabled', 'the distribution is disabled', 'aws cloudfront list-distributions'))], r.urn, str(r.config, 'DomainName')),
  'AWS::AppSync::GraphQLApi': (_, r) => served(graphRows(r), r.urn),
  'AWS::EKS::Cluster': cluster,
  'AWS::OpenSearch::Domain': domain,
  'AWS::Elasticsearch::Domain': domain,
};

/** Undefined for what is reached some other way. */
export function endpointReachability(graph: GraphView, resource: StoredResource, source: string): Reachability | undefined {
  const serve = Object.hasOwn(serves, resource.type) ? serves[resource.type] : undefined;
  if (serve) return serve(graph, resource, source);
  const shared = sharedWithEveryone(graph, resource);
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

/** A web ACL refuses some requests: it mitigates, and blocks nothing as a whole. */
function withFirewall(r: StoredResource, base: Row): Row {
  const id = str(r.config, 'WebACLId') ?? '';
  return id === '' ? base : { ...base, reasons: [...base.reasons, { rule: 'mitigation', source: r.urn, pointer: '/WebACLId', text: 'a web ACL stands before it, which mitigates' }] };
}

/** A GraphQL API is on the internet unless it is private, and always asks for something (AppSync guide, "Authorization types"; "Private APIs"). */
function graphRows(r: StoredResource): readonly Row[] {
  const key = (name: string): string => (at(r.config, name) === undefined ? `${name.slice(0, 1).toLowerCase()}${name.slice(1)}` : name);
  const visibility = str(r.config, key('Visibility')) ?? 'GLOBAL', type = str(r.config, key('AuthenticationType'));
  return [
    row('NOT_PUBLIC', visibility === 'PRIVATE' ? 'no' : 'yes', r.urn, placeIn(r, key('Visibility')), `the API is ${visibility}`),
    type === undefined ? missingRow('AUTHORIZATION', r.urn, { what: 'what the API asks for', entity: r.urn, supply: 'aws appsync list-graphql-apis' }) : row('AUTHORIZATION', 'no', r.urn, `/${key('AuthenticationType')}`, `the API asks for ${type}`),
  ];
}

/** Where a key stands, if it does. */
const placeIn = (r: StoredResource, key: string): string => (at(r.config, key) === undefined ? '' : `/${key}`);

/** REST APIs: EDGE and REGIONAL are on the internet unless their resource policy says otherwise, PRIVATE only through VPC endpoints. */
function restApi(graph: GraphView, r: StoredResource): Reachability {
  const types = list(r.config, 'EndpointConfiguration', 'Types').filter((t) => typeof t === 'string');
  const { urn } = r;
  const endpoint = types.length === 0 ? missingRow('NOT_PUBLIC', urn, { what: 'the endpoint type of the API', entity: urn, supply: 'aws apigateway get-rest-apis' })
    : row('NOT_PUBLIC', types.some((t) => t !== 'PRIVATE') ? 'yes' : 'no', urn, '/EndpointConfiguration/Types', types.some((t) => t !== 'PRIVATE') ? `the API is ${types.join(', ')}` : 'a private API is reached through VPC endpoints only');
  const policy = at(r.config, 'Policy');
  // Without a policy everyone may call; whether a method then asks for credentials is another row.
  const allowed = policy === undefined || policy === null ? row('RESOURCE_POLICY', 'yes', urn, placeIn(r, 'Policy'), 'the API has no resource policy') : restPolicy(graph, r);
  return served([endpoint, allowed, methodRow(graph, r), disabled(r)], urn);
}

function restPolicy(graph: GraphView, r: StoredResource): Row {
  const parsed = parsePolicy(at(r.config, 'Policy'));
  // A policy that only denies leaves what the authorizer allows.
  if (parsed.ok && parsed.value.statements.every((s) => s.effect === 'Deny')) return row('RESOURCE_POLICY', 'no', r.urn, '/Policy', 'the policy of the API allows nobody');
  return policyExposure(graph, r, 'execute-api:Invoke');
}

const apiKeys = (x: StoredResource): readonly string[] => [str(x.config, 'RestApiId'), str(x.config, 'ApiId')].filter((id) => id !== undefined);

/** A method or route of an API, with the record and the place where it stands. */
interface Called { readonly config: unknown; readonly source: string; readonly pointer: string }

/** Some method asks for no credentials; unknown methods are taken as such, and said. */
function methodRow(graph: GraphView, r: StoredResource): Row {
  const id = str(r.config, 'Id') ?? str(r.config, 'ApiId') ?? r.urn.split('/').at(-1) ?? '';
  const own = list(r.config, 'Resources').flatMap((x, i) => methodsOf(x, r.urn, `/Resources/${i}`));
  const told = findBy(graph, 'AWS::ApiGateway::Resource', r, apiKeys, id).flatMap((x) => methodsOf(x.config, x.urn, ''));
  const records = findBy(graph, 'AWS::ApiGateway::Method', r, apiKeys, id).map((x): Called => ({ config: x.config, source: x.urn, pointer: '' }));
  const methods = [...own, ...told, ...records, ...list(r.config, 'Methods').map((config, i): Called => ({ config, source: r.urn, pointer: `/Methods/${i}` }))].filter((m) => str(m.config, 'AuthorizationType') !== undefined);
  if (methods.length === 0) return row('AUTHORIZATION', 'yes', r.urn, '', 'the methods of the API are not in the snapshot; taken as open', { assumed: ['a method of the API asks for no credentials'] });
  const open = methods.find((m) => str(m.config, 'AuthorizationType') === 'NONE' && at(m.config, 'ApiKeyRequired') !== true);
  return open ? row('AUTHORIZATION', 'yes', open.source, open.pointer, `method ${str(open.config, 'HttpMethod') ?? ''} asks for no credentials`)
    : row('AUTHORIZATION', 'no', methods[0]?.source ?? r.urn, methods[0]?.pointer ?? '', 'every method asks for credentials or an API key');
}

function methodsOf(value: unknown, source: string, pointer: string): readonly Called[] {
  const methods = at(value, 'ResourceMethods');
  return isObject(methods) ? Object.entries(methods).map(([name, config]) => ({ config, source, pointer: `${pointer}/ResourceMethods/${name}` })) : [];
}

function disabled(r: StoredResource): Row {
  const pointer = placeIn(r, 'DisableExecuteApiEndpoint');
  if (at(r.config, 'DisableExecuteApiEndpoint') !== true) return row('STATE', 'yes', r.urn, pointer, 'its own endpoint is on');
  return row('STATE', 'unknown', r.urn, pointer, 'its own endpoint is turned off; a custom domain may lead to it', { missing: [{ what: 'custom domain names of the API', entity: r.urn, supply: 'aws apigateway get-domain-names and get-base-path-mappings' }] });
}

const routeOpen = (route: unknown): boolean => (str(route, 'AuthorizationType') ?? 'NONE') === 'NONE' && at(route, 'ApiKeyRequired') !== true;

/** HTTP and WebSocket APIs have no resource policy and are always public; each route may ask for credentials. */
function httpApi(graph: GraphView, r: StoredResource): Reachability {
  const id = str(r.config, 'ApiId') ?? '';
  const routes = [...list(r.config, 'Routes').map((config, i): Called => ({ config, source: r.urn, pointer: `/Routes/${i}` })), ...findBy(graph, 'AWS::ApiGatewayV2::Route', r, apiKeys, id).map((x): Called => ({ config: x.config, source: x.urn, pointer: '' }))];
  const open = routes.find((route) => routeOpen(route.config)), [first] = routes;
  const auth = first === undefined ? row('AUTHORIZATION', 'yes', r.urn, '', 'the routes of the API are not in the snapshot; taken as open', { assumed: ['a route of the API asks for no credentials'] })
    : open === undefined ? row('AUTHORIZATION', 'no', first.source, first.pointer, 'every route asks for credentials') : row('AUTHORIZATION', 'yes', open.source, open.pointer, `route ${str(open.config, 'RouteKey') ?? ''} asks for no credentials`);
  return served([row('NOT_PUBLIC', 'yes', r.urn, '', 'an HTTP or WebSocket API is on the internet'), auth, disabled(r)], r.urn, str(r.config, 'ApiEndpoint'));
}

function cluster(_: GraphView, r: StoredResource, source: string): Reachability {
  const config = at(r.config, 'ResourcesVpcConfig');
  const isPublic = at(config, 'EndpointPublicAccess'), pointer = '/ResourcesVpcConfig';
  const endpoint = typeof isPublic !== 'boolean' ? missingRow('NOT_PUBLIC', r.urn, { what: 'whether the API server is public', entity: r.urn, supply: 'aws eks describe-cluster' })
    : row('NOT_PUBLIC', isPublic ? 'yes' : 'no', r.urn, `${pointer}/EndpointPublicAccess`, `the API server is ${isPublic ? '' : 'not '}public`);
  const cidrs = list(config, 'PublicAccessCidrs').filter((c) => typeof c === 'string');
  return served([endpoint, cidrRow(r, cidrs, source, at(config, 'PublicAccessCidrs') === undefined ? pointer : `${pointer}/PublicAccessCidrs`)], r.urn, str(r.config, 'Endpoint'));
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
