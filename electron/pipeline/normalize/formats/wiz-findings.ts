import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, type Result } from '#shared/lib/result.ts';
import type { FindingDraft } from '#shared/model/finding.ts';
import type { Normalized, Sample } from '../../ports.ts';
import { asList, everyFinding } from '../every-finding.ts';
import type { Format } from './format.ts';
import { configurationDraft, isConfiguration } from './wiz/configuration.ts';
import { detectionDraft, isDetection } from './wiz/detection.ts';
import { isVulnerability, vulnerabilityDraft } from './wiz/vulnerability.ts';

const queries = ['vulnerabilityFindings', 'configurationFindings', 'detections'];
const nodes = queries.map((query) => `${query}.nodes`);

/** What Wiz found before it makes issues of it: nodes of the GraphQL queries `vulnerabilityFindings`, `configurationFindings` and `detections`, and the payload of the detections webhook. */
export const wizFindings: Format = {
  name: 'wiz-findings',
  kind: 'findings',
  source: 'wiz',
  description: 'Wiz vulnerability and cloud configuration findings and detections: GraphQL nodes or responses, webhook payloads (JSON, NDJSON)',
  containers: [{ kind: 'json-path', paths: [...nodes.flatMap((path) => [`data.${path}`, path, `[].data.${path}`]), 'nodes'], emptyOk: true, alone: true }, { kind: 'json' }],
  detect,
  parse,
};

function detect(sample: Sample): number {
  const found = [...sample.records, sample.document].flatMap(unwrap).slice(0, 20);
  if (found.some((record) => isVulnerability(record) || isConfiguration(record) || isDetection(record))) return 94;
  return queries.some((query) => [['data', query, 'nodes'], [query, 'nodes']].some((path) => Array.isArray(at(sample.document, ...path)) && list(sample.document, ...path).length === 0)) ? 30 : 0;
}

function unwrap(record: unknown): readonly unknown[] {
  for (const path of [...queries.flatMap((query) => [['data', query, 'nodes'], [query, 'nodes']]), ['nodes']]) {
    const inner = at(record, ...path);
    if (Array.isArray(inner)) return inner;
  }
  return [record];
}

function parse(record: unknown): Result<Normalized> {
  return everyFinding(unwrap(record), (item) => asList(draftOf(item)));
}

function draftOf(item: unknown): Result<FindingDraft> {
  if (!isObject(item)) return err('finding: not an object');
  if (str(item, 'id') === undefined) return err('id: missing');
  if (isVulnerability(item)) return vulnerabilityDraft(item);
  if (isConfiguration(item)) return configurationDraft(item);
  return isDetection(item) ? detectionDraft(item) : err('neither a vulnerability finding (vulnerableAsset), a configuration finding (rule, resource) nor a detection (ruleMatch, tdrId)');
}
