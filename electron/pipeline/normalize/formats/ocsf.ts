import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft, FindingStatus, Severity } from '#shared/model/finding.ts';
import type { Normalized, Sample } from '../../ports.ts';
import { presentObservables } from '../action-observables.ts';
import { readTags } from '../read-tags.ts';
import { severityOfLabel } from '../severity-label.ts';
import type { Format } from './format.ts';
import { awsMeaning } from './ocsf/aws.ts';
import { detectionIssue, postureIssue } from './ocsf/issue.ts';
import { ocsfResources, type OcsfResource } from './ocsf/resource.ts';
import { isCodeWeakness, ocsfVulnerabilities, vulnerabilityEvidence } from './ocsf/vulnerability.ts';
import { isWizThreat, wizMeaning } from './wiz/meaning.ts';

/** Security Hub sends findings inside events, and its API answers with a list; those of other products call it otherwise. No finding has such a list of its own. */
const lists = ['detail.findings', 'Findings', 'findings', 'data', 'items', 'results', 'records', 'events'];

/**
 * Findings of any product in the Open Cybersecurity Schema Framework, category 2, versions 1.0 to 1.5 (schema.ocsf.io): 2001 Security
 * Finding (deprecated), 2002 Vulnerability, 2003 Compliance, 2004 Detection, 2005 Incident, 2006 Data Security, 2007 Application Security
 * Posture, 2008 IAM Analysis. Products with more to say (Prowler) have formats of their own, which are surer of their records.
 */
export const ocsf: Format = {
  name: 'ocsf', kind: 'findings', source: 'ocsf', description: 'OCSF findings of any product (classes 2001 to 2008, versions 1.0 to 1.5)',
  containers: [{ kind: 'json-path', paths: [...lists, ...lists.map((path) => `[].${path}`)], emptyOk: true }, { kind: 'json' }],
  detect: (sample) => (findingsOf(sample).some((record) => isFinding(record) && isObject(at(record, 'metadata'))) ? 60 : 0),
  parse(record) {
    if (!isObject(record)) return err('not an object');
    if (!isFinding(record)) return err(`class_uid ${str(record, 'class_uid') ?? 'missing'} is not a finding class (2001 to 2008)`);
    const resources = ocsfResources(record);
    if (resources.length === 0) return err('resources: nothing says what the finding is about');
    return readFinding(record, resources);
  },
};

const isFinding = (record: unknown): boolean => /^20\d\d$/.test(str(record, 'class_uid') ?? '');
const findingsOf = (sample: Sample): readonly unknown[] => [...sample.records, sample.document].flatMap((record) => [record, ...lists.flatMap((path) => list(record, ...path.split('.')).slice(0, 5))]);
type Fact = Readonly<Record<string, unknown>>;

function readFinding(record: Fact, resources: readonly OcsfResource[]): Result<Normalized> {
  // 2001 calls it `finding`, all later classes `finding_info`.
  const info = isObject(at(record, 'finding_info')) ? at(record, 'finding_info') : at(record, 'finding');
  // An incident (2005) lists the findings that it is made of, and has a description of its own.
  const title = str(info, 'title')?.trim() ?? str(record, 'message')?.trim() ?? str(record, 'desc')?.trim() ?? str(record, 'finding_info_list', 0, 'title')?.trim();
  if (title === undefined) return err('finding_info.title is missing');
  const uid = str(info, 'uid') ?? str(record, 'incident_uid') ?? str(record, 'metadata', 'uid') ?? '';
  const product = productOf(record, info, title), isOwn = product !== undefined;
  const told = ocsfVulnerabilities(record);
  // A product of AWS counts a finding once, however many packages it names.
  const weaknesses = isOwn && product.kind === 'vulnerability' ? told.slice(0, 1) : isOwn ? [] : told;
  const findings = resources.flatMap((resource, nth) => {
    const draft = toDraft(record, info, title, resource, product ?? (weaknesses.length > 0 ? sureOf(meaningOf(record, info, title)) : undefined));
    const base = resources.length > 1 && uid !== '' ? (isOwn ? (nth === 0 ? uid : `${uid}#${resource.entity}`) : `${uid}|${resource.entity}`) : uid;
    if (weaknesses.length === 0) return [{ ...draft, source_id: base }];
    return weaknesses.map((vulnerability): FindingDraft => ({
      ...draft, kind: 'vulnerability', ...(!isOwn && isCodeWeakness(vulnerability) && { issue_type: 'code_weakness' }), ...(!isCodeWeakness(vulnerability) && { vulnerability }),
      check_id: isOwn ? draft.check_id : vulnerability.cve ?? draft.check_id,
      source_id: weaknesses.length > 1 && base !== '' ? [base, vulnerability.cve, vulnerability.package, vulnerability.installed_version].join('|') : base,
    }));
  });
  return ok({ findings });
}

