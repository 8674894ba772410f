import { z } from 'zod';
import { evidenceMarks } from '../model/evidence-mark.ts';
import { agentSettingsSchema, agentStepSchema, egressClasses, endpointSchema, modelFactsSchema } from '../model/agent.ts';
import { claimValueSchema } from '../model/claims.ts';
import { claimViewSchema, decisions, priorities, recommendedActionSchema, routeSchema, traceSchema, triageSchema, validationSchema } from '../model/decision.ts';
import { entityTypes, findingSchema, severities } from '../model/finding.ts';
import { incidentSchema, incidentStatuses } from '../model/incident.ts';
import { pullReportSchema } from '../model/pull.ts';

/** The filters that are lists of values. */
export const listFilters = ['decision', 'priority', 'source', 'account', 'environment', 'attack', 'status', 'owner'] as const;
export type ListFilter = (typeof listFilters)[number];

/** What the queue is narrowed by; all of it stands in the URL. Empty lists mean "any". */
export const queueFilterSchema = z.object({
  decision: z.array(z.enum(decisions)).default([]), priority: z.array(z.enum(priorities)).default([]), min_severity: z.enum(severities).optional(),
  source: z.array(z.string()).default([]), account: z.array(z.string()).default([]), environment: z.array(z.string()).default([]), attack: z.array(z.string()).default([]),
  status: z.array(z.enum(incidentStatuses)).default([]), owner: z.array(z.string()).default([]), text: z.string().default(''),
  /** The lists that are turned round: none of their values, instead of one of them. */
  not: z.array(z.enum(listFilters)).default([]),
});
export type QueueFilter = z.infer<typeof queueFilterSchema>;

export const queueSorts = ['work_order', 'age', 'severity', 'findings', 'confidence', 'entity'] as const;

/** One row of the queue; carries no raw records. */
export const queueRowSchema = z.object({
  id: z.string(), key: z.string(), status: z.enum(incidentStatuses), title: z.string(), entity: z.string(), entity_name: z.string(), entity_type: z.enum(entityTypes), primary_issue: z.string(),
  severity_reported: z.enum(severities), decision: z.enum(decisions).nullable(), priority: z.enum(priorities).nullable(), confidence: z.number().nullable(), owner: z.string().nullable(), owner_provenance: z.enum(['observed', 'inferred']).nullable(),
  findings: z.number().int(), sources: z.array(z.string()).readonly(), account: z.string().nullable(), environment: z.string().nullable(), last_seen: z.string(),
  /** One mark for each claim that the decision rests on. */
  evidence: z.array(z.enum(evidenceMarks)).readonly(),
  /** Something waits for a person's approval; a page has gone out. */
  waits: z.boolean(), paged: z.boolean(), flagged: z.boolean(),
}).readonly();
export type QueueRow = z.infer<typeof queueRowSchema>;

const facet = z.array(z.object({ value: z.string(), label: z.string().optional(), n: z.number().int() }).readonly()).readonly();
export const queuePageSchema = z.object({
  rows: z.array(queueRowSchema).readonly(), total: z.number().int(), shown: z.number().int(),
  /** How many each filter alone takes away. */
  hidden_by: z.record(z.string(), z.number().int()), offset: z.number().int(),
  counts: z.record(z.string(), z.number()), facets: z.record(z.string(), facet),
}).readonly();
export type QueuePage = z.infer<typeof queuePageSchema>;

export const counterfactualSchema = z.object({ decision: z.enum(decisions), priority: z.enum(priorities), claim: z.string(), value: claimValueSchema }).readonly();
export const storyItemSchema = z.object({
  at: z.string(), at_us: z.number().int(), who: z.string(), what: z.string(), detail: z.string(), source: z.string(),
  kind: z.enum(['change', 'access', 'report', 'decision', 'review', 'sequence']), call_id: z.string().optional(),
}).readonly();
export type StoryItem = z.infer<typeof storyItemSchema>;

export const reviewViewSchema = z.object({
  review_id: z.number().int(), action: z.string(), decision: z.string().nullable(), priority: z.string().nullable(), reason: z.string().nullable(), note: z.string().nullable(), author: z.string(), at: z.string(),
  expires: z.string().nullable(), flagged: z.string().nullable(), undone: z.boolean(),
}).readonly();
export const outboxViewSchema = z.object({ action: z.string(), status: z.string(), created: z.string(), held_until: z.string().nullable() }).readonly();

/** A recommended action with what an approval of it is bound to (`subject`), and the newest approval of exactly that. Good from `from` until `until`, once. */
export const actionViewSchema = recommendedActionSchema.unwrap().extend({
  subject: z.string(), approval: z.object({ author: z.string(), at: z.string(), from: z.string(), until: z.string(), used: z.boolean() }).readonly().nullable(),
}).readonly();
export type ActionView = z.infer<typeof actionViewSchema>;

