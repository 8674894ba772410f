import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import type { FindingDraft } from '#shared/model/finding.ts';
import type { RecordContext, Sample } from '../../ports.ts';
import { cloudIssue } from '../aws-issue.ts';
import { severityOfLabel } from '../severity-label.ts';
import type { Format } from './format.ts';
import { cvesIn, probabilityOf, scoreOf } from './packages/package-findings.ts';

/** ProjectDiscovery Nuclei (`-jsonl`, `-json-export`): versions 2 (`templateID`, then `template-id`) and 3. Source: nuclei documentation, "Output formats". */
export const nuclei: Format = {
  name: 'nuclei', kind: 'findings', source: 'nuclei', description: 'Nuclei results (JSON, JSONL)',
  containers: [{ kind: 'json' }],
  detect, parse,
};

const templateOf = (record: unknown): string | undefined => str(record, 'template-id') ?? str(record, 'templateID') ?? str(record, 'template_id');
const isResult = (value: unknown): boolean => isObject(value) && templateOf(value) !== undefined && isObject(value['info']) && str(value, 'info', 'name') !== undefined;
function detect({ records }: Sample): number { return records.some(isResult) ? 94 : 0; }

function parse(record: unknown, _context: RecordContext): ReturnType<Format['parse']> {
  if (!isObject(record)) return err('not a JSON object');
  const template = templateOf(record), matched = str(record, 'matched-at') ?? str(record, 'matched');
  if (template === undefined) return err('template-id is missing');
  const target = str(record, 'host') ?? matched ?? str(record, 'url') ?? str(record, 'ip');
  if (target === undefined) return err('host is missing');
  const info = at(record, 'info'), host = hostOf(target), ip = str(record, 'ip')?.replace(/\.$/, ''), cves = cvesIn([...list(info, 'classification', 'cve-id').map(String), template]);
  const { issue, kind } = issueOf(record, template, cves.length > 0), matcher = str(record, 'matcher-name') ?? str(record, 'matcher_name');
  const port = portOf(matched ?? target, str(record, 'port'));
  const base = {
    source: 'nuclei', kind, entity: host, entity_type: 'host', aliases: ip === undefined || ip === host || isOwnMachine(ip) ? [] : [ip], ...issue, check_id: template,
    title: [str(info, 'name') ?? template, ...(matcher === undefined ? [] : [matcher])].join(': '), ...(str(info, 'description') !== undefined && { description: str(info, 'description') ?? '' }),
    severity_reported: severityOfLabel(str(info, 'severity')), status: at(record, 'matcher-status') === false ? 'passed' : 'open',
    evidence: [matched === undefined ? undefined : `matched at ${matched}`, ...list(record, 'extracted-results').slice(0, 10).map((found) => `found: ${String(found).slice(0, 300)}`), ...list(info, 'classification', 'cwe-id').map((cwe) => String(cwe).toUpperCase())].filter((line) => line !== undefined),
    discovered: at(record, 'timestamp'), attack: [], compliance: [], observables: { host, ...(ip !== undefined && { dst_ip: ip }), ...(port !== undefined && { port }) },
  } satisfies Omit<FindingDraft, 'source_id'>;
  const score = scoreOf(at(info, 'classification', 'cvss-score')), epss = probabilityOf(str(info, 'classification', 'epss-score'));
  return ok({ findings: (cves.length === 0 ? [undefined] : cves).map((cve) => ({
    ...base, source_id: [template, matcher, matched ?? target, ...(cves.length > 1 ? [cve] : [])].map((part) => part ?? '').join('|'),
    ...(cve !== undefined && { vulnerability: { cve, ...(score !== undefined && { cvss: score }), ...(epss !== undefined && { epss }) } }),
  })) });
}

/** A template for a CVE reports it; any other is a check by its name. What only tells technologies apart is no weakness. */
function issueOf(record: unknown, template: string, hasCve: boolean): { readonly issue: Pick<FindingDraft, 'issue_type' | 'issue_mapped' | 'issue_guessed'>; readonly kind: 'vulnerability' | 'posture' } {
  if (hasCve) return { issue: { issue_type: 'vulnerable_package', issue_mapped: true }, kind: 'vulnerability' };
  const isTechnology = [list(record, 'info', 'tags')].flat().flatMap((tags) => String(tags).split(',')).some((tag) => /^(tech|detect|discovery|favicon|dns|waf)$/i.test(tag.trim())) && str(record, 'info', 'severity')?.toLowerCase() === 'info';
  return { issue: cloudIssue(template, isTechnology ? { ids: [] } : { ids: [], rule: [template, str(record, 'info', 'name')] }), kind: 'posture' };
}

/** What every machine calls itself by, and nothing is told apart by. */
const isOwnMachine = (ip: string): boolean => /^(127\.|0\.0\.0\.0$|::1?$)/.test(ip);

/** The host in a URL, `host:port` or a bare name; an IPv6 address without its brackets. */
function hostOf(target: string): string {
  const bare = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^/@]*@)?(\[[^\]]+\]|[^/:?#]+)/i.exec(target.slice(0, 2000))?.[1] ?? target;
  return bare.replace(/^\[(.*)\]$/, '$1').toLowerCase();
}

function portOf(place: string, told: string | undefined): number | undefined {
  const written = told ?? /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^/@]*@)?(?:\[[^\]]+\]|[^/:?#]+):(\d{1,5})(?:[/?#]|$)/i.exec(place.slice(0, 2000))?.[1];
  const port = Number(written ?? (/^https:/i.test(place) ? 443 : /^http:/i.test(place) ? 80 : Number.NaN));
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}
