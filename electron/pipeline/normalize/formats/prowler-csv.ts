import { isObject, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Normalized, Sample } from '../../ports.ts';
import { readTags } from '../read-tags.ts';
import type { Format } from './format.ts';
import { prowlerCompliance, prowlerDraft } from './prowler/draft.ts';

/** Prowler 3, 4 and 5 CSV, separated by semicolons; generation 3 says FINDING_UNIQUE_ID and RESOURCE_ARN, later ones FINDING_UID and RESOURCE_UID. */
export const prowlerCsv: Format = {
  name: 'prowler-csv',
  kind: 'findings',
  source: 'prowler',
  description: 'Prowler 3, 4 and 5 CSV',
  containers: [{ kind: 'csv', delimiters: [';', ','] }],
  detect,
  parse,
};

function detect(sample: Sample): number {
  const cells = new Set(sample.header.map((cell) => cell.trim().toUpperCase()));
  if (!cells.has('CHECK_ID') || !cells.has('STATUS')) return 0;
  return cells.has('FINDING_UID') || cells.has('FINDING_UNIQUE_ID') ? 97 : 0;
}

function parse(record: unknown): Result<Normalized> {
  if (!isObject(record)) return err('record: not a row');
  const provider = str(record, 'PROVIDER')?.toLowerCase() ?? 'aws';
  const region = str(record, 'REGION') ?? str(record, 'LOCATION');
  const draft = prowlerDraft({
    provider,
    check: str(record, 'CHECK_ID'), title: str(record, 'CHECK_TITLE'), description: str(record, 'DESCRIPTION'),
    status: str(record, 'STATUS'), isMuted: str(record, 'MUTED')?.toLowerCase() === 'true', detail: str(record, 'STATUS_EXTENDED'), severity: str(record, 'SEVERITY'),
    uid: str(record, 'FINDING_UID') ?? str(record, 'FINDING_UNIQUE_ID'),
    account: str(record, 'ACCOUNT_UID') ?? str(record, 'ACCOUNT_ID') ?? str(record, 'SUBSCRIPTION') ?? str(record, 'PROJECT_ID'), accountName: str(record, 'ACCOUNT_NAME'),
    region, partition: provider === 'aws' ? str(record, 'PARTITION') : undefined,
    resourceIds: [str(record, 'RESOURCE_UID'), str(record, 'RESOURCE_ARN'), str(record, 'RESOURCE_ID'), str(record, 'RESOURCE_NAME')],
    resourceName: str(record, 'RESOURCE_NAME') ?? str(record, 'RESOURCE_ID'), resourceType: str(record, 'RESOURCE_TYPE'),
    namespace: /^namespace: (.+)$/.exec(region ?? '')?.[1] ?? str(record, 'NAMESPACE'),
    time: str(record, 'TIMESTAMP') ?? str(record, 'ASSESSMENT_START_TIME'),
    compliance: prowlerCompliance(str(record, 'COMPLIANCE')), tags: readTags(str(record, 'RESOURCE_TAGS')),
  });
  return draft.ok ? ok({ findings: [draft.value] }) : draft;
}
