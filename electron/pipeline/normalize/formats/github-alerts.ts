import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import type { FindingDraft, FindingStatus, Severity, Vulnerability } from '#shared/model/finding.ts';
import type { RecordContext, Sample } from '../../ports.ts';
import { cloudIssue, type IssueFields } from '../aws-issue.ts';
import { severityOfLabel } from '../severity-label.ts';
import type { Format } from './format.ts';
import { packageFindings, probabilityOf, scoreOf } from './packages/package-findings.ts';
import { isCloudCheck } from './sarif/cloud-check.ts';
import { vulnerabilityId } from './sarif/vulnerability.ts';

/**
 * GitHub's alerts: Dependabot, code scanning and secret scanning, as the REST API lists them (`gh api …/alerts`) and as webhooks carry them.
 * Source: GitHub REST API documentation; octokit/webhooks. The secrets that were found are not kept.
 */
export const githubAlerts: Format = {
  name: 'github-alerts', kind: 'findings', source: 'github', description: 'GitHub alerts: Dependabot, code scanning, secret scanning (REST lists, webhooks)',
  containers: [{ kind: 'json' }],
  detect, parse, redact: withoutSecret,
};

function detect({ records }: Sample): number {
  return records.some((record) => kindOf(alertIn(record)) !== undefined && (addressOf(record) !== undefined || isObject(at(record, 'repository')))) ? 95 : 0;
}

type Kind = 'dependabot' | 'code-scanning' | 'secret-scanning';

