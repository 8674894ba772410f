import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createChain } from '#electron/agent/chain.ts';
import { competent } from '#electron/agent/providers/scripted/competent.ts';
import { liveAsker } from '#electron/agent/tape.ts';
import { now } from '#electron/host/clock.ts';
import { readAgentSettings, saveAgentSettings } from '#electron/host/agent/settings.ts';
import { watchEgress } from '#electron/host/egress.ts';
import type { Decided } from '#electron/pipeline/decide.ts';
import type { AgentStep } from '#shared/model/agent.ts';
import { isObject, list, str } from '#shared/lib/json.ts';
import { anyone, bucket } from '../../scenarios/build/buckets.ts';
import { publicBucket } from '../../scenarios/build/findings.ts';
import { ground, PROD } from '../../scenarios/cases/case.ts';
import type { ChatRequest } from '#electron/agent/model-port.ts';
import { endpoint } from './ask.ts';
import { ollamaServer, probeReply, type Answer, type FakeModel, type Reply } from './servers/ollama-server.ts';
import { openAiServer, probeSays, says } from './servers/openai-server.ts';
import type { Asked } from './servers/loopback.ts';
import { openWorld, type World } from './world.ts';

let world: World, key: string;
beforeAll(async () => {
  world = await openWorld({ parts: [ground, { items: [bucket('open', { account: PROD, tags: { owner: 'team-a', 'data-classification': 'confidential' }, policy: [anyone('open')] })], asff: [publicBucket(PROD, 'open', { title: `S3 general purpose buckets should block public read access AKIA${'IOSFODNN7EXAMPLE'} password=hunter2hunter2` })] }] });
  key = world.incidents()[0]?.key ?? '';
});
afterAll(() => { world.close(); });

/** What the script would say to a request that came over the wire. */
const scripted = (asked: Asked): string => competent({ messages: list(asked.body, 'messages').flatMap((m): ChatRequest['messages'][number][] => (isObject(m) ? [{ role: str(m, 'role') === 'system' ? 'system' : 'user', content: str(m, 'content') ?? '' }] : [])), num_ctx: 4096, max_tokens: 1, can_think: false });
const isFinal = (asked: Asked): boolean => /You decide what happens/.test(JSON.stringify(asked.body['messages']));
type Over = (asked: Asked) => Reply | undefined;
const MODEL: FakeModel = { name: 'llama3.2:latest' };
const ollama = (over: Over = () => undefined, model = MODEL) => ollamaServer([model], (asked) => probeReply(asked) ?? over(asked) ?? { text: scripted(asked) });
const QUICK = { connect_ms: 2000, first_ms: 2000, idle_ms: 2000 };
const askerFor = (...urls: readonly string[]) => ({ asker: () => liveAsker(createChain({ endpoints: urls.map((url, i) => ({ ...endpoint('ollama', url, 'llama3.2', `e${i}`), num_ctx: 8192 })), allow: 'loopback', keyOf: () => undefined, now, patience: QUICK, backOffMs: 1 }), now) });
async function over(reply: Over, model?: FakeModel): Promise<Decided> {
  const server = await ollama(reply, model);
  const [decided] = await world.investigate(askerFor(server.url), { keys: [key] });
  if (!decided) throw new Error('not decided');
  return decided;
}
const at = (answer: Answer, text: string): Answer => ({ ...answer, text });

