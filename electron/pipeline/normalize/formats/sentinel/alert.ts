import { isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft, FindingStatus } from '#shared/model/finding.ts';
import { severityOfLabel } from '../../severity-label.ts';
import { alertIssue } from '../alerts/alert-issue.ts';
import { techniquesIn } from '../alerts/attack.ts';
import { cellJson, cellTexts } from '../alerts/log-table.ts';
import { cloudSubject, hostSubject, isEmptyWord, subject, userSubject, type Subject } from '../alerts/subject.ts';
import { entitiesIn, observablesIn, subjectsIn, type SentinelEntity } from './entities.ts';

/** `Resolved` was handled, `Dismissed` was none (Azure Monitor's table reference, SecurityAlert). */
const statuses: Readonly<Record<string, FindingStatus>> = { new: 'open', inprogress: 'open', active: 'open', unknown: 'open', resolved: 'resolved', closed: 'resolved', dismissed: 'suppressed' };
export const statusOfWord = (word: string | undefined): FindingStatus => { const key = word?.toLowerCase().replace(/[^a-z]/g, '') ?? ''; return Object.hasOwn(statuses, key) ? statuses[key] ?? 'open' : 'open'; };

/** The fields of an alert: the API's own names and the table's. */
const get = (own: JsonObject, ...names: readonly string[]): string | undefined => { for (const name of names) { const found = str(own, name) ?? str(own, `${name.charAt(0).toUpperCase()}${name.slice(1)}`); if (found !== undefined) return found; } return undefined; };
const raw = (own: JsonObject, name: string): unknown => own[name] ?? own[`${name.charAt(0).toUpperCase()}${name.slice(1)}`];

/**
 * An alert of the API or a row of SecurityAlert; one finding for each thing that it is about.
 * @param around entities that stand beside it.
 */
export function alertDrafts(record: unknown, around: readonly unknown[]): Result<readonly FindingDraft[]> {
  if (!isObject(record)) return err('not an object');
  const own = isObject(record['properties']) ? record['properties'] : record;
  const id = get(own, 'systemAlertId') ?? str(record, 'name'), title = get(own, 'alertDisplayName', 'displayName', 'alertName', 'friendlyName')?.trim();
  if (id === undefined) return err('SystemAlertId: missing');
  if (title === undefined) return err('AlertName: missing');
  const told = cellJson(raw(own, 'entities')), entities = entitiesIn([...(Array.isArray(told) ? told : []), ...around]), about = targetsOf(record, own, entities);
  if (about.length === 0) return err('Entities: nothing names what the alert is about, and neither CompromisedEntity nor a subscription does');
  return ok(about.map((target, i) => draftOf(own, { id: i === 0 ? id : `${id}#${target.entity}`, title, entities, about: target })));
}

