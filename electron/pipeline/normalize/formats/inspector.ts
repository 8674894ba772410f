import { parseArn } from '#shared/lib/arn.ts';
import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft, FindingStatus } from '#shared/model/finding.ts';
import type { Normalized, Sample } from '../../ports.ts';
import { accountEntity, awsEntity, isAccountId, type AwsScope, type EntityId } from '../aws-entity.ts';
import { camelKeys } from '../camel-keys.ts';
import { everyFinding } from '../every-finding.ts';
import { ecrImageNames } from '../ecr-image.ts';
import { readTags } from '../read-tags.ts';
import { severityOfLabel } from '../severity-label.ts';
import type { Format } from './format.ts';
import { isReportHeader, rowFinding } from './inspector/csv-row.ts';
import { inspectorMeaning } from './inspector/meaning.ts';

/** Amazon Inspector's own findings (API reference, "Finding"): of the API in either case, of EventBridge and of reports (JSON, CSV). Through Security Hub they come as ASFF. */
export const inspector: Format = {
  name: 'inspector',
  kind: 'findings',
  source: 'inspector',
  description: 'Amazon Inspector findings: list-findings, EventBridge events, findings reports (JSON, CSV)',
  containers: [{ kind: 'json-path', paths: ['findings', 'Findings', '[].findings', '[].Findings', 'data.findings'], emptyOk: true, alone: true }, { kind: 'json' }, { kind: 'csv', delimiters: [',', ';'] }],
  detect,
  parse,
};

const types = new Set(['PACKAGE_VULNERABILITY', 'NETWORK_REACHABILITY', 'CODE_VULNERABILITY']);

function detect(sample: Sample): number {
  if (isReportHeader(sample.header)) return 96;
  return Math.max(0, ...[...sample.records, sample.document].flatMap(unwrap).slice(0, 20).map(scoreOf));
}

function scoreOf(record: unknown): number {
  const arn = str(record, 'findingArn') ?? str(record, 'FindingArn') ?? '', type = str(record, 'type') ?? str(record, 'Type') ?? '';
  if (!types.has(type) || !isObject(record)) return 0;
  return arn.includes(':inspector2:') ? 96 : arn !== '' ? 85 : 0;
}

/** The finding inside an event, the findings inside a response, else the record itself. */
function unwrap(record: unknown): readonly unknown[] {
  for (const inner of [at(record, 'findings'), at(record, 'Findings'), at(record, 'data', 'findings')]) if (Array.isArray(inner)) return inner;
  const detail = at(record, 'detail');
  return [isObject(detail) && (str(detail, 'findingArn') ?? str(detail, 'FindingArn')) !== undefined ? detail : record];
}

function parse(record: unknown): Result<Normalized> {
  if (isObject(record) && isReportHeader(Object.keys(record))) return asNormalized(parseFinding(rowFinding(record)));
  return everyFinding(unwrap(record), (raw) => parseFinding(camelKeys(raw)));
}

const asNormalized = (parsed: Result<readonly FindingDraft[]>): Result<Normalized> => (parsed.ok ? ok({ findings: parsed.value }) : parsed);

function parseFinding(finding: unknown): Result<readonly FindingDraft[]> {
  if (!isObject(finding)) return err('finding: not an object');
  const id = str(finding, 'findingArn');
  if (id === undefined) return err('findingArn: missing');
  if (str(finding, 'type') === undefined) return err('type: missing');
  const resources = list(finding, 'resources').slice(0, 1000).filter((resource) => str(resource, 'id') !== undefined);
  const account = str(finding, 'awsAccountId');
  if (resources.length === 0 && !isAccountId(account)) return err('resources: none with an id, and no awsAccountId');
  const targets = resources.length === 0 ? [undefined] : resources;
  return ok(targets.map((resource, i) => draftOf(finding, i === 0 ? id : `${id}#${str(resource, 'id') ?? ''}`, resource)));
}

function scopeOf(finding: unknown, resource: unknown): AwsScope {
  const arn = parseArn(str(finding, 'findingArn') ?? '');
  const partition = str(resource, 'partition');
  return { account: str(finding, 'awsAccountId') ?? arn?.account, region: str(resource, 'region') ?? (arn?.region || undefined), ...(partition !== undefined && partition.startsWith('aws') && { partition }) };
}

function entityOf(resource: unknown, scope: AwsScope): EntityId {
  const id = str(resource, 'id');
  if (id === undefined) return accountEntity(scope.account ?? '', scope.partition ?? 'aws');
  const found = awsEntity(id, str(resource, 'type'), scope);
  const image = at(resource, 'details', 'awsEcrContainerImage');
  return isObject(image) ? { ...found, aliases: [...found.aliases, ...ecrImageNames(found.entity, list(image, 'imageTags'))] } : found;
}

/** `SUPPRESSED` by a rule, `CLOSED` once the scan no longer finds it. */
const statuses: Readonly<Record<string, FindingStatus>> = { ACTIVE: 'open', SUPPRESSED: 'suppressed', CLOSED: 'resolved' };

function draftOf(finding: unknown, sourceId: string, resource: unknown): FindingDraft {
  const scope = scopeOf(finding, resource);
  const status = str(finding, 'status')?.toUpperCase() ?? '';
  const description = str(finding, 'description'), tags = readTags(at(resource, 'tags'));
  return {
    source: 'inspector', source_id: sourceId, ...inspectorMeaning(finding), ...entityOf(resource, scope),
    ...(description !== undefined && { description }),
    severity_reported: severityOfLabel(str(finding, 'severity')), status: Object.hasOwn(statuses, status) ? statuses[status] ?? 'open' : 'open',
    ...(scope.account !== undefined && { account: scope.account }), ...(scope.region !== undefined && { region: scope.region }),
    discovered: at(finding, 'firstObservedAt'), updated: at(finding, 'updatedAt') ?? at(finding, 'lastObservedAt'), attack: [], compliance: [],
    ...(tags && { tags }),
  };
}
