import { join } from 'node:path';
import { createChain, type Chain } from '#electron/agent/chain.ts';
import { CHARS_PER_TOKEN, charsOf, estimateTokens } from '#electron/agent/context-budget.ts';
import type { LoopContext } from '#electron/agent/loop-context.ts';
import { investigate } from '#electron/agent/loop.ts';
import { problemWords } from '#electron/agent/model-problem.ts';
import { readPrompts } from '#electron/agent/prompts.ts';
import { redactor } from '#electron/agent/redact.ts';
import { roles } from '#electron/agent/roles.ts';
import { liveAsker, type Asker } from '#electron/agent/tape.ts';
import type { AgentStep, Endpoint, Exchange, ModelFacts, ModelProblem } from '#shared/model/agent.ts';
import type { AgentPort } from '#shared/model/investigation.ts';
import type { Policy } from '#shared/model/policy.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { App } from '../create-app.ts';
import { agentAudit } from './agent-audit.ts';
import { chosenEndpoints, keyOf, readAgentSettings } from './settings.ts';
import { toolCards } from './tool-cards.ts';

export interface AgentEngineOptions {
  readonly policy: Policy;
  readonly model?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly signal: AbortSignal;
  readonly onStep: (step: AgentStep) => void;
  readonly asker?: OpenAsker;
}
/** Who is asked: a chain of endpoints, or in tests a script. */
export type OpenAsker = (app: App, endpoints: readonly Endpoint[]) => Asker;
export interface AgentEngine { readonly port: AgentPort; readonly facts: ModelFacts; readonly endpoint: { readonly id: string; readonly provider: string; readonly egress: string } }

const DAY_US = 86_400_000_000;

/** Finds a model that answers and makes the agent with it. @returns why there is none, endpoint by endpoint, in words with what to do. */
export async function openAgentEngine(app: App, options: AgentEngineOptions): Promise<Result<AgentEngine>> {
  const { policy, signal } = options;
  const settings = readAgentSettings(app), endpoints = chosenEndpoints(settings, process.env, options.model, options.endpoint);
  const [unnamed] = endpoints.filter((e) => e.model === '');
  if (unnamed && options.endpoint !== undefined) return err(`endpoint ${options.endpoint} has no model of its own: name one with --model`);
  if (endpoints.length === 0 && options.endpoint !== undefined) return err(`there is no endpoint ${options.endpoint}`);
  if (endpoints.length === 0) return err('no model is configured: name one with --model (Ollama on this machine), set LLM_URL and LLM_MODEL, or add an endpoint in the settings');
  const redact = redactor(policy.redaction.patterns);
  if (!redact.ok) return err(`redaction in the policy: ${redact.error}`);
  const asker = options.asker?.(app, endpoints) ?? liveAsker(chainFor(app, endpoints), app.now);
  const ready = await asker.ready(signal);
  if (!ready.ok) return err(wordsFor(endpoints, ready.error));
  const { facts, endpoint, attempts } = ready.value;
  const prompts = readPrompts(join(app.options.resourcesDir, 'prompts')), record = agentAudit(app);
  app.tables.transaction(() => {
    for (const prompt of Object.values(prompts)) app.tables.agent.putPrompt(prompt);
    for (const problem of attempts) record('model_passed_over', { endpoint: problem.endpoint, kind: problem.kind, why: problem.detail });
  });
  const context: Omit<LoopContext, 'reAsked' | 'record' | 'onRefused' | 'charsPerToken'> = {
    asker, role: roles.triage, prompts, redact: redact.value, tools: toolCards(), budgets: settings.budgets, now: app.now, onStep: options.onStep,
    tokensLeft: () => settings.budgets.tokens_per_day - app.tables.agent.tokensSince(Math.floor(app.now() / DAY_US) * DAY_US),
  };
  const learned = { charsPerToken: CHARS_PER_TOKEN };
  return ok({
    facts, endpoint,
    port: async (question) => {
      const { decision_id, incident } = question;
      const refused: { asked: string; why: string }[] = [], taped: Exchange[] = [];
      try {
        return await investigate(question, { ...context, charsPerToken: learned.charsPerToken, reAsked: app.tables.agent.wasAsked(incident.key), onRefused: (one) => { refused.push(one); }, record: (exchange) => { taped.push(exchange); } });
      } finally {
        // Also of an investigation that failed or was cancelled: what was sent is on the tape. One transaction, as each waits for the disk.
        app.tables.transaction(() => {
          for (const exchange of taped) {
            const { usage } = exchange.response ?? { usage: null };
            app.tables.agent.addExchange(decision_id, incident.key, exchange, usage ? usage.prompt_tokens + usage.response_tokens : estimateTokens(charsOf(exchange.request), learned.charsPerToken));
            for (const problem of exchange.attempts) record('model_passed_over', { incident: incident.id, endpoint: problem.endpoint, kind: problem.kind, why: problem.detail });
          }
          for (const one of refused) record('agent_call_refused', { incident: incident.id, decision_id, ...one });
        });
      }
    },
  });
}

const modelKey = (endpoint: Endpoint, digest: string | null): string => `${endpoint.provider} ${digest ?? `${endpoint.url} ${endpoint.model}`} ${endpoint.num_ctx}`;

/** The chain of some endpoints of this workspace; probes are kept in it, by digest. */
export function chainFor(app: App, endpoints: readonly Endpoint[], fresh = false): Chain {
  return createChain({
    endpoints, allow: readAgentSettings(app).allow, keyOf, now: app.now,
    ...(!fresh && { known: (endpoint: Endpoint, digest: string | null) => app.tables.agent.probe(modelKey(endpoint, digest)) }),
    onProbed: (endpoint, facts) => { app.tables.transaction(() => { app.tables.agent.putProbe(modelKey(endpoint, facts.digest), endpoint.id, facts, app.now()); }); },
  });
}

/** Each endpoint's problem in words. */
export const wordsFor = (endpoints: readonly Endpoint[], problems: readonly ModelProblem[]): string => problems.map((p) => problemWords(p, endpoints.find((e) => e.id === p.endpoint))).join('; ');