/** Ids of a workspace say where an alert was seen; a subscription stands for what it is about where nothing else does. */
function targetsOf(record: unknown, own: JsonObject, entities: readonly SentinelEntity[]): readonly Subject[] {
  const given = get(own, 'compromisedEntity'), compromised = given === undefined || isEmptyWord(given) ? undefined : given;
  const resources = [...list(own, 'resourceIdentifiers').flatMap((item) => str(item, 'azureResourceId') ?? []), ...(str(own, 'ResourceId') === undefined ? [] : [str(own, 'ResourceId') ?? ''])].filter((id) => !/\/workspaces\/[^/]+$/i.test(id) && /\/providers\//i.test(id));
  const named = subjectsIn([...entities, ...resources.map((id): SentinelEntity => ({ type: 'azureresource', raw: {}, subject: cloudSubject({ provider: 'azure', id, type: undefined }) }))], compromised);
  if (named.length > 0 && !(named[0]?.entity_type === 'ip' && compromised !== undefined)) return named;
  const only = compromised === undefined ? undefined : compromisedSubject(compromised);
  if (only !== undefined) return [only];
  return named.length > 0 ? named : [placeSubject([str(record, 'id'), ...list(own, 'resourceIdentifiers').map((item) => (str(item, 'subscriptionId') === undefined ? undefined : `/subscriptions/${str(item, 'subscriptionId') ?? ''}`)), get(own, 'alertLink'), str(own, 'WorkspaceSubscriptionId') === undefined ? undefined : `/subscriptions/${str(own, 'WorkspaceSubscriptionId') ?? ''}`], str(own, 'TenantId'))].flatMap((place) => place ?? []);
}

function compromisedSubject(name: string): Subject | undefined {
  if (/^\/subscriptions\//i.test(name) || name.startsWith('arn:')) return cloudSubject({ provider: name.startsWith('arn:') ? 'aws' : 'azure', id: name, type: undefined });
  return name.includes('@') ? userSubject([name]) : hostSubject({ names: [name] });
}

/** The subscription that an id or address names, else the workspace by its id. */
export function placeSubject(texts: readonly (string | undefined)[], workspace: string | undefined): Subject | undefined {
  const subscription = texts.map((text) => /\/subscriptions\/([0-9a-z-]{8,40})/i.exec(text ?? '')?.[1]).find((found) => found !== undefined);
  return subscription === undefined ? subject('account', [workspace]) : cloudSubject({ provider: 'azure', id: `/subscriptions/${subscription}`, type: 'subscription' });
}

function draftOf(own: JsonObject, of: { readonly id: string; readonly title: string; readonly entities: readonly SentinelEntity[]; readonly about: Subject }): FindingDraft {
  const type = get(own, 'alertType'), description = get(own, 'description'), attack = techniquesIn([...cellTexts(raw(own, 'techniques')), ...cellTexts(raw(own, 'subTechniques'))]), observables = observablesIn(of.entities);
  // A scheduled rule's type is made of the ids of workspace and rule.
  const isWord = type !== undefined && !/[0-9a-f]{8}-[0-9a-f]{4}-/i.test(type), { account, region, ...about } = of.about;
  return {
    source: 'sentinel', source_id: of.id, kind: 'detection', ...about, ...alertIssue(isWord ? type : of.title, { ids: [isWord && type !== of.title ? type : undefined], tactics: [...cellTexts(raw(own, 'tactics')), ...cellTexts(raw(own, 'intent'))], techniques: attack, title: of.title }),
    check_id: type ?? of.title, title: of.title.slice(0, 500), ...(description !== undefined && { description }), severity_reported: severityOfLabel(get(own, 'alertSeverity', 'severity')), status: statusOfWord(get(own, 'status')), evidence: evidenceOf(own, of.entities),
    ...(account !== undefined && { account }), ...(region !== undefined && { region }), discovered: raw(own, 'startTimeUtc') ?? raw(own, 'startTime') ?? raw(own, 'timeGenerated'), updated: raw(own, 'endTimeUtc') ?? raw(own, 'endTime') ?? raw(own, 'processingEndTime'),
    attack, compliance: [], ...(observables && { observables }),
  };
}

/** The text of a rule's query says nothing of what was found. */
function evidenceOf(own: JsonObject, entities: readonly SentinelEntity[]): readonly string[] {
  const line = (label: string, text: string | undefined): readonly string[] => (text === undefined || isEmptyWord(text) ? [] : [`${label}: ${text.slice(0, 500)}`]);
  const extended = cellJson(raw(own, 'extendedProperties') ?? raw(own, 'additionalData')), rows = isObject(extended) ? Object.keys(extended).filter((key) => !/^(query|processedbysentinel|alert generation|analytics? |event grouping|trigger |search query|data sources|alertmessageenqueue)/i.test(key)).slice(0, 12).flatMap((key) => line(key, str(extended, key))) : [];
  const named = entities.flatMap(({ type, subject: about }) => (about === undefined ? [] : [`${type}: ${about.entity}`])).slice(0, 20);
  return [...line('detected by', get(own, 'productName')), ...line('component', get(own, 'productComponentName')), ...new Set(named), ...rows, ...line('remediation', cellTexts(raw(own, 'remediationSteps')).join(' ')), ...line('address', get(own, 'alertLink'))];
}