/** Whose list of vulnerabilities says what it is needs no words. */
const sureOf = ({ source, check_id, attack }: Product): Product => ({ source, kind: 'vulnerability', check_id, issue_type: 'vulnerable_package', issue_mapped: true, attack });

type Product = Pick<FindingDraft, 'source' | 'kind' | 'check_id' | 'issue_type' | 'issue_mapped' | 'issue_guessed' | 'attack'> & { readonly port?: number | undefined; readonly compliance?: readonly string[] };

/** What the formats of products that speak OCSF as well know of their findings. */
function productOf(record: Fact, info: unknown, title: string): Product | undefined {
  const aws = awsMeaning(record, info);
  if (aws !== undefined) return aws;
  if (str(record, 'metadata', 'product', 'vendor_name') !== 'Wiz Security') return undefined;
  const meaning = wizMeaning(title, title, isWizThreat(title), []);
  return { source: 'wiz', check_id: title, ...meaning };
}

function toDraft(record: Fact, info: unknown, title: string, resource: OcsfResource, product: Product | undefined): FindingDraft {
  const { port, compliance, ...meaning } = product ?? meaningOf(record, info, title);
  const description = str(info, 'desc'), { account } = resource;
  const observables = observablesOf(record, port), tags = readTags(resource.tags);
  return {
    source_id: '', title, entity: resource.entity, entity_type: resource.entity_type, aliases: resource.aliases, ...meaning,
    ...(description !== undefined && { description }), severity_reported: severityOf(record), status: statusOf(record), evidence: evidenceOf(record, info, title),
    ...(account !== undefined && { account }), ...(resource.region !== undefined && { region: resource.region }),
    discovered: firstOf(info, 'first_seen_time', 'created_time') ?? firstOf(record, 'start_time', 'time'),
    updated: firstOf(info, 'last_seen_time', 'modified_time') ?? firstOf(record, 'end_time', 'time'),
    attack: [...new Set([...meaning.attack, ...attacksOf(record, info).flatMap(techniquesOf)])], compliance: compliance ?? complianceOf(record), ...(observables && { observables }), ...(tags && { tags }),
  };
}

const attacksOf = (record: Fact, info: unknown): readonly unknown[] => [...list(record, 'attacks'), ...list(info, 'attacks')];

/** The meaning of any other product's finding. */
function meaningOf(record: Fact, info: unknown, title: string): Product {
  const kind = kindOf(record);
  const types = [...list(info, 'types'), ...list(info, 'type')].map(String);
  const named = str(record, 'metadata', 'event_code') ?? str(record, 'compliance', 'control') ?? str(info, 'analytic', 'uid') ?? str(info, 'analytic', 'name') ?? types[0] ?? str(info, 'type_uid');
  const check = named ?? title;
  // Found sensitive data (2006) is told as such, whatever the words.
  if (str(record, 'class_uid') === '2006') return { source: 'ocsf', kind, check_id: check, issue_type: 'sensitive_data_exposure', issue_mapped: true, attack: [] };
  const issue = kind === 'detection'
    ? detectionIssue(check, { ids: [...types, named], title }, attacksOf(record, info).flatMap(tacticsOf))
    : postureIssue(check, { ids: [named, ...types], title });
  return { source: 'ocsf', kind, check_id: check, ...issue, attack: [] };
}

/** A time stands as text (`…_dt`, profile datetime) or as epoch; the text is the more exact one. */
function firstOf(value: unknown, ...names: readonly string[]): unknown {
  return names.flatMap((name) => [at(value, `${name}_dt`), at(value, name)]).find((time) => time !== undefined && time !== null && time !== '' && time !== 0);
}

function kindOf(record: Fact): FindingDraft['kind'] {
  const classUid = str(record, 'class_uid');
  if (classUid === '2002') return 'vulnerability';
  if (classUid === '2003') return 'compliance';
  // Posture scanners report checks as detection findings; a pass or fail gives them away.
  const code = str(record, 'status_code')?.toUpperCase();
  if (code === 'PASS' || code === 'FAIL' || code === 'MANUAL' || isObject(at(record, 'compliance'))) return 'posture';
  return classUid === '2007' || classUid === '2008' ? 'posture' : 'detection';
}

/** A check that was passed is `passed` whatever was done with the finding since. */
function statusOf(record: Fact): FindingStatus {
  const code = (str(record, 'status_code') ?? str(record, 'compliance', 'status') ?? '').toUpperCase();
  const byId = { 3: 'suppressed', 4: 'resolved', 5: 'suppressed', 6: 'resolved' } as const;
  const id = Number(str(record, 'status_id') ?? str(record, 'state_id') ?? 0);
  if (/^PASS(ED)?$/.test(code) || str(record, 'compliance', 'status_id') === '1') return 'passed';
  // Close is the third activity of every finding class.
  if (str(record, 'activity_id') === '3') return 'resolved';
  if (id === 3 || id === 4 || id === 5 || id === 6) return byId[id];
  // Verdicts (schema.ocsf.io, `verdict_id`): false positive, disregard, benign, test.
  if (['1', '3', '5', '6'].includes(str(record, 'verdict_id') ?? '')) return 'suppressed';
  return /suppress/i.test(str(record, 'status') ?? '') ? 'suppressed' : /resolved|archived|closed/i.test(str(record, 'status') ?? str(record, 'state') ?? '') ? 'resolved' : 'open';
}

