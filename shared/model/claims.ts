import { z } from 'zod';
import { missingSchema } from './verdict.ts';
import { provenances } from './resource.ts';

export const toolNames = [
  'cloud_inventory', 'iam_analyzer', 'network_analyzer', 'runtime_telemetry', 'change_history', 'auth_logs', 'vuln_state', 'related_findings',
  'policy_lookup', 'human_answer',
] as const;
export type ToolName = (typeof toolNames)[number];

/** Every claim that a decision can rest on: its type, who is authoritative for it, and what to import when it is open. `human_answer` may supply any. */
export const claimDefinitions = {
  exposure_confirmed: { type: 'boolean', tools: ['network_analyzer', 'iam_analyzer'], supply: 'an inventory snapshot of the entity and what stands before it (AWS Config, IAM details)' },
  exposure_reconfirmed: { type: 'boolean', tools: ['network_analyzer', 'iam_analyzer'], supply: 'the raw inventory record' },
  mitigation_confirmed: { type: 'boolean', tools: ['network_analyzer', 'iam_analyzer', 'vuln_state'], supply: 'an inventory snapshot with the blocking control' },
  issue_confirmed: { type: 'boolean', tools: ['network_analyzer', 'iam_analyzer', 'vuln_state', 'cloud_inventory'], supply: 'an inventory snapshot of the entity' },
  owner_identified: { type: 'boolean', tools: ['policy_lookup'], supply: 'an owner for the entity or its account in the policy, or an owner tag that names one' },
  owner_active: { type: 'boolean', tools: ['policy_lookup'], supply: 'the owner in the policy (owners: id, active)' },
  production: { type: 'boolean', tools: ['cloud_inventory'], supply: 'the account with its environment in the policy (accounts:)' },
  runtime_active: { type: 'boolean', tools: ['runtime_telemetry'], supply: 'the state of the resource in an inventory snapshot, or its logs' },
  external_access: { type: 'count', tools: ['auth_logs'], supply: 'access logs (for S3: CloudTrail data events) over the look-back' },
  control_newer_than_access: { type: 'boolean', tools: ['change_history'], supply: 'CloudTrail management events of the control' },
  blast_radius: { type: 'level', tools: ['iam_analyzer'], supply: 'IAM details (get-account-authorization-details) and the inventory around the entity' },
  touches_iam: { type: 'boolean', tools: ['iam_analyzer'], supply: 'the entity in an inventory snapshot' },
  touches_network_boundary: { type: 'boolean', tools: ['network_analyzer'], supply: 'the entity in an inventory snapshot' },
  contains_sensitive_data: { type: 'boolean', tools: ['cloud_inventory'], supply: 'a sensitivity tag, or the entity among the crown jewels of the policy' },
  accepted_risk: { type: 'boolean', tools: ['policy_lookup'], supply: 'the policy' },
  known_good: { type: 'boolean', tools: ['policy_lookup'], supply: 'the policy' },
  exploit_known: { type: 'boolean', tools: ['vuln_state'], supply: 'a CVE id' },
  fix_available: { type: 'boolean', tools: ['vuln_state'], supply: 'a fixed version from a scanner' },
  sequence_confirmed: { type: 'boolean', tools: ['auth_logs'], supply: 'CloudTrail or login logs around the time of the detection' },
} as const satisfies Record<string, { readonly type: 'boolean' | 'count' | 'level'; readonly tools: readonly ToolName[]; readonly supply: string }>;

export type ClaimName = keyof typeof claimDefinitions;
export const claimNames = Object.keys(claimDefinitions) as readonly ClaimName[];
export const isClaimName = (name: string): name is ClaimName => Object.hasOwn(claimDefinitions, name);

export const claimValueSchema = z.union([z.boolean(), z.number(), z.string()]);
/** `true`, `false`, a count, a level, or the words `unknown` and `conflict`. */
export type ClaimValue = z.infer<typeof claimValueSchema>;

/** What a tool says of one claim, as it stands in the tool's recorded output under `/claims/<name>`. */
export const toolClaimSchema = z.object({
  value: claimValueSchema,
  provenance: z.enum(provenances),
  /** Age of the oldest data that it rests on, microseconds UTC; absent for facts that don't age (the policy). */
  observed_us: z.number().int().optional(),
  /** In words: what shows it, or why it is unknown. */
  reason: z.string(),
  /** The reason without what moves with the time of the run alone (the end of a window, a count within it), where there is such: what tells whether it still says the same. */
  gist: z.string().optional(),
  missing: z.array(missingSchema).readonly().optional(),
  assumed: z.array(z.string()).readonly().optional(),
  /** An upper bound that this claim puts on confidence, e.g. 0.85 for "reported, not contradicted". */
  cap: z.number().optional(),
  /** The claim doesn't apply to this kind of issue; its value counts as `false`. */
  not_applicable: z.boolean().optional(),
  /** Of a confirmed issue: the issue types of supporting findings that hold while the primary issue itself is refuted. */
  instead: z.array(z.string()).readonly().optional(),
}).readonly();
export type ToolClaim = z.infer<typeof toolClaimSchema>;

export const coverageSchema = z.object({
  from: z.string().optional(), to: z.string().optional(), days: z.number().optional(), sources: z.array(z.string()).readonly(), note: z.string().optional(),
}).readonly();
export type Coverage = z.infer<typeof coverageSchema>;

export const toolOutputSchema = z.object({
  entity: z.string(),
  claims: z.partialRecord(z.enum(claimNames as [ClaimName, ...ClaimName[]]), toolClaimSchema),
  facts: z.record(z.string(), z.unknown()),
  coverage: coverageSchema,
});
export type ToolOutput = Readonly<z.infer<typeof toolOutputSchema>>;

/** One recorded tool call of one decision. */
export const callSchema = z.object({
  call_id: z.string(), tool: z.enum(toolNames), arguments: z.record(z.string(), z.unknown()),
  status: z.enum(['ok', 'error']), output: toolOutputSchema.optional(), error: z.string().optional(),
  started_us: z.number().int(), duration_us: z.number().int(), round: z.number().int(),
}).readonly();
export type Call = z.infer<typeof callSchema>;

/** Evidence is a pointer, not prose: the value at `pointer` in the recorded output of `call_id` is `value`. */
export const evidenceSchema = z.object({
  claim: z.string(), value: claimValueSchema, source: z.string(), call_id: z.string(), pointer: z.string(),
}).readonly();
export type Evidence = z.infer<typeof evidenceSchema>;

/** One claim after all tools have spoken. */
export interface ClaimState {
  readonly claim: ClaimName;
  readonly value: ClaimValue;
  readonly provenance: 'observed' | 'inferred';
  readonly stale: boolean;
  readonly reason: string;
  /** Where it differs from the reason: see `ToolClaim`. */
  readonly gist?: string | undefined;
  readonly evidence: readonly Evidence[];
  readonly missing: readonly z.infer<typeof missingSchema>[];
  readonly assumed: readonly string[];
  readonly cap: number | undefined;
  readonly not_applicable: boolean;
  /** See `ToolClaim`. */
  readonly instead?: readonly string[] | undefined;
}
export type ClaimStates = { readonly [K in ClaimName]?: ClaimState };
