import { at, isObject, str } from '#shared/lib/json.ts';
import { newResource } from '#shared/model/aws.ts';
import { supposedOf } from '#shared/model/untold.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Reachability } from '#shared/model/verdict.ts';
import { policyExposure } from '../public-resource.ts';
import { decided } from './combine.ts';
import { findBy } from './lookup.ts';
import { missingRow, row, type Row } from './row.ts';

const urlKeys = (resource: StoredResource): readonly string[] => [str(resource.config, 'TargetFunctionArn')].filter((arn) => arn !== undefined);
const supply = 'aws lambda get-function-url-config and get-policy';

/** Public iff the function has a URL without IAM authorization and its policy lets everyone invoke it (Lambda guide, "Function URL auth"). */
export function functionReachability(graph: GraphView, resource: StoredResource): Reachability {
  const { config, urn } = resource;
  const record = findBy(graph, 'AWS::Lambda::Url', resource, urlKeys, urn)[0];
  const own = at(config, 'FunctionUrlConfig') ?? at(config, 'UrlConfig');
  const url = record ? record.config : own;
  if (url === null || at(config, 'FunctionUrlConfig') === null) return decided(row('NO_PUBLIC_IP', 'no', urn, '/FunctionUrlConfig', 'the function has no URL'), 'no');
  if (url === undefined && supposedOf(config).includes(newResource.url)) return decided(row('NO_PUBLIC_IP', 'no', urn, '/supposed', 'a new function has no URL'), 'no');
  if (!isObject(url)) return decided(missingRow('NO_PUBLIC_IP', urn, { what: 'whether the function has a URL', entity: urn, supply }));
  const source = record?.urn ?? urn;
  const auth = str(url, 'AuthType');
  if (auth === 'AWS_IAM') return decided(row('AUTHORIZATION', 'no', source, record ? '/AuthType' : '/FunctionUrlConfig/AuthType', 'the function URL asks for IAM credentials'), 'no');
  if (auth !== 'NONE') return decided(missingRow('AUTHORIZATION', source, { what: 'the authorization of the function URL', entity: source, supply }));
  return withAddress(decided(policyRow(graph, resource)), str(url, 'FunctionUrl'));
}

/** URLs made since October 2025 ask for both permissions (Lambda guide, "Control access to function URLs"); which one this is, a record need not say. */
function policyRow(graph: GraphView, resource: StoredResource): Row {
  const values = { 'lambda:FunctionUrlAuthType': 'NONE', 'lambda:InvokedViaFunctionUrl': 'true' };
  const url = policyExposure(graph, resource, 'lambda:InvokeFunctionUrl', values);
  if (url.answer !== 'yes' || policyExposure(graph, resource, 'lambda:InvokeFunction', values).answer === 'yes') return url;
  return { ...url, assumed: ['the function URL was made before October 2025: since then lambda:InvokeFunction is needed too'] };
}

const withAddress = (reachability: Reachability, url: string | undefined): Reachability =>
  (url === undefined || reachability.reachable.answer !== 'yes' ? reachability
    : { ...reachability, addresses: [url], open: [{ protocol: 'tcp', from: 443, to: 443 }], rule_opens: 'yes', reachable: { ...reachability.reachable, via: url } });
