import { z } from 'zod';
import { collect } from '#electron/agent/collect.ts';
import { connectEndpoint } from '#electron/agent/connect.ts';
import { problemWords } from '#electron/agent/model-problem.ts';
import { redactor } from '#electron/agent/redact.ts';
import { egressClasses, endpointSchema, providerNames, type Endpoint, type ModelFacts } from '#shared/model/agent.ts';
import { formatTime } from '#shared/lib/time.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { chainFor, wordsFor } from '../agent/agent-engine.ts';
import { chosenEndpoints, environmentEndpoint, hasKey, keyOf, LOCAL, keyName, readAgentSettings, rememberKey, saveAgentSettings } from '../agent/settings.ts';
import type { App } from '../create-app.ts';
import { takeStored } from '../pull/settings.ts';
import { procedure, type InputOf, type OutputOf } from '../procedure.ts';
import type { Hooks } from '../serve-requests.ts';

const DAY_US = 86_400_000_000;

export function getModels(app: App): Result<OutputOf<'models.get'>> {
  const settings = readAgentSettings(app), environment = environmentEndpoint(process.env) ?? null, all = [...settings.endpoints, ...(environment ? [environment] : [])];
  return ok({
    settings, environment, keys: all.filter(hasKey).map((e) => e.id), key_names: Object.fromEntries(all.map((e) => [e.id, keyName(e)])), redaction_patterns: app.tables.policies.current().policy.redaction.patterns.length,
    tokens_today: app.tables.agent.tokensSince(Math.floor(app.now() / DAY_US) * DAY_US), probes: app.tables.agent.probes().map((p) => ({ endpoint: p.endpoint, facts: p.facts, probed: formatTime(p.probed_us) })), degraded: app.tables.agent.degraded() ?? null,
  });
}
export const getExchanges = (app: App, input: InputOf<'models.exchanges'>): Result<OutputOf<'models.exchanges'>> => ok(app.tables.agent.exchanges(input.decision_id));

const endpointOf = (app: App, id: string): Endpoint | undefined => chosenEndpoints(readAgentSettings(app), process.env).find((e) => e.id === id);

/** Ends with the job: whoever cancels need not wait for a model. */
async function cancellable<T>(hooks: Hooks, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const control = new AbortController(), watch = setInterval(() => { if (hooks.isCancelled()) control.abort(new Error('cancelled')); }, 100);
  try { return await run(control.signal); } finally { clearInterval(watch); }
}

async function probe(app: App, endpoint: Endpoint, hooks: Hooks): Promise<Result<ModelFacts>> {
  const ready = await cancellable(hooks, (signal) => chainFor(app, [endpoint], true).ready(signal));
  return ready.ok ? ok(ready.value.facts) : err(wordsFor([endpoint], ready.error));
}

async function testPrompt(app: App, input: InputOf<'models.test'>, hooks: Hooks): Promise<Result<OutputOf<'models.test'>>> {
  const endpoint = endpointOf(app, input.endpoint), redact = redactor(app.tables.policies.current().policy.redaction.patterns);
  if (!endpoint) return err(`there is no endpoint ${input.endpoint}`);
  if (!redact.ok) return err(redact.error);
  const sent = redact.value(input.prompt), started = app.now();
  const answer = (text: string | null, thinking: string, tokens: OutputOf<'models.test'>['tokens'], problem: string | null): Result<OutputOf<'models.test'>> => ok({ sent, text, thinking, tokens, ms: Math.round((app.now() - started) / 1000), problem });
  const port = await connectEndpoint(endpoint, { allow: readAgentSettings(app).allow, keyOf, now: app.now });
  if (!port.ok) return answer(null, '', null, problemWords(port.error, endpoint));
  const said = await cancellable(hooks, (signal) => collect(port.value.chat({ messages: [{ role: 'user', content: sent }], num_ctx: endpoint.num_ctx, max_tokens: 512, can_think: false }, { signal })));
  return said.ok ? answer(said.value.text, said.value.thinking, said.value.usage, null) : answer(null, '', null, problemWords(said.error, endpoint));
}

