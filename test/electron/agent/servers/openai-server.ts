/**
 * OpenAI-compatible servers: server-sent events, `data: [DONE]` at the end. Variants as llama.cpp (one model whatever the name; usage and timings with the last
 * choice as in 2024, or in a chunk of their own as since 2025; `reasoning_content`) and vLLM (model checked, usage in a chunk of its own, `reasoning`) have them.
 */
import type { ServerResponse } from 'node:http';
import { str, type JsonObject } from '#shared/lib/json.ts';
import { json, loopback, sleep, type Asked, type Loopback } from './loopback.ts';

export interface Piece { readonly delta?: JsonObject; readonly finish?: string }
export interface Streamed {
  readonly pieces: readonly Piece[]; readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number } | null;
  readonly cut?: boolean; readonly no_end?: boolean; readonly error?: unknown; readonly wait_ms?: number;
  /** llama.cpp: usage and timings in a chunk of their own, after the last choice. */
  readonly usage_apart?: boolean;
}
export type OpenAiReply = { readonly status: number; readonly body: unknown } | Streamed;
export type Variant = 'llama.cpp' | 'vllm';

export async function openAiServer(variant: Variant, model: string, reply: (asked: Asked, n: number) => OpenAiReply, context = 8192): Promise<Loopback> {
  let n = 0;
  return loopback((asked, response) => {
    if (asked.path === '/v1/models') return json(response, 200, { object: 'list', data: [{ id: model, object: 'model', created: 1764374523, owned_by: variant === 'vllm' ? 'vllm' : 'llamacpp', ...(variant === 'vllm' ? { max_model_len: context } : { meta: { n_ctx_train: 131072, n_ctx: context } }) }] });
    if (asked.path !== '/v1/chat/completions') return json(response, 404, { detail: 'Not Found' });
    if (variant === 'vllm' && asked.body['model'] !== model) return json(response, 404, { error: { message: `The model \`${str(asked.body, 'model') ?? ''}\` does not exist.`, type: 'NotFoundError', param: null, code: 404 } });
    const answer = reply(asked, n++);
    if ('status' in answer) return json(response, answer.status, answer.body);
    return stream(response, variant, model, answer);
  });
}

async function stream(response: ServerResponse, variant: Variant, model: string, answer: Streamed): Promise<void> {
  if (answer.wait_ms !== undefined) await sleep(answer.wait_ms);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const base = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1764374523, model };
  const send = (value: unknown): void => { response.write(`data: ${JSON.stringify(value)}\n\n`); };
  const usage = answer.usage === undefined ? { prompt_tokens: 100, completion_tokens: 20 } : answer.usage;
  send({ ...base, choices: [{ index: 0, delta: { role: 'assistant', content: variant === 'vllm' ? '' : null }, finish_reason: null }] });
  for (const piece of answer.pieces) send({ ...base, choices: [{ index: 0, delta: piece.delta ?? {}, finish_reason: piece.finish ?? null }], ...(piece.finish !== undefined && variant === 'llama.cpp' && usage && !answer.usage_apart && { usage, timings: { prompt_n: 100, prompt_ms: 120.5, predicted_n: 20, predicted_ms: 800.25 } }) });
  if (answer.error !== undefined) { send({ error: answer.error }); response.end(); return; }
  if (answer.cut) { await sleep(5); response.destroy(); return; }
  if (answer.no_end) { response.end(); return; }
  if (usage && (variant === 'vllm' || answer.usage_apart)) send({ ...base, choices: [], usage, ...(variant === 'llama.cpp' && { timings: { prompt_n: 100, prompt_ms: 120.5, predicted_n: 20, predicted_ms: 800.25 } }) });
  response.end('data: [DONE]\n\n');
}

export const says = (text: string, finish = 'stop'): Streamed => ({ pieces: [...(text.match(/[\s\S]{1,7}/g) ?? []).map((content) => ({ delta: { content } })), { finish }] });
export function probeSays(asked: Asked): Streamed | undefined {
  const said = JSON.stringify(asked.body['messages']);
  if (/Which colour does grass have/.test(said)) return says('{"colour":"green","sure_pct":97}');
  return /Call the tool paint/.test(said) ? { pieces: [{ delta: { tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'paint', arguments: '{"colour":' } }] } }, { delta: { tool_calls: [{ index: 0, function: { arguments: '"green"}' } }] } }, { finish: 'tool_calls' }] } : undefined;
}
