import { parseArn, partitionOf } from '#shared/lib/arn.ts';
import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import type { RecordContext } from '../../../ports.ts';
import { bucketPart, policyPart } from './cli-bucket.ts';
import { placeOf, type CliPlace } from './cli-place.ts';
import { servicePolicy } from './cli-policies.ts';
import { idOf, resourceOf, type Parts, type Told } from './cli-resource.ts';
import { parsePolicyText } from './policy-text.ts';

interface Answer { readonly document: JsonObject; readonly place: CliPlace; readonly subject: string | undefined; readonly call: string; readonly part: (told: Omit<Told, 'part' | 'place'> & { readonly part?: string }) => readonly Parts[] }
type Reading = (answer: Answer) => readonly Parts[] | undefined;

/** Answers about one resource, each by the keys that tell it. The first that knows the answer reads it. */
const readings: readonly (readonly [key: string, read: Reading])[] = [
  ['Attributes', ({ document, subject, part, place }) => {
    const attributes = document['Attributes'];
    const balancer = [subject, str(document, 'LoadBalancerArn')].find((x) => x?.includes(':loadbalancer/'));
    if (Array.isArray(attributes)) return balancer === undefined ? [] : part({ type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', id: balancer, arn: balancer, config: { LoadBalancerAttributes: attributes } });
    const topic = str(attributes, 'TopicArn') ?? (subject?.includes(':sns:') === true ? subject : undefined), queue = str(attributes, 'QueueArn');
    const config = isObject(attributes) ? { ...attributes, Policy: 'Policy' in attributes ? parsePolicyText(attributes['Policy']) : null } : {};
    if (topic !== undefined) return part({ type: 'AWS::SNS::Topic', id: topic, arn: topic, name: topic.split(':').at(-1), config });
    const arn = queue ?? queueArn(subject, place);
    return arn === undefined ? [] : part({ type: 'AWS::SQS::Queue', id: arn, arn, name: arn.split(':').at(-1), config: { ...config, ...(subject?.startsWith('http') === true && { QueueUrl: subject }) } });
  }],
  ['QueueUrls', ({ document, part, place }) => list(document, 'QueueUrls').flatMap((url) => {
    const arn = typeof url === 'string' ? queueArn(url, place) : undefined;
    return arn === undefined ? [] : part({ type: 'AWS::SQS::Queue', id: arn, arn, name: arn.split(':').at(-1), config: { QueueUrl: url } });
  })],
  ['clusterArns', ({ document, part }) => list(document, 'clusterArns').flatMap((arn) => (typeof arn === 'string' ? part({ type: 'AWS::ECS::Cluster', id: arn, arn, name: arn.split('/').at(-1), config: { ClusterArn: arn } }) : []))],
  ['policyText', ({ document, part }) => { const id = str(document, 'repositoryName'); return id === undefined ? undefined : part({ type: 'AWS::ECR::Repository', id, name: id, config: { Policy: parsePolicyText(document['policyText']) } }); }],
  ['DomainStatus', ({ document, part }) => domain(document['DomainStatus'], part)],
  ['KeyMetadata', ({ document, part }) => { const key = document['KeyMetadata'], id = str(key, 'KeyId'); return id === undefined || !isObject(key) ? undefined : part({ type: 'AWS::KMS::Key', id, arn: str(key, 'Arn'), config: key }); }],
  ['Grants', ({ document, subject, part, call }) => {
    const grants = list(document, 'Grants');
    const key = (/list-grants/.test(call) ? subject : undefined) ?? grants.map((g) => str(g, 'KeyId')).find((x) => x !== undefined);
    if (key === undefined || 'Owner' in document) return undefined;
    const arn = grants.map((g) => str(g, 'KeyId')).find((x) => x?.startsWith('arn:'));
    return part({ type: 'AWS::KMS::Key', id: key.split('/').at(-1) ?? key, arn: key.startsWith('arn:') ? key : arn, config: { KeyGrants: grants } });
  }],
  ['CreateVolumePermissions', ({ document, part }) => one(document, 'SnapshotId', 'AWS::EC2::Snapshot', part)],
  ['LaunchPermissions', ({ document, part }) => one(document, 'ImageId', 'AWS::EC2::Image', part)],
  ['DBSnapshotAttributesResult', ({ document, part }) => { const r = document['DBSnapshotAttributesResult']; return isObject(r) ? one(r, 'DBSnapshotIdentifier', 'AWS::RDS::DBSnapshot', part) : undefined; }],
  ['DBClusterSnapshotAttributesResult', ({ document, part }) => { const r = document['DBClusterSnapshotAttributesResult']; return isObject(r) ? one(r, 'DBClusterSnapshotIdentifier', 'AWS::RDS::DBClusterSnapshot', part) : undefined; }],
  ['VpcBlockPublicAccessOptions', ({ document, part, place }) => {
    const options = document['VpcBlockPublicAccessOptions'], account = str(options, 'AwsAccountId') ?? place.account, region = str(options, 'AwsRegion') ?? place.region;
    return isObject(options) ? part({ type: 'AWS::EC2::VPCBlockPublicAccessOptions', id: `${account ?? ''}:${region ?? ''}`, config: options }) : undefined;
  }],
  ['Entries', ({ document, subject, part }) => {
    const id = /pl-[\w-]+/.exec(subject ?? '')?.[0] ?? str(document, 'PrefixListId');
    return id === undefined ? undefined : part({ type: 'AWS::EC2::PrefixList', id, config: { Entries: document['Entries'] } });
  }],
  ['TargetHealthDescriptions', ({ document, subject, part }) => { const arn = str(document, 'TargetGroupArn') ?? subject; return arn?.includes(':targetgroup/') === true ? part({ type: 'AWS::ElasticLoadBalancingV2::TargetGroup', id: arn, arn, config: { TargetHealthDescriptions: document['TargetHealthDescriptions'] } }) : undefined; }],
  ['Routes', ({ document, subject, part }) => transitTable(document, subject, 'Routes', part)],
  // What APIs are made of, and a function without a URL: calls about one API or function each.
  ['items', ({ document, subject, part, call }) => (/apigateway:get-resources/.test(call) && subject !== undefined ? part({ type: 'AWS::ApiGateway::RestApi', id: subject, config: { Resources: list(document, 'items') } }) : undefined)],
  ['Items', ({ document, subject, part, call }) => { const key = /apigatewayv2:get-(routes|integrations)/.exec(call)?.[1]; return key !== undefined && subject !== undefined ? part({ type: 'AWS::ApiGatewayV2::Api', id: subject, config: { ApiId: subject, [key === 'routes' ? 'Routes' : 'Integrations']: list(document, 'Items') } }) : undefined; }],
  ['FunctionUrlConfigs', ({ document, subject, part }) => (subject?.startsWith('arn:') === true && list(document, 'FunctionUrlConfigs').length === 0 ? part({ type: 'AWS::Lambda::Function', id: subject, arn: subject, config: { FunctionUrlConfig: null } }) : undefined)],
  ['Associations', ({ document, subject, part }) => transitTable(document, subject, 'Associations', part)],
  ['TransitGatewayRouteTablePropagations', ({ document, subject, part }) => transitTable(document, subject, 'TransitGatewayRouteTablePropagations', part)],
  ['Configuration', ({ document, part }) => { const f = document['Configuration'], id = str(f, 'FunctionName'); return id === undefined || !isObject(f) ? undefined : part({ type: 'AWS::Lambda::Function', id, arn: str(f, 'FunctionArn'), name: id, config: f }); }],
  ['Service', ({ document, part }) => { const s = document['Service'], arn = str(s, 'ServiceArn'); return isObject(s) && arn?.includes(':apprunner:') === true ? part({ type: 'AWS::AppRunner::Service', id: arn, arn, name: str(s, 'ServiceName'), config: s }) : undefined; }],
  ['DevEndpoint', ({ document, part }) => named(document['DevEndpoint'], 'EndpointName', 'AWS::Glue::DevEndpoint', part)],
  ['Job', ({ document, part }) => named(document['Job'], 'Name', 'AWS::Glue::Job', part)],
  ['StackSet', ({ document, part }) => { const s = document['StackSet'], arn = str(s, 'StackSetARN'), id = str(s, 'StackSetName'); return isObject(s) && id !== undefined ? part({ type: 'AWS::CloudFormation::StackSet', id, arn, name: id, config: s }) : undefined; }],
  ['NotebookInstanceArn', ({ document, part }) => { const arn = str(document, 'NotebookInstanceArn'); return arn === undefined ? undefined : part({ type: 'AWS::SageMaker::NotebookInstance', id: arn, arn, name: str(document, 'NotebookInstanceName'), config: document }); }],
  ['codeInterpreterArn', ({ document, part }) => { const arn = str(document, 'codeInterpreterArn'); return arn === undefined ? undefined : part({ type: 'AWS::BedrockAgentCore::CodeInterpreter', id: arn, arn, name: str(document, 'name'), config: document }); }],
  ['FunctionUrl', ({ document, part }) => { const arn = str(document, 'FunctionArn'); return arn === undefined ? undefined : part({ type: 'AWS::Lambda::Url', id: arn, config: { ...document, TargetFunctionArn: arn } }); }],
  ['NetworkOrigin', ({ document, part }) => { const name = str(document, 'Name'); return name === undefined ? undefined : part({ type: 'AWS::S3::AccessPoint', id: name, arn: str(document, 'AccessPointArn'), name, config: document }); }],
  ['IsLogging', ({ document, subject, part, call }) => (/get-trail-status/.test(call) && subject !== undefined ? part({ type: 'AWS::CloudTrail::Trail', id: subject, ...(subject.startsWith('arn:') && { arn: subject }), name: subject.split('/').at(-1), config: { Status: document } }) : undefined)],
  ['SecretString', () => []],
  ['Table', ({ document, part }) => { const t = document['Table'], arn = str(t, 'TableArn'); return isObject(t) && arn !== undefined ? part({ type: 'AWS::DynamoDB::Table', id: arn, arn, name: str(t, 'TableName'), config: t }) : undefined; }],
  ['Arn', ({ document, part }) => { const arn = str(document, 'Arn'); return arn?.includes(':event-bus/') === true ? part({ type: 'AWS::Events::EventBus', id: arn, arn, name: str(document, 'Name'), config: { ...document, Policy: parsePolicyText(document['Policy'] ?? null) } }) : undefined; }],
  ['AccountIds', ({ document, subject, part, call }) => (/describe-document-permission/.test(call) && subject !== undefined ? part({ type: 'AWS::SSM::Document', id: subject, name: subject, config: { AccountIds: document['AccountIds'] } }) : undefined)],
  ['ResourcePolicy', ({ document, part }) => secret(document, part)],
  ['cluster', ({ document, part }) => { const c = document['cluster'], name = str(c, 'name'); return isObject(c) && name !== undefined ? part({ type: 'AWS::EKS::Cluster', id: name, arn: str(c, 'arn'), name, config: c }) : undefined; }],
  ['taskDefinition', ({ document, part }) => { const t = document['taskDefinition'], arn = str(t, 'taskDefinitionArn'); return isObject(t) && arn !== undefined ? part({ type: 'AWS::ECS::TaskDefinition', id: arn, arn, config: t }) : undefined; }],
  ['Distribution', ({ document, part }) => { const d = document['Distribution'], id = str(d, 'Id'); return isObject(d) && id !== undefined ? part({ type: 'AWS::CloudFront::Distribution', id, arn: str(d, 'ARN'), config: { ...d, ...(isObject(d['DistributionConfig']) ? d['DistributionConfig'] : {}) } }) : undefined; }],
  ['endpointConfiguration', ({ document, part }) => { const id = str(document, 'id'); return id === undefined ? undefined : part({ type: 'AWS::ApiGateway::RestApi', id, name: str(document, 'name'), config: { ...document, ...('policy' in document && { Policy: parsePolicyText(apiPolicy(document['policy'])) }) } }); }],
];

/** REST APIs hand their policy out with escaped quotes in the text. */
export const apiPolicy = (policy: unknown): unknown => (typeof policy === 'string' ? policy.replaceAll('\\"', '"') : policy);

function domain(value: unknown, part: Answer['part']): readonly Parts[] | undefined {
  const arn = str(value, 'ARN');
  return isObject(value) && arn !== undefined ? part({ type: 'AWS::OpenSearch::Domain', id: arn, arn, name: str(value, 'DomainName'), config: { ...value, Policy: parsePolicyText(value['AccessPolicies'] ?? null) } }) : undefined;
}

function one(document: JsonObject, key: string, type: string, part: Answer['part']): readonly Parts[] | undefined {
  const id = str(document, key);
  return id === undefined ? undefined : part({ type, id, config: document });
}

function named(value: unknown, key: string, type: string, part: Answer['part']): readonly Parts[] | undefined {
  const id = str(value, key);
  return isObject(value) && id !== undefined ? part({ type, id, name: id, config: value }) : undefined;
}

function secret(document: JsonObject, part: Answer['part']): readonly Parts[] | undefined {
  const arn = idOf(document, 'ARN', 'Arn');
  if (arn === undefined || !parseArnLoose(arn)) return undefined;
  return part({ type: 'AWS::SecretsManager::Secret', id: arn, arn, name: str(document, 'Name'), config: { Policy: 'ResourcePolicy' in document ? parsePolicyText(document['ResourcePolicy']) : null } });
}

const parseArnLoose = (text: string): boolean => text.startsWith('arn:') && text.includes(':secretsmanager:');

function transitTable(document: JsonObject, subject: string | undefined, key: string, part: Answer['part']): readonly Parts[] | undefined {
  const id = /tgw-rtb-[\w-]+/.exec(subject ?? '')?.[0] ?? str(document, 'TransitGatewayRouteTableId');
  return id === undefined ? undefined : part({ type: 'AWS::EC2::TransitGatewayRouteTable', id, config: { [key]: document[key], ...(document['AdditionalRoutesAvailable'] === true && { AdditionalRoutesAvailable: true }) } });
}

function queueArn(url: string | undefined, place: CliPlace): string | undefined {
  const m = /^https?:\/\/([^/]+)\/(\d{12})\/([^/]+)$/.exec(url ?? '');
  const region = /(?:^|\.)((?:[a-z]{2,4})(?:-[a-z]+)+-\d)\./.exec(m?.[1] ?? '')?.[1] ?? place.region;
  return m && region !== undefined ? `arn:${partitionOf(region)}:sqs:${region}:${m[2]}:${m[3]}` : undefined;
}

/** Reads an answer that is about one resource; undefined when nothing here knows it. */
export function readDocument(document: JsonObject, context: RecordContext): readonly Parts[] | undefined {
  const place = placeOf(document, undefined, '', context);
  const { subject, call = '' } = place.hints;
  const part: Answer['part'] = (told) => [resourceOf({ ...told, part: told.part ?? (call === '' ? Object.keys(document)[0] ?? 'part' : call), place: placeOf(told.config, told.arn ?? (parseArn(told.id) ? told.id : undefined), told.type, { ...context, parents: [document, ...context.parents] }) })];
  const answer: Answer = { document, place, subject, call, part };
  const s3 = bucketPart(document, { ...place, region: undefined });
  if (s3) return [s3];
  for (const [key, read] of readings) {
    const found = key in document ? read(answer) : undefined;
    if (found) return found;
  }
  if (/secretsmanager/.test(call)) { const found = secret(document, part); if (found) return found; }
  if (document['Policy'] === null && subject !== undefined) { const found = policyPart(document, place); if (found) return [found]; }
  const policy = typeof document['Policy'] === 'string' || isObject(at(document, 'Policy', 'Statement')) || Array.isArray(at(document, 'Policy', 'Statement')) ? policyPart(document, place) : undefined;
  const held = policy ?? servicePolicy(document, place);
  return held ? [held] : undefined;
}
