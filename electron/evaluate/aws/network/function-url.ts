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

/**
 * Can strangers call the function: through a URL that asks for no credentials, or because its policy lets everyone with an AWS account call it, URL or not
 * (Security Hub, Lambda.1)? Not the same as being reachable: the second way is an API of AWS.
 */
export function functionExposure(graph: GraphView, resource: StoredResource): Reachability {
  const byUrl = functionReachability(graph, resource);
  if (byUrl.reachable.answer === 'yes') return byUrl;
  const direct = anyAccountRow(graph, resource);
  if (direct.answer !== 'no') return decided(direct);
  // A URL needs the policy as well: one that lets nobody in settles it.
  const url = byUrl.reachable.answer === 'unknown' ? policyRow(graph, resource) : undefined;
  return url?.answer === 'no' ? decided(url, 'no') : byUrl;
}

/** Calls of the API, signed with any account's credentials, and of a URL that asks for such. */
function anyAccountRow(graph: GraphView, resource: StoredResource): Row {
  const url = urlOf(graph, resource).url;
  const signed = isObject(url) && str(url, 'AuthType') === 'AWS_IAM' ? policyExposure(graph, resource, 'lambda:InvokeFunctionUrl', { 'lambda:FunctionUrlAuthType': 'AWS_IAM', 'lambda:InvokedViaFunctionUrl': 'true' }) : undefined;
  if (signed?.answer === 'yes') return signed;
  return policyExposure(graph, { ...resource, config: { ...(isObject(resource.config) && resource.config), FunctionUrlConfig: null } }, undefined, { 'lambda:InvokedViaFunctionUrl': 'false' });
}

function urlOf(graph: GraphView, resource: StoredResource): { readonly record: StoredResource | undefined; readonly url: unknown } {
  const record = findBy(graph, 'AWS::Lambda::Url', resource, urlKeys, resource.urn)[0];
  return { record, url: record ? record.config : at(resource.config, 'FunctionUrlConfig') ?? at(resource.config, 'UrlConfig') };
}

/** Public iff the function has a URL without IAM authorization and its policy lets everyone invoke it (Lambda guide, "Function URL auth"). */
export function functionReachability(graph: GraphView, resource: StoredResource): Reachability {
  const { config, urn } = resource, { record, url } = urlOf(graph, resource);
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
