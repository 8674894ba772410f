import { partitionOf } from '#shared/lib/arn.ts';
import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Normalized, RecordContext, Sample } from '../../ports.ts';
import { apiPolicy, readDocument } from './aws/cli-documents.ts';
import { openEnvelope } from './aws/cli-envelope.ts';
import { member, organizationPolicy, readIdentityDocument } from './aws/cli-iam.ts';
import { cliLists, listAt, listOfElement, type ListSpec } from './aws/cli-lists.ts';
import { readPath } from './aws/cli-path.ts';
import { placeOf } from './aws/cli-place.ts';
import { cutListOf } from './aws/cut-list.ts';
import { idOf, resourceOf, type Parts } from './aws/cli-resource.ts';
import { parsePolicyText } from './aws/policy-text.ts';
import type { Importer } from './importer.ts';

/** Answers of AWS calls that say nothing for the graph, or that others read: known, so that a dump of everything is read without complaint. */
const silent = [
  'AvailabilityZones', 'Regions', 'DetectorIds', 'analyzers', 'SAMLProviderList', 'OpenIDConnectProviderList', 'JobId', 'JobStatus', 'ServicesLastAccessed', 'HostedZoneSummaries', 'HostedZones', 'SummaryMap', 'GeneratedTime', 'DomainNames', 'taskArns',
  'clusterArns', 'serviceArns', 'UserId', 'LoadBalancerAttributes', 'PolicyNames', 'AccountAliases', 'AccessKeyMetadata', 'MFADevices', 'VirtualMFADevices', 'PasswordPolicy', 'LocationConstraint', 'Status', 'KeyPairs', 'DhcpOptions', 'Rules', 'AttachedPolicies',
] as const;

/**
 * Answers of the AWS CLI and of SDKs in its shape (boto3's ResponseMetadata is passed over): files named anyhow, and dumps as CloudMapper's
 * (`<account>/<region>/<service>-<call>.json`, folders for calls made once a resource). One answer tells part of a resource; see merge-parts.ts.
 */
export const awsCli: Importer = {
  name: 'aws-cli', kind: 'resources',
  description: 'AWS CLI or SDK answers: describe-*, list-* and get-* calls, also whole dumps (CloudMapper layout)',
  containers: [{ kind: 'json-path', paths: cliLists.map((l) => l.path) }, { kind: 'json' }],
  fromPath: (path) => ({ ...readPath(path) }),
  detect,
  parse,
};

function detect({ document, records, path }: Sample): number {
  const first = isObject(document) ? document : records[0];
  if (!isObject(first)) return 0;
  if (openEnvelope(first, path)) return 90;
  // Others' envelopes with keys of the same name: Kubernetes lists, Terraform plans, AWS Config.
  if ('apiVersion' in first || 'kind' in first || 'terraform_version' in first || 'configurationItems' in first) return 0;
  const context: RecordContext = { parents: [], from: '', path, index: 0 };
  if (cliLists.some((spec) => isList(first, spec))) return 'ResponseMetadata' in first ? 85 : 75;
  if (!Array.isArray(document) && (readDocument(first, context) ?? readIdentityDocument(first, context)) !== undefined) return 60;
  if (listOfElement(first)) return 55;
  if (silent.some((key) => key in first) && (Object.keys(first).length <= 6)) return 20;
  return readPath(path).call !== undefined || /(^|\/)[a-z0-9]+-(describe|list|get)-[a-z-]+(\.json$|\/)/.test(path) ? 5 : 0;
}

/** The list is there and, unless empty, its elements are what the table says. */
function isList(document: JsonObject, spec: ListSpec): boolean {
  const [outer = '', inner] = spec.path.split('[].');
  const value = at(document, ...outer.split('.'));
  if (!Array.isArray(value)) return false;
  if (value.length === 0) return !/^[a-z]/.test(outer) && outer !== 'Items' && outer !== 'Keys';
  const [element] = inner === undefined ? value : list(value[0], inner);
  return inner === undefined || element !== undefined ? isObject(element) && isOf(element, spec) : isObject(value[0]);
}

