import { zstdDecompressSync } from 'node:zlib';
import { z } from 'zod';
import type { Home, RecordContext } from '#electron/pipeline/ports.ts';

const schema = z.object({
  from: z.string(), parents: z.array(z.unknown()), home: z.object({ account: z.string().optional(), region: z.string().optional(), providers: z.record(z.string(), z.string()).optional() }).optional(), cluster: z.string().optional(),
  // As it was kept before 2026-11-29: an account, `account@region`, or `@region`.
  account: z.string().optional(),
});
export type KeptContext = Omit<RecordContext, 'path' | 'index'>;

/** What lay around a record when it was read, as it is kept with it (`createBatch`); also as older workspaces keep it. Throws on anything else. */
export function readContext(bytes: Uint8Array): KeptContext {
  const { account, home, ...rest } = schema.parse(JSON.parse(zstdDecompressSync(bytes).toString('utf8')));
  const [own, region] = (account ?? '').split('@');
  const of: Home | undefined = home ?? (account === undefined ? undefined : { ...(own !== '' && { account: own }), ...(region !== undefined && { region }) });
  return { ...rest, ...(of !== undefined && { home: of }) };
}
