import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft } from '#shared/model/finding.ts';
import type { Normalized, RecordContext, Sample } from '../../ports.ts';
import type { EntityId } from '../aws-entity.ts';
import { codeBlock } from '../code-block.ts';
import { portInText } from '../port-in-text.ts';
import { severityOfLabel } from '../severity-label.ts';
import type { Format } from './format.ts';
import { packageFindings, probabilityOf, scoreOf } from './packages/package-findings.ts';
import { wizLine, wizMeaning, wizTime } from './wiz/meaning.ts';

const packages = ['osPackages', 'libraries', 'applications', 'cpes'];

/** Wiz CLI's JSON (`wizcli docker scan`, `wizcli dir scan`, `wizcli iac scan`): vulnerabilities of packages, secrets, and rules that infrastructure as code breaks. */
export const wizCli: Format = {
  name: 'wiz-cli', kind: 'findings', source: 'wiz', description: 'Wiz CLI scans of images, directories and infrastructure as code (JSON)',
  containers: [{ kind: 'json-path', paths: [...packages.map((name) => `result.${name}[].vulnerabilities`), 'result.secrets', 'result.ruleMatches[].matches'], emptyOk: true }],
  detect: ({ document }: Sample) => (str(document, 'scanOriginResource', '__typename')?.startsWith('CICDScanOrigin') === true && isObject(at(document, 'result')) ? 95 : 0),
  parse,
  redact: withoutSnippet,
};

/** What stands around a secret in its file can hold more of it than Wiz hides. */
function withoutSnippet(record: unknown): unknown {
  if (!isObject(record) || !('snippet' in record)) return record;
  const { snippet: _snippet, ...rest } = record;
  return rest;
}

function parse(record: unknown, context: RecordContext): Result<Normalized> {
  if (!isObject(record)) return err('result: the item is not an object');
  if (context.from.endsWith('.secrets')) return secret(record, context);
  return context.from.endsWith('.matches') ? ruleMatch(record, context) : vulnerability(record, context);
}

/** The image that was scanned, else the file: a scan of a directory is called whatever its user liked. */
function placeOf(context: RecordContext, path: string | undefined): EntityId {
  const origin = at(context.parents[0], 'scanOriginResource'), name = str(origin, 'name'), digest = str(origin, 'digest');
  const isImage = str(origin, '__typename')?.endsWith('Image') === true && name !== undefined;
  if (isImage) return { entity: name, entity_type: 'image', aliases: digest === undefined || digest === name ? [] : [digest] };
  return path === undefined ? { entity: name ?? context.path, entity_type: 'repository', aliases: [] } : { entity: path, entity_type: 'file', aliases: [] };
}

const scanned = (context: RecordContext): unknown => wizTime(at(context.parents[0], 'createdAt'));
const flag = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined);

function vulnerability(record: unknown, context: RecordContext): Result<Normalized> {
  const id = str(record, 'name'), pack = context.parents[1], path = str(pack, 'path');
  if (id === undefined) return err('vulnerabilities: name is missing');
  const fixed = str(record, 'fixedVersion'), hasExploit = flag(at(record, 'hasExploit'));
  return ok({ findings: packageFindings({
    source: 'wiz', about: placeOf(context, path), id, others: [], package: str(pack, 'name'), installed: str(pack, 'version'), fixed: fixed === undefined ? [] : [fixed], place: path,
    description: str(record, 'description'), severity: severityOfLabel(str(record, 'severity')), cvss: scoreOf(at(record, 'score')), epss: probabilityOf(at(record, 'epssProbability')), kev: flag(at(record, 'hasCisaKevExploit')),
    evidence: [...(hasExploit === undefined ? [] : [`exploit known: ${hasExploit ? 'yes' : 'no'}`]), str(record, 'source')], discovered: scanned(context),
  }) });
}

function secret(record: unknown, context: RecordContext): Result<Normalized> {
  const type = str(record, 'type') ?? 'SECRET', path = str(record, 'path'), line = str(record, 'lineNumber'), description = str(record, 'description'), place = placeOf(context, path);
  const draft: FindingDraft = {
    source: 'wiz', source_id: [place.entity, type, path, line, str(record, 'offset')].map((part) => part ?? '').join('|'), kind: 'posture', ...place, issue_type: 'secret_exposed', issue_mapped: true, check_id: type,
    title: (description ?? `Secret found: ${type}`).slice(0, 500), severity_reported: severityOfLabel(str(record, 'severity')), status: 'open', evidence: path === undefined ? [] : [`in ${path}${line === undefined ? '' : `:${line}`}`], discovered: scanned(context), attack: [], compliance: [],
  };
  return ok({ findings: [draft] });
}

function ruleMatch(record: unknown, context: RecordContext): Result<Normalized> {
  const match = context.parents[1], rule = at(match, 'rule'), name = str(rule, 'name')?.trim(), check = str(rule, 'shortId') ?? str(rule, 'id') ?? name, file = str(record, 'fileName'), resource = str(record, 'resourceName'), line = str(record, 'lineNumber');
  if (check === undefined) return err('ruleMatches: rule has neither shortId, id nor name');
  const place = file !== undefined && resource !== undefined ? codeBlock(file, resource, /terraform/i.test(str(record, 'fileType') ?? '')) : placeOf(context, file);
  const meaning = wizMeaning(check, name, false, []), port = meaning.issue_type === 'open_port' ? portInText(name) : undefined, description = str(rule, 'description');
  const draft: FindingDraft = {
    source: 'wiz', source_id: [place.entity, check, line, str(record, 'matchContent')].map((part) => part ?? '').join('|'), ...meaning, ...place, check_id: check, title: name ?? check, ...(description !== undefined && { description }),
    severity_reported: severityOfLabel(str(match, 'severity') ?? str(rule, 'severity')), status: 'open', discovered: scanned(context), compliance: [], ...(port !== undefined && { observables: { port } }),
    evidence: [...(file === undefined ? [] : [`${file}${line === undefined ? '' : `:${line}`}`]), ...wizLine('expected', str(record, 'expected')), ...wizLine('found', str(record, 'found')), ...list(match, 'failedPolicyMatches').flatMap((policy) => wizLine('policy', str(policy, 'policy', 'name')))],
  };
  return ok({ findings: [draft] });
}
