import type { EvidencePlan } from '#shared/model/evidence-plan.ts';
import type { ToldFinding } from '#shared/model/finding.ts';
import type { Incident } from '#shared/model/incident.ts';
import { describeIssue } from '#shared/model/issue-types.ts';
import type { JsonObject } from '#shared/lib/json.ts';

/** Most values of one kind that a call carries; `truncated` says when there were more, and then nothing is exonerated by "all of them". */
const MOST = 50;
const NONE: readonly string[] = [];
const MOST_VULNERABILITIES = 500;
function all(values: readonly (string | undefined)[]): readonly string[] {
  const found = new Set<string>();
  for (const value of values) if (value !== undefined) found.add(value);
  return found.size === 0 ? NONE : [...found].toSorted();
}
const distinct = (values: readonly (string | undefined)[]): readonly string[] => all(values).slice(0, MOST);
const OBSERVED = ['src_ip', 'user', 'host', 'access_key', 'process', 'user_agent', 'file_hash'] as const;

const planOf = (finding: ToldFinding): EvidencePlan['plan'] => describeIssue(finding.issue_type, 'posture').plan;

/** What supporting findings report besides: a tool that refutes the primary issue has not refuted these. */
const otherIssues = (findings: readonly ToldFinding[]): readonly { readonly issue_type: string; readonly titles: readonly string[] }[] =>
  distinct(findings.map((f) => f.issue_type)).map((issue_type) => ({ issue_type, titles: distinct(findings.filter((f) => f.issue_type === issue_type).map((f) => f.title)) }));

/** Supporting findings of other plans: where the primary issue is refuted, these still are what they are. */
function besides(findings: readonly ToldFinding[]): readonly JsonObject[] {
  return otherIssues(findings).map(({ issue_type, titles }) => {
    const own = findings.filter((f) => f.issue_type === issue_type), ports = portsOf(own), [first] = own;
    return { issue_type, ...(first && { plan: planOf(first) }), titles, ...(ports.length > 0 && { ports }) };
  });
}

function portsOf(findings: readonly ToldFinding[]): readonly { readonly port: number; readonly protocol: string }[] {
  const ports = new Map(findings.flatMap((f) => (f.observables?.port === undefined ? [] : [[`${f.observables.port}/${f.observables.protocol ?? 'tcp'}`, { port: f.observables.port, protocol: f.observables.protocol ?? 'tcp' }]] as const)));
  return [...ports.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, p]) => p).slice(0, MOST);
}

/**
 * What the tools are asked about: the entity of the primary issue and what the findings that share that issue report. The same for the same
 * incident whatever the order of its findings, as replay finds recorded calls by it.
 */
export function subjectOf(incident: Incident, findings: readonly ToldFinding[], plan: EvidencePlan): JsonObject {
  const primary = findings.filter((f) => f.issue_type === incident.primary_issue || plan.detection || plan.plan === 'vulnerable_package');
  const seen = (primary.length > 0 ? primary : findings).toSorted((a, b) => (a.finding_id < b.finding_id ? -1 : 1));
  const observed = new Map(OBSERVED.map((key) => [key, all(seen.map((f) => f.observables?.[key]))]));
  const most = (key: (typeof OBSERVED)[number]) => (observed.get(key) ?? NONE).slice(0, MOST);
  const vulnerabilities = [...new Map(seen.flatMap((f) => (f.vulnerability ? [[JSON.stringify(f.vulnerability), f.vulnerability] as const] : []))).values()];
  const truncated = vulnerabilities.length > MOST_VULNERABILITIES || [...observed.values()].some((values) => values.length > MOST);
  const also = plan.detection ? [] : otherIssues(findings.filter((f) => f.issue_type !== incident.primary_issue && planOf(f) === plan.plan));
  const beside = plan.detection ? [] : besides(findings.filter((f) => f.issue_type !== incident.primary_issue && planOf(f) !== plan.plan && planOf(f) !== 'detection'));
  return {
    entity: incident.entity, entity_type: incident.entity_type, ...(incident.account !== undefined && { account: incident.account }), ...(incident.region !== undefined && { region: incident.region }),
    issue_type: incident.primary_issue, ...(also.length > 0 && { also }), ...(beside.length > 0 && { beside }), kind: incident.kind, plan: plan.plan, family: plan.family, exposure_applies: plan.exposure_applies,
    first_us: Math.min(...seen.map((f) => f.discovered_us)), last_us: Math.max(...seen.map((f) => f.updated_us)),
    src_ips: most('src_ip'), users: most('user'), hosts: most('host'), access_keys: most('access_key'), processes: most('process'), user_agents: most('user_agent'), file_hashes: most('file_hash'),
    ports: portsOf(seen),
    vulnerabilities: vulnerabilities.slice(0, MOST_VULNERABILITIES), ...(truncated && { truncated }),
    reported_by: distinct(seen.map((f) => f.source)), titles: distinct(seen.map((f) => f.title)),
  };
}
