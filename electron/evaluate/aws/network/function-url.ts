import { at, isObject, list, str } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Reachability } from '#shared/model/verdict.ts';
import { matchesWildcard } from '#shared/lib/arn.ts';
import { parsePolicy, type Statement } from '../policy-document.ts';
import { namesEveryone } from '../public-policy.ts';
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
  if (!isObject(url)) return decided(missingRow('NO_PUBLIC_IP', urn, { what: 'whether the function has a URL', entity: urn, supply }));
  const source = record?.urn ?? urn;
  const auth = str(url, 'AuthType');
  if (auth === 'AWS_IAM') return decided(row('NO_PUBLIC_IP', 'no', source, record ? '/AuthType' : '/FunctionUrlConfig/AuthType', 'the function URL asks for IAM credentials'), 'no');
  if (auth !== 'NONE') return decided(missingRow('NO_PUBLIC_IP', source, { what: 'the authorization of the function URL', entity: source, supply }));
  return withAddress(decided(policyRow(resource)), str(url, 'FunctionUrl'));
}

function policyRow({ config, urn }: StoredResource): Row {
  const policy = at(config, 'Policy');
  const missing = { what: "the function's resource policy", entity: urn, supply };
  if (policy === null) return row('NO_PUBLIC_IP', 'no', urn, '/Policy', 'the function URL is open but no policy lets anyone invoke it');
  const parsed = policy === undefined ? undefined : parsePolicy(policy);
  if (!parsed?.ok) return missingRow('NO_PUBLIC_IP', urn, missing);
  const everyone = parsed.value.statements.filter((s) => invokes(s) && namesEveryone(s));
  const deny = everyone.find((s) => s.effect === 'Deny');
  if (deny) return row('NO_PUBLIC_IP', deny.conditions.length === 0 ? 'no' : 'unknown', urn, `/Policy${deny.pointer}`, 'a statement denies invoking the function URL');
  const allow = everyone.find((s) => s.effect === 'Allow' && s.conditions.every((c) => c.key.toLowerCase() === 'lambda:functionurlauthtype'));
  if (allow) return row('NO_PUBLIC_IP', 'yes', urn, `/Policy${allow.pointer}`, 'the function URL needs no credentials and the policy lets everyone invoke it');
  const conditional = everyone.find((s) => s.effect === 'Allow');
  if (conditional) return row('NO_PUBLIC_IP', 'unknown', urn, `/Policy${conditional.pointer}`, 'the policy lets everyone invoke the function URL under a condition');
  return row('NO_PUBLIC_IP', 'no', urn, '/Policy', 'the policy does not let everyone invoke the function URL');
}

const invokes = (statement: Statement): boolean =>
  list(statement.actions).some((action) => typeof action === 'string' && matchesWildcard(action, 'lambda:invokefunctionurl'));

const withAddress = (reachability: Reachability, url: string | undefined): Reachability =>
  (url === undefined || reachability.reachable.answer !== 'yes' ? reachability
    : { ...reachability, addresses: [url], open: [{ protocol: 'tcp', from: 443, to: 443 }], rule_opens: 'yes', reachable: { ...reachability.reachable, via: url } });
