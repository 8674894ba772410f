import { z } from 'zod';

/** Something that a live pull could not read, and what stays unknown for it. `things`: how many of a list, 0 for all of it. */
export const pullGapSchema = z.object({
  call: z.string(), state: z.enum(['denied', 'failed']), says: z.string(), permissions: z.array(z.string()), evidence: z.string(), accounts: z.array(z.string()), regions: z.array(z.string()), things: z.number().int(),
});
export type PullGap = z.infer<typeof pullGapSchema>;

const few = (all: readonly string[], most: number, noun: string): string => (all.length > most ? `${all.length} ${noun}` : all.join(', '));
/** How much is missing and where, in few words: "for 3 of them in eu-west-1". The account is named where the pull is about more than that one. */
export function gapPlaces({ accounts, regions, things }: PullGap, target: string): string {
  const isAll = accounts.length === 1 && target.startsWith(accounts[0] ?? '') && !/^[^(]*,/.test(target);
  return [things > 0 ? `for ${things} of them` : '', regions.length === 0 ? '' : `in ${few(regions, 3, 'regions')}`, isAll || accounts.length === 0 ? '' : `${regions.length === 0 ? 'in' : 'of'} ${few(accounts, 3, 'accounts')}`].filter((part) => part !== '').join(' ');
}

/** One live pull: what was asked of which product as whom, and what came of it. */
export const pullReportSchema = z.object({
  pull_id: z.number().int(), product: z.string(), target: z.string(), principal: z.string(), state: z.enum(['running', 'done', 'cut']), /** Why it was cut. */ why: z.string().nullable(), started: z.string(), finished: z.string().nullable(),
  units: z.object({ planned: z.number().int(), done: z.number().int(), denied: z.number().int(), absent: z.number().int(), failed: z.number().int() }),
  records: z.number().int(), quarantined: z.number().int(), resources: z.object({ new: z.number().int(), changed: z.number().int(), unchanged: z.number().int(), closed: z.number().int() }),
  requests: z.number().int(), retries: z.number().int(), gaps: z.array(pullGapSchema).readonly(),
});
export type PullReport = z.infer<typeof pullReportSchema>;

/** What the desktop's key store calls a credential of a product: it belongs to one workspace. */
export const storedName = (workspace: string, product: string, setting: string): string => `connect.${workspace.toLowerCase()}.${product}.${setting}`;

/** One permission, tried. */
export const preflightRowSchema = z.object({ call: z.string(), permission: z.string(), state: z.enum(['allowed', 'denied', 'unknown']), says: z.string() });
export const preflightSchema = z.object({ product: z.string(), target: z.string(), principal: z.string(), rows: z.array(preflightRowSchema) });
export type Preflight = z.infer<typeof preflightSchema>;
