import { isObject, list, str } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import type { FindingDraft, Severity } from '#shared/model/finding.ts';
import type { Sample } from '../../ports.ts';
import { severityOfLabel } from '../severity-label.ts';
import type { Format } from './format.ts';
import { labelled as line } from './hosts/host-findings.ts';
import { plainOfHtml, siteOf, webIssue, without } from './web/web-alert.ts';

/** Burp Suite's issues in XML ("Report selected issues"). What was sent and answered is not kept, as it carries credentials. Source: PortSwigger, "Reporting scan results", and the report's own DTD. */
export const burp: Format = {
  name: 'burp', kind: 'findings', source: 'burp', description: 'Burp Suite issues (XML)',
  containers: [{ kind: 'xml', records: ['issues/issue'] }],
  detect, parse, redact: (record) => without(record, MESSAGES),
};

const MESSAGES: ReadonlySet<string> = new Set(['requestresponse', 'collaboratorEvent', 'infiltratorEvent', 'dynamicAnalysis', 'staticAnalysis']);

function detect({ xml }: Sample): number {
  return xml?.root === 'issues' && (xml.attributes['burpVersion'] !== undefined || xml.paths.has('issues/issue/serialNumber')) ? 97 : 0;
}

function parse(record: unknown): ReturnType<Format['parse']> {
  if (!isObject(record)) return err('issue: not an element');
  const type = str(record, 'type'), name = str(record, 'name')?.trim() ?? type, address = (str(record, 'host', '#text') ?? str(record, 'host'))?.trim();
  if (address === undefined) return err('host: missing');
  if (type === undefined || name === undefined) return err('type: missing');
  return ok({ findings: [draftOf(record, type, name, address)] });
}

function draftOf(record: unknown, type: string, name: string, address: string): FindingDraft {
  const { host, port } = siteOf(address), path = str(record, 'location')?.trim() ?? str(record, 'path')?.trim(), ip = str(record, 'host', '@ip')?.trim(), description = plainOfHtml(str(record, 'issueBackground') ?? str(record, 'issueDetail'));
  const cwes = [...new Set((str(record, 'vulnerabilityClassifications') ?? '').slice(0, 20_000).match(/\bCWE-\d{1,5}\b/g) ?? [])], severity = str(record, 'severity')?.trim().toLowerCase() ?? '', isFalse = /^false.?positive$/.test(severity);
  const rated: Severity = isFalse ? 'unknown' : severityOfLabel(severity);
  return {
    source: 'burp', source_id: str(record, 'serialNumber') ?? [address, type, path].map((part) => part ?? '').join('|'), kind: 'posture', entity: host, entity_type: 'host', aliases: [address, ip].filter((alias) => alias !== undefined && alias !== '' && alias !== host).map(String),
    ...webIssue(type, name, cwes[0]?.slice(4)), check_id: type, title: name.slice(0, 500), ...(description !== undefined && { description }), severity_reported: rated, status: isFalse ? 'suppressed' : 'open',
    evidence: [
      path === undefined ? undefined : `at ${path}`, line('confidence', str(record, 'confidence')?.toLowerCase()), ...cwes, line('detail', plainOfHtml(str(record, 'issueDetail'))), ...list(record, 'issueDetailItems', 'issueDetailItem').slice(0, 10).map((item) => plainOfHtml(String(item))),
      line('solution', plainOfHtml(str(record, 'remediationDetail') ?? str(record, 'remediationBackground'))),
    ].filter((text) => text !== undefined).map((text) => text.slice(0, 1000)),
    // The report has the time of its export alone.
    discovered: undefined, attack: [], compliance: [], observables: { host, ...(port !== undefined && { port }), ...(ip !== undefined && ip !== '' && { dst_ip: ip }) },
  };
}
