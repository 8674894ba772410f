import type { Completion, Endpoint, ModelProblem } from '#shared/model/agent.ts';
import type { Result } from '#shared/lib/result.ts';
import { collect } from '#electron/agent/collect.ts';
import { connectEndpoint } from '#electron/agent/connect.ts';
import type { ChatRequest, ModelPort, Patience } from '#electron/agent/model-port.ts';

export const endpoint = (provider: Endpoint['provider'], url: string, model = 'llama3.2', id = 'local'): Endpoint => ({ id, provider, url, model, num_ctx: 4096 });
const QUICK: Patience = { connect_ms: 2000, first_ms: 2000, idle_ms: 2000 };
export const request = (more: Partial<ChatRequest> = {}): ChatRequest => ({ messages: [{ role: 'system', content: 'You answer.' }, { role: 'user', content: `What is it? ${'fact '.repeat(40)}` }], num_ctx: 4096, max_tokens: 128, can_think: false, ...more });
export const never = (): AbortSignal => new AbortController().signal;

export async function port(to: Endpoint, patience: Patience = QUICK, key?: string): Promise<ModelPort> {
  const connected = await connectEndpoint(to, { allow: 'loopback', keyOf: () => key, now: () => Math.round(performance.now() * 1000), patience });
  if (!connected.ok) throw new Error(connected.error.detail);
  return connected.value;
}
/** Asks once and puts the answer together. */
export async function ask(to: Endpoint, asked: ChatRequest = request(), patience: Patience = QUICK): Promise<Result<Completion, ModelProblem>> {
  return collect((await port(to, patience)).chat(asked, { signal: never() }));
}
/** The kind of the failure, or what was said. */
export const kindOf = (result: Result<Completion, ModelProblem>): string => (result.ok ? `said ${result.value.text}` : result.error.kind);
export const failed = (result: Result<unknown, ModelProblem>): ModelProblem => { if (result.ok) throw new Error('it did not fail'); return result.error; };
