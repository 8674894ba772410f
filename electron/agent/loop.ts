import type { AgentBudgets, AgentStep, AgentTrace, Exchange, ModelFacts, TurnView } from '#shared/model/agent.ts';
import { claimDefinitions, type Call, type ToolName } from '#shared/model/claims.ts';
import type { AgentAnswer, AgentProposal, AgentQuestion } from '#shared/model/investigation.ts';
import type { JsonObject } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { readFinal, readNext, type FinalAnswer } from './answers.ts';
import { charsOf, corrected, estimateTokens } from './context-budget.ts';
import { factsOf, openClaims, type Fact } from './facts.ts';
import { problemWords } from './model-problem.ts';
import { mayCall, type Role } from './roles.ts';
import { shouldStop } from './stop.ts';
import { exchangeOf, type Asked, type Asker } from './tape.ts';
import { argumentsProblem, finalTurn, nextTurn, offer, type ToolCard, type Turn, type TurnContext } from './turns.ts';
import { plainWords } from './untrusted.ts';

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
interface Spent { readonly turns: TurnView[]; readonly refused: { turn_id: string; asked: string; why: string }[]; tokens: number; us: number; charsPerToken: number; steps: number }
class Degraded extends Error {}

/** Room that the proposal and one repair of it need. */
const RESERVE = 6000;

/**
 * One incident, after the evidence plan has run: the model may ask for more tools, one a turn, then proposes from typed facts. What it asks for is
 * checked against its role and the offer, what it proposes against the recorded calls; whether the proposal stands is not decided here.
 */
export async function investigate(question: AgentQuestion, context: LoopContext): Promise<AgentAnswer> {
  const { signal } = question;
  const ready = await context.asker.ready(signal);
  if (!ready.ok) return { kind: 'degraded', why: `no model answers: ${ready.error.map((p) => problemWords(p)).join('; ') || 'none is configured'}` };
  if (context.tokensLeft() < RESERVE) return { kind: 'degraded', why: `the workspace's budget of ${context.budgets.tokens_per_day} tokens a day is spent` };
  const spent: Spent = { turns: [], refused: [], tokens: 0, us: 0, charsPerToken: context.charsPerToken, steps: 0 };
  try {
    say(question, context, 'calls', `${question.calls.length} calls by the evidence plan, asking ${ready.value.facts.model}`);
    const withText = await gather(question, context, spent, false);
    const swayed = withText.calls.length > question.calls.length && !sameOutcome(question, withText.calls);
    // Calls that a text may have led to changed the outcome: what counts is what the model asks for when it has not seen the text.
    const gathered = swayed ? await gather(question, context, spent, true) : withText;
    const made = await propose(question, context, spent, gathered.calls);
    const trace = traceOf({ question, context, spent, gathered, swayed, ready: ready.value, made });
    if (!made.ok) return { kind: 'unusable', why: made.error, calls: gathered.calls, trace };
    return { kind: 'proposed', proposal: made.value.proposal, calls: gathered.calls, trace };
  } catch (error) {
    if (error instanceof Degraded) return { kind: 'degraded', why: error.message };
    throw error;
  }
}

interface Gathered { readonly calls: readonly Call[]; readonly stopped: string }

