import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft } from '#shared/model/finding.ts';
import type { Normalized, Sample } from '../../ports.ts';
import { presentObservables } from '../action-observables.ts';
import { awsEntity } from '../aws-entity.ts';
import { camelKeys } from '../camel-keys.ts';
import { asList, everyFinding } from '../every-finding.ts';
import { readTags } from '../read-tags.ts';
import { severityOfLabel } from '../severity-label.ts';
import { macieMeaning } from './asff/product.ts';
import type { Format } from './format.ts';

/** Amazon Macie's own findings (API reference, "Findings descriptions"): of the API, of EventBridge. Through Security Hub they come as ASFF. */
export const macie: Format = {
  name: 'macie', kind: 'findings', source: 'macie', description: 'Amazon Macie findings: get-findings, EventBridge events',
  containers: [{ kind: 'json-path', paths: ['findings', 'Findings', '[].findings'], emptyOk: true, alone: true }, { kind: 'json' }],
  detect, parse,
};

function detect(sample: Sample): number { return [...sample.records, sample.document].flatMap(unwrap).slice(0, 20).some(isMacie) ? 96 : 0; }

const isMacie = (record: unknown): boolean => /^(SensitiveData:S3Object|Policy:IAMUser)\//.test(str(record, 'type') ?? str(record, 'Type') ?? '') && (isObject(at(record, 'resourcesAffected')) || isObject(at(record, 'ResourcesAffected')));

/** The finding inside an event, the findings inside a response, else the record itself. */
function unwrap(record: unknown): readonly unknown[] {
  for (const inner of [at(record, 'findings'), at(record, 'Findings')]) if (Array.isArray(inner)) return inner;
  return [isMacie(at(record, 'detail')) ? at(record, 'detail') : record];
}

function parse(record: unknown): Result<Normalized> { return everyFinding(unwrap(record), (raw) => asList(parseFinding(camelKeys(raw)))); }

function parseFinding(finding: unknown): Result<FindingDraft> {
  if (!isObject(finding)) return err('finding: not an object');
  const id = str(finding, 'id'), type = str(finding, 'type'), bucket = at(finding, 'resourcesAffected', 's3Bucket');
  if (id === undefined) return err('id: missing');
  if (type === undefined) return err('type: missing');
  const name = str(bucket, 'arn') ?? str(bucket, 'name') ?? str(finding, 'resourcesAffected', 's3Object', 'bucketArn');
  if (name === undefined) return err('resourcesAffected: no bucket');
  const account = str(finding, 'accountId'), region = str(finding, 'region'), title = str(finding, 'title') ?? type, description = str(finding, 'description'), tags = readTags(at(bucket, 'tags')), observables = observablesOf(finding);
  return ok({
    source: 'macie', source_id: id, ...macieMeaning(type, [], title), title, ...(description !== undefined && { description }), ...awsEntity(name, 'AwsS3Bucket', { account, region, partition: str(finding, 'partition') }),
    severity_reported: severityOfLabel(str(finding, 'severity', 'description')), status: at(finding, 'archived') === true ? 'suppressed' : 'open', evidence: evidenceOf(finding, bucket),
    ...(account !== undefined && { account }), ...(region !== undefined && { region }), discovered: at(finding, 'createdAt'), updated: at(finding, 'updatedAt'), compliance: [], ...(tags && { tags }), ...(observables && { observables }),
  });
}

function evidenceOf(finding: unknown, bucket: unknown): readonly string[] {
  const object = str(finding, 'resourcesAffected', 's3Object', 'path') ?? str(finding, 'resourcesAffected', 's3Object', 'key'), permission = str(bucket, 'publicAccess', 'effectivePermission'), count = str(finding, 'count');
  const found = list(finding, 'classificationDetails', 'result', 'sensitiveData').flatMap((data) => { const category = str(data, 'category'); return category === undefined ? [] : [`found: ${category}, ${str(data, 'totalCount') ?? 'some'} times`]; });
  return [...(at(finding, 'sample') === true ? ['a sample finding'] : []), ...(object === undefined ? [] : [`object: ${object}`]), ...found, ...(permission === undefined ? [] : [`effective permission: ${permission}`]), ...(count === undefined || count === '1' ? [] : [`count: ${count}`])];
}

/** Who changed the bucket, for findings of policy. */
function observablesOf(finding: unknown): FindingDraft['observables'] {
  const actor = at(finding, 'policyDetails', 'actor'), identity = at(actor, 'userIdentity');
  const user = ['iamUser', 'assumedRole', 'federatedUser', 'root'].flatMap((kind) => str(identity, kind, 'arn') ?? [])[0];
  return presentObservables({ user, src_ip: str(actor, 'ipAddressDetails', 'ipAddressV4'), domain: str(actor, 'domainDetails', 'domainName'), api: str(finding, 'policyDetails', 'action', 'apiCallDetails', 'api') });
}
