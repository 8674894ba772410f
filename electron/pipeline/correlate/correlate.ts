import { hash } from 'node:crypto';
import { describeIssue } from '#shared/model/issue-types.ts';
import type { CorrelationFinding, Severity } from '#shared/model/finding.ts';
import { severities } from '#shared/model/finding.ts';
import type { Incident, IncidentStatus } from '#shared/model/incident.ts';
import { formatTime } from '#shared/lib/time.ts';
import { clusterFindings, type Cluster, type Link, type ResolvedEntity } from './clusters.ts';

export interface KnownIncident { readonly key: string; readonly id: string; readonly status: IncidentStatus; readonly merged_into: string | undefined }
export interface CorrelateInput {
  /** Findings with status open. */
  readonly findings: readonly CorrelationFinding[];
  readonly links: readonly Link[];
  /** Which incident each of the findings belonged to after the last run. */
  readonly assignments: ReadonlyMap<string, string>;
  /** The incidents of these assignments. */
  readonly known: readonly KnownIncident[];
  /** Whether a key was given out, also to an incident that is not among the known. */
  readonly isTaken: (key: string) => boolean;
  readonly resolve: (entity: string, account: string | undefined) => ResolvedEntity;
  /** Environment by the policy's word on the account. */
  environmentOf(account: string | undefined): string | undefined;
  /** The year and the last number given out in it, for new labels. */
  readonly label: { readonly year: number; readonly last: number };
}
export interface CorrelatedIncident { readonly incident: Incident; readonly findings: readonly CorrelationFinding[] }
export interface Correlated {
  readonly incidents: readonly CorrelatedIncident[];
  /** Earlier incidents whose findings all went elsewhere or were resolved, with the one that took them over. */
  readonly closed: readonly { readonly key: string; readonly merged_into: string | undefined }[];
}

/** Groups open findings into incidents; an incident that was there keeps its key and label as long as findings of it remain. */
export function correlate(input: CorrelateInput): Correlated {
  const clusters = clusterFindings(input.findings, input.resolve, input.links);
  const keys = chooseKeys(clusters, input);
  const known = new Map(input.known.map((k) => [k.key, k]));
  const drafts = clusters.map((cluster, i) => ({ cluster, key: keys[i] ?? '' })).map(({ cluster, key }) => ({ cluster, key, ...describe(cluster, input) }));
  const fresh = drafts.filter((d) => !known.has(d.key)).toSorted((a, b) => a.firstUs - b.firstUs || compare(a.entity, b.entity) || compare(a.key, b.key));
  const labels = new Map(fresh.map((d, i) => [d.key, `INC-${input.label.year}-${String(input.label.last + i + 1).padStart(4, '0')}`]));
  const incidents = drafts.map(({ cluster, key, ...draft }): CorrelatedIncident => {
    const before = known.get(key);
    const { firstUs, lastUs, ...fields } = draft;
    return {
      findings: cluster.map((m) => m.subject.finding),
      incident: { id: before?.id ?? labels.get(key) ?? key, key, status: before?.status === 'closed' ? 'reopened' : before?.status ?? 'open', ...fields, first_seen: formatTime(firstUs), last_seen: formatTime(lastUs) },
    };
  });
  const alive = new Set(incidents.map((i) => i.incident.key));
  const successor = successors(input.assignments, incidents);
  const closed = input.known.filter((k) => !alive.has(k.key) && k.status !== 'closed').map((k) => ({ key: k.key, merged_into: successor.get(k.key) }));
  return { incidents: incidents.toSorted((a, b) => compare(a.incident.id, b.incident.id)), closed };
}

