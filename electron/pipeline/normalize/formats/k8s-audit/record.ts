import { isIP } from 'node:net';
import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Event, EventDraft } from '#shared/model/event.ts';
import { k8sUrn, unnamedCluster } from '#shared/model/k8s.ts';
import type { Normalized } from '../../../ports.ts';

/** An event of the API server's audit log. */
export const isAuditEvent = (value: unknown): value is JsonObject => isObject(value) && str(value, 'kind') === 'Event' && str(value, 'apiVersion')?.startsWith('audit.k8s.io/') === true;

/** A record of AKS's diagnostic settings: the event as text in `properties.log`, the cluster in the resource's id. Keys in lower case. */
export function aksAudit(row: JsonObject): Result<Normalized> {
  const text = str(row, 'properties', 'log') ?? str(row, 'log_s');
  if (text === undefined) return err('properties.log is missing');
  let event: unknown;
  try { event = JSON.parse(text); } catch { return err('properties.log is no JSON'); }
  if (!isAuditEvent(event)) return err('properties.log is no audit event');
  const cluster = /\/managedclusters\/([^/]+)/i.exec(str(row, 'resourceid') ?? '')?.[1];
  // Some events tell no time of their own; the record that carries them does.
  const time = at(row, 'time') ?? at(row, 'timegenerated') ?? at(row, 'p_event_time');
  return auditEvent('requestReceivedTimestamp' in event || time === undefined ? event : { ...event, stageTimestamp: event['stageTimestamp'] ?? time }, cluster?.toLowerCase());
}

/** One audit event; `cluster` as the user, the log group or the resource names it. Source: Kubernetes, "kube-apiserver Audit Configuration (v1)". */
export function auditEvent(event: JsonObject, cluster = unnamedCluster): Result<Normalized> {
  const time = at(event, 'requestReceivedTimestamp') ?? at(event, 'stageTimestamp') ?? at(event, 'p_event_time'), verb = str(event, 'verb');
  if (verb === undefined) return err('verb is missing');
  if (time === undefined) return err('requestReceivedTimestamp is missing');
  const resource = str(event, 'objectRef', 'resource'), sub = str(event, 'objectRef', 'subresource'), what = resource === undefined ? (str(event, 'requestURI') ?? '').split('?')[0] ?? '' : sub === undefined ? resource : `${resource}/${sub}`;
  const code = Number(str(event, 'responseStatus', 'code') ?? Number.NaN), ip = list(event, 'sourceIPs').find((a): a is string => typeof a === 'string' && isIP(a) !== 0), agent = str(event, 'userAgent');
  const outcome = outcomeOf(event, code), key = str(event, 'user', 'extra', 'accessKeyId', 0) ?? str(event, 'user', 'extra', 'authentication.kubernetes.io/credential-id', 0), session = str(event, 'impersonatedUser', 'username') ?? str(event, 'user', 'extra', 'arn', 0);
  const draft: EventDraft = {
    source: 'k8s-audit', time, record: event, action: `${verb} ${what}`.trim(), category: categoryOf(resource, verb), outcome, read_only: isRead(verb, sub), provider: str(event, 'objectRef', 'apiGroup') ?? 'core', account: cluster,
    ...actorOf(str(event, 'user', 'username')), ...(outcome === 'failure' && { error_code: str(event, 'responseStatus', 'reason') ?? (Number.isNaN(code) ? 'forbidden' : String(code)) }),
    ...(key !== undefined && { access_key: key }), ...(session !== undefined && { actor_session: session }), ...(ip !== undefined && { src_ip: ip }), ...(agent !== undefined && { user_agent: agent }), targets: targetsOf(event, cluster, resource),
  };
  return ok({ events: [draft] });
}

function outcomeOf(event: JsonObject, code: number): Event['outcome'] {
  if (str(event, 'annotations', 'authorization.k8s.io/decision') === 'forbid') return 'failure';
  // The first stage of a request has no answer yet.
  return Number.isNaN(code) ? 'unknown' : code < 400 ? 'success' : 'failure';
}

function actorOf(user: string | undefined): Pick<EventDraft, 'actor' | 'actor_type'> {
  if (user === undefined) return { actor_type: 'unknown' };
  if (user === 'system:anonymous') return { actor: user, actor_type: 'anonymous' };
  if (user.startsWith('system:serviceaccount:')) return { actor: user, actor_type: 'role' };
  return { actor: user, actor_type: /^(system:|eks:|aksService$)/.test(user) ? 'service' : 'user' };
}

const isRead = (verb: string, sub: string | undefined): boolean => /^(get|list|watch|head|options)$/.test(verb) && !/^(exec|attach|portforward|proxy)$/.test(sub ?? '');

function categoryOf(resource: string | undefined, verb: string): Event['category'] {
  if (resource === 'secrets' && /^(get|list|watch)$/.test(verb)) return 'data_access';
  return /^(cluster)?role(binding)?s$|^serviceaccounts$|^certificatesigningrequests$/.test(resource ?? '') ? 'iam' : 'api';
}

/** The object under the name that the graph has for it; its kind from the plural that the API uses. */
function targetsOf(event: JsonObject, cluster: string, resource: string | undefined): readonly string[] {
  const name = str(event, 'objectRef', 'name') ?? str(event, 'responseObject', 'metadata', 'name') ?? str(event, 'requestObject', 'metadata', 'name'), namespace = str(event, 'objectRef', 'namespace');
  if (resource === undefined || name === undefined) return [];
  const kind = singular(resource);
  return [k8sUrn({ cluster, ...(namespace !== undefined && kind !== 'namespace' && { namespace }), kind, name })];
}

function singular(plural: string): string {
  if (plural === 'endpoints') return plural;
  if (plural.endsWith('ies')) return `${plural.slice(0, -3)}y`;
  return /(ss|x|ch)es$/.test(plural) ? plural.slice(0, -2) : plural.replace(/s$/, '');
}
