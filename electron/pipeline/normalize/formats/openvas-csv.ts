import { isObject } from '#shared/lib/json.ts';
import { err } from '#shared/lib/result.ts';
import type { Sample } from '../../ports.ts';
import type { Format } from './format.ts';
import { openvasFindings } from './openvas/row.ts';

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
  return isObject(row) ? openvasFindings(row) : err('record: not a row');
}
