import { z } from 'zod';
import { engineEventSchema } from '#shared/rpc/schemas.ts';
import { queryAnswerSchema, queryJobSchema } from './query-protocol.ts';

/** What the desktop's main process tells the process that holds one workspace. `connect` brings a message port for the page along. */
export const toDeskSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('open'), file: z.string(), rootDir: z.string(),
    /** `open` refuses a missing file, `create` makes an empty workspace of it, `demo` the bundled examples. */
    missing: z.enum(['refuse', 'create', 'demo']),
  }),
  z.object({ type: z.literal('connect') }),
  z.object({ type: z.literal('upload'), id: z.number().int(), path: z.string(), name: z.string() }),
  z.object({ type: z.literal('trust') }),
  /** Keys of models' endpoints and credentials of products by name, from the system's key store; an empty one is forgotten. */
  z.object({ type: z.literal('keys'), keys: z.record(z.string(), z.string()) }),
  z.object({ type: z.literal('cancel') }),
  z.object({ type: z.literal('egress'), bytes: z.number().int().min(0) }),
  z.object({ type: z.literal('query-answer'), id: z.number().int(), answer: queryAnswerSchema }),
  z.object({ type: z.literal('query-ended'), id: z.number().int(), why: z.string() }),
  z.object({ type: z.literal('close') }),
]);
export type ToDesk = z.infer<typeof toDeskSchema>;

const uploadSchema = z.object({ id: z.string(), name: z.string(), bytes: z.number() });
/** An incident whose decision has paged someone. Its text is what findings say: escape it wherever it is shown. */
export const pagedSchema = z.object({ id: z.string(), title: z.string(), entity: z.string() });
export type Paged = z.infer<typeof pagedSchema>;

/** What that process tells the main process. */
export const fromDeskSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('opened'), id: z.string(), name: z.string(), file: z.string(), trusted: z.boolean() }),
  z.object({ type: z.literal('unopened'), why: z.string() }),
  z.object({ type: z.literal('event'), event: engineEventSchema }),
  z.object({ type: z.literal('paged'), incidents: z.array(pagedSchema) }),
  z.object({ type: z.literal('uploaded'), id: z.number().int(), upload: uploadSchema.optional(), why: z.string().optional() }),
  /** `why` when it could not be written down: then it holds for this time only. */
  z.object({ type: z.literal('trusted'), why: z.string().optional() }),
  z.object({ type: z.literal('query'), id: z.number().int(), job: queryJobSchema }),
  z.object({ type: z.literal('query-kill'), id: z.number().int() }),
  z.object({ type: z.literal('closed') }),
]);
export type FromDesk = z.infer<typeof fromDeskSchema>;
