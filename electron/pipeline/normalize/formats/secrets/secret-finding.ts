import type { FindingDraft, Severity } from '#shared/model/finding.ts';
import type { EntityId } from '../../aws-entity.ts';
import { repositoryUrl } from '../../repository-url.ts';

/** What a scanner for secrets says of one place. */
export interface SecretReport {
  readonly source: string;
  /** The tool's own id, or what stands for it. */
  readonly id: string;
  readonly about: EntityId;
  readonly check: string;
  readonly title: string;
  readonly severity: Severity;
  readonly evidence: readonly (string | undefined)[];
  readonly discovered: unknown;
  readonly tags?: Readonly<Record<string, string>>;
  readonly accessKey?: string | undefined;
}

/** A secret that was found. What was found is never part of it. */
export function secretFinding(r: SecretReport): FindingDraft {
  return {
    source: r.source, source_id: r.id, kind: 'posture', ...r.about, issue_type: 'secret_exposed', issue_mapped: true, check_id: r.check, title: r.title.slice(0, 500), severity_reported: r.severity, status: 'open',
    evidence: r.evidence.filter((line) => line !== undefined && line !== '').map((line) => String(line).slice(0, 500)), discovered: r.discovered, attack: [], compliance: [], ...(r.tags && { tags: r.tags }), ...(r.accessKey !== undefined && { observables: { access_key: r.accessKey } }),
  };
}

/** A file of a repository by the address of both, where the repository's is known; else by its path alone. */
export function fileIn(repository: string | undefined, path: string): EntityId {
  const address = repository === undefined ? undefined : repositoryUrl(repository);
  return address === undefined ? { entity: path, entity_type: 'file', aliases: [] } : { entity: `${address}/${path.replace(/^\/+/, '')}`, entity_type: 'file', aliases: [address] };
}

/** The object without all but some of its fields: what a scanner for secrets writes of the text around them is never kept. */
export const keepOnly = (record: unknown, fields: readonly string[]): unknown =>
  (typeof record === 'object' && record !== null && !Array.isArray(record) ? Object.fromEntries(Object.entries(record).filter(([key]) => fields.includes(key))) : record);
