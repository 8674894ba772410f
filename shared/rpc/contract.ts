import { z } from 'zod';
import { agentSettingsSchema, askedAnewSchema, egressClasses, exchangeSchema, modelFactsSchema, offeredModelsSchema, usageSchema } from '../model/agent.ts';
import { claimValueSchema } from '../model/claims.ts';
import { decisions, priorities, traceSchema } from '../model/decision.ts';
import { findingSchema } from '../model/finding.ts';
import { policySchema } from '../model/policy.ts';
import { preflightSchema, pullReportSchema } from '../model/pull.ts';
import { attackPathSchema, attackPathsSchema, chokePointSchema, graphNodeSchema, graphSliceSchema, toxicCombinationSchema } from './graph-schemas.ts';
import {
  connectorViewSchema, importViewSchema, incidentDetailSchema, modelsViewSchema, quarantineViewSchema, queueFilterSchema, queuePageSchema, queueSorts, workspaceInfoSchema,
} from './schemas.ts';

/** One procedure: its name is its path in the contract; input and output are checked on both ends. */
export interface Procedure<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> { readonly input: I; readonly output: O; /** Changes the workspace: never repeated by itself, and refused while a foreign workspace is not trusted. */ readonly writes: boolean }
const read = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O): Procedure<I, O> => ({ input, output, writes: false });
const write = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O): Procedure<I, O> => ({ input, output, writes: true });

const none = z.object({}).default({});
const reviewed = z.object({ incident: z.string(), status: z.string(), message: z.string(), review_id: z.number().int().nullable() }).readonly();
const by = z.string().min(1);
const connectSettings = z.record(z.string().max(60), z.string().max(20_000)).default({});
const problem = z.object({ position: z.string(), why: z.string() }).readonly();
const difference = z.object({ path: z.string(), recorded: z.unknown(), replayed: z.unknown() }).readonly();
const flip = z.object({ id: z.string(), entity_name: z.string(), from: z.string(), to: z.string(), from_priority: z.string(), to_priority: z.string() }).readonly();

/**
 * Every procedure between the engine and its faces, once. Names, inputs and outputs are bound to IPC (desktop), to HTTP and WebSocket (browser),
 * and called in-process by tests.
 */
