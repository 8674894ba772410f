import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import type { FindingDraft, Severity } from '#shared/model/finding.ts';
import type { Sample } from '../../ports.ts';
import type { Format } from './format.ts';
import { scoutIssue } from './scoutsuite/issue.ts';
import { resourceOfItem, scoutEntity, type ScoutPlace, type ScoutResource } from './scoutsuite/resource.ts';

/**
 * ScoutSuite's results (`scoutsuite_results_….js`, `scoutsuite_results = {…}`, or the JSON alone) of AWS, Azure, Google Cloud and others: one finding for each item that a rule flagged. The
 * report holds all of the account's configuration, scripts and variables included: only rules and the names of what they flagged are kept. Source: ScoutSuite, `core/rule.py`, `core/processingengine.py`.
 */
export const scoutsuite: Format = {
  name: 'scoutsuite', kind: 'findings', source: 'scoutsuite', description: 'ScoutSuite results (JavaScript or JSON)',
  containers: [{ kind: 'json' }],
  detect, parse, redact: withoutConfiguration,
};

function detect({ document }: Sample): number {
  if (!isObject(document)) return 0;
  const isRun = str(document, 'last_run', 'ruleset_name') !== undefined && isObject(at(document, 'last_run', 'summary'));
  return isRun && (document['services'] === undefined || isObject(document['services'])) ? 95 : 0;
}

/** Rules of ScoutSuite are `danger` or `warning`. */
const levels: Readonly<Record<string, Severity>> = { danger: 'high', warning: 'medium', good: 'informational' };
const RULE_FIELDS = ['description', 'dashboard_name', 'level', 'rationale', 'remediation', 'compliance', 'checked_items', 'flagged_items', 'items'];

/** The report cut down to what `parse` reads of it; of one that was cut down already, itself. */
function withoutConfiguration(record: unknown): unknown {
  if (!isObject(record) || !isObject(record['services'])) return record;
  const { services } = record, kept: Record<string, unknown> = {};
  for (const [service, content] of Object.entries(services)) {
    if (!isObject(at(content, 'findings'))) continue;
    const told = at(content, 'flagged_resources'), resources = isObject(told) ? told : resourcesOf(services, at(content, 'findings'));
    kept[service] = { findings: Object.fromEntries(Object.entries(at(content, 'findings') ?? {}).map(([rule, finding]) => [rule, only(finding, RULE_FIELDS)])), flagged_resources: resources };
  }
  return { ...only(record, ['account_id', 'provider_code', 'provider_name']), last_run: only(record['last_run'], ['time', 'version', 'ruleset_name', 'summary']), services: kept };
}

const only = (value: unknown, fields: readonly string[]): JsonObject => (isObject(value) ? Object.fromEntries(fields.flatMap((field) => (value[field] === undefined ? [] : [[field, value[field]]]))) : {});
const itemsOf = (finding: unknown): readonly string[] => list(finding, 'items').filter((item) => typeof item === 'string');

function resourcesOf(services: JsonObject, findings: unknown): JsonObject {
  return Object.fromEntries(Object.values(isObject(findings) ? findings : {}).flatMap((finding) => itemsOf(finding).map((item) => [item, resourceOfItem(services, item, str(finding, 'display_path') ?? str(finding, 'path') ?? '')])));
}

function parse(record: unknown): ReturnType<Format['parse']> {
  const report = withoutConfiguration(record);
  if (!isObject(report) || !isObject(report['services'])) return err('services is missing');
  const findings: FindingDraft[] = [];
  for (const content of Object.values(report['services'])) {
    for (const [rule, finding] of Object.entries(at(content, 'findings') ?? {})) {
      for (const item of itemsOf(finding)) {
        const draft = draftOf(report, rule, finding, item, at(content, 'flagged_resources', item));
        if (draft === undefined) return err(`services: nothing tells what ${item} of ${rule} is, or in which account`);
        findings.push(draft);
      }
    }
  }
  return ok({ findings });
}

function draftOf(report: unknown, rule: string, finding: unknown, item: string, told: unknown): FindingDraft | undefined {
  const resource = at(told, 'resource'), place = at(told, 'place'), provider = str(report, 'provider_code')?.toLowerCase() ?? '';
  const about = scoutEntity(provider, str(report, 'account_id'), isResource(resource) ? resource : undefined, isPlace(place) ? place : {});
  if (about === undefined) return undefined;
  const title = str(finding, 'description') ?? rule, rationale = plain(str(finding, 'rationale')), remediation = plain(str(finding, 'remediation'));
  const port = Number(/\.ports\.(\d{1,5})(?:\.|$)/.exec(item)?.[1] ?? Number.NaN), protocol = /\.protocols\.(\w+)\./.exec(item)?.[1]?.toLowerCase();
  return {
    source: 'scoutsuite', source_id: `${rule}|${about.account ?? ''}|${item}`, kind: 'posture', ...about, ...scoutIssue(rule, title), check_id: rule, title: title.slice(0, 500), ...(rationale !== undefined && { description: rationale }),
    severity_reported: levels[str(finding, 'level') ?? ''] ?? 'unknown', status: 'open', evidence: [`flagged: ${item}`, `${str(finding, 'flagged_items') ?? '?'} of ${str(finding, 'checked_items') ?? '?'} checked ${str(finding, 'dashboard_name')?.toLowerCase() ?? 'items'} are`, ...(remediation === undefined ? [] : [`solution: ${remediation}`])],
    discovered: at(report, 'last_run', 'time'), attack: [], compliance: list(finding, 'compliance').flatMap((one) => { const [name, reference] = [str(one, 'name'), str(one, 'reference')]; return name === undefined || reference === undefined ? [] : [`${name}${str(one, 'version') === undefined ? '' : ` ${str(one, 'version') ?? ''}`}: ${reference}`]; }),
    ...(Number.isInteger(port) && port < 65_536 && { observables: { port, ...(protocol !== undefined && { protocol }) } }),
  };
}

/** Texts of rules have links in HTML. */
const plain = (text: string | undefined): string | undefined => text?.slice(0, 5000).replaceAll(/<\/?[a-z][^<>]{0,300}>/gi, '').trim();
const isTexts = (value: unknown): value is Readonly<Record<string, string>> => isObject(value) && Object.values(value).every((text) => typeof text === 'string');
const isResource = (value: unknown): value is ScoutResource => isTexts(value) && typeof value['collection'] === 'string';
const isPlace = (value: unknown): value is ScoutPlace => isTexts(value);
