import { describe, expect, it } from 'vitest';
import { openai } from '#electron/agent/providers/openai.ts';
import { ask, endpoint, failed, kindOf, never, port, request } from '../ask.ts';
import { openAiServer, probeSays, says, type OpenAiReply, type Streamed, type Variant } from '../servers/openai-server.ts';

const MODEL = 'Qwen/Qwen3-8B';
async function askServer(variant: Variant, reply: OpenAiReply, asked = request(), named = MODEL) {
  const server = await openAiServer(variant, MODEL, () => reply);
  return { server, result: await ask(endpoint('openai', `${server.url}/v1`, named), asked) };
}
const tool = (more: object): Streamed['pieces'][number] => ({ delta: { tool_calls: [more] } });
const TOOLS = [{ name: 'auth_logs', description: 'reads logs', parameters: { type: 'object' } }, { name: 'vuln_state', description: 'reads CVEs', parameters: { type: 'object' } }];

describe('the openai provider', () => {
  it('is the one that endpoints name', () => { expect(openai.name).toBe('openai'); });

  it.each(['llama.cpp', 'vllm'] as const)('puts the stream of %s together, with usage', async (variant) => {
    const { result, server } = await askServer(variant, says('{"next":"stop","arguments":{}}'));
    expect(result).toMatchObject({ ok: true, value: { text: '{"next":"stop","arguments":{}}', stop: 'stop', model: MODEL, usage: { prompt_tokens: 100, response_tokens: 20 } } });
    expect(server.asked[0]?.body).toMatchObject({ stream: true, stream_options: { include_usage: true }, max_tokens: 128, temperature: 0 });
  });
  it('takes the times that llama.cpp tells', async () => {
    for (const usage_apart of [false, true]) expect((await askServer('llama.cpp', { ...says('x'), usage_apart })).result).toMatchObject({ ok: true, value: { usage: { prompt_tokens: 100 }, timings: { prompt_us: 120500, generation_us: 800250 } } });
  });
  it('sends a schema as response format', async () => {
    const { server } = await askServer('vllm', says('{}'), request({ schema: { name: 'next_step', json: { type: 'object' } } }));
    expect(server.asked[0]?.body).toMatchObject({ response_format: { type: 'json_schema', json_schema: { name: 'next_step', strict: true, schema: { type: 'object' } } } });
  });
  it.each(['reasoning_content', 'reasoning'])('keeps thoughts in %s apart from the answer', async (key) => {
    const { result } = await askServer('vllm', { pieces: [{ delta: { [key]: 'it could be' } }, { delta: { content: 'yes' } }, { finish: 'stop' }] });
    expect(result).toMatchObject({ ok: true, value: { thinking: 'it could be', text: 'yes' } });
  });
  it('joins the arguments of a call, which are text in pieces', async () => {
    const { result } = await askServer('llama.cpp', { pieces: [tool({ index: 0, id: 'a', function: { name: 'auth_logs', arguments: '{"da' } }), tool({ index: 0, function: { arguments: 'ys":90}' } }), { finish: 'tool_calls' }] }, request({ tools: TOOLS }));
    expect(result).toMatchObject({ ok: true, value: { stop: 'tool_calls', tool_calls: [{ name: 'auth_logs', arguments: { days: 90 } }] } });
  });
  it('tells parallel calls apart that all have index 0', async () => {
    const { result } = await askServer('vllm', { pieces: [tool({ index: 0, id: 'a', function: { name: 'auth_logs', arguments: '{"days":90}' } }), tool({ index: 0, id: 'b', function: { name: 'vuln_state', arguments: '{}' } }), { finish: 'tool_calls' }] }, request({ tools: TOOLS }));
    expect(result).toMatchObject({ ok: true, value: { tool_calls: [{ name: 'auth_logs', arguments: { days: 90 } }, { name: 'vuln_state', arguments: {} }] } });
  });
  it('returns half a document as stopped at its length, and half a call not at all', async () => {
    const { result } = await askServer('vllm', { pieces: [{ delta: { content: '{"decision":"tick' } }, tool({ index: 0, id: 'a', function: { name: 'auth_logs', arguments: '{"da' } }), { finish: 'length' }] });
    expect(result).toMatchObject({ ok: true, value: { stop: 'length', tool_calls: [] } });
  });
  it('records which model answered when the name is ignored', async () => {
    expect((await askServer('llama.cpp', says('yes'), request(), 'whatever')).result).toMatchObject({ ok: true, value: { model: MODEL } });
  });
  it('sends the key as a bearer token, and nothing from the environment', async () => {
    const server = await openAiServer('vllm', MODEL, () => says('yes'));
    process.env['OPENAI_API_KEY'] = 'sk-environment-0123456789012345';
    process.env['OPENAI_ORG_ID'] = 'org-environment';
    try {
      for await (const _ of (await port(endpoint('openai', `${server.url}/v1`, MODEL), undefined, 'my-key')).chat(request(), { signal: never() })) { /* to its end */ }
    } finally { delete process.env['OPENAI_API_KEY']; delete process.env['OPENAI_ORG_ID']; }
    expect(server.asked[0]?.headers.authorization).toBe('Bearer my-key');
    expect(JSON.stringify(server.asked[0]?.headers)).not.toMatch(/environment/);
  });

  const failures: readonly (readonly [string, Variant, OpenAiReply, string])[] = [
    ['an unknown model (vLLM)', 'vllm', { status: 404, body: { error: { message: 'The model `x` does not exist.', type: 'NotFoundError', code: 404 } } }, 'model_missing'],
    ['a wrong key', 'vllm', { status: 401, body: { error: 'Unauthorized' } }, 'unauthorized'],
    ['a model that is still loading (llama.cpp)', 'llama.cpp', { status: 503, body: { error: { message: 'Loading model', type: 'unavailable_error', code: 503 } } }, 'queue_full'],
    ['a rate limit', 'vllm', { status: 429, body: { error: { message: 'Rate limit reached', type: 'rate_limit' } } }, 'queue_full'],
    ['a prompt over the context (llama.cpp)', 'llama.cpp', { status: 400, body: { error: { code: 400, message: 'the request exceeds the available context size. try increasing the context size or enable context shift', type: 'exceed_context_size_error', n_prompt_tokens: 9000, n_ctx: 4096 } } }, 'context_too_small'],
    ['a prompt over the context (llama.cpp, newer words)', 'llama.cpp', { status: 400, body: { error: { code: 400, message: 'request (9412 tokens) exceeds the available context size (8192 tokens), try increasing it', type: 'exceed_context_size_error', n_prompt_tokens: 9412, n_ctx: 8192 } } }, 'context_too_small'],
    ['a prompt over the context (vLLM, newer form)', 'vllm', { status: 400, body: { error: { message: "This model's maximum context length is 4096 tokens, but the prompt contains 9000 input tokens.", type: 'BadRequestError', param: 'input_tokens', code: 400 } } }, 'context_too_small'],
    ['a gateway that waited too long', 'vllm', { status: 504, body: { error: { message: 'Gateway Timeout' } } }, 'timeout'],
    ['a prompt over the context (vLLM)', 'vllm', { status: 400, body: { object: 'error', message: "This model's maximum context length is 4096 tokens. However, you requested 9000 tokens.", type: 'BadRequestError', code: 400 } }, 'context_too_small'],
    ['no tools (llama.cpp without --jinja)', 'llama.cpp', { status: 500, body: { error: { code: 500, message: 'tools param requires --jinja flag', type: 'server_error' } } }, 'no_tools'],
    ['no tools (vLLM without a parser)', 'vllm', { status: 400, body: { object: 'error', message: '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set', type: 'BadRequestError' } }, 'no_tools'],
    ['a server that fails', 'vllm', { status: 500, body: { error: { message: 'EngineDeadError', type: 'InternalServerError', code: 500 } } }, 'server_error'],
    ['an error inside the stream', 'vllm', { pieces: [{ delta: { content: 'The' } }], error: { message: 'EngineCore encountered an issue', type: 'InternalServerError', code: 500 } }, 'stream_error'],
    ['a stream that is cut', 'llama.cpp', { pieces: [{ delta: { content: 'The' } }], cut: true }, 'cut'],
    ['a stream that ends without a reason', 'llama.cpp', { pieces: [{ delta: { content: 'The' } }], no_end: true }, 'cut'],
    ['arguments that are not JSON', 'vllm', { pieces: [tool({ index: 0, id: 'a', function: { name: 'auth_logs', arguments: '{days: 90' } }), { finish: 'tool_calls' }] }, 'bad_answer'],
    ['a context that prompt and answer overfill', 'vllm', { ...says('yes'), usage: { prompt_tokens: 4000, completion_tokens: 128 } }, 'truncated'],
  ];
  it.each(failures)('tells %s', async (_, variant, reply, kind) => { expect(kindOf((await askServer(variant, reply)).result)).toBe(kind); });

  it('never asks twice by itself', async () => {
    const { server } = await askServer('vllm', { status: 500, body: { error: { message: 'no' } } });
    expect(server.asked).toHaveLength(1);
  });
});

