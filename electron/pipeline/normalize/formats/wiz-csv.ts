import { isObject, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft } from '#shared/model/finding.ts';
import type { Normalized, Sample } from '../../ports.ts';
import { readTags } from '../read-tags.ts';
import { severityOfLabel } from '../severity-label.ts';
import type { Format } from './format.ts';
import { wizEntity } from './wiz/entity.ts';
import { epssOf, isWizThreat, wizLine as line, wizMeaning, wizStatus, wizTime } from './wiz/meaning.ts';

/** Wiz's CSV: the issues export (`Created At,Title,…,Issue ID`) and the vulnerability report (`ID,WizURL,Name,…,DetailedName`). */
export const wizCsv: Format = {
  name: 'wiz-csv',
  kind: 'findings',
  source: 'wiz',
  description: 'Wiz CSV: issues export and vulnerability report',
  containers: [{ kind: 'csv', delimiters: [',', ';'] }],
  detect,
  parse,
};

function detect(sample: Sample): number {
  const cells = new Set(sample.header.map((cell) => cell.trim()));
  const has = (...names: readonly string[]): boolean => names.every((name) => cells.has(name));
  if (has('Issue ID', 'Title', 'Severity') && (cells.has('Wiz URL') || cells.has('Control ID') || cells.has('Resource vertex ID'))) return 96;
  return has('Name', 'DetailedName') && (cells.has('WizURL') || cells.has('VendorSeverity')) ? 96 : 0;
}

function parse(record: unknown): Result<Normalized> {
  if (!isObject(record)) return err('record: not a row');
  const draft = Object.hasOwn(record, 'DetailedName') || Object.hasOwn(record, 'FindingStatus') ? vulnerabilityDraft(record) : issueDraft(record);
  return draft.ok ? ok({ findings: [draft.value] }) : draft;
}

function issueDraft(row: unknown): Result<FindingDraft> {
  const id = str(row, 'Issue ID');
  if (id === undefined) return err('Issue ID: missing');
  const title = str(row, 'Title')?.trim();
  const checkId = str(row, 'Control ID') ?? title;
  if (checkId === undefined) return err('Title: missing, and no Control ID');
  const platform = str(row, 'Resource Platform') ?? str(row, 'Cloud Platform');
  const account = str(row, 'Subscription ID'), region = str(row, 'Resource Region');
  const type = str(row, 'Resource Type');
  const entity = wizEntity({
    ids: [str(row, 'Resource external ID')], type, nativeType: type, platform, account, region, consoleUrl: str(row, 'Cloud Provider URL'), name: str(row, 'Resource Name'),
  });
  if (entity === undefined) return err('Resource external ID: missing, and no Resource Name');
  const description = str(row, 'Description');
  const cve = /\bCVE-\d{4}-\d{4,}\b/.exec(title ?? '')?.[0];
  const tags = readTags(str(row, 'Resource Tags'));
  return ok({
    source: 'wiz', source_id: id, ...wizMeaning(checkId, title, isWizThreat(title), []), ...entity, check_id: checkId, title: title ?? checkId,
    ...(description !== undefined && { description }),
    severity_reported: severityOfLabel(str(row, 'Severity')), status: wizStatus(str(row, 'Status')),
    evidence: [
      ...line('projects', str(row, 'Project Names')), ...line('resolution', str(row, 'Resolution')), ...line('resource status', str(row, 'Resource Status')), ...line('note', str(row, 'Note')),
      ...line('ticket', str(row, 'Ticket URLs')), ...line('cluster', str(row, 'Kubernetes Cluster')), ...line('namespace', str(row, 'Kubernetes Namespace')), ...line('address', str(row, 'Wiz URL')),
    ],
    ...(account !== undefined && { account }), ...(region !== undefined && { region }),
    discovered: wizTime(str(row, 'Created At')), updated: wizTime(str(row, 'Resolved Time')), compliance: [],
    ...(cve !== undefined && { vulnerability: { cve } }), ...(tags && { tags }),
  });
}

const isTrue = (text: string | undefined): boolean | undefined => text === undefined ? undefined : /^(true|yes|1)$/i.test(text);

function vulnerabilityDraft(row: unknown): Result<FindingDraft> {
  const id = str(row, 'ID');
  if (id === undefined) return err('ID: missing');
  const name = str(row, 'Name');
  if (name === undefined) return err('Name: missing');
  const account = str(row, 'SubscriptionExternalId'), region = str(row, 'AssetRegion');
  const type = str(row, 'AssetType') ?? typeInId(str(row, 'ProviderUniqueId'));
  const entity = wizEntity({
    ids: [str(row, 'ProviderUniqueId')], type, nativeType: str(row, 'AssetNativeType'), platform: str(row, 'CloudPlatform'), account, region,
    consoleUrl: str(row, 'CloudProviderURL'), name: str(row, 'AssetName') ?? str(row, 'AssetID'),
  });
  if (entity === undefined) return err('ProviderUniqueId: missing, and no AssetName or AssetID');
  const pack = str(row, 'DetailedName');
  const description = str(row, 'Description');
  const tags = readTags(str(row, 'Tags'));
  return ok({
    source: 'wiz', source_id: id, kind: 'vulnerability', ...entity, issue_type: 'vulnerable_package', issue_mapped: true, check_id: name, title: pack === undefined ? name : `${name} in ${pack}`,
    ...(description !== undefined && { description }),
    severity_reported: severityOfLabel(str(row, 'VendorSeverity') ?? str(row, 'CVSSSeverity') ?? str(row, 'Severity')), status: wizStatus(str(row, 'FindingStatus')),
    evidence: [
      ...line('exploit known', str(row, 'HasExploit')), ...line('location', str(row, 'LocationPath')), ...line('detected by', str(row, 'DetectionMethod')), ...line('remediation', str(row, 'Remediation')),
      ...line('operating system', str(row, 'OperatingSystem')), ...line('addresses', str(row, 'IpAddresses')), ...line('projects', str(row, 'Projects')), ...line('resolution', str(row, 'ResolutionReason')),
    ],
    ...(account !== undefined && { account }), ...(region !== undefined && { region }),
    discovered: wizTime(str(row, 'FirstDetected')), updated: wizTime(str(row, 'LastDetected')), attack: [], compliance: [],
    vulnerability: vulnerabilityOf(row, name, pack), ...(tags && { tags }),
  });
}

function vulnerabilityOf(row: unknown, name: string, pack: string | undefined): NonNullable<FindingDraft['vulnerability']> {
  const kev = isTrue(str(row, 'HasCisaKevExploit'));
  const installed = str(row, 'Version'), fixed = str(row, 'FixedVersion');
  const score = Number(str(row, 'Score') ?? str(row, 'CVSSScore') ?? Number.NaN), epss = epssOf(str(row, 'EpssProbability'), str(row, 'EpssPercentile'));
  return {
    ...(/^CVE-\d{4}-\d+$/i.test(name) && { cve: name.toUpperCase() }), ...(kev !== undefined && { kev }),
    ...(Number.isFinite(score) && { cvss: score }), ...(epss !== undefined && { epss }),
    ...(pack !== undefined && { package: pack }), ...(installed !== undefined && { installed_version: installed }), ...(fixed !== undefined && { fixed_version: fixed }),
  };
}

/** The report names no asset type; Google's and Azure's ids carry one (`…/instances/<name>`). */
const typeInId = (id: string | undefined): string | undefined => /\/([A-Za-z]+)\/[^/]+$/.exec(id ?? '')?.[1];
