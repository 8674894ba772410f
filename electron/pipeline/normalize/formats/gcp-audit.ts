import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import type { Event, EventDraft } from '#shared/model/event.ts';
import type { Sample } from '../../ports.ts';
import { addressOf, inner } from './azure-logs/fields.ts';
import type { Format } from './format.ts';
import { gcpTargets } from './gcp-audit/targets.ts';

/**
 * Cloud Audit Logs: entries as `gcloud logging read`, sinks to Cloud Storage (NDJSON) and Pub/Sub, the API (`entries`) and BigQuery write them; Security Command Center's are findings, not these.
 * Source: Google Cloud, "Understanding audit logs", reference of `LogEntry` and `AuditLog`.
 */
export const gcpAudit: Format = {
  name: 'gcp-audit', kind: 'events', source: 'gcp-audit', description: 'Google Cloud audit logs (gcloud logging read, sinks, API)',
  containers: [{ kind: 'json' }, { kind: 'json-path', paths: ['entries', 'receivedMessages'], alone: true }],
  detect: ({ document, records }: Sample) => ([...records, ...list(document, 'entries').slice(0, 5), ...list(document, 'receivedMessages').slice(0, 5)].some((r) => entryIn(r) !== undefined) ? 92 : 0),
  parse(record) {
    const entry = entryIn(record);
    if (entry === undefined) return err('not an audit log entry: protoPayload with a methodName is missing');
    const time = at(entry.row, 'timestamp') ?? at(entry.row, 'receivetimestamp') ?? at(entry.row, 'p_event_time');
    return time === undefined ? err('timestamp is missing') : ok({ events: [toDraft(entry, time)] });
  },
};

interface Entry { /** The entry, its keys in lower case. */ readonly row: JsonObject; readonly payload: JsonObject; readonly record: unknown }

function entryIn(record: unknown): Entry | undefined {
  for (const value of [record, at(record, 'jsonPayload'), message(record)]) {
    if (!isObject(value)) continue;
    const row = Object.fromEntries(Object.entries(value).map(([key, item]) => [key.toLowerCase(), item])), payload = row['protopayload'] ?? row['protopayload_auditlog'];
    if (isObject(payload) && str(payload, 'methodName') !== undefined && (str(payload, 'serviceName') !== undefined || isObject(payload['authenticationInfo']) || /cloudaudit\.googleapis\.com/.test(str(row, 'logname') ?? ''))) return { row, payload, record: value };
  }
  return undefined;
}

/** A message of Pub/Sub carries the entry in base64. */
function message(record: unknown): unknown {
  const data = str(record, 'message', 'data') ?? str(record, 'data');
  return data === undefined || !/^[A-Za-z0-9+/=\s]+$/.test(data) ? undefined : inner(Buffer.from(data, 'base64').toString('utf8'));
}

function toDraft({ row, payload, record }: Entry, time: unknown): EventDraft {
  const action = str(payload, 'methodName') ?? '', service = str(payload, 'serviceName'), kind = /cloudaudit\.googleapis\.com(?:%2F|\/)(\w+)/i.exec(str(row, 'logname') ?? '')?.[1];
  const meta = at(payload, 'requestMetadata'), ip = addressOf(str(meta, 'callerIp'), str(meta, 'callerIP')), agent = str(meta, 'callerSuppliedUserAgent');
  const account = /^(?:projects\/([^/]+)|((?:organizations|folders|billingAccounts)\/[^/]+))\/logs\//.exec(str(row, 'logname') ?? ''), project = account?.[1] ?? account?.[2] ?? str(row, 'resource', 'labels', 'project_id');
  const outcome = outcomeOf(row, payload, action), key = str(payload, 'authenticationInfo', 'serviceAccountKeyName'), code = str(payload, 'status', 'code'), category = categoryOf(payload, action, service, kind);
  const session = list(payload, 'authenticationInfo', 'serviceAccountDelegationInfo').map((d) => str(d, 'firstPartyPrincipal', 'principalEmail') ?? str(d, 'principalSubject')).find((who) => who !== undefined);
  return {
    source: 'gcp-audit', time, record, action, category, outcome, read_only: isRead(action, kind, category), ...actorOf(payload), ...(service !== undefined && { provider: service }),
    ...(kind !== undefined && { log: kind === 'data_access' && service !== undefined ? `data_access/${service}` : kind }), ...(outcome === 'failure' && code !== undefined && { error_code: code }), ...(project !== undefined && { account: project }),
    ...(key !== undefined && { access_key: key.slice(key.lastIndexOf('/') + 1) }), ...(session !== undefined && { actor_session: session }), ...(ip !== undefined && { src_ip: ip }), ...(agent !== undefined && { user_agent: agent }),
    targets: gcpTargets(payload, at(row, 'resource')),
  };
}