describe('probing an OpenAI-compatible server', () => {
  const probe = async (variant: Variant, named = MODEL, reply: (said: string) => OpenAiReply | undefined = () => undefined, context = 8192) => {
    const server = await openAiServer(variant, MODEL, (asked) => reply(JSON.stringify(asked.body['messages'])) ?? probeSays(asked) ?? says(''), context);
    return (await port(endpoint('openai', `${server.url}/v1`, named))).probe({ signal: never() });
  };
  it.each(['llama.cpp', 'vllm'] as const)('finds the context of %s, and what the model does', async (variant) => {
    expect(await probe(variant, MODEL, undefined, 3000)).toMatchObject({ ok: true, value: { context_length: 3000, num_ctx: 3000, schema: true, tools: true, mode: 'schema' } });
  });
  it('says when the server ignores the name', async () => {
    expect(await probe('llama.cpp', 'llama3.2')).toMatchObject({ ok: true, value: { model: MODEL, notes: [`the server has ${MODEL} only and ignores the name llama3.2`] } });
  });
  it('takes an error about tools as an ability that is not there', async () => {
    expect(await probe('vllm', MODEL, (said) => (/paint/.test(said) ? { status: 400, body: { message: '"auto" tool choice requires --enable-auto-tool-choice' } } : undefined))).toMatchObject({ ok: true, value: { tools: false, schema: true } });
  });
  it('refuses a context in which nothing fits', async () => { expect(failed(await probe('vllm', MODEL, undefined, 1024)).kind).toBe('context_too_small'); });
});