describe('an investigation over Ollama’s protocol', () => {
  it('comes to what the rules decide, with the model’s name, digest, tokens and times on the tape', async () => {
    const decided = await over(() => undefined);
    expect(decided.triage).toMatchObject({ decision: 'resolve_now', priority: 'P1', engine: { kind: 'agent', model: 'llama3.2' } });
    expect(decided.trace.agent).toMatchObject({ provider: 'ollama', egress: 'loopback', agrees: true, scripted: false, model_digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(world.app.tables.agent.exchanges(decided.trace.decision_id).at(-1)).toMatchObject({ purpose: 'final', provider: 'ollama', response: { usage: { prompt_tokens: expect.any(Number) }, timings: { generation_us: 4799921 } } });
  });
  it('comes to the same over an OpenAI-compatible server', async () => {
    const server = await openAiServer('vllm', 'm', (asked) => probeSays(asked) ?? { ...says(scripted(asked)), usage: null });
    const [decided] = await world.investigate({ asker: () => liveAsker(createChain({ endpoints: [endpoint('openai', `${server.url}/v1`, 'm')], allow: 'loopback', keyOf: () => undefined, now, patience: QUICK }), now) }, { keys: [key] });
    expect(decided?.triage).toMatchObject({ decision: 'resolve_now', priority: 'P1', engine: { kind: 'agent', model: 'm' } });
  });
  it('sends the final turn a schema whose evidence ids are those of this run, in front of the decision', async () => {
    const server = await ollama();
    await world.investigate(askerFor(server.url), { keys: [key] });
    const format = server.asked.findLast(isFinal)?.body['format'];
    expect(Object.keys(isObject(format) && isObject(format['properties']) ? format['properties'] : {})).toEqual(['evidence_ids', 'missing', 'rationale', 'decision', 'confidence_pct']);
    expect(format).toMatchObject({ properties: { evidence_ids: { items: { enum: expect.arrayContaining(['F01', 'F02']) } }, confidence_pct: { type: 'integer', minimum: 0, maximum: 100 } } });
    expect(JSON.stringify(format)).not.toMatch(/"number"|\\\\d|\\\\w|pattern/);
  });
  it('offers at most four tools, and never a schema together with tools', async () => {
    const server = await ollama();
    await world.investigate(askerFor(server.url), { keys: [key] });
    const next = server.asked.filter((a) => a.path === '/api/chat' && JSON.stringify(a.body['format'] ?? '').includes('"next"'));
    expect(next.length).toBeGreaterThan(0);
    for (const a of next) expect(list(a.body, 'format', 'properties', 'next', 'enum').length).toBeLessThanOrEqual(5);
    expect(server.asked.filter((a) => a.body['format'] !== undefined && a.body['tools'] !== undefined)).toEqual([]);
  });
  it('uses native tool calls where the model keeps to no schema', async () => {
    const decided = await over((asked) => (asked.body['tools'] !== undefined ? { tool_calls: [{ name: 'runtime_telemetry', arguments: {} }] } : undefined), { ...MODEL, capabilities: ['completion', 'tools'] });
    expect(decided.trace.agent?.facts.mode).toBe('schema');
    const loose = await ollamaServer([MODEL], (asked) => (/grass have/.test(JSON.stringify(asked.body)) ? { text: 'green' } : probeReply(asked) ?? (asked.body['tools'] !== undefined ? { tool_calls: [{ name: 'change_history', arguments: {} }] } : { text: `Here it is: ${scripted(asked)} Done.` })));
    const [by] = await world.investigate(askerFor(loose.url), { keys: [key] });
    expect(by?.trace.agent?.facts.mode).toBe('tools');
    expect(by?.trace.calls.map((c) => c.tool)).toContain('change_history');
    expect(by?.triage.decision).toBe('resolve_now');
  });

  it('repairs once: a good second answer counts', async () => {
    let tries = 0;
    const decided = await over((asked) => (isFinal(asked) && tries++ === 0 ? { text: 'I would defer this.' } : undefined));
    expect(decided.triage.decision).toBe('resolve_now');
    expect(decided.trace.agent?.turns.map((t) => t.purpose).slice(-2)).toEqual(['final', 'repair']);
  });
  const useless: readonly (readonly [string, Over, RegExp])[] = [
    ['an answer that is no JSON', (a) => (isFinal(a) ? { text: 'no' } : undefined), /not a JSON object/],
    ['a length stop, which is not repaired from half a document', (a) => (isFinal(a) ? { text: '{"evidence_ids":["F01"],"missing":[],"rationale":"x","decision":"resolve_now","confidence_pct":95}', done_reason: 'length' } : undefined), /length limit/],
    ['a citation of what is no fact of this run', (a) => (isFinal(a) ? { text: '{"evidence_ids":["F77"],"missing":[],"rationale":"x","decision":"resolve_now","confidence_pct":95}' } : undefined), /F77 is no fact/],
    ['a decision that rests on nothing', (a) => (isFinal(a) ? { text: '{"evidence_ids":[],"missing":[],"rationale":"x","decision":"defer","confidence_pct":95}' } : undefined), /at least one fact/],
    ['a confidence that is no whole number', (a) => (isFinal(a) ? { text: '{"evidence_ids":["F01"],"missing":[],"rationale":"x","decision":"defer","confidence_pct":0.95}' } : undefined), /confidence_pct/],
  ];
  it.each(useless)('leaves to a person %s', async (_, reply, why) => {
    const decided = await over(reply);
    expect(decided).toMatchObject({ triage: { decision: 'needs_human_review', engine: { kind: 'agent' } }, validation: { passed: false, gate: { rule: 0 } }, trace: { agent: { proposed: null } } });
    expect(decided.validation.checks.find((c) => c.check === 'proposal')?.why).toMatch(why);
  });
  it('leaves a disagreement with the rules to a person, less sure', async () => {
    const decided = await over((asked) => (isFinal(asked) ? { text: scripted(asked).replace('"resolve_now"', '"defer"') } : undefined));
    expect(decided).toMatchObject({ triage: { decision: 'needs_human_review', priority: 'P2' }, validation: { gate: { rule: 5, proposed: 'defer', why: 'the model proposes defer, the rules resolve_now' } }, trace: { agent: { agrees: false } } });
    expect(decided.triage.confidence).toBeLessThanOrEqual(0.5);
  });
  it('lets a model that is less sure veto, and one that is surer gain nothing', async () => {
    const sure = (pct: number): Promise<Decided> => over((asked) => (isFinal(asked) ? { text: scripted(asked).replace('"confidence_pct":95', `"confidence_pct":${pct}`) } : undefined));
    expect((await sure(60)).triage).toMatchObject({ decision: 'needs_human_review' });
    expect((await sure(100)).triage.confidence).toBe(world.byRules(key).triage.confidence);
  });

  const degraded: readonly (readonly [string, Over, RegExp])[] = [
    ['every endpoint fails', () => ({ status: 500, error: 'llama runner process has terminated' }), /terminated/], ['the prompt was truncated in silence', (a) => (isFinal(a) ? at({ prompt_eval_count: 10 }, scripted(a)) : undefined), /dropped a part of the prompt/],
    ['the connection is cut', () => ({ text: 'a long answer', cut_after: 7 }), /cut/],
  ];
  it.each(degraded)('lets the rules decide, and says so, when %s', async (_, reply, why) => {
    const decided = await over(reply);
    expect(decided).toMatchObject({ triage: { decision: 'resolve_now', engine: { kind: 'rules' } } });
    expect(decided.trace.agent).toBeUndefined();
    expect(decided.trace.degraded).toMatch(why);
  });
  it('falls back between two turns, and records both', async () => {
    const dying = await ollama((asked) => (isFinal(asked) ? { status: 500, error: 'died' } : undefined)), second = await ollama();
    const [decided] = await world.investigate(askerFor(dying.url, second.url), { keys: [key] });
    expect(decided?.trace.agent?.turns.map((t) => t.endpoint)).toEqual(['e0', 'e1']);
    expect(world.app.tables.agent.exchanges(decided?.trace.decision_id ?? '').at(-1)?.attempts).toMatchObject([{ endpoint: 'e0', kind: 'server_error' }]);
  });

  it('stops at a call that was made already, and makes none that was not on offer', async () => {
    const again = await over((asked) => (isFinal(asked) ? undefined : { text: '{"next":"policy_lookup","arguments":{}}' }));
    expect(again.trace.agent?.stopped).toBe('the model asked for the same call again');
    const refused = await over((asked) => (isFinal(asked) ? undefined : { text: '{"next":"human_answer","arguments":{"claim":"mitigation_confirmed"}}' }));
    expect(refused.trace.agent).toMatchObject({ refused: [{ asked: 'human_answer', why: 'the role triage has no such tool' }] });
    expect(refused.triage.decision).toBe('resolve_now');
  });
  it('spends the budget and no more', async () => {
    const settings = readAgentSettings(world.app);
    saveAgentSettings(world.app, { ...settings, budgets: { ...settings.budgets, tokens: 7000 } }, 'test');
    try { expect((await over((asked) => (isFinal(asked) ? { text: scripted(asked), prompt_eval_count: 2000, eval_count: 100 } : { text: '{"next":"change_history","arguments":{}}', prompt_eval_count: 1500, eval_count: 100 }))).trace.agent).toMatchObject({ stopped: 'the rest of 7000 tokens is kept for the proposal', budget: { steps: 1, most_tokens: 7000 } }); } finally { saveAgentSettings(world.app, settings, 'test'); }
    saveAgentSettings(world.app, { ...settings, budgets: { ...settings.budgets, tokens_per_day: 0 } }, 'test');
    try { expect((await over(() => undefined)).trace.degraded).toMatch(/budget of 0 tokens a day is spent/); } finally { saveAgentSettings(world.app, settings, 'test'); }
  });
  it('can be cancelled while a model talks', async () => {
    const server = await ollama(() => ({ text: 'x', wait_ms: 20_000 }));
    const control = new AbortController();
    const running = world.investigate(askerFor(server.url), { keys: [key], signal: control.signal, onStep: (step) => { if (step.kind === 'asking') control.abort(new Error('cancelled by a person')); } });
    await expect(running).rejects.toThrow('cancelled by a person');
  });
  it('can be cancelled at any step: nothing is decided, and what was sent is on the tape', async () => {
    const server = await ollama(), all: AgentStep[] = [], tape = (): number => Number(world.app.tables.agent.tokensSince(0));
    await world.investigate(askerFor(server.url), { keys: [key], onStep: (step) => { all.push(step); } });
    expect(all.length).toBeGreaterThan(5);
    // The last one tells of the decision that is made.
    for (const nth of all.slice(0, -1).keys()) {
      const control = new AbortController(), before = tape();
      let told = 0;
      const run = world.investigate(askerFor(server.url), { keys: [key], signal: control.signal, onStep: () => { if (told === nth) control.abort(new Error(`cancelled at ${nth}`)); told += 1; } });
      await expect(run).rejects.toThrow(`cancelled at ${nth}`);
      expect({ nth, taped: tape() > before }).toEqual({ nth, taped: all.slice(0, nth + 1).some((step) => step.kind === 'answer') });
    }
  });
  it('shows what a model writes while it writes it, without the secrets in it', async () => {
    const server = await ollama((asked) => (isFinal(asked) ? undefined : { text: `{"next":"stop","arguments":{},"why":"${'the bucket is open to everyone; '.repeat(6)} password=hunter2hunter2 ${'and more, '.repeat(60)}"}`, pause_ms: 20 })), steps: AgentStep[] = [];
    await world.investigate(askerFor(server.url), { keys: [key], onStep: (step) => { steps.push(step); } });
    const writing = steps.filter((step) => step.kind === 'writing');
    expect(writing.length).toBeGreaterThan(1);
    expect(writing[0]?.text).toContain('the bucket is open');
    expect(steps.findIndex((s) => s.kind === 'writing')).toBeLessThan(steps.findIndex((s) => s.kind === 'answer'));
    expect(JSON.stringify(writing)).not.toContain('hunter2hunter2');
  });
  it('tells every step as it happens', async () => {
    const server = await ollama(), steps: AgentStep[] = [];
    await world.investigate(askerFor(server.url), { keys: [key], onStep: (step) => { steps.push(step); } });
    // A slow machine may have looked while the model wrote.
    expect(steps.map((s) => s.kind).filter((kind) => kind !== 'writing')).toEqual(['calls', 'asking', 'answer', 'asking', 'answer', 'proposal', 'decided']);
  });

  it('lets no secret out, nor into tape, trace or decision', async () => {
    const server = await ollama(), [decided] = await world.investigate(askerFor(server.url), { keys: [key] });
    const sent = JSON.stringify(server.asked.map((a) => a.body)), kept = JSON.stringify([decided?.triage, decided?.trace.agent, world.app.tables.agent.exchanges(decided?.trace.decision_id ?? '')]);
    expect(sent).toContain('[redacted:aws_access_key]');
    for (const text of [sent, kept]) expect(text).not.toMatch(/IOSFODNN7EXAMPLE|hunter2hunter2/);
  });
  it('connects to nothing but loopback, and a planted connection would be seen', async () => {
    const egress = watchEgress(), before = egress.attempts();
    try {
      const server = await ollama();
      await world.investigate(askerFor(server.url), { keys: [key] });
      expect(egress.attempts() - before).toBe(0);
      const { createSocket } = await import('node:dgram');
      const socket = createSocket('udp4');
      await new Promise<void>((resolve) => { socket.send('planted', 9, '192.0.2.1', () => { resolve(); }); });
      socket.close();
      expect(egress.attempts() - before).toBeGreaterThan(0);
    } finally { egress.stop(); }
  });
});
