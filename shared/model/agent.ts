import { z } from 'zod';
import { decisions, priorities } from './words.ts';

/** How far a prompt goes: this machine, an address of the site's own network, anywhere. */
export const egressClasses = ['loopback', 'site', 'internet'] as const;
export type EgressClass = (typeof egressClasses)[number];
export const isWithin = (is: EgressClass, allowed: EgressClass): boolean => egressClasses.indexOf(is) <= egressClasses.indexOf(allowed);

export const providerNames = ['ollama', 'openai', 'scripted'] as const;
/** One model at one address. Keys are never part of it. */
export const endpointSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'small letters, digits and hyphens'), provider: z.enum(providerNames), url: z.string().min(1), model: z.string().min(1).max(200),
  /** Tokens of context that are asked for; limited by what the model has. */
  num_ctx: z.number().int().min(1024).max(1_048_576).default(8192),
}).readonly();
export type Endpoint = z.infer<typeof endpointSchema>;

export const agentBudgetsSchema = z.strictObject({
  /** Model turns that may ask for a tool, one incident. */
  steps: z.number().int().min(3).max(7).default(5),
  /** Prompt and response tokens, one incident. */
  tokens: z.number().int().min(1000).max(1_000_000).default(40_000),
  seconds: z.number().int().min(1).max(3600).default(300),
  /** Over the whole workspace and one UTC day. */
  tokens_per_day: z.number().int().min(0).max(1_000_000_000).default(5_000_000),
}).readonly();
export type AgentBudgets = z.infer<typeof agentBudgetsSchema>;

/** What a workspace says about models. The order of the endpoints is the order of the fallback. */
export const agentSettingsSchema = z.strictObject({
  endpoints: z.array(endpointSchema).max(10).readonly().default([]),
  /** The widest class that a prompt may go to. */
  allow: z.enum(egressClasses).default('loopback'),
  budgets: agentBudgetsSchema.prefault({}),
}).readonly();
export type AgentSettings = z.infer<typeof agentSettingsSchema>;

export const turnModes = ['schema', 'tools', 'text'] as const;
/** What the start-up probe of a model found; kept per digest. */
export const modelFactsSchema = z.object({
  provider: z.enum(providerNames), model: z.string(), digest: z.string().nullable(),
  /** Tokens; null when the server doesn't say. */
  context_length: z.number().int().nullable(), tools: z.boolean(), schema: z.boolean(), thinking: z.boolean(),
  /** What is sent as context size, and how turns are asked. */
  num_ctx: z.number().int(), mode: z.enum(turnModes), notes: z.array(z.string()).readonly(),
}).readonly();
export type ModelFacts = z.infer<typeof modelFactsSchema>;

export const problemKinds = [
  'not_running', 'model_missing', 'no_tools', 'context_too_small', 'queue_full', 'length_stop', 'stream_error', 'cut', 'timeout', 'truncated', 'unauthorized', 'server_error', 'bad_answer', 'refused_egress', 'open_circuit', 'not_recorded',
] as const;
export const modelProblemSchema = z.object({ kind: z.enum(problemKinds), endpoint: z.string(), detail: z.string() }).readonly();
/** Why a model gave no usable answer; `detail` is what the server or the system said. */
export type ModelProblem = z.infer<typeof modelProblemSchema>;

export const usageSchema = z.object({ prompt_tokens: z.number().int(), response_tokens: z.number().int() }).readonly();
export const timingsSchema = z.object({ load_us: z.number(), prompt_us: z.number(), generation_us: z.number(), first_part_us: z.number() }).readonly();

export const messageSchema = z.object({ role: z.enum(['system', 'user', 'assistant', 'tool']), content: z.string() }).readonly();
export const askedToolSchema = z.object({ name: z.string(), arguments: z.record(z.string(), z.unknown()) }).readonly();
export const completionSchema = z.object({
  text: z.string(), thinking: z.string(), tool_calls: z.array(askedToolSchema).readonly(), stop: z.enum(['stop', 'length', 'tool_calls']), model: z.string(), usage: usageSchema.nullable(), timings: timingsSchema,
}).readonly();
export type Completion = z.infer<typeof completionSchema>;

