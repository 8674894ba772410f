import { z } from 'zod';
import type { FailureKind } from '#electron/connectors/pace/failure.ts';
import type { GapState, Identity, Piece, PreflightRow, Unit } from '#electron/connectors/connector.ts';
import { egressClasses } from '#shared/model/agent.ts';

/** What a pull thread is started with. The settings hold credentials: they go from memory to memory and nowhere else. */
export const pullDataSchema = z.object({
  product: z.string(), settings: z.record(z.string(), z.string()), task: z.enum(['preflight', 'pull']),
  /** The widest class of addresses that requests may go to. */
  allow: z.enum(egressClasses),
});
export type PullData = z.infer<typeof pullDataSchema>;

/** How far an earlier run came, by unit. */
export type ProgressEntry = readonly [unit: string, progress: 'done' | { readonly next: string }];

export type ToPull = { readonly type: 'go'; readonly progress: readonly ProgressEntry[] } | { readonly type: 'ack' } | { readonly type: 'cancel' };
export type FromPull =
  | { readonly type: 'connected'; readonly identity: Identity }
  | { readonly type: 'row'; readonly row: PreflightRow }
  | { readonly type: 'said'; readonly text: string }
  | { readonly type: 'planned'; readonly units: number }
  | { readonly type: 'piece'; readonly unit: Unit; readonly piece: Piece }
  | { readonly type: 'gap'; readonly unit: Unit; readonly state: GapState; readonly says: string }
  | { readonly type: 'end'; readonly requests: number; readonly retries: number; readonly failure?: { readonly kind: FailureKind | 'broken'; readonly says: string } };