const severitiesById: readonly Severity[] = ['unknown', 'informational', 'low', 'medium', 'high', 'critical', 'critical'];
const severityOf = (record: Fact): Severity => {
  const byId = severitiesById[Number(str(record, 'severity_id') ?? 0)] ?? 'unknown';
  return byId === 'unknown' ? severityOfLabel(str(record, 'severity')) : byId;
};

const techniquesOf = (attack: unknown): readonly string[] => {
  const ids = [...list(attack, 'sub_technique'), ...list(attack, 'technique'), ...list(attack, 'techniques')].flatMap((t) => /^T\d{4}(?:\.\d{3})?\b/.exec(str(t, 'uid') ?? str(t, 'name') ?? '')?.[0] ?? []);
  // A sub-technique includes its technique.
  return ids.filter((id) => !ids.some((other) => other.startsWith(`${id}.`)));
};
const tacticsOf = (attack: unknown): readonly string[] => [...list(attack, 'tactic'), ...list(attack, 'tactics')].map((t) => str(t, 'uid') ?? '');

function complianceOf(record: Fact): readonly string[] {
  const standards = list(record, 'compliance', 'standards').map(String), requirements = list(record, 'compliance', 'requirements').map(String);
  const prefix = standards.length === 1 ? `${standards[0] ?? ''}: ` : '';
  const mapped = at(record, 'unmapped', 'compliance');
  const unmapped = isObject(mapped) ? Object.entries(mapped).flatMap(([name, ids]) => (Array.isArray(ids) ? ids.map((id) => `${name}: ${String(id)}`) : [])) : [];
  return [...(requirements.length > 0 ? requirements.map((r) => prefix + r) : standards), ...unmapped];
}

/** `message` mostly repeats the title, and a bare status says nothing of what was found. */
function evidenceOf(record: Fact, info: unknown, title: string): readonly string[] {
  const lines = [str(record, 'status_detail'), str(record, 'message')?.trim(), str(record, 'risk_details')].filter((line) => line !== undefined && line !== title && !/^(success|failure|unknown)$/i.test(line)).map(String);
  const related = list(info, 'related_events').slice(0, 20).flatMap((event) => { const name = str(event, 'title'); return name === undefined ? [] : [`also: ${name}`]; });
  const disposition = str(record, 'disposition') === undefined ? [] : [`disposition: ${str(record, 'disposition')}`], parts = list(record, 'finding_info_list').slice(0, 20).flatMap((part) => { const name = str(part, 'title'); return name === undefined ? [] : [`finding: ${name}`]; });
  const counted = str(record, 'count') === undefined ? [] : [`count: ${str(record, 'count')}`], way = str(record, 'evidences', 0, 'connection_info', 'direction') ?? str(record, 'connection_info', 'direction');
  const object = str(record, 'databucket', 'name') !== undefined && str(record, 'resources', 0, 'type') === 'AWS::S3::Object' ? [`object: ${str(record, 'resources', 0, 'uid') ?? ''}`] : [];
  return [...new Set([...lines, ...disposition, ...parts, ...counted, ...(way === undefined ? [] : [`direction: ${way}`]), ...vulnerabilityEvidence(record), ...related, ...object, ...list(record, 'remediation', 'desc').map(String)])];
}

function observablesOf(record: Fact, ownPort: number | undefined): FindingDraft['observables'] {
  const evidence = list(record, 'evidences')[0];
  const from = (...path: readonly string[]): string | undefined => str(evidence, ...path) ?? str(record, ...path);
  const port = ownPort ?? Number(from('dst_endpoint', 'port') ?? Number.NaN), key = list(record, 'resources').find((resource) => str(resource, 'type') === 'AWS::IAM::AccessKey');
  return presentObservables({
    user: from('actor', 'user', 'name') ?? from('user', 'name') ?? str(key, 'data', 'user_name'), access_key: str(key, 'data', 'access_key_id') ?? str(key, 'uid'),
    src_ip: from('src_endpoint', 'ip'), dst_ip: from('dst_endpoint', 'ip'), host: from('device', 'hostname'), process: from('process', 'name') ?? from('process', 'file', 'name'),
    file_hash: str(list(evidence, 'file', 'hashes')[0], 'value') ?? str(list(evidence, 'process', 'file', 'hashes')[0], 'value'), domain: from('query', 'hostname') ?? from('dst_endpoint', 'domain'),
    api: from('api', 'operation'), country: from('src_endpoint', 'location', 'country'), user_agent: from('http_request', 'user_agent'),
    port: Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined, protocol: from('connection_info', 'protocol_name')?.toLowerCase(),
  });
}
