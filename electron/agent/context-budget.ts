import type { Completion } from '#shared/model/agent.ts';
import type { ChatRequest } from './model-port.ts';

/** Characters a token, before a model has told its own measure: on the safe side for English and JSON. */
export const CHARS_PER_TOKEN = 3;
/** Of the context, at most this much is packed: the answer and the template need room, and the estimate may be off. */
export const PACKED_SHARE = 0.6;
/** No tokenizer makes tokens this long on average of a whole prompt: fewer tokens than that, and a part was not read. */
const LONGEST_TOKEN = 10;

export const charsOf = (request: Pick<ChatRequest, 'messages'>): number => request.messages.reduce((sum, m) => sum + m.content.length, 0);
export const estimateTokens = (chars: number, charsPerToken: number): number => Math.ceil(chars / charsPerToken);
/** Characters that may be packed into a context of so many tokens. */
export const roomFor = (num_ctx: number, charsPerToken: number): number => Math.floor(num_ctx * PACKED_SHARE * charsPerToken);

/** The measure after an answer told how many tokens its prompt had; never more generous than the estimate that we start with. */
export function corrected(charsPerToken: number, request: Pick<ChatRequest, 'messages'>, usage: Completion['usage']): number {
  if (usage === null || usage.prompt_tokens <= 0) return charsPerToken;
  const seen = Math.floor((charsOf(request) / usage.prompt_tokens) * 100) / 100;
  return Math.max(0.5, Math.min(CHARS_PER_TOKEN, charsPerToken, seen));
}

/**
 * Was a part of the prompt dropped without a word? Ollama drops the front when prompt and answer don't fit the context, and tells so only by the
 * number of tokens that it evaluated: as many as the context holds, or far fewer than the text can have.
 */
export function tokensLost(request: Pick<ChatRequest, 'messages' | 'num_ctx'>, usage: NonNullable<Completion['usage']>): string | undefined {
  const chars = charsOf(request);
  if (usage.prompt_tokens >= request.num_ctx) return `${usage.prompt_tokens} tokens evaluated fill the context of ${request.num_ctx}`;
  if (usage.prompt_tokens + usage.response_tokens > request.num_ctx) return `prompt and answer are ${usage.prompt_tokens + usage.response_tokens} tokens, the context is ${request.num_ctx}`;
  return usage.prompt_tokens * LONGEST_TOKEN < chars ? `${usage.prompt_tokens} tokens evaluated for ${chars} characters` : undefined;
}
