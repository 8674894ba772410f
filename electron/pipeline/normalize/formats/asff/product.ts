import { at, list, str } from '#shared/lib/json.ts';
import type { EntityType, FindingKind } from '#shared/model/finding.ts';
import { describeIssue, type IssueTypeName } from '#shared/model/issue-types.ts';
import { awsEntity } from '../../aws-entity.ts';
import { cloudIssue, type IssueFields } from '../../aws-issue.ts';
import { guarddutyMeaning, isGuarddutyType, typeFromAsff } from '../../guardduty-type.ts';
import { remembered } from '../../remembered.ts';
import { controlIssue } from '../../securityhub-controls.ts';

/** What the producing product says the finding is. */
export interface AsffMeaning {
  readonly check_id: string;
  readonly kind: FindingKind;
  readonly issue_type: string;
  readonly issue_mapped: boolean;
  readonly issue_guessed?: true;
  readonly attack: readonly string[];
}

/** A product's name in the form of its ARN: without who makes it, in lower case, with dashes. */
export const productSlug = (text: string): string => text.toLowerCase().replace(/^(aws|amazon|iam)\s+/, '').replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
const known: Readonly<Record<string, string>> = { 'security-hub': 'securityhub', 'aws-config': 'config', analyzer: 'access-analyzer', inspector2: 'inspector', 'inspector-classic': 'inspector', macie2: 'macie' };

/**
 * The product that made the finding as a short stable slug: `securityhub` for Security Hub's own controls, else `guardduty`,
 * `inspector`, `macie`, `access-analyzer`, `config`, `prowler`, … The product ARN is the authority (ProductName can be anything).
 */
export function asffSource(finding: unknown): string {
  const generator = str(finding, 'GeneratorId') ?? '';
  if (/^prowler-/i.test(generator) || str(finding, 'ProductFields', 'ProviderName')?.toLowerCase() === 'prowler') return 'prowler';
  if (/^trivy\b/i.test(generator)) return 'trivy';
  const product = /:product\/([^/]+)\/([^/]+)$/.exec(str(finding, 'ProductArn') ?? '');
  const isCustom = product === null || product[2] === 'default' || /^\d{12}$/.test(product[1] ?? '');
  const name = isCustom ? customName(finding) : product[2];
  const text = productSlug(name ?? '');
  if (text === '' || text === 'default') return text === '' && /securityhub|security-control|foundational|cis-aws/.test(generator) ? 'securityhub' : 'asff';
  return Object.hasOwn(known, text) ? known[text] ?? text : text;
}

/** Who imports findings of its own product has only the default one's ARN, and Security Hub writes `Default` as its name: then a field of its own tells. */
function customName(finding: unknown): string | undefined {
  const names = [str(finding, 'ProductName'), ...['aws/securityhub/ProductName', 'ProviderName', 'Product Name', 'ProductName'].map((key) => str(finding, 'ProductFields', key))];
  return names.find((name) => name !== undefined && name.toLowerCase() !== 'default');
}

/** The control id of a Security Hub check: `S3.8`, or `CIS.1.6` for a rule number of the CIS benchmark. */
export function controlId(finding: unknown): string | undefined {
  const generator = (str(finding, 'GeneratorId') ?? '').slice(0, 300);
  const fromGenerator = /(?:^|\/)([A-Za-z][A-Za-z0-9]*\.\d+|(?:CIS\.|PCI\.)?[A-Za-z0-9]*\.?\d+(?:\.\d+)+)$/.exec(generator)?.[1];
  const id = str(finding, 'Compliance', 'SecurityControlId') ?? str(finding, 'ProductFields', 'ControlId') ?? str(finding, 'ProductFields', 'RuleId') ?? fromGenerator;
  return id !== undefined && /^\d+(\.\d+)+$/.test(id) ? `CIS.${id}` : id;
}

