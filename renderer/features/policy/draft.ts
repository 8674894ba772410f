import { create } from 'zustand';
import type { LineProblem } from '../../ui/code-editor.tsx';

interface Draft { /** The text that is being written, and the version that it started from; null while nothing is changed. */ readonly draft: { readonly text: string; readonly from: number } | null; setDraft: (draft: { readonly text: string; readonly from: number } | null) => void }

/** An unsaved policy outlives a look at another screen. */
export const useDraft = create<Draft>()((set) => ({ draft: null, setDraft: (draft) => set({ draft }) }));

export interface Problem { readonly position: string; readonly why: string }

/** The line of a problem's position (`line 12`), where it has one. */
export function lineOf({ position }: Problem): number | undefined {
  const found = /\bline (\d+)/.exec(position)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** The problems that can be marked in the text. */
export const markable = (problems: readonly Problem[]): readonly LineProblem[] => problems.flatMap((problem) => { const line = lineOf(problem); return line === undefined ? [] : [{ line, why: problem.why }]; });

export interface Change { readonly from: string; readonly to: string; readonly n: number }
/** How many flips there are of each kind (`ticket` to `defer`), the most frequent first. */
export function changesOf(flips: readonly { readonly from: string; readonly to: string }[]): readonly Change[] {
  const counts = new Map<string, Change>();
  for (const { from, to } of flips) {
    const key = `${from} ${to}`;
    counts.set(key, { from, to, n: (counts.get(key)?.n ?? 0) + 1 });
  }
  return [...counts.values()].sort((a, b) => b.n - a.n);
}
