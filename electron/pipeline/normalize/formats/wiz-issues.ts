import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft } from '#shared/model/finding.ts';
import type { Normalized, Sample } from '../../ports.ts';
import { asList, everyFinding } from '../every-finding.ts';
import { portInText } from '../port-in-text.ts';
import { readTags } from '../read-tags.ts';
import { severityOfLabel } from '../severity-label.ts';
import type { Format } from './format.ts';
import { snapshotResource, wizEntity } from './wiz/entity.ts';
import { wizCategories, wizLine as line, wizMeaning, wizStatus, wizTime } from './wiz/meaning.ts';

const paths = ['data.issues.nodes', 'data.issuesV2.nodes', 'issues.nodes', 'issuesV2.nodes', 'nodes', '[].data.issues.nodes'];

/** Wiz issues: nodes of the GraphQL query `issues` (`issuesV2`), and the payload of the issues webhook. */
export const wizIssues: Format = {
  name: 'wiz-issues',
  kind: 'findings',
  source: 'wiz',
  description: 'Wiz issues: GraphQL nodes or responses, webhook payloads (JSON, NDJSON)',
  containers: [{ kind: 'json-path', paths, emptyOk: true, alone: true }, { kind: 'json' }],
  detect,
  parse,
};

function detect(sample: Sample): number {
  const best = Math.max(0, ...[...sample.records, sample.document].flatMap(unwrap).slice(0, 20).map(scoreOf));
  const isEmpty = [['data', 'issues'], ['data', 'issuesV2'], ['issues']].some((path) => list(sample.document, ...path, 'nodes').length === 0 && Array.isArray(at(sample.document, ...path, 'nodes')));
  return best === 0 && isEmpty ? 30 : best;
}

function scoreOf(record: unknown): number {
  if (!isObject(record)) return 0;
  const hasRule = ['sourceRule', 'sourceRules', 'control'].some((key) => Object.hasOwn(record, key));
  if (hasRule && isObject(record['entitySnapshot']) && Object.hasOwn(record, 'severity')) return 95;
  if (isObject(record['issue']) && isObject(record['resource']) && (isObject(record['control']) || isObject(record['trigger']))) return 90;
  return hasRule && /^(TOXIC_COMBINATION|THREAT_DETECTION|CLOUD_CONFIGURATION)$/.test(str(record, 'type') ?? '') ? 85 : 0;
}

function unwrap(record: unknown): readonly unknown[] {
  for (const path of [['data', 'issues', 'nodes'], ['data', 'issuesV2', 'nodes'], ['issues', 'nodes'], ['issuesV2', 'nodes'], ['nodes']]) {
    const inner = at(record, ...path);
    if (Array.isArray(inner)) return inner;
  }
  return [record];
}

function parse(record: unknown): Result<Normalized> {
  return everyFinding(unwrap(record), (item) => {
    if (!isObject(item)) return err('issue: not an object');
    return asList(isObject(item['issue']) ? parseWebhook(item) : parseNode(item));
  });
}

interface Parts {
  readonly id: string | undefined; readonly rule: unknown; readonly resource: unknown; readonly severity: string | undefined; readonly status: string | undefined;
  readonly isThreat: boolean; readonly created: unknown; readonly updated: unknown; readonly mitre: readonly string[]; readonly compliance: readonly string[];
  readonly evidence: readonly string[];
}