const isOf = (item: JsonObject, spec: ListSpec): boolean =>
  typeof item[spec.id] === 'string' && (spec.type !== 'AWS::ApiGateway::RestApi' || 'endpointConfiguration' in item || 'apiKeySource' in item) && (!spec.type.startsWith('AWS::IAM::') || /^arn:[^:]*:(iam|organizations):/.test(str(item, 'Arn') ?? ''))
  && (spec.type !== 'AWS::CloudFront::Distribution' || 'DomainName' in item) && (spec.type !== 'AWS::Glue::Job' || 'Role' in item);

function parse(record: unknown, context: RecordContext): Result<Normalized> {
  if (!isObject(record)) return typeof record === 'string' ? ok({}) : err('not a JSON object');
  const enveloped = context.from === '' ? openEnvelope(record, context.path) : undefined;
  const spec = context.from === '' ? undefined : listAt(context.from);
  const parts = enveloped ? readAnswer(enveloped.answer, { ...context, path: enveloped.path }) : spec ? readElement(record, spec, context) : readWhole(record, context);
  if (typeof parts === 'string') return err(parts);
  const [first] = parts, cut = spec === undefined || first === undefined ? [] : cutListOf(context.parents, spec.type, first.resource, 'aws-cli');
  return ok({ resources: [...parts.map((p) => p.resource), ...cut], edges: parts.flatMap((p) => p.edges) });
}

/** An answer in an envelope: its lists, else what it tells of what it is about. */
function readAnswer(answer: JsonObject, context: RecordContext): readonly Parts[] | string {
  const about = readDocument(answer, context);
  if (about && about.length > 0) return about;
  const lists = cliLists.filter((spec) => !spec.path.includes('[]') && isList(answer, spec));
  if (lists.length === 0) return readWhole(answer, context);
  const read = lists.flatMap((spec) => list(at(answer, ...spec.path.split('.'))).map((item) => (isObject(item) ? readElement(item, spec, { ...context, parents: [answer] }) : [])));
  return read.find((parts) => typeof parts === 'string') ?? read.filter((parts) => typeof parts !== 'string').flat();
}

function readWhole(record: JsonObject, context: RecordContext): readonly Parts[] | string {
  const alone = listOfElement(record);
  if (alone) return readElement(record, alone, context);
  const about = readDocument(record, context) ?? readIdentityDocument(record, context);
  if (about !== undefined) return about;
  if (isAboutUntold(record)) return 'what it is about is told neither in the answer nor by the file: name the file for the resource, in a folder of the call (elbv2-describe-target-health/ARN.json)';
  return detect({ document: record, records: [], path: context.path, text: '', header: [], delimiter: undefined }) > 0 ? [] : 'an answer of no AWS call that is read';
}

/** Answers that speak of one resource without naming it. */
const isAboutUntold = (record: JsonObject): boolean => ['TargetHealthDescriptions', 'Entries'].some((key) => Array.isArray(record[key]) && list(record, key).length > 0) || (typeof record['Policy'] === 'string' && record['Policy'].startsWith('{'));

function readElement(item: JsonObject, spec: ListSpec, context: RecordContext): readonly Parts[] | string {
  const id = str(item, spec.id);
  const { call = '', subject } = readPath(context.path);
  if (spec.type === 'AWS::IAM::Policy' && str(item, 'Type')?.endsWith('_POLICY') === true) {
    const policy = str(item, 'Id');
    const target = /list-policies-for-target/.test(call) ? subject : undefined;
    return policy === undefined ? 'Id is missing' : [organizationPolicy(policy, { ...item, ...('Content' in item && { Content: parsePolicyText(item['Content']) }), ...(target !== undefined && { Targets: [{ TargetId: target }] }) }, str(item, 'Arn'), placeOf(item, undefined, spec.type, context))];
  }
  if (id === undefined) return spec.type === 'AWS::EC2::EIP' ? [] : `${spec.id} is missing`;
  const arn = str(item, spec.arn) ?? (id.startsWith('arn:') ? id : undefined);
  const place = placeOf(item, arn, spec.type, context);
  if (spec.type.startsWith('AWS::Organizations::')) return [member(id, { ...item, ...(/-for-parent/.test(call) && subject !== undefined && { ParentIds: [subject] }) }, place)];
  const whole = resourceOf({ type: spec.type, id, arn, name: str(item, spec.name), part: spec.path, config: configOf(item, spec, context), place });
  return [whole, ...memberships(item, spec, context, call, subject)];
}

