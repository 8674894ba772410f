import { partitionOf } from '#shared/lib/arn.ts';
import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import type { RecordContext } from '../../../ports.ts';
import { placeOf, type CliPlace } from './cli-place.ts';
import { resourceOf, type Parts } from './cli-resource.ts';
import { parsePolicyText } from './policy-text.ts';

/** IAM and Organizations in the calls that tell one thing each (`get-role`, `list-attached-role-policies`, `describe-policy`, …). */
export function readIdentityDocument(document: JsonObject, context: RecordContext): readonly Parts[] | undefined {
  const place = placeOf(document, undefined, 'AWS::IAM::', context);
  const { subject, call = '' } = place.hints;
  for (const [key, type, name] of [['Role', 'AWS::IAM::Role', 'RoleName'], ['User', 'AWS::IAM::User', 'UserName'], ['Group', 'AWS::IAM::Group', 'GroupName'], ['InstanceProfile', 'AWS::IAM::InstanceProfile', 'InstanceProfileName']] as const) {
    const value = document[key], arn = str(value, 'Arn');
    if (isObject(value) && arn !== undefined) return [resourceOf({ type, id: arn, arn, name: str(value, name), part: `get-${key.toLowerCase()}`, config: value, place: placeOf(value, arn, type, context) })];
  }
  return inline(document, place) ?? accessKeys(document, place, subject) ?? attached(document, place, call, subject) ?? policy(document, place, context, subject) ?? organization(document, place, call, subject);
}

const holders = [['RoleName', 'AWS::IAM::Role', 'role', 'RolePolicyList'], ['UserName', 'AWS::IAM::User', 'user', 'UserPolicyList'], ['GroupName', 'AWS::IAM::Group', 'group', 'GroupPolicyList']] as const;

/** `get-role-policy` and its siblings. The path of the identity is not in the answer: taken as `/`. */
function inline(document: JsonObject, place: CliPlace): readonly Parts[] | undefined {
  if (!('PolicyDocument' in document) || str(document, 'PolicyName') === undefined) return undefined;
  for (const [key, type, kind, listKey] of holders) {
    const name = str(document, key);
    if (name === undefined) continue;
    const arn = identityArn(place, kind, name);
    return [resourceOf({ type, id: arn, arn, name, part: `get-${kind}-policy`, config: { [listKey]: [{ PolicyName: document['PolicyName'], PolicyDocument: parsePolicyText(document['PolicyDocument']) }] }, place })];
  }
  return undefined;
}

const identityArn = (place: CliPlace, kind: string, name: string): string => `arn:${partitionOf(place.hints.region)}:iam::${place.account ?? ''}:${kind}/${name}`;

/** `list-access-keys`: which keys a user has; none is a list too, when the place of the file names the user. */
function accessKeys(document: JsonObject, place: CliPlace, subject: string | undefined): readonly Parts[] | undefined {
  if (!Array.isArray(document['AccessKeyMetadata'])) return undefined;
  const name = str(document, 'AccessKeyMetadata', 0, 'UserName') ?? subject;
  if (name === undefined) return [];
  const arn = name.startsWith('arn:') ? name : identityArn(place, 'user', name);
  return [resourceOf({ type: 'AWS::IAM::User', id: arn, arn, name: arn.split('/').at(-1), part: 'list-access-keys', config: { AccessKeyMetadata: document['AccessKeyMetadata'] }, place })];
}

function attached(document: JsonObject, place: CliPlace, call: string, subject: string | undefined): readonly Parts[] | undefined {
  const kind = /list-attached-(role|user|group)-policies/.exec(call)?.[1];
  if (!Array.isArray(document['AttachedPolicies']) || kind === undefined || subject === undefined) return undefined;
  const type = holders.find((h) => h[2] === kind)?.[1] ?? 'AWS::IAM::Role';
  const arn = subject.startsWith('arn:') ? subject : identityArn(place, kind, subject);
  return [resourceOf({ type, id: arn, arn, name: subject.split('/').at(-1), part: 'list-attached-policies', config: { AttachedManagedPolicies: document['AttachedPolicies'] }, place })];
}

function policy(document: JsonObject, place: CliPlace, context: RecordContext, subject: string | undefined): readonly Parts[] | undefined {
  const value = document['Policy'], version = document['PolicyVersion'];
  const arn = str(value, 'Arn');
  if (isObject(value) && arn?.includes(':iam:') === true) return [resourceOf({ type: 'AWS::IAM::Policy', id: arn, arn, name: str(value, 'PolicyName'), part: 'get-policy', config: value, place: placeOf(value, arn, 'AWS::IAM::Policy', context) })];
  const summary = at(value, 'PolicySummary'), id = str(summary, 'Id');
  if (isObject(value) && id !== undefined) return [organizationPolicy(id, { Type: str(summary, 'Type'), Name: str(summary, 'Name'), Content: parsePolicyText(value['Content']), PolicySummary: summary }, str(summary, 'Arn'), place)];
  const of = /arn:.*/.exec(subject ?? '')?.[0];
  if (isObject(version) && of !== undefined) return [resourceOf({ type: 'AWS::IAM::Policy', id: of, arn: of, part: 'get-policy-version', config: { PolicyVersionList: [version] }, place })];
  return undefined;
}

export const organizationPolicy = (id: string, config: JsonObject, arn: string | undefined, place: CliPlace): Parts =>
  resourceOf({ type: 'AWS::Organizations::Policy', id, arn, name: str(config, 'Name'), part: 'organizations-policy', config, place: { ...place, account: undefined } });

function organization(document: JsonObject, place: CliPlace, call: string, subject: string | undefined): readonly Parts[] | undefined {
  const org = document['Organization'];
  if (isObject(org) && str(org, 'Id') !== undefined) return [resourceOf({ type: 'AWS::Organizations::Organization', id: str(org, 'Id') ?? '', arn: str(org, 'Arn'), part: 'describe-organization', config: org, place })];
  const account = document['Account'];
  if (isObject(account) && str(account, 'Id') !== undefined) return [member(str(account, 'Id') ?? '', account, place)];
  if (/list-targets-for-policy/.test(call) && subject !== undefined) return [organizationPolicy(subject, { Targets: list(document, 'Targets') }, undefined, place)];
  if (/list-parents/.test(call) && subject !== undefined) return [member(subject, { ParentIds: list(document, 'Parents').flatMap((p) => str(p, 'Id') ?? []) }, place)];
  if (/list-children/.test(call) && subject !== undefined) return list(document, 'Children').flatMap((c) => { const id = str(c, 'Id'); return id === undefined ? [] : [member(id, { ParentIds: [subject] }, place)]; });
  return undefined;
}

/** An account, organizational unit or root, told by the form of its id. */
export function member(id: string, config: JsonObject, place: CliPlace): Parts {
  const type = /^\d{12}$/.test(id) ? 'AWS::Organizations::Account' : id.startsWith('r-') ? 'AWS::Organizations::Root' : 'AWS::Organizations::OrganizationalUnit';
  return resourceOf({ type, id, arn: str(config, 'Arn'), name: str(config, 'Name'), part: 'organizations-tree', config, place: { ...place, account: type.endsWith('Account') ? id : undefined } });
}
