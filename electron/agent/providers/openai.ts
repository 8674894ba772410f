import type { OpenAI } from 'openai';
import type { Completion, Endpoint, ModelFacts, ModelProblem } from '#shared/model/agent.ts';
import { at, isObject } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { ChatPart, ChatRequest, ModelPort } from '../model-port.ts';
import { ModelFailure } from '../model-problem.ts';
import { tokensLost } from '../context-budget.ts';
import { pinnedFetch } from '../pinned-fetch.ts';
import { SMALLEST_CONTEXT } from './ollama.ts';
import { problemAt, type Provider, type ProviderContext } from './provider.ts';
import { errorText, failingFetch, streamProblem } from './wire/http-problem.ts';
import { gatherToolCalls } from './wire/tool-call-deltas.ts';
import { guarded, rootFailure } from './wire/stream-parts.ts';
import { askSmall } from './wire/small-questions.ts';

/** Any OpenAI-compatible endpoint: vLLM, llama.cpp, LM Studio, OpenRouter, DashScope. `url` ends before `/chat/completions`. */
export const openai: Provider = { name: 'openai', description: 'any OpenAI-compatible endpoint (vLLM, llama.cpp, LM Studio, …)', connect: (endpoint, context) => connect(endpoint, context) };

type Open = (signal: AbortSignal) => Promise<OpenAI>;

function connect(endpoint: Endpoint, context: ProviderContext): ModelPort {
  const open: Open = async (signal) => {
    const { OpenAI: Client } = await import('openai');
    // Nothing is taken from the environment, nothing retried behind our back, nothing printed.
    return new Client({ baseURL: endpoint.url, apiKey: context.key ?? 'none', organization: null, project: null, maxRetries: 0, timeout: 2_147_483_000, logLevel: 'off', fetch: failingFetch(pinnedFetch(context.place.addresses, context.patience, signal)) });
  };
  const port: ModelPort = {
    endpoint: { id: endpoint.id, provider: 'openai', url: endpoint.url, model: endpoint.model, egress: context.place.egress },
    chat: (request, { signal }) => guarded(endpoint, signal, () => chat(open, endpoint, request, signal, context.now)),
    list: async ({ signal }) => {
      const models = await listModels(open, endpoint, signal);
      return models.ok ? ok(models.value.map((m) => ({ name: m.id, digest: null, size: null }))) : models;
    },
    probe: ({ signal }) => probe(port, open, endpoint, signal),
  };
  return port;
}

async function listModels(open: Open, endpoint: Endpoint, signal: AbortSignal): Promise<Result<readonly { readonly id: string; readonly context: number | null }[], ModelProblem>> {
  try {
    const found: { id: string; context: number | null }[] = [];
    for await (const model of await (await open(signal)).models.list({ signal })) {
      // vLLM: max_model_len; llama.cpp: meta.n_ctx (given to the slot) or n_ctx_train.
      const context = [at(model, 'max_model_len'), at(model, 'meta', 'n_ctx'), at(model, 'meta', 'n_ctx_train')].find((n) => typeof n === 'number');
      found.push({ id: model.id, context: typeof context === 'number' ? context : null });
      if (found.length >= 1000) break;
    }
    return ok(found);
  } catch (error) {
    signal.throwIfAborted();
    const failure = rootFailure(error);
    return err(problemAt(endpoint, failure.kind, failure.message));
  }
}

