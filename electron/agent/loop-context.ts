import type { AgentBudgets, AgentStep, Exchange, TurnView } from '#shared/model/agent.ts';
import type { AgentQuestion } from '#shared/model/investigation.ts';
import type { Role } from './roles.ts';
import type { Asker } from './tape.ts';
import type { ToolCard, TurnContext } from './turns.ts';

export interface LoopContext extends TurnContext {
  readonly asker: Asker;
  readonly role: Role;
  readonly tools: readonly ToolCard[];
  readonly budgets: AgentBudgets;
  /** What is left of the day's tokens. */
  tokensLeft(): number;
  readonly reAsked: boolean;
  /** As it happens; for whoever watches. */
  onStep(step: AgentStep): void;
  /** Every exchange, also of an investigation that comes to nothing. */
  record(exchange: Exchange): void;
  /** A call outside the role or the offer. */
  onRefused(refused: { readonly asked: string; readonly why: string }): void;
  readonly now: () => number;
}

/** What is spent and recorded over all turns of one incident. */
export interface Spent { readonly turns: TurnView[]; readonly refused: { turn_id: string; asked: string; why: string }[]; tokens: number; us: number; charsPerToken: number; steps: number }
/** No model could be asked, or not this one: the rules decide. */
export class Degraded extends Error {}

/** Room that the proposal and one repair of it need. */
export const RESERVE = 6000;

/** Tells whoever watches. */
export const say = (question: AgentQuestion, context: LoopContext, kind: AgentStep['kind'], text: string, tokens?: number): void => {
  context.onStep({ incident: question.incident.id, at_us: context.now(), kind, text, ...(tokens !== undefined && { tokens }) });
};
