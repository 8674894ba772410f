import type { ChatResponse, Message, Ollama } from 'ollama/browser';
import type { Completion, Endpoint, ModelFacts, ModelProblem } from '#shared/model/agent.ts';
import { isObject } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { ChatPart, ChatRequest, ModelPort } from '../model-port.ts';
import { ModelFailure } from '../model-problem.ts';
import { pinnedFetch, type Fetch } from '../pinned-fetch.ts';
import { tokensLost } from '../context-budget.ts';
import { problemAt, type Provider, type ProviderContext } from './provider.ts';
import { failingFetch } from './wire/http-problem.ts';
import { guardNdjson } from './wire/ndjson-guard.ts';
import { guarded, rootFailure } from './wire/stream-parts.ts';
import { askSmall } from './wire/small-questions.ts';

/** Smallest context in which an investigation fits. */
export const SMALLEST_CONTEXT = 2048;

/** Ollama's native API: it has what the compatible one hides (context size, digest, capabilities, evaluated tokens). */
export const ollama: Provider = { name: 'ollama', description: 'Ollama, native API', connect: (endpoint, context) => connect(endpoint, context) };

function connect(endpoint: Endpoint, context: ProviderContext): ModelPort {
  const open = async (signal: AbortSignal): Promise<Ollama> => {
    const { Ollama: Client } = await import('ollama/browser');
    return new Client({ host: endpoint.url, fetch: answerFetch(pinnedFetch(context.place.addresses, context.patience, signal)), ...(context.key !== undefined && { headers: { authorization: `Bearer ${context.key}` } }) });
  };
  const port: ModelPort = {
    endpoint: { id: endpoint.id, provider: 'ollama', url: endpoint.url, model: endpoint.model, egress: context.place.egress },
    chat: (request, { signal }) => guarded(endpoint, signal, () => chat(open, endpoint, request, signal, context.now)),
    list: (options) => attempt(endpoint, options.signal, async () => (await (await open(options.signal)).list()).models.map((m) => ({ name: m.name, digest: m.digest, size: m.size }))),
    probe: (options) => probe(port, open, endpoint, options.signal),
  };
  return port;
}

/** NDJSON is checked line by line before the client sees it, and its errors before it prints them. */
const answerFetch = (fetch: Fetch): Fetch => {
  const failing = failingFetch(fetch);
  return async (input, init) => {
    const response = await failing(input, init);
    return response.body && /ndjson/.test(response.headers.get('content-type') ?? '') ? new Response(guardNdjson(response.body), { status: response.status, headers: response.headers }) : response;
  };
};

async function attempt<T>(endpoint: Endpoint, signal: AbortSignal, run: () => Promise<T>): Promise<Result<T, ModelProblem>> {
  try { return ok(await run()); } catch (error) {
    signal.throwIfAborted();
    const failure = rootFailure(error);
    return err(problemAt(endpoint, failure.kind, failure.message));
  }
}

async function* chat(open: (signal: AbortSignal) => Promise<Ollama>, endpoint: Endpoint, request: ChatRequest, signal: AbortSignal, now: () => number): AsyncGenerator<ChatPart> {
  const startedUs = now();
  // `truncate` and `shift` are not in the client's types: an overflow shall be an error, not a prompt without its beginning (older servers ignore them).
  const body = {
    model: endpoint.model, stream: true as const, truncate: false, shift: false, messages: request.messages.map((m): Message => ({ role: m.role, content: m.content })),
    ...(request.schema && { format: request.schema.json }), ...(request.can_think && { think: false }),
    ...(request.tools && { tools: request.tools.map((t) => ({ type: 'function', function: { name: t.name, description: t.description, parameters: t.parameters } })) }),
    options: { num_ctx: request.num_ctx, num_predict: request.max_tokens, temperature: 0, seed: 7 },
  };
  const client = await open(signal);
  let first: number | undefined, called = false, done = false;
  for await (const part of (await client.chat(body)) as AsyncIterable<ChatResponse>) {
    signal.throwIfAborted();
    first ??= now();
    const { message } = part;
    if (typeof message?.thinking === 'string' && message.thinking !== '') yield { type: 'thinking', text: message.thinking };
    if (typeof message?.content === 'string' && message.content !== '') yield { type: 'text', text: message.content };
    for (const call of message?.tool_calls ?? []) { called = true; yield { type: 'tool_call', name: call.function.name, arguments: isObject(call.function.arguments) ? call.function.arguments : {} }; }
    if (!part.done) continue;
    done = true;
    yield finished(part, request, called, { startedUs, firstUs: first });
  }
  if (!done) throw new ModelFailure('cut', 'the stream ended without its last part');
}

