import { isObject, str } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import type { Sample } from '../../ports.ts';
import { severityOfLabel } from '../severity-label.ts';
import type { Format } from './format.ts';
import { hostFindings, labelled as line } from './hosts/host-findings.ts';
import { cvesIn, probabilityOf, scoreOf } from './packages/package-findings.ts';

/** The CSV report of OpenVAS and Greenbone (`IP,Hostname,Port,…,NVT Name,…,NVT OID`): a row for each result, with all CVEs of the test. */
export const openvasCsv: Format = {
  name: 'openvas-csv', kind: 'findings', source: 'openvas', description: 'OpenVAS and Greenbone CSV reports',
  containers: [{ kind: 'csv', delimiters: [',', ';'] }],
  detect, parse,
};

function detect({ header }: Sample): number {
  const cells = new Set(header.map((cell) => cell.trim()));
  return ['IP', 'NVT Name', 'Severity'].every((name) => cells.has(name)) ? 95 : 0;
}

function parse(row: unknown): ReturnType<Format['parse']> {
  if (!isObject(row)) return err('record: not a row');
  const ip = str(row, 'IP')?.trim(), host = ip ?? str(row, 'Hostname')?.trim(), name = str(row, 'NVT Name');
  if (host === undefined) return err('IP: missing');
  const oid = str(row, 'NVT OID') ?? name;
  if (oid === undefined) return err('NVT OID: missing');
  const cves = cvesIn([str(row, 'CVEs')]), score = scoreOf(str(row, 'CVSS')), label = severityOfLabel(str(row, 'Severity'));
  return ok({ findings: hostFindings({
    source: 'openvas', host, aliases: [str(row, 'Hostname')?.trim()], check: oid, name: name ?? oid, cves, port: str(row, 'Port'), protocol: str(row, 'Port Protocol'),
    // The EPSS is that of the worst of the CVEs, which of several is not told. Its scale ends with High; `Log` and 0 are no weakness.
    severity: label === 'unknown' && (score === 0 || /^log$/i.test(str(row, 'Severity') ?? '')) ? 'informational' : label, cvss: score, epss: cves.length === 1 ? probabilityOf(str(row, 'Max Severity EPSS score')) : undefined, description: str(row, 'Summary'),
    evidence: [line('result', str(row, 'Specific Result')), line('quality of detection', str(row, 'QoD')), line('solution', str(row, 'Solution'))], discovered: str(row, 'Timestamp'),
  }) });
}
