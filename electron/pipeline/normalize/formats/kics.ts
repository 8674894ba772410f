import { at, isObject, str } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import type { RecordContext, Sample } from '../../ports.ts';
import { cloudIssue, type IssueFields } from '../aws-issue.ts';
import { codeBlock } from '../code-block.ts';
import { severityOfLabel } from '../severity-label.ts';
import type { Format } from './format.ts';
import { without } from './web/web-alert.ts';

/** Checkmarx KICS' JSON results: for each query the files that it matches. Lines of code are not kept, as secrets stand in them. Source: KICS documentation, "Results". */
export const kics: Format = {
  name: 'kics', kind: 'findings', source: 'kics', description: 'KICS results (JSON)',
  containers: [{ kind: 'json-path', paths: ['queries[].files'], emptyOk: true }],
  detect, parse, redact: (record) => without(record, CODE),
};

const CODE: ReadonlySet<string> = new Set(['search_value', 'vulnerable_lines', 'lines', 'code']);

function detect({ document }: Sample): number {
  if (!isObject(document)) return 0;
  const { queries } = document, isKics = str(document, 'kics_version') !== undefined || isObject(document['severity_counters']);
  if (Array.isArray(queries) && queries.some((query) => str(query, 'query_id') !== undefined && str(query, 'query_name') !== undefined && Array.isArray(at(query, 'files')))) return 95;
  return isKics && document['files_scanned'] !== undefined && (queries === undefined || Array.isArray(queries)) ? 85 : 0;
}

function parse(record: unknown, { parents }: RecordContext): ReturnType<Format['parse']> {
  if (!isObject(record)) return err('files: the item is not an object');
  const query = parents.at(-1), id = str(query, 'query_id'), name = str(query, 'query_name') ?? id, file = str(record, 'file_name');
  if (id === undefined || name === undefined) return err('query_id is missing');
  if (file === undefined) return err('file_name is missing');
  const line = str(record, 'line'), place = placeOf(record, query, file), description = str(query, 'description'), told = (label: string, key: string): readonly string[] => { const text = str(record, key); return text === undefined ? [] : [`${label}: ${text}`]; };
  const secret = isSecret(name), cwe = str(query, 'cwe');
  return ok({ findings: [{
    source: 'kics', source_id: [id, str(record, 'similarity_id') ?? file, line].map((part) => part ?? '').join('|'), kind: 'posture', ...place, ...issueOf(name), check_id: id, title: name.slice(0, 500), ...(description !== undefined && { description }),
    severity_reported: /^trace$/i.test(str(query, 'severity') ?? '') ? 'informational' : severityOfLabel(str(query, 'severity')), status: 'open',
    // A query for secrets says what it found.
    evidence: [`${file}${line === undefined ? '' : `:${line}`}`, ...(secret ? [] : [...told('found', 'actual_value'), ...told('expected', 'expected_value')]), ...(cwe === undefined || cwe === '' ? [] : [`CWE-${cwe.replace(/^CWE-/i, '')}`])].map((text) => text.slice(0, 500)),
    attack: [], compliance: [], discovered: at(parents[0], 'end') ?? at(parents[0], 'start'),
  }] });
}

const isSecret = (name: string): boolean => /^passwords and secrets\b/i.test(name);
/** Ids of queries are random: what means nothing in the taxonomy is called by the query's name. */
const issueOf = (name: string): IssueFields => (isSecret(name) ? { issue_type: 'secret_exposed', issue_mapped: true } : cloudIssue(name, { ids: [], rule: [name] }));

/** A resource of Terraform by its address (`aws_s3_bucket[media].acl` is where KICS looked), else the file. */
function placeOf(record: unknown, query: unknown, file: string) {
  const [, type, name] = /^(?:resource\.)?([a-z][a-z0-9]*_\w+)\[([\w-]+)\]/.exec(str(record, 'search_key') ?? '') ?? [];
  const isTerraform = str(query, 'platform')?.toLowerCase() === 'terraform';
  return isTerraform && type !== undefined && name !== undefined ? codeBlock(file, `${type}.${name}`, true) : { entity: file, entity_type: 'file' as const, aliases: [] };
}
