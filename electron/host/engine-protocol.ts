import { z } from 'zod';
import type { AgentStep } from '#shared/model/agent.ts';

/** What the host asks of a thread, and what comes back. Inputs are checked by each handler's own schema. */
export interface EngineRequest { readonly id: number; readonly method: string; readonly input: unknown }
export interface Progress { readonly job: string; readonly done: number; readonly total: number; readonly unit: string; readonly detail?: string; /** Something that a person has to see, whatever else goes on: where to sign in. */ readonly said?: string }
/** Which workspace a thread has open; `isNew` when it was made by this very opening. */
export interface OpenedWorkspace { readonly id: string; readonly file: string; readonly isNew: boolean; /** How it was opened, where a person should know. */ readonly says?: string }
export type EngineMessage =
  | { readonly type: 'ready'; readonly workspace: OpenedWorkspace }
  | { readonly type: 'unopened'; readonly why: string }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'step'; readonly step: AgentStep }
  | { readonly type: 'result'; readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly type: 'result'; readonly id: number; readonly ok: false; readonly error: string }
  | { readonly type: 'closed' };
export const engineDataSchema = z.object({
  file: z.string(), create: z.boolean(), resourcesDir: z.string(), /** Where the thread entries lie. */
  threads: z.object({ parse: z.string(), engine: z.string(), decide: z.string(), pull: z.string() }), cancel: z.instanceof(SharedArrayBuffer), spoolDir: z.string().optional(), /** Nothing is going to be written: see `openToLook`. */ looks: z.boolean().optional(),
});
export type EngineData = z.infer<typeof engineDataSchema>;

/** How the reason of a request ends whose thread died under it: nobody knows whether it was done, so nobody may take it for a refusal. */
export const UNANSWERED = 'before it answered; look whether this was done before you repeat it';