export const purposes = ['next', 'final', 'repair'] as const;
/** One exchange with a model, as it was sent (redacted) and as it came back. */
export const exchangeSchema = z.object({
  turn_id: z.string(), purpose: z.enum(purposes), endpoint: z.string(), provider: z.string(), model: z.string(), model_digest: z.string().nullable(), egress: z.enum(egressClasses),
  prompt_id: z.string(), prompt_hash: z.string(), schema_hash: z.string(), request_hash: z.string(),
  request: z.object({ messages: z.array(messageSchema).readonly(), schema: z.record(z.string(), z.unknown()).nullable(), tools: z.array(z.record(z.string(), z.unknown())).readonly(), options: z.record(z.string(), z.unknown()) }).readonly(),
  response: completionSchema.nullable(), problem: modelProblemSchema.nullable(),
  /** Endpoints that were tried before this one, and why they gave no answer. */
  attempts: z.array(modelProblemSchema).readonly(), started_us: z.number().int(), duration_us: z.number().int(),
}).readonly();
export type Exchange = z.infer<typeof exchangeSchema>;

/** One turn as the trace lists it; prompt and response stand in the exchange of the same id. */
export const turnViewSchema = z.object({
  turn_id: z.string(), purpose: z.enum(purposes), /** Without any text from findings or logs. */ plain: z.boolean(), endpoint: z.string(), model: z.string(), request_hash: z.string(), prompt_id: z.string(), prompt_hash: z.string(),
  outcome: z.string(), offered: z.array(z.string()).readonly(), asked: z.string().nullable(), call_id: z.string().nullable(), tokens: usageSchema.nullable(), started_us: z.number().int(), duration_us: z.number().int(),
}).readonly();
export type TurnView = z.infer<typeof turnViewSchema>;

export const signatureSchema = z.object({ key_id: z.string(), role: z.string(), algorithm: z.literal('ed25519'), payload_hash: z.string(), value: z.string() }).readonly();

/** What an agent did for one decision. */
export const agentTraceSchema = z.object({
  role: z.string(), provider: z.string(), endpoint: z.string(), egress: z.enum(egressClasses), model: z.string(), model_digest: z.string().nullable(), prompts: z.array(z.object({ id: z.string(), version: z.string(), hash: z.string() }).readonly()).readonly(),
  facts: modelFactsSchema, chars_per_token: z.number(), re_asked: z.boolean(), scripted: z.boolean(),
  turns: z.array(turnViewSchema).readonly(), refused: z.array(z.object({ turn_id: z.string(), asked: z.string(), why: z.string() }).readonly()).readonly(),
  proposed: z.object({ decision: z.enum(decisions), confidence: z.number(), evidence_ids: z.array(z.string()).readonly(), missing: z.array(z.string()).readonly(), rationale: z.string() }).readonly().nullable(),
  rules: z.object({ decision: z.enum(decisions), priority: z.enum(priorities), confidence: z.number() }).readonly(), agrees: z.boolean(),
  /** Text of findings or logs had led to calls that changed the outcome: the turns were asked again without it. */
  asked_again_plain: z.boolean(),
  stopped: z.string(), budget: z.object({ steps: z.number().int(), most_steps: z.number().int(), tokens: z.number().int(), most_tokens: z.number().int(), us: z.number().int(), most_us: z.number().int() }).readonly(),
  signature: signatureSchema.optional(),
}).readonly();
export type AgentTrace = z.infer<typeof agentTraceSchema>;

/** One thing that happens while an incident is investigated, as it happens. */
export const agentStepSchema = z.object({ incident: z.string(), at_us: z.number().int(), kind: z.enum(['calls', 'asking', /** What it has written so far. */ 'writing', 'answer', 'call', 'refused', 'fallback', 'proposal', 'decided']), text: z.string(), tokens: z.number().int().optional() }).readonly();
export type AgentStep = z.infer<typeof agentStepSchema>;

const sideSchema = z.object({ decision_id: z.string(), decision: z.enum(decisions), priority: z.enum(priorities), confidence: z.number(), engine: z.string(), model: z.string().nullable() }).readonly();
/** One incident that was asked anew: its decision before, the one made now, and the paths at which the two differ. */
export const askedAnewSchema = z.object({ incident: z.string(), before: sideSchema.nullable(), after: sideSchema.nullable(), differences: z.array(z.string()).readonly() }).readonly();
export type AskedAnew = z.infer<typeof askedAnewSchema>;

/** What one endpoint has to offer, as it says itself. */
export const offeredModelsSchema = z.object({ endpoint: z.object({ id: z.string(), provider: z.enum(providerNames), url: z.string(), /** Empty where none is named. */ model: z.string() }).readonly(), configured: z.boolean(), models: z.array(z.object({ name: z.string(), size: z.number().nullable() }).readonly()).readonly(), problem: z.string().nullable() }).readonly();
export type OfferedModels = z.infer<typeof offeredModelsSchema>;
