import { z } from 'zod';

export const nodeKinds = [
  'internet', 'cidr', 'account', 'region', 'vpc', 'subnet', 'route_table', 'gateway', 'nacl', 'sg', 'eni', 'lb', 'endpoint', 'vm', 'function',
  'container_workload', 'pod', 'node', 'k8s_ns', 'bucket', 'database', 'queue_topic', 'secret_key', 'identity', 'policy', 'image', 'finding',
  'org_unit', 'other',
] as const;
export const edgeKinds = [
  'CONTAINS', 'MEMBER_OF', 'ATTACHED_TO', 'ROUTES_TO', 'ALLOWS', 'NET_REACH', 'EXPOSES', 'FORWARDS_TO', 'RUNS_AS', 'CAN_ASSUME', 'TRUSTS',
  'HAS_POLICY', 'CAN_READ', 'CAN_WRITE', 'CAN_ADMIN', 'CAN_EXEC', 'PRIVESC', 'READS_FROM', 'WRITES_TO', 'INVOKES', 'ENCRYPTED_BY', 'MOUNTS',
  'USES_IMAGE', 'AFFECTED_BY', 'ESCAPES_TO', 'PEERED_WITH', 'LOGS_TO', 'SAME_AS',
] as const;
export const provenances = ['observed', 'inferred'] as const;

export type NodeKind = (typeof nodeKinds)[number];
export type EdgeKind = (typeof edgeKinds)[number];
export type Provenance = (typeof provenances)[number];

/** Where a fact was read: the imported file by content hash, the record in it, a JSON pointer inside the record. */
export const sourceRefSchema = z.object({ raw_id: z.string(), record: z.number().int(), pointer: z.string() }).readonly();
export type SourceRef = z.infer<typeof sourceRefSchema>;

/**
 * One observed resource. `config` has the shape of the provider's own describe call in its own words (for AWS the PascalCase of the
 * AWS CLI, policies as objects); a key that is absent was not recorded, `null` means recorded as "none". See shared/model/aws.ts.
 */
export const resourceSchema = z.object({
  urn: z.string(),
  /** The provider's resource type, e.g. `AWS::S3::Bucket`. */
  type: z.string(),
  kind: z.enum(nodeKinds),
  name: z.string().optional(),
  account: z.string().optional(),
  region: z.string().optional(),
  /** Other ids of the same entity: short id, name where that is unique, host names, addresses. */
  aliases: z.array(z.string()).readonly(),
  tags: z.record(z.string(), z.string()),
  created_us: z.number().int().optional(),
  captured_us: z.number().int().optional(),
  /** The source says that the resource is gone. */
  deleted: z.boolean(),
  config: z.unknown(),
  /** Importer's name. */
  source: z.string(),
  provenance: z.enum(provenances),
  /** The record tells only part of the resource (one call of many, by name); parts of one resource are put together. Absent: it tells all. */
  part: z.string().optional(),
}).readonly();
export type Resource = z.infer<typeof resourceSchema>;

/** A relationship; `target` may be an alias (`sg-1234`) that the graph resolves when it meets the resource. */
export const edgeSchema = z.object({
  source: z.string(),
  kind: z.enum(edgeKinds),
  target: z.string(),
  derived: z.boolean(),
  provenance: z.enum(provenances),
  /** A condition that could not be solved, as JSON; the edge holds only if it does. */
  condition: z.string().optional(),
  /** 1 easy … 10 hard. */
  cost: z.number().optional(),
  /** Why: primitive id, policy statement, rule. */
  reason: z.string().optional(),
}).readonly();
export type Edge = z.infer<typeof edgeSchema>;

export interface StoredResource extends Resource {
  readonly hash: string;
  readonly ref: SourceRef;
  /** When the newest file that shows it was taken; later than `captured_us` for a resource that has not changed since. */
  readonly observed_us?: number;
  readonly closed_us?: number;
}

/** Read access to one version of the graph. Iteration order is by urn, so that answers don't depend on import order. */
export interface GraphView {
  readonly version: number;
  /** Open resource by canonical urn or by alias (short id, name); ambiguous aliases resolve only with `account`. */
  resource(id: string, account?: string): StoredResource | undefined;
  /** Since when a resource that was there is gone, in microseconds UTC; undefined for any other. Views that hold no history don't tell. */
  goneUs?(id: string, account?: string): number | undefined;
  /** Open resources of a provider type, sorted by urn; of account `''` those whose account is not known. */
  ofType(type: string, scope?: { readonly account?: string | undefined; readonly region?: string | undefined }): readonly StoredResource[];
  edgesFrom(urn: string, kind?: EdgeKind): readonly Edge[];
  edgesTo(urn: string, kind?: EdgeKind): readonly Edge[];
}
