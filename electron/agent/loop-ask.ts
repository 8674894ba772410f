import type { Exchange, ModelFacts, TurnView } from '#shared/model/agent.ts';
import type { AgentQuestion } from '#shared/model/investigation.ts';
import { charsOf, corrected, estimateTokens } from './context-budget.ts';
import { Degraded, say, type LoopContext, type Spent } from './loop-context.ts';
import type { ChatPart } from './model-port.ts';
import { problemWords } from './model-problem.ts';
import { exchangeOf, type Asked } from './tape.ts';
import type { Turn } from './turns.ts';
import { plainWords } from './untrusted.ts';

/** One exchange: asked within the time that is left, recorded, counted. */
export async function ask(question: AgentQuestion, context: LoopContext, spent: Spent, purpose: Exchange['purpose'], build: (facts: ModelFacts) => Turn | undefined): Promise<Asked> {
  const left = Math.max(1, Math.ceil(context.budgets.seconds * 1000 - spent.us / 1000));
  const timer = AbortSignal.timeout(Math.min(left, 2_147_483_647)), signal = AbortSignal.any([question.signal, timer]);
  let turn: Turn | undefined;
  say(question, context, 'asking', purpose);
  const asked = await context.asker.ask((facts) => {
    turn = build(facts);
    if (!turn) throw new Degraded(`the facts of this incident don't fit the context of ${facts.model} (${facts.num_ctx} tokens)`);
    return turn.request;
  }, { signal, onPart: writing(question, context) }).catch((error: unknown) => {
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

/** What became of the turn that was asked last. */
export function endTurn(spent: Spent, end: Pick<TurnView, 'outcome' | 'plain' | 'offered' | 'asked' | 'call_id'>): void {
  const last = spent.turns.pop();
  if (last) spent.turns.push({ ...last, ...end });
}

/** Between two looks at what a model writes, in microseconds; most characters of it that are shown; and most that are kept to find secrets in. */
const LOOK_US = 250_000, MOST_SHOWN = 240, MOST_KEPT = 64_000;

/** Shows what the model writes while it does: the end of it, now and then. */
function writing(question: AgentQuestion, context: LoopContext): (part: ChatPart) => void {
  let text = '', shown = context.now();
  return (part) => {
    if (part.type !== 'text' && part.type !== 'thinking') return;
    // Cut only where nothing is near that is shown: what begins a secret must be seen to know its end.
    text = text.length > 2 * MOST_KEPT ? (text + part.text).slice(-MOST_KEPT) : text + part.text;
    if (context.now() - shown < LOOK_US) return;
    shown = context.now();
    say(question, context, 'writing', plainWords(context.redact(text).slice(-MOST_SHOWN), MOST_SHOWN));
  };
}
