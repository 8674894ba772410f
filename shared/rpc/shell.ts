import { z } from 'zod';

/** What comes from the page over each channel: checked in the main process before anything is done with it. */
export const menuCommandSchema = z.strictObject({ id: z.string().min(1).max(80), title: z.string().min(1).max(200), group: z.string().min(1).max(60), keys: z.string().max(30).optional(), blocked: z.boolean() });
export const shellInputs = {
  nothing: z.undefined(),
  /** An empty path: the file was made in the page and lies nowhere. */
  file: z.strictObject({ path: z.string().max(4096).refine((path) => !path.includes('\0'), 'has a zero byte'), name: z.string().max(1024) }),
  commands: z.array(menuCommandSchema).max(400),
  secretName: z.string().regex(/^[a-z][a-z0-9._-]{0,79}$/, 'small letters, digits, dot, dash and underscore'),
  secret: z.strictObject({ name: z.string().regex(/^[a-z][a-z0-9._-]{0,79}$/, 'small letters, digits, dot, dash and underscore'), value: z.string().min(1).max(20_000) }),
} as const;

/** Answers of the main process: what was asked for, or why not in words for a person. */
export const shellAnswerSchema = z.discriminatedUnion('ok', [z.object({ ok: z.literal(true), value: z.unknown() }), z.object({ ok: z.literal(false), error: z.string() })]);
export const secretInfoSchema = z.object({
  /** `system`: encrypted by the system's key store and kept; `session`: in memory until the program ends. */
  kept: z.enum(['system', 'session']), why: z.string(), names: z.array(z.string()),
});
export type SecretInfo = z.infer<typeof secretInfoSchema>;
