import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import type { FindingStatus } from '#shared/model/finding.ts';
import type { RecordContext, Sample } from '../../ports.ts';
import { cloudIssue } from '../aws-issue.ts';
import { codeBlock } from '../code-block.ts';
import { severityOfLabel } from '../severity-label.ts';
import type { Format } from './format.ts';

/** tfsec (`tfsec --format json`): its last generations (`long_id`, `resource`) and the first (`rule_id` such as AWS018, `link`). */
export const tfsec: Format = {
  name: 'tfsec', kind: 'findings', source: 'tfsec', description: 'tfsec JSON reports',
  containers: [{ kind: 'json-path', paths: ['results'], emptyOk: true }],
  detect, parse,
};

function detect({ document }: Sample): number {
  // A scan that found nothing.
  if (isObject(document) && (document['results'] === null || (Array.isArray(document['results']) && document['results'].length === 0)) && Object.keys(document).length === 1) return 10;
  const [first] = list(document, 'results');
  return isObject(first) && str(first, 'rule_id') !== undefined && str(first, 'location', 'filename') !== undefined ? 94 : 0;
}

function parse(record: unknown, context: RecordContext): ReturnType<Format['parse']> {
  if (!isObject(record)) return err('results: the item is not an object');
  const id = str(record, 'long_id') ?? str(record, 'rule_id');
  if (id === undefined) return err('rule_id is missing');
  const rule = str(record, 'rule_description'), text = str(record, 'description'), file = str(record, 'location', 'filename') ?? context.path;
  const first = str(record, 'location', 'start_line'), last = str(record, 'location', 'end_line'), resource = str(record, 'resource');
  return ok({ findings: [{
    // Where no resource is named, only the text tells instances of one block apart.
    source: 'tfsec', source_id: [file, id, resource ?? text ?? '', first ?? '', last ?? ''].join('|'), kind: 'posture', ...(resource === undefined ? { entity: file, entity_type: 'file' as const, aliases: [] } : codeBlock(file, resource, true)),
    // The id says it all (`aws-s3-enable-bucket-encryption`); those of the first generation are numbers.
    ...cloudIssue(id, { ids: [id], rule: [rule], free: [text] }), check_id: id, title: rule ?? text ?? id, ...(text !== undefined && { description: text }),
    severity_reported: severityOfLabel(str(record, 'severity') === 'WARNING' ? 'medium' : str(record, 'severity') === 'ERROR' ? 'high' : str(record, 'severity')), status: statusOf(record),
    evidence: [`${file}${first === undefined ? '' : `:${first}-${last ?? first}`}`, resource, str(record, 'impact'), str(record, 'resolution')].filter((line) => line !== undefined), attack: [], compliance: [], discovered: undefined,
  }] });
}

/** A number (0 failed, 1 passed, 2 ignored) or a word; the first generation had `passed`. */
function statusOf(record: unknown): FindingStatus {
  const status = str(record, 'status')?.toLowerCase();
  if (status === '1' || status === 'passed' || at(record, 'passed') === true) return 'passed';
  return status === '2' || status === 'ignored' ? 'suppressed' : 'open';
}
