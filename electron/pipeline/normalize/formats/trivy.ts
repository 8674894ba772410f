import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import type { FindingDraft, FindingStatus, Vulnerability } from '#shared/model/finding.ts';
import type { RecordContext, Sample } from '../../ports.ts';
import { severityOfLabel } from '../severity-label.ts';
import type { Format } from './format.ts';
import { trivyEntity } from './trivy/entity.ts';
import { misconfigurationIssue } from './trivy/misconfiguration-issue.ts';

const lists = ['Vulnerabilities', 'Misconfigurations', 'Secrets', 'Licenses', 'ExperimentalModifiedFindings'];
/** `trivy k8s` nests the results in workloads: under `Resources` (0.40 on), under both of the other two before, under `Findings` in a summary. */
const resources = ['Resources[].', 'Vulnerabilities[].', 'Misconfigurations[].', 'Findings[].', ''];
/** `--compliance` puts the results under the controls that they belong to. */
const controls = 'Results[].';

/**
 * Trivy's JSON report: image, filesystem, repository, configuration, cloud and Kubernetes scans; schema 2 (`Results`), and schema 1, a
 * top-level array of results (before 0.20). Source: trivy docs, "Reporting", and pkg/types/report.go.
 */
export const trivy: Format = {
  name: 'trivy', kind: 'findings', source: 'trivy', description: 'Trivy JSON reports (image, filesystem, repository, configuration, Kubernetes, compliance)',
  containers: [{
    kind: 'json-path', emptyOk: true,
    paths: [...[...resources, controls].flatMap((prefix) => lists.map((name) => `${prefix}Results[].${name}`)), ...lists.map((name) => `[].${name}`)],
  }],
  detect,
  parse(record, context) {
    const name = context.from.slice(context.from.lastIndexOf('.') + 1);
    if (!isObject(record)) return err(`${name}: the item is not an object`);
    if (name !== 'ExperimentalModifiedFindings') return readItem(name, record, context, {});
    // A finding that a VEX document or .trivyignore took away (--show-suppressed): the finding itself stands inside.
    const inner = at(record, 'Finding');
    if (!isObject(inner)) return err('ExperimentalModifiedFindings: Finding is missing');
    const vex = vexOf(str(record, 'Status'));
    const why = [str(record, 'Statement'), str(record, 'Source')].filter((part) => part !== undefined).join(', ');
    return readItem(kinds[str(record, 'Type') ?? ''] ?? guessList(inner), inner, context, {
      status: 'suppressed', evidence: [`suppressed: ${[str(record, 'Status') ?? 'ignored', why].filter((part) => part !== '').join(', ')}`], ...(vex && { vex }),
    });
  },
};

const kinds: Readonly<Record<string, string>> = { vulnerability: 'Vulnerabilities', misconfiguration: 'Misconfigurations', secret: 'Secrets', license: 'Licenses' };
const guessList = (item: unknown): string =>
  str(item, 'VulnerabilityID') ? 'Vulnerabilities' : str(item, 'RuleID') ? 'Secrets' : str(item, 'Category') && str(item, 'Name') ? 'Licenses' : 'Misconfigurations';

function detect(sample: Sample): number {
  const { document } = sample;
  const first: unknown = Array.isArray(document) ? document[0] : document;
  if (Array.isArray(document)) return str(first, 'Target') !== undefined && (isObject(first) && (lists.some((name) => Object.hasOwn(first, name)) || str(first, 'Type') !== undefined)) ? 80 : 0;
  if (!isObject(first)) return 0;
  if (str(first, 'SchemaVersion') === '2' && (str(first, 'ArtifactName') !== undefined || Array.isArray(at(first, 'Results')))) return 95;
  if (str(first, 'ClusterName') !== undefined && resources.some((prefix) => Object.hasOwn(first, prefix.replace('[].', '')))) return 90;
  if (list(first, 'Results').some((control) => str(control, 'ID') !== undefined && str(control, 'Name') !== undefined && (list(control, 'Results').some((result) => str(result, 'Target') !== undefined) || at(control, 'Results') === null))) return 85;
  const target: unknown = at(first, 'Results', 0);
  return str(target, 'Target') !== undefined ? 80 : 0;
}

type Item = Readonly<Record<string, unknown>>;
interface Extra { readonly status?: FindingStatus; readonly evidence?: readonly string[]; readonly vex?: NonNullable<Vulnerability['vex']> }

function readItem(name: string, item: Item, context: RecordContext, extra: Extra): ReturnType<Format['parse']> {
  const report = context.parents[0], control = context.from.startsWith(`${controls}Results[].`) ? context.parents[1] : undefined;
  const about = trivyEntity(item, control === undefined ? context : { ...context, parents: [report, context.parents[2]] });
  const requirement = control === undefined ? undefined : `${str(report, 'ID') ?? str(report, 'Title') ?? 'compliance'}: ${str(control, 'ID') ?? ''}`;
  const base = {
    source: 'trivy', ...about, severity_reported: severityOfLabel(str(item, 'Severity')), attack: [], compliance: requirement === undefined ? [] : [requirement],
    status: extra.status ?? 'open', discovered: at(report, 'CreatedAt'), ...(requirement !== undefined && { apart: requirement }),
  } as const;
  const done = (own: Omit<FindingDraft, keyof typeof base | 'source_id'>, ...id: readonly (string | undefined)[]): ReturnType<Format['parse']> => {
    const source_id = [about.entity, about.target, own.check_id, ...id].map((part) => part ?? '').join('|');
    const { target: _target, ...rest } = base;
    return ok({ findings: [{ ...rest, ...own, source_id, evidence: [...own.evidence, ...(extra.evidence ?? [])] }] });
  };
  switch (name) {
    case 'Vulnerabilities': return readVulnerability(item, extra, done);
    case 'Misconfigurations': return readMisconfiguration(item, extra, done);
    case 'Secrets': return readSecret(item, done);
    case 'Licenses': return readLicense(item, done);
    default: return err(`${name} is not a list that Trivy writes`);
  }
}
type Own = Omit<FindingDraft, 'source' | 'entity' | 'entity_type' | 'aliases' | 'severity_reported' | 'attack' | 'compliance' | 'status' | 'discovered' | 'source_id' | 'account' | 'region'> & { readonly status?: FindingStatus };
type Done = (own: Own, ...id: readonly (string | undefined)[]) => ReturnType<Format['parse']>;

