import { z } from 'zod';
import type { QueryResult } from '#electron/store/read-query.ts';

/** What the query process is asked, once. */
export const queryJobSchema = z.object({ file: z.string(), migrationsDir: z.string(), sql: z.string(), limit: z.number(), seconds: z.number() });
export type QueryJob = Readonly<z.infer<typeof queryJobSchema>>;
export type QueryAnswer =
  | { readonly type: 'rows'; readonly result: QueryResult }
  | { readonly type: 'failed'; readonly why: string }
  | { readonly type: 'unopened'; readonly why: string };
