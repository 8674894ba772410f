import { claimDefinitions, type Call } from '#shared/model/claims.ts';
import type { AgentBudgets } from '#shared/model/agent.ts';
import type { AgentProposal, AgentQuestion } from '#shared/model/investigation.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { readFinal, type FinalAnswer } from './answers.ts';
import { factsOf, openClaims, type Fact } from './facts.ts';
import { ask, endTurn } from './loop-ask.ts';
import { say, type LoopContext, type Spent } from './loop-context.ts';
import { problemWords } from './model-problem.ts';
import { finalTurn } from './turns.ts';
import { plainWords } from './untrusted.ts';

/** A proposal with the answer that it was read from. */
export interface Made { readonly proposal: AgentProposal; readonly answer: FinalAnswer }

/** The last turn and, when its answer can't be used, one repair. */
export async function propose(question: AgentQuestion, context: LoopContext, spent: Spent, calls: readonly Call[]): Promise<Result<Made>> {
  const view = question.judge(calls), claims = question.merge(calls);
  const facts = factsOf(claims), open = openClaims(claims, view.open);
  const state = { question: { ...question, calls }, facts, open, view };
  let repair: { readonly answer: string; readonly problems: readonly string[] } | undefined;
  for (let tries = 0; tries < 2; tries += 1) {
    const over = overBudget(spent, context.budgets);
    if (over !== undefined) return err(over);
    const turnContext = { ...context, charsPerToken: spent.charsPerToken };
    const asked = await ask(question, context, spent, repair ? 'repair' : 'final', (can) => finalTurn(state, can, turnContext, repair));
    const read = asked.result.ok ? readFinal(asked.result.value, asked.request) : err(problemWords(asked.result.error));
    const made = read.ok ? toProposal(read.value, facts, question, calls) : err([read.error]);
    endTurn(spent, { outcome: made.ok ? `${made.value.proposal.decision}, ${read.ok ? read.value.confidence_pct : 0} %` : `not usable: ${made.error.join('; ')}`.slice(0, 300), plain: true, offered: [], asked: null, call_id: null });
    if (made.ok) { say(question, context, 'proposal', `${made.value.proposal.decision}, ${made.value.answer.confidence_pct} %`); return made; }
    repair = { answer: asked.result.ok ? context.redact(plainWords(asked.result.value.text, 2000)) : '', problems: made.error };
  }
  return err(`the model's proposal could not be used after one repair: ${repair?.problems.join('; ') ?? ''}`.slice(0, 400));
}

function overBudget(spent: Spent, budgets: AgentBudgets): string | undefined {
  if (spent.tokens >= budgets.tokens) return `the budget of ${budgets.tokens} tokens was spent before the proposal`;
  return spent.us >= budgets.seconds * 1_000_000 ? `the budget of ${budgets.seconds} s was spent before the proposal` : undefined;
}

/** Ids become evidence; whatever they stand for is checked like any other citation. */
function toProposal(answer: FinalAnswer, facts: readonly Fact[], question: AgentQuestion, calls: readonly Call[]): Result<Made, readonly string[]> {
  const ids = [...new Set(answer.evidence_ids)];
  const unknown = ids.filter((id) => !facts.some((f) => f.id === id));
  const evidence = facts.filter((f) => ids.includes(f.id)).map((f) => f.evidence);
  const problems = [
    ...unknown.slice(0, 4).map((id) => `${plainWords(id, 20)} is no fact of this run`),
    ...(answer.decision !== 'needs_human_review' && evidence.length === 0 ? ['a decision must rest on at least one fact'] : []), ...question.check(evidence, calls),
  ];
  if (problems.length > 0) return err(problems);
  const missing = [...new Set(answer.missing)].filter((name) => Object.hasOwn(claimDefinitions, name));
  return ok({ answer, proposal: { decision: answer.decision, rationale: plainWords(answer.rationale, 600), evidence, missing, model_confidence: answer.confidence_pct / 100 } });
}
