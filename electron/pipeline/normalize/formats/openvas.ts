import { isObject, list, str } from '#shared/lib/json.ts';
import { err } from '#shared/lib/result.ts';
import type { FindingStatus } from '#shared/model/finding.ts';
import type { RecordContext, Sample } from '../../ports.ts';
import type { Format } from './format.ts';
import { labelled as line } from './hosts/host-findings.ts';
import { openvasFindings } from './openvas/row.ts';

/** Where results stand: in a report as it is downloaded, in one alone, and in the answers of GMP (once OMP). */
const reports = ['report/report', 'report', 'get_reports_response/report/report', 'get_reports_response/report'];
const records = [...reports.map((report) => `${report}/results/result`), 'get_results_response/result'];

/** XML reports of OpenVAS and Greenbone: a result for each test that found something on a host. Source: Greenbone, GMP documentation (`get_reports`, `get_results`). */
export const openvas: Format = {
  name: 'openvas', kind: 'findings', source: 'openvas', description: 'OpenVAS and Greenbone XML reports (GMP)',
  containers: [{ kind: 'xml', records, around: reports.map((report) => `${report}/scan_start`), repeats: ['detection', 'report'] }],
  detect, parse,
};

function detect({ xml }: Sample): number {
  if (xml === undefined) return 0;
  if (xml.root === 'get_reports_response' || (xml.root === 'get_results_response' && xml.paths.has('get_results_response/result/nvt'))) return 95;
  const isReport = reports.some((report) => report.startsWith(xml.root) && ['scan_run_status', 'results/result/nvt', 'gmp', 'omp'].some((path) => xml.paths.has(`${report}/${path}`)));
  return xml.root === 'report' && isReport ? 95 : 0;
}

/** `443/tcp`, `general/tcp`; once `https (443/tcp)`. */
const placeOf = (port: string | undefined): { readonly port: string | undefined; readonly protocol: string | undefined } => {
  const [, name, protocol] = /(?:^|\()\s*([\w.-]+)\/([\w.-]+)\)?\s*$/.exec(port ?? '') ?? [];
  return { port: /^\d+$/.test(name ?? '') ? name : undefined, protocol };
};

function parse(record: unknown, context: RecordContext): ReturnType<Format['parse']> {
  if (!isObject(record)) return err('result: not an element');
  const host = str(record, 'host')?.trim() ?? str(record, 'host', '#text')?.trim(), tags = tagsOf(str(record, 'nvt', 'tags')), { port, protocol } = placeOf(str(record, 'port') ?? str(record, 'port', '#text'));
  const refs = list(record, 'nvt', 'refs').flatMap((all) => list(all, 'ref')).flatMap((ref) => (str(ref, '@type')?.toLowerCase() === 'cve' ? str(ref, '@id') ?? [] : []));
  const cves = [...refs, str(record, 'nvt', 'cve') ?? '', ...cveItself(record)].join(', '), solution = str(record, 'nvt', 'solution', '#text') ?? str(record, 'nvt', 'solution') ?? tags['solution'];
  const row = {
    IP: host, Hostname: str(record, 'host', 'hostname'), Port: port, 'Port Protocol': protocol, CVSS: str(record, 'nvt', 'cvss_base') ?? str(record, 'severity'), Severity: str(record, 'threat') ?? threatOf(str(record, 'severity')), QoD: str(record, 'qod', 'value'),
    'NVT Name': str(record, 'nvt', 'name') ?? str(record, 'name'), 'NVT OID': str(record, 'nvt', '@oid'), CVEs: cves, Summary: tags['summary'], 'Specific Result': str(record, 'description')?.trim(), Solution: solution?.trim(), 'Max Severity EPSS score': str(record, 'nvt', 'epss', 'max_severity', 'score'),
    Timestamp: str(record, 'creation_time') ?? context.parents.map((parent) => str(parent, 'scan_start')).findLast((time) => time !== undefined),
  };
  return openvasFindings(row, { status: statusOf(record), evidence: overrides(record), updated: str(record, 'modification_time') });
}

/** Results of the CVE scanner have a CVE for a test. */
const cveItself = (record: unknown): readonly string[] => [str(record, 'nvt', '@oid') ?? ''].filter((id) => /^CVE-\d/i.test(id));

/** `key=value|key=value`; a value may have bars of its own. */
function tagsOf(text: string | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries((text ?? '').split(/\|(?=[a-z_]+=)/i).flatMap((part) => { const at = part.indexOf('='); return at <= 0 ? [] : [[part.slice(0, at), part.slice(at + 1)]]; }).filter(([, value]) => value !== ''));
}

/** Severity of a result that has no word for it: -1 is a false positive, 0 a log (GMP, "severity_class nist"). */
function threatOf(severity: string | undefined): string | undefined {
  const score = Number(severity ?? Number.NaN);
  if (Number.isNaN(score)) return undefined;
  return score >= 7 ? 'High' : score >= 4 ? 'Medium' : score > 0 ? 'Low' : 'Log';
}

/** What somebody called a false positive (by an override) is none; in a comparison of two reports what is gone is over. */
function statusOf(record: unknown): FindingStatus {
  const isFalse = /^false positive$/i.test(str(record, 'threat') ?? '') || Number(str(record, 'severity') ?? 0) === -1;
  return isFalse ? 'suppressed' : /^gone$/i.test((str(record, 'delta') ?? str(record, 'delta', '#text') ?? '').trim()) ? 'resolved' : 'open';
}

function overrides(record: unknown): readonly (string | undefined)[] {
  return list(record, 'overrides').flatMap((all) => list(all, 'override')).filter((override) => str(override, 'active') !== '0').slice(0, 10).map((override) => {
    const to = str(override, 'new_threat') ?? str(override, 'new_severity'), from = str(record, 'original_threat') ?? str(record, 'original_severity');
    return line('overridden', `${from ?? 'as it was'} to ${to ?? 'another severity'}${str(override, 'text') === undefined ? '' : `: ${(str(override, 'text') ?? '').trim()}`}`);
  });
}
