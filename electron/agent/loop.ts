import type { AgentTrace, ModelFacts } from '#shared/model/agent.ts';
import type { Call, ToolName } from '#shared/model/claims.ts';
import type { AgentAnswer, AgentQuestion } from '#shared/model/investigation.ts';
import type { JsonObject } from '#shared/lib/json.ts';
import { err, type Result } from '#shared/lib/result.ts';
import { readNext } from './answers.ts';
import { factsOf, openClaims } from './facts.ts';
import { ask, endTurn } from './loop-ask.ts';
import { Degraded, RESERVE, say, type LoopContext, type Spent } from './loop-context.ts';
import { problemWords } from './model-problem.ts';
import { propose, type Made } from './propose.ts';
import { mayCall, type Role } from './roles.ts';
import { shouldStop } from './stop.ts';
import type { Asked } from './tape.ts';
import { argumentsProblem, nextTurn, offer, type ToolCard } from './turns.ts';
import { plainWords } from './untrusted.ts';

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
    // Whoever cancelled while the last answer came wants no decision of it.
    signal.throwIfAborted();
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
  const local = { refused: 0, repeated: false, said_stop: false };
  const { budgets } = context;
  for (;;) {
    question.signal.throwIfAborted();
    const view = question.judge(calls), claims = question.merge(calls);
    const open = openClaims(claims, view.open);
    const offered = offer(context.tools.filter((t) => mayCall(context.role, t.name)), new Set(calls.map((c) => c.tool)), open, question.plan);
    const stopped = shouldStop({ ...local, steps: spent.steps, tokens: spent.tokens, us: spent.us, calls: calls.length, offered: offered.length, settled: view.open.length === 0 }, { ...budgets, calls: question.max_calls, reserve: RESERVE });
    if (stopped !== undefined) return { calls, stopped };
    const state = { question: { ...question, calls }, facts: factsOf(claims), open, view };
    const turnContext = { ...context, charsPerToken: spent.charsPerToken };
    const asked = await ask(question, context, spent, 'next', (facts) => nextTurn(state, offered, plain, facts, turnContext));
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
