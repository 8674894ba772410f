import { isObject } from '#shared/lib/json.ts';
import { err } from '#shared/lib/result.ts';
import type { Sample } from '../../ports.ts';
import { tableStart } from '../read/table-start.ts';
import type { Format } from './format.ts';
import { qualysFindings } from './qualys/row.ts';

const delimiters = [',', ';'], header = ['IP', 'QID', 'Title', 'Severity'];

/** Qualys VM's CSV report (`IP,…,QID,Title,Vuln Status,Type,Severity`), mostly with the report's title, the company and counts in rows before it. */
export const qualysCsv: Format = {
  name: 'qualys-csv', kind: 'findings', source: 'qualys', description: 'Qualys VM CSV reports',
  containers: [{ kind: 'csv', delimiters, header }],
  detect, parse,
};

function detect({ text }: Sample): number { return !/^\s*[[{]/.test(text) && tableStart(text, header, delimiters) !== undefined ? 95 : 0; }

function parse(row: unknown): ReturnType<Format['parse']> {
  return isObject(row) ? qualysFindings(row) : err('record: not a row');
}
