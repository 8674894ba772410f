import { assertNever } from '#shared/lib/assert-never.ts';
import type { Endpoint, ModelProblem } from '#shared/model/agent.ts';

/** Thrown inside a provider to leave a stream; never leaves the room. */
export class ModelFailure extends Error {
  readonly kind: ModelProblem['kind'];
  constructor(kind: ModelProblem['kind'], detail: string) { super(detail); this.kind = kind; }
}

/** Another endpoint may do better. Never after a length stop or an answer that doesn't fit: the same prompt would fail again, elsewhere and unseen. */
export function mayFallBack(problem: ModelProblem): boolean {
  switch (problem.kind) {
    case 'not_running': case 'model_missing': case 'queue_full': case 'timeout': case 'server_error': case 'cut': case 'stream_error': case 'open_circuit': case 'unauthorized': case 'refused_egress': return true;
    case 'no_tools': case 'context_too_small': case 'length_stop': case 'truncated': case 'bad_answer': case 'not_recorded': return false;
    default: return assertNever(problem.kind);
  }
}

/** A failure that says something about the endpoint, not about the question: these open the circuit. */
export const isEndpointDown = (problem: ModelProblem): boolean => mayFallBack(problem) && problem.kind !== 'open_circuit' && problem.kind !== 'refused_egress' && problem.kind !== 'queue_full';

/** The problem in words for a person, with what to do. */
export function problemWords(problem: ModelProblem, endpoint?: Pick<Endpoint, 'provider' | 'url' | 'model'>): string {
  const where = endpoint === undefined ? problem.endpoint : `${endpoint.provider === 'ollama' ? 'Ollama' : problem.endpoint} at ${endpoint.url}`;
  const model = endpoint?.model ?? 'the model';
  switch (problem.kind) {
    case 'not_running': return `${where} is not running or refuses connections (${problem.detail})${endpoint?.provider === 'ollama' ? '; start it with "ollama serve"' : ''}`;
    case 'model_missing': return `${where} doesn't have ${model}${endpoint?.provider === 'ollama' ? `; get it with "ollama pull ${model}" (Winnow never downloads a model by itself)` : ` (${problem.detail})`}`;
    case 'no_tools': return `${model} can't call tools (${problem.detail})`;
    case 'context_too_small': return `the context of ${model} is too small: ${problem.detail}`;
    case 'queue_full': return `${where} is busy: ${problem.detail}`;
    case 'length_stop': return `${model} stopped at its length limit before the answer was complete (${problem.detail})`;
    case 'stream_error': return `${where} failed while it answered: ${problem.detail}`;
    case 'cut': return `the connection to ${where} was cut while it answered (${problem.detail})`;
    case 'timeout': return `${where} gave no answer in time (${problem.detail})`;
    case 'truncated': return `${where} dropped a part of the prompt: ${problem.detail}`;
    case 'unauthorized': return `${where} refuses the key: ${problem.detail}`;
    case 'server_error': return `${where} failed: ${problem.detail}`;
    case 'bad_answer': return `${model} gave an answer that can't be read: ${problem.detail}`;
    case 'refused_egress': return `${problem.endpoint} was not asked: ${problem.detail}`;
    case 'open_circuit': return `${problem.endpoint} was not asked: ${problem.detail}`;
    case 'not_recorded': return `the recording has no such exchange: ${problem.detail}`;
    default: return assertNever(problem.kind);
  }
}