/** The procedures about models that write, or that send something. */
export const modelProcedures = [
  procedure('models.save', (app, input) => { const saved = saveAgentSettings(app, input.settings, input.by); return saved.ok ? ok({ ok: true }) : saved; }),
  procedure('models.setKey', (app, input) => {
    const endpoint = endpointOf(app, input.endpoint);
    if (!endpoint) return err(`there is no endpoint ${input.endpoint}`);
    rememberKey(keyName(endpoint), input.key);
    return ok({ ok: true, name: keyName(endpoint) });
  }),
  procedure('models.probe', async (app, input, hooks) => {
    const endpoint = endpointOf(app, input.endpoint);
    if (!endpoint) return err(`there is no endpoint ${input.endpoint}`);
    const found = await probe(app, endpoint, hooks);
    return ok(found.ok ? { facts: found.value, problem: null } : { facts: null, problem: found.error });
  }),
  procedure('models.test', testPrompt),
  procedure('models.available', async (app, _, hooks) => {
    const listed = await listModels(app, { probe: false }, hooks);
    return listed.ok ? ok(listed.value.endpoints.map(({ endpoint, configured, models, problem }) => ({ endpoint: { id: endpoint.id, provider: endpoint.provider, url: endpoint.url, model: endpoint.model }, configured, models, problem }))) : listed;
  }),
] as const;

export const modelsInput = z.object({ model: z.string().optional(), probe: z.boolean().default(true) });
export interface ModelsReport {
  readonly allow: string; readonly endpoints: readonly { readonly endpoint: Endpoint; readonly configured: boolean; readonly models: readonly { readonly name: string; readonly size: number | null }[]; readonly facts: ModelFacts | null; readonly problem: string | null }[];
}

/** Each endpoint (without any: Ollama on this machine) with the models that it has and what the named one can do. */
export async function listModels(app: App, input: z.infer<typeof modelsInput>, hooks: Hooks): Promise<Result<ModelsReport>> {
  const settings = readAgentSettings(app), chosen = chosenEndpoints(settings, process.env, input.model);
  const endpoints: readonly Endpoint[] = chosen.length > 0 ? chosen : [LOCAL];
  const rows: ModelsReport['endpoints'][number][] = [];
  for (const endpoint of endpoints) {
    const base = { endpoint, configured: chosen.length > 0 };
    const port = await connectEndpoint(endpoint, { allow: settings.allow, keyOf, now: app.now });
    if (!port.ok) { rows.push({ ...base, models: [], facts: null, problem: problemWords(port.error, endpoint) }); continue; }
    const found = await cancellable(hooks, (signal) => port.value.list({ signal }));
    const models = found.ok ? found.value.map(({ name, size }) => ({ name, size })) : [];
    const facts = found.ok && input.probe && endpoint.model !== '' ? await probe(app, endpoint, hooks) : undefined;
    rows.push({ ...base, models, facts: facts?.ok ? facts.value : null, problem: found.ok ? (facts && !facts.ok ? facts.error : null) : problemWords(found.error, endpoint) });
  }
  return ok({ allow: settings.allow, endpoints: rows });
}

export const configureInput = z.object({ allow: z.enum(egressClasses).optional(), add: z.object({ id: z.string(), provider: z.enum(providerNames), url: z.string(), model: z.string() }).optional(), remove: z.string().optional() });

/** Changes what the workspace says about models, from the command line. */
export function configureModels(app: App, input: z.infer<typeof configureInput>): Result<{ readonly changed: boolean }> {
  const before = readAgentSettings(app), added = input.add === undefined ? undefined : endpointSchema.safeParse(input.add);
  if (added && !added.success) return err(added.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; '));
  if (input.remove !== undefined && !before.endpoints.some((e) => e.id === input.remove)) return err(`there is no endpoint ${input.remove}`);
  const kept = before.endpoints.filter((e) => e.id !== input.remove && e.id !== added?.data.id);
  const saved = saveAgentSettings(app, { ...before, ...(input.allow && { allow: input.allow }), endpoints: added ? [...kept, added.data] : kept }, 'cli');
  return saved.ok ? ok({ changed: true }) : saved;
}

export const keysInput = z.object({ keys: z.record(z.string(), z.string()) });
/** Keys and credentials that the desktop keeps, for this thread; nothing of them is written down. */
export function takeKeys({ keys }: z.infer<typeof keysInput>): Result<{ readonly taken: number }> {
  takeStored(keys);
  for (const [name, key] of Object.entries(keys)) if (!name.startsWith('connect.')) rememberKey(name, key);
  return ok({ taken: Object.keys(keys).length });
}
