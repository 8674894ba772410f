import { isObject } from '#shared/lib/json.ts';
import { err } from '#shared/lib/result.ts';
import type { Sample } from '../../ports.ts';
import type { Format } from './format.ts';
import { first, nessusFindings } from './nessus/row.ts';

/** Columns of the Findings page's export (Tenable Vulnerability Management, "Findings Export Fields and Associated CSV Keys") by those of the others; the first that a row has. */
const explore: Readonly<Record<string, readonly string[]>> = {
  'Plugin ID': ['definition.id'], Name: ['definition.name'], CVE: ['definition.cve'], Host: ['asset.display_fqdn', 'asset.host_name', 'asset.name', 'asset.display_ipv4_address', 'asset.ipv4_addresses', 'asset.display_ipv6_address'],
  'IP Address': ['asset.display_ipv4_address', 'asset.display_ipv6_address'], FQDN: ['asset.name'], NetBios: ['asset.netbios_name'], Port: ['port'], Protocol: ['protocol'], Severity: ['severity', 'definition.severity'],
  'CVSS v3.0 Base Score': ['definition.cvss4.base_score', 'definition.cvss3.base_score', 'definition.cvss2.base_score'], 'EPSS Score': ['definition.epss.score'], Description: ['definition.description', 'definition.synopsis'], 'Plugin Output': ['output'],
  Solution: ['definition.solution'], 'Exploit Ease': ['definition.exploitability_ease'], 'First Found': ['first_observed', 'first_found', 'first_seen'], 'Last Found': ['last_seen', 'last_found'], 'Vulnerability State': ['state'],
};
const fromExplore = (row: Readonly<Record<string, unknown>>): unknown =>
  Object.fromEntries(Object.entries(explore).flatMap(([name, keys]) => { const value = first(row, ...keys); return value === undefined ? [] : [[name, value]]; }));

/** Tenable's CSV: Nessus (`Plugin ID,CVE,…,Risk,Host`, a row for each CVE), Vulnerability Management (the same with the state of each; the Findings page's with keys for columns) and Security Center (`Plugin,Plugin Name,…,IP Address`, all CVEs in a row). */
export const nessusCsv: Format = {
  name: 'nessus-csv', kind: 'findings', source: 'nessus', description: 'Tenable CSV: Nessus (also compliance audits), Vulnerability Management, Security Center',
  containers: [{ kind: 'csv', delimiters: [',', ';'] }],
  detect, parse,
};

function detect({ header }: Sample): number {
  const cells = new Set(header.map((cell) => cell.trim()));
  const has = (...names: readonly string[]): boolean => names.every((name) => cells.has(name));
  return has('Plugin ID', 'Risk', 'Host', 'Name') || has('Plugin', 'Plugin Name', 'Severity', 'IP Address') || has('definition.id', 'definition.name', 'severity') ? 95 : 0;
}

function parse(record: unknown): ReturnType<Format['parse']> {
  if (!isObject(record)) return err('record: not a row');
  return nessusFindings(Object.hasOwn(record, 'definition.id') ? fromExplore(record) : record);
}
