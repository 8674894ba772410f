import { describe, expect, it } from 'vitest';
import { createChain, type ChainOptions } from '#electron/agent/chain.ts';
import type { Endpoint, ModelFacts } from '#shared/model/agent.ts';
import { endpoint, never, request } from './ask.ts';
import { ollamaServer, probeReply, type Reply } from './servers/ollama-server.ts';

const QUICK = { connect_ms: 1000, first_ms: 1000, idle_ms: 1000 };
const serve = (reply: (n: number) => Reply) => { let n = 0; return ollamaServer([{ name: 'llama3.2:latest' }], (asked) => probeReply(asked) ?? reply(n++)); };
function chain(endpoints: readonly Endpoint[], more: Partial<ChainOptions> = {}) {
  let at = 0;
  return { move: (us: number) => { at += us; }, ...createChain({ endpoints, allow: 'loopback', keyOf: () => undefined, now: () => at, patience: QUICK, backOffMs: 1, ...more }) };
}
const askOf = async (c: ReturnType<typeof chain>) => {
  const answered = await c.ask(() => request(), { signal: never() });
  return answered.ok ? { by: answered.value.port.endpoint.id, said: answered.value.result.ok ? answered.value.result.value.text : answered.value.result.error.kind, attempts: answered.value.attempts.map((a) => `${a.endpoint} ${a.kind}`) } : { by: null, said: null, attempts: answered.error.map((a) => `${a.endpoint} ${a.kind}`) };
};
const good = () => serve(() => ({ text: 'yes' }));

describe('the fallback chain', () => {
  const falls: readonly (readonly [string, Reply, string])[] = [
    ['404', { status: 404, error: "model 'x' not found" }, 'model_missing'], ['500', { status: 500, error: 'died' }, 'server_error'], ['503 after asking again', { status: 503, error: 'server busy, please try again.  maximum pending requests exceeded' }, 'queue_full'],
    ['a cut connection', { text: 'a long answer', cut_after: 7 }, 'cut'], ['a timeout', { text: 'late', wait_ms: 1500 }, 'timeout'],
  ];
  it.each(falls)('goes to the next endpoint on %s', async (_, reply, kind) => {
    const first = await serve(() => reply), second = await good();
    expect(await askOf(chain([endpoint('ollama', first.url, 'llama3.2', 'first'), endpoint('ollama', second.url, 'llama3.2', 'second')]))).toEqual({ by: 'second', said: 'yes', attempts: [`first ${kind}`] });
  });
  it('goes to the next endpoint when nothing listens', async () => {
    const first = await good(), second = await good();
    await first.close();
    expect(await askOf(chain([endpoint('ollama', first.url, 'llama3.2', 'first'), endpoint('ollama', second.url, 'llama3.2', 'second')]))).toEqual({ by: 'second', said: 'yes', attempts: ['first not_running'] });
  });
  it('asks a busy server again before it goes on', async () => {
    const busy = await serve((n) => (n < 2 ? { status: 503, error: 'server busy, please try again.  maximum pending requests exceeded' } : { text: 'yes' }));
    expect(await askOf(chain([endpoint('ollama', busy.url, 'llama3.2', 'busy')]))).toEqual({ by: 'busy', said: 'yes', attempts: [] });
  });
  const stays: readonly (readonly [string, Reply, string])[] = [['a length stop', { text: 'half', done_reason: 'length' }, 'half'], ['a truncated prompt', { text: 'yes', prompt_eval_count: 5 }, 'truncated'], ['an answer that does not fit', { text: 'no JSON' }, 'no JSON']];
  it.each(stays)('stays where it is after %s', async (_, reply, said) => {
    const first = await serve(() => reply), second = await good();
    expect(await askOf(chain([endpoint('ollama', first.url, 'llama3.2', 'first'), endpoint('ollama', second.url, 'llama3.2', 'second')]))).toEqual({ by: 'first', said, attempts: [] });
    expect(second.asked).toEqual([]);
  });
  it('never crosses to a wider class, and says so', async () => {
    const first = await serve(() => ({ status: 500, error: 'died' }));
    const looked: string[] = [];
    const lookUp = (name: string): Promise<readonly string[]> => { looked.push(name); return Promise.resolve(['93.184.215.14']); };
    const wide = [endpoint('openai', 'https://api.example.com/v1', 'm', 'cloud'), endpoint('openai', 'http://10.1.2.3:8000/v1', 'm', 'site'), endpoint('openai', 'https://93.184.215.14/v1', 'm', 'literal')];
    expect(await askOf(chain([endpoint('ollama', first.url, 'llama3.2', 'first'), ...wide], { lookUp }))).toEqual({ by: null, said: null, attempts: ['first server_error', 'cloud refused_egress', 'site refused_egress', 'literal refused_egress'] });
    expect(looked).toEqual([]);
  });
  it('opens the circuit of an endpoint that fails again and again, and tries it after a while', async () => {
    let broken = true;
    const first = await serve(() => (broken ? { status: 500, error: 'died' } : { text: 'well again' })), second = await good();
    const c = chain([endpoint('ollama', first.url, 'llama3.2', 'first'), endpoint('ollama', second.url, 'llama3.2', 'second')]);
    expect((await askOf(c)).attempts).toEqual(['first server_error']);
    expect((await askOf(c)).attempts).toEqual(['first server_error']);
    const asked = first.asked.length;
    expect((await askOf(c)).attempts).toEqual(['first open_circuit']);
    expect(first.asked).toHaveLength(asked);
    broken = false;
    c.move(31_000_000);
    expect(await askOf(c)).toEqual({ by: 'first', said: 'well again', attempts: [] });
  });
  it('probes a model once, and not at all when its digest is known', async () => {
    const server = await good();
    const probed: ModelFacts[] = [];
    const c = chain([endpoint('ollama', server.url, 'llama3.2', 'first')], { onProbed: (_, facts) => { probed.push(facts); } });
    await askOf(c);
    await askOf(c);
    expect(probed).toHaveLength(1);
    const before = server.asked.length;
    await askOf(chain([endpoint('ollama', server.url, 'llama3.2', 'first')], { known: (_, digest) => (digest === probed[0]?.digest ? probed[0] : undefined) }));
    expect(server.asked.slice(before).map((a) => a.path)).toEqual(['/api/tags', '/api/chat']);
  });
  it('says of every endpoint why none is ready', async () => {
    const gone = await good();
    await gone.close();
    const ready = await chain([endpoint('ollama', gone.url, 'llama3.2', 'gone')]).ready(never());
    expect(ready).toMatchObject({ ok: false, error: [{ kind: 'not_running', endpoint: 'gone' }] });
  });
});
