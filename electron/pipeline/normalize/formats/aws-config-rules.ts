import { parseArn } from '#shared/lib/arn.ts';
import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingStatus } from '#shared/model/finding.ts';
import type { Normalized, RecordContext, Sample } from '../../ports.ts';
import { awsEntity, type AwsScope } from '../aws-entity.ts';
import { cloudIssue } from '../aws-issue.ts';
import { camelKeys } from '../camel-keys.ts';
import { portInId } from '../port-in-text.ts';
import type { Format } from './format.ts';

const lists = ['EvaluationResults', 'AggregateEvaluationResults'];

/**
 * What rules of AWS Config say of resources (API reference, "EvaluationResult", "AggregateEvaluationResult"; user guide, "Config Rules Compliance
 * Change" events). A rule has no severity of its own.
 */
export const awsConfigRules: Format = {
  name: 'aws-config-rules', kind: 'findings', source: 'config', description: 'AWS Config rule evaluations: get-compliance-details-by-*, get-aggregate-compliance-details-by-*, compliance change events',
  containers: [{ kind: 'json-path', paths: lists, emptyOk: true, alone: true }, { kind: 'json' }],
  detect: ({ records, document }: Sample) => ([...records, ...lists.flatMap((name) => list(document, name).slice(0, 5))].some((record) => ruleOf(camelKeys(inside(record))) !== undefined) ? 90 : 0),
  parse,
};

const inside = (record: unknown): unknown => (str(record, 'detail-type') === 'Config Rules Compliance Change' ? at(record, 'detail') : record);

/** The rule's name where the record is an evaluation. */
function ruleOf(item: unknown): string | undefined {
  const result = at(item, 'newEvaluationResult') ?? item;
  return str(result, 'complianceType') === undefined ? undefined : str(result, 'evaluationResultIdentifier', 'evaluationResultQualifier', 'configRuleName');
}

/** A resource that a rule doesn't apply to (any longer) has nothing left to be done about; where data lack, nothing says that it is mended. */
const statuses: Readonly<Record<string, FindingStatus>> = { NON_COMPLIANT: 'open', COMPLIANT: 'passed', NOT_APPLICABLE: 'resolved', INSUFFICIENT_DATA: 'open' };

function parse(record: unknown, context: RecordContext): Result<Normalized> {
  if (!isObject(record)) return err('evaluation: not an object');
  const item = camelKeys(inside(record)), result = at(item, 'newEvaluationResult') ?? item, named = at(result, 'evaluationResultIdentifier', 'evaluationResultQualifier');
  const rule = ruleOf(item), id = str(named, 'resourceId'), type = str(named, 'resourceType'), compliance = str(result, 'complianceType')?.toUpperCase() ?? '';
  if (rule === undefined) return err('ComplianceType or ConfigRuleName: missing');
  if (id === undefined) return err('ResourceId: missing');
  const scope = scopeOf(item, context), entity = type === 'AWS::::Account' ? awsEntity(id, 'account', scope) : awsEntity(id, type, scope);
  const identifier = str(item, 'configRuleInfo', 'source', 'sourceIdentifier'), port = portInId(rule), annotation = str(result, 'annotation'), description = str(item, 'configRuleInfo', 'description');
  const issue = cloudIssue(rule, { ids: [identifier, plainName(rule)], rule: [description] });
  return ok({ findings: [{
    source: 'config', source_id: ['config', scope.account, scope.region, rule, type, id].map((part) => part ?? '').join('|'), kind: 'posture', ...entity, ...issue, check_id: rule, title: `${plainName(rule)}: ${compliance.toLowerCase().replaceAll('_', ' ')}`,
    ...(description !== undefined && { description }), severity_reported: compliance === 'INSUFFICIENT_DATA' ? 'informational' : 'unknown', status: Object.hasOwn(statuses, compliance) ? statuses[compliance] ?? 'open' : 'open',
    evidence: [`compliance: ${compliance}`, ...(annotation === undefined ? [] : [annotation])],
    ...(scope.account !== undefined && { account: scope.account }), ...(scope.region !== undefined && { region: scope.region }),
    discovered: at(result, 'evaluationResultIdentifier', 'orderingTimestamp') ?? at(result, 'resultRecordedTime'), updated: at(result, 'resultRecordedTime'), attack: [], compliance: [],
    ...(issue.issue_type === 'open_port' && port !== undefined && { observables: { port } }),
  }] });
}

/** Without what others put around a rule's name: Security Hub (`securityhub-…-1a2b3c4d`), conformance packs (`…-conformance-pack-abcdefghi`), organizations (`OrgConfigRule-…-abcdefgh`). */
const plainName = (rule: string): string => rule.replace(/^(securityhub-|OrgConfigRule-)/, '').replace(/-conformance-pack-[a-z0-9]{9}$|-[0-9a-f]{8}$|-[a-z0-9]{8}$/, (end) => (/\d/.test(end) || end.startsWith('-conformance') ? '' : end));

/** Aggregates and events name account and region; else the rule's ARN does, or the dump that the file belongs to. */
function scopeOf(item: unknown, context: RecordContext): AwsScope {
  const arn = parseArn(str(item, 'configRuleARN') ?? str(item, 'configRuleInfo', 'configRuleArn') ?? '');
  return { account: str(item, 'accountId') ?? str(item, 'awsAccountId') ?? (arn?.account || undefined) ?? context.home?.account, region: str(item, 'awsRegion') ?? (arn?.region || undefined) ?? context.home?.region };
}
