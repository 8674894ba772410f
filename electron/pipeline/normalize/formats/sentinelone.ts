import { at, isObject, str } from '#shared/lib/json.ts';
import { err, type Result } from '#shared/lib/result.ts';
import type { FindingDraft } from '#shared/model/finding.ts';
import type { Sample } from '../../ports.ts';
import { everyFinding, itemsUnder } from '../every-finding.ts';
import { activityDrafts, isActivity } from './sentinelone/activity.ts';
import { isRuleAlert, ruleAlertDraft } from './sentinelone/rule-alert.ts';
import { isFlatThreat, isThreat, threatDraft } from './sentinelone/threat.ts';
import type { Format } from './format.ts';

/** SentinelOne: threats (API 2.0 and 2.1), alerts of detection rules (STAR, `cloud-detection/alerts`), and those of its activities that tell of one. Source: SentinelOne Management API 2.1. */
export const sentinelone: Format = {
  name: 'sentinelone', kind: 'findings', source: 'sentinelone', description: 'SentinelOne: threats and STAR alerts (API), activities that tell of them',
  containers: [{ kind: 'json-path', paths: ['data', '[].data'], emptyOk: true, alone: true }, { kind: 'json' }],
  detect,
  parse: (record) => everyFinding(unwrap(record), parseItem),
};

function detect({ records, document }: Sample): number {
  const items = [...records, document].flatMap(unwrap).slice(0, 20);
  if (items.some((item) => isThreat(item) || isRuleAlert(item) || isFlatThreat(item))) return 93;
  if (items.some(isActivity)) return 92;
  return Array.isArray(at(document, 'data')) && items.length === 0 && str(document, 'pagination', 'totalItems') !== undefined ? 30 : 0;
}

/** Of an activity `data` is an object; of an answer it is the list. */
const unwrap = (record: unknown): readonly unknown[] => itemsUnder(record, 'data');

function parseItem(given: unknown): Result<readonly FindingDraft[]> {
  if (!isObject(given)) return err('not an object');
  if (isThreat(given) || isFlatThreat(given)) return threatDraft(given);
  if (isRuleAlert(given)) return ruleAlertDraft(given);
  if (isActivity(given)) return activityDrafts(given);
  return err('neither a threat (threatInfo), an alert (alertInfo, ruleInfo) nor an activity (activityType)');
}
