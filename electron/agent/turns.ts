import type { ModelFacts } from '#shared/model/agent.ts';
import { claimDefinitions, claimNames, isClaimName, type ClaimName, type ToolName } from '#shared/model/claims.ts';
import type { JsonObject } from '#shared/lib/json.ts';
import { issueTypes } from '#shared/model/issue-types.ts';
import type { EvidencePlan } from '#shared/model/evidence-plan.ts';
import type { AgentQuestion, RulesView } from '#shared/model/investigation.ts';
import { decisions } from '#shared/model/words.ts';
import { roomFor } from './context-budget.ts';
import type { Fact } from './facts.ts';
import type { ChatRequest, Message } from './model-port.ts';
import type { Prompt, Prompts } from './prompts.ts';
import type { Redact } from './redact.ts';
import { marked, MOST_TEXTS } from './untrusted.ts';

/** What the agent may know of a tool that it can offer. */
export interface ToolCard { readonly name: ToolName; readonly description: string; readonly claims: readonly ClaimName[]; readonly cost: number }
export interface TurnContext { readonly prompts: Prompts; readonly redact: Redact; readonly charsPerToken: number }
export interface Turn { readonly request: ChatRequest; readonly prompt: Prompt }

/** Tokens for an answer; a thinking model gets more, as its thoughts count. */
const ANSWER = { next: 256, final: 900, thinking: 2048 } as const;
/** Tools that can look at the imported records instead of the graph. */
const RAW: ReadonlySet<string> = new Set<ToolName>(['network_analyzer', 'iam_analyzer']);

/** Which arguments a model may give a tool, checked by the values; the subject is always the incident's own. */
export function argumentsProblem(tool: string, given: JsonObject): string | undefined {
  const keys = Object.keys(given);
  if (keys.length === 0) return undefined;
  if (keys.some((key) => key !== 'snapshot')) return `${tool} takes no argument ${keys.find((key) => key !== 'snapshot') ?? ''}`;
  if (given['snapshot'] === 'graph' || (given['snapshot'] === 'raw' && RAW.has(tool))) return undefined;
  return `${tool} takes no snapshot ${String(given['snapshot']).slice(0, 20)}`;
}

export function nextSchema(offered: readonly ToolCard[]): JsonObject {
  return {
    type: 'object', additionalProperties: false, required: ['next', 'arguments'],
    properties: { next: { type: 'string', enum: [...offered.map((t) => t.name), 'stop'] }, arguments: { type: 'object', additionalProperties: false, properties: offered.some((t) => RAW.has(t.name)) ? { snapshot: { type: 'string', enum: ['graph', 'raw'] } } : {} } },
  };
}

/** The order of the properties is the order in which they are generated: what it rests on, then what it says. */
export function finalSchema(facts: readonly Fact[], open: readonly ClaimName[]): JsonObject {
  const listOf = (words: readonly string[], most: number): JsonObject => (words.length === 0 ? { type: 'array', items: { type: 'string' }, maxItems: 0 } : { type: 'array', items: { type: 'string', enum: [...words] }, maxItems: most });
  return {
    type: 'object', additionalProperties: false, required: ['evidence_ids', 'missing', 'rationale', 'decision', 'confidence_pct'],
    properties: { evidence_ids: listOf(facts.map((f) => f.id), 24), missing: listOf(open, 12), rationale: { type: 'string' }, decision: { type: 'string', enum: [...decisions] }, confidence_pct: { type: 'integer', minimum: 0, maximum: 100 } },
  };
}

interface State { readonly question: AgentQuestion; readonly facts: readonly Fact[]; readonly open: readonly ClaimName[]; readonly view: RulesView }

/** The turn that may ask for a tool. `plain` leaves out every text that others wrote. @returns undefined when even the facts don't fit. */
export function nextTurn(state: State, offered: readonly ToolCard[], plain: boolean, can: ModelFacts, context: TurnContext): Turn | undefined {
  const tools = offered.map((t) => `- ${t.name}: ${t.description}${t.claims.length > 0 ? `; answers ${t.claims.join(', ')}` : ''}`);
  const head = [...incidentLines(state), '', 'FACTS', ...factLines(state.facts), '', 'OPEN', ...(state.open.length === 0 ? ['- none'] : state.open.map((name) => `- ${name}`)), '', 'TOOLS', ...tools].join('\n');
  const room = roomFor(can.num_ctx, context.charsPerToken) - context.prompts.next.text.length - head.length - 200;
  if (room < 0) return undefined;
  const user = plain ? head : `${head}\n\nDATA\n${dataLines(state, room, context.redact).join('\n')}`;
  return { prompt: context.prompts.next, request: requestFor(context.prompts.next, [{ role: 'user', content: user }], { name: 'next_step', json: nextSchema(offered) }, can, context, ANSWER.next, offered) };
}

