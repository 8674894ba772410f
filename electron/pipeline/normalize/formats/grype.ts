import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import type { RecordContext, Sample } from '../../ports.ts';
import { severityOfLabel } from '../severity-label.ts';
import type { Format } from './format.ts';
import { packageFindings, probabilityOf, scoreOf } from './packages/package-findings.ts';
import { scannedSource } from './packages/scanned-source.ts';

/** Anchore Grype's JSON report (`grype -o json`). Source: grype's JSON schema and documentation on output formats. */
export const grype: Format = {
  name: 'grype', kind: 'findings', source: 'grype', description: 'Anchore Grype JSON reports (images, directories, SBOMs)',
  containers: [{ kind: 'json-path', paths: ['matches', 'ignoredMatches'], emptyOk: true }],
  detect, parse,
};

function detect({ document }: Sample): number {
  if (!isObject(document) || !Array.isArray(document['matches'])) return 0;
  const [match] = document['matches'];
  if (str(match, 'vulnerability', 'id') !== undefined && isObject(at(match, 'artifact'))) return 95;
  return str(document, 'descriptor', 'name') === 'grype' ? 90 : 0;
}

function parse(record: unknown, context: RecordContext): ReturnType<Format['parse']> {
  if (!isObject(record)) return err(`${context.from}: the item is not an object`);
  const vulnerability = at(record, 'vulnerability'), id = str(vulnerability, 'id'), report = context.parents[0];
  if (id === undefined) return err('vulnerability.id is missing');
  const related = list(record, 'relatedVulnerabilities'), isIgnored = context.from === 'ignoredMatches';
  const epss = probabilityOf(str(vulnerability, 'epss', 0, 'epss') ?? str(related[0], 'epss', 0, 'epss'));
  const isExploited = [vulnerability, ...related].some((v) => list(v, 'knownExploited').length > 0);
  const label = str(vulnerability, 'severity');
  return ok({ findings: packageFindings({
    source: 'grype', about: scannedSource(at(report, 'source'), context), id, others: related.map((v) => str(v, 'id')),
    package: str(record, 'artifact', 'name'), installed: str(record, 'artifact', 'version'), place: str(record, 'artifact', 'locations', 0, 'path'),
    fixed: list(vulnerability, 'fix', 'versions').filter((v) => typeof v === 'string'), range: str(record, 'matchDetails', 0, 'found', 'versionConstraint'),
    description: str(vulnerability, 'description') ?? related.map((v) => str(v, 'description')).find((text) => text !== undefined),
    severity: severityOfLabel(label), cvss: highestScore([vulnerability, ...related]), ...(epss !== undefined && { epss }), ...(isExploited && { kev: true }),
    ...(isIgnored && { status: 'suppressed' as const }), evidence: [notFixed(str(vulnerability, 'fix', 'state')), ...(isIgnored ? ignoredBy(record) : [])], discovered: at(report, 'descriptor', 'timestamp'),
  }) });
}

const notFixed = (state: string | undefined): string | undefined => (state === 'wont-fix' ? 'the distribution will not fix it' : undefined);

/** Rules of the scan's configuration and VEX documents take matches away (`--show-suppressed`). */
const ignoredBy = (record: unknown): readonly string[] => list(record, 'appliedIgnoreRules').map((rule) => `suppressed: ${['vulnerability', 'namespace', 'reason', 'vex-status', 'vex-justification'].flatMap((key) => str(rule, key) ?? []).join(', ') || 'by a rule'}`);

/** Of version 3 or 4 where there is one: those of version 2 are another scale. */
function highestScore(vulnerabilities: readonly unknown[]): number | undefined {
  const all = vulnerabilities.flatMap((v) => list(v, 'cvss')).flatMap((entry) => { const score = scoreOf(at(entry, 'metrics', 'baseScore')); return score === undefined ? [] : [{ score, isOld: str(entry, 'version')?.startsWith('2') === true }]; });
  const current = all.filter(({ isOld }) => !isOld), scores = (current.length > 0 ? current : all).map(({ score }) => score);
  return scores.length === 0 ? undefined : Math.max(...scores);
}
