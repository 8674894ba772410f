import { at, str } from '#shared/lib/json.ts';
import { ModelFailure } from '../../model-problem.ts';
import type { Fetch } from '../../pinned-fetch.ts';

const NO_TOOLS = /does not support tools|tools param requires|tool choice requires|tool[- ]call(ing|s)? (is|are) not supported/i;
/** llama.cpp: `exceed_context_size_error`; vLLM: "maximum context length is"; Ollama with `truncate: false`: "exceeds the context length". */
const TOO_LONG = /exceed_context_size|exceeds the available context|maximum context length|exceeds (the )?(maximum )?context|input length exceeds|prompt is too long/i;

/**
 * What an error answer of a server means. Ollama says `{"error": "…"}` with 400 (can't do it), 404 (no such model) and 503 (queue full: "maximum
 * pending requests exceeded"; ollama/server/routes.go, handleScheduleError); others `{"error": {"message", "type", "code"}}`.
 */
export function httpProblem(status: number, body: string): ModelFailure {
  const detail = errorText(body) || `status ${status}`;
  if (NO_TOOLS.test(detail)) return new ModelFailure('no_tools', detail);
  if (TOO_LONG.test(detail) || TOO_LONG.test(body)) return new ModelFailure('context_too_small', detail);
  if (status === 401 || status === 403) return new ModelFailure('unauthorized', detail);
  if (status === 404) return new ModelFailure('model_missing', detail);
  if (status === 429 || status === 503) return new ModelFailure('queue_full', detail);
  if (status === 408 || status === 504) return new ModelFailure('timeout', detail);
  // Ollama's own, where it gave a request up (handleScheduleError).
  if (status === 499) return new ModelFailure('cut', detail);
  return new ModelFailure(status >= 500 ? 'server_error' : 'bad_answer', `status ${status}: ${detail}`);
}

/** An error that arrives within a stream that began well. */
export const streamProblem = (text: string): ModelFailure => (TOO_LONG.test(text) ? new ModelFailure('context_too_small', text) : NO_TOOLS.test(text) ? new ModelFailure('no_tools', text) : new ModelFailure('stream_error', text));

export function errorText(body: string): string {
  let parsed: unknown;
  try { parsed = JSON.parse(body); } catch { return body.trim().slice(0, 300); }
  return (str(parsed, 'error', 'message') ?? (typeof at(parsed, 'error') === 'string' ? str(parsed, 'error') : undefined) ?? str(parsed, 'message') ?? body.trim()).slice(0, 300);
}

/** Throws what an error status means before a client library looks at it (one of them would print it to the console). */
export function failingFetch(fetch: Fetch): Fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (response.ok) return response;
    throw httpProblem(response.status, await response.text());
  };
}