export const contract = {
  workspace: {
    info: read(none, workspaceInfoSchema),
    verifyAudit: read(none, z.object({ valid: z.boolean(), rows: z.number().int(), why: z.string().nullable() })),
  },
  queue: {
    list: read(z.object({ filter: queueFilterSchema.prefault({}), sort: z.enum(queueSorts).default('work_order'), descending: z.boolean().default(false), offset: z.number().int().min(0).default(0), limit: z.number().int().min(1).max(500).default(200) }), queuePageSchema),
  },
  incident: {
    get: read(z.object({ id: z.string() }), incidentDetailSchema),
    raw: read(z.object({ finding_id: z.string() }), z.object({ finding: findingSchema, raw: z.string().nullable(), file: z.string(), record: z.number().int() })),
    decision: read(z.object({ decision_id: z.string() }), z.object({ trace: traceSchema, triage: z.unknown(), validation: z.unknown(), route: z.unknown() })),
  },
  review: {
    approve: write(z.object({ id: z.string(), by, note: z.string().default('') }), reviewed),
    reject: write(z.object({ id: z.string(), by, note: z.string().default('') }), reviewed),
    /** Approves one recommended action as it was shown (`subject` of its view): once, for 15 minutes. */
    approveAction: write(z.object({ id: z.string(), subject: z.string(), by }), reviewed),
    override: write(z.object({ id: z.string(), decision: z.enum(decisions), priority: z.enum(priorities), reason: z.string(), note: z.string().min(1), by, expires: z.string().optional(), cites: z.array(z.string()).default([]) }), reviewed),
    split: write(z.object({ id: z.string(), findings: z.array(z.string()).min(1), by }), reviewed),
    merge: write(z.object({ ids: z.array(z.string()).min(2), by }), reviewed),
    answer: write(z.object({ id: z.string(), claim: z.string(), value: z.string(), by, note: z.string().default(''), expires: z.string().optional() }), reviewed),
    undo: write(z.object({ review_id: z.number().int(), by }), reviewed),
  },
  triage: {
    run: write(z.object({ incident: z.string().optional(), incidents: z.array(z.string()).min(1).max(10_000).optional(), engine: z.enum(['auto', 'rules', 'agent']).default('rules'), model: z.string().optional(), endpoint: z.string().optional(), concurrency: z.number().int().min(1).max(64).optional(), by: by.optional() }).prefault({}), z.object({
      incidents: z.number().int(), decided: z.number().int(), unchanged: z.number().int(), /** Of the unchanged: looked at again, as there was new data. */ checked: z.number().int(), cancelled: z.boolean(), engine: z.string(), model: z.string().nullable(), /** Why the rules decide what a model was wanted for. */ degraded: z.string().nullable(),
      /** Of a selection that was asked anew: what was decided before and now. */ asked: z.array(askedAnewSchema).readonly(),
    })),
  },
  models: {
    get: read(none, modelsViewSchema),
    save: write(z.object({ settings: agentSettingsSchema, by }), z.object({ ok: z.boolean() })),
    /** For this session only; an empty key forgets it. @returns the name by which the desktop keeps it */
    setKey: write(z.object({ endpoint: z.string(), key: z.string().max(500) }), z.object({ ok: z.boolean(), name: z.string() })),
    /** Asks the endpoint what its model can do: sends two small questions. */
    probe: write(z.object({ endpoint: z.string() }), z.object({ facts: modelFactsSchema.nullable(), problem: z.string().nullable() })),
    /** One prompt of the user's, redacted like any other. */
    test: write(z.object({ endpoint: z.string(), prompt: z.string().min(1).max(4000) }), z.object({ sent: z.string(), text: z.string().nullable(), thinking: z.string(), tokens: usageSchema.nullable(), ms: z.number(), problem: z.string().nullable() })),
    /** Asks each endpoint for the models that it has. */
    available: write(none, z.array(offeredModelsSchema).readonly()),
    exchanges: read(z.object({ decision_id: z.string() }), z.array(exchangeSchema).readonly()),
  },
  replay: {
    run: read(z.object({ id: z.string().optional() }).default({}), z.object({
      counts: z.object({ decisions: z.number().int(), identical: z.number().int(), different: z.number().int(), by_people: z.number().int() }),
      replayed: z.array(z.object({ incident: z.string(), decision_id: z.string(), identical: z.boolean(), skipped: z.string().optional(), error: z.string().optional(), differences: z.array(difference).readonly() }).readonly()).readonly(),
    })),
    diff: read(z.object({ left: z.string(), right: z.string() }), z.object({ left: z.unknown(), right: z.unknown(), differences: z.array(difference).readonly() })),
  },
  figures: {
    get: read(none, z.object({
      measures: z.array(z.object({ name: z.string(), value: z.number().nullable(), unit: z.string(), n: z.number().int(), why: z.string() }).readonly()).readonly(),
      matrix: z.array(z.object({ proposed: z.string(), final: z.string(), n: z.number().int() }).readonly()).readonly(),
      reduction: z.object({ findings: z.number().int(), incidents: z.number().int(), needing_a_human: z.number().int() }),
      reliability: z.array(z.object({ from: z.number(), to: z.number(), n: z.number().int(), upheld: z.number().int() }).readonly()).readonly(),
      /** Confidence against whether people let the decision stand: Brier score and expected calibration error, both 0 to 1, smaller is better. */
      calibration: z.object({ n: z.number().int(), brier: z.number().nullable(), ece: z.number().nullable() }),
      attack: z.array(z.object({ technique: z.string(), n: z.number().int() }).readonly()).readonly(),
      sources: z.array(z.object({ source: z.string(), findings: z.number().int(), incidents: z.number().int() }).readonly()).readonly(),
      weeks: z.array(z.object({ week: z.string(), findings: z.number().int() }).readonly()).readonly(),
      /** What incidents lack that wait for a person, what most of them lack first; `alone` of them lack nothing else. */
      missing: z.array(z.object({ supply: z.string(), claims: z.array(z.string()).readonly(), incidents: z.number().int(), alone: z.number().int() }).readonly()).readonly(),
    })),
  },
  ingest: {
    imports: read(none, z.array(importViewSchema)),
    /** What a file would become; nothing is stored. `upload` is an id that the upload gave. */
    preview: read(z.object({ upload: z.string() }), z.object({ name: z.string(), format: z.string().nullable(), kind: z.string().nullable(), records: z.number().int(), complete: z.boolean(), sample: z.array(z.record(z.string(), z.unknown())).readonly(), quarantined: z.array(quarantineViewSchema).readonly(), why: z.string().nullable() })),
    commit: write(z.object({ uploads: z.array(z.string()).min(1) }), z.object({ files: z.array(z.object({ name: z.string(), format: z.string().nullable(), records: z.number().int(), new: z.number().int(), duplicate: z.number().int(), quarantined: z.array(quarantineViewSchema).readonly(), error: z.string().optional() }).readonly()).readonly(), decided: z.number().int() })),
    quarantine: read(z.object({ raw_id: z.number().int() }), z.array(quarantineViewSchema)),
    rollback: write(z.object({ raw_id: z.number().int(), by }), z.object({ findings: z.number().int(), events: z.number().int(), resources: z.number().int(), decided: z.number().int() })),
  },
  connectors: {
    list: read(none, z.array(connectorViewSchema)),
    /** The least privilege that a pull needs, in the product's own form. */
    policy: read(z.object({ id: z.string(), settings: connectSettings }), z.object({ text: z.string() })),
    allow: write(z.object({ allow: z.enum(egressClasses), by }), z.object({ ok: z.boolean() })),
    /** Tries every permission; nothing is stored. Settings may hold credentials: they are for this call and kept nowhere. */
    preflight: write(z.object({ id: z.string(), settings: connectSettings }), preflightSchema),
    /** Pulls a snapshot, or goes on with a cut one, then decides what changed. */
    pull: write(z.object({ id: z.string(), settings: connectSettings, resume: z.enum(['auto', 'must', 'never']).default('auto'), by }), z.object({ pull: pullReportSchema, decided: z.number().int() })),
  },
  sql: {
    schema: read(none, z.array(z.object({ table: z.string(), columns: z.array(z.object({ name: z.string(), type: z.string() }).readonly()).readonly() }).readonly())),
    run: read(z.object({ sql: z.string().min(1), limit: z.number().int().min(1).max(100_000).default(1000) }), z.object({ columns: z.array(z.string()).readonly(), rows: z.array(z.array(z.unknown()).readonly()).readonly(), truncated: z.boolean(), ms: z.number() })),
  },
  policy: {
    get: read(none, z.object({ version: z.number().int(), source: z.string(), text: z.string(), policy: policySchema })),
    /** Checks a policy text and says which decisions in force would flip; nothing is saved. */
    preview: read(z.object({ text: z.string() }), z.object({ problems: z.array(problem).readonly(), flips: z.array(flip).readonly(), checked: z.number().int() })),
    save: write(z.object({ text: z.string(), by }), z.object({ version: z.number().int(), problems: z.array(problem).readonly(), decided: z.number().int() })),
  },
  graph: {
    /** Ranked attack paths of the workspace, to one entity, or to and through an incident's entity; the first `limit` of them. */
    paths: read(z.object({ to: z.string().optional(), incident: z.string().optional(), limit: z.number().int().min(1).max(200).default(60) }).prefault({}), attackPathsSchema),
    /** One path by its id with its own picture, also beyond those listed. */
    path: read(z.object({ id: z.string(), to: z.string().optional() }), z.object({ path: attackPathSchema, choke_points: z.array(chokePointSchema).readonly(), graph_version: z.number().int() })),
    /** One hop around a node, in pages of 25; steps of an attacker first. */
    expand: read(z.object({ urn: z.string(), direction: z.enum(['in', 'out', 'both']).default('both'), offset: z.number().int().min(0).default(0), limit: z.number().int().min(1).max(100).default(25) }), graphSliceSchema),
    around: read(z.object({ urn: z.string(), depth: z.number().int().min(1).max(4).default(2) }), graphSliceSchema),
    node: read(z.object({ urn: z.string() }), graphNodeSchema),
    /** The ten toxic combinations, each factor with its evidence. */
    combinations: read(z.object({ entity: z.string().optional() }).default({}), z.object({ combinations: z.array(toxicCombinationSchema).readonly(), graph_version: z.number().int() })),
  },
  settings: {
    get: read(none, z.record(z.string(), claimValueSchema)),
    set: write(z.object({ key: z.string(), value: claimValueSchema }), z.object({ ok: z.boolean() })),
  },
  jobs: { cancel: write(none, z.object({ ok: z.boolean() })) },
} as const;

export type Contract = typeof contract;
/** The typed client that the contract gives. */
export type WinnowClient = { readonly [G in keyof Contract]: { readonly [P in keyof Contract[G]]: Contract[G][P] extends Procedure<infer I, infer O> ? (input: z.input<I>) => Promise<z.output<O>> : never } };
export type ProcedureName = { [G in keyof Contract]: `${G}.${Extract<keyof Contract[G], string>}` }[keyof Contract];

/** A procedure by its dotted name; undefined when there is none. */
export function procedureOf(name: string): Procedure | undefined {
  const [group = '', method = ''] = name.split('.');
  const found: Readonly<Record<string, Readonly<Record<string, Procedure>>>> = contract;
  return Object.hasOwn(found, group) && Object.hasOwn(found[group] ?? {}, method) ? found[group]?.[method] : undefined;
}
