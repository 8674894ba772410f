import { str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingStatus } from '#shared/model/finding.ts';
import type { Normalized } from '../../../ports.ts';
import { severityOfLabel } from '../../severity-label.ts';
import { hostFindings, labelled as line } from '../hosts/host-findings.ts';
import { cvesIn, probabilityOf, scoreOf } from '../packages/package-findings.ts';

/** The findings of a row with the columns of the CSV report, which results in XML are brought into. */
export function openvasFindings(row: unknown, more: { readonly status?: FindingStatus; readonly evidence?: readonly (string | undefined)[]; readonly updated?: unknown } = {}): Result<Normalized> {
  const ip = str(row, 'IP')?.trim(), host = ip ?? str(row, 'Hostname')?.trim(), name = str(row, 'NVT Name');
  if (host === undefined) return err('IP: missing');
  const oid = str(row, 'NVT OID') ?? name;
  if (oid === undefined) return err('NVT OID: missing');
  const cves = cvesIn([str(row, 'CVEs')]), score = scoreOf(str(row, 'CVSS')), label = severityOfLabel(str(row, 'Severity'));
  return ok({ findings: hostFindings({
    source: 'openvas', host, aliases: [str(row, 'Hostname')?.trim()], check: oid, name: name ?? oid, cves, port: str(row, 'Port'), protocol: str(row, 'Port Protocol'),
    // The EPSS is that of the worst of the CVEs, which of several is not told. Its scale ends with High; `Log` and 0 are no weakness.
    severity: label === 'unknown' && (score === 0 || /^log$/i.test(str(row, 'Severity') ?? '')) ? 'informational' : label, cvss: score, epss: cves.length === 1 ? probabilityOf(str(row, 'Max Severity EPSS score')) : undefined, description: str(row, 'Summary'),
    evidence: [line('result', str(row, 'Specific Result')), line('quality of detection', str(row, 'QoD')), line('solution', str(row, 'Solution')), ...(more.evidence ?? [])], discovered: str(row, 'Timestamp'), updated: more.updated, ...(more.status !== undefined && { status: more.status }),
  }) });
}
