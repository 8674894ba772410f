import { isIP } from 'node:net';
import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import type { Event, EventDraft } from '#shared/model/event.ts';
import type { Sample } from '../../ports.ts';
import { cloudtrailActor } from './cloudtrail/actor.ts';
import { cloudtrailTargets } from './cloudtrail/targets.ts';
import { insightDraft, isInsight } from './cloudtrail/insight.ts';
import { isCloudtrailEvent, isDigest, unwrapCloudtrail } from './cloudtrail/unwrap.ts';
import type { Format } from './format.ts';

/** Of a log file, a look-up, CloudWatch Logs (a subscription's, `get-log-events` and `filter-log-events`, Logs Insights) and CloudTrail Lake. */
const lists = ['Records', 'Events', 'logEvents', 'events', 'results', 'QueryResultRows'];

/**
 * AWS CloudTrail: log files (`Records`), NDJSON, `lookup-events`, EventBridge (`detail`), CloudWatch Logs (`message`), CloudTrail Lake
 * query results, tables of Athena, Lake and Logs Insights. Source: AWS CloudTrail user guide, "CloudTrail record contents" (event versions 1.0 to 1.11).
 */
export const cloudtrail: Format = {
  name: 'cloudtrail', kind: 'events', source: 'cloudtrail', description: 'AWS CloudTrail events (log files, lookup-events, EventBridge, CloudWatch Logs, Athena, Lake), Insights',
  containers: [{ kind: 'json' }, { kind: 'json-path', paths: lists, alone: true }, { kind: 'csv', delimiters: [',', ';', '\t'] }],
  detect,
  parse(record) {
    if (isDigest(record)) return err('a CloudTrail digest file: it lists hashes of log files and holds no events');
    const insight = insightIn(record);
    if (insight !== undefined) return at(insight, 'eventTime') === undefined ? err('eventTime is missing') : ok({ findings: [insightDraft(insight)] });
    const event = unwrapCloudtrail(record);
    if (event === undefined) return err('not a CloudTrail event: eventSource or eventName is missing');
    const time = at(event, 'eventTime');
    if (time === undefined) return err('eventTime is missing');
    return ok({ events: [toDraft(event, time)] });
  },
};

function detect(sample: Sample): number {
  const { document, records } = sample;
  if (isDigest(document)) return 90;
  const columns = new Set(sample.header.map((name) => name.toLowerCase()));
  if (['eventname', 'eventsource', 'eventtime'].every((name) => columns.has(name))) return 92;
  if (['@message', 'eventdata', 'eventjson'].some((name) => columns.has(name)) && /"eventSource\\?"+\s*:\s*\\?"+[\w-]+\.amazonaws\.com/.test(sample.text)) return 92;
  const rows = [...records, ...lists.flatMap((name) => list(document, name).slice(0, 3))];
  if (rows.some((row) => isCloudtrailEvent(unwrapCloudtrail(row)) || insightIn(row) !== undefined)) return 92;
  // A log file or a look-up without events looks like nothing else, but hardly like anything.
  const isEmpty = (name: string): boolean => isObject(document) && Array.isArray(document[name]) && list(document, name).length === 0;
  return isEmpty('Records') || isEmpty('Events') ? 10 : 0;
}

type Raw = Readonly<Record<string, unknown>>;

/** An Insights record, bare, in an event or as text in a look-up. */
function insightIn(record: unknown): Raw | undefined {
  if (isInsight(record)) return record;
  const text = str(record, 'CloudTrailEvent');
  const inner = text?.includes('insightDetails') ? innerJson(text) : at(record, 'detail');
  return isInsight(inner) ? inner : undefined;
}

function innerJson(text: string): unknown {
  // Text that only looks like an event is none.
  try { return JSON.parse(text); } catch { return undefined; }
}

function toDraft(event: Raw, time: unknown): EventDraft {
  const provider = str(event, 'eventSource'), action = str(event, 'eventName') ?? '', region = str(event, 'awsRegion');
  const ip = str(event, 'sourceIPAddress'), error = str(event, 'errorCode'), agent = str(event, 'userAgent'), endpoint = str(event, 'vpcEndpointId');
  const account = str(event, 'recipientAccountId') ?? str(event, 'userIdentity', 'accountId');
  const readOnly = str(event, 'readOnly'), category = categoryOf(event, provider ?? '', action), key = str(event, 'userIdentity', 'accessKeyId'), mfa = usedMfa(event);
  return {
    source: 'cloudtrail', time, record: event, category, action, outcome: outcomeOf(event),
    ...(provider !== undefined && { provider }), ...(error !== undefined && { error_code: error }), ...(readOnly !== undefined && { read_only: readOnly.toLowerCase() === 'true' }),
    ...cloudtrailActor(event), ...(key !== undefined && { access_key: key }), ...(mfa !== undefined && { mfa }),
    ...(account !== undefined && /^\d{12}$/.test(account) && { account }), ...(region !== undefined && { region }),
    // A call that AWS makes on somebody's behalf carries a service name (or `AWS Internal`) instead of an address.
    ...(ip !== undefined && isIP(ip) !== 0 && { src_ip: ip }),
    // A trail's data events are chosen by kind of resource.
    ...(category === 'data_access' && provider !== undefined && { log: provider }), ...(endpoint !== undefined && { vpc_endpoint: endpoint }), ...(agent !== undefined && { user_agent: agent }), targets: cloudtrailTargets(event),
  };
}

function outcomeOf(event: Raw): Event['outcome'] {
  const login = str(event, 'responseElements', 'ConsoleLogin') ?? str(event, 'responseElements', 'CheckMfa') ?? str(event, 'responseElements', 'SwitchRole') ?? str(event, 'serviceEventDetails', 'UserAuthentication');
  if (login !== undefined) return login === 'Success' ? 'success' : 'failure';
  return str(event, 'errorCode') !== undefined || str(event, 'errorMessage') !== undefined ? 'failure' : 'success';
}

function usedMfa(event: Raw): boolean | undefined {
  const told = str(event, 'additionalEventData', 'MFAUsed') ?? str(event, 'userIdentity', 'sessionContext', 'attributes', 'mfaAuthenticated');
  return told === undefined ? undefined : /^(yes|true)$/i.test(told);
}

const identityServices = new Set(['iam', 'sso', 'sso-directory', 'identitystore', 'access-analyzer', 'rolesanywhere']);
/** Object-level calls of S3, for records older than `managementEvent` and `eventCategory` (event version 1.06). */
const objectCalls = /^(Get|Put|Head|Delete|Copy|Restore|List|Select|Upload|Create|Complete|Abort|Write)(Object|Objects|Multipart|Part|UploadPart)/;
const bucketObjectCall = (action: string): boolean => objectCalls.test(action) && !action.endsWith('LockConfiguration');

function categoryOf(event: Raw, provider: string, action: string): Event['category'] {
  const service = provider.replace(/\.amazonaws\.com(\.cn)?$/, '');
  if (service === 'signin' || str(event, 'eventType') === 'AwsConsoleSignIn') return 'authentication';
  if (service === 'sts' && /^(AssumeRole|GetSessionToken|GetFederationToken|AssumeRoot|DecodeAuthorizationMessage)/.test(action)) return 'authentication';
  if (service === 'sso' && /^(Authenticate|Federate|Logout)$/.test(action)) return 'authentication';
  if (str(event, 'eventCategory') === 'Data' || str(event, 'managementEvent') === 'false') return 'data_access';
  if (service === 's3' && bucketObjectCall(action) && isObject(at(event, 'requestParameters'))) return 'data_access';
  return identityServices.has(service) ? 'iam' : 'api';
}
