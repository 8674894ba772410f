import { z } from 'zod';
import type { ClaimName, ToolName, ToolOutput } from '#shared/model/claims.ts';
import { claimValueSchema } from '#shared/model/claims.ts';
import { entityTypes, findingKinds, vulnerabilitySchema, type Finding } from '#shared/model/finding.ts';
import type { Policy } from '#shared/model/policy.ts';
import type { BlastRadius, IdentityAccess, OutsideAccess, Reachability, StorageAccess } from '#shared/model/verdict.ts';
import type { GraphView } from '#shared/model/resource.ts';

const plans = ['public_access', 'open_port', 'overprivileged_identity', 'vulnerable_package', 'detection', 'configuration'] as const;
const portSchema = z.object({ port: z.number(), protocol: z.string() }).readonly();

/** What every tool is asked about: one incident's entity and what its findings report. Recorded as the call's arguments. */
export const subjectSchema = z.object({
  entity: z.string(), entity_type: z.enum(entityTypes), account: z.string().optional(), region: z.string().optional(),
  issue_type: z.string(), /** Issues of the same plan that supporting findings report: they may raise the incident, never lower it. */ also: z.array(z.object({ issue_type: z.string(), titles: z.array(z.string()).readonly() }).readonly()).readonly().optional(), /** Issues of other plans that supporting findings report: what holds where the primary issue is refuted. */ beside: z.array(z.object({ issue_type: z.string(), plan: z.enum(plans), titles: z.array(z.string()).readonly(), ports: z.array(portSchema).readonly().optional() }).readonly()).readonly().optional(),
  kind: z.enum(findingKinds), plan: z.enum(plans), family: z.string(),
  /** The issue is one for which being reachable matters (design 3-decisions, "as public_access where it applies"). */
  exposure_applies: z.boolean(),
  first_us: z.number().int(), last_us: z.number().int(),
  src_ips: z.array(z.string()).readonly(), users: z.array(z.string()).readonly(), hosts: z.array(z.string()).readonly(), access_keys: z.array(z.string()).readonly(), processes: z.array(z.string()).readonly(),
  user_agents: z.array(z.string()).readonly(), file_hashes: z.array(z.string()).readonly(),
  ports: z.array(portSchema).readonly(),
  vulnerabilities: z.array(vulnerabilitySchema).readonly(),
  /** There are more values than these lists carry, so "all of them" can't be said. */
  truncated: z.boolean().optional(),
  reported_by: z.array(z.string()).readonly(),
  titles: z.array(z.string()).readonly(),
}).readonly();
export type Subject = z.infer<typeof subjectSchema>;

/** Does a supporting finding report this issue? */
export const alsoReports = ({ also }: Subject, issueType: string): boolean => also?.some((a) => a.issue_type === issueType) === true;

/** Arguments beyond the subject. */
export const extraSchema = z.object({
  /** `raw`: answer from the imported records, not from the stored graph. */
  snapshot: z.enum(['graph', 'raw']).optional(),
  /** For change_history: the control in question and the last access that contradicts it. */
  control: z.string().optional(), last_access_us: z.number().int().optional(), control_urn: z.string().optional(),
  attempt: z.number().int().optional(),
  answers: z.array(z.object({ claim: z.string(), value: claimValueSchema, author: z.string(), note: z.string(), at_us: z.number().int() }).readonly()).readonly().optional(),
}).readonly();
export type Extra = z.infer<typeof extraSchema>;

export interface AccessGroup {
  readonly source: string; readonly account: string; readonly region: string; readonly log: string;
  readonly actor_type: string; readonly actor_account: string | null; readonly src_public: number; readonly through_vpce: number; readonly outcome: string; readonly events: number; /** Those that are not said to write. */ readonly reads: number; readonly first_us: number; readonly last_us: number;
}
export interface LoggedEvent { readonly event_id: string; readonly source: string; readonly time: string; readonly time_us: number; readonly category: string; readonly action: string; readonly outcome: string; readonly error_code: string | null; readonly actor: string | null; readonly account: string | null; readonly region: string | null; readonly src_ip: string | null }
/** One log, of one source, account, region and category (where an account or region is not told: ''), and which of the source's logs it is where it keeps several. */
export interface LogDays {
  readonly source: string; readonly account: string; readonly region: string; readonly category: string; readonly log: string; readonly days: number; readonly events: number; readonly first_us: number; readonly last_us: number; readonly longest_gap_days: number;
  /** First and last event of each day that has some. */
  readonly spans?: readonly (readonly [firstUs: number, lastUs: number])[];
}

/** The ports of the tools' room: what a tool may look at. All of it is one snapshot; nothing here writes. */
export interface ToolContext {
  readonly graph: GraphView;
  /** The resources rebuilt from the raw imported records. */
  rawGraph(): GraphView;
  readonly events: {
    access(entity: string, fromUs: number, toUs: number): readonly AccessGroup[];
    changesOf(entity: string, fromUs: number, toUs: number, limit: number): readonly LoggedEvent[];
    byActor(actor: string, fromUs: number, toUs: number, limit: number): readonly LoggedEvent[];
    bySourceIp(ip: string, fromUs: number, toUs: number, limit: number): readonly LoggedEvent[];
    byAccessKey(key: string, fromUs: number, toUs: number, limit: number): readonly LoggedEvent[];
    coverage(): readonly LogDays[];
  };
  readonly findings: { byEntity(entity: string, limit: number): readonly Finding[] };
  readonly resourceVersions: (urn: string) => readonly { readonly captured_us: number; readonly hash: string; readonly json: string }[];
  readonly policy: Policy;
  readonly asOfUs: number;
  readonly runStartedUs: number;
  /** CVE ids in CISA's catalogue of known exploited vulnerabilities, as shipped. */
  readonly knownExploited: ReadonlySet<string>;
  readonly evaluate: {
    bucketAccess(graph: GraphView, urn: string): StorageAccess;
    /** Whom the policy of an entity lets in from other accounts; undefined where it isn't evaluated. */
    outside(graph: GraphView, urn: string): OutsideAccess | undefined;
    ingress(graph: GraphView, urn: string, ports?: readonly { readonly port: number; readonly protocol: string }[]): Reachability;
    /** As `ingress`, with what its own policy lets strangers do by an API. */
    exposure(graph: GraphView, urn: string): Reachability;
    identity(graph: GraphView, urn: string): IdentityAccess;
    blastRadius(graph: GraphView, urn: string): BlastRadius;
  };
}

/** One enrichment tool: a plain object that reads and never changes anything. */
export interface Tool {
  readonly name: ToolName;
  readonly description: string;
  /** Claims that it can answer; it is authoritative for them (shared/model/claims.ts). */
  readonly claims: readonly ClaimName[];
  /** What must have been imported. */
  readonly needs: string;
  /** 1 cheap … 5 expensive: the order in which the evidence plan calls. */
  readonly cost: number;
  /** What of the facts tells whether something has changed: all of them by default, without what moves with the time of the run alone or counts what lies around. */
  readonly lasting?: (facts: ToolOutput['facts']) => unknown;
  run(subject: Subject, extra: Extra, context: ToolContext): ToolOutput;
}
