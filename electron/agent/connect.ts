import { lookup } from 'node:dns/promises';
import type { AgentSettings, Endpoint, ModelProblem } from '#shared/model/agent.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { placeOf, type LookUp } from './endpoint-class.ts';
import { PATIENCE, type ModelPort, type Patience } from './model-port.ts';
import { providers } from './providers/all.ts';
import { problemAt } from './providers/provider.ts';

export interface ConnectOptions {
  readonly allow: AgentSettings['allow'];
  /** The key of an endpoint, from the session or the OS store. */
  readonly keyOf: (endpoint: Endpoint) => string | undefined;
  readonly now: () => number;
  readonly patience?: Patience;
  readonly lookUp?: LookUp;
}

const resolve: LookUp = async (name) => (await lookup(name, { all: true })).map((a) => a.address);

/** A port to one endpoint, if its place is within what the workspace allows. Nothing has been sent when this returns. */
export async function connectEndpoint(endpoint: Endpoint, options: ConnectOptions): Promise<Result<ModelPort, ModelProblem>> {
  const provider = providers.find((p) => p.name === endpoint.provider);
  if (!provider) return err(problemAt(endpoint, 'refused_egress', `there is no provider ${endpoint.provider}`));
  const place = endpoint.provider === 'scripted' ? ok({ egress: 'loopback' as const, addresses: [] }) : await placeOf(endpoint.url, options.allow, options.lookUp ?? resolve);
  if (!place.ok) return err(problemAt(endpoint, 'refused_egress', place.error));
  return ok(provider.connect(endpoint, { place: place.value, key: options.keyOf(endpoint), patience: options.patience ?? PATIENCE, now: options.now }));
}
