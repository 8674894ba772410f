import { z } from 'zod';

/** What the query process is asked, once. */
export const queryJobSchema = z.object({ file: z.string(), migrationsDir: z.string(), sql: z.string(), limit: z.number(), seconds: z.number() });
export type QueryJob = Readonly<z.infer<typeof queryJobSchema>>;
export const queryAnswerSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('rows'), result: z.object({ columns: z.array(z.string()).readonly(), rows: z.array(z.array(z.unknown()).readonly()).readonly(), truncated: z.boolean() }).readonly(), /** How the workspace was opened, where a person should know. */ says: z.string().optional() }),
  z.object({ type: z.literal('failed'), why: z.string() }),
  z.object({ type: z.literal('unopened'), why: z.string() }),
]);
export type QueryAnswer = Readonly<z.infer<typeof queryAnswerSchema>>;
