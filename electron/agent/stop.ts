import type { AgentBudgets } from '#shared/model/agent.ts';

/** Where a run of turns stands. Microseconds are those of its exchanges and calls, so that a replay stops where the recording did. */
export interface Progress {
  readonly steps: number; readonly tokens: number; readonly us: number; readonly calls: number; readonly offered: number; readonly settled: boolean; readonly refused: number; readonly repeated: boolean; readonly said_stop: boolean;
}
export interface Limits extends Omit<AgentBudgets, 'tokens_per_day'> { readonly calls: number; /** Tokens that a turn may cost, kept for the turns that must follow. */ readonly reserve: number }
/** A reason to ask no more, or none. */
export type StopRule = (progress: Progress, limits: Limits) => string | undefined;

/** Looked at before each turn, first match wins. */
export const stopRules: readonly StopRule[] = [
  (p) => (p.said_stop ? 'the model has what it wants' : undefined),
  (p) => (p.repeated ? 'the model asked for the same call again' : undefined),
  (p) => (p.refused >= 2 ? 'the model asked twice for what it may not have' : undefined),
  (p, l) => (p.steps >= l.steps ? `${l.steps} steps taken` : undefined),
  (p, l) => (p.calls >= l.calls ? `budget of ${l.calls} calls spent` : undefined),
  (p, l) => (p.tokens + l.reserve > l.tokens ? `the rest of ${l.tokens} tokens is kept for the proposal` : undefined),
  (p, l) => (p.us > l.seconds * 700_000 ? `most of ${l.seconds} s is used` : undefined),
  (p) => (p.offered === 0 ? 'no tool is left to offer' : undefined),
  // The first turn is the model's chance to ask even where the rules are content.
  (p) => (p.steps > 0 && p.settled ? 'nothing that is open can change the outcome' : undefined),
];

export const shouldStop = (progress: Progress, limits: Limits): string | undefined => stopRules.map((rule) => rule(progress, limits)).find((why) => why !== undefined);
