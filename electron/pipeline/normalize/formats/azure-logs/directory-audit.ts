import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { EventDraft } from '#shared/model/event.ts';
import { addressOf, guidIn, inner, propertiesOf, tenantIn } from './fields.ts';

/** One event of Entra's audit log, with its keys in lower case (Microsoft Graph, "directoryAudit resource type"; "AuditLogs" of Azure Monitor). */
export function directoryAudit(row: JsonObject, record: unknown): Result<EventDraft> {
  const own = { ...row, ...propertiesOf(row) }, time = at(own, 'activitydatetime') ?? at(row, 'time') ?? at(row, 'timegenerated') ?? at(row, 'p_event_time');
  const action = str(own, 'activitydisplayname') ?? str(row, 'operationname');
  if (action === undefined) return err('activityDisplayName is missing');
  if (time === undefined) return err('activityDateTime is missing');
  const by = inner(at(own, 'initiatedby')), user = isObject(by) ? at(by, 'user') : undefined, app = isObject(by) ? at(by, 'app') : undefined;
  const upn = str(user, 'userPrincipalName'), person = upn?.toLowerCase() ?? guidIn(str(user, 'id')), principal = guidIn(str(app, 'servicePrincipalId')) ?? guidIn(str(app, 'appId')) ?? str(app, 'displayName');
  const actor = person ?? principal, result = (str(own, 'result') ?? str(row, 'resulttype') ?? str(own, 'resulttype') ?? '').toLowerCase(), reason = str(own, 'resultreason') ?? str(own, 'resultdescription');
  const ip = addressOf(str(user, 'ipAddress'), str(row, 'calleripaddress'), str(app, 'ipAddress')), agent = list(inner(at(own, 'additionaldetails'))).find((d) => str(d, 'key') === 'User-Agent');
  const tenant = tenantIn(str(row, 'resourceid')) ?? guidIn(str(own, 'aadtenantid')) ?? (at(row, 'timegenerated') === undefined ? guidIn(str(row, 'tenantid')) : undefined);
  const outcome = result === 'success' || result === '0' ? 'success' : /^(fail|timeout|clienterror)/.test(result) ? 'failure' : 'unknown', service = str(own, 'loggedbyservice'), session = str(own, 'correlationid');
  return ok({
    source: 'entra-audit', time, record, category: 'iam', action, outcome, read_only: str(own, 'operationtype')?.toLowerCase() === 'read', actor_type: person === undefined ? (principal === undefined ? 'unknown' : 'role') : 'user',
    ...(actor !== undefined && { actor }), ...(outcome === 'failure' && reason !== undefined && { error_code: reason.slice(0, 200) }), ...(service !== undefined && { provider: service }), ...(ip !== undefined && { src_ip: ip }),
    ...(str(agent, 'value') !== undefined && { user_agent: str(agent, 'value') }), ...(session !== undefined && { actor_session: session }), ...(tenant !== undefined && { account: tenant }),
    targets: [...new Set(list(inner(at(own, 'targetresources'))).flatMap((target) => [guidIn(str(target, 'id')), str(target, 'userPrincipalName')?.toLowerCase()]).filter((t) => t !== undefined && t !== ''))].flatMap((t) => t ?? []),
  });
}

/** Has what every event of the directory's audit log has. */
export const isDirectoryAudit = (row: JsonObject): boolean =>
  str(row, 'category') === 'AuditLogs' || str(row, 'type') === 'AuditLogs' || ('initiatedby' in row && 'targetresources' in row && (str(row, 'activitydisplayname') ?? str(row, 'operationname')) !== undefined);
