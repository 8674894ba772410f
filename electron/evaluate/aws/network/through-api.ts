import { at, isObject, list, str } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Reachability, Reason } from '#shared/model/verdict.ts';
import { uniqueBy } from './combine.ts';
import { findBy } from './lookup.ts';

/** A method or route of an API that calls a function: whether it asks for credentials, and where it stands in the API's record. */
interface Call { readonly fn: string; readonly isOpen: boolean; readonly pointer: string; readonly name: string }

/** `arn:…:path/2015-03-31/functions/<function's ARN>/invocations`, or the ARN itself; a version or alias is left out. */
const functionIn = (uri: string | undefined): string | undefined => /arn:[^:/]+:lambda:[^:/]+:\d{12}:function:[^:/]+/.exec(uri ?? '')?.[0];
const asksNothing = (x: unknown): boolean => (str(x, 'AuthorizationType') ?? 'NONE') === 'NONE' && at(x, 'ApiKeyRequired') !== true;

function callsOf({ config, type }: StoredResource): readonly Call[] {
  if (type === 'AWS::ApiGateway::RestApi') {
    return list(config, 'Resources').flatMap((resource, i) => { const methods = at(resource, 'ResourceMethods'); return Object.entries(isObject(methods) ? methods : {}).flatMap(([name, method]): readonly Call[] => {
      const fn = functionIn(str(method, 'MethodIntegration', 'Uri'));
      return fn === undefined ? [] : [{ fn, isOpen: asksNothing(method), pointer: `/Resources/${i}/ResourceMethods/${name}`, name: `${name} ${str(resource, 'Path') ?? ''}`.trim() }];
    }); });
  }
  const integrations = new Map(list(config, 'Integrations').map((x) => [`integrations/${str(x, 'IntegrationId') ?? ''}`, functionIn(str(x, 'IntegrationUri'))]));
  return list(config, 'Routes').flatMap((route, i): readonly Call[] => {
    const fn = integrations.get(str(route, 'Target') ?? '');
    return fn === undefined ? [] : [{ fn, isOpen: asksNothing(route), pointer: `/Routes/${i}`, name: str(route, 'RouteKey') ?? '' }];
  });
}
const functionKeys = (api: StoredResource): readonly string[] => callsOf(api).map((c) => c.fn);

/**
 * A function that an API calls is reached over it where the method or route asks for no credentials and the API is on the internet. Returns `direct`
 * unless that changes the answer.
 */
export function throughApis(graph: GraphView, fn: StoredResource, direct: Reachability, reach: (api: string) => Reachability): Reachability {
  const apis = ['AWS::ApiGateway::RestApi', 'AWS::ApiGatewayV2::Api'].flatMap((type) => findBy(graph, type, {}, functionKeys, fn.urn));
  for (const api of apis) {
    const call = callsOf(api).find((c) => c.fn === fn.urn && c.isOpen), front = call && reach(api.urn);
    if (!call || front?.reachable.answer !== 'yes') continue;
    const reason: Reason = { rule: 'api', source: api.urn, pointer: call.pointer, text: `${call.name} of ${str(api.config, 'Name') ?? api.name ?? api.urn} calls the function and asks for no credentials` };
    return { ...front, reachable: { ...front.reachable, via: api.urn, reasons: uniqueBy([reason, ...front.reachable.reasons], (r) => `${r.rule}\n${r.source}\n${r.pointer}\n${r.text}`) } };
  }
  return direct;
}
