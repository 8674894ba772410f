import { at, isObject, list, str } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Missing, Reachability, Reason } from '#shared/model/verdict.ts';
import { allOf, anyOf } from '../../kleene.ts';
import { uniqueBy } from './combine.ts';
import { ownPolicy } from '../own-policy.ts';
import { invokeRow } from './function-policy.ts';
import { findBy } from './lookup.ts';
import { row, type Row } from './row.ts';

/** A method or route of an API that calls a function: what it calls, whether it asks for credentials, and where it stands in which record. */
interface Call { readonly api: string; readonly uri: string; readonly role: string | undefined; readonly isOpen: boolean; readonly source: string; readonly pointer: string; readonly name: string }

/** `arn:…:path/2015-03-31/functions/<function's ARN>/invocations`, or the ARN itself; a version or alias is left out. */
const functionIn = (uri: string | undefined): string | undefined => /arn:[^:/]+:lambda:[^:/]+:\d{12}:function:[^:/]+/.exec(uri ?? '')?.[0];
const isQualified = (uri: string): boolean => /:lambda:[^:/]+:\d{12}:function:[^:/]+:/.test(uri);
const asksNothing = (x: unknown): boolean => (str(x, 'AuthorizationType') ?? 'NONE') === 'NONE' && at(x, 'ApiKeyRequired') !== true;

const restApi = 'AWS::ApiGateway::RestApi', httpApi = 'AWS::ApiGatewayV2::Api';
const idOf = ({ config, urn }: StoredResource): string => str(config, 'Id') ?? str(config, 'ApiId') ?? urn.split('/').at(-1) ?? '';
const idsOf = (api: StoredResource): readonly string[] => [idOf(api)];
const apiOf = (config: unknown): string | undefined => str(config, 'RestApiId') ?? str(config, 'ApiId');

function methodCall(method: unknown, api: string | undefined, source: string, pointer: string, name: string): readonly Call[] {
  const integration = at(method, 'MethodIntegration') ?? at(method, 'Integration'), uri = str(integration, 'Uri');
  return functionIn(uri) === undefined || uri === undefined || api === undefined ? [] : [{ api, uri, role: str(integration, 'Credentials'), isOpen: asksNothing(method), source, pointer, name: name.trim() }];
}

function methodsIn(resource: unknown, api: string | undefined, source: string, pointer: string): readonly Call[] {
  const methods = at(resource, 'ResourceMethods');
  return Object.entries(isObject(methods) ? methods : {}).flatMap(([name, method]) => methodCall(method, api, source, `${pointer}/ResourceMethods/${name}`, `${name} ${str(resource, 'Path') ?? ''}`));
}

/** The calls that a record tells by itself: of an API with what is in it, of one resource or method. */
function callsOf(record: StoredResource): readonly Call[] {
  const { config, type, urn } = record;
  if (type === restApi) return [
    ...list(config, 'Resources').flatMap((resource, i) => methodsIn(resource, idOf(record), urn, `/Resources/${i}`)),
    ...list(config, 'Methods').flatMap((method, i) => methodCall(method, idOf(record), urn, `/Methods/${i}`, str(method, 'HttpMethod') ?? '')),
  ];
  if (type === 'AWS::ApiGateway::Resource') return methodsIn(config, apiOf(config), urn, '');
  return methodCall(config, apiOf(config), urn, '', str(config, 'HttpMethod') ?? '');
}
const functionKeys = (record: StoredResource): readonly string[] => callsOf(record).flatMap((c) => functionIn(c.uri) ?? []);

/** An integration of an HTTP or WebSocket API that calls the function, in the API's record or in one of its own. */
interface Integration { readonly api: string; readonly id: string; readonly uri: string; readonly role: string | undefined }
const integrationsOf = (record: StoredResource): readonly Integration[] => (record.type === httpApi ? list(record.config, 'Integrations') : [record.config]).flatMap((x): readonly Integration[] => {
  const uri = str(x, 'IntegrationUri'), api = record.type === httpApi ? idOf(record) : str(x, 'ApiId');
  return uri === undefined || api === undefined ? [] : [{ api, id: str(x, 'IntegrationId') ?? record.urn.split('/').at(-1) ?? '', uri, role: str(x, 'CredentialsArn') }];
});
const integrationKeys = (record: StoredResource): readonly string[] => integrationsOf(record).flatMap((x) => functionIn(x.uri) ?? []);
const routeKeys = ({ config }: StoredResource): readonly string[] => [str(config, 'ApiId')].filter((id) => id !== undefined);

