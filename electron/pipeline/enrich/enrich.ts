import { claimDefinitions, toolNames, type Call, type ClaimName, type ClaimStates, type ToolName } from '#shared/model/claims.ts';
import { contradictingAccess, mergeClaims, type MergeOptions } from '#shared/model/claim-states.ts';
import type { EvidencePlan } from '#shared/model/evidence-plan.ts';
import type { JsonObject } from '#shared/lib/json.ts';
import type { CallPort } from '../ports.ts';

export interface EnrichInput {
  readonly subject: JsonObject;
  readonly plan: EvidencePlan;
  /** What people answered for this incident, if anything. */
  readonly answers: readonly JsonObject[];
}
export interface EnrichContext {
  readonly call: CallPort;
  /** Tools with their cost: the order of calling. */
  readonly tools: readonly { readonly name: ToolName; readonly claims: readonly ClaimName[]; readonly cost: number }[];
  readonly merge: MergeOptions;
  readonly maxCalls: number;
  /** Open claims that can still change decision, priority or route. */
  wanted(claims: ClaimStates): readonly ClaimName[];
  readonly signal: AbortSignal;
}
export interface Enriched { readonly calls: readonly Call[]; readonly claims: ClaimStates; readonly budget_exhausted: boolean; readonly stopped: string }

/** The control that a raw snapshot must confirm belongs to the tool that first said so. */
const RECONFIRM = 'exposure_reconfirmed' satisfies ClaimName;

/**
 * Calls only the tools that can close a claim which still matters: cheapest first, those of one price together. Stops when decision, priority
 * and route can no longer change and the plan's own claims are asked, or when the budget is spent. Every call is recorded.
 */
export async function enrich(input: EnrichInput, context: EnrichContext): Promise<Enriched> {
  const calls: Call[] = [];
  const asked = new Set<string>();
  let round = 0;
  const merged = () => mergeClaims(calls, context.merge);
  async function callAll(batch: readonly { tool: ToolName; extra: JsonObject }[]): Promise<void> {
    round += 1;
    const numbered = batch.map((item, i) => ({ ...item, call_id: `c${String(calls.length + i + 1).padStart(2, '0')}` }));
    for (const { tool, extra } of numbered) asked.add(askKey(tool, extra));
    calls.push(...await Promise.all(numbered.map((item) => context.call({ call_id: item.call_id, tool: item.tool, round, arguments: Object.keys(item.extra).length === 0 ? input.subject : { ...input.subject, ...item.extra } }))));
  }
  if (input.answers.length > 0) await callAll([{ tool: 'human_answer', extra: { answers: input.answers } }]);
  for (;;) {
    context.signal.throwIfAborted();
    const claims = merged();
    const must = nextCalls(context.wanted(claims), claims, calls, asked, input.plan, context);
    const again = disagreeing(claims, asked);
    const next = must.length > 0 ? must : again.length > 0 ? again : nextCalls(input.plan.always, claims, calls, asked, input.plan, context);
    if (next.length === 0) return { calls, claims, budget_exhausted: false, stopped: 'nothing that is open can change the outcome' };
    if (calls.length + next.length > context.maxCalls) return { calls, claims, budget_exhausted: must.length > 0, stopped: `budget of ${context.maxCalls} calls spent` };
    await callAll(next);
  }
}

/** Tools that disagree are asked once more; after that it is a conflict, and a person's. */
function disagreeing(claims: ClaimStates, asked: ReadonlySet<string>): readonly { tool: ToolName; extra: JsonObject }[] {
  const tools = Object.values(claims).filter((s) => s.value === 'conflict').flatMap((s) => s.evidence.map((e) => e.source));
  const known = (name: string): name is ToolName => (toolNames as readonly string[]).includes(name) && name !== 'human_answer';
  return [...new Set(tools)].toSorted().filter(known).map((tool) => ({ tool, extra: { attempt: 2 } })).filter((c) => !asked.has(askKey(c.tool, c.extra)));
}

function askKey(tool: string, extra: JsonObject): string {
  const keys = Object.keys(extra);
  return keys.length === 0 ? tool : `${tool} ${keys.toSorted().join(',')}`;
}

function nextCalls(wanted: readonly ClaimName[], claims: ClaimStates, calls: readonly Call[], asked: ReadonlySet<string>, plan: EvidencePlan, context: EnrichContext): readonly { tool: ToolName; extra: JsonObject }[] {
  const contradiction = contradictingAccess(calls);
  const names = contradiction && claims.exposure_confirmed?.value === 'conflict' ? [...wanted, 'control_newer_than_access' as const] : wanted;
  const cheap = new Map<string, { tool: ToolName; extra: JsonObject }>();
  let cheapest = Number.POSITIVE_INFINITY;
  for (const name of names) {
    // A second look only follows a first yes.
    if (name === RECONFIRM && claims.exposure_confirmed?.value !== true) continue;
    const extra = extraFor(name, contradiction?.last_us);
    for (const { name: tool, cost } of toolsFor(name, plan, context.tools)) {
      const key = askKey(tool, extra);
      if (cost > cheapest || asked.has(key)) continue;
      if (cost < cheapest) { cheapest = cost; cheap.clear(); }
      cheap.set(key, { tool, extra });
    }
  }
  return [...cheap.values()].toSorted((a, b) => (a.tool < b.tool ? -1 : 1));
}

function extraFor(name: ClaimName, lastAccessUs: number | undefined): JsonObject {
  if (name === RECONFIRM) return { snapshot: 'raw' };
  return name === 'control_newer_than_access' && lastAccessUs !== undefined ? { last_access_us: lastAccessUs } : {};
}

const able = new WeakMap<EnrichContext['tools'], Map<string, EnrichContext['tools']>>();

/** The tools that may answer a claim under a plan; told once. */
function toolsFor(name: ClaimName, plan: EvidencePlan, tools: EnrichContext['tools']): EnrichContext['tools'] {
  let known = able.get(tools);
  if (!known) { known = new Map(); able.set(tools, known); }
  const key = `${plan.plan} ${name}`;
  let found = known.get(key);
  if (!found) { found = tools.filter((tool) => mayAnswer(tool.name, name, plan.plan)); known.set(key, found); }
  return found;
}

/** Identity questions go to IAM, the rest to the network. */
function mayAnswer(tool: ToolName, name: ClaimName, plan: EvidencePlan['plan']): boolean {
  if (!(claimDefinitions[name].tools as readonly ToolName[]).includes(tool)) return false;
  if (name !== 'exposure_confirmed' && name !== RECONFIRM && name !== 'mitigation_confirmed' && name !== 'issue_confirmed') return true;
  const identity = plan === 'overprivileged_identity';
  if (tool === 'network_analyzer') return !identity && !(name === 'issue_confirmed' && plan !== 'public_access' && plan !== 'open_port');
  if (tool === 'iam_analyzer') return identity;
  if (tool === 'vuln_state') return plan === 'vulnerable_package';
  return plan === 'configuration' || plan === 'detection';
}
