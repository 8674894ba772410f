import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft, Observables } from '#shared/model/finding.ts';
import { presentObservables } from '../../action-observables.ts';
import { severityOfLabel } from '../../severity-label.ts';
import { snapshotResource, wizEntity } from './entity.ts';
import { wizCategories, wizLine, wizMeaning, wizTime } from './meaning.ts';

/** A node of `detections`, which names the rule that matched, or the payload of the detections webhook, which names the detection itself. */
export const isDetection = (record: unknown): boolean => isObject(at(record, 'ruleMatch', 'rule')) || (str(record, 'tdrId') !== undefined && (isObject(at(record, 'primaryResource')) || isObject(at(record, 'triggeringEvent'))));

/** Something that happened, on a resource; a threat that Wiz makes of it is an issue of its own. */
export function detectionDraft(node: unknown): Result<FindingDraft> {
  const rule = at(node, 'ruleMatch', 'rule'), name = str(rule, 'name') ?? str(node, 'title'), check = str(rule, 'id') ?? str(node, 'tdrId') ?? name;
  if (check === undefined) return err('ruleMatch.rule (tdrId): neither id nor name');
  const resource = resourceOf(node), snapshot = { ...snapshotResource(resource), ...placeOf(node, resource) };
  const entity = wizEntity(snapshot) ?? wizEntity({ ...snapshot, ids: [str(resource, 'id')] });
  if (entity === undefined) return err('primaryResource: no externalId, name or id');
  const { mitre, compliance } = wizCategories(rule);
  const named = ['mitreTactics', 'mitreTechniques'].flatMap((key) => list(node, key)).flatMap((item) => str(item) ?? []);
  const tactics = [...mitre, ...named, ...list(rule, 'securitySubCategories').map((item) => str(item, 'category', 'name') ?? '')];
  const description = str(node, 'description'), observables = observablesOf(node), events = eventsOf(node);
  return ok({
    source: 'wiz', source_id: str(node, 'id') ?? '', ...wizMeaning(check, name, true, tactics), ...entity, check_id: check, title: name ?? check,
    ...(description !== undefined && { description }),
    severity_reported: severityOfLabel(str(node, 'severity')), status: 'open',
    evidence: [
      ...wizLine('detected by', list(node, 'origins').flatMap((origin) => str(origin) ?? []).join(', ') || str(node, 'tdrSource')), ...wizLine('events', str(node, 'triggeringEvents', 'totalCountV2') ?? str(node, 'triggeringEventsCount')),
      ...events.slice(0, 10).flatMap((event) => wizLine('event', str(event, 'description'))), ...events.slice(0, 10).flatMap((event) => wizLine('command', str(event, 'commandLine') ?? str(list(event, 'runtimeDetails', 'processTree')[0], 'command'))),
      ...wizLine('actor', str(node, 'primaryActor', 'name')), ...wizLine('threat', str(node, 'issue', 'id') ?? str(node, 'threatId')), ...wizLine('address', str(node, 'threatURL')),
    ],
    ...(snapshot.account !== undefined && { account: snapshot.account }), ...(snapshot.region !== undefined && { region: snapshot.region }),
    discovered: wizTime(at(node, 'timeframe', 'start') ?? at(node, 'createdAt')), updated: wizTime(at(node, 'updatedAt') ?? at(node, 'timeframe', 'end')), compliance,
    ...(observables && { observables }),
  });
}

const eventsOf = (node: unknown): readonly unknown[] => [...list(node, 'triggeringEvents', 'nodes'), ...list(node, 'triggeringEvent')];

/** The primary resource; where it is named among the resources too, those know its id at the provider. */
function resourceOf(node: unknown): unknown {
  const primary = at(node, 'primaryResource'), all = [...list(node, 'resources'), ...list(node, 'triggeringEvent', 'resources')].filter(isObject);
  const known = all.find((resource) => str(resource, 'id') === str(primary, 'id')) ?? (isObject(primary) ? undefined : all[0]);
  return isObject(primary) ? { ...known, ...primary } : known;
}

function placeOf(node: unknown, resource: unknown): { readonly platform: string | undefined; readonly account: string | undefined } {
  const own = at(resource, 'cloudAccount'), accounts = list(node, 'cloudAccounts').filter(isObject), only = accounts.length === 1 ? accounts[0] : undefined;
  return { platform: str(own, 'cloudPlatform') ?? str(own, 'cloudProvider') ?? str(only, 'cloudProvider'), account: str(own, 'externalId') ?? str(only, 'externalId') };
}

function observablesOf(node: unknown): Observables | undefined {
  const [event] = eventsOf(node), actor = at(node, 'primaryActor'), tree = list(event, 'runtimeDetails', 'processTree')[0];
  const isPerson = /USER|SERVICE_ACCOUNT|ROLE/.test(str(actor, 'type') ?? '');
  return presentObservables({
    src_ip: str(event, 'actorIP') ?? (str(actor, 'type') === 'NETWORK_ADDRESS' ? str(actor, 'externalId') : undefined), user: isPerson ? str(actor, 'email') ?? str(actor, 'name') : undefined, access_key: str(actor, 'accessKeyId'),
    user_agent: str(actor, 'userAgent'), process: str(tree, 'path') ?? str(event, 'runtimeProgram', 'name'), file_hash: str(tree, 'hash'),
  });
}
