import { isObject, list, str } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import type { RecordContext, Sample, XmlContainer } from '../../ports.ts';
import type { Format } from './format.ts';
import { qualysFindings } from './qualys/row.ts';

const detections = 'HOST_LIST_VM_DETECTION_OUTPUT/RESPONSE/HOST_LIST/HOST', assets = 'ASSET_DATA_REPORT/HOST_LIST/HOST', hostFacts = ['IP', 'IPV6', 'DNS', 'NETBIOS', 'OS', 'OPERATING_SYSTEM', 'LAST_SCAN_DATETIME', 'EC2_INSTANCE_ID', 'CLOUD_RESOURCE_ID'];
const sections = ['VULNS/CAT/VULN', 'PRACTICES/CAT/PRACTICE', 'INFOS/CAT/INFO', 'SERVICES/CAT/SERVICE'];
/** Three documents: the scan as it is downloaded (`scan-1.dtd`), the report of assets, which explains its QIDs in a glossary (`asset_data_report.dtd`), and the API's list of detections. */
const containers: readonly XmlContainer[] = [
  { kind: 'xml', records: sections.map((section) => `SCAN/IP/${section}`), around: ['SCAN/HEADER', 'SCAN/IP/OS', 'SCAN/IP/NETBIOS_HOSTNAME'] },
  { kind: 'xml', records: [`${assets}/VULN_INFO_LIST/VULN_INFO`], around: hostFacts.map((fact) => `${assets}/${fact}`), lookups: ['ASSET_DATA_REPORT/GLOSSARY/VULN_DETAILS_LIST/VULN_DETAILS'] },
  { kind: 'xml', records: [`${detections}/DETECTION_LIST/DETECTION`], around: hostFacts.map((fact) => `${detections}/${fact}`) },
];

/** Qualys VM in XML. Source: Qualys API (VM, PC) guide: scan results, asset data report, host list detection output. */
export const qualys: Format = {
  name: 'qualys', kind: 'findings', source: 'qualys', description: 'Qualys VM XML: scan results, asset data reports, host list detections',
  containers, detect, parse,
};

function detect({ xml }: Sample): number {
  if (xml?.root === 'ASSET_DATA_REPORT' || xml?.root === 'HOST_LIST_VM_DETECTION_OUTPUT') return 95;
  return xml?.root === 'SCAN' && [...xml.paths].some((path) => path === 'SCAN/HEADER/KEY' || path.startsWith('SCAN/IP/')) ? 90 : 0;
}

function parse(record: unknown, context: RecordContext): ReturnType<Format['parse']> {
  if (!isObject(record)) return err('detection: not an element');
  if (context.from.startsWith('SCAN/')) return qualysFindings(scanRow(record, context));
  const host = context.parents.find((parent) => isObject(parent) && hostFacts.some((fact) => Object.hasOwn(parent, fact))), qid = textOf(record, 'QID');
  const row = context.from.startsWith('ASSET') ? assetRow(record, qid, detailsOf(context.parents[0], qid)) : detectionRow(record, qid);
  const read = qualysFindings({ IP: textOf(host, 'IP') ?? textOf(host, 'IPV6'), DNS: textOf(host, 'DNS'), NetBIOS: textOf(host, 'NETBIOS'), OS: textOf(host, 'OS') ?? textOf(host, 'OPERATING_SYSTEM'), ...row });
  const ids = [textOf(host, 'EC2_INSTANCE_ID'), textOf(host, 'CLOUD_RESOURCE_ID')].filter((id) => id !== undefined);
  return read.ok ? ok({ findings: (read.value.findings ?? []).map((finding) => ({ ...finding, aliases: [...new Set([...finding.aliases, ...ids])] })) }) : read;
}

/** The text of an element, with or without attributes. */
const textOf = (value: unknown, ...path: readonly string[]): string | undefined => str(value, ...path)?.trim() ?? str(value, ...path, '#text')?.trim();
const cvesOf = (value: unknown): string => list(value, 'CVE_ID_LIST').flatMap((ids) => list(ids, 'CVE_ID')).flatMap((id) => textOf(id, 'ID') ?? []).join(', ');
/** Ports of 0 are none. */
const common = (record: unknown) => ({ Port: textOf(record, 'PORT'), Protocol: textOf(record, 'PROTOCOL'), Instance: textOf(record, 'INSTANCE'), FQDN: textOf(record, 'FQDN') });

