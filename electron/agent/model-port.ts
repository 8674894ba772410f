import type { Completion, EgressClass, ModelFacts, ModelProblem } from '#shared/model/agent.ts';
import type { JsonObject } from '#shared/lib/json.ts';
import type { Result } from '#shared/lib/result.ts';

export interface Message { readonly role: 'system' | 'user' | 'assistant' | 'tool'; readonly content: string }
/** A tool as a model is told of it; the schema is of its arguments. */
export interface OfferedTool { readonly name: string; readonly description: string; readonly parameters: JsonObject }

/** One question to a model. The text has been redacted; nothing here may add to it. */
export interface ChatRequest {
  readonly messages: readonly Message[];
  /** Constrains the answer; never together with `tools`: in Ollama the schema would win and no tool be called. */
  readonly schema?: { readonly name: string; readonly json: JsonObject };
  readonly tools?: readonly OfferedTool[];
  /** Tokens of context that the server must provide, and the most that it may generate. */
  readonly num_ctx: number;
  readonly max_tokens: number;
  /** Whether the model can think (then it is told not to). */
  readonly can_think: boolean;
}

/** What arrives of an answer, in order; the last part is `done` or `failed`. */
export type ChatPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly text: string }
  | { readonly type: 'tool_call'; readonly name: string; readonly arguments: JsonObject }
  | { readonly type: 'done'; readonly stop: Completion['stop']; readonly model: string; readonly usage: Completion['usage']; readonly timings: Completion['timings'] }
  | { readonly type: 'failed'; readonly problem: ModelProblem };

/** A model as the agent's room sees it. */
export interface ModelPort {
  readonly endpoint: { readonly id: string; readonly provider: string; readonly url: string; readonly model: string; readonly egress: EgressClass };
  /** What the model can do; asks it small questions. */
  probe(options: { readonly signal: AbortSignal }): Promise<Result<ModelFacts, ModelProblem>>;
  /** Streams an answer. Failures arrive as the part `failed`; an aborted signal throws its reason. */
  chat(request: ChatRequest, options: { readonly signal: AbortSignal }): AsyncIterable<ChatPart>;
  /** Models that the server has, by the names that it takes. */
  list(options: { readonly signal: AbortSignal }): Promise<Result<readonly { readonly name: string; readonly digest: string | null; readonly size: number | null }[], ModelProblem>>;
}

/** How long a server may be silent, in milliseconds. */
export interface Patience {
  /** Until the connection stands. */ readonly connect_ms: number;
  /** Until the first part: a model may have to be loaded first. */ readonly first_ms: number;
  /** Between two parts. */ readonly idle_ms: number;
}
export const PATIENCE: Patience = { connect_ms: 5000, first_ms: 240_000, idle_ms: 60_000 };
