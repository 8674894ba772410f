import { failureOf } from '../../pinned-fetch.ts';
import type { ChatPart } from '../../model-port.ts';
import type { Endpoint } from '#shared/model/agent.ts';
import { problemAt } from '../provider.ts';
import { ModelFailure } from '../../model-problem.ts';
import { streamProblem } from './http-problem.ts';

/** Runs a provider's stream: whatever it throws becomes the part `failed`, but for an abort, which is thrown on. */
export async function* guarded(endpoint: Endpoint, signal: AbortSignal, run: () => AsyncIterable<ChatPart>): AsyncGenerator<ChatPart> {
  let answered = false;
  try {
    for await (const part of run()) { answered = true; yield part; }
  } catch (error) {
    signal.throwIfAborted();
    const failure = rootFailure(error, answered);
    yield { type: 'failed', problem: problemAt(endpoint, failure.kind, failure.message) };
  }
}

/** The failure itself or the one that a library wrapped as its cause; else what the error says of itself. */
export function rootFailure(error: unknown, answered = false): ModelFailure {
  for (let current: unknown = error; current instanceof Error; current = current.cause) if (current instanceof ModelFailure) return current;
  const text = error instanceof Error ? error.message : String(error);
  // A line that isn't complete, or a stream without its last line (the words of the client for Ollama).
  if (error instanceof SyntaxError || /did not receive done/i.test(text)) return new ModelFailure('cut', text);
  if (!isNetworks(error)) return streamProblem(text);
  const failure = failureOf(error, answered);
  return failure instanceof ModelFailure ? failure : new ModelFailure('cut', text);
}

function isNetworks(error: unknown): boolean {
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    const code: unknown = Reflect.get(current, 'code');
    if ((typeof code === 'string' && /^E[A-Z]+$/.test(code)) || /aborted|socket hang up|terminated|premature close/i.test(current.message)) return true;
  }
  return false;
}