function assetRow(record: unknown, qid: string | undefined, details: unknown): Readonly<Record<string, unknown>> {
  return {
    ...common(record), QID: qid, Title: textOf(details, 'TITLE') ?? (qid === undefined ? undefined : `QID ${qid}`), Severity: textOf(details, 'SEVERITY'), Type: textOf(record, 'TYPE'), 'Vuln Status': textOf(record, 'VULN_STATUS'), 'CVE ID': cvesOf(details),
    'CVSS3 Base': textOf(details, 'CVSS3_SCORE', 'CVSS3_BASE'), 'CVSS Base': textOf(details, 'CVSS_SCORE', 'CVSS_BASE'), Threat: textOf(details, 'THREAT') ?? textOf(details, 'DIAGNOSIS'), Solution: textOf(details, 'SOLUTION'), Results: textOf(record, 'RESULT'),
    'First Detected': textOf(record, 'FIRST_FOUND'), 'Last Detected': textOf(record, 'LAST_FOUND'),
  };
}

const glossaries = new WeakMap<object, ReadonlyMap<string, unknown>>();
/** What the glossary says of a QID. */
function detailsOf(report: unknown, qid: string | undefined): unknown {
  if (!isObject(report) || qid === undefined) return undefined;
  let known = glossaries.get(report);
  if (known === undefined) {
    known = new Map(list(report, 'VULN_DETAILS').flatMap((details) => { const id = textOf(details, 'QID') ?? str(details, '@id')?.replace(/^qid_/, ''); return id === undefined ? [] : [[id, details]]; }));
    glossaries.set(report, known);
  }
  return known.get(qid);
}

/** The API tells a detection by its QID alone; what that means is in Qualys' knowledge base. */
function detectionRow(record: unknown, qid: string | undefined): Readonly<Record<string, unknown>> {
  const isOff = ['IS_IGNORED', 'IS_DISABLED'].some((flag) => textOf(record, flag) === '1'), status = textOf(record, 'STATUS');
  return {
    ...common(record), QID: qid, Title: textOf(record, 'TITLE') ?? (qid === undefined ? undefined : `QID ${qid}`), Severity: textOf(record, 'SEVERITY'), Type: textOf(record, 'TYPE'), 'Vuln Status': isOff && !/^fixed$/i.test(status ?? '') ? 'Ignored' : status, 'CVE ID': cvesOf(record),
    Results: textOf(record, 'RESULTS'), 'First Detected': textOf(record, 'FIRST_FOUND_DATETIME'), 'Last Detected': textOf(record, 'LAST_FOUND_DATETIME'),
  };
}

/** A scan has neither states nor times of its own; its date stands in the header. */
function scanRow(record: unknown, context: RecordContext): Readonly<Record<string, unknown>> {
  const [scan, ip, section, category] = [context.parents[0], context.parents[1], context.from.split('/')[2], context.parents[3]];
  const date = list(scan, 'HEADER', 'KEY').flatMap((key) => (str(key, '@value') === 'DATE' ? str(key, '#text') ?? [] : []))[0];
  const cves = [str(record, '@cveid') ?? '', cvesOf(record)].join(', ');
  return {
    IP: str(ip, '@value'), DNS: str(ip, '@name'), NetBIOS: textOf(ip, 'NETBIOS_HOSTNAME'), OS: textOf(ip, 'OS'), QID: str(record, '@number'), Title: textOf(record, 'TITLE'), Severity: str(record, '@severity'),
    Type: section === 'VULNS' ? 'Vuln' : section === 'PRACTICES' ? 'Practice' : 'Ig', Port: str(category, '@port'), Protocol: str(category, '@protocol'), FQDN: str(category, '@fqdn'), 'CVE ID': cves, 'CVSS3 Base': textOf(record, 'CVSS3_BASE'), 'CVSS Base': textOf(record, 'CVSS_BASE'),
    Threat: textOf(record, 'DIAGNOSIS'), Solution: textOf(record, 'SOLUTION'), Results: textOf(record, 'RESULT'), 'First Detected': date,
  };
}
