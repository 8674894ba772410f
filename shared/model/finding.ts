import { z } from 'zod';

export const findingKinds = ['posture', 'vulnerability', 'detection', 'compliance'] as const;
export const severities = ['critical', 'high', 'medium', 'low', 'informational', 'unknown'] as const;
/** `open` needs a decision; the others are kept and shown, and join an incident only as history. */
export const findingStatuses = ['open', 'resolved', 'suppressed', 'passed'] as const;

/** What a finding is about, across clouds: the node kinds of the graph and those entities that only findings name. */
export const entityTypes = [
  'bucket', 'vm', 'function', 'container_workload', 'pod', 'node', 'cluster', 'database', 'queue_topic', 'secret_key', 'user', 'role', 'group',
  'service_account', 'access_key', 'policy', 'image', 'snapshot', 'volume', 'vpc', 'subnet', 'route_table', 'gateway', 'nacl', 'sg', 'eni', 'lb',
  'endpoint', 'account', 'org_unit', 'trail', 'certificate', 'host', 'package', 'repository', 'file', 'domain', 'application', 'ip', 'other',
] as const;

export const vulnerabilitySchema = z.object({
  cve: z.string().optional(),
  /** Highest CVSS base score reported, 0–10. */
  cvss: z.number().optional(),
  /** Probability of exploitation in 30 days, 0–1 (FIRST EPSS). */
  epss: z.number().optional(),
  /** In CISA's catalogue of known exploited vulnerabilities, as far as the tool says. */
  kev: z.boolean().optional(),
  package: z.string().optional(),
  installed_version: z.string().optional(),
  fixed_version: z.string().optional(),
  /** Affected range in the tool's own words. */
  affected_range: z.string().optional(),
  /** The VEX state, when a tool reports one: `not_affected`, `affected`, `fixed`, `under_investigation`. */
  vex: z.enum(['not_affected', 'affected', 'fixed', 'under_investigation']).optional(),
}).readonly();

export const observablesSchema = z.object({
  user: z.string().optional(), src_ip: z.string().optional(), dst_ip: z.string().optional(), host: z.string().optional(),
  process: z.string().optional(), file_hash: z.string().optional(), domain: z.string().optional(), access_key: z.string().optional(),
  user_agent: z.string().optional(), api: z.string().optional(), country: z.string().optional(),
  /** Transport port of an open port or a connection. */
  port: z.number().int().optional(), protocol: z.string().optional(),
}).readonly();

/** One normalized report of one tool about one entity. Times: `*_us` are integer microseconds UTC. */
export const findingSchema = z.object({
  finding_id: z.string(),
  source: z.string(),
  source_id: z.string(),
  kind: z.enum(findingKinds),
  /** Canonical id: an ARN where one is known. */
  entity: z.string(),
  entity_type: z.enum(entityTypes),
  /** Other ids of the same entity that this record gives (name, short id, host name). */
  aliases: z.array(z.string()).readonly(),
  issue_type: z.string(),
  /** False when the tool's own check id stands in `issue_type` because the taxonomy has no word for it. */
  issue_mapped: z.boolean(),
  /** The issue type was read from words that anybody may have written (a title), or that name several issues: it may ask for more care, never for less. */
  issue_guessed: z.boolean().optional(),
  /** The tool's own name of the check, rule or finding type. */
  check_id: z.string(),
  title: z.string(),
  description: z.string().optional(),
  severity_reported: z.enum(severities),
  status: z.enum(findingStatuses),
  environment: z.string().optional(),
  /** What the tool itself offers in support, in short lines. Reported, never proof. */
  evidence: z.array(z.string()).readonly(),
  account: z.string().optional(),
  region: z.string().optional(),
  /** ISO 8601 UTC: when the tool first saw it. */
  discovered_at: z.string(),
  discovered_us: z.number().int(),
  /** Last time the tool saw or updated it. */
  updated_us: z.number().int(),
  /** The tool's own text for the time, when it differs from `discovered_at`. */
  discovered_original: z.string().optional(),
  /** The record carries no readable time: the time of import stands in, and never counts as the newest data. */
  untimed: z.boolean().optional(),
  /** ATT&CK technique ids such as `T1190`, `T1078.004`. */
  attack: z.array(z.string()).readonly(),
  vulnerability: vulnerabilitySchema.optional(),
  observables: observablesSchema.optional(),
  /** Requirements that the tool maps it to, e.g. `CIS-AWS-1.4: 2.1.5`. */
  compliance: z.array(z.string()).readonly(),
  tags: z.record(z.string(), z.string()).optional(),
}).readonly();

export type Finding = z.infer<typeof findingSchema>;
/** What correlation looks at of a finding; long texts stay in the store, so that hundreds of thousands fit in memory. */
export type CorrelationFinding = Pick<Finding, 'finding_id' | 'source' | 'source_id' | 'kind' | 'entity' | 'entity_type' | 'issue_type' | 'issue_guessed' | 'check_id' | 'title' | 'severity_reported' | 'environment' | 'account' | 'region' | 'discovered_us' | 'updated_us' | 'attack' | 'vulnerability' | 'observables'> & {
  /** Changes with any word of the record: two findings of one id and hash are the same for a decision. */
  readonly content_hash?: string;
};
/** What tools are told of a finding: what it is about, when, and what it observed. */
export type ToldFinding = Pick<Finding, 'finding_id' | 'source' | 'issue_type' | 'title' | 'discovered_us' | 'updated_us' | 'vulnerability' | 'observables'>;
export type FindingKind = (typeof findingKinds)[number];
export type Severity = (typeof severities)[number];
export type FindingStatus = (typeof findingStatuses)[number];
export type EntityType = (typeof entityTypes)[number];
export type Vulnerability = z.infer<typeof vulnerabilitySchema>;
export type Observables = z.infer<typeof observablesSchema>;

/** What a format supplies; the normalizer adds `finding_id` and fills the times. */
export type FindingDraft = Omit<Finding, 'finding_id' | 'discovered_at' | 'discovered_us' | 'updated_us' | 'discovered_original' | 'untimed' | 'source'> & {
  /** The time as the tool wrote it (text or epoch number). Missing or unreadable: the normalizer quarantines only when `time_required`. */
  readonly discovered: unknown;
  readonly updated?: unknown;
  /** A missing or unreadable time is an error; else the time of import stands in. */
  readonly time_required?: boolean;
  /** Tells it from others to which the tool gave the same `source_id`: part of `finding_id`. */
  readonly apart?: string;
  readonly source: string;
};
