import { hash } from 'node:crypto';
import { agentSettingsSchema, type AgentSettings, type Endpoint } from '#shared/model/agent.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { App } from '../create-app.ts';

const META = 'agent_settings';
/** Where Ollama listens unless told otherwise. */
export const OLLAMA_URL = 'http://127.0.0.1:11434';

export function readAgentSettings(app: App): AgentSettings {
  const text = app.tables.runs.meta(META);
  return agentSettingsSchema.parse(text === undefined ? {} : JSON.parse(text));
}

/** Saves what a workspace says about models; audited, as it decides where prompts may go. */
export function saveAgentSettings(app: App, settings: AgentSettings, by: string): Result<void> {
  const ids = settings.endpoints.map((e) => e.id);
  if (new Set(ids).size < ids.length) return err('two endpoints have the same id');
  app.tables.transaction(() => {
    app.tables.runs.setMeta(META, JSON.stringify(settings));
    app.audit('agent_settings_changed', by, { allow: settings.allow, endpoints: settings.endpoints, budgets: settings.budgets });
  });
  return ok(undefined);
}

/** Ollama on this machine, where nothing is configured. */
export const LOCAL: Endpoint = { id: 'ollama', provider: 'ollama', url: OLLAMA_URL, model: '', num_ctx: 8192 };

/** A script that plays a model: for the demo and for trying things out. Its decisions are labelled. */
export const SCRIPTED: Endpoint = { id: 'scripted', provider: 'scripted', url: 'scripted:competent', model: 'scripted', num_ctx: 8192 };

/** The quick start from the environment: `LLM_URL`, `LLM_MODEL` (and `LLM_API_KEY`, which stays where it is). */
export function environmentEndpoint(env: Readonly<Record<string, string | undefined>>): Endpoint | undefined {
  const url = env['LLM_URL'] || undefined, model = env['LLM_MODEL'] || undefined;
  if (url === undefined && model === undefined) return undefined;
  const provider = url !== undefined && /\/v\d+\/?$/.test(url) ? 'openai' : 'ollama';
  return { id: 'environment', provider, url: url ?? OLLAMA_URL, model: model ?? (provider === 'ollama' ? 'llama3.2' : 'default'), num_ctx: 8192 };
}

/** By what name an endpoint's key is kept: its address is part of it, so that no other server ever gets it, whatever a workspace calls its endpoints. */
export function keyName({ url }: Pick<Endpoint, 'url'>): string {
  const origin = URL.canParse(url) ? new URL(url).origin : url, host = URL.canParse(url) ? new URL(url).hostname : url;
  return `model.${host.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').slice(0, 50)}.${hash('sha256', origin, 'hex').slice(0, 12)}`;
}
/** Keys by name: of this session, and of the desktop's key store. In memory only, and of this thread. */
const known = new Map<string, string>();
export const rememberKey = (name: string, key: string): void => { if (key === '') known.delete(name); else known.set(name, key); };
export const hasKey = (endpoint: Pick<Endpoint, 'id' | 'url'>): boolean => keyOf(endpoint) !== undefined;
/** The environment's key is for the environment's endpoint only. */
export const keyOf = (endpoint: Pick<Endpoint, 'id' | 'url'>): string | undefined => known.get(keyName(endpoint)) ?? (endpoint.id === 'environment' ? process.env['LLM_API_KEY'] || undefined : undefined);

/**
 * The endpoints in the order of fallback, the environment's first. `--model` picks: an endpoint by its id, else the first one by that model's
 * name, else the first endpoint with that model instead; without any endpoint, Ollama on this machine. An endpoint that is named is asked alone, with that
 * model instead of its own where one is named too; its model is empty where it has none and none is named.
 */
export function chosenEndpoints(settings: AgentSettings, env: Readonly<Record<string, string | undefined>>, model?: string, endpoint?: string): readonly Endpoint[] {
  const own = environmentEndpoint(env);
  const all = [...(own ? [own] : []), ...settings.endpoints.filter((e) => e.id !== own?.id)];
  if (endpoint !== undefined) return [...all, LOCAL].filter((e) => e.id === endpoint && (e !== LOCAL || all.length === 0)).slice(0, 1).map((e) => ({ ...e, model: model ?? e.model }));
  if (model === undefined) return all;
  if (model === SCRIPTED.model) return [SCRIPTED];
  const named = all.find((e) => e.id === model) ?? all.find((e) => e.model === model);
  if (named) return [named];
  const [first] = all.filter((e) => e.provider !== 'scripted');
  return [{ ...(first ?? LOCAL), model }];
}
