import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import type { Event, EventDraft } from '#shared/model/event.ts';
import type { Sample } from '../../ports.ts';
import { addressOf } from './azure-logs/fields.ts';
import type { Format } from './format.ts';

/**
 * Activities of the Reports API of Google Workspace: pages (`items`), one activity with its events, or one event as data lakes flatten them. Each application (login, admin,
 * drive, token …) is a log of its own. Source: Google Workspace Admin SDK, "Activities: list" and the reference of event names of each application.
 */
export const googleWorkspace: Format = {
  name: 'google-workspace', kind: 'events', source: 'google-workspace', description: 'Google Workspace activities (Admin SDK Reports API)',
  containers: [{ kind: 'json' }, { kind: 'json-path', paths: ['items'], alone: true }],
  detect: ({ document, records }: Sample) => (str(document, 'kind') === 'admin#reports#activities' || [...records, ...list(document, 'items').slice(0, 3)].some(isActivity) ? 92 : 0),
  parse(record) {
    if (!isActivity(record)) return err('not an activity of the Reports API: id.applicationName is missing');
    const time = at(record, 'id', 'time') ?? at(record, 'p_event_time');
    if (time === undefined || time === null) return err('id.time is missing');
    const events = Array.isArray(record['events']) ? record['events'] : [record];
    const named = events.filter((e) => str(e, 'name') !== undefined);
    return named.length === 0 ? err('events: none has a name') : ok({ events: named.map((event) => toDraft(record, event, time)) });
  },
};

const isActivity = (record: unknown): record is JsonObject => isObject(record) && str(record, 'id', 'applicationName') !== undefined && (str(record, 'kind') === 'admin#reports#activity' || 'events' in record || 'name' in record || 'actor' in record);

function toDraft(record: JsonObject, event: unknown, time: unknown): EventDraft {
  const application = str(record, 'id', 'applicationName') ?? '', action = str(event, 'name') ?? '', type = str(event, 'type') ?? '', given = parametersOf(event);
  const ip = addressOf(str(record, 'ipAddress')), account = str(record, 'id', 'customerId'), outcome = outcomeOf(action, given), code = given['login_failure_type'] ?? given['login_challenge_status'], category = categoryOf(application, type, action);
  const email = str(record, 'actor', 'email') ?? (category === 'authentication' ? given['affected_email_address'] : undefined), who = email?.toLowerCase() ?? str(record, 'actor', 'key') ?? str(record, 'actor', 'profileId'), agent = given['user_agent'];
  return {
    source: 'google-workspace', time, record, action, category, outcome, read_only: isRead(application, action, category), provider: application, log: application,
    actor_type: who === undefined ? 'unknown' : str(record, 'actor', 'callerType') === 'KEY' || who.endsWith('.gserviceaccount.com') ? 'role' : 'user', ...(who !== undefined && { actor: who }),
    ...(outcome !== 'success' && code !== undefined && { error_code: code }), ...(given['is_second_factor'] === 'true' && { mfa: true }), ...(account !== undefined && { account }), ...(ip !== undefined && { src_ip: ip }), ...(agent !== undefined && { user_agent: agent }),
    targets: [...new Set(targetKeys.flatMap((key) => given[key]?.toLowerCase() ?? []))].filter((id) => id !== who || category !== 'authentication'),
  };
}

const targetKeys = ['USER_EMAIL', 'GROUP_EMAIL', 'ROLE_NAME', 'ORG_UNIT_NAME', 'APPLICATION_NAME', 'API_CLIENT_NAME', 'target_user', 'affected_email_address', 'doc_id', 'client_id', 'app_name', 'group_id', 'email_forwarding_destination_address'];

/** Parameters as a list of `{name, value}`, or flattened to an object. */
function parametersOf(event: unknown): Readonly<Record<string, string>> {
  const given = at(event, 'parameters'), found: Record<string, string> = {};
  if (isObject(given)) for (const [name, value] of Object.entries(given)) { const text = textOf(value); if (text !== undefined) found[name] = text; }
  if (Array.isArray(given)) for (const item of given) {
    const name = str(item, 'name'), text = textOf(at(item, 'value') ?? at(item, 'boolValue') ?? at(item, 'intValue') ?? at(item, 'multiValue') ?? at(item, 'multiStrValue') ?? at(item, 'multiIntValue'));
    if (name !== undefined && text !== undefined && name !== '__proto__') found[name] = text;
  }
  return found;
}
const textOf = (value: unknown): string | undefined => (Array.isArray(value) ? value.filter((v) => typeof v === 'string').join(',') || undefined : str({ value }, 'value'));

function outcomeOf(action: string, given: Readonly<Record<string, string>>): Event['outcome'] {
  if (action === 'login_challenge') return /pass/i.test(given['login_challenge_status'] ?? '') ? 'success' : /fail/i.test(given['login_challenge_status'] ?? '') ? 'failure' : 'unknown';
  return /(^|_)(failure|failed|denied|blocked)$/i.test(action) ? 'failure' : 'success';
}

function categoryOf(application: string, type: string, action: string): Event['category'] {
  if (/^(login|saml)$/.test(application)) return /^login_(success|failure|challenge|verification)$/.test(action) ? 'authentication' : 'other';
  if (application === 'drive' || application === 'gmail') return /acl|sharing|owner|team_drive|shared_drive/.test(`${type} ${action}`) ? 'api' : 'data_access';
  if (/^(token|user_accounts|groups|groups_enterprise)$/.test(application) || /^(USER|DELEGATED_ADMIN|SECURITY|GROUP|DOMAIN)_SETTINGS$/.test(type)) return 'iam';
  return application === 'admin' ? 'api' : 'other';
}

const isRead = (application: string, action: string, category: Event['category']): boolean =>
  category === 'authentication' || (category === 'other' && !/^(admin|mobile)$/.test(application)) || (category === 'data_access' && /^(view|download|preview|print|source_copy|delivery|access_\w+|sheets_import_range\w*)$/.test(action)) || /^(VIEW|DOWNLOAD|LIST)_/.test(action);