/** Turns that may ask for a tool, until a stop rule holds. */
async function gather(question: AgentQuestion, context: LoopContext, spent: Spent, plain: boolean): Promise<Gathered> {
  let calls = question.calls;
  const local = { steps: 0, refused: 0, repeated: false, said_stop: false };
  const { budgets } = context;
  for (;;) {
    question.signal.throwIfAborted();
    const view = question.judge(calls), claims = question.merge(calls);
    const open = openClaims(claims, view.open);
    const offered = offer(context.tools.filter((t) => mayCall(context.role, t.name)), new Set(calls.map((c) => c.tool)), open, question.plan);
    const stopped = shouldStop({ ...local, tokens: spent.tokens, us: spent.us, calls: calls.length, offered: offered.length, settled: view.open.length === 0 }, { ...budgets, calls: question.max_calls, reserve: RESERVE });
    if (stopped !== undefined) return { calls, stopped };
    const state = { question: { ...question, calls }, facts: factsOf(claims), open, view };
    const turnContext = { ...context, charsPerToken: spent.charsPerToken };
    const asked = await ask(question, context, spent, 'next', (facts) => nextTurn(state, offered, plain, facts, turnContext));
    local.steps += 1;
    spent.steps += 1;
    const answer = asked.result.ok ? readNext(asked.result.value, asked.request) : err(asked.result.error.kind);
    const note = (outcome: string, given: string | null, callId: string | null = null): void => { endTurn(spent, { outcome, plain, offered: offered.map((t) => t.name), asked: given, call_id: callId }); };
    if (!answer.ok) { note(`not usable: ${answer.error}`, null); return { calls, stopped: `the answer to a turn could not be used (${answer.error})` }; }
    const { next, arguments: given } = answer.value;
    const name = plainWords(next, 60);
    if (next === 'stop') { note('stop', name); local.said_stop = true; continue; }
    if (calls.some((c) => c.tool === next && isSameExtra(c, given))) { note('repeated', name); local.repeated = true; continue; }
    const why = refusal(next, given, offered, context.role);
    if (why !== undefined) {
      note(`refused: ${why}`, name);
      local.refused += 1;
      spent.refused.push({ turn_id: `t${String(spent.turns.length).padStart(2, '0')}`, asked: name, why });
      context.onRefused({ asked: name, why });
      say(question, context, 'refused', `${name}: ${why}`);
      continue;
    }
    const call_id = `c${String(calls.length + 1).padStart(2, '0')}`;
    say(question, context, 'call', `${next} (${call_id})`);
    const call = await question.call({ call_id, tool: next as ToolName, round: Math.max(0, ...calls.map((c) => c.round)) + 1, arguments: { ...question.subject, ...given } });
    spent.us += call.duration_us;
    note('call', name, call_id);
    calls = [...calls, call];
  }
}

/** Why a call that a model asks for is not made. */
function refusal(next: string, given: JsonObject, offered: readonly ToolCard[], role: Role): string | undefined {
  if (!mayCall(role, next)) return `the role ${role.name} has no such tool`;
  if (!offered.some((t) => t.name === next)) return 'it was not offered';
  return argumentsProblem(next, given);
}

const isSameExtra = (call: Call, given: JsonObject): boolean => (call.arguments['snapshot'] ?? 'graph') === (given['snapshot'] ?? 'graph') && Object.keys(given).every((key) => key === 'snapshot');

function sameOutcome(question: AgentQuestion, calls: readonly Call[]): boolean {
  const before = question.judge(question.calls), after = question.judge(calls);
  return before.decision === after.decision && before.priority === after.priority && before.confidence === after.confidence;
}

interface Made { readonly proposal: AgentProposal; readonly answer: FinalAnswer }