async function* chat(open: Open, endpoint: Endpoint, request: ChatRequest, signal: AbortSignal, now: () => number): AsyncGenerator<ChatPart> {
  const startedUs = now();
  const stream = await (await open(signal)).chat.completions.create({
    model: endpoint.model, stream: true, stream_options: { include_usage: true }, temperature: 0, seed: 7, max_tokens: request.max_tokens,
    messages: request.messages.map((m) => (m.role === 'tool' ? { role: 'user' as const, content: m.content } : { role: m.role, content: m.content })),
    ...(request.schema && { response_format: { type: 'json_schema' as const, json_schema: { name: request.schema.name, schema: { ...request.schema.json }, strict: true } } }),
    ...(request.tools && { tools: request.tools.map((t) => ({ type: 'function' as const, function: { name: t.name, description: t.description, parameters: { ...t.parameters } } })) }),
  }, { signal });
  const calls = gatherToolCalls();
  let first: number | undefined, usage: Completion['usage'] = null, stop: string | undefined, model = '', timings: unknown;
  for await (const chunk of stream) {
    first ??= now();
    const error: unknown = at(chunk, 'error');
    if (error !== undefined && error !== null) throw streamProblem(errorText(JSON.stringify({ error })));
    if (typeof chunk.model === 'string' && chunk.model !== '') model = chunk.model;
    // llama.cpp sends it with the last choice, others in a chunk of its own without choices.
    if (chunk.usage && typeof chunk.usage.prompt_tokens === 'number') usage = { prompt_tokens: chunk.usage.prompt_tokens, response_tokens: chunk.usage.completion_tokens ?? 0 };
    timings = at(chunk, 'timings') ?? timings;
    const choice = chunk.choices?.[0];
    if (!choice) continue;
    const { delta } = choice;
    for (const key of ['reasoning_content', 'reasoning']) { const thought = at(delta, key); if (typeof thought === 'string' && thought !== '') yield { type: 'thinking', text: thought }; }
    if (typeof delta?.content === 'string' && delta.content !== '') yield { type: 'text', text: delta.content };
    for (const call of delta?.tool_calls ?? []) calls.add(call);
    if (choice.finish_reason) stop = choice.finish_reason;
  }
  if (stop === undefined) throw new ModelFailure('cut', 'the stream ended without a finish reason');
  const lost = usage === null ? undefined : tokensLost(request, usage);
  if (lost !== undefined) throw new ModelFailure('truncated', lost);
  // Half a call is no call: after a length stop its arguments are not looked at.
  if (stop !== 'length') for (const call of calls.finish()) yield { type: 'tool_call', ...call };
  const us = (key: string): number => { const ms = at(timings, key); return typeof ms === 'number' ? Math.round(ms * 1000) : 0; };
  yield { type: 'done', stop: stop === 'length' ? 'length' : stop === 'tool_calls' ? 'tool_calls' : 'stop', model: model || endpoint.model, usage, timings: { load_us: 0, prompt_us: us('prompt_ms'), generation_us: us('predicted_ms'), first_part_us: (first ?? now()) - startedUs } };
}

async function probe(port: ModelPort, open: Open, endpoint: Endpoint, signal: AbortSignal): Promise<Result<ModelFacts, ModelProblem>> {
  const models = await listModels(open, endpoint, signal);
  // Not every compatible server lists its models; that alone is no failure.
  if (!models.ok && models.error.kind !== 'model_missing' && models.error.kind !== 'bad_answer') return models;
  const listed = models.ok ? models.value : [], mine = listed.find((m) => m.id === endpoint.model) ?? (listed.length === 1 ? listed[0] : undefined);
  const context = mine?.context ?? null;
  if (context !== null && context < SMALLEST_CONTEXT) return err(problemAt(endpoint, 'context_too_small', `${context} tokens; at least ${SMALLEST_CONTEXT} are needed`));
  const num_ctx = Math.min(endpoint.num_ctx, context ?? endpoint.num_ctx);
  const asked = await askSmall(port, { num_ctx, can_think: false, tools: true }, signal);
  if (!asked.ok) return asked;
  const other = mine && mine.id !== endpoint.model ? [`the server has ${mine.id} only and ignores the name ${endpoint.model}`] : [];
  return ok({ provider: 'openai', model: mine?.id ?? endpoint.model, digest: null, context_length: context, thinking: false, num_ctx, ...asked.value, notes: [...asked.value.notes, ...other, ...(isObject(mine) && context === null ? ['the server does not say how much context it has'] : [])] });
}
