import { parseArn } from '#shared/lib/arn.ts';
import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingStatus } from '#shared/model/finding.ts';
import type { IssueTypeName } from '#shared/model/issue-types.ts';
import type { Normalized, RecordContext, Sample } from '../../ports.ts';
import { awsEntity } from '../aws-entity.ts';
import { camelKeys } from '../camel-keys.ts';
import type { Format } from './format.ts';

/**
 * Findings of IAM Access Analyzer as its own API gives them (`list-findings`, `list-findings-v2`, `get-finding`, `get-finding-v2`) and as EventBridge
 * events, of outside, inside and unused access. They have no severity. Source: IAM Access Analyzer API reference; IAM user guide, "Monitoring with EventBridge".
 */
export const accessAnalyzer: Format = {
  name: 'access-analyzer', kind: 'findings', source: 'access-analyzer', description: 'AWS IAM Access Analyzer findings: list-findings (v1, v2), get-finding, EventBridge events',
  containers: [{ kind: 'json-path', paths: ['findings', 'Findings', 'data.findings', '[].findings'], emptyOk: true, alone: true }, { kind: 'json' }],
  detect: ({ records, document }: Sample) => ([...records, document].flatMap(unwrap).some((record) => isFinding(camelKeys(inside(record)))) ? 90 : 0),
  parse,
};

const inside = (record: unknown): unknown => (/^(Access Analyzer Finding|Unused Access Finding for IAM entities|Internal Access Finding)$/.test(str(record, 'detail-type') ?? '') ? at(record, 'detail') : at(record, 'finding') ?? record);

/** The findings inside an answer, else the record itself. */
function unwrap(record: unknown): readonly unknown[] {
  const found = [at(record, 'findings'), at(record, 'Findings'), at(record, 'data', 'findings')].find(Array.isArray);
  return found === undefined ? [record] : found.slice(0, 3);
}

const isFinding = (item: unknown): boolean => at(item, 'analyzedAt') !== undefined && str(item, 'resourceType')?.startsWith('AWS::') === true && Object.hasOwn(statuses, str(item, 'status') ?? '');

const statuses: Readonly<Record<string, FindingStatus>> = { ACTIVE: 'open', ARCHIVED: 'suppressed', RESOLVED: 'resolved' };
const titles: Readonly<Record<string, string>> = {
  UnusedIAMRole: 'Unused IAM role', UnusedPermission: 'Unused permissions', UnusedIAMUserAccessKey: 'Unused access key of an IAM user', UnusedIAMUserPassword: 'Unused password of an IAM user', InternalAccess: 'Access from within the organization',
};

function parse(record: unknown, context: RecordContext): Result<Normalized> {
  if (!isObject(record)) return err('finding: not an object');
  const item = camelKeys(inside(record)), id = str(item, 'id') ?? str(item, 'findingId'), resource = str(item, 'resource');
  if (id === undefined) return err('id: missing');
  if (resource === undefined) return err('resource: missing');
  const arn = parseArn(resource), account = str(item, 'resourceOwnerAccount') ?? (arn?.account || undefined) ?? str(item, 'accountId') ?? context.home?.account;
  const region = (arn?.region || undefined) ?? str(item, 'region') ?? context.home?.region, type = str(item, 'resourceType') ?? '';
  const check = str(item, 'findingType') ?? 'ExternalAccess', failed = str(item, 'error');
  // One resource, one principal: the answer has the detail of both versions in different places.
  const details = list(item, 'findingDetails').filter(isObject).flatMap((detail) => Object.values(detail)), first = details.length > 0 ? details[0] : item;
  const who = valuesOf(at(first, 'principal')), isPublic = str(first, 'isPublic') === 'true' || at(first, 'isPublic') === true || who.includes('*');
  const issue = failed === undefined ? issueOf(check, type, isPublic, str(first, 'principalOwnerAccount') !== account) : 'misconfiguration';
  const title = failed === undefined ? titles[check] ?? (isPublic ? 'Access for everyone' : `Access from outside${who.length === 0 ? '' : ` by ${who.join(', ')}`}`) : `Access could not be analyzed (${failed})`;
  return ok({ findings: [{
    source: 'access-analyzer', source_id: id, kind: 'posture', ...awsEntity(resource, type, { account, region }), issue_type: issue, issue_mapped: true, check_id: check, title: title.slice(0, 500), severity_reported: 'unknown',
    status: at(item, 'isDeleted') === true ? 'resolved' : statuses[str(item, 'status') ?? ''] ?? 'open',
    evidence: details.length > 0 ? details.slice(0, 10).flatMap(evidenceOf) : evidenceOf(item),
    ...(account !== undefined && { account }), ...(region !== undefined && { region }), discovered: timeOf(at(item, 'createdAt')), updated: timeOf(at(item, 'updatedAt')), attack: [], compliance: [],
  }] });
}

/** As `asff/product.ts` reads the same findings in Security Hub. */
function issueOf(check: string, type: string, isPublic: boolean, isOtherAccount: boolean): IssueTypeName {
  if (check.startsWith('UnusedIAMUser')) return 'stale_credential';
  if (check.startsWith('Unused')) return 'overprivileged_identity';
  if (check === 'InternalAccess') return isOtherAccount ? 'cross_account_access' : 'misconfiguration';
  if (type === 'AWS::IAM::Role') return 'external_trust';
  if (!isPublic) return 'cross_account_access';
  return type.includes('Snapshot') ? 'public_snapshot' : 'public_access';
}

function evidenceOf(detail: unknown): readonly string[] {
  const conditions = at(detail, 'condition'), service = str(detail, 'serviceNamespace'), key = str(detail, 'accessKeyId'), used = timeOf(at(detail, 'lastAccessed'));
  const actions = [...list(detail, 'action'), ...list(detail, 'actions')].map((action) => str(action, 'action') ?? (typeof action === 'string' ? action : '')).filter((action) => action !== '');
  return [
    ...said('principal', valuesOf(at(detail, 'principal')).join(', ')), ...said('actions', `${actions.slice(0, 20).join(', ')}${actions.length > 20 ? ', …' : ''}`), ...said('service', service), ...said('access key', key),
    ...said('last used', typeof used === 'string' ? used : undefined), ...(isObject(conditions) ? Object.entries(conditions).slice(0, 10).map(([name, value]) => `condition: ${name} = ${String(value)}`) : []),
    ...said('shared through', list(detail, 'sources').flatMap((source) => str(source, 'type') ?? []).join(', ')),
  ];
}

const said = (label: string, text: string | undefined): readonly string[] => (text === undefined || text === '' ? [] : [`${label}: ${text}`]);

const valuesOf = (value: unknown): readonly string[] => (isObject(value) ? Object.values(value).filter((text) => typeof text === 'string') : []);

/** Cloud Custodian writes a time as an object of its parts, in UTC. */
function timeOf(value: unknown): unknown {
  if (!isObject(value)) return value;
  const part = (name: string, digits = 2): string => (str(value, name) ?? '0').padStart(digits, '0');
  return `${part('year', 4)}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}.${part('microsecond', 6)}Z`;
}
