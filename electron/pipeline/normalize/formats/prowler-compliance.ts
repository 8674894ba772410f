import { isObject, str } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import type { Sample } from '../../ports.ts';
import type { Format } from './format.ts';
import { prowlerDraft } from './prowler/draft.ts';

/**
 * The tables that Prowler 3 to 5 write beside their findings, one for each framework (`output/compliance/…_cis_3.0_aws.csv`): a row for each requirement,
 * check and resource. They rate nothing, and tell one result of a check once for each requirement: those are one finding here.
 */
export const prowlerCompliance: Format = {
  name: 'prowler-compliance', kind: 'findings', source: 'prowler', description: 'Prowler compliance CSV (one for each framework)',
  containers: [{ kind: 'csv', delimiters: [';', ','] }],
  detect, parse,
};

function detect({ header }: Sample): number {
  const cells = new Set(header.map((cell) => cell.trim().toUpperCase()));
  return ['STATUS', 'STATUSEXTENDED', 'RESOURCEID', 'CHECKID', 'ASSESSMENTDATE'].every((cell) => cells.has(cell)) ? 95 : 0;
}

function parse(record: unknown): ReturnType<Format['parse']> {
  if (!isObject(record)) return err('record: not a row');
  const cell = (...names: readonly string[]): string | undefined => names.map((name) => str(record, name)?.trim()).find((text) => text !== undefined && text !== '');
  const check = cell('CHECKID'), requirement = cell('REQUIREMENTS_ID'), provider = cell('PROVIDER')?.toLowerCase() ?? 'aws';
  // A requirement that no check is for is about no resource.
  if (check?.toLowerCase() === 'manual' && /^manual/i.test(cell('RESOURCEID') ?? 'manual')) return ok({});
  const account = cell('ACCOUNTID', 'SUBSCRIPTIONID', 'PROJECTID', 'TENANTID', 'ACCOUNT_ID', 'CONTEXT', 'SUBSCRIPTION'), namespace = cell('NAMESPACE'), region = cell('REGION', 'LOCATION');
  const draft = prowlerDraft({
    provider, check, title: undefined, description: cell('REQUIREMENTS_DESCRIPTION'), status: cell('STATUS'), isMuted: cell('MUTED')?.toLowerCase() === 'true', detail: cell('STATUSEXTENDED'), severity: undefined,
    uid: check === undefined ? undefined : ['compliance', provider, check, account, region ?? namespace].filter((part) => part !== undefined).join('-'),
    account, accountName: undefined, region, partition: undefined, resourceIds: [cell('RESOURCEID'), cell('RESOURCENAME')], resourceName: cell('RESOURCENAME'), resourceType: undefined, namespace: namespace?.replace(/^namespace: /, ''),
    time: cell('ASSESSMENTDATE'), compliance: requirement === undefined ? [] : [`${cell('FRAMEWORK', 'NAME') ?? 'requirement'}: ${requirement}`], tags: undefined,
  });
  return draft.ok ? ok({ findings: [{ ...draft.value, kind: 'compliance' }] }) : draft;
}
