import { z } from 'zod';
import type { Looked, ToDecide } from '#electron/pipeline/run.ts';
import type { DecisionToSave } from './decision-rows.ts';

/** What a deciding thread is started with. */
export const deciderDataSchema = z.object({
  file: z.string(), resourcesDir: z.string(), started_us: z.number(),
  run: z.object({ run_id: z.string(), as_of_us: z.number(), policy_version: z.number(), graph_version: z.number() }),
});
export type DeciderData = z.infer<typeof deciderDataSchema>;
export interface ToDecider { readonly id: number; readonly items: readonly ToDecide[] }
export type FromDecider = { readonly id: number; readonly looked: readonly Looked<DecisionToSave>[] } | { readonly id: number; readonly error: string };
