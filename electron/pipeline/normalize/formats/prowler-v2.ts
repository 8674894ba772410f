import { isObject, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Normalized, Sample } from '../../ports.ts';
import type { Format } from './format.ts';
import { prowlerDraft } from './prowler/draft.ts';

/** Prowler 2 (the shell script): CSV with upper-case headers, and NDJSON whose keys have blanks (`Account Number`). Neither has a finding id. */
export const prowlerV2: Format = {
  name: 'prowler-v2',
  kind: 'findings',
  source: 'prowler',
  description: 'Prowler 2 CSV and NDJSON',
  containers: [{ kind: 'csv', delimiters: [',', ';'] }, { kind: 'json' }],
  detect,
  parse,
};

function detect(sample: Sample): number {
  const cells = new Set(sample.header.map((cell) => cell.trim().toUpperCase()));
  if (['TITLE_ID', 'CHECK_RESULT', 'TITLE_TEXT'].every((cell) => cells.has(cell))) return 95;
  return sample.records.some((record) => isObject(record) && ['Account Number', 'Control', 'Control ID', 'Status'].every((key) => Object.hasOwn(record, key))) ? 95 : 0;
}

function parse(record: unknown): Result<Normalized> {
  if (!isObject(record)) return err('record: not an object');
  const title = str(record, 'Control') ?? str(record, 'TITLE_TEXT');
  const status = str(record, 'Status') ?? str(record, 'CHECK_RESULT');
  const detail = str(record, 'Message') ?? str(record, 'CHECK_RESULT_EXTENDED');
  const number = str(record, 'Control ID') ?? str(record, 'TITLE_ID');
  const check = /^\[(\w+)\]/.exec(title ?? '')?.[1] ?? number;
  if (title === undefined) return err('Control (TITLE_TEXT): missing');
  const service = str(record, 'Service') ?? str(record, 'CHECK_SERVICENAME');
  const resource = resourceOf(str(record, 'CHECK_ASFF_RESOURCE_TYPE') ?? typeOfService(service, title), str(record, 'Resource ID'), detail);
  const draft = prowlerDraft({
    provider: 'aws', check, title: title.replace(/^\[\w+\]\s*/, ''), description: str(record, 'Risk') ?? str(record, 'CHECK_RISK'),
    status, isMuted: false, detail, severity: str(record, 'Severity') ?? str(record, 'CHECK_SEVERITY'), uid: undefined,
    account: str(record, 'Account Number') ?? str(record, 'ACCOUNT_NUM'), accountName: undefined,
    region: str(record, 'Region') ?? str(record, 'REGION'), partition: undefined,
    resourceIds: [resource.id], resourceName: resource.id, resourceType: resource.type, namespace: undefined,
    time: str(record, 'Timestamp') ?? str(record, 'TIMESTAMP'), compliance: complianceOf(record, check, number), tags: undefined,
  });
  if (!draft.ok) return draft;
  const isOnlyAccount = resource.id === undefined && detail !== undefined;
  return ok({ findings: [isOnlyAccount ? { ...draft.value, source_id: `${draft.value.source_id}-${detail}` } : draft.value] });
}

/** The benchmark's numbers are for `check…` only, `extra…` are Prowler's own; other standards stand in the compliance column. */
function complianceOf(record: unknown, check: string | undefined, number: string | undefined): readonly string[] {
  const other = str(record, 'Compliance') ?? str(record, 'CHECK_ASFF_COMPLIANCE_TYPE');
  const named = other === undefined || other.startsWith('Software and Configuration') ? [] : other.split(/\s+/);
  return [...(check?.startsWith('check') === true && number !== undefined ? [`CIS-AWS: ${number.replace(/\.0(\d)$/, '.$1')}`] : []), ...named];
}

/** The JSON names no resource type: the service's main resource stands in. */
function typeOfService(service: string | undefined, title: string): string | undefined {
  const types: Readonly<Record<string, string>> = {
    s3: 'AwsS3Bucket', eks: 'AwsEksCluster', rds: 'AwsRdsDbInstance', lambda: 'AwsLambdaFunction', awslambda: 'AwsLambdaFunction', cloudtrail: 'AwsCloudTrailTrail', kms: 'AwsKmsKey',
    sns: 'AwsSnsTopic', sqs: 'AwsSqsQueue', dynamodb: 'AwsDynamoDbTable', redshift: 'AwsRedshiftCluster', cloudfront: 'AwsCloudFrontDistribution', es: 'AwsElasticsearchDomain', elb: 'AwsElbLoadBalancer', ecr: 'AwsEcrRepository',
  };
  if (service === 'iam') return /\broles?\b/i.test(title) && !/groups? or roles?/i.test(title) ? 'AwsIamRole' : 'AwsIamUser';
  return service !== undefined && Object.hasOwn(types, service) ? types[service] : undefined;
}

interface Named { readonly id: string | undefined; readonly type: string | undefined }

/** The CSV names the resource only in its text (`User alice has …`, `eu-west-2: sg-0123 is …`); what names none is about the account. */
function resourceOf(type: string | undefined, given: string | undefined, detail: string | undefined): Named {
  const isAccount = type === 'AwsAccount' || given === 'root' || given === 'MFA' || /^Password Policy/i.test(detail ?? '');
  if (isAccount) return { id: undefined, type: 'AwsAccount' };
  if (given !== undefined) return { id: given, type };
  const text = (detail ?? '').replace(/^[a-z]{2}(-[a-z]+)+-\d: /, '');
  const arn = /\barn:aws[a-z-]*:[^\s,;]+/.exec(text)?.[0];
  const short = /\b(?:i|sg|vpc|subnet|vol|snap|ami|eni|acl|rtb|igw|eipalloc)-[0-9a-z]{8,}\b/.exec(text)?.[0];
  const word = type === 'AwsIamUser' ? 'user' : type === 'AwsIamRole' ? 'role' : type === 'AwsS3Bucket' ? 'bucket' : undefined;
  const named = word === undefined ? undefined : new RegExp(`\\b${word}:? ([\\w+=,.@/-]+)`, 'i').exec(text)?.[1];
  return { id: arn ?? short ?? named, type };
}
