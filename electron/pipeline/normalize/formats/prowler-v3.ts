import { at, isObject, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Normalized, Sample } from '../../ports.ts';
import { readTags } from '../read-tags.ts';
import type { Format } from './format.ts';
import { prowlerCompliance, prowlerDraft } from './prowler/draft.ts';

/** Prowler 3's native JSON (`-M json`): an array with `CheckID`, `Status`, `FindingUniqueId`, for AWS, Azure and Google Cloud. */
export const prowlerV3: Format = {
  name: 'prowler-v3',
  kind: 'findings',
  source: 'prowler',
  description: 'Prowler 3 native JSON',
  containers: [{ kind: 'json' }],
  detect,
  parse,
};

function detect(sample: Sample): number {
  return sample.records.some((record) => isObject(record) && ['CheckID', 'Status', 'StatusExtended'].every((key) => Object.hasOwn(record, key))) ? 95 : 0;
}

function parse(record: unknown): Result<Normalized> {
  if (!isObject(record)) return err('record: not an object');
  const draft = prowlerDraft({
    provider: str(record, 'Provider')?.toLowerCase() ?? 'aws',
    check: str(record, 'CheckID'), title: str(record, 'CheckTitle'), description: str(record, 'Description'),
    status: str(record, 'Status'), isMuted: str(record, 'Muted')?.toLowerCase() === 'true', detail: str(record, 'StatusExtended'), severity: str(record, 'Severity'),
    uid: str(record, 'FindingUniqueId'),
    account: str(record, 'AccountId') ?? str(record, 'Subscription') ?? str(record, 'ProjectId'), accountName: str(record, 'OrganizationsInfo', 'account_details_name'),
    region: str(record, 'Region') ?? str(record, 'Location'), partition: undefined,
    resourceIds: [str(record, 'ResourceArn'), str(record, 'ResourceId'), str(record, 'ResourceName')],
    resourceName: str(record, 'ResourceName') ?? str(record, 'ResourceId'), resourceType: str(record, 'ResourceType'), namespace: undefined,
    time: at(record, 'AssessmentStartTime'), compliance: prowlerCompliance(at(record, 'Compliance')), tags: readTags(at(record, 'ResourceTags')),
  });
  return draft.ok ? ok({ findings: [draft.value] }) : draft;
}
