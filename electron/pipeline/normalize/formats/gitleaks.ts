import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import type { Sample } from '../../ports.ts';
import type { Format } from './format.ts';
import { fileIn, keepOnly, secretFinding } from './secrets/secret-finding.ts';

/** Gitleaks' JSON, versions 2 to 7 (`rule`, `offender`) and 8 (`RuleID`, `Match`). The secrets, and all text around them, are not kept. Source: gitleaks, `report/finding.go`. */
export const gitleaks: Format = {
  name: 'gitleaks', kind: 'findings', source: 'gitleaks', description: 'Gitleaks reports (JSON)',
  containers: [{ kind: 'json' }],
  detect, parse, redact: (record) => keepOnly(record, FIELDS),
};

const FIELDS = ['RuleID', 'Description', 'StartLine', 'EndLine', 'File', 'SymlinkFile', 'Commit', 'Entropy', 'Author', 'Email', 'Date', 'Tags', 'Fingerprint', 'Link', 'rule', 'lineNumber', 'file', 'commit', 'author', 'email', 'date', 'tags', 'repo', 'repoURL', 'leakURL'];
const is8 = (record: unknown): boolean => str(record, 'RuleID') !== undefined && str(record, 'File') !== undefined && at(record, 'Match') !== undefined && at(record, 'Secret') !== undefined;
const isOld = (record: unknown): boolean => str(record, 'rule') !== undefined && str(record, 'file') !== undefined && at(record, 'offender') !== undefined && at(record, 'commit') !== undefined;

function detect({ records }: Sample): number { return records.some((record) => is8(record) || isOld(record)) ? 94 : 0; }

function parse(record: unknown): ReturnType<Format['parse']> {
  if (!isObject(record)) return err('not a JSON object');
  const rule = str(record, 'RuleID') ?? str(record, 'rule'), file = str(record, 'File') ?? str(record, 'file');
  if (rule === undefined) return err('RuleID is missing');
  if (file === undefined) return err('File is missing');
  const commit = str(record, 'Commit') ?? str(record, 'commit'), line = str(record, 'StartLine') ?? str(record, 'lineNumber'), author = str(record, 'Author') ?? str(record, 'author'), link = str(record, 'Link') ?? str(record, 'leakURL');
  // A link leads to a line of a file in a repository: `https://host/owner/name/blob/…`, with GitLab `/-/blob/…`.
  const repository = str(record, 'repoURL') ?? /^(https:\/\/[^\s?#]+?)\/(?:-\/)?(?:blob|commit|src)\//.exec(link ?? '')?.[1];
  return ok({ findings: [secretFinding({
    source: 'gitleaks', id: str(record, 'Fingerprint') ?? [commit, file, rule, line].map((part) => part ?? '').join(':'), about: fileIn(repository, file), check: rule, title: titleOf(str(record, 'Description') ?? rule), severity: 'unknown',
    evidence: [`${file}${line === undefined || line === '0' ? '' : `:${line}`}`, commit === undefined ? undefined : `commit ${commit}`, author === undefined ? undefined : `by ${author}`, link, ...list(record, 'Tags').map(String)], discovered: at(record, 'Date') ?? at(record, 'date'),
  })] });
}

/** `AWS Access Key`, or a sentence: `Identified a pattern that may indicate AWS credentials, risking …`. */
const titleOf = (description: string): string => (/\s(secret|key|token|credential|password)/i.test(description) || description.length > 60 ? description : `${description} found`);
