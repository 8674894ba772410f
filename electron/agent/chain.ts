import { setTimeout as wait } from 'node:timers/promises';
import type { Completion, Endpoint, ModelFacts, ModelProblem } from '#shared/model/agent.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { circuit, type Circuit } from './circuit.ts';
import { collect } from './collect.ts';
import { connectEndpoint, type ConnectOptions } from './connect.ts';
import type { ChatPart, ChatRequest, ModelPort } from './model-port.ts';
import { isEndpointDown, mayFallBack } from './model-problem.ts';

/** Who answered, what, and who did not before. */
export interface Answered { readonly port: ModelPort; readonly facts: ModelFacts; readonly result: Result<Completion, ModelProblem>; readonly attempts: readonly ModelProblem[] }

/** Endpoints in the order of fallback. Asking tries one after the other; a fallback stays within what the workspace allows. */
export interface Chain {
  /** The first endpoint that answers a probe, with what it can do. All problems when none does. */
  ready(signal: AbortSignal): Promise<Result<{ readonly port: ModelPort; readonly facts: ModelFacts; readonly attempts: readonly ModelProblem[] }, readonly ModelProblem[]>>;
  /** Asks the first endpoint that can be asked; the request is made for the model that gets it. */
  ask(request: (facts: ModelFacts) => ChatRequest, options: { readonly signal: AbortSignal; readonly onPart?: (part: ChatPart) => void }): Promise<Result<Answered, readonly ModelProblem[]>>;
}
export interface ChainOptions extends ConnectOptions {
  readonly endpoints: readonly Endpoint[];
  /** What an earlier probe of this model (by digest) found; saves the questions. */
  readonly known?: (endpoint: Endpoint, digest: string | null) => ModelFacts | undefined;
  readonly onProbed?: (endpoint: Endpoint, facts: ModelFacts) => void;
  /** Milliseconds before a busy server is asked again; two tries. */
  readonly backOffMs?: number;
}

interface Link { readonly endpoint: Endpoint; readonly circuit: Circuit; port?: Result<ModelPort, ModelProblem>; facts?: ModelFacts }
const BACK_OFF_MS = 1000;

export function createChain(options: ChainOptions): Chain {
  const links = options.endpoints.map((endpoint): Link => ({ endpoint, circuit: circuit(options.now) }));
  const facts = (link: Link, signal: AbortSignal) => factsOf(link, options, signal);
  return {
    async ready(signal) {
      const attempts: ModelProblem[] = [];
      for (const link of links) {
        const found = await facts(link, signal);
        if (found.ok) return ok({ ...found.value, attempts });
        attempts.push(found.error);
      }
      return err(attempts);
    },
    async ask(request, { signal, onPart }) {
      const attempts: ModelProblem[] = [];
      for (const link of links) {
        const found = await facts(link, signal);
        if (!found.ok) { attempts.push(found.error); continue; }
        const { port, facts: can } = found.value;
        const result = await askPatiently(port, request(can), signal, onPart, options.backOffMs ?? BACK_OFF_MS);
        if (result.ok) link.circuit.succeeded(); else if (isEndpointDown(result.error)) link.circuit.failed();
        if (result.ok || !mayFallBack(result.error)) return ok({ port, facts: can, result, attempts });
        attempts.push(result.error);
      }
      return err(attempts);
    },
  };
}

/** A queue that is full may have room in a moment: two more tries, then it is the next endpoint's turn. */
async function askPatiently(port: ModelPort, request: ChatRequest, signal: AbortSignal, onPart: ((part: ChatPart) => void) | undefined, backOffMs: number): Promise<Result<Completion, ModelProblem>> {
  for (let tries = 0; ; tries += 1) {
    const result = await collect(port.chat(request, { signal }), onPart);
    if (result.ok || result.error.kind !== 'queue_full' || tries === 2) return result;
    await wait(backOffMs * 2 ** tries, undefined, { signal });
  }
}

async function factsOf(link: Link, options: ChainOptions, signal: AbortSignal): Promise<Result<{ readonly port: ModelPort; readonly facts: ModelFacts }, ModelProblem>> {
  const why = link.circuit.blocked();
  if (why !== undefined) return err({ kind: 'open_circuit', endpoint: link.endpoint.id, detail: why });
  link.port ??= await connectEndpoint(link.endpoint, options);
  if (!link.port.ok) return link.port;
  const port = link.port.value;
  if (link.facts) return ok({ port, facts: link.facts });
  const known = await knownFacts(link.endpoint, port, options, signal);
  const probed = known ?? await port.probe({ signal });
  if (!probed.ok) {
    if (isEndpointDown(probed.error)) link.circuit.failed();
    return probed;
  }
  link.facts = probed.value;
  if (known === undefined) options.onProbed?.(link.endpoint, probed.value);
  return ok({ port, facts: probed.value });
}

/** A model is probed once per digest: the server is asked for the digest only. */
async function knownFacts(endpoint: Endpoint, port: ModelPort, options: ChainOptions, signal: AbortSignal): Promise<Result<ModelFacts, ModelProblem> | undefined> {
  if (options.known === undefined || endpoint.provider !== 'ollama') return undefined;
  const models = await port.list({ signal });
  if (!models.ok) return models;
  const named = endpoint.model.includes(':') ? endpoint.model : `${endpoint.model}:latest`;
  const digest = models.value.find((m) => m.name === named || m.name === endpoint.model)?.digest;
  const found = digest === undefined ? undefined : options.known(endpoint, digest);
  return found === undefined ? undefined : ok(found);
}
