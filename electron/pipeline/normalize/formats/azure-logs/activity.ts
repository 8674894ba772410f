import { at, isObject, str, type JsonObject } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { azureUrn, subscriptionIn } from '#shared/model/azure.ts';
import type { Event, EventDraft } from '#shared/model/event.ts';
import { addressOf, guidIn, inner, named, propertiesOf } from './fields.ts';

/** Categories of the Activity Log; the first three are those of its first years (Microsoft, "Azure Activity Log event schema"). */
export const activityCategories: ReadonlySet<string> = new Set(['write', 'delete', 'action', 'administrative', 'policy', 'autoscale', 'security', 'recommendation', 'servicehealth', 'resourcehealth', 'alert']);
const CHANGES = new Set(['write', 'delete', 'action', 'administrative']);

/** One event of the Activity Log, with its keys in lower case: of diagnostic settings, the REST API or a table of Log Analytics. */
export function activityEvent(row: JsonObject, record: unknown): Result<EventDraft> {
  const time = at(row, 'eventtimestamp') ?? at(row, 'time') ?? at(row, 'timegenerated') ?? at(row, 'p_event_time');
  const action = named(at(row, 'operationname')) ?? str(row, 'operationnamevalue');
  const operation = str(row, 'operationnamevalue') ?? action;
  if (operation === undefined) return err('operationName is missing');
  if (time === undefined) return err('time is missing');
  const category = (named(at(row, 'category')) ?? str(row, 'categoryvalue') ?? str(row, 'properties', 'eventCategory') ?? 'administrative').toLowerCase();
  const id = str(row, 'resourceid') ?? str(row, '_resourceid') ?? str(row, 'resourceuri'), isChange = CHANGES.has(category);
  const claims = claimsOf(row), account = (id === undefined ? undefined : subscriptionIn(id)) ?? guidIn(str(row, 'subscriptionid')) ?? guidIn(str(row, 'tenantid'));
  const ip = addressOf(str(row, 'calleripaddress'), str(inner(at(row, 'httprequest')), 'clientIpAddress'), claims['ipaddr']), code = errorOf(row), session = claims['uti'] ?? claims['http://schemas.microsoft.com/identity/claims/uti'];
  const mfa = /mfa/.test(claims['http://schemas.microsoft.com/claims/authnmethodsreferences'] ?? claims['amr'] ?? '');
  return ok({
    source: 'azure-activity', time, record, action: operation, category: categoryOf(operation, isChange), outcome: outcomeOf(row), read_only: !isChange || isRead(operation), provider: operation.split('/')[0] ?? operation,
    ...actorOf(row, claims), ...(code !== undefined && { error_code: code }), ...(mfa && { mfa }), ...(session !== undefined && { actor_session: session }), ...(account !== undefined && { account }), ...(ip !== undefined && { src_ip: ip }),
    targets: id === undefined ? [] : targetsOf(azureUrn(id)),
  });
}

/** Claims of the caller's token: text or a list of `type=value` pairs in one column. */
function claimsOf(row: JsonObject): Readonly<Record<string, string>> {
  const found = inner(at(row, 'claims') ?? at(row, 'claims_d') ?? at(inner(at(row, 'identity')), 'claims'));
  return isObject(found) ? Object.fromEntries(Object.entries(found).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value] as const] : []))) : {};
}

const soap = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/';
/** A person by user principal name; an application by the object id of its service principal, which the graph knows, else by application id. */
function actorOf(row: JsonObject, claims: Readonly<Record<string, string>>): Pick<EventDraft, 'actor' | 'actor_type'> {
  const caller = str(row, 'caller'), upn = claims[`${soap}upn`] ?? claims['upn'] ?? [caller, claims[`${soap}name`], claims[`${soap}emailaddress`]].find((name) => name?.includes('@') === true);
  if (upn !== undefined) return { actor: upn.toLowerCase(), actor_type: 'user' };
  const id = guidIn(claims['http://schemas.microsoft.com/identity/claims/objectidentifier'] ?? claims['oid']) ?? guidIn(caller) ?? guidIn(claims['appid']);
  if (id !== undefined) return { actor: id, actor_type: 'role' };
  const service = caller ?? claims[`${soap}emailaddress`];
  return service === undefined ? { actor_type: 'unknown' } : { actor: service, actor_type: /^(microsoft|windows azure)/i.test(service) ? 'service' : 'unknown' };
}

/** `Started` and `Accepted` come before the result of a long operation, which has an event of its own. */
function outcomeOf(row: JsonObject): Event['outcome'] {
  const word = named(at(row, 'status')) ?? str(row, 'activitystatusvalue') ?? str(row, 'activitystatus') ?? str(row, 'resulttype') ?? '';
  if (/^succe/i.test(word)) return 'success';
  return /^fail/i.test(word) ? 'failure' : 'unknown';
}

function errorOf(row: JsonObject): string | undefined {
  if (outcomeOf(row) !== 'failure') return undefined;
  const properties = propertiesOf(row);
  const told = str(inner(at(properties, 'statusmessage')), 'error', 'code') ?? named(at(row, 'substatus')) ?? str(row, 'activitysubstatusvalue') ?? str(row, 'resultsignature');
  return told?.replace(/^Failed\./i, '') ?? str(properties, 'statuscode');
}

const isRead = (operation: string): boolean => /\/read$|\/(list|get|check|validate|export|whatif|calculate)[^/]*\/action$/i.test(operation);

function categoryOf(operation: string, isChange: boolean): Event['category'] {
  if (!isChange) return 'other';
  return /^microsoft\.(authorization|managedidentity|aad|aadiam)\//i.test(operation) ? 'iam' : 'api';
}

/** Its urn, then what it is a part of or attached to: the network security group of a rule, the account of a container, the scope of a role assignment. */
function targetsOf(urn: string): readonly string[] {
  const cut = urn.lastIndexOf('/providers/');
  if (cut < 0) return [urn];
  const [provider = '', ...parts] = urn.slice(cut + '/providers/'.length).split('/'), base = urn.slice(0, cut);
  const parents = Array.from({ length: Math.max(0, Math.floor(parts.length / 2) - 1) }, (_, i) => `${base}/providers/${provider}/${parts.slice(0, parts.length - 2 * (i + 1)).join('/')}`);
  const isExtension = base.includes('/providers/') || provider === 'microsoft.authorization';
  return [...new Set([urn, ...parents, ...(isExtension && base !== '' ? [base] : [])])];
}
