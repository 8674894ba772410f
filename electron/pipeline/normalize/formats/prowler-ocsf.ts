import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft } from '#shared/model/finding.ts';
import type { Normalized, Sample } from '../../ports.ts';
import { readTags } from '../read-tags.ts';
import type { Format } from './format.ts';
import { prowlerCompliance, prowlerDraft } from './prowler/draft.ts';
import type { ProwlerResult } from './prowler/result.ts';

/**
 * Prowler's OCSF: detection findings (class 2004) of versions 4 and 5, security findings (class 2001) of version 3. Until 4.4 the times
 * are text (`event_time`, `finding_info.created_time`) and `status_id` was 3 for failed ones: `status` alone tells a muted finding.
 */
export const prowlerOcsf: Format = {
  name: 'prowler-ocsf',
  kind: 'findings',
  source: 'prowler',
  description: 'Prowler OCSF JSON (versions 3 to 5; AWS, Azure, Google Cloud, Kubernetes, Microsoft 365, GitHub)',
  containers: [{ kind: 'json' }],
  detect,
  parse,
};

function detect(sample: Sample): number {
  return sample.records.some((record) => {
    const product = str(record, 'metadata', 'product', 'name') ?? str(record, 'finding_info', 'product_uid');
    return product?.toLowerCase() === 'prowler' && (isObject(at(record, 'finding_info')) || isObject(at(record, 'finding')));
  }) ? 97 : 0;
}

function parse(record: unknown): Result<Normalized> {
  if (!isObject(record)) return err('record: not an object');
  const resources = list(record, 'resources').filter(isObject);
  const drafts: FindingDraft[] = [];
  for (const resource of resources.length === 0 ? [undefined] : resources) {
    const draft = prowlerDraft(resultOf(record, resource));
    if (!draft.ok) return draft;
    drafts.push(draft.value);
  }
  return ok({ findings: drafts });
}

function resultOf(record: unknown, resource: unknown): ProwlerResult {
  const info = at(record, 'finding_info') ?? at(record, 'finding');
  const outcome = str(record, 'compliance', 'status') ?? str(record, 'status');
  const provider = (str(record, 'cloud', 'provider') ?? str(record, 'unmapped', 'provider') ?? (str(resource, 'namespace') === undefined ? 'aws' : 'kubernetes')).toLowerCase();
  return {
    provider,
    check: str(record, 'metadata', 'event_code') ?? str(record, 'metadata', 'product', 'feature', 'uid'),
    title: str(info, 'title'), description: str(info, 'desc'),
    status: str(record, 'status_code') ?? (outcome === 'Success' ? 'PASS' : outcome === undefined ? undefined : 'FAIL'),
    isMuted: str(record, 'status') === undefined ? str(record, 'status_id') === '3' : str(record, 'status')?.toLowerCase() === 'suppressed',
    detail: str(record, 'status_detail') ?? str(record, 'message'), severity: str(record, 'severity') ?? severityWord(at(record, 'severity_id')),
    uid: str(info, 'uid'),
    account: str(record, 'cloud', 'account', 'uid') ?? str(record, 'cloud', 'project_uid') ?? str(record, 'unmapped', 'provider_uid') ?? clusterIn(str(info, 'uid')), accountName: str(record, 'cloud', 'account', 'name'),
    region: str(resource, 'region') ?? str(record, 'cloud', 'region'), partition: provider === 'aws' ? str(resource, 'cloud_partition') : undefined,
    resourceIds: [str(resource, 'uid'), str(resource, 'data', 'metadata', 'arn'), str(resource, 'name')],
    resourceName: str(resource, 'name'), resourceType: str(resource, 'type'), namespace: str(resource, 'namespace'),
    time: timeOf(record, info),
    compliance: prowlerCompliance(at(record, 'unmapped', 'compliance') ?? requirements(record)), tags: readTags(at(resource, 'labels')),
  };
}

/** Until 5.5 nothing but the uid names the cluster: `prowler-kubernetes-<check>-<cluster>-namespace: <namespace>-<name>`. */
const clusterIn = (uid: string | undefined): string | undefined => /^prowler-kubernetes-\w+-(.+?)-namespace: /.exec(uid ?? '')?.[1];

/**
 * Since 4.5 `…_dt` is the scanner's local time, written without an offset, and the epoch seconds beside it are exact: a `_dt` counts only
 * when it says its offset.
 */
function timeOf(record: unknown, info: unknown): unknown {
  const zoned = [at(info, 'created_time_dt'), at(record, 'time_dt')].find((text) => typeof text === 'string' && /(Z|[+-]\d{2}:?\d{2})$/.test(text));
  return zoned ?? at(info, 'created_time') ?? at(record, 'time') ?? at(record, 'event_time') ?? at(info, 'created_time_dt') ?? at(record, 'time_dt');
}

/** Version 3 lists requirements as `CIS-1.4: 1.20` strings or `["CIS-1.4: …"]`. */
const requirements = (record: unknown): string => list(record, 'compliance', 'requirements').flatMap((item) => str(item) ?? []).join(' | ');

/** OCSF `severity_id`. */
const severityWord = (id: unknown): string | undefined => ['unknown', 'informational', 'low', 'medium', 'high', 'critical', 'fatal'][Number(id ?? Number.NaN)];
