import { str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingStatus, Severity } from '#shared/model/finding.ts';
import type { Normalized } from '../../../ports.ts';
import { hostFindings, labelled as line } from '../hosts/host-findings.ts';
import { cvesIn, scoreOf } from '../packages/package-findings.ts';

/** Qualys severity levels: 5 urgent, 4 critical, 3 serious, 2 medium, 1 minimal (Qualys documentation, "Severity levels"). */
const levels: Readonly<Record<string, Severity>> = { 5: 'critical', 4: 'high', 3: 'medium', 2: 'low', 1: 'informational' };

/** The findings of a row with the columns of the CSV report, which detections in XML are brought into. */
export function qualysFindings(row: unknown): Result<Normalized> {
  const text = (name: string): string | undefined => str(row, name)?.trim();
  const host = text('IP') ?? text('DNS'), qid = text('QID');
  if (host === undefined) return err('IP: missing');
  if (qid === undefined) return isClean(text('IP Status')) ? ok({ findings: [] }) : err('QID: missing');
  const type = text('Type'), isGathered = /^(ig|info(rmation)?( gathered)?)$/i.test(type ?? ''), isPotential = /^(practice|potential( vuln\w*)?)$/i.test(type ?? '');
  return ok({ findings: hostFindings({
    source: 'qualys', host, aliases: [text('DNS'), text('FQDN'), text('NetBIOS')], check: qid, name: text('Title') ?? qid, cves: cvesIn([text('CVE ID')]), port: text('Port'), protocol: text('Protocol'), instance: text('Instance'),
    severity: isGathered ? 'informational' : levels[text('Severity') ?? ''] ?? 'unknown', status: statusOf(text('Vuln Status')), cvss: ['CVSS3 Base', 'CVSS3.1 Base', 'CVSS Base'].map((key) => scoreOf(/^[\d.]+/.exec(text(key) ?? '')?.[0])).find((score) => score !== undefined),
    description: text('Threat'), evidence: [line('status', text('Vuln Status')), isPotential ? 'a potential vulnerability, not confirmed by the tool' : undefined, line('result', text('Results')), line('solution', text('Solution')), line('exploits', text('Exploitability')), line('operating system', text('OS')), line('tags', text('Associated Tags'))],
    discovered: text('First Detected'), updated: text('Last Detected'),
  }) });
}

/** A host on which nothing was found has a row as well. */
const isClean = (status: string | undefined): boolean => /\bno vuln/i.test(status ?? '');

function statusOf(word: string | undefined): FindingStatus {
  return /^fixed$/i.test(word ?? '') ? 'resolved' : /^(ignored|disabled)$/i.test(word ?? '') ? 'suppressed' : 'open';
}
