import { z } from 'zod';
import { openReader } from '#electron/store/open.ts';
import { runQuery, type QueryResult } from '#electron/store/read-query.ts';
import type { Result } from '#shared/lib/result.ts';

export const queryInput = z.object({ sql: z.string().min(1), limit: z.number().int().min(1).max(100_000).default(1000) });

/** One read-only statement over a workspace, on a connection of its own, with limits on rows and time. */
export function query(file: string, input: z.infer<typeof queryInput>): Result<QueryResult> {
  const reader = openReader(file);
  if (!reader.ok) return reader;
  try { return runQuery(reader.value.db, input.sql, { limit: input.limit, seconds: 10 }); } finally { reader.value.close(); }
}
