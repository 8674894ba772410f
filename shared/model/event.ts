import { z } from 'zod';

/** One thing that happened, from a log. Names follow ECS where it has one. */
export const eventSchema = z.object({
  event_id: z.string(),
  source: z.string(),
  time: z.string(),
  time_us: z.number().int(),
  /** `iam`, `authentication`, `api`, `data_access`, `network`, `process`, `file`. */
  category: z.enum(['api', 'data_access', 'authentication', 'iam', 'network', 'process', 'file', 'other']),
  /** The tool's own word: `GetObject`, `ConsoleLogin`. */
  action: z.string(),
  /** The service that it was done on: `s3.amazonaws.com`. */
  provider: z.string().optional(),
  outcome: z.enum(['success', 'failure', 'unknown']),
  error_code: z.string().optional(),
  read_only: z.boolean().optional(),
  /** Canonical id of who did it: an ARN, a user name, `anonymous`. For an assumed role: the role's ARN. */
  actor: z.string().optional(),
  actor_type: z.enum(['user', 'role', 'root', 'service', 'anonymous', 'external_account', 'federated', 'unknown']),
  /** The session or user name as logged, e.g. the assumed-role ARN with its session. */
  actor_session: z.string().optional(),
  /** Account that the actor belongs to. */
  actor_account: z.string().optional(),
  access_key: z.string().optional(),
  mfa: z.boolean().optional(),
  /** Account in which it happened. */
  account: z.string().optional(),
  region: z.string().optional(),
  src_ip: z.string().optional(),
  /** Set when the request came through a VPC endpoint. */
  vpc_endpoint: z.string().optional(),
  user_agent: z.string().optional(),
  /** Which log of the source it stands in, where a source keeps several that are switched on one by one: for CloudTrail's data events the service. One says nothing about what another would have held. */
  log: z.string().optional(),
  /** Canonical ids of what it was done to; for S3 data events the bucket's ARN comes first. */
  targets: z.array(z.string()).readonly(),
}).readonly();

export type Event = z.infer<typeof eventSchema>;
export type EventDraft = Omit<Event, 'event_id' | 'time' | 'time_us' | 'source'> & {
  readonly time: unknown;
  readonly source: string;
  /** The tool's own record, when it came inside an envelope: the id is its hash, so that every delivery of it gives one event. */
  readonly record?: unknown;
};