/** A webhook wraps its alert. */
const alertIn = (record: unknown): unknown => (isObject(at(record, 'alert')) ? at(record, 'alert') : record);
const addressOf = (record: unknown): string | undefined => { const url = str(alertIn(record), 'html_url') ?? str(alertIn(record), 'url'); return url !== undefined && /\/(dependabot|code-scanning|secret-scanning)\//.test(url) ? url : undefined; };

function kindOf(alert: unknown): Kind | undefined {
  if (!isObject(alert) || str(alert, 'number') === undefined) return undefined;
  if (isObject(alert['security_advisory']) || isObject(alert['security_vulnerability'])) return 'dependabot';
  if (isObject(alert['rule']) && isObject(alert['tool'])) return 'code-scanning';
  return str(alert, 'secret_type') === undefined ? undefined : 'secret-scanning';
}

function withoutSecret(record: unknown): unknown {
  if (!isObject(record)) return record;
  const { secret: _secret, ...rest } = record;
  return isObject(rest['alert']) ? { ...rest, alert: withoutSecret(rest['alert']) } : rest;
}

interface Alert { readonly alert: unknown; readonly repository: string; readonly number: string; readonly status: FindingStatus; readonly created: unknown; readonly updated: unknown; readonly evidence: readonly string[]; readonly action: string | undefined }

function parse(record: unknown, _context: RecordContext): ReturnType<Format['parse']> {
  if (!isObject(record)) return err('alert: not an object');
  const alert = alertIn(record), kind = kindOf(alert), number = str(alert, 'number') ?? '';
  if (kind === undefined) return err('alert: neither of Dependabot, code scanning nor secret scanning (number with security_advisory, rule or secret_type)');
  const repository = repositoryOf(record, alert);
  if (repository === undefined) return err('repository: missing, and neither html_url nor url names it');
  const action = str(record, 'action'), status = statusOf(alert, action);
  const dates = ['updated_at', 'fixed_at', 'dismissed_at', 'auto_dismissed_at', 'resolved_at'].map((key) => at(alert, key)).filter((date) => date !== null && date !== undefined).map(String);
  const parts: Alert = { alert, repository, number, status, created: at(alert, 'created_at'), updated: dates.toSorted((a, b) => (a < b ? -1 : 1)).at(-1), action, evidence: whyOf(alert) };
  if (kind === 'dependabot') return ok({ findings: dependency(parts) });
  return ok({ findings: [kind === 'code-scanning' ? weakness(parts) : secret(parts)] });
}

function repositoryOf(record: unknown, alert: unknown): string | undefined {
  const told = str(record, 'repository', 'html_url') ?? str(alert, 'repository', 'html_url');
  if (told !== undefined) return told;
  const page = /^(https?:\/\/[^/]+\/[^/]+\/[^/]+)\/security\//.exec(str(alert, 'html_url') ?? '')?.[1];
  const api = /^https?:\/\/([^/]+?)(?:\/api\/v3)?\/repos\/([^/]+\/[^/]+)\//.exec(str(alert, 'url') ?? '');
  return page ?? (api === null ? undefined : `https://${(api[1] ?? '').replace(/^api\./, '')}/${api[2] ?? ''}`);
}

/** Webhooks of secrets and older ones leave out the state: what was done tells it. A secret that was revoked is gone, one that nobody minds is not. */
function statusOf(alert: unknown, action: string | undefined): FindingStatus {
  const state = str(alert, 'state')?.toLowerCase(), resolution = str(alert, 'resolution')?.toLowerCase();
  if (resolution !== undefined && state !== 'open') return resolution === 'revoked' || resolution === 'pattern_deleted' ? 'resolved' : 'suppressed';
  if (state === 'open') return 'open';
  if (state === 'dismissed' || state === 'auto_dismissed') return 'suppressed';
  if (state !== undefined) return str(alert, 'dismissed_reason') === undefined ? 'resolved' : 'suppressed';
  if (action === 'closed_by_user' || action === 'dismissed' || action === 'auto_dismissed') return 'suppressed';
  return action === 'fixed' || action === 'resolved' || action === 'revoked' ? 'resolved' : 'open';
}

const whyOf = (alert: unknown): readonly string[] => [['dismissed', 'dismissed_reason'], ['comment', 'dismissed_comment'], ['resolution', 'resolution'], ['comment', 'resolution_comment']]
  .flatMap(([label = '', key = '']) => { const text = str(alert, key); return text === undefined ? [] : [`${label}: ${text}`]; });

/** The alert's page, which its API address and webhook stand for as well. */
const idOf = ({ repository, number }: Alert, kind: Kind): string => `${repository}/security/${kind}/${number}`;

function dependency(parts: Alert): readonly FindingDraft[] {
  const { alert, repository, status } = parts, advisory = at(alert, 'security_advisory'), affected = at(alert, 'security_vulnerability'), manifest = str(alert, 'dependency', 'manifest_path');
  const id = str(advisory, 'ghsa_id') ?? str(advisory, 'cve_id') ?? 'advisory', score = [at(advisory, 'cvss_severities', 'cvss_v3', 'score'), at(advisory, 'cvss_severities', 'cvss_v4', 'score'), at(advisory, 'cvss', 'score')].map(scoreOf).find((found) => found !== undefined && found > 0);
  const drafts = packageFindings({
    source: 'github', about: { entity: manifest === undefined ? repository : `${repository}/${manifest.replace(/^\/+/, '')}`, entity_type: manifest === undefined ? 'repository' : 'file', aliases: manifest === undefined ? [] : [repository] }, id, others: [str(advisory, 'cve_id'), ...list(advisory, 'identifiers').map((item) => str(item, 'value'))],
    package: str(alert, 'dependency', 'package', 'name') ?? str(affected, 'package', 'name'), fixed: list(affected, 'first_patched_version', 'identifier').map(String), range: str(affected, 'vulnerable_version_range'), title: str(advisory, 'summary'), description: str(advisory, 'description'),
    severity: severityOfLabel(str(affected, 'severity') ?? str(advisory, 'severity')), cvss: score, epss: probabilityOf(at(advisory, 'epss', 'percentage')), status, evidence: [str(alert, 'dependency', 'scope') === undefined ? undefined : `scope: ${str(alert, 'dependency', 'scope') ?? ''}`, ...parts.evidence], discovered: parts.created,
  });
  return drafts.map((draft, i) => ({ ...draft, source_id: drafts.length === 1 ? idOf(parts, 'dependabot') : `${idOf(parts, 'dependabot')}#${draft.vulnerability?.cve ?? i}`, updated: parts.updated }));
}

/** An error without a security severity is a matter of quality or of a tool that tells none. */
function severityOf(rule: unknown): Severity {
  const told = severityOfLabel(str(rule, 'security_severity_level')), levels: Readonly<Record<string, Severity>> = { error: 'high', warning: 'medium', note: 'low', none: 'informational' }, level = str(rule, 'severity')?.toLowerCase();
  return told !== 'unknown' ? told : level !== undefined && Object.hasOwn(levels, level) ? levels[level] ?? 'unknown' : 'unknown';
}

function weakness(parts: Alert): FindingDraft {
  const { alert, repository, status } = parts, rule = at(alert, 'rule'), instance = at(alert, 'most_recent_instance') ?? list(alert, 'instances')[0], tool = str(alert, 'tool', 'name') ?? 'code scanning';
  const check = str(rule, 'id') ?? str(rule, 'name') ?? tool, path = str(instance, 'location', 'path'), line = str(instance, 'location', 'start_line'), text = str(instance, 'message', 'text');
  const vulnerable = vulnerabilityId(check, str(rule, 'name'));
  const weaknesses = list(rule, 'tags').flatMap((tag) => /cwe-0*(\d+)/i.exec(String(tag))?.[1] ?? []).map((n) => `CWE-${n}`), description = str(rule, 'full_description') ?? text;
  return {
    source: 'github', source_id: idOf(parts, 'code-scanning'), kind: vulnerable === undefined ? 'posture' : 'vulnerability', ...fileIn(repository, path), ...issueOf(check, tool, rule, vulnerable, weaknesses), check_id: check, title: (str(rule, 'description') ?? str(rule, 'name') ?? check).slice(0, 500),
    ...(description !== undefined && { description }), severity_reported: severityOf(rule), status, evidence: [`${tool}${path === undefined ? '' : `, ${path}${line === undefined ? '' : `:${line}`}`}`, ...weaknesses, ...(text === undefined ? [] : [text.slice(0, 500)]), ...parts.evidence],
    attack: [], compliance: [], discovered: parts.created, updated: parts.updated, ...(vulnerable !== undefined && { vulnerability: packageIn(vulnerable, text) }),
  };
}

/** Scanners of packages and of infrastructure send their results as code scanning, too. */
function issueOf(check: string, tool: string, rule: unknown, vulnerable: string | undefined, weaknesses: readonly string[]): IssueFields {
  if (vulnerable !== undefined) return { issue_type: 'vulnerable_package', issue_mapped: true };
  if (weaknesses.includes('CWE-798') || /gitleaks|trufflehog|secret/i.test(tool)) return { issue_type: 'secret_exposed', issue_mapped: true };
  return isCloudCheck(check, tool) ? cloudIssue(check, { ids: [check], rule: [str(rule, 'description'), str(rule, 'name')] }) : { issue_type: 'code_weakness', issue_mapped: true };
}

/** They name the package in lines of the message: `Package: openssl`, `Installed Version: 3.0.1`, `Fixed Version: 3.0.9`. */
function packageIn(id: string, text: string | undefined): Vulnerability {
  const line = (name: RegExp): string | undefined => name.exec(text ?? '')?.[1]?.trim() || undefined;
  const pack = line(/^Package:[ \t]*(\S.*)$/m), installed = line(/^(?:Installed )?Version:[ \t]*(\S.*)$/m), fixed = line(/^Fix(?:ed)? Version:[ \t]*(\S.*)$/m);
  return { cve: id, ...(pack !== undefined && { package: pack }), ...(installed !== undefined && { installed_version: installed }), ...(fixed !== undefined && /\d/.test(fixed) && { fixed_version: fixed }) };
}

const fileIn = (repository: string, path: string | undefined): Pick<FindingDraft, 'entity' | 'entity_type' | 'aliases'> =>
  (path === undefined ? { entity: repository, entity_type: 'repository', aliases: [] } : { entity: `${repository}/${path.replace(/^\/+/, '')}`, entity_type: 'file', aliases: [repository] });

/** GitHub rates no secrets; whether one still works is told where it can be tried. */
function secret(parts: Alert): FindingDraft {
  const { alert, repository, status } = parts, type = str(alert, 'secret_type') ?? 'secret', validity = str(alert, 'validity'), path = str(alert, 'first_location_detected', 'path');
  const flags = [['publicly_leaked', 'leaked in public'], ['multi_repo', 'in several repositories'], ['push_protection_bypassed', 'push protection was bypassed']].flatMap(([key = '', text = '']) => (at(alert, key) === true ? [text] : []));
  return {
    source: 'github', source_id: idOf(parts, 'secret-scanning'), kind: 'posture', ...fileIn(repository, path), issue_type: 'secret_exposed', issue_mapped: true, check_id: type, title: str(alert, 'secret_type_display_name') ?? `Secret found: ${type}`,
    severity_reported: 'unknown', status, evidence: [...(validity === undefined ? [] : [`validity: ${validity}`]), ...flags, ...parts.evidence], attack: [], compliance: [], discovered: parts.created, updated: parts.updated,
  };
}
