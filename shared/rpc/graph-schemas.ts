import { z } from 'zod';
import { decisions, priorities } from '../model/decision.ts';
import { severities } from '../model/finding.ts';
import { lanes } from '../model/graph-meaning.ts';
import { edgeKinds, edgeSchema, nodeKinds, provenances } from '../model/resource.ts';
import { answers, blastLevels, reasonSchema } from '../model/verdict.ts';

export const pathNodeSchema = z.object({
  urn: z.string(), name: z.string(), kind: z.enum(nodeKinds), type: z.string(), lane: z.enum(lanes), account: z.string().nullable(), production: z.boolean().nullable(), sensitive: z.boolean().nullable(),
  /** The highest that tools report of it. */
  severity: z.enum(severities).nullable(),
  /** What to know of it in two or three words: `crown jewel`, `CVE-2023-46604`, `IMDSv1`. */
  note: z.string(), crown_jewel: z.boolean(),
  /** Neighbours in the whole graph. */
  degree: z.number().int(),
}).readonly();
export type PathNode = z.infer<typeof pathNodeSchema>;

/** One step of a path. `via` is the network control that lets it through, drawn on the way. */
export const hopSchema = z.object({
  from: z.string(), to: z.string(), kind: z.enum(edgeKinds), kinds: z.array(z.enum(edgeKinds)).readonly(), verb: z.string(), cost: z.number(), reason: z.string(), provenance: z.enum(provenances), condition: z.string().nullable(),
  techniques: z.array(z.string()).readonly(), via: pathNodeSchema.nullable(),
}).readonly();
export type PathHop = z.infer<typeof hopSchema>;
export const attackPathSchema = z.object({
  id: z.string(), title: z.string(), rank: z.number(), cost: z.number(), what: z.string(), freshness: z.number(), confidence: z.number(), nodes: z.array(pathNodeSchema).readonly(), hops: z.array(hopSchema).readonly(),
}).readonly();
export type AttackPathView = z.infer<typeof attackPathSchema>;

/** A way that a control closes, with the recorded call that shows it. */
export const blockedWaySchema = z.object({
  incident: z.string(), node: pathNodeSchema, request: z.string(), code: z.string(), control: z.string(), text: z.string(), provenance: z.enum(provenances), call_id: z.string(), pointer: z.string(),
}).readonly();
export type BlockedWay = z.infer<typeof blockedWaySchema>;

/** A step that most paths take, and which of the listed paths close with it (by id). */
export const chokePointSchema = z.object({ from: z.string(), to: z.string(), kind: z.enum(edgeKinds), closes: z.array(z.string()).readonly(), of: z.number().int(), cuts: z.array(z.string()).readonly(), fix: z.string(), touches_iam: z.boolean() }).readonly();
export type ChokePointView = z.infer<typeof chokePointSchema>;
export const attackPathsSchema = z.object({
  paths: z.array(attackPathSchema).readonly(), total: z.number().int(), choke_points: z.array(chokePointSchema).readonly(),
  /** The node that most paths go through, and what closes them there. */
  choke_node: z.object({ urn: z.string(), closes: z.array(z.string()).readonly(), fix: z.string(), touches_iam: z.boolean() }).readonly().nullable(),
  blocked: z.array(blockedWaySchema).readonly(),
  targets: z.array(z.object({ urn: z.string(), name: z.string(), what: z.string(), paths: z.number().int() }).readonly()).readonly(),
  truncated: z.boolean(), caps: z.array(z.string()).readonly(),
  /** Why there is none. */
  why: z.string().nullable(), nodes_total: z.number().int(), edges_total: z.number().int(), ms: z.number(), graph_version: z.number().int(), as_of: z.string(),
}).readonly();
export type AttackPathsView = z.infer<typeof attackPathsSchema>;

export const graphSliceSchema = z.object({ nodes: z.array(pathNodeSchema).readonly(), edges: z.array(edgeSchema).readonly(), total: z.number().int(), hidden: z.number().int(), truncated: z.boolean(), graph_version: z.number().int() }).readonly();
export type GraphSlice = z.infer<typeof graphSliceSchema>;

const nodeEdges = z.object({ total: z.number().int(), shown: z.array(z.object({ urn: z.string(), name: z.string(), kind: z.enum(edgeKinds), reason: z.string(), provenance: z.enum(provenances) }).readonly()).readonly() }).readonly();
export const graphNodeSchema = z.object({
  node: pathNodeSchema, title: z.string(), account_name: z.string().nullable(), region: z.string().nullable(), tags: z.record(z.string(), z.string()), observed: z.string().nullable(), source: z.string().nullable(), known: z.boolean(),
  incoming: nodeEdges, outgoing: nodeEdges,
  /** The part of its record that decides who gets in, with where it stands. */
  excerpt: z.object({ title: z.string(), text: z.string(), pointer: z.string() }).readonly().nullable(),
  incidents: z.array(z.object({ id: z.string(), decision: z.enum(decisions).nullable(), priority: z.enum(priorities).nullable() }).readonly()).readonly(),
  blast: z.object({ level: z.enum(blastLevels), score: z.number(), reached: z.number().int(), reasons: z.array(z.string()).readonly(), missing: z.array(z.string()).readonly() }).readonly().nullable(),
  /** Who could get to it, and what reads from or writes to it: dependence is not compromise. */
  reached_by: z.number().int(), upstream: z.number().int(), downstream: z.number().int(),
  config: z.unknown(), graph_version: z.number().int(),
}).readonly();
export type GraphNode = z.infer<typeof graphNodeSchema>;

export const toxicCombinationSchema = z.object({
  id: z.string(), title: z.string(), entity: z.string(), name: z.string(), severity: z.enum(['critical', 'high']), needs_human_review: z.boolean(), techniques: z.array(z.string()).readonly(),
  factors: z.array(z.object({ name: z.string(), answer: z.enum(answers), evidence: z.array(reasonSchema).readonly() }).readonly()).readonly(),
}).readonly();
export type ToxicCombinationView = z.infer<typeof toxicCombinationSchema>;