function parseNode(node: unknown): Result<FindingDraft> {
  const rule = at(node, 'sourceRule') ?? list(node, 'sourceRules')[0] ?? at(node, 'control');
  const { mitre, compliance } = wizCategories(rule);
  const details = at(node, 'threatDetectionDetails');
  const named = ['mitreTechniques', 'mitreTactics'].flatMap((key) => [...list(details, key), ...list(rule, key)]).flatMap((item) => str(item) ?? str(item, 'id') ?? str(item, 'externalId') ?? []);
  return draftOf({
    id: str(node, 'id'), rule, resource: at(node, 'entitySnapshot') ?? at(node, 'entity'), severity: str(node, 'severity') ?? str(rule, 'severity'), status: str(node, 'status'),
    isThreat: str(node, 'type') === 'THREAT_DETECTION' || str(rule, '__typename') === 'CloudEventRule',
    created: at(node, 'createdAt'), updated: at(node, 'updatedAt') ?? at(node, 'statusChangedAt'), mitre: [...mitre, ...named], compliance,
    evidence: [
      ...line('issue type', str(node, 'type')), ...line('resolution', str(node, 'resolutionReason')), ...line('address', str(node, 'url')), ...line('due', str(node, 'dueAt')),
      ...list(node, 'projects').slice(0, 20).flatMap((project) => line('project', [str(project, 'name'), str(project, 'riskProfile', 'businessImpact')].filter((part) => part !== undefined).join(', '))),
      ...list(node, 'sourceRules').slice(1, 10).flatMap((other) => line('also', str(other, 'name'))),
      ...list(details, 'actors').slice(0, 10).flatMap((actor) => line('actor', str(actor, 'providerUniqueId') ?? str(actor, 'externalId') ?? str(actor, 'name'))),
      ...list(node, 'notes').slice(0, 10).flatMap((note) => line('note', str(note, 'text'))),
      ...list(node, 'serviceTickets').slice(0, 10).flatMap((ticket) => line('ticket', str(ticket, 'url') ?? str(ticket, 'externalId'))),
    ],
  });
}

function parseWebhook(payload: unknown): Result<FindingDraft> {
  const issue = at(payload, 'issue');
  const rule = at(payload, 'control') ?? at(payload, 'rule') ?? at(issue, 'sourceRule');
  const { mitre, compliance } = wizCategories(rule);
  return draftOf({
    id: str(issue, 'id'), rule, resource: at(payload, 'resource') ?? at(issue, 'entitySnapshot'), severity: str(issue, 'severity') ?? str(rule, 'severity'),
    status: str(issue, 'status') ?? str(payload, 'trigger', 'type'),
    isThreat: /cloud_?event|threat/i.test(str(payload, 'trigger', 'source') ?? '') || str(rule, 'sourceType') !== undefined || str(rule, 'id')?.startsWith('cer-') === true,
    created: at(issue, 'created') ?? at(issue, 'createdAt'), updated: at(issue, 'updatedAt') ?? at(issue, 'updated') ?? at(payload, 'p_event_time'), mitre, compliance,
    evidence: [...line('trigger', str(payload, 'trigger', 'type')), ...line('projects', str(issue, 'projects')), ...line('subscription', str(payload, 'resource', 'subscriptionName')), ...list(rule, 'risks').flatMap((risk) => line('risk', str(risk)))],
  });
}

function draftOf(parts: Parts): Result<FindingDraft> {
  const { id, rule, resource } = parts;
  if (id === undefined) return err('id: missing');
  const name = str(rule, 'name')?.trim();
  const checkId = str(rule, 'id') ?? name;
  if (checkId === undefined) return err('sourceRule (control): neither id nor name');
  const snapshot = snapshotResource(resource);
  const entity = wizEntity(snapshot) ?? wizEntity({ ...snapshot, ids: [str(resource, 'id')] });
  if (entity === undefined) return err('entitySnapshot (resource): no providerId, externalId, name or id');
  const description = ['description', 'controlDescription', 'cloudEventRuleDescription', 'cloudConfigurationRuleDescription'].map((key) => str(rule, key)).find((text) => text !== undefined);
  const cve = /\bCVE-\d{4}-\d{4,}\b/.exec(name ?? '')?.[0];
  const { account, region } = snapshot;
  const meaning = wizMeaning(checkId, name, parts.isThreat, parts.mitre);
  const port = meaning.issue_type === 'open_port' ? portInText(name) : undefined;
  const tags = readTags(at(resource, 'tags'));
  return ok({
    source: 'wiz', source_id: id, ...meaning, ...entity, check_id: checkId, title: name ?? checkId,
    ...(description !== undefined && { description }),
    severity_reported: severityOfLabel(parts.severity), status: wizStatus(parts.status), evidence: parts.evidence,
    ...(account !== undefined && { account }), ...(region !== undefined && { region }),
    discovered: wizTime(parts.created), updated: wizTime(parts.updated), compliance: parts.compliance,
    ...(cve !== undefined && { vulnerability: { cve } }), ...(port !== undefined && { observables: { port } }), ...(tags && { tags }),
  });
}
