import { isObject, list, str } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import type { RecordContext, Sample } from '../../ports.ts';
import type { Format } from './format.ts';
import { nessusFindings } from './nessus/row.ts';

const host = 'NessusClientData_v2/Report/ReportHost';

/** Nessus' own export (`.nessus`, also of Tenable's other products): a ReportItem for each result on a host. Source: Tenable, "Nessus v2 file format". */
export const nessus: Format = {
  name: 'nessus', kind: 'findings', source: 'nessus', description: 'Nessus exports (.nessus, XML version 2), also compliance audits and web application scans',
  containers: [{ kind: 'xml', records: [`${host}/ReportItem`], around: [`${host}/HostProperties`] }],
  detect, parse,
};

function detect({ xml }: Sample): number { return xml?.root === 'NessusClientData_v2' ? 97 : 0; }

/** `severity` of a ReportItem. */
const levels = ['None', 'Low', 'Medium', 'High', 'Critical'];
/** The CSV's columns by the elements that say the same; the first that an item has. */
const columns: Readonly<Record<string, readonly string[]>> = {
  Description: ['description'], Synopsis: ['synopsis'], Solution: ['solution'], 'Plugin Output': ['plugin_output'], 'CVSS v4.0 Base Score': ['cvss4_base_score', 'cvssv4_base_score'], 'CVSS v3.0 Base Score': ['cvss3_base_score', 'cvssv3'],
  'CVSS v2.0 Base Score': ['cvss_base_score', 'cvss'], 'VPR Score': ['vpr_score'], 'EPSS Score': ['epss_score'], 'Risk Factor': ['risk_factor'], Metasploit: ['exploit_framework_metasploit'], 'Core Impact': ['exploit_framework_core'], CANVAS: ['exploit_framework_canvas'],
  'Exploit Ease': ['exploitability_ease'], 'First Found': ['first_found', 'first_seen'], 'Last Found': ['last_found', 'last_seen'], 'Vulnerability State': ['state'],
};

function parse(record: unknown, context: RecordContext): ReturnType<Format['parse']> {
  if (!isObject(record)) return err('ReportItem: not an element');
  const around = context.parents.at(-1), name = str(around, '@name')?.trim() ?? property(around, 'host-ip');
  if (name === undefined) return err('ReportHost: its name is missing');
  const level = levels[Number(str(record, '@severity') ?? Number.NaN)], audit = auditColumns(record);
  const told = Object.entries(columns).flatMap(([column, names]) => { const text = names.map((key) => str(record, key)?.trim()).find((value) => value !== undefined && value !== ''); return text === undefined ? [] : [[column, text] as const]; });
  const read = nessusFindings({
    ...Object.fromEntries(told), 'Plugin ID': str(record, '@pluginID'), Name: str(record, '@pluginName') ?? str(record, 'plugin_name'), CVE: list(record, 'cve').map(String).join(', '), Host: hostOf(name), Port: str(record, '@port'), Protocol: str(record, '@protocol'),
    'DNS Name': name === hostOf(name) ? property(around, 'host-fqdn') ?? property(around, 'host-rdns') ?? property(around, 'hostname') : name, 'NetBIOS Name': property(around, 'netbios-name'), 'IP Address': property(around, 'host-ip'),
    ...(level !== undefined && { Risk: level }), ...audit?.columns, 'Host Start': property(around, 'HOST_START_TIMESTAMP') ?? property(around, 'HOST_START'), 'Host End': property(around, 'HOST_END_TIMESTAMP') ?? property(around, 'HOST_END'),
  });
  const instance = property(around, 'aws-instance-instanceId'), also = [...(instance === undefined ? [] : [instance]), ...(property(around, 'azure-instance-resourceId') === undefined ? [] : [property(around, 'azure-instance-resourceId') ?? ''])];
  return read.ok ? ok({ findings: (read.value.findings ?? []).map((finding) => ({ ...finding, aliases: [...finding.aliases, ...also], compliance: [...finding.compliance, ...(audit?.requirements ?? [])] })) }) : read;
}

/** Web application scans call a host by its address. */
const hostOf = (name: string): string => /^https?:\/\/(?:[^/@]*@)?(\[[^\]]+\]|[^/:?#]+)/i.exec(name.slice(0, 2000))?.[1]?.toLowerCase() ?? name;

function property(around: unknown, name: string): string | undefined {
  return list(around, 'HostProperties').flatMap((properties) => list(properties, 'tag')).flatMap((tag) => (str(tag, '@name') === name ? str(tag, '#text')?.trim() ?? [] : []))[0];
}

/** What an audit says of one of its checks: verdict, name, and the requirements that it stands for (`CSCv7|5.1,LEVEL|1A`). */
function auditColumns(record: unknown): { readonly columns: Readonly<Record<string, string>>; readonly requirements: readonly string[] } | undefined {
  const told = (key: string): string | undefined => str(record, `cm:compliance-${key}`)?.trim(), verdict = told('result');
  if (verdict === undefined) return undefined;
  const name = told('check-name'), text = str(record, 'description') ?? told('info');
  const output = [['value', 'actual-value'], ['required', 'policy-value'], ['error', 'error']].flatMap(([label, key]) => { const value = told(key ?? ''); return value === undefined ? [] : [`${label}: ${value}`]; }).join('; ');
  const requirements = (told('reference') ?? '').split(',').flatMap((part) => { const [list_, item] = part.split('|').map((word) => word.trim()); return list_ === undefined || item === undefined || item === '' ? [] : [`${list_}: ${item}`]; });
  return {
    columns: { Risk: verdict, ...(name !== undefined && { Description: text?.startsWith('"') === true ? text : `"${name}" : [${verdict.toUpperCase()}]\n\n${text ?? ''}` }), ...(told('solution') !== undefined && { Solution: told('solution') ?? '' }), ...(output !== '' && { 'Plugin Output': output }) },
    requirements: requirements.slice(0, 50),
  };
}
