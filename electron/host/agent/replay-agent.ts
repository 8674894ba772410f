import { certificateSchema, signatureProblem } from '#electron/agent/identity.ts';
import { investigate } from '#electron/agent/loop.ts';
import type { Prompts } from '#electron/agent/prompts.ts';
import { redactor } from '#electron/agent/redact.ts';
import { roles } from '#electron/agent/roles.ts';
import { hashJson, NotOnTape, tapeAsker } from '#electron/agent/tape.ts';
import type { DecisionRecord } from '#electron/store/tables/decisions.ts';
import { modelFactsSchema, type AgentTrace, type Exchange, type ModelFacts } from '#shared/model/agent.ts';
import type { AgentPort } from '#shared/model/investigation.ts';
import type { Policy } from '#shared/model/policy.ts';
import type { App } from '../create-app.ts';
import { signedPayload } from './investigate-incident.ts';
import { toolCards } from './tool-cards.ts';

/** The agent of a recorded decision: it asks as it did then and is answered from the tape. Undefined where the rules were meant to decide. */
export function agentFromTape(app: App, record: DecisionRecord, policy: Policy): AgentPort | undefined {
  const { agent, degraded, decision_id } = record.trace;
  if (degraded !== undefined) return () => Promise.resolve({ kind: 'degraded', why: degraded });
  if (agent === undefined) return undefined;
  const redact = redactor(policy.redaction.patterns);
  if (!redact.ok) throw new NotOnTape(redact.error);
  const exchanges = app.tables.agent.exchanges(decision_id), prompts = recordedPrompts(app, agent);
  return (question) => investigate(question, {
    asker: tapeAsker(exchanges, recordedFacts(agent, exchanges)), role: roles.triage, prompts, redact: redact.value, tools: toolCards(), charsPerToken: agent.chars_per_token, reAsked: agent.re_asked,
    budgets: { steps: agent.budget.most_steps, tokens: agent.budget.most_tokens, seconds: Math.round(agent.budget.most_us / 1_000_000), tokens_per_day: 0 }, tokensLeft: () => Number.POSITIVE_INFINITY,
    now: () => record.trace.started_us, onStep: () => undefined, record: () => undefined, onRefused: () => undefined,
  });
}

function recordedPrompts(app: App, agent: AgentTrace): Prompts {
  const read = (id: 'next' | 'final' | 'repair') => {
    const named = agent.prompts.find((p) => p.id === id), text = named && app.tables.agent.prompt(named.hash);
    if (!named || text === undefined) throw new NotOnTape(`the workspace does not have the prompt ${id} of this decision`);
    return { id, version: named.version, hash: named.hash, text };
  };
  return { next: read('next'), final: read('final'), repair: read('repair') };
}

/** What the models that answered could do, as it was then; a fallback may have changed the model between two turns. */
function recordedFacts(agent: AgentTrace, exchanges: readonly Exchange[]): readonly ModelFacts[] {
  const all = [agent.facts, ...exchanges.map((e) => modelFactsSchema.parse(e.request.options['facts']))];
  return [...new Map(all.map((facts) => [hashJson(facts), facts])).values()];
}

/** A signed decision that was changed since. */
export function signatureDifference(app: App, record: DecisionRecord): readonly { readonly path: string; readonly recorded: unknown; readonly replayed: unknown }[] {
  const signature = record.trace.agent?.signature;
  if (signature === undefined) return [];
  const text = app.tables.agent.certificate(signature.key_id);
  const problem = signatureProblem(signature, text === undefined ? undefined : certificateSchema.parse(JSON.parse(text)), signedPayload(record));
  return problem === undefined ? [] : [{ path: '/agent/signature', recorded: 'signed', replayed: problem }];
}
