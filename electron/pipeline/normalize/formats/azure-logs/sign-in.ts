import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Event, EventDraft } from '#shared/model/event.ts';
import { addressOf, guidIn, inner, propertiesOf, tenantIn } from './fields.ts';

/** Which log of sign-ins: by the category of diagnostic settings, the table of Log Analytics, or the type of event of Microsoft Graph. */
const kinds: Readonly<Record<string, string>> = {
  signinlogs: 'interactive', noninteractiveusersigninlogs: 'non_interactive', aadnoninteractiveusersigninlogs: 'non_interactive', serviceprincipalsigninlogs: 'service_principal', aadserviceprincipalsigninlogs: 'service_principal',
  managedidentitysigninlogs: 'managed_identity', aadmanagedidentitysigninlogs: 'managed_identity', adfssigninlogs: 'adfs', interactiveuser: 'interactive', noninteractiveuser: 'non_interactive', serviceprincipal: 'service_principal', managedidentity: 'managed_identity',
};
export const isSignInCategory = (word: string | undefined): boolean => word !== undefined && /signinlogs$/i.test(word);

/** Codes with which a sign-in goes on: a page in between (stay signed in, consent, choice of an account), no refusal. */
const INTERRUPTED = new Set(['16000', '16001', '50058', '50072', '50097', '50125', '50127', '50129', '50140', '50143', '50199', '51006', '65001', '399218']);

/** One sign-in of Entra ID, with its keys in lower case (Microsoft Graph, "signIn resource type"; "SigninLogs" of Azure Monitor). */
export function signInEvent(row: JsonObject, record: unknown): Result<EventDraft> {
  const own = { ...row, ...propertiesOf(row) }, time = at(own, 'createddatetime') ?? at(row, 'time') ?? at(row, 'timegenerated') ?? at(row, 'p_event_time');
  if (time === undefined) return err('createdDateTime is missing');
  const code = str(inner(at(own, 'status')), 'errorCode') ?? str(row, 'resulttype');
  if (code === undefined) return err('status.errorCode is missing');
  const log = logOf(row, own), user = str(own, 'userprincipalname'), principal = guidIn(str(own, 'serviceprincipalid'));
  const person = user !== undefined && user !== '' && guidIn(str(own, 'userid')) !== undefined || (user?.includes('@') === true);
  const actor = person ? user?.toLowerCase() : principal ?? guidIn(str(own, 'appid')) ?? user?.toLowerCase();
  const ip = addressOf(str(own, 'ipaddress'), str(row, 'calleripaddress')), agent = str(own, 'useragent'), session = str(own, 'sessionid') ?? str(own, 'uniquetokenidentifier') ?? str(own, 'correlationid');
  const tenant = tenantIn(str(row, 'resourceid')) ?? guidIn(str(own, 'aadtenantid')) ?? (at(row, 'timegenerated') === undefined ? guidIn(str(row, 'tenantid')) ?? guidIn(str(own, 'resourcetenantid')) : undefined);
  const needed = str(own, 'authenticationrequirement'), service = str(own, 'resourcedisplayname') ?? str(own, 'appdisplayname');
  return ok({
    source: 'entra-signin', time, record, category: 'authentication', action: 'Sign-in activity', outcome: outcomeOf(code), read_only: true, actor_type: person ? 'user' : actor === undefined ? 'unknown' : 'role',
    ...(actor !== undefined && { actor }), ...(code !== '0' && { error_code: code }), ...(service !== undefined && { provider: service }), ...(log !== undefined && { log }), ...(ip !== undefined && { src_ip: ip }), ...(agent !== undefined && { user_agent: agent }),
    ...(needed !== undefined && code === '0' && { mfa: needed === 'multiFactorAuthentication' }), ...(session !== undefined && { actor_session: session }), ...(tenant !== undefined && { account: tenant, actor_account: guidIn(str(own, 'hometenantid')) ?? tenant }),
    targets: [...new Set([str(own, 'resourceid'), str(own, 'appid')].flatMap((id) => guidIn(id) ?? []))],
  });
}

function outcomeOf(code: string): Event['outcome'] {
  if (code === '0') return 'success';
  return INTERRUPTED.has(code) ? 'unknown' : 'failure';
}

function logOf(row: JsonObject, own: JsonObject): string | undefined {
  const types = list(inner(at(own, 'signineventtypes'))).filter((t) => typeof t === 'string');
  for (const word of [str(row, 'category'), str(row, 'type'), ...types]) {
    const kind = kinds[word?.toLowerCase() ?? ''];
    if (kind !== undefined) return kind;
  }
  const isInteractive = str(own, 'isinteractive');
  if (isInteractive !== undefined) return isInteractive.toLowerCase() === 'true' ? 'interactive' : 'non_interactive';
  return guidIn(str(own, 'serviceprincipalid')) !== undefined && guidIn(str(own, 'userid')) === undefined ? 'service_principal' : undefined;
}

/** Has what every sign-in has, and an audit event has not. */
export const isSignIn = (row: JsonObject): boolean => {
  if (isSignInCategory(str(row, 'category')) || isSignInCategory(str(row, 'type'))) return true;
  const status = inner(at(row, 'status'));
  return (str(row, 'createddatetime') ?? str(row, 'timegenerated')) !== undefined && ('appdisplayname' in row || 'serviceprincipalname' in row) && (isObject(status) ? 'errorCode' in status : str(row, 'resulttype') !== undefined);
};