/** Policies as objects under `Policy`, whatever the service calls them. */
function configOf(item: JsonObject, spec: ListSpec, context: RecordContext): JsonObject {
  if (spec.type === 'AWS::OpenSearch::Domain') return { ...item, Policy: parsePolicyText(item['AccessPolicies'] ?? null) };
  if (spec.type === 'AWS::ApiGateway::RestApi') return { ...item, Policy: 'policy' in item ? parsePolicyText(apiPolicy(item['policy'])) : null };
  if (spec.path === 'LoadBalancerAttributes') return { LoadBalancerArn: item['LoadBalancerArn'], LoadBalancerAttributes: item['Attributes'] };
  if (spec.path === 'TransitGatewayPropagations') return { TransitGatewayRouteTableId: item['TransitGatewayRouteTableId'], TransitGatewayRouteTablePropagations: item['TransitGatewayRouteTablePropagations'] };
  if (spec.path === 'LoadBalancerListeners[].Listeners') return { LoadBalancerArn: str(context.parents.at(-1), 'LoadBalancerArn'), ...item };
  if (spec.path === 'IamInstanceProfileAssociations') return { InstanceId: item['InstanceId'], IamInstanceProfile: item['IamInstanceProfile'] };
  // Of the versions of a template those count that are launched by default or bring a role.
  if (spec.path === 'LaunchTemplateVersions') return { LaunchTemplateId: item['LaunchTemplateId'], ...((item['DefaultVersion'] === true || at(item, 'LaunchTemplateData', 'IamInstanceProfile') !== undefined) && { LaunchTemplateData: item['LaunchTemplateData'] }) };
  if (spec.type === 'AWS::Events::EventBus') return { ...item, Policy: parsePolicyText(item['Policy'] ?? null) };
  if (spec.type === 'AWS::Lambda::Url') return { ...item, TargetFunctionArn: item['FunctionArn'] };
  return item;
}

/** What lists of groups and users tell beside themselves: who is in which group. */
function memberships(item: JsonObject, spec: ListSpec, context: RecordContext, call: string, subject: string | undefined): readonly Parts[] {
  const group = spec.type === 'AWS::IAM::User' ? idOf(isObject(at(context.parents[0], 'Group')) ? asObject(at(context.parents[0], 'Group')) : {}, 'GroupName') : undefined;
  const user = spec.type === 'AWS::IAM::Group' && /list-groups-for-user/.test(call) ? subject : undefined;
  const place = placeOf(item, str(item, 'Arn'), spec.type, context);
  if (group !== undefined) return [resourceOf({ type: 'AWS::IAM::User', id: str(item, 'Arn') ?? '', arn: str(item, 'Arn'), part: 'get-group', config: { GroupList: [group] }, place })];
  const arn = user === undefined ? undefined : user.startsWith('arn:') ? user : `arn:${partitionOf(place.hints.region)}:iam::${place.account ?? ''}:user/${user}`;
  return arn === undefined ? [] : [resourceOf({ type: 'AWS::IAM::User', id: arn, arn, part: 'list-groups-for-user', config: { GroupList: [str(item, 'GroupName')] }, place })];
}

const asObject = (value: unknown): JsonObject => (isObject(value) ? value : {});