/** The last turn and, when its answer can't be used, one repair. */
async function propose(question: AgentQuestion, context: LoopContext, spent: Spent, calls: readonly Call[]): Promise<Result<Made>> {
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

/** One exchange: asked within the time that is left, recorded, counted. */
async function ask(question: AgentQuestion, context: LoopContext, spent: Spent, purpose: Exchange['purpose'], build: (facts: ModelFacts) => Turn | undefined): Promise<Asked> {
  const left = Math.max(1, Math.ceil(context.budgets.seconds * 1000 - spent.us / 1000));
  const timer = AbortSignal.timeout(Math.min(left, 2_147_483_647)), signal = AbortSignal.any([question.signal, timer]);
  let turn: Turn | undefined;
  say(question, context, 'asking', purpose);
  const asked = await context.asker.ask((facts) => {
    turn = build(facts);
    if (!turn) throw new Degraded(`the facts of this incident don't fit the context of ${facts.model} (${facts.num_ctx} tokens)`);
    return turn.request;
  }, { signal }).catch((error: unknown) => {
    if (timer.aborted && !question.signal.aborted) throw new Degraded(`no answer within the budget of ${context.budgets.seconds} s`);
    throw error;
  });
  if (!asked.ok) throw new Degraded(`no model answers: ${asked.error.map((p) => problemWords(p)).join('; ')}`);
  const { result, attempts } = asked.value;
  for (const problem of attempts) say(question, context, 'fallback', problemWords(problem));
  const turn_id = `t${String(spent.turns.length + 1).padStart(2, '0')}`, prompt = turn?.prompt ?? context.prompts.final;
  const exchange = exchangeOf(asked.value, { turn_id, purpose, prompt_id: prompt.id, prompt_hash: prompt.hash });
  context.record(exchange);
  const usage = result.ok ? result.value.usage : null;
  spent.tokens += usage ? usage.prompt_tokens + usage.response_tokens : estimateTokens(charsOf(asked.value.request), spent.charsPerToken);
  spent.us += asked.value.duration_us;
  spent.charsPerToken = corrected(spent.charsPerToken, asked.value.request, usage);
  spent.turns.push({ turn_id, purpose, plain: false, endpoint: exchange.endpoint, model: exchange.model, request_hash: exchange.request_hash, prompt_id: prompt.id, prompt_hash: prompt.hash, outcome: '', offered: [], asked: null, call_id: null, tokens: usage, started_us: exchange.started_us, duration_us: exchange.duration_us });
  say(question, context, 'answer', result.ok ? `${purpose}: ${plainWords(context.redact(result.value.text || result.value.tool_calls.map((c) => c.name).join(' ')), 160)}` : problemWords(result.error), usage ? usage.prompt_tokens + usage.response_tokens : undefined);
  // These say that this model can't take part, not that it answered badly.
  if (!result.ok && ['context_too_small', 'truncated', 'no_tools', 'not_recorded'].includes(result.error.kind)) throw new Degraded(problemWords(result.error));
  return asked.value;
}

function endTurn(spent: Spent, end: Pick<TurnView, 'outcome' | 'plain' | 'offered' | 'asked' | 'call_id'>): void {
  const last = spent.turns.pop();
  if (last) spent.turns.push({ ...last, ...end });
}

const say = (question: AgentQuestion, context: LoopContext, kind: AgentStep['kind'], text: string, tokens?: number): void => {
  context.onStep({ incident: question.incident.id, at_us: context.now(), kind, text, ...(tokens !== undefined && { tokens }) });
};

interface TraceInput { readonly question: AgentQuestion; readonly context: LoopContext; readonly spent: Spent; readonly gathered: Gathered; readonly swayed: boolean; readonly ready: { readonly endpoint: Asked['endpoint']; readonly facts: ModelFacts }; readonly made: Result<Made> }
function traceOf({ question, context, spent, gathered, swayed, ready, made }: TraceInput): AgentTrace {
  const view = question.judge(gathered.calls), { prompts, budgets } = context;
  const proposal = made.ok ? made.value.proposal : undefined;
  return {
    role: context.role.name, provider: ready.endpoint.provider, endpoint: ready.endpoint.id, egress: ready.endpoint.egress, model: ready.facts.model, model_digest: ready.facts.digest,
    prompts: [prompts.next, prompts.final, prompts.repair].map(({ id, version, hash }) => ({ id, version, hash })), facts: ready.facts, chars_per_token: context.charsPerToken, re_asked: context.reAsked, scripted: ready.endpoint.provider === 'scripted',
    turns: spent.turns, refused: spent.refused,
    proposed: made.ok && proposal ? { decision: proposal.decision, confidence: proposal.model_confidence, evidence_ids: [...new Set(made.value.answer.evidence_ids)], missing: proposal.missing, rationale: proposal.rationale } : null,
    rules: { decision: view.decision, priority: view.priority, confidence: view.confidence }, agrees: proposal?.decision === view.decision, asked_again_plain: swayed, stopped: gathered.stopped,
    budget: { steps: spent.steps, most_steps: budgets.steps, tokens: spent.tokens, most_tokens: budgets.tokens, us: spent.us, most_us: budgets.seconds * 1_000_000 },
  };
}