/** Nanoseconds in Ollama's answers. */
const toUs = (ns: number | undefined): number => Math.round((ns ?? 0) / 1000);

function finished(part: ChatResponse, request: ChatRequest, called: boolean, time: { readonly startedUs: number; readonly firstUs: number }): ChatPart {
  // Absent when all of the prompt was cached by an old server: then nothing can be said.
  const usage: Completion['usage'] = typeof part.prompt_eval_count === 'number' ? { prompt_tokens: part.prompt_eval_count, response_tokens: part.eval_count ?? 0 } : null;
  const lost = usage === null ? undefined : tokensLost(request, usage);
  if (lost !== undefined) throw new ModelFailure('truncated', lost);
  return {
    type: 'done', stop: part.done_reason === 'length' ? 'length' : called ? 'tool_calls' : 'stop', model: part.model, usage,
    timings: { load_us: toUs(part.load_duration), prompt_us: toUs(part.prompt_eval_duration), generation_us: toUs(part.eval_duration), first_part_us: time.firstUs - time.startedUs },
  };
}

/** Digest and abilities from `/api/tags` and `/api/show`, then what it really does from two small questions; `/api/ps` tells the context that it got. */
async function probe(port: ModelPort, open: (signal: AbortSignal) => Promise<Ollama>, endpoint: Endpoint, signal: AbortSignal): Promise<Result<ModelFacts, ModelProblem>> {
  const models = await port.list({ signal });
  if (!models.ok) return models;
  const named = endpoint.model.includes(':') ? endpoint.model : `${endpoint.model}:latest`;
  const found = models.value.find((m) => m.name === named || m.name === endpoint.model);
  if (!found) return err(problemAt(endpoint, 'model_missing', `it has ${models.value.map((m) => m.name).slice(0, 8).join(', ') || 'no models'}`));
  const shown = await attempt(endpoint, signal, async () => (await open(signal)).show({ model: endpoint.model }));
  if (!shown.ok) return shown;
  const context = contextLength(shown.value.model_info);
  if (context !== null && context < SMALLEST_CONTEXT) return err(problemAt(endpoint, 'context_too_small', `${context} tokens; at least ${SMALLEST_CONTEXT} are needed`));
  const num_ctx = Math.min(endpoint.num_ctx, context ?? endpoint.num_ctx), can = new Set(shown.value.capabilities ?? []);
  const asked = await askSmall(port, { num_ctx, can_think: can.has('thinking'), tools: can.has('tools') }, signal);
  if (!asked.ok) return asked;
  const allocated = await attempt(endpoint, signal, async () => allocatedContext(await (await open(signal)).ps(), named, endpoint.model));
  const got = allocated.ok && allocated.value !== undefined && allocated.value < num_ctx ? allocated.value : num_ctx;
  if (got < SMALLEST_CONTEXT) return err(problemAt(endpoint, 'context_too_small', `the server allocated ${got} tokens; at least ${SMALLEST_CONTEXT} are needed`));
  return ok({ provider: 'ollama', model: endpoint.model, digest: found.digest, context_length: context, thinking: can.has('thinking'), num_ctx: got, ...asked.value, notes: [...asked.value.notes, ...(got < num_ctx ? [`the server allocated ${got} of ${num_ctx} tokens of context`] : [])] });
}

/** `<architecture>.context_length`. */
function contextLength(info: unknown): number | null {
  if (!isObject(info) && !(info instanceof Map)) return null;
  const entries: readonly (readonly [unknown, unknown])[] = info instanceof Map ? [...info.entries()] : Object.entries(info);
  const length = entries.find(([key]) => typeof key === 'string' && key.endsWith('.context_length'))?.[1];
  return typeof length === 'number' && Number.isInteger(length) ? length : null;
}

/** `context_length` of a loaded model; the client's types don't have it. */
function allocatedContext(loaded: { readonly models: readonly object[] }, ...names: readonly string[]): number | undefined {
  const model = loaded.models.find((m) => names.includes(String(Reflect.get(m, 'name'))));
  const length: unknown = model && Reflect.get(model, 'context_length');
  return typeof length === 'number' && length > 0 ? length : undefined;
}