/** Standards and requirements that the finding names, e.g. `CIS-AWS-1.2.0: 1.6`, `AWS-FSBP-1.0.0: S3.8`, and the related requirements as written. */
export function asffCompliance(finding: unknown): readonly string[] {
  const control = controlId(finding);
  const standards = [
    str(finding, 'ProductFields', 'StandardsArn') ?? str(finding, 'ProductFields', 'StandardsGuideArn') ?? str(finding, 'GeneratorId'),
    ...list(finding, 'Compliance', 'AssociatedStandards').map((standard) => str(standard, 'StandardsId')),
  ].flatMap((text) => standardName(text) ?? []);
  const related = list(finding, 'Compliance', 'RelatedRequirements').flatMap((item) => str(item) ?? []);
  const own = control === undefined ? [] : standards.map((standard) => `${standard}: ${control.replace(/^CIS\./, '')}`);
  return [...new Set([...own, ...related])];
}

const standardName = (text: string | undefined): string | undefined => standardIn(text ?? '') || undefined;

/** '' when it names none. */
const standardIn = remembered((text: string): string => {
  const m = /(?:^|\/)([a-z][a-z0-9-]+)\/v\/([\w.]+)/.exec(text);
  if (m?.[1] === undefined || m[2] === undefined) return '';
  const names: Readonly<Record<string, string>> = { 'cis-aws-foundations-benchmark': 'CIS-AWS', 'aws-foundational-security-best-practices': 'AWS-FSBP', 'pci-dss': 'PCI-DSS', 'nist-800-53': 'NIST-800-53' };
  return `${Object.hasOwn(names, m[1]) ? names[m[1]] ?? m[1] : m[1]}-${m[2]}`;
});

