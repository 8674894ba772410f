import { z } from 'zod';
import type { Slice } from './slice.ts';

export const themes = ['system', 'dark', 'light'] as const;
export const zones = ['utc', 'local'] as const;
export type Theme = (typeof themes)[number];
export type Zone = (typeof zones)[number];

const savedViewSchema = z.object({ name: z.string().min(1), query: z.string() }).readonly();
export type SavedView = z.infer<typeof savedViewSchema>;
const preferencesSchema = z.object({
  theme: z.enum(themes).default('system'), zone: z.enum(zones).default('utc'), reviewer: z.string().min(1).default('analyst'),
  peek: z.boolean().default(true), coachDone: z.boolean().default(false), views: z.array(savedViewSchema).readonly().default([]),
});
/** What this window remembers: how things look, who reviews, saved views. Nothing of the workspace. */
export type Preferences = z.infer<typeof preferencesSchema>;

export interface PreferencesSlice { readonly preferences: Preferences; prefer: (patch: Partial<Preferences>) => void }

const KEY = 'winnow.preferences';

export const preferencesSlice: Slice<PreferencesSlice> = (set) => ({
  preferences: readPreferences(),
  prefer: (patch) => set(({ preferences }) => {
    const next = { ...preferences, ...patch };
    try { localStorage.setItem(KEY, JSON.stringify(next)); } catch { /* A full or forbidden storage costs the memory, not the change. */ }
    return { preferences: next };
  }),
});

/** Reads what was remembered; anything unreadable gives the defaults. */
function readPreferences(): Preferences {
  let stored: unknown = {};
  try { stored = JSON.parse(localStorage.getItem(KEY) ?? '{}'); } catch { /* Defaults below. */ }
  const parsed = preferencesSchema.safeParse(stored);
  return parsed.success ? parsed.data : preferencesSchema.parse({});
}
