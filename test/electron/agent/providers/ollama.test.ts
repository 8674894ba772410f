import { describe, expect, it } from 'vitest';
import { ollama } from '#electron/agent/providers/ollama.ts';
import { problemWords } from '#electron/agent/model-problem.ts';
import { list } from '#shared/lib/json.ts';
import { ask, endpoint, failed, kindOf, never, port, request } from '../ask.ts';
import { ollamaServer, probeReply, type Answer, type FakeModel, type Reply } from '../servers/ollama-server.ts';

const LLAMA: FakeModel = { name: 'llama3.2:latest' };
const serve = (reply: Reply | ((n: number) => Reply), models: readonly FakeModel[] = [LLAMA]) => ollamaServer(models, (_, n) => (typeof reply === 'function' ? reply(n) : reply));
const askServer = async (reply: Reply, asked = request(), patience?: Parameters<typeof ask>[2]) => { const server = await serve(reply); return { result: await ask(endpoint('ollama', server.url), asked, patience), server }; };

describe('the ollama provider', () => {
  it('is the one that endpoints name', () => { expect(ollama.name).toBe('ollama'); });

  it('puts a stream of lines together, with tokens and times', async () => {
    const { result } = await askServer({ text: '{"next":"stop","arguments":{}}', prompt_eval_count: 61, eval_count: 9 });
    expect(result).toMatchObject({ ok: true, value: { text: '{"next":"stop","arguments":{}}', stop: 'stop', model: 'llama3.2', usage: { prompt_tokens: 61, response_tokens: 9 }, timings: { load_us: 2154, prompt_us: 383809, generation_us: 4799921 } } });
  });

  it('always sends the size of the context and a limit of what is generated, streams, and asks not to truncate', async () => {
    const { server } = await askServer({ text: 'yes' });
    expect(server.asked[0]?.body).toMatchObject({ model: 'llama3.2', stream: true, truncate: false, options: { num_ctx: 4096, num_predict: 128, temperature: 0 } });
    expect(server.asked[0]?.body).not.toHaveProperty('think');
  });

  it('sends a schema as format and no tools with it', async () => {
    const { server } = await askServer({ text: '{}' }, request({ schema: { name: 'x', json: { type: 'object' } } }));
    expect(server.asked[0]?.body).toMatchObject({ format: { type: 'object' } });
    expect(server.asked[0]?.body).not.toHaveProperty('tools');
  });

  it('takes the arguments of a tool call as the object that they are', async () => {
    const { result } = await askServer({ tool_calls: [{ name: 'auth_logs', arguments: { days: 90 } }] }, request({ tools: [{ name: 'auth_logs', description: 'reads logs', parameters: { type: 'object' } }] }));
    expect(result).toMatchObject({ ok: true, value: { stop: 'tool_calls', tool_calls: [{ name: 'auth_logs', arguments: { days: 90 } }] } });
  });

  it('keeps thoughts apart from the answer, and tells a model that can think not to', async () => {
    const { result, server } = await askServer({ thinking: 'it could be, hmm', text: 'yes' }, request({ can_think: true }));
    expect(result).toMatchObject({ ok: true, value: { text: 'yes', thinking: 'it could be, hmm' } });
    expect(server.asked[0]?.body).toMatchObject({ think: false });
  });

  const failures: readonly (readonly [string, Reply, string, RegExp])[] = [
    ['400 when the model has no tools', { status: 400, error: 'registry.ollama.ai/library/llama3.2 does not support tools' }, 'no_tools', /can't call tools/],
    ['404 when the model is not pulled', { status: 404, error: "model 'llama3.2' not found" }, 'model_missing', /ollama pull llama3\.2/],
    ['503 when the queue is full', { status: 503, error: 'server busy, please try again.  maximum pending requests exceeded' }, 'queue_full', /busy/],
    ['404 of the scheduler, in its own words', { status: 404, error: 'model "llama3.2" not found, try pulling it first' }, 'model_missing', /ollama pull llama3\.2/],
    ['499 when the server gave the request up', { status: 499, error: 'request canceled' }, 'cut', /request canceled/],
    ['500 when the runner died', { status: 500, error: 'llama runner process has terminated: exit status 2' }, 'server_error', /terminated/],
    ['a plain text error', { text_status: 502, body: 'Bad Gateway' }, 'server_error', /Bad Gateway/],
    ['400 when the prompt is too long', { status: 400, error: 'the input length exceeds the context length' }, 'context_too_small', /too small/],
    ['an error inside a stream that began with 200', { text: 'The bucket is', error_after: { chars: 7, error: 'an error was encountered while running the model: unexpected EOF' } }, 'stream_error', /unexpected EOF/],
    ['a connection that is cut between two lines', { text: 'The bucket is public', cut_after: 7 }, 'cut', /cut/],
    ['a connection that is cut within a line', { text: 'The bucket is public', cut_after: 7, cut_in_line: true }, 'cut', /cut/],
    ['a context that the prompt filled', { text: 'yes', prompt_eval_count: 4096 }, 'truncated', /4096/],
    ['a prompt of which far too few tokens were evaluated', { text: 'yes', prompt_eval_count: 12 }, 'truncated', /12 tokens/],
  ];
  it.each(failures)('tells %s', async (_, reply, kind, words) => {
    const { result, server } = await askServer(reply);
    expect(kindOf(result)).toBe(kind);
    expect(problemWords(failed(result), endpoint('ollama', server.url))).toMatch(words);
  });

  it('says nothing of truncation when an old server does not count a cached prompt', async () => {
    const { result } = await askServer({ text: 'yes', prompt_eval_count: null });
    expect(result).toMatchObject({ ok: true, value: { text: 'yes', usage: null } });
  });

  it('returns an answer that stopped at its length as such', async () => {
    const { result } = await askServer({ text: '{"decision":"tick', done_reason: 'length' });
    expect(result).toMatchObject({ ok: true, value: { stop: 'length' } });
  });

  it('waits for a slow first token as long as its patience lasts, and no longer', async () => {
    const slow: Answer = { text: 'yes', wait_ms: 150 };
    expect(kindOf((await askServer(slow, request(), { connect_ms: 2000, first_ms: 5000, idle_ms: 2000 })).result)).toBe('said yes');
    expect(kindOf((await askServer(slow, request(), { connect_ms: 2000, first_ms: 30, idle_ms: 2000 })).result)).toBe('timeout');
  });

  it('tells that nothing listens', async () => {
    const server = await serve({ text: 'yes' });
    await server.close();
    const result = await ask(endpoint('ollama', server.url));
    expect(kindOf(result)).toBe('not_running');
    expect(problemWords(failed(result), endpoint('ollama', server.url))).toMatch(/Ollama at .* is not running .*ollama serve/);
  });

  it('ends at once when it is cancelled, with the reason and not as a failure', async () => {
    const server = await serve({ text: 'yes', wait_ms: 5000 });
    const control = new AbortController(), connected = await port(endpoint('ollama', server.url));
    const running = (async () => { for await (const _ of connected.chat(request(), { signal: control.signal })) { /* waits */ } })();
    setTimeout(() => { control.abort(new Error('cancelled by a person')); }, 20);
    await expect(running).rejects.toThrow('cancelled by a person');
  });

  it('does not follow a redirect', async () => {
    const { loopback } = await import('../servers/loopback.ts');
    const server = await loopback((_, response) => { response.writeHead(307, { location: 'http://example.com/api/chat' }).end(); });
    const result = await ask(endpoint('ollama', server.url));
    expect(failed(result)).toMatchObject({ kind: 'server_error', detail: expect.stringContaining('redirects') });
  });
});

describe('probing a model on Ollama', () => {
  const probe = async (model: FakeModel, answer: (said: string) => Answer | undefined = () => undefined, name = 'llama3.2') => {
    const server = await ollamaServer([model], (asked) => answer(JSON.stringify(asked.body['messages'])) ?? probeReply(asked) ?? { text: '' });
    return { server, result: await (await port(endpoint('ollama', server.url, name))).probe({ signal: never() }) };
  };

  it('finds digest, abilities and context, and keeps to the smaller of what is asked and what is there', async () => {
    const { result } = await probe({ ...LLAMA, digest: 'ab12', context_length: 131072 });
    expect(result).toMatchObject({ ok: true, value: { digest: 'ab12', context_length: 131072, num_ctx: 4096, schema: true, tools: true, thinking: false, mode: 'schema', notes: [] } });
    expect((await probe({ ...LLAMA, context_length: 3000 })).result).toMatchObject({ ok: true, value: { num_ctx: 3000 } });
  });
  it('believes what the server allocated over what was asked', async () => {
    expect((await probe({ ...LLAMA, allocated: 2500 })).result).toMatchObject({ ok: true, value: { num_ctx: 2500, notes: ['the server allocated 2500 of 4096 tokens of context'] } });
  });
  it('does not ask a model for tools that says that it has none', async () => {
    const { result, server } = await probe({ ...LLAMA, capabilities: ['completion'] });
    expect(result).toMatchObject({ ok: true, value: { tools: false, mode: 'schema', notes: ['says that it has no tools'] } });
    expect(server.asked.every((a) => list(a.body, 'tools').length === 0)).toBe(true);
  });
  it('finds out that a model which can think does not keep to a schema, and uses its tools', async () => {
    const { result } = await probe({ ...LLAMA, capabilities: ['completion', 'tools', 'thinking'] }, (said) => (/grass have/.test(said) ? { thinking: 'green?', text: 'Green, of course.' } : undefined));
    expect(result).toMatchObject({ ok: true, value: { schema: false, tools: true, thinking: true, mode: 'tools' } });
  });
  it('finds a model that can do neither, which is then asked in plain text', async () => {
    const { result } = await probe(LLAMA, () => ({ text: 'Hello!' }));
    expect(result).toMatchObject({ ok: true, value: { schema: false, tools: false, mode: 'text' } });
  });
  it('refuses a context in which nothing fits', async () => {
    expect(failed((await probe({ ...LLAMA, context_length: 512 })).result)).toMatchObject({ kind: 'context_too_small', detail: expect.stringContaining('512') });
    expect(failed((await probe({ ...LLAMA, allocated: 1024 })).result)).toMatchObject({ kind: 'context_too_small', detail: expect.stringContaining('1024') });
  });
  it('names what is there when the model is not', async () => {
    expect(failed((await probe(LLAMA, undefined, 'qwen3:8b')).result)).toMatchObject({ kind: 'model_missing', detail: 'it has llama3.2:latest' });
  });
  it('never asks for a download', async () => {
    const { server } = await probe(LLAMA, undefined, 'qwen3:8b');
    expect(server.asked.map((a) => a.path)).not.toContain('/api/pull');
  });
});
