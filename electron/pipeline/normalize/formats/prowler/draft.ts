import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft, FindingStatus, Severity } from '#shared/model/finding.ts';
import type { EntityId } from '../../aws-entity.ts';
import { cloudIssue } from '../../aws-issue.ts';
import { portInId, portInText } from '../../port-in-text.ts';
import { severityOfLabel } from '../../severity-label.ts';
import { prowlerEntity } from './entity.ts';
import type { ProwlerResult } from './result.ts';

/** Published examples carry `<finding_uid>` and the like: not an id. */
const isPlaceholder = (text: string): boolean => /^<\w+>$/.test(text);

/** The finding of one Prowler result, or what it lacks. */
export function prowlerDraft(result: ProwlerResult): Result<FindingDraft> {
  const { check, status } = result;
  if (check === undefined) return err('check id: missing');
  if (status === undefined) return err('status: missing');
  const about = prowlerEntity(result);
  if (about === undefined) return err('resource id: missing, and no account id');
  const { account, region, ...entity } = about;
  const issue = cloudIssue(check, { ids: [check], rule: [result.title] });
  // Its ids name the port that a check is about; a title is asked only where it tells the issue too.
  const byId = issue.issue_type === 'open_port' ? portInId(check) : undefined, isToldById = cloudIssue(check, { ids: [check] }).issue_mapped;
  const port = byId ?? (issue.issue_type === 'open_port' && !isToldById ? portInText(result.title) : undefined);
  const attack = result.compliance.flatMap((item) => /^MITRE-ATTACK: (T\d{4}(?:\.\d{3})?)$/.exec(item)?.[1] ?? []);
  return ok({
    source: 'prowler', ...idOf(result, entity), kind: 'posture', ...entity, ...issue, check_id: check, title: result.title ?? check,
    ...(result.description !== undefined && { description: result.description }),
    severity_reported: severityOf(result), status: statusOf(result),
    evidence: [...(result.detail === undefined ? [] : [result.detail]), ...(isManual(status) ? [`status: ${status} (not checked by the tool)`] : []), ...(result.accountName === undefined ? [] : [`account name: ${result.accountName}`])],
    ...(account !== undefined && { account }), ...(region !== undefined && { region }),
    discovered: result.time, attack, compliance: result.compliance,
    ...(port !== undefined && { observables: { port } }), ...(result.tags && { tags: result.tags }),
  });
}

/**
 * Prowler's own uid, the same in all its outputs; where it is missing it is made the same way. It ends with the resource's name, which inline policies of
 * several users, rules in two resource groups and machines in two zones may share: the entity tells them apart.
 */
function idOf({ uid, provider, check, account, region }: ProwlerResult, { entity }: EntityId): Pick<FindingDraft, 'source_id' | 'apart'> {
  if (uid !== undefined && !isPlaceholder(uid)) return { source_id: uid, apart: entity };
  return { source_id: ['prowler', provider, check, account, region, entity].filter((part) => part !== undefined).join('-') };
}

const isManual = (status: string): boolean => /^(manual|info)$/i.test(status);

/** What the tool could not check itself, or only tells, is no finding of the check's severity. */
const severityOf = ({ status, severity }: ProwlerResult): Severity => isManual(status ?? '') ? 'informational' : severityOfLabel(severity);

function statusOf({ status, isMuted }: ProwlerResult): FindingStatus {
  const word = status?.toUpperCase();
  if (word === 'PASS' || word === 'PASSED' || word === 'SUCCESS') return 'passed';
  return isMuted || word === 'MUTED' || word === 'WARNING' ? 'suppressed' : 'open';
}

/** `{"CIS-1.4": ["1.20"]}` or the CSV's `CIS-1.4: 1.20, 1.21 | …` as `CIS-1.4: 1.20` lines. */
export function prowlerCompliance(value: unknown): readonly string[] {
  if (typeof value === 'string') {
    return value.split(' | ').flatMap((part) => {
      const m = /^([^:]+):\s*(.*)$/s.exec(part.trim());
      return m?.[1] === undefined || m[2] === undefined ? [] : m[2].split(', ').flatMap((item) => item.trim() === '' ? [] : [`${m[1]}: ${item.trim()}`]);
    });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([standard, requirements]) => (Array.isArray(requirements) ? requirements : [requirements])
    .flatMap((item: unknown) => typeof item === 'string' || typeof item === 'number' ? [`${standard}: ${item}`] : []));
}
