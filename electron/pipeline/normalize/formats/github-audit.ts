import { at, isObject, str, type JsonObject } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import type { Event, EventDraft } from '#shared/model/event.ts';
import type { Sample } from '../../ports.ts';
import { addressOf } from './azure-logs/fields.ts';
import type { Format } from './format.ts';

/**
 * The audit log of a GitHub organization or enterprise: exports as JSON and CSV, answers of the API, streams. It records no sign-ins, except those of managed users of an
 * enterprise. Source: GitHub documentation, "Audit log events for your organization", "Exporting audit log activity".
 */
export const githubAudit: Format = {
  name: 'github-audit', kind: 'events', source: 'github-audit', description: 'Audit log of a GitHub organization or enterprise (JSON, CSV, API, streams)',
  containers: [{ kind: 'json' }, { kind: 'csv', delimiters: [',', ';', '\t'] }],
  detect({ records, header }: Sample) {
    if (['action', 'actor', 'created_at'].every((c) => header.includes(c)) && ['org', 'business', 'repo'].some((c) => header.includes(c))) return 92;
    return records.some(isAudit) ? 92 : 0;
  },
  parse(record) {
    if (!isAudit(record)) return err('not an event of GitHub’s audit log: action or actor is missing');
    const time = [record['@timestamp'], record['at_sign_timestamp'], record['created_at'], record['p_event_time']].find((t) => t !== undefined && t !== '' && t !== null);
    return time === undefined ? err('created_at is missing') : ok({ events: [toDraft(record, time)] });
  },
};

/** Actions are `category.what`; the organization or enterprise stands beside, and no `actor` object as in webhooks. */
function isAudit(record: unknown): record is JsonObject {
  if (!isObject(record)) return false;
  const action = str(record, 'action');
  return action !== undefined && /^[a-z]\w*\.\w+$/.test(action) && !isObject(record['actor']) && ['actor', 'actor_id', 'user'].some((key) => key in record) && ['org', 'business', 'repo', '_document_id', 'operation_type'].some((key) => key in record);
}

function toDraft(record: JsonObject, time: unknown): EventDraft {
  const action = str(record, 'action') ?? '', who = str(record, 'actor'), account = str(record, 'org') ?? str(record, 'business'), repository = str(record, 'repo') ?? str(record, 'repository');
  const ip = addressOf(str(record, 'actor_ip')), agent = str(record, 'user_agent'), token = str(record, 'hashed_token'), session = str(record, 'external_identity_nameid'), code = str(record, 'error') ?? str(record, 'explanation');
  const isBot = str(record, 'actor_is_bot') === 'true' || who?.endsWith('[bot]') === true, outcome: Event['outcome'] = /failed/.test(action) ? 'failure' : 'success';
  return {
    source: 'github-audit', time, record, action, category: categoryOf(action), outcome, read_only: /^(git\.(clone|fetch)|repo\.download_zip|api\.request)$/.test(action) || str(record, 'operation_type') === 'access' || /\.(login|failed_login|logout)$/.test(action),
    actor_type: who === undefined ? 'unknown' : isBot ? 'role' : 'user', ...(who !== undefined && { actor: who }), ...(account !== undefined && { account }), ...(ip !== undefined && { src_ip: ip }), ...(agent !== undefined && { user_agent: agent }),
    ...(token !== undefined && { access_key: token }), ...(session !== undefined && { actor_session: session }), ...(outcome === 'failure' && code !== undefined && { error_code: code }), ...(at(record, 'transport_protocol_name') !== undefined && { provider: `git over ${str(record, 'transport_protocol_name') ?? ''}` }),
    targets: [...new Set([repository, str(record, 'user'), str(record, 'team'), repository === undefined ? account : undefined])].flatMap((id) => (id === undefined || id === '' ? [] : [id])),
  };
}

const identities = /^(org|business|team|role|organization_role|repo|org_credential_authorization|personal_access_token|oauth_\w+|integration\w*|public_key|deploy_key|external_identity\w*|user|members_can_\w+|organization_moderators|sso\w*)\.(\w*member\w*|\w*user\w*|\w*admin\w*|add\w*|remove\w*|invite\w*|create|destroy|access\w*|grant|revoke|update_\w*permission\w*|\w*saml\w*|\w*two_factor\w*|\w*authoriz\w*|provision|deprovision)$/;

function categoryOf(action: string): Event['category'] {
  if (/^user\.(login|failed_login)$/.test(action) || action === 'org.sso_response') return 'authentication';
  if (/^git\.(clone|fetch)$|^repo\.download_zip$/.test(action)) return 'data_access';
  return identities.test(action) && !/^repo\.(create|destroy|access)$/.test(action) ? 'iam' : 'api';
}
