import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import type { Event, EventDraft } from '#shared/model/event.ts';
import type { Sample } from '../../ports.ts';
import { addressOf } from './azure-logs/fields.ts';
import type { Format } from './format.ts';

/**
 * Okta's System Log: answers of `/api/v1/logs`, log streams (EventBridge `detail`, Splunk `event`) and exports; also with keys in lower case, as data lakes write them.
 * Source: Okta developer documentation, "System Log API" and "Event types".
 */
export const okta: Format = {
  name: 'okta', kind: 'events', source: 'okta', description: 'Okta System Log (API, log streams, event hooks)',
  containers: [{ kind: 'json' }, { kind: 'json-path', paths: ['data.events', 'Records'], alone: true }],
  detect: ({ document, records }: Sample) => ([...records, ...list(document, 'data', 'events').slice(0, 3), ...list(document, 'Records').slice(0, 3)].some((r) => oktaEvent(r) !== undefined) ? 92 : 0),
  parse(record) {
    const event = oktaEvent(record);
    if (event === undefined) return err('not an event of Okta’s System Log: eventType or actor is missing');
    const time = event['published'] ?? event['p_event_time'];
    return time === undefined ? err('published is missing') : ok({ events: [toDraft(event, time)] });
  },
};

const KEYS = ['eventType', 'authenticationContext', 'debugContext', 'securityContext', 'legacyEventType', 'displayMessage'];

/** The event, in Okta's spelling, out of what carries it. */
function oktaEvent(record: unknown): JsonObject | undefined {
  for (const value of [record, at(record, 'detail'), at(record, 'event'), at(record, '_source')]) {
    if (!isObject(value)) continue;
    const event = 'eventtype' in value ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [KEYS.find((k) => k.toLowerCase() === key) ?? key, inner])) : value;
    const type = str(event, 'eventType');
    // Its types are words with dots; an actor, an outcome or a request is always there.
    if (type !== undefined && /^[a-z][\w]*(\.[\w]+)+$/.test(type) && 'actor' in event && ['published', 'uuid', 'outcome', 'client', 'legacyEventType'].some((key) => key in event)) return event;
  }
  return undefined;
}

function toDraft(event: JsonObject, time: unknown): EventDraft {
  const action = str(event, 'eventType') ?? '', result = (str(event, 'outcome', 'result') ?? '').toUpperCase(), actor = actorOf(event);
  const ip = addressOf(str(event, 'client', 'ipAddress')), agent = str(event, 'client', 'userAgent', 'rawUserAgent'), session = str(event, 'authenticationContext', 'externalSessionId');
  const code = codeOf(event, action, result), key = str(event, 'transaction', 'detail', 'requestApiTokenId');
  return {
    source: 'okta', time, record: event, action, category: categoryOf(action), outcome: outcomeOf(result), read_only: !isChange(action), ...actor,
    ...(code !== undefined && { error_code: code }), ...(session !== undefined && session !== 'unknown' && { actor_session: session }), ...(key !== undefined && { access_key: key }), ...(ip !== undefined && { src_ip: ip }), ...(agent !== undefined && { user_agent: agent }),
    targets: [...new Set(list(event, 'target').flatMap((t) => [str(t, 'alternateId')?.toLowerCase(), str(t, 'id')]).filter((id) => id !== undefined && id !== 'unknown'))].flatMap((id) => id ?? []),
  };
}

/** A person by the login, which mostly is an e-mail address; others by their id. */
function actorOf(event: JsonObject): Pick<EventDraft, 'actor' | 'actor_type'> {
  const type = str(event, 'actor', 'type') ?? '', login = str(event, 'actor', 'alternateId'), id = str(event, 'actor', 'id');
  const actor = login === undefined || login === 'unknown' || login === 'system@okta.com' ? id ?? login : login.toLowerCase();
  const kind = type === 'User' ? 'user' : type === 'SystemPrincipal' ? 'service' : /App$|Client/.test(type) ? 'role' : 'unknown';
  return { ...(actor !== undefined && actor !== 'unknown' && { actor }), actor_type: kind };
}

const outcomeOf = (result: string): Event['outcome'] => (result === 'SUCCESS' || result === 'ALLOW' ? 'success' : result === 'FAILURE' || result === 'DENY' ? 'failure' : 'unknown');

/** Why it failed; of a factor, which one stands in front (`debugContext.debugData.factor`). */
function codeOf(event: JsonObject, action: string, result: string): string | undefined {
  const reason = str(event, 'outcome', 'reason'), factor = str(event, 'debugContext', 'debugData', 'factor');
  if (action.startsWith('user.authentication.auth_via_mfa')) return [factor, result === 'SUCCESS' ? undefined : reason ?? result].filter((t) => t !== undefined && t !== '').join(' ') || undefined;
  return result === 'SUCCESS' || result === '' ? undefined : reason ?? (result === 'ALLOW' ? undefined : result);
}

function categoryOf(action: string): Event['category'] {
  if (/^user\.(session\.start|authentication\.\w+)$/.test(action) || action === 'policy.evaluate_sign_on') return 'authentication';
  if (action.startsWith('user.session.') && !action.includes('impersonation')) return 'other';
  if (/^(user|group|iam|system\.(api_token|idp|org|agent)|policy|zone|application|app|device)\b/.test(action)) return 'iam';
  return 'other';
}

const isChange = (action: string): boolean => /\.(create|update|delete|add|remove|activate|deactivate|reset\w*|grant|revoke|suspend|unsuspend|unlock|lock|enable|disable|assign|unassign|update_\w+|reactivate|import\w*|enroll\w*|clear|revoke\w*|change\w*|provision\w*|push\w*|initiate|rotate|publish)$/.test(action);
