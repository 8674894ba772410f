import { z } from 'zod';
import { expiryIn } from '../lib/time.ts';

const patterns = z.array(z.string()).readonly().default([]);
export const ownerSchema = z.strictObject({
  id: z.string().min(1), active: z.boolean().default(true), aliases: patterns, entities: patterns, accounts: patterns, contact: z.string().optional(),
}).readonly();
export const acceptedRiskSchema = z.strictObject({
  entity: z.string().min(1), issue_type: z.string().min(1), approved_by: z.string().min(1), expires: z.string(), reason: z.string().optional(),
}).readonly();
export const knownGoodSchema = z.strictObject({
  id: z.string().min(1), kind: z.string(), src_ip: patterns, user: patterns, host: patterns, process: patterns, user_agent: patterns, file_hash: patterns,
  entity: patterns, issue_type: patterns, reason: z.string().optional(), expires: z.string().optional(),
}).readonly();
export const routingActions = ['auto_create_ticket', 'page_on_call', 'require_human_approval', 'notify', 'queue'] as const;
export const routingRuleSchema = z.strictObject({ condition: z.string().min(1), action: z.enum(routingActions) }).readonly();
export const tagKeysSchema = z.strictObject({
  owner: z.array(z.string()).readonly().default(['owner', 'team']),
  environment: z.array(z.string()).readonly().default(['environment', 'env']),
  sensitivity: z.array(z.string()).readonly().default(['data-classification', 'classification', 'content']),
}).readonly();
export const accountSchema = z.strictObject({ name: z.string().optional(), environment: z.string().optional(), owner: z.string().optional() }).readonly();
export const thresholdsSchema = z.strictObject({
  auto_triage_min_severity: z.enum(['critical', 'high', 'medium', 'low', 'informational']).default('high'),
  max_concurrent: z.number().int().min(1).max(64).default(4),
  max_tool_calls: z.number().int().min(1).max(200).default(12),
  /** Days after which an imported snapshot's facts are stale. */
  max_age_days: z.number().positive().default(30),
  /** Days that "no outside access" must cover. */
  access_lookback_days: z.number().positive().default(90),
  change_lookback_days: z.number().positive().default(30),
}).readonly();
export const redactionSchema = z.strictObject({
  /** Regular expressions (RE2 syntax) of what must not reach a model, beside the published forms of secrets. */
  patterns: z.array(z.string().min(1).max(500)).max(100).readonly().default([]),
}).readonly();
/** Where a value stands in a record: `a.b[0].c`; `a[].b` looks through a list. */
const fieldPath = z.string().min(1);
const fieldMapSchema = z.strictObject({
  source: z.string().min(1), kind: z.enum(['posture', 'vulnerability', 'detection', 'compliance']),
  /** Recognized when every key here exists in a record. */
  when: z.array(fieldPath).min(1).readonly(),
  /** Only records with one of these values at each path are findings; the others are passed over. */
  where: z.record(fieldPath, z.union([z.string(), z.array(z.string()).min(1).readonly()])).readonly().optional(),
  /** Path of the record array, for JSON documents. */
  records: fieldPath.optional(),
  /** By field of the finding: a path, or the first of several that has a value, else `value`; `map` puts the model's words for the tool's. */
  fields: z.record(z.string(), z.union([fieldPath, z.strictObject({ path: z.union([fieldPath, z.array(fieldPath).min(1).readonly()]).optional(), value: z.string().optional(), map: z.record(z.string(), z.string()).optional() })])),
}).readonly();

/** The workspace's editable rules (design 3-decisions). Unknown keys are refused. */
export const policySchema = z.strictObject({
  owners: z.array(ownerSchema).readonly().default([]),
  accepted_risks: z.array(acceptedRiskSchema).readonly().default([]),
  known_good: z.array(knownGoodSchema).readonly().default([]),
  known_regions: z.record(z.string(), z.array(z.string()).readonly()).readonly().default({}),
  asset_roles: z.record(z.string(), z.string()).readonly().default({}),
  tag_keys: tagKeysSchema.prefault({}),
  accounts: z.record(z.string(), accountSchema).readonly().default({}),
  crown_jewels: patterns,
  routing_rules: z.array(routingRuleSchema).readonly().default([]),
  thresholds: thresholdsSchema.prefault({}),
  redaction: redactionSchema.prefault({}),
  /** Field maps for files of no known format, by name. */
  mappings: z.record(z.string(), fieldMapSchema).readonly().default({}),
}).readonly();
/** Is an exception with this expiry still in force at a time (microseconds UTC)? A date alone is good through that day, UTC; an unreadable one never. */
export function isInForce(expires: string, nowUs: number): boolean {
  const us = expiryIn(expires);
  return us !== undefined && nowUs <= us;
}
export type Policy = z.infer<typeof policySchema>;
export type Owner = z.infer<typeof ownerSchema>;
export type KnownGood = z.infer<typeof knownGoodSchema>;
export type FieldMap = z.infer<typeof fieldMapSchema>;
export type RoutingRule = z.infer<typeof routingRuleSchema>;
export type RoutingAction = (typeof routingActions)[number];
