import { at, isObject, str } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import type { RecordContext, Sample } from '../../ports.ts';
import { bucketEntity, type EntityId } from '../aws-entity.ts';
import { severityOfLabel } from '../severity-label.ts';
import type { Format } from './format.ts';
import { fileIn, keepOnly, secretFinding } from './secrets/secret-finding.ts';

/**
 * TruffleHog's JSON lines: version 3 (`SourceMetadata`, `DetectorName`), version 2 (`reason`, `stringsFound`) and trufflehog3 (`rule`, `secret`). The secrets, and all text around
 * them, are not kept; of a key of AWS its id is, which is no secret. Source: trufflehog, `pkg/output/json.go`, `proto/source_metadata.proto`.
 */
export const trufflehog: Format = {
  name: 'trufflehog', kind: 'findings', source: 'trufflehog', description: 'TruffleHog findings (JSON lines, versions 2 and 3, trufflehog3)',
  containers: [{ kind: 'json' }],
  detect, parse, redact: withoutSecret,
};

const is3 = (record: unknown): boolean => isObject(at(record, 'SourceMetadata')) && str(record, 'DetectorName') !== undefined;
const is2 = (record: unknown): boolean => str(record, 'reason') !== undefined && Array.isArray(at(record, 'stringsFound')) && str(record, 'path') !== undefined;
const isOther3 = (record: unknown): boolean => str(record, 'rule', 'id') !== undefined && str(record, 'path') !== undefined && at(record, 'secret') !== undefined && at(record, 'context') !== undefined;
function detect({ records }: Sample): number { return records.some((record) => is3(record) || is2(record) || isOther3(record)) ? 94 : 0; }

const FIELDS = ['SourceMetadata', 'SourceID', 'SourceType', 'SourceName', 'DetectorType', 'DetectorName', 'DetectorDescription', 'DecoderName', 'Verified', 'Redacted', 'ExtraData', 'branch', 'commitHash', 'date', 'path', 'reason', 'rule', 'line', 'id', 'author', 'commit'];
const KEY_ID = /^A(?:KI|SI)A[A-Z0-9]{16}$/;

/** In version 2 `commit` is the message of the commit, which may have anything in it. */
function withoutSecret(record: unknown): unknown {
  const kept = keepOnly(record, FIELDS);
  if (!isObject(kept)) return kept;
  const { Redacted: redacted, ExtraData: extra, commit, ...rest } = kept;
  return {
    ...rest, ...(typeof redacted === 'string' && KEY_ID.test(redacted) && { Redacted: redacted }), ...(isObject(extra) && { ExtraData: keepOnly(extra, ['account', 'arn', 'user_id', 'resource_type', 'rotation_guide']) }), ...(typeof commit === 'string' && /^[0-9a-f]{7,64}$/.test(commit) && { commit }),
  };
}

function parse(record: unknown, context: RecordContext): ReturnType<Format['parse']> {
  if (!isObject(record)) return err('not a JSON object');
  if (record['SourceMetadata'] !== undefined) return detected(record, context);
  const rule = str(record, 'rule', 'id') ?? str(record, 'reason'), path = str(record, 'path'), commit = str(record, 'commitHash') ?? str(record, 'commit'), line = str(record, 'line');
  if (rule === undefined) return err('neither DetectorName nor reason nor rule');
  if (path === undefined) return err('path is missing');
  return ok({ findings: [secretFinding({
    source: 'trufflehog', id: [str(record, 'id') ?? rule, commit, path, line].map((part) => part ?? '').join('|'), about: fileIn(undefined, path), check: rule, title: str(record, 'rule', 'message') ?? rule, severity: severityOfLabel(str(record, 'rule', 'severity')),
    evidence: [`${path}${line === undefined ? '' : `:${line}`}`, commit === undefined ? undefined : `commit ${commit}`, str(record, 'branch') === undefined ? undefined : `branch ${str(record, 'branch') ?? ''}`], discovered: at(record, 'date'),
  })] });
}

function detected(record: unknown, context: RecordContext): ReturnType<Format['parse']> {
  const detector = str(record, 'DetectorName');
  if (detector === undefined) return err('DetectorName is missing');
  const [[kind, place]] = [...Object.entries(Object(at(record, 'SourceMetadata', 'Data'))), ['', undefined] as const], about = placeOf(kind, place, context), told = (key: string): string | undefined => str(place, key);
  const line = told('line'), file = told('file'), commit = told('commit'), isVerified = at(record, 'Verified') === true, key = str(record, 'Redacted'), arn = str(record, 'ExtraData', 'arn');
  return ok({ findings: [secretFinding({
    source: 'trufflehog', id: [about.entity, file, commit, line, detector, key].map((part) => part ?? '').join('|'), about, check: detector, title: `${detector} credential${isVerified ? ', verified to work' : ''}`, severity: 'unknown',
    evidence: [isVerified ? 'verified: the tool could use it' : 'not verified: whether it works is not known', file === undefined ? undefined : `${file}${line === undefined || line === '0' ? '' : `:${line}`}`, commit === undefined ? undefined : `commit ${commit}`, told('link'), arn === undefined ? undefined : `belongs to ${arn}`, str(record, 'DetectorDescription')],
    discovered: told('timestamp')?.replace(/ ([+-]\d{4}) (?:[+-]\d{4}|[A-Z]{2,5})$/, ' $1'), ...(key !== undefined && { accessKey: key }),
  })] });
}

/** What the tool looked through: repositories, buckets, images, files, or whatever has a link. */
function placeOf(kind: string, place: unknown, context: RecordContext): EntityId {
  const told = (key: string): string | undefined => str(place, key), file = told('file'), bucket = told('bucket'), image = told('image');
  if (bucket !== undefined) return kind.toLowerCase() === 'gcs' ? { entity: `//storage.googleapis.com/${bucket}`, entity_type: 'bucket', aliases: [bucket] } : bucketEntity(bucket);
  if (image !== undefined) return { entity: told('tag') === undefined || image.includes(':') ? image : `${image}:${told('tag') ?? ''}`, entity_type: 'image', aliases: [] };
  if (file !== undefined) return fileIn(told('repository'), file);
  const other = told('repository') ?? told('link') ?? told('path') ?? told('project') ?? told('channel_name');
  return other === undefined ? { entity: context.path, entity_type: 'other', aliases: [] } : { entity: other, entity_type: told('repository') === undefined ? 'other' : 'repository', aliases: [] };
}