/** For each earlier incident the one that took the first of its findings that still is in one. */
function successors(assignments: CorrelateInput['assignments'], incidents: readonly CorrelatedIncident[]): ReadonlyMap<string, string> {
  const successor = new Map<string, string>();
  if (assignments.size === 0) return successor;
  const nowIn = new Map<string, string>();
  for (const { incident, findings } of incidents) for (const f of findings) nowIn.set(f.finding_id, incident.key);
  for (const [finding, key] of assignments) {
    const now = nowIn.get(finding);
    if (now !== undefined && !successor.has(key)) successor.set(key, now);
  }
  return successor;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Each cluster inherits the known incident that most of its findings came from (the older label on a tie), each incident goes to one cluster only; others get a new key. */
function chooseKeys(clusters: readonly Cluster[], input: CorrelateInput): readonly string[] {
  const label = new Map(input.known.map((k) => [k.key, k.id]));
  const claims = clusters.flatMap((cluster, i) => {
    const votes = new Map<string, number>();
    for (const m of cluster) {
      const key = input.assignments.get(m.subject.finding.finding_id);
      if (key !== undefined && label.has(key)) votes.set(key, (votes.get(key) ?? 0) + 1);
    }
    return [...votes].map(([key, n]) => ({ i, key, n }));
  }).toSorted((a, b) => b.n - a.n || compare(label.get(a.key) ?? '', label.get(b.key) ?? '') || a.i - b.i);
  const chosen: (string | undefined)[] = clusters.map(() => undefined);
  const taken = new Set<string>();
  for (const c of claims) {
    if (chosen[c.i] !== undefined || taken.has(c.key)) continue;
    chosen[c.i] = c.key;
    taken.add(c.key);
  }
  return clusters.map((cluster, i) => chosen[i] ?? newKey(cluster, input.isTaken));
}

/** A new key names the cluster by its first finding; should that name be given out already (the finding left the incident that it named), by all of them, then by a count. */
function newKey(cluster: Cluster, isTaken: CorrelateInput['isTaken']): string {
  const key = (text: string) => `K-${hash('sha256', text, 'hex').slice(0, 20)}`;
  const ids = cluster.map((m) => m.subject.finding.finding_id);
  let found = key(ids[0] ?? '');
  for (let n = 0; isTaken(found); n++) found = key(n === 0 ? ids.join(' ') : `${ids.join(' ')} ${n}`);
  return found;
}

/** Which of a cluster's issues is the problem; the rest supports or amplifies it. Smaller is more primary. */
const FAMILY_ORDER = ['attack_sequence', 'exfiltration', 'credential_attack', 'malware', 'impact', 'persistence', 'lateral_movement', 'execution', 'evasion', 'access_attack', 'anomaly', 'policy', 'recon', 'storage_exposure', 'vulnerability', 'network_exposure', 'privilege'];
const ISSUE_ORDER = ['public_access', 'public_snapshot', 'sensitive_data_exposure', 'cross_account_access', 'brute_force', 'privilege_escalation', 'overprivileged_identity', 'external_trust', 'open_port', 'public_ip'];
const place = (list: readonly string[], name: string): number => (list.includes(name) ? list.indexOf(name) : list.length);
const severityRank = (s: Severity): number => severities.indexOf(s);

function primaryOf(cluster: Cluster): CorrelationFinding {
  const sorted = cluster.toSorted((a, b) => {
    const x = a.subject.finding, y = b.subject.finding;
    // A host rather than the security group before it: what can be reached is the problem.
    return place(FAMILY_ORDER, a.subject.family) - place(FAMILY_ORDER, b.subject.family) || Number(x.issue_guessed ?? false) - Number(y.issue_guessed ?? false) || Number(y.vulnerability?.kev ?? false) - Number(x.vulnerability?.kev ?? false) || Number(a.subject.only_host !== undefined) - Number(b.subject.only_host !== undefined) || place(ISSUE_ORDER, x.issue_type) - place(ISSUE_ORDER, y.issue_type)
      || severityRank(x.severity_reported) - severityRank(y.severity_reported) || x.discovered_us - y.discovered_us || compare(x.finding_id, y.finding_id);
  });
  const first = sorted[0];
  if (!first) throw new Error('a cluster has at least one finding');
  return first.subject.finding;
}

function describe(cluster: Cluster, input: CorrelateInput): Omit<Incident, 'id' | 'key' | 'status' | 'first_seen' | 'last_seen'> & { readonly firstUs: number; readonly lastUs: number } {
  const primary = primaryOf(cluster);
  const entity = cluster.find((m) => m.subject.finding === primary)?.subject.entity ?? primary.entity;
  const findings = cluster.map((m) => m.subject.finding);
  const sources = [...new Set(findings.map((f) => f.source))].toSorted();
  const family = describeIssue(primary.issue_type, primary.kind).family;
  const amplifiers: Record<string, number> = {};
  for (const m of cluster) if (m.subject.family !== family) amplifiers[m.subject.finding.issue_type] = (amplifiers[m.subject.finding.issue_type] ?? 0) + 1;
  const environment = input.environmentOf(primary.account) ?? primary.environment;
  const name = input.resolve(primary.entity, primary.account).name;
  const isGuessed = findings.every((f) => f.issue_type !== primary.issue_type || f.issue_guessed === true);
  return {
    title: primary.title, primary_issue: primary.issue_type, primary_finding: primary.finding_id, ...(isGuessed && { issue_guessed: true }), kind: primary.kind, entity, entity_type: primary.entity_type, ...(name !== undefined && { entity_name: name }),
    ...(environment !== undefined && { environment }), ...(primary.account !== undefined && { account: primary.account }), ...(primary.region !== undefined && { region: primary.region }),
    severity_reported: findings.map((f) => f.severity_reported).toSorted((a, b) => severityRank(a) - severityRank(b))[0] ?? 'unknown',
    supporting_findings: cluster.map((m) => ({ finding_id: m.subject.finding.finding_id, source: m.subject.finding.source, source_id: m.subject.finding.source_id, issue_type: m.subject.finding.issue_type, why_joined: m.subject.finding === primary && cluster.length > 1 ? 'the primary issue' : m.why })),
    amplifiers: Object.fromEntries(Object.entries(amplifiers).toSorted(([a], [b]) => compare(a, b))),
    confidence: cluster.length === 1 ? 1 : Math.min(...cluster.filter((m) => m.subject.finding !== primary).map((m) => m.weight)),
    evidence_summary: `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'} from ${sources.join(', ')}`,
    attack: [...new Set(findings.flatMap((f) => f.attack))].toSorted(),
    firstUs: Math.min(...findings.map((f) => f.discovered_us)), lastUs: Math.max(...findings.map((f) => f.updated_us)),
  };
}
