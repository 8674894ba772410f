import type { EntityType, FindingDraft, FindingStatus, Severity } from '#shared/model/finding.ts';
import { cloudIssue } from '../../aws-issue.ts';

/** What a network scanner says of one host. */
export interface HostReport {
  readonly source: string;
  /** The host's address or name. */
  readonly host: string;
  readonly aliases: readonly (string | undefined)[];
  readonly check: string;
  readonly name: string;
  readonly cves: readonly string[];
  readonly port: string | undefined;
  readonly protocol: string | undefined;
  readonly severity: Severity;
  readonly status?: FindingStatus;
  readonly cvss: number | undefined;
  readonly epss?: number | undefined;
  readonly description: string | undefined;
  readonly evidence: readonly (string | undefined)[];
  readonly discovered: unknown;
  readonly updated?: unknown;
  /** What tells several results of one check on one port apart. */
  readonly instance?: string | undefined;
}

/** One finding, or one for each CVE that the check is about, as each has its own exploits; a check without one is told by its name. */
export function hostFindings(report: HostReport): readonly FindingDraft[] {
  return (report.cves.length === 0 ? [undefined] : report.cves).map((cve) => draftOf(report, cve));
}

function draftOf(r: HostReport, cve: string | undefined): FindingDraft {
  const port = /^\d{1,5}$/.test(r.port ?? '') && Number(r.port) > 0 && Number(r.port) < 65_536 ? Number(r.port) : undefined, protocol = r.protocol?.trim().toLowerCase();
  const issue = cve === undefined ? cloudIssue(r.check, { ids: [], rule: [r.name] }) : { issue_type: 'vulnerable_package', issue_mapped: true };
  return {
    source: r.source, source_id: [r.host, r.check, cve, r.port, protocol, r.instance].map((part) => part ?? '').join('|'), kind: cve === undefined ? 'posture' : 'vulnerability', entity: r.host, entity_type: 'host' satisfies EntityType,
    aliases: [...new Set(r.aliases)].filter((alias) => alias !== undefined && alias !== '' && alias !== r.host).map(String), ...issue, check_id: r.check, title: r.name.slice(0, 500), ...(r.description !== undefined && { description: r.description }),
    severity_reported: r.severity, status: r.status ?? 'open', evidence: r.evidence.filter((line) => line !== undefined).map((line) => line.slice(0, 2000)), discovered: r.discovered, ...(r.updated !== undefined && { updated: r.updated }), attack: [], compliance: [],
    observables: { host: r.host, ...(port !== undefined && { port }), ...(protocol !== undefined && protocol !== '' && { protocol }) },
    ...(cve !== undefined && { vulnerability: { cve, ...(r.cvss !== undefined && { cvss: r.cvss }), ...(r.epss !== undefined && { epss: r.epss }) } }),
  };
}

/** A line of evidence with what it tells. */
export const labelled = (label: string, text: string | undefined): string | undefined => (text === undefined ? undefined : `${label}: ${text}`);
