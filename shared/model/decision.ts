import { z } from 'zod';
import { callSchema, claimValueSchema, evidenceSchema } from './claims.ts';
import { missingSchema } from './verdict.ts';
import { agentTraceSchema } from './agent.ts';
import { routingActions } from './policy.ts';
import { decisions, priorities } from './words.ts';

export { decisions, priorities };
export const verdicts = ['true_positive', 'false_positive', 'needs_review', 'inconclusive'] as const;
export type DecisionName = (typeof decisions)[number];
export type Priority = (typeof priorities)[number];

export const missingEvidenceSchema = z.object({ claim: z.string(), value: claimValueSchema, why: z.string(), supply: z.string(), missing: z.array(missingSchema).readonly() }).readonly();
export type MissingEvidence = z.infer<typeof missingEvidenceSchema>;

export const recommendedActionSchema = z.object({
  action: z.string(), target: z.string(), priority: z.enum(priorities), autonomy_level: z.enum(['L1', 'L2', 'L3']), why: z.string(),
}).readonly();
export type RecommendedAction = z.infer<typeof recommendedActionSchema>;

/** What an engine proposes for one incident. */
export const proposalSchema = z.object({
  decision: z.enum(decisions), priority: z.enum(priorities), rationale: z.string(), evidence: z.array(evidenceSchema).readonly(),
  recommended_actions: z.array(recommendedActionSchema).readonly(), model_confidence: z.number().min(0).max(1).optional(),
}).readonly();
export type Proposal = z.infer<typeof proposalSchema>;

export const triageSchema = z.object({
  decision: z.enum(decisions),
  verdict: z.enum(verdicts).optional(),
  priority: z.enum(priorities),
  confidence: z.number(),
  confidence_parts: z.array(z.object({ part: z.string(), effect: z.number() }).readonly()).readonly(),
  rationale: z.string(),
  evidence: z.array(evidenceSchema).readonly(),
  missing_evidence: z.array(missingEvidenceSchema).readonly(),
  recommended_actions: z.array(recommendedActionSchema).readonly(),
  owner: z.string().optional(),
  owner_provenance: z.enum(['observed', 'inferred']).optional(),
  impact: z.string(),
  routing: z.enum(['jira', 'pagerduty', 'slack', 'telegram', 'webhook', 'none']),
  engine: z.object({ kind: z.enum(['rules', 'agent', 'human']), model: z.string().nullable(), prompt_version: z.string().nullable(), rules_version: z.string() }).readonly(),
  started_at: z.string(),
  duration_ms: z.number(),
}).readonly();
export type Triage = z.infer<typeof triageSchema>;

export const gateRules = [0, 1, 2, 3, 4, 5] as const;
export const validationSchema = z.object({
  passed: z.boolean(),
  checks: z.array(z.object({ check: z.string(), result: z.enum(['pass', 'fail', 'unknown', 'not_applicable']), why: z.string() }).readonly()).readonly(),
  gate: z.object({
    rule: z.number().int().min(0).max(5),
    outcome: z.enum(decisions),
    proposed: z.enum(decisions),
    why: z.string(),
    /** Each condition of each row that was looked at, with what was found. */
    rows: z.array(z.object({ rule: z.number().int(), condition: z.string(), value: z.enum(['true', 'false', 'unknown']) }).readonly()).readonly(),
  }).readonly(),
}).readonly();
export type Validation = z.infer<typeof validationSchema>;

/** `approved` and `withdrawn` are what becomes of an action after its decision: see `routeNow`. */
export const routeStatuses = ['queued', 'waiting_for_approval', 'outbox', 'sent', 'logged', 'approved', 'withdrawn'] as const;
export const routeSchema = z.object({
  /** The rule that decided, as written, or `gate` when none matched. */
  rule: z.string(),
  action: z.enum(routingActions),
  status: z.enum(routeStatuses),
  /** All actions that go out or wait, e.g. a page that goes out while the fix waits for approval. */
  actions: z.array(z.object({ action: z.enum(routingActions), status: z.enum(routeStatuses), rule: z.string() }).readonly()).readonly(),
}).readonly();
export type Route = z.infer<typeof routeSchema>;

export const claimViewSchema = z.object({
  claim: z.string(), value: claimValueSchema, provenance: z.enum(['observed', 'inferred']), stale: z.boolean(), reason: z.string(), gist: z.string().optional(), required: z.boolean(),
  call_id: z.string().optional(), source: z.string().optional(), pointer: z.string().optional(),
}).readonly();

/** The recorded run behind one decision: enough to make it again without graph, network or model. */
export const traceSchema = z.object({
  decision_id: z.string(), run_id: z.string(), incident_key: z.string(),
  as_of_us: z.number().int(), started_us: z.number().int(), duration_us: z.number().int(), policy_version: z.number().int(), graph_version: z.number().int(),
  rules_version: z.string(), stopped: z.string(), calls: z.array(callSchema).readonly(), claims: z.array(claimViewSchema).readonly(),
  agent: agentTraceSchema.optional(),
  /** Why the rules decided although an agent was asked for. */
  degraded: z.string().optional(),
}).readonly();
export type Trace = z.infer<typeof traceSchema>;
export type ClaimView = z.infer<typeof claimViewSchema>;

/** What one decided incident looks like in lists: `triage --json`, `incidents --json`. */
export interface DecidedIncident<I> { readonly incident: I; readonly triage: Triage; readonly validation: Validation; readonly route: Route }
