import canonicalize from 'canonicalize';
import { createHash } from 'node:crypto';
import type { Completion, Exchange, ModelFacts, ModelProblem } from '#shared/model/agent.ts';
import type { JsonObject } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Chain } from './chain.ts';
import type { ChatPart, ChatRequest, ModelPort } from './model-port.ts';

export const hashJson = (value: unknown): string => createHash('sha256').update(canonicalize(value) ?? '').digest('hex');

/** What of a request makes it the same request: all that the model sees and is limited by. */
export function requestHash(request: ChatRequest): string {
  return hashJson({ messages: request.messages, schema: request.schema?.json ?? null, tools: request.tools ?? [], options: optionsOf(request) });
}
export const optionsOf = (request: ChatRequest): JsonObject => ({ num_ctx: request.num_ctx, max_tokens: request.max_tokens, can_think: request.can_think, temperature: 0 });

/** Who answered a turn, with what, and when. */
export interface Asked {
  readonly endpoint: Pick<ModelPort['endpoint'], 'id' | 'provider' | 'egress'>; readonly model: string; readonly facts: ModelFacts; readonly request: ChatRequest; readonly result: Result<Completion, ModelProblem>;
  readonly attempts: readonly ModelProblem[]; readonly started_us: number; readonly duration_us: number;
}
/** Asks a model, live or from a recording; the request is made for the model that gets it. */
export interface Asker {
  /** The model that will be asked first. */
  ready(signal: AbortSignal): Promise<Result<{ readonly endpoint: Asked['endpoint']; readonly facts: ModelFacts; /** Who was tried before. */ readonly attempts: readonly ModelProblem[] }, readonly ModelProblem[]>>;
  ask(build: (facts: ModelFacts) => ChatRequest, options: { readonly signal: AbortSignal; readonly onPart?: (part: ChatPart) => void }): Promise<Result<Asked, readonly ModelProblem[]>>;
}

/** Asks the endpoints of a chain. */
export function liveAsker(chain: Chain, now: () => number): Asker {
  return {
    async ready(signal) {
      const found = await chain.ready(signal);
      return found.ok ? ok({ endpoint: found.value.port.endpoint, facts: found.value.facts, attempts: found.value.attempts }) : found;
    },
    async ask(build, options) {
      const started_us = now();
      let request: ChatRequest | undefined;
      const answered = await chain.ask((facts) => (request = build(facts)), options);
      if (!answered.ok) return answered;
      if (request === undefined) throw new Error('a chain answered without having asked');
      const { port, facts, result, attempts } = answered.value;
      return ok({ endpoint: port.endpoint, model: result.ok ? result.value.model : facts.model, facts, request, result, attempts, started_us, duration_us: Math.max(0, now() - started_us) });
    },
  };
}

/** A recording can't answer: it was asked for something that is not in it. */
export class NotOnTape extends Error {}

/**
 * Answers from the exchanges of one decision by request hash: no network, no model. A request that was not recorded throws: a replay that goes
 * another way than the recording is a difference, never a reason to ask anew.
 */
export function tapeAsker(exchanges: readonly Exchange[], facts: readonly ModelFacts[]): Asker {
  const waiting = [...exchanges];
  return {
    ready() {
      const [first] = waiting, [known] = facts;
      return Promise.resolve(first && known ? ok({ endpoint: { id: first.endpoint, provider: first.provider, egress: first.egress }, facts: known, attempts: [] }) : err([]));
    },
    ask(build) {
      for (const can of facts) {
        const request = build(can), hash = requestHash(request);
        const at = waiting.findIndex((e) => e.request_hash === hash);
        const [found] = at === -1 ? [] : waiting.splice(at, 1);
        if (!found) continue;
        const result: Asked['result'] = found.response ? ok(found.response) : err(found.problem ?? { kind: 'not_recorded', endpoint: found.endpoint, detail: 'neither answer nor problem' });
        return Promise.resolve(ok({ endpoint: { id: found.endpoint, provider: found.provider, egress: found.egress }, model: found.model, facts: can, request, result, attempts: found.attempts, started_us: found.started_us, duration_us: found.duration_us }));
      }
      const missing = facts[0] && requestHash(build(facts[0]));
      throw new NotOnTape(`the recording has no exchange with request ${missing?.slice(0, 16) ?? ''}`);
    },
  };
}

/** One turn as it is recorded. */
export function exchangeOf(asked: Asked, turn: { readonly turn_id: string; readonly purpose: Exchange['purpose']; readonly prompt_id: string; readonly prompt_hash: string }): Exchange {
  const { request, result } = asked;
  return {
    ...turn, endpoint: asked.endpoint.id, provider: asked.endpoint.provider, model: asked.model, model_digest: asked.facts.digest, egress: asked.endpoint.egress,
    schema_hash: hashJson(request.schema?.json ?? null), request_hash: requestHash(request),
    request: { messages: request.messages, schema: request.schema ? { ...request.schema.json } : null, tools: (request.tools ?? []).map((t) => ({ ...t })), options: { ...optionsOf(request), facts: asked.facts } },
    response: result.ok ? result.value : null, problem: result.ok ? null : result.error, attempts: asked.attempts, started_us: asked.started_us, duration_us: asked.duration_us,
  };
}
