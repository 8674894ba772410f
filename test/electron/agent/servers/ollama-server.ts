/**
 * Ollama's native protocol as its documentation (docs/api.md) and source (server/routes.go) have it: NDJSON with one object a line, the last one with
 * `done`, `done_reason` and counters in nanoseconds; errors as `{"error": "…"}`, also inside a stream that began with 200.
 */
import type { ServerResponse } from 'node:http';
import type { ChatRequest } from '#electron/agent/model-port.ts';
import { isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { json, loopback, sleep, type Asked, type Loopback } from './loopback.ts';

export interface FakeModel { readonly name: string; readonly digest?: string; readonly capabilities?: readonly string[]; readonly context_length?: number; readonly allocated?: number }
export interface Answer {
  readonly text?: string; readonly thinking?: string; readonly tool_calls?: readonly { readonly name: string; readonly arguments: JsonObject }[]; readonly done_reason?: string;
  /** Null: absent, as old servers leave it out for a cached prompt. */
  readonly prompt_eval_count?: number | null; readonly eval_count?: number;
  /** Before the first line; after which part of the text the connection is cut or an error comes. */
  readonly wait_ms?: number; /** Between two lines of text. */ readonly pause_ms?: number; readonly cut_after?: number; readonly cut_in_line?: boolean; readonly error_after?: { readonly chars: number; readonly error: string };
}
export type Reply = { readonly status: number; readonly error: string } | { readonly text_status: number; readonly body: string } | Answer;

const AT = '2026-11-29T01:02:03.123456789Z';
const digestOf = (model: FakeModel): string => model.digest ?? `${model.name.length.toString(16).padStart(2, '0')}`.repeat(32);

export async function ollamaServer(models: readonly FakeModel[], reply: (asked: Asked, n: number) => Reply): Promise<Loopback> {
  let n = 0;
  return loopback(async (asked, response) => {
    const name = str(asked.body, 'model') ?? '', model = models.find((m) => m.name === name || m.name === `${name}:latest`);
    if (asked.path === '/api/tags') return json(response, 200, { models: models.map((m) => ({ name: m.name, model: m.name, modified_at: AT, size: 2019393189, digest: digestOf(m), details: { parent_model: '', format: 'gguf', family: 'llama', families: ['llama'], parameter_size: '3.2B', quantization_level: 'Q4_K_M' } })) });
    if (asked.path === '/api/ps') return json(response, 200, { models: models.filter((m) => m.allocated !== undefined).map((m) => ({ name: m.name, model: m.name, size: 6654289920, digest: digestOf(m), expires_at: AT, size_vram: 6654289920, context_length: m.allocated })) });
    // server/routes.go: getExistingName fails → 404.
    if (!model) return json(response, 404, { error: `model '${name}' not found` });
    if (asked.path === '/api/show') return json(response, 200, { modelfile: '', template: '', details: { family: 'llama' }, model_info: { 'general.architecture': 'llama', 'llama.context_length': model.context_length ?? 131072, 'llama.embedding_length': 3072 }, capabilities: model.capabilities ?? ['completion', 'tools'], modified_at: AT });
    if (asked.path !== '/api/chat') return json(response, 404, { error: 'not found' });
    const can = new Set(model.capabilities ?? ['completion', 'tools']);
    if (asked.body['tools'] !== undefined && !can.has('tools')) return json(response, 400, { error: `registry.ollama.ai/library/${name} does not support tools` });
    const answer = reply(asked, n++);
    if ('status' in answer) return json(response, answer.status, { error: answer.error });
    if ('text_status' in answer) { response.writeHead(answer.text_status, { 'content-type': 'text/plain' }).end(answer.body); return undefined; }
    return stream(response, name, asked, answer);
  });
}

async function stream(response: ServerResponse, model: string, asked: Asked, answer: Answer): Promise<void> {
  if (answer.wait_ms !== undefined) await sleep(answer.wait_ms);
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const line = (message: JsonObject): string => `${JSON.stringify({ model, created_at: AT, message: { role: 'assistant', ...message }, done: false })}\n`;
  for (const piece of pieces(answer.thinking ?? '')) response.write(line({ content: '', thinking: piece }));
  let sent = 0;
  for (const piece of pieces(answer.text ?? '')) {
    if (answer.error_after && sent >= answer.error_after.chars) { response.end(`${JSON.stringify({ error: answer.error_after.error })}\n`); return; }
    if (answer.cut_after !== undefined && sent >= answer.cut_after) {
      if (answer.cut_in_line) response.write(line({ content: piece }).slice(0, 40));
      await sleep(5);
      response.destroy();
      return;
    }
    response.write(line({ content: piece }));
    sent += piece.length;
    if (answer.pause_ms !== undefined) await sleep(answer.pause_ms);
  }
  if (answer.tool_calls) response.write(line({ content: '', tool_calls: answer.tool_calls.map((c, index) => ({ id: `call_ab12cd3${index}`, function: { index, name: c.name, arguments: c.arguments } })) }));
  const chars = list(asked.body, 'messages').reduce<number>((sum, m) => sum + (isObject(m) ? (str(m, 'content') ?? '').length : 0), 0);
  const prompt_eval_count = answer.prompt_eval_count === undefined ? Math.ceil(chars / 4) : answer.prompt_eval_count;
  response.end(`${JSON.stringify({
    model, created_at: AT, message: { role: 'assistant', content: '' }, done: true, done_reason: answer.done_reason ?? 'stop', total_duration: 5191566416, load_duration: 2154458,
    ...(prompt_eval_count !== null && { prompt_eval_count, prompt_eval_duration: 383809000 }), eval_count: answer.eval_count ?? Math.ceil((answer.text ?? '').length / 4), eval_duration: 4799921000,
  })}\n`);
}

/** A request as the scripted models take it: an Ollama whose model is one of our scripts. */
export function requestOf({ body }: Asked): ChatRequest {
  const messages = list(body, 'messages').map((m) => ({ role: str(m, 'role') === 'system' ? 'system' as const : 'user' as const, content: str(m, 'content') ?? '' }));
  return { messages, ...(isObject(body['format']) && { schema: { name: 'x', json: body['format'] } }), num_ctx: 8192, max_tokens: 900, can_think: false };
}

const pieces = (text: string): readonly string[] => text.match(/[\s\S]{1,7}/g) ?? [];
/** What a well-behaved model answers to the small questions of a probe, or undefined when it is another question. */
export function probeReply(asked: Asked): Answer | undefined {
  const said = JSON.stringify(asked.body['messages']);
  if (/Which colour does grass have/.test(said)) return { text: '{"colour":"green","sure_pct":97}' };
  return /Call the tool paint/.test(said) ? { tool_calls: [{ name: 'paint', arguments: { colour: 'green' } }] } : undefined;
}