/** The types as `namespace/category/classifier`. CrowdStrike's gateway writes the three parts one by one (`Namespace: TTPs`), Deep Security's `TPPs`. */
function typesOf(finding: unknown): readonly string[] {
  const all = [...list(finding, 'Types'), ...list(finding, 'FindingProviderFields', 'Types')].flatMap((type) => str(type) ?? []);
  const parts = ['Namespace', 'Category', 'Classifier'].flatMap((part) => all.find((type) => type.startsWith(`${part}: `))?.slice(part.length + 2) ?? []);
  return [...(parts.length > 1 ? [parts.join('/')] : []), ...all.map((type) => type.replace(/^TPPs\//, 'TTPs/'))];
}

/** Products that report what happens on a host or in traffic and nothing else (Security Hub user guide, "Third-party product integrations"). */
const detectors: ReadonlySet<string> = new Set(['crowdstrike-falcon', 'deep-security', 'sophos-server-protection', 'endpoint-protection', 'cognito-detect', 'cyberark-pta', 'falco', 'f5-advanced-waf', 'fortigate', 'imperva-attack-analytics', 'cloudguard-iaas', 'antivirus-for-amazon-s3']);

/** What the finding reports: the tool's check id, the kind, the issue in the taxonomy's words. */
export function asffMeaning(finding: unknown, source: string): AsffMeaning {
  const types = typesOf(finding);
  const title = str(finding, 'Title');
  const native = types.map(typeFromAsff).find((type) => type !== undefined);
  if (isGuarddutyType(native) && source !== 'macie') {
    const { issue, kind, attack } = guarddutyMeaning(native);
    return { check_id: native, kind, attack, ...(issue === undefined ? { issue_type: native, issue_mapped: false } : { issue_type: issue, issue_mapped: true }) };
  }
  const isDetector = detectors.has(source) || list(finding, 'Malware').length > 0;
  if (list(finding, 'Vulnerabilities').length > 0 || (!isDetector && isVulnerability(finding, types))) return vulnerabilityMeaning(finding, title);
  if (source === 'inspector' && types.some((type) => type.includes('Network Reachability'))) return { check_id: 'NETWORK_REACHABILITY', kind: 'posture', attack: [], issue_type: 'open_port', issue_mapped: true };
  if (source === 'access-analyzer') return accessAnalyzerMeaning(finding, types, title);
  if (source === 'macie') return macieMeaning(native, types, title);
  const id = checkId(finding, source), check = id ?? title ?? types[0] ?? 'unknown';
  // Some of Security Hub's own controls are of a type that elsewhere means a detection (`Effects/Data Exposure`).
  const isDetection = isDetector || (source !== 'securityhub' && types.some((type) => /^(TTPs|Effects|Unusual Behaviors|Sensitive Data Identifications)\b/.test(type)));
  const control = source === 'securityhub' ? controlIssue(check) : undefined;
  const tactic = list(finding, 'Malware').length > 0 ? 'malware' : isDetection ? types.map(tacticIssue).find((issue) => issue !== undefined) : undefined;
  const told = control !== undefined ? { issue_type: control, issue_mapped: true } : wordIssue(finding, source, check, id, tactic);
  // What such a product names (the hole that was tried) is not what it found.
  const issue = isDetector && describeIssue(told.issue_type, 'detection').plan !== 'detection' ? { issue_type: check, issue_mapped: false } : told;
  return { check_id: check, kind: isDetection ? 'detection' : 'posture', attack: [], ...issue };
}

/** Security Hub's own titles belong to the control; those of other products are written for the finding. What a fixed list says (a tactic) goes before such words. */
function wordIssue(finding: unknown, source: string, check: string, id: string | undefined, tactic: IssueTypeName | undefined): IssueFields {
  const title = str(finding, 'Title'), isOwn = source === 'securityhub';
  const told = isOwn ? cloudIssue(check, { ids: [], rule: [title, str(finding, 'Description')] }) : cloudIssue(check, { ids: [id], free: [title] });
  return tactic !== undefined && (!told.issue_mapped || told.issue_guessed) ? { issue_type: tactic, issue_mapped: true } : told;
}

function checkId(finding: unknown, source: string): string | undefined {
  if (source === 'securityhub') return controlId(finding) ?? str(finding, 'GeneratorId');
  if (source === 'config') return str(finding, 'ProductFields', 'aws/config/ConfigRuleName') ?? str(finding, 'Title');
  const generator = str(finding, 'GeneratorId');
  // Of these the generator is the machine, the cluster or the account, and the title the check's.
  if (/^(ssm-patch-manager|iot-device-defender|falco)/.test(source)) return str(finding, 'Title') ?? generator;
  return source === 'prowler' ? generator?.replace(/^prowler-/i, '') : generator;
}

/** The type alone, without a vulnerability's id, is also what some products give for any check: then what it is about, and its words, tell. */
function isVulnerability(finding: unknown, types: readonly string[]): boolean {
  if (!types.some((type) => /\/Vulnerabilities\b/.test(type))) return false;
  if (vulnerabilityId(finding) !== undefined) return true;
  if (holdsNoSoftware.has(awsEntity(str(finding, 'Resources', 0, 'Id') ?? '', str(finding, 'Resources', 0, 'Type'), {}).entity_type)) return false;
  return cloudIssue('', { ids: [str(finding, 'GeneratorId')], free: [str(finding, 'Title')] }).issue_type !== 'secret_exposed' && !types.some((type) => type.startsWith('Sensitive Data Identifications'));
}

const holdsNoSoftware: ReadonlySet<EntityType> = new Set(['bucket', 'user', 'role', 'group', 'policy', 'access_key', 'secret_key', 'sg', 'nacl', 'vpc', 'subnet', 'route_table', 'gateway', 'trail', 'certificate']);

function vulnerabilityId(finding: unknown): string | undefined {
  const first = list(finding, 'Vulnerabilities')[0];
  return str(first, 'Id') ?? /\b(CVE-\d{4}-\d+|GHSA-[\w-]+|CWE-\d+)\b/i.exec(`${str(finding, 'Title') ?? ''} ${str(finding, 'GeneratorId') ?? ''}`)?.[1];
}

function vulnerabilityMeaning(finding: unknown, title: string | undefined): AsffMeaning {
  const id = vulnerabilityId(finding);
  const isCode = id?.startsWith('CWE-') === true && list(finding, 'Vulnerabilities', 0, 'VulnerablePackages').length === 0;
  return { check_id: id ?? str(finding, 'GeneratorId') ?? title ?? 'vulnerability', kind: 'vulnerability', attack: [], issue_type: isCode ? 'code_weakness' : 'vulnerable_package', issue_mapped: true };
}

/** IAM Access Analyzer: outside access to a resource, or (its type says so) access that nobody uses. Its title has the resource's name in it, which says nothing. */
function accessAnalyzerMeaning(finding: unknown, types: readonly string[], title: string | undefined): AsffMeaning {
  const check_id = types[0]?.split('/').at(-1) ?? 'External Access Granted', id = str(finding, 'Resources', 0, 'Id') ?? '';
  const said = (title ?? '').replaceAll(id === '' ? '\0' : id, '').replaceAll(/\S*[/:]\S*/g, ''), text = `${said} ${check_id}`.toLowerCase();
  const resource = str(finding, 'Resources', 0, 'Type') ?? '';
  const principal = JSON.stringify(at(finding, 'ProductFields') ?? '');
  const isPublic = /\bpublic\b/.test(text) || /"External Principal":"\*"/.test(principal);
  let issue: IssueTypeName = isPublic ? 'public_access' : 'cross_account_access';
  if (/unused/.test(text)) issue = /access key|password/.test(text) ? 'stale_credential' : 'overprivileged_identity';
  else if (/^AwsIamRole$|^AWS::IAM::Role$/.test(resource)) issue = 'external_trust';
  else if (isPublic && /Snapshot/.test(resource)) issue = 'public_snapshot';
  return { check_id, kind: 'posture', attack: [], issue_type: issue, issue_mapped: true };
}

/** Macie's finding types (Macie user guide, "Types of findings"): policy findings are posture, found sensitive data is a detection. */
export function macieMeaning(native: string | undefined, types: readonly string[], title: string | undefined): AsffMeaning {
  const check_id = native ?? types[0] ?? title ?? 'macie';
  const policy: readonly (readonly [RegExp, IssueTypeName])[] = [
    [/Encryption/, 'encryption_disabled'], [/BucketPublic|BlockPublicAccess/, 'public_access'], [/Shared|Replicated/, 'cross_account_access'],
  ];
  const issue = check_id.startsWith('Policy:') ? policy.find(([pattern]) => pattern.test(check_id))?.[1] ?? 'misconfiguration' : 'sensitive_data_exposure';
  return { check_id, kind: check_id.startsWith('Policy:') ? 'posture' : 'detection', attack: [], issue_type: issue, issue_mapped: true };
}

const tactics: readonly (readonly [RegExp, IssueTypeName])[] = [
  [/^TTPs\/Malware/, 'malware'], [/^TTPs\/Initial Access/, 'suspicious_login'], [/^TTPs\/Execution/, 'execution'], [/^TTPs\/Persistence/, 'persistence'], [/^TTPs\/Privilege Escalation/, 'privilege_escalation'],
  [/^TTPs\/Defense Evasion/, 'defense_evasion'], [/^TTPs\/Credential Access/, 'credential_access'], [/^TTPs\/Discovery/, 'reconnaissance'], [/^TTPs\/Lateral Movement/, 'lateral_movement'],
  [/^TTPs\/Collection|^Effects\/Data Exfiltration/, 'data_exfiltration'], [/^TTPs\/Command and Control/, 'command_and_control'], [/^Effects\/Denial of Service/, 'denial_of_service'],
  [/^Effects\/(Data Destruction|Resource Consumption)/, 'impact'], [/^Effects\/Data Exposure|^Sensitive Data Identifications/, 'sensitive_data_exposure'], [/^Unusual Behaviors/, 'anomalous_behavior'],
];
const tacticIssue = (type: string): IssueTypeName | undefined => tactics.find(([pattern]) => pattern.test(type))?.[1];