/** The turn that proposes: from typed facts only. No text that others wrote can be in it, so none can sway it. */
export function finalTurn(state: State, can: ModelFacts, context: TurnContext, repair?: { readonly answer: string; readonly problems: readonly string[] }): Turn | undefined {
  const { final, repair: again } = context.prompts;
  const user = [...incidentLines(state), `evidence confidence: ${Math.round(state.view.urgent_confidence * 100)}`, '', 'FACTS', ...factLines(state.facts), '', 'OPEN', ...(state.open.length === 0 ? ['- none'] : state.open.map((name) => `- ${name}`))].join('\n');
  const messages: readonly Message[] = [{ role: 'user', content: user }, ...(repair ? [{ role: 'assistant' as const, content: repair.answer.slice(0, 2000) || '(nothing)' }, { role: 'user' as const, content: `${again.text}\n\nPROBLEMS\n${repair.problems.slice(0, 8).map((p) => `- ${p}`).join('\n')}` }] : [])];
  if (messages.reduce((sum, m) => sum + m.content.length, final.text.length) > roomFor(can.num_ctx, context.charsPerToken)) return undefined;
  return { prompt: repair ? again : final, request: requestFor(final, messages, { name: 'proposal', json: finalSchema(state.facts, state.open) }, can, context, ANSWER.final) };
}

function requestFor(prompt: Prompt, messages: readonly Message[], schema: { readonly name: string; readonly json: JsonObject }, can: ModelFacts, context: TurnContext, tokens: number, offered: readonly ToolCard[] = []): ChatRequest {
  const clean = messages.map((m) => ({ role: m.role, content: context.redact(m.content) }));
  const base = { num_ctx: can.num_ctx, max_tokens: tokens + (can.thinking ? ANSWER.thinking : 0), can_think: can.thinking };
  const system: Message = { role: 'system', content: prompt.text };
  if (can.mode === 'schema') return { ...base, messages: [system, ...clean], schema };
  if (can.mode === 'tools' && offered.length > 0) return { ...base, messages: [system, ...clean], tools: offered.map((t) => ({ name: t.name, description: t.description, parameters: { type: 'object', properties: RAW.has(t.name) ? { snapshot: { type: 'string', enum: ['graph', 'raw'] } } : {} } })) };
  return { ...base, messages: [{ role: 'system', content: `${prompt.text}\n\nThe JSON must fit this schema:\n${JSON.stringify(schema.json)}` }, ...clean] };
}

/** Words of ours about the incident. A check that the taxonomy has no word for keeps its tool's own text, which stays out. */
function incidentLines({ question: { incident, plan } }: State): readonly string[] {
  return ['INCIDENT', `issue: ${Object.hasOwn(issueTypes, incident.primary_issue) ? incident.primary_issue : 'other'}`, `about: ${incident.entity_type}`, `detection: ${plan.detection ? 'yes' : 'no'}`, `vulnerability: ${plan.vulnerability ? 'yes' : 'no'}`];
}
const factLines = (facts: readonly Fact[]): readonly string[] => (facts.length === 0 ? ['none'] : facts.map((f) => f.line));

/** Texts from findings and logs, and what tools say with the names that others gave, as many as there is room for. */
function dataLines({ question }: State, room: number, redact: Redact): readonly string[] {
  const { subject, incident } = question;
  const texts = (key: string): readonly string[] => { const value = subject[key]; return Array.isArray(value) ? value.filter((v) => typeof v === 'string') : []; };
  const claims = question.merge(question.calls);
  const reasons = claimNames.flatMap((name) => (claims[name] && claims[name].reason !== '' ? [[`why ${name}`, claims[name].gist ?? claims[name].reason] as const] : []));
  const all = [['entity', incident.entity] as const, ...texts('titles').map((t) => ['title', t] as const), ...texts('user_agents').map((t) => ['user agent', t] as const), ...texts('processes').map((t) => ['process', t] as const), ...texts('users').map((t) => ['user', t] as const), ...reasons];
  const lines: string[] = [];
  let used = 0;
  for (const [what, text] of all.slice(0, MOST_TEXTS)) {
    // A secret is looked for before it is cut off or taken apart by marks.
    const line = `- ${what}: ${marked(redact(text))}`;
    used += line.length + 1;
    if (used > room) break;
    lines.push(line);
  }
  return lines.length === 0 ? ['- none'] : lines;
}

/** A tool that may be offered: allowed by the role, not called yet; those that answer what is open first, then the cheaper. At most four. */
export function offer(tools: readonly ToolCard[], called: ReadonlySet<string>, open: readonly ClaimName[], plan: EvidencePlan): readonly ToolCard[] {
  const answers = (t: ToolCard): boolean => open.some((name) => isClaimName(name) && (claimDefinitions[name].tools as readonly string[]).includes(t.name));
  // What is known of a CVE says nothing about another kind of issue.
  return tools.filter((t) => !called.has(t.name) && (t.name !== 'vuln_state' || plan.vulnerability)).toSorted((a, b) => Number(answers(b)) - Number(answers(a)) || a.cost - b.cost || (a.name < b.name ? -1 : 1)).slice(0, 4);
}