export const incidentDetailSchema = z.object({
  incident: incidentSchema, triage: triageSchema.nullable(), validation: validationSchema.nullable(), route: routeSchema.nullable(), trace: traceSchema.nullable(), claims: z.array(claimViewSchema).readonly(),
  findings: z.array(findingSchema).readonly(), counterfactuals: z.array(counterfactualSchema).readonly(), story: z.array(storyItemSchema).readonly(), reviews: z.array(reviewViewSchema).readonly(), outbox: z.array(outboxViewSchema).readonly(), actions: z.array(actionViewSchema).readonly(),
  decisions: z.array(z.object({ decision_id: z.string(), decision: z.string(), priority: z.string(), confidence: z.number(), engine: z.string(), at: z.string(), current: z.boolean() }).readonly()).readonly(),
  account_name: z.string().nullable(),
  /** When new data was last found to change nothing of the decision in force, and the time that ages were measured against. */
  checked: z.object({ at: z.string(), as_of: z.string() }).readonly().nullable(),
}).readonly();
export type IncidentDetail = z.infer<typeof incidentDetailSchema>;

export const workspaceInfoSchema = z.object({
  file: z.string(), name: z.string(), id: z.string(), is_demo: z.boolean(), as_of: z.string().nullable(), engine: z.string(), policy_version: z.number().int(), graph_version: z.number().int(),
  counts: z.record(z.string(), z.number()), audit: z.object({ rows: z.number().int(), valid: z.boolean().nullable() }).readonly(),
  /** Bytes that this process sent to anywhere but its own loopback listener. */
  egress_bytes: z.number(),
  /** False for a workspace from elsewhere that nobody has trusted yet: it is shown, and whatever would change it is refused. */
  trusted: z.boolean().default(true),
}).readonly();
export type WorkspaceInfo = z.infer<typeof workspaceInfoSchema>;

export const importViewSchema = z.object({
  raw_id: z.number().int(), path: z.string(), format: z.string(), kind: z.string(), bytes: z.number(), state: z.string(), imported: z.string(), records: z.number().int(), new: z.number().int(), duplicate: z.number().int(), quarantined: z.number().int(),
}).readonly();
/** What can be said about how to get into a product. Values are never part of it; `secret`: what is typed is not shown. */
export const connectorSettingSchema = z.object({ name: z.string(), label: z.string(), help: z.string(), secret: z.boolean() }).readonly();
/** A product that data comes from. `live`: whether it can be asked here, with what, what for, and what is sent there; `none` where only its exports are read. */
export const connectorViewSchema = z.object({
  id: z.string(), name: z.string(), brings: z.string(),
  live: z.object({ state: z.enum(['none', 'not_in_version', 'ready']), credentials: z.string(), asks: z.string(), egress: z.string(), settings: z.array(connectorSettingSchema).readonly(), /** How far a pull may go from this workspace. */ allow: z.enum(egressClasses), /** Permissions that it needs at most. */ permissions: z.number().int(), /** The newest pull; a cut one can go on. */ pull: pullReportSchema.nullable() }).readonly(),
  /** Exports of it that can be imported, with the newest import of each. */
  imports: z.array(z.object({ format: z.string(), kind: z.string(), description: z.string(), last: z.object({ at: z.string(), records: z.number().int() }).readonly().nullable() }).readonly()).readonly(),
}).readonly();
export const quarantineViewSchema = z.object({ position: z.string(), why: z.string() }).readonly();

/** What the settings say about models, and what is known of them. Keys are never part of it. */
export const modelsViewSchema = z.object({
  settings: agentSettingsSchema, /** From the environment; first in the order. */ environment: endpointSchema.nullable(), /** Endpoints that have a key. */ keys: z.array(z.string()).readonly(), /** By what name each endpoint's key is kept. */ key_names: z.record(z.string(), z.string()), redaction_patterns: z.number().int(), tokens_today: z.number().int(),
  probes: z.array(z.object({ endpoint: z.string(), facts: modelFactsSchema, probed: z.string() }).readonly()).readonly(), /** Why the newest decision for which a model was wanted had to do without. */ degraded: z.string().nullable(),
}).readonly();
export const jobSchema = z.object({ job: z.string(), done: z.number(), total: z.number(), unit: z.string(), detail: z.string().optional(), rate: z.number(), finished: z.boolean() }).readonly();
/** What the engine tells the screens without being asked. */
export const engineEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('job'), job: jobSchema }),
  z.object({ type: z.literal('changed'), what: z.array(z.string()) }),
  z.object({ type: z.literal('step'), step: agentStepSchema }),
  z.object({ type: z.literal('engine'), state: z.enum(['ready', 'lost', 'restarting']), why: z.string().optional() }),
]);
export type EngineEvent = z.infer<typeof engineEventSchema>;
export type Job = z.infer<typeof jobSchema>;
