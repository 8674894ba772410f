import { describe, expect, it } from 'vitest';
import { functionExposure, functionReachability } from '#electron/evaluate/aws/network/function-url.ts';
import { graphOf } from '../../../graph-of.ts';

const A = '111122223333', urn = `arn:aws:lambda:eu-west-1:${A}:function:f`;
const allow = (Action: string, more: object = {}): object => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action, Resource: urn, ...more }] });
const auth = (AuthType: string): object => ({ StringEquals: { 'lambda:FunctionUrlAuthType': AuthType } });
const url = (AuthType: string): object => ({ FunctionUrlConfig: { FunctionUrl: 'https://x.lambda-url.eu-west-1.on.aws/', AuthType } });
function answers(config: object): readonly [exposed: string, reachable: string] {
  const graph = graphOf([{ urn, type: 'AWS::Lambda::Function', kind: 'function', name: 'f', account: A, region: 'eu-west-1', config }]), f = graph.resource(urn)!;
  return [functionExposure(graph, f).reachable.answer, functionReachability(graph, f).reachable.answer];
}

describe('a function that strangers can call', () => {
  it.each<[string, object, readonly [string, string]]>([
    ['by the API, without a URL', { FunctionUrlConfig: null, Policy: allow('lambda:InvokeFunction') }, ['yes', 'no']],
    ['by the API, a URL not recorded', { Policy: allow('lambda:InvokeFunction') }, ['yes', 'unknown']],
    ['by the API, beside a URL that asks for credentials', { ...url('AWS_IAM'), Policy: allow('lambda:InvokeFunction') }, ['yes', 'no']],
    ['by a URL that asks for credentials of any account', { ...url('AWS_IAM'), Policy: allow('lambda:InvokeFunctionUrl', { Condition: auth('AWS_IAM') }) }, ['yes', 'no']],
    ['changing its code', { FunctionUrlConfig: null, Policy: allow('lambda:UpdateFunctionCode') }, ['yes', 'no']],
    ['by a URL', { ...url('NONE'), Policy: allow('lambda:InvokeFunctionUrl', { Condition: auth('NONE') }) }, ['yes', 'yes']],
    ['not: a URL that asks for credentials, and a permission for others', { ...url('AWS_IAM'), Policy: allow('lambda:InvokeFunctionUrl', { Condition: auth('NONE') }) }, ['no', 'no']],
    ['not: the permission of a URL that is not there', { FunctionUrlConfig: null, Policy: allow('lambda:InvokeFunction', { Condition: { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } } }) }, ['no', 'no']],
    ['not: a service of AWS may call it, a URL not recorded', { Policy: allow('lambda:InvokeFunction', { Principal: { Service: 's3.amazonaws.com' } }) }, ['no', 'unknown']],
    ['not: no policy, a URL not recorded', { Policy: null }, ['no', 'unknown']],
    ['not known: no policy recorded, no URL', { FunctionUrlConfig: null }, ['unknown', 'no']],
    ['not known: the permission of a URL, which is not recorded', { Policy: allow('lambda:InvokeFunctionUrl', { Condition: auth('NONE') }) }, ['unknown', 'unknown']],
  ])('%s', (_name, config, expected) => expect(answers(config)).toEqual(expected));
});