function routesOf(graph: GraphView, { api, id, uri, role }: Integration): readonly Call[] {
  const own = findBy(graph, httpApi, {}, idsOf, api).flatMap((x) => list(x.config, 'Routes').map((route, i) => ({ route, source: x.urn, pointer: `/Routes/${i}` })));
  const told = findBy(graph, 'AWS::ApiGatewayV2::Route', {}, routeKeys, api).map((x) => ({ route: x.config, source: x.urn, pointer: '' }));
  return [...own, ...told].filter(({ route }) => str(route, 'Target') === `integrations/${id}`).map(({ route, source, pointer }): Call => ({ api, uri, role, isOpen: asksNothing(route), source, pointer, name: str(route, 'RouteKey') ?? '' }));
}

/**
 * A function that an API calls is reached over it where the method or route asks for no credentials, the API is on the internet and may call the function:
 * by the function's policy or with a role of its own. Returns `direct` unless that changes the answer.
 */
export function throughApis(graph: GraphView, fn: StoredResource, direct: Reachability, reach: (api: string) => Reachability): Reachability {
  const told = [restApi, 'AWS::ApiGateway::Resource', 'AWS::ApiGateway::Method'].flatMap((type) => findBy(graph, type, {}, functionKeys, fn.urn)).flatMap(callsOf);
  const routed = [httpApi, 'AWS::ApiGatewayV2::Integration'].flatMap((type) => findBy(graph, type, {}, integrationKeys, fn.urn)).flatMap(integrationsOf).flatMap((x) => routesOf(graph, x));
  const judged = [...told, ...routed].filter((c) => functionIn(c.uri) === fn.urn && c.isOpen).map((call) => {
    const api = [restApi, httpApi].flatMap((type) => findBy(graph, type, {}, idsOf, call.api))[0];
    const front = api && reach(api.urn), policy = mayCall(graph, fn, call);
    return { call, api, front, policy, answer: allOf([front?.reachable.answer ?? 'unknown', policy.answer]) };
  });
  const answer = anyOf(judged.map((j) => j.answer)), best = judged.find((j) => j.answer === answer);
  if (!best || answer === 'no' || (answer === 'unknown' && direct.reachable.answer === 'unknown')) return direct;
  const { call, api, front, policy } = best, name = str(api?.config, 'Name') ?? api?.name ?? call.api;
  const reason: Reason = { rule: 'api', source: call.source, pointer: call.pointer, text: `${call.name} of ${name} calls the function and asks for no credentials` };
  const reasons = uniqueBy([reason, ...front?.reachable.reasons ?? [], ...policy.reasons], (r) => `${r.rule}\n${r.source}\n${r.pointer}\n${r.text}`);
  if (answer === 'yes' && front && api) return { ...front, reachable: { ...front.reachable, assumed: [...front.reachable.assumed, ...policy.assumed], via: api.urn, reasons } };
  const lost: readonly Missing[] = front ? [] : [{ what: `API ${call.api}`, entity: call.api, supply: 'aws apigateway get-rest-apis, aws apigatewayv2 get-apis' }];
  return { ...direct, failed: [], open: [], reachable: { answer: 'unknown', assumed: [], missing: [...lost, ...front?.reachable.missing ?? [], ...policy.missing], reasons } };
}

/** With a role of the API's own the function's policy needs to name nobody. */
function mayCall(graph: GraphView, fn: StoredResource, { api, role, uri, name }: Call): Row {
  if (role !== undefined && role !== '') return row('RESOURCE_POLICY', 'yes', graph.resource(role)?.urn ?? fn.urn, '', `the API calls as ${role}`, { assumed: [`${role} may invoke the function`] });
  const [, partition = 'aws', , region = '', account = ''] = fn.urn.split(':'), [method = '', path = ''] = name.split(' ');
  const source = `arn:${partition}:execute-api:${region}:${account}:${api}/any/${method}${path === '/' || path === '' ? '/' : path}`;
  const somewhere = invokeRow(fn, 'apigateway.amazonaws.com', isQualified(uri), source);
  // Which stage is called is not looked at: a policy that names this API may mean one of its stages.
  return somewhere.answer === 'no' && JSON.stringify(ownPolicy(fn)).includes(`:${api}/`) ? invokeRow(fn, 'apigateway.amazonaws.com', isQualified(uri)) : somewhere;
}
