import type { Endpoint } from '#shared/model/agent.ts';
import { ok } from '#shared/lib/result.ts';
import { charsOf, estimateTokens } from '../context-budget.ts';
import type { ChatPart, ChatRequest, ModelPort } from '../model-port.ts';
import { competent } from './scripted/competent.ts';
import type { Provider } from './provider.ts';

/** A script answers a request: it sees what a model would see, and nothing else. */
export type Script = (request: ChatRequest) => string;

/** A script that plays a model, for tests and the demo; its turns are labelled as scripted wherever they are shown. */
export const scripted: Provider = { name: 'scripted', description: 'a script that plays a model (tests, demo)', connect: (endpoint) => scriptedPort(endpoint, competent) };

/** @param script any function of the request; a throw of it is a bug and no model failure. */
export function scriptedPort(endpoint: Endpoint, script: Script): ModelPort {
  return {
    endpoint: { id: endpoint.id, provider: 'scripted', url: endpoint.url, model: endpoint.model, egress: 'loopback' },
    async *chat(request, { signal }): AsyncGenerator<ChatPart> {
      signal.throwIfAborted();
      const text = await Promise.resolve(script(request));
      yield { type: 'text', text };
      yield {
        type: 'done', stop: 'stop', model: endpoint.model, usage: { prompt_tokens: estimateTokens(charsOf(request), 4), response_tokens: estimateTokens(text.length, 4) },
        timings: { load_us: 0, prompt_us: 0, generation_us: 0, first_part_us: 0 },
      };
    },
    probe: () => Promise.resolve(ok({ provider: 'scripted', model: endpoint.model, digest: null, context_length: null, tools: false, schema: true, thinking: false, num_ctx: endpoint.num_ctx, mode: 'schema', notes: ['a script, not a model'] })),
    list: () => Promise.resolve(ok([{ name: endpoint.model, digest: null, size: null }])),
  };
}
