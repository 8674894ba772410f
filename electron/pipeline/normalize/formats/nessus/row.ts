import { str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingStatus, Severity } from '#shared/model/finding.ts';
import type { Normalized } from '../../../ports.ts';
import { severityOfLabel } from '../../severity-label.ts';
import { hostFindings, labelled as line } from '../hosts/host-findings.ts';
import { cvesIn, probabilityOf, scoreOf } from '../packages/package-findings.ts';

/** The first of some columns that has a value. */
export const first = (row: unknown, ...names: readonly string[]): string | undefined => names.map((name) => str(row, name)?.trim()).find((text) => text !== undefined && text !== 'N/A');

/** The findings of a row with the columns of Nessus' own CSV, which the other forms of Tenable's results are brought into. */
export function nessusFindings(row: unknown): Result<Normalized> {
  const plugin = first(row, 'Plugin ID', 'Plugin'), host = first(row, 'Host', 'IP Address', 'DNS Name');
  if (plugin === undefined) return err('Plugin ID: missing');
  if (host === undefined) return err('Host: missing');
  const audit = auditOf(row), name = audit?.name ?? first(row, 'Name', 'Plugin Name') ?? plugin, epss = probabilityOf(first(row, 'EPSS Score'));
  return ok({ findings: hostFindings({
    source: 'nessus', host, aliases: [first(row, 'DNS Name', 'FQDN'), first(row, 'NetBIOS Name', 'NetBios'), first(row, 'IP Address')], check: plugin, name, cves: cvesIn([str(row, 'CVE')]), port: first(row, 'Port'), protocol: first(row, 'Protocol'),
    // `Risk` is the rating of the row's own scale; `Risk Factor` that of CVSS 2.
    severity: audit?.severity ?? severityOfLabel(first(row, 'Risk', 'Severity', 'Risk Factor')), instance: audit?.name, cvss: ['CVSS v4.0 Base Score', 'CVSS V4 Base Score', 'CVSS v3.0 Base Score', 'CVSS V3 Base Score', 'CVSS3 Base Score', 'CVSS v2.0 Base Score', 'CVSS V2 Base Score', 'CVSS Base Score', 'CVSS'].map((key) => scoreOf(first(row, key))).find((score) => score !== undefined),
    ...(epss !== undefined && { epss }), description: first(row, 'Description', 'Synopsis'),
    evidence: [line('VPR', first(row, 'VPR Score')), line('output', first(row, 'Plugin Output', 'Plugin Text')), line('solution', first(row, 'Solution')), exploit(row)], discovered: first(row, 'First Discovered', 'First Found', 'Host Start'), updated: first(row, 'Last Observed', 'Last Found', 'Host End'), status: audit?.status ?? statusOf(first(row, 'Vulnerability State')),
  }) });
}

/** Of the states `New`, `Active`, `Resurfaced` and `Fixed` only the last is over. */
const statusOf = (state: string | undefined): FindingStatus => (/^fixed$/i.test(state ?? '') ? 'resolved' : 'open');

/**
 * A row of a compliance audit has a verdict for its risk. All checks of an audit share one plugin: each is called by its name, with which the
 * description begins (`"1.1.1 Ensure …" : [FAILED]`). None is rated, and a warning is for a person to check.
 */
function auditOf(row: unknown): { readonly name: string | undefined; readonly status: FindingStatus; readonly severity: Severity } | undefined {
  const verdict = first(row, 'Risk')?.toUpperCase();
  if (verdict !== 'PASSED' && verdict !== 'FAILED' && verdict !== 'WARNING' && verdict !== 'ERROR') return undefined;
  const [text] = (first(row, 'Description') ?? '').slice(0, 1000).split('\n', 1), name = text === undefined || text === '' ? undefined : text.replace(/\s*:\s*\[[A-Z]+\].*$/, '').replace(/^"(.*)"$/, '$1');
  return { name, status: verdict === 'PASSED' ? 'passed' : 'open', severity: verdict === 'WARNING' || verdict === 'ERROR' ? 'informational' : 'unknown' };
}

/** That exploits exist is told in several columns; it is no proof that they are used. */
function exploit(row: unknown): string | undefined {
  const ease = first(row, 'Exploit Ease'), kits = ['Metasploit', 'Core Impact', 'CANVAS'].filter((kit) => /^true$/i.test(first(row, kit) ?? ''));
  return kits.length > 0 ? `exploit available: ${kits.join(', ')}` : /^yes$/i.test(first(row, 'Exploit?') ?? '') ? 'exploit available' : line('exploits', ease);
}