/** Google's own agents of a project act as services (Google Cloud, "Service agents"). */
const agents = /@(gcp-sa-[\w-]+|[\w-]+-system|cloudservices|service-networking|container-engine-robot|compute-system|dataflow-service-producer-prod|serverless-robot-prod|gae-api-prod)\.(iam\.)?gserviceaccount\.com$|@(cloudservices|system)\.gserviceaccount\.com$|^service-\d+@/;

function actorOf(payload: JsonObject): Pick<EventDraft, 'actor' | 'actor_type' | 'actor_account'> {
  const email = str(payload, 'authenticationInfo', 'principalEmail')?.toLowerCase(), subject = str(payload, 'authenticationInfo', 'principalSubject'), actor = email ?? subject ?? str(payload, 'authenticationInfo', 'authoritySelector');
  if (actor === undefined) return { actor_type: 'unknown' };
  if (actor === 'system:anonymous' || actor === 'allUsers') return { actor, actor_type: 'anonymous' };
  if (agents.test(actor)) return { actor, actor_type: 'service' };
  const home = /@([a-z0-9-]+)\.iam\.gserviceaccount\.com$/.exec(actor)?.[1] ?? /^([a-z0-9-]+)@appspot\.gserviceaccount\.com$/.exec(actor)?.[1];
  return { actor, actor_type: actor.endsWith('.gserviceaccount.com') || actor.startsWith('system:serviceaccount:') ? 'role' : email === undefined ? 'federated' : 'user', ...(home !== undefined && { actor_account: home }) };
}

/** A status with a code is a failure; the first entry of a long operation tells no result yet. */
function outcomeOf(row: JsonObject, payload: JsonObject, action: string): Event['outcome'] {
  if (/login(failure|failed)$/i.test(action)) return 'failure';
  const code = Number(str(payload, 'status', 'code') ?? 0);
  if (code !== 0) return 'failure';
  const asked = list(payload, 'authorizationInfo').filter(isObject);
  if (asked.length > 0 && asked.every((a) => a['granted'] === false)) return 'failure';
  return at(row, 'operation', 'first') === true && at(row, 'operation', 'last') !== true ? 'unknown' : 'success';
}

const last = (action: string): string => action.slice(action.lastIndexOf('.') + 1);
const reads = /^(get|list|read|search|query|test|check|aggregatedlist|batchget|lookup|view|fetch|describe|watch|download|preview|validate)/i;

function isRead(action: string, kind: string | undefined, category: Event['category']): boolean {
  if (category === 'authentication') return true;
  if (kind === 'activity' || kind === 'system_event') return false;
  return reads.test(last(action)) || /^(jobservice\.)?(getqueryresults|generateaccesstoken|signblob|signjwt|authorizeuser|checkpolicy|accesssecretversion)$/i.test(last(action));
}

function categoryOf(payload: JsonObject, action: string, service: string | undefined, kind: string | undefined): Event['category'] {
  if (service === 'login.googleapis.com') return /login(success|succeeded|failure|failed|challenge|verification)$/i.test(action) ? 'authentication' : 'other';
  if (kind === 'policy' || kind === 'access_transparency') return 'other';
  const asked = list(payload, 'authorizationInfo').map((a) => str(a, 'permissionType'));
  const isConfiguration = asked.includes('ADMIN_READ') || /iampolicy$|iampermissions$|^storage\.buckets\.|\.(aggregatedList|list)$/i.test(action) && !action.endsWith('objects.list');
  const isData = kind === 'data_access' || (kind === undefined && (asked.some((t) => t === 'DATA_READ' || t === 'DATA_WRITE') || /^storage\.objects\.(get|list|create|delete|update)$/.test(action)));
  if (isData && !isConfiguration) return 'data_access';
  return /^iam(credentials)?\.googleapis\.com$|cloudidentity/.test(service ?? '') || /setiam(policy|permissions)$/i.test(action) ? 'iam' : 'api';
}
