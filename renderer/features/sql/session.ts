import { z } from 'zod';
import { create } from 'zustand';
import { type Rows } from './export-rows.ts';

/** One statement that was run in this session, and how it ended. */
const ranSchema = z.object({ sql: z.string(), at: z.string(), ms: z.number().nullable(), rows: z.number().nullable(), why: z.string().nullable() }).readonly();
export type Ran = z.infer<typeof ranSchema>;
export type Answer = Rows & { readonly truncated: boolean; readonly ms: number; readonly sql: string; readonly limit: number };
/** What is on the right of a run: nothing yet, running, an answer, or why there is none. */
export type Outcome = { readonly kind: 'none' } | { readonly kind: 'running'; readonly since: number } | { readonly kind: 'answer'; readonly answer: Answer } | { readonly kind: 'failed'; readonly why: string };

const KEY = 'winnow.sql', KEPT = 50;
const savedSchema = z.object({ text: z.string(), history: z.array(ranSchema) });

interface Session { readonly text: string | null; readonly history: readonly Ran[]; readonly outcome: Outcome; setText: (text: string) => void; setOutcome: (outcome: Outcome) => void; remember: (ran: Ran) => void; forget: () => void }

/** The statement, its answer and the earlier statements, for as long as the tab lives: going to another screen and back loses nothing. */
export const useSession = create<Session>()((set) => ({
  ...restore(), outcome: { kind: 'none' },
  setText: (text) => set((state) => { keep(text, state.history); return { text }; }),
  setOutcome: (outcome) => set({ outcome }),
  remember: (ran) => set((state) => { const history = withRan(state.history, ran); keep(state.text, history); return { history }; }),
  forget: () => set((state) => { keep(state.text, []); return { history: [] }; }),
}));

/** The newest first, each statement once. */
export const withRan = (history: readonly Ran[], ran: Ran): readonly Ran[] => [ran, ...history.filter((other) => other.sql !== ran.sql)].slice(0, KEPT);

function restore(): Pick<Session, 'text' | 'history'> {
  try {
    const saved = savedSchema.safeParse(JSON.parse(sessionStorage.getItem(KEY) ?? 'null'));
    if (saved.success) return saved.data;
  } catch { /* Nothing readable is kept: start empty. */ }
  return { text: null, history: [] };
}

function keep(text: string | null, history: readonly Ran[]): void {
  try { sessionStorage.setItem(KEY, JSON.stringify({ text: text ?? '', history })); } catch { /* A full storage costs the memory, not the query. */ }
}
