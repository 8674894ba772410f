import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import type { FindingDraft, FindingStatus, Severity } from '#shared/model/finding.ts';
import type { RecordContext, Sample } from '../../ports.ts';
import { severityOfLabel } from '../severity-label.ts';
import type { Format } from './format.ts';
import { packageFindings } from './packages/package-findings.ts';

/** Semgrep's JSON (`semgrep scan --json`, `semgrep ci --json`): code, secrets and supply chain. Source: semgrep-interfaces, semgrep_output_v1. */
export const semgrep: Format = {
  name: 'semgrep', kind: 'findings', source: 'semgrep', description: 'Semgrep JSON (code, secrets, supply chain)',
  containers: [{ kind: 'json-path', paths: ['results'], emptyOk: true }],
  detect, parse,
};

function detect({ document }: Sample): number {
  // Keys are sorted: what was scanned stands before the results, and can be more than a recognition looks at.
  if (isObject(document) && document['results'] === undefined && Array.isArray(document['errors']) && Array.isArray(at(document, 'paths', 'scanned'))) return 75;
  if (!isObject(document) || !Array.isArray(document['results'])) return 0;
  const [first] = document['results'];
  if (str(first, 'check_id') !== undefined && str(first, 'path') !== undefined && isObject(at(first, 'extra'))) return 94;
  return document['results'].length === 0 && Array.isArray(document['errors']) && isObject(at(document, 'paths')) ? 80 : 0;
}

function parse(record: unknown, context: RecordContext): ReturnType<Format['parse']> {
  if (!isObject(record)) return err('results: the item is not an object');
  const id = str(record, 'check_id'), path = str(record, 'path');
  if (id === undefined) return err('check_id is missing');
  if (path === undefined) return err('path is missing');
  const extra = at(record, 'extra'), dependency = at(extra, 'sca_info', 'dependency_match', 'found_dependency');
  return ok({ findings: isObject(dependency) ? supplyChain(record, id, path, dependency, context) : [weakness(record, id, path)] });
}

/** A result that a `nosemgrep` comment or a triage takes away is still told. */
const statusOf = (record: unknown): FindingStatus => (at(record, 'extra', 'is_ignored') === true ? 'suppressed' : 'open');

/** Until 1.60 a rule had a level; since then it may have a severity. */
function severityOf(record: unknown): Severity {
  const word = str(record, 'extra', 'severity')?.toUpperCase(), levels: Readonly<Record<string, Severity>> = { ERROR: 'high', WARNING: 'medium', INFO: 'low', INVENTORY: 'informational', EXPERIMENT: 'informational' };
  return word !== undefined && Object.hasOwn(levels, word) ? levels[word] ?? 'unknown' : severityOfLabel(word);
}

const weaknesses = (record: unknown): readonly string[] => list(record, 'extra', 'metadata', 'cwe').flatMap((text) => /CWE-\d+/i.exec(String(text))?.[0].toUpperCase() ?? []);

/** Without a login there is no fingerprint, but words in its place. */
function printOf(record: unknown): string | undefined {
  const print = str(record, 'extra', 'fingerprint');
  return print === undefined || /\s/.test(print) ? undefined : print;
}

function weakness(record: unknown, id: string, path: string): FindingDraft {
  const line = str(record, 'start', 'line'), message = str(record, 'extra', 'message')?.trim(), cwes = weaknesses(record), metadata = at(record, 'extra', 'metadata');
  const isSecret = cwes.includes('CWE-798') || str(metadata, 'category') === 'secrets' || /(^|[.-])secrets?([.-]|$)/i.test(id) || isObject(at(metadata, 'secret_type'));
  const told = (label: string, key: string): readonly string[] => { const text = str(metadata, key); return text === undefined ? [] : [`${label}: ${text}`]; };
  return {
    source: 'semgrep', source_id: [path, id, printOf(record) ?? [line, str(record, 'start', 'col'), str(record, 'end', 'line')].map((part) => part ?? '').join(':')].join('|'), kind: 'posture', entity: path, entity_type: 'file', aliases: [],
    issue_type: isSecret ? 'secret_exposed' : 'code_weakness', issue_mapped: true, check_id: id, title: (message?.split('\n')[0] ?? id).slice(0, 500), ...(message !== undefined && { description: message }), severity_reported: severityOf(record), status: statusOf(record),
    evidence: [`${path}${line === undefined ? '' : `:${line}`}`, ...cwes, ...told('confidence', 'confidence'), ...told('likelihood', 'likelihood'), ...told('impact', 'impact'), ...validity(record)], attack: [], compliance: list(metadata, 'owasp').map((item) => `OWASP: ${String(item)}`), discovered: undefined,
  };
}

const validity = (record: unknown): readonly string[] => { const state = str(record, 'extra', 'validation_state'); return state === undefined || state === 'NO_VALIDATOR' ? [] : [`validation: ${state}`]; };

function supplyChain(record: unknown, id: string, path: string, dependency: unknown, context: RecordContext): readonly FindingDraft[] {
  const metadata = at(record, 'extra', 'metadata'), sca = at(record, 'extra', 'sca_info'), reachable = at(sca, 'reachable');
  const lockfile = str(sca, 'dependency_match', 'lockfile') ?? path, advisory = str(metadata, 'sca-vuln-database-identifier') ?? str(metadata, 'ghsa') ?? id;
  return packageFindings({
    source: 'semgrep', about: { entity: lockfile === '' ? context.path : lockfile, entity_type: 'file', aliases: [] }, id: advisory, others: [str(metadata, 'cve'), id], package: str(dependency, 'package'), installed: str(dependency, 'version'),
    fixed: list(metadata, 'sca-fix-versions').flatMap((fix) => (isObject(fix) ? Object.values(fix) : [fix])).map(String), range: str(sca, 'dependency_match', 'dependency_pattern', 'semver_range'), title: str(record, 'extra', 'message')?.split('\n')[0], severity: severityOf(record), status: statusOf(record),
    evidence: [typeof reachable === 'boolean' ? `reachable: ${reachable ? 'yes' : 'not shown'}` : undefined, reachable === true ? `${path}:${str(record, 'start', 'line') ?? ''}` : undefined],
  });
}
