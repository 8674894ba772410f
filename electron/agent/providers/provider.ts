import type { Endpoint, ModelProblem } from '#shared/model/agent.ts';
import type { ModelPort, Patience } from '../model-port.ts';
import type { Place } from '../endpoint-class.ts';

/** What a provider is given beside its endpoint. The place was looked at before: nothing else may be connected to. */
export interface ProviderContext {
  readonly place: Place;
  /** For this session only; never stored, never in a trace. */
  readonly key: string | undefined;
  readonly patience: Patience;
  /** Microseconds. */
  readonly now: () => number;
}

/** One way to talk to a model: a plain object. */
export interface Provider {
  readonly name: Endpoint['provider'];
  /** One line for the settings screen and `winnow models`. */
  readonly description: string;
  connect(endpoint: Endpoint, context: ProviderContext): ModelPort;
}

export const problemAt = (endpoint: Pick<Endpoint, 'id'>, kind: ModelProblem['kind'], detail: string): ModelProblem => ({ kind, endpoint: endpoint.id, detail });
