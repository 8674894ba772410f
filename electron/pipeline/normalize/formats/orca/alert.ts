import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { EntityType, FindingDraft, FindingStatus, Severity } from '#shared/model/finding.ts';
import { isAccountId } from '../../aws-entity.ts';
import { cloudIssue } from '../../aws-issue.ts';
import { cloudEntity, entityTypeOfName } from '../../cloud-entity.ts';
import { readTags } from '../../read-tags.ts';
import { severityOfLabel } from '../../severity-label.ts';
import { alertIssue } from '../alerts/alert-issue.ts';
import { techniquesIn } from '../alerts/attack.ts';
import { evidenceLine } from '../alerts/evidence-line.ts';
import { firstTime } from '../alerts/first-time.ts';
import { subject, type Subject } from '../alerts/subject.ts';
import { cvesIn, packageFindings, scoreOf } from '../packages/package-findings.ts';

/** Orca's own scale (`state.score`, with its word): 1 compromised, 2 imminent compromise, 3 hazardous, 4 informational; `risk_level` says the same since 2023. */
const scores: Readonly<Record<string, Severity>> = { 1: 'critical', 2: 'high', 3: 'medium', 4: 'low' };
function severityOf(state: unknown): Severity {
  const level = severityOfLabel(str(state, 'risk_level')), score = str(state, 'score') ?? '';
  return level === 'unknown' && Object.hasOwn(scores, score) ? scores[score] ?? 'unknown' : level;
}

const statuses: Readonly<Record<string, FindingStatus>> = { open: 'open', in_progress: 'open', verified: 'open', closed: 'resolved', resolved: 'resolved', dismissed: 'suppressed', snoozed: 'suppressed' };
function statusOf(state: unknown): FindingStatus {
  const word = str(state, 'status')?.toLowerCase() ?? '';
  return Object.hasOwn(statuses, word) ? statuses[word] ?? 'open' : 'open';
}

/** An alert: vulnerabilities of a package on an asset, something that happened, else a weakness of its configuration. */
export function alertDrafts(item: unknown): Result<readonly FindingDraft[]> {
  if (!isObject(item)) return err('not an object');
  const state = at(item, 'state'), id = str(state, 'alert_id'), title = str(item, 'type_string') ?? str(item, 'description') ?? str(item, 'type'), about = assetOf(item);
  if (id === undefined) return err('state.alert_id: missing');
  if (title === undefined) return err('type_string: missing');
  if (about === undefined) return err('asset_name: missing, and no asset_vendor_id');
  const { account, region, ...entity } = about, data = at(item, 'data'), check = str(item, 'rule_id') ?? str(item, 'type') ?? title, category = str(item, 'category'), description = str(item, 'details') ?? str(item, 'description');
  const times = { discovered: firstTime(at(state, 'created_at')), updated: firstTime(at(state, 'last_seen'), at(state, 'last_updated')) }, place = { ...(account !== undefined && { account }), ...(region !== undefined && { region }) };
  const cves = cvesIn([...list(item, 'cve_list'), ...list(item, 'findings', 'cve').map((cve) => str(cve, 'cve_id'))].map((cve) => str(cve))), evidence = evidenceOf(item, data, state);
  if (cves.length > 0) {
    const software = /^(.+?)[- ]v?(\d[\w.+~:-]*)$/.exec(str(item, 'source') ?? '');
    return ok(packageFindings({
      source: 'orca', about: { ...entity, ...(account !== undefined && { account }) }, id, others: cves, package: software?.[1] ?? str(item, 'source'), installed: software?.[2], fixed: [], title: `${title}: ${str(item, 'source') ?? ''}`, description, severity: severityOf(state), cvss: scoreOf(at(item, 'max_cvss_score')), status: statusOf(state), evidence, discovered: times.discovered,
    }).map((draft, i) => ({ ...draft, source_id: i === 0 ? id : `${id}#${draft.vulnerability?.cve ?? ''}`, check_id: check, updated: times.updated, ...place })));
  }
  const attack = techniquesIn([...list(data, 'mitre_techniques'), ...list(data, 'mitre_technique')].map((text) => str(text))), isEvent = /malware|suspicious activity|malicious activity/i.test(category ?? ''), tags = readTags(at(item, 'asset_tags_info_list') ?? at(item, 'tags_info_list'));
  const issue = isEvent ? alertIssue(str(item, 'type') ?? title, { ids: [category, str(item, 'type')], tactics: list(data, 'mitre_category').flatMap((text) => str(text) ?? []), techniques: attack, title }) : cloudIssue(isWord(str(item, 'type')) ?? title, { ids: [isWord(str(item, 'type'))], rule: [title] });
  return ok([{
    source: 'orca', source_id: id, kind: isEvent ? 'detection' : 'posture', ...entity, ...issue, check_id: check, title: title.slice(0, 500), ...(description !== undefined && description !== title && { description }), severity_reported: severityOf(state), status: statusOf(state), evidence, ...place, ...times,
    attack: isEvent ? attack : [], compliance: list(item, 'related_compliances').slice(0, 100).flatMap((name) => str(name) ?? []), ...(tags && { tags }),
  }]);
}

