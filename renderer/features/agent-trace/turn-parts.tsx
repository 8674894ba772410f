import type { TurnView } from '#shared/model/agent.ts';
import { useRead } from '../../state/reads.ts';
import { formatCount, formatDuration } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { ErrorState, LoadingState } from '../../ui/states.tsx';

/** A model's turn in full: what it was sent (redacted), what it answered, what that cost. */
export function TurnParts({ turn, decisionId }: { readonly turn: TurnView; readonly decisionId: string }) {
  const { value, problem } = useRead('models.exchanges', { decision_id: decisionId });
  const exchange = value?.find((one) => one.turn_id === turn.turn_id);
  const tokens = turn.tokens === null ? 'not told' : `${formatCount(turn.tokens.prompt_tokens)} in, ${formatCount(turn.tokens.response_tokens)} out`;
  return (
    <>
      <dl className="fx">
        <div><dt>Model</dt><dd className="mono" title={exchange?.model_digest ?? ''}>{turn.model}{exchange?.model_digest != null && ` ${exchange.model_digest.slice(0, 12)}`}</dd></div>
        <div><dt>Endpoint</dt><dd>{turn.endpoint}{exchange && `, ${exchange.egress}`}</dd></div>
        <div><dt>Tokens</dt><dd className="tabnum">{tokens}</dd></div>
        <div><dt>Prompt</dt><dd className="mono" title={turn.prompt_hash}>{turn.prompt_id} {turn.prompt_hash.slice(0, 8)}{turn.plain && ', without texts of others'}</dd></div>
      </dl>
      <p className="say">{turn.outcome}{turn.offered.length > 0 && `; on offer: ${turn.offered.join(', ')}`}</p>
      {exchange === undefined ? (problem?.kind === 'failed' ? <ErrorState title="The exchange can't be read" message={problem.message} good="The decision and its calls are not affected." /> : value === undefined ? <LoadingState what="the exchange" rows={6} /> : <p className="bad" role="alert"><Icon name="warn" size="m" />The tape has no exchange of this turn.</p>)
        : <>
          <h3>Response<span className="dim">{exchange.response && formatDuration(exchange.response.timings.generation_us / 1000)}</span></h3>
          {exchange.response === null ? <p className="bad"><Icon name="warn" size="m" />{exchange.problem?.kind}: {exchange.problem?.detail}</p> : <pre className="mono turn-msg" tabIndex={0} aria-label="Response">{exchange.response.text || exchange.response.tool_calls.map((call) => `${call.name} ${JSON.stringify(call.arguments)}`).join('\n') || '(nothing)'}</pre>}
          {exchange.response !== null && exchange.response.thinking !== '' && <details className="args"><summary>Thoughts</summary><pre className="mono turn-msg" tabIndex={0}>{exchange.response.thinking}</pre></details>}
          <h3>Prompt<span className="dim">as it was sent, secrets taken out</span></h3>
          {exchange.request.messages.map((message, i) => <details key={i} className="args" open={message.role !== 'system'}><summary>{message.role}<span className="dim">{formatCount(message.content.length)} characters</span></summary><pre className="mono turn-msg" tabIndex={0} aria-label={`Prompt, ${message.role}`}>{message.content}</pre></details>)}
          {exchange.attempts.map((attempt) => <p key={attempt.endpoint} className="dim">{attempt.endpoint} was passed over: {attempt.kind}, {attempt.detail}</p>)}
        </>}
    </>
  );
}
