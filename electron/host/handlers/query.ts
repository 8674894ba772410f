import { z } from 'zod';

/** One read-only statement; query-apart.ts runs it. */
export const queryInput = z.object({ sql: z.string().min(1), limit: z.number().int().min(1).max(100_000).default(1000) });
