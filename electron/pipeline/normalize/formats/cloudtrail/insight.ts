import { at, isObject, list, str } from '#shared/lib/json.ts';
import { parseTime } from '#shared/lib/time.ts';
import type { FindingDraft } from '#shared/model/finding.ts';
import { accountEntity, awsEntity, isAccountId } from '../../aws-entity.ts';

type Raw = Readonly<Record<string, unknown>>;

/** CloudTrail Insights (user guide, "CloudTrail record contents for Insights events") counts calls; no single call stands behind it. */
export const isInsight = (value: unknown): value is Raw => isObject(value) && isObject(at(value, 'insightDetails')) && (str(value, 'eventType') === 'AwsCloudTrailInsight' || str(value, 'eventCategory') === 'Insight');

/** The start and the end of one unusual time share an id: one finding, about who made most of the calls, else the account. */
export function insightDraft(event: Raw): FindingDraft {
  const details = at(event, 'insightDetails'), context = at(details, 'insightContext');
  const account = str(event, 'recipientAccountId'), region = str(event, 'awsRegion'), type = str(details, 'insightType') ?? 'Insight';
  const action = str(details, 'eventName') ?? 'calls', provider = str(details, 'eventSource') ?? '', error = str(details, 'errorCode');
  const who = attributed(context, 'userIdentityArn')[0];
  const entity = who !== undefined ? awsEntity(who, undefined, { account, region }) : isAccountId(account) ? accountEntity(account) : { entity: account ?? provider, entity_type: 'account' as const, aliases: [] };
  const ended = str(details, 'state') === 'End', minutes = Number(str(context, 'statistics', 'insightDuration') ?? Number.NaN), us = parseTime(at(event, 'eventTime'));
  const began = ended && us !== undefined && minutes > 0 ? us - minutes * 60_000_000 : at(event, 'eventTime');
  const isErrors = type === 'ApiErrorRateInsight';
  return {
    source: 'cloudtrail', source_id: str(event, 'sharedEventID') ?? str(event, 'eventID') ?? '', kind: 'detection', ...entity, issue_type: 'anomalous_behavior', issue_mapped: true, check_id: type,
    title: `Unusual rate of ${isErrors ? `errors${error === undefined ? '' : ` (${error})`} of ` : ''}${action} on ${provider}`, severity_reported: 'unknown', status: 'open',
    evidence: [
      ...rate('usual rate a minute', str(context, 'statistics', 'baseline', 'average')), ...rate('rate seen', str(context, 'statistics', 'insight', 'average')), ...rate('minutes', str(context, 'statistics', 'insightDuration')),
      ...rate('by', attributed(context, 'userIdentityArn').join(', ') || undefined), ...rate('with', attributed(context, 'userAgent').join(', ') || undefined), ...(ended ? ['it is over'] : []),
    ],
    ...(account !== undefined && { account }), ...(region !== undefined && { region }), discovered: began, updated: at(event, 'eventTime'), attack: [], compliance: [], observables: { api: action },
  };
}

const rate = (label: string, text: string | undefined): readonly string[] => (text === undefined ? [] : [`${label}: ${text}`]);

/** What stands most often behind the calls; `null` is CloudTrail's word for none. */
const attributed = (context: unknown, attribute: string): readonly string[] =>
  list(context, 'attributions').filter((item) => str(item, 'attribute') === attribute).flatMap((item) => list(item, 'insight')).slice(0, 5).flatMap((item) => str(item, 'value') ?? []).filter((value) => value !== 'null');