const text = (field: 'description', value: string | undefined): { readonly description?: string } => (value === undefined ? {} : { [field]: value });

function readVulnerability(item: Item, extra: Extra, done: Done): ReturnType<Format['parse']> {
  const id = str(item, 'VulnerabilityID'), pkg = str(item, 'PkgName') ?? str(item, 'PkgID');
  if (id === undefined) return err('VulnerabilityID is missing');
  const installed = str(item, 'InstalledVersion'), fixed = str(item, 'FixedVersion');
  const cvss = highestCvss(item), vex = extra.vex ?? vexOf(str(item, 'Status'));
  return done({
    kind: 'vulnerability', issue_type: 'vulnerable_package', issue_mapped: true, check_id: id, ...text('description', str(item, 'Description')),
    title: str(item, 'Title') ?? `${id} in ${pkg ?? 'an unnamed package'}`,
    evidence: [
      `${pkg ?? 'package'} ${installed ?? '(version unknown)'}${fixed === undefined ? ', no fixed version' : `, fixed in ${fixed}`}`,
      ...(str(item, 'PkgPath') === undefined ? [] : [`at ${str(item, 'PkgPath')}`]), ...(str(item, 'PrimaryURL') === undefined ? [] : [str(item, 'PrimaryURL') ?? '']),
    ],
    vulnerability: {
      cve: id, ...(pkg !== undefined && { package: pkg }), ...(installed !== undefined && { installed_version: installed }),
      ...(fixed !== undefined && { fixed_version: fixed }), ...(cvss !== undefined && { cvss }), ...(vex !== undefined && { vex }),
    },
  }, pkg, installed, str(item, 'PkgPath'));
}

/** Trivy's vulnerability states (pkg/dependency/status): `fixed` there means that a fix exists, which says nothing about this package. */
function vexOf(status: string | undefined): Vulnerability['vex'] {
  if (status === 'not_affected' || status === 'under_investigation') return status;
  return status !== undefined && ['affected', 'will_not_fix', 'fix_deferred', 'end_of_life'].includes(status) ? 'affected' : undefined;
}

function highestCvss(item: Item): number | undefined {
  const sources = at(item, 'CVSS');
  const scores = isObject(sources) ? Object.values(sources) : [];
  const of = (key: string): readonly number[] => scores.map((s) => at(s, key)).filter((n) => typeof n === 'number' && n >= 0 && n <= 10).map(Number);
  const current = [...of('V3Score'), ...of('V40Score')];
  const all = current.length > 0 ? current : of('V2Score');
  return all.length === 0 ? undefined : Math.max(...all);
}

function readMisconfiguration(item: Item, extra: Extra, done: Done): ReturnType<Format['parse']> {
  const id = str(item, 'AVDID') ?? str(item, 'ID');
  if (id === undefined) return err('ID is missing');
  const title = str(item, 'Title') ?? str(item, 'Message') ?? id;
  const line = str(item, 'CauseMetadata', 'StartLine');
  const status = { PASS: 'passed', EXCEPTION: 'suppressed' } as const;
  const told = str(item, 'Status');
  return done({
    kind: 'posture', ...misconfigurationIssue(str(item, 'ID') ?? id, title, str(item, 'Type')), check_id: id, title, ...text('description', str(item, 'Description')),
    evidence: [str(item, 'Message'), str(item, 'Resolution'), str(item, 'CauseMetadata', 'Resource')].filter((line) => line !== undefined),
    status: extra.status ?? (told === 'PASS' || told === 'EXCEPTION' ? status[told] : 'open'),
  }, str(item, 'CauseMetadata', 'Resource'), line, str(item, 'Message'));
}

function readSecret(item: Item, done: Done): ReturnType<Format['parse']> {
  const id = str(item, 'RuleID');
  if (id === undefined) return err('RuleID is missing');
  const line = str(item, 'StartLine');
  return done({
    kind: 'posture', issue_type: 'secret_exposed', issue_mapped: true, check_id: id, title: str(item, 'Title') ?? `Secret found: ${id}`,
    evidence: [...(str(item, 'Category') === undefined ? [] : [`${str(item, 'Category')} secret`]), ...(line === undefined ? [] : [`line ${line}`]), ...list(item, 'Match').map(String)],
  }, line, str(item, 'EndLine'), str(item, 'Layer', 'DiffID'));
}

function readLicense(item: Item, done: Done): ReturnType<Format['parse']> {
  const name = str(item, 'Name');
  if (name === undefined) return err('Name is missing');
  const where = str(item, 'PkgName') ?? str(item, 'FilePath');
  return done({
    kind: 'compliance', issue_type: 'license_violation', issue_mapped: true, check_id: `license:${name}`, title: `Licence ${name}${where === undefined ? '' : ` of ${where}`}`,
    evidence: [`category ${str(item, 'Category') ?? 'unknown'}`],
  }, where, str(item, 'FilePath'));
}
