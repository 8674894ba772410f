import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import type { Severity } from '#shared/model/finding.ts';
import type { RecordContext, Sample } from '../../ports.ts';
import { severityOfLabel } from '../severity-label.ts';
import type { EntityId } from '../aws-entity.ts';
import type { Format } from './format.ts';
import { packageFindings, scoreOf, severityOfScore } from './packages/package-findings.ts';

/** Google's OSV-Scanner (`osv-scanner --format json`): records of the OSV schema under the package that they affect. Source: its documentation, "Output". */
export const osvScanner: Format = {
  name: 'osv-scanner', kind: 'findings', source: 'osv-scanner', description: 'OSV-Scanner JSON reports',
  containers: [{ kind: 'json-path', paths: ['results[].packages[].vulnerabilities'], emptyOk: true }],
  detect, parse,
};

function detect({ document }: Sample): number {
  const results = at(document, 'results');
  if (!Array.isArray(results)) return 0;
  if (results.some((result) => str(result, 'source', 'path') !== undefined && list(result, 'packages').some((p) => str(p, 'package', 'ecosystem') !== undefined))) return 95;
  return results.length === 0 && isObject(at(document, 'experimental_config')) ? 85 : 0;
}

function parse(record: unknown, context: RecordContext): ReturnType<Format['parse']> {
  if (!isObject(record)) return err('vulnerabilities: the item is not an object');
  const id = str(record, 'id'), [, result, holder] = context.parents;
  if (id === undefined) return err('id is missing');
  const name = str(holder, 'package', 'name'), path = str(result, 'source', 'path');
  const group = list(holder, 'groups').find((g) => list(g, 'ids').includes(id));
  const score = scoreOf(at(group, 'max_severity'));
  const uncalled = at(group, 'experimentalAnalysis', id, 'called') === false;
  return ok({ findings: packageFindings({
    source: 'osv-scanner', about: sourceOf(str(result, 'source', 'type'), path ?? context.path), id, others: [...list(record, 'aliases').map(String), ...list(record, 'upstream').map(String), ...list(group, 'aliases').map(String)],
    package: name, installed: str(holder, 'package', 'version'), fixed: fixedIn(record, name, str(holder, 'package', 'ecosystem')), title: str(record, 'summary'), description: str(record, 'details'),
    severity: severityOf(record, score), cvss: score, evidence: [str(holder, 'package', 'ecosystem'), uncalled ? 'the vulnerable code is not called, says the tool' : undefined],
  }) });
}

/** What the database says; else by the highest score of the ids that are one vulnerability. */
function severityOf(record: unknown, score: number | undefined): Severity {
  const told = severityOfLabel(str(record, 'database_specific', 'severity'));
  return told === 'unknown' ? severityOfScore(score) : told;
}

/** A file, or the image in which the packages of a system lie: `image:tag:/lib/apk/db/installed`. */
function sourceOf(type: string | undefined, path: string): EntityId {
  const image = type === 'docker' || type === 'os' ? /^([^/\s][^\s]+?):\//.exec(path)?.[1] : undefined;
  return image === undefined ? { entity: path, entity_type: 'file', aliases: [] } : { entity: image, entity_type: 'image', aliases: [] };
}

/**
 * The versions that end an affected range of the package, one for each line of releases (OSV schema, `affected[].ranges[].events`). A distribution has
 * the same package in each of its releases: where the one that was found is listed, it counts alone.
 */
function fixedIn(record: unknown, name: string | undefined, ecosystem: string | undefined): readonly string[] {
  const same = list(record, 'affected').filter((a) => name === undefined || str(a, 'package', 'name') === name);
  const own = same.filter((a) => str(a, 'package', 'ecosystem') === ecosystem), affected = own.length > 0 ? own : same;
  const events = affected.flatMap((a) => list(a, 'ranges')).filter((range) => str(range, 'type') !== 'GIT').flatMap((range) => list(range, 'events'));
  return [...new Set(events.flatMap((event) => str(event, 'fixed') ?? []))];
}