/** Types of imported scanners end in an id, which says nothing. */
const isWord = (type: string | undefined): string | undefined => (type === undefined || /[0-9a-f]{8}-[0-9a-f]{4}-/.test(type) ? undefined : type);

const types: Readonly<Record<string, EntityType>> = { coderepository: 'repository', vm: 'vm', containerimage: 'image', container: 'container_workload' };

/** The asset by the provider's id; of a repository, or of what has no id at the provider, by its name. */
function assetOf(item: unknown): Subject | undefined {
  const word = str(item, 'asset_type_string') ?? str(item, 'asset_type') ?? '', key = word.toLowerCase().replace(/[^a-z]/g, ''), told = Object.hasOwn(types, key) ? types[key] : undefined;
  const provider = str(item, 'cloud_provider')?.toLowerCase(), account = [str(item, 'cloud_provider_id'), str(item, 'cloud_vendor_id'), str(item, 'account_name')].find((id) => id !== undefined), region = str(item, 'asset_regions', 0), name = str(item, 'asset_name'), unique = str(item, 'asset_unique_id');
  const id = str(item, 'asset_vendor_id') ?? str(item, 'asset_arn'), zone = str(item, 'asset_availability_zones', 0), place = { ...(account !== undefined && { account }), ...(region !== undefined && { region }) };
  const google = provider === 'gcp' && told === 'vm' && str(item, 'asset_type') === 'vm' && zone !== undefined && name !== undefined && account !== undefined ? `//compute.googleapis.com/projects/${account}/zones/${zone}/instances/${name}` : undefined;
  const given = provider === 'gcp' ? google ?? id : id;
  if (given === undefined || told === 'repository') { const found = subject(told ?? entityTypeOfName(word), [name, unique]); return found === undefined ? undefined : { ...found, ...(told !== 'repository' && place) }; }
  const aws = provider === 'aws' ? /^Aws([A-Z][a-z0-9]+)(\w+)$/.exec(word) : null, type = aws === null ? (told === 'vm' && provider === 'aws' ? 'AWS::EC2::Instance' : word) : `AWS::${(aws[1] ?? '').length <= 3 ? (aws[1] ?? '').toUpperCase() : aws[1] ?? ''}::${aws[2] ?? ''}`;
  const found = cloudEntity({ provider, id: given, type, name }, { account: isAccountId(account) ? account : undefined, region });
  return { ...found, entity_type: found.entity_type === 'other' ? told ?? entityTypeOfName(word) : found.entity_type, aliases: [...new Set([...found.aliases, ...(name === undefined ? [] : [name]), ...(unique === undefined ? [] : [unique])])].filter((alias) => alias !== found.entity), ...place };
}

const evidenceOf = (item: unknown, data: unknown, state: unknown): readonly string[] => [
  ...evidenceLine('category', str(item, 'category')), ...evidenceLine('score', str(state, 'orca_score')), ...evidenceLine('state of the asset', str(item, 'asset_state')), ...evidenceLine('found in', str(item, 'source')), ...evidenceLine('labels', [...list(item, 'alert_labels'), ...list(item, 'asset_labels')].flatMap((label) => str(label) ?? []).join(', ')),
  ...evidenceLine('mitre', list(data, 'mitre_category').flatMap((text) => str(text) ?? []).join(', ')), ...evidenceLine('remediation', str(item, 'recommendation') ?? str(data, 'recommendation')),
];
