import type { ClaimName, ClaimStates, ToolName } from '#shared/model/claims.ts';
import { mergeClaims, type MergeOptions } from '#shared/model/claim-states.ts';
import type { Proposal, Route, Trace, Triage, Validation } from '#shared/model/decision.ts';
import { planOf, type EvidencePlan } from '#shared/model/evidence-plan.ts';
import type { ToldFinding } from '#shared/model/finding.ts';
import type { Incident } from '#shared/model/incident.ts';
import type { AgentPort, AgentProposal, AgentQuestion } from '#shared/model/investigation.ts';
import type { Policy } from '#shared/model/policy.ts';
import type { JsonObject } from '#shared/lib/json.ts';
import { enrich, type Enriched } from './enrich/enrich.ts';
import { subjectOf } from './enrich/subject.ts';
import type { CallPort } from './ports.ts';
import { parseRules, route, routedClaims, type ParsedRule } from './route/route.ts';
import { conclude, propose } from './triage/triage.ts';
import { RULES_VERSION } from './triage/rules-engine.ts';
import { judge, wantedClaims } from './validate/judge.ts';
import { citationProblem } from './validate/citations.ts';
import { missingEvidence, validate, type ValidateInput } from './validate/validate.ts';

export interface DecideInput {
  readonly incident: Incident;
  readonly subject: JsonObject;
  readonly answers: readonly JsonObject[];
  readonly decision_id: string;
}
export interface DecideContext {
  readonly run: { readonly run_id: string; readonly as_of_us: number; readonly policy_version: number; readonly graph_version: number };
  readonly policy: Policy;
  readonly tools: readonly { readonly name: ToolName; readonly claims: readonly ClaimName[]; readonly cost: number }[];
  readonly call: CallPort;
  /** Microseconds UTC. Replay gives the recorded times. */
  readonly clock: { startedUs(): number; durationUs(startedUs: number): number };
  readonly signal: AbortSignal;
  /** Investigates and proposes beside the rules; without it the rules alone decide. */
  readonly agent?: AgentPort | undefined;
}
export interface Decided { readonly incident: Incident; readonly triage: Triage; readonly validation: Validation; readonly route: Route; readonly trace: Trace }

/** The plan and the arguments that all tools get, for one incident and its findings. */
export function prepare(incident: Incident, findings: readonly ToldFinding[]): JsonObject {
  return subjectOf(incident, findings, planOf(incident));
}

/** One incident through the stages: enrich, triage, validate, route. Given the same calls it gives the same decision, byte for byte. */
export async function decide(input: DecideInput, context: DecideContext): Promise<Decided> {
  const { incident } = input;
  const { policy, run } = context;
  const startedUs = context.clock.startedUs();
  const plan = planOf(incident);
  const rules = routingOf(policy);
  const merge = { asOfUs: run.as_of_us, maxAgeDays: policy.thresholds.max_age_days };
  const enriched = await enrich({ subject: input.subject, plan, answers: input.answers }, {
    call: context.call, tools: context.tools, merge, maxCalls: policy.thresholds.max_tool_calls, signal: context.signal, wanted: (claims) => wantedClaims(claims, plan, rules.claims),
  });
  const agent = context.agent === undefined || enriched.budget_exhausted ? undefined : await context.agent(questionOf(input, context, enriched, plan, merge, rules.claims));
  const asked = agent?.kind === 'degraded' ? undefined : agent;
  const calls = asked?.calls ?? enriched.calls;
  const base = { entity: incident.entity, plan, calls, budget_exhausted: enriched.budget_exhausted };
  const byRules = proposeByRules(incident, base, asked ? mergeClaims(calls, merge) : enriched.claims);
  const proposal = asked?.kind === 'proposed' ? modelProposal(asked.proposal, incident, base, merge, byRules) : byRules;
  const checked = validate({ ...base, proposal, ...(asked && { rules_say: byRules.decision, unusable: asked.kind === 'unusable' ? asked.why : undefined }) }, merge);
  const durationUs = context.clock.durationUs(startedUs);
  const triage = conclude({
    proposal, validation: checked.validation, priority: checked.judgement.gate.priority, confidence: checked.judgement.confidence, missing: checked.missing, claims: checked.claims, plan, startedUs, durationUs,
    model: asked && { name: asked.trace.model, prompt_version: asked.trace.prompts.map((p) => `${p.id}@${p.version}:${p.hash.slice(0, 8)}`).join(' ') },
  });
  return {
    incident, triage, validation: checked.validation, route: route({ incident, triage, claims: checked.claims, rules: rules.parsed }),
    trace: {
      decision_id: input.decision_id, run_id: run.run_id, incident_key: incident.key, as_of_us: run.as_of_us, started_us: startedUs, duration_us: durationUs, policy_version: run.policy_version, graph_version: run.graph_version,
      rules_version: RULES_VERSION, stopped: enriched.stopped, calls, claims: checked.views, ...(asked && { agent: asked.trace }), ...(agent?.kind === 'degraded' && { degraded: agent.why }),
    },
  };
}

interface Routing { readonly parsed: readonly ParsedRule[]; /** What the rules look at. */ readonly claims: readonly ClaimName[] }
const routings = new WeakMap<Policy, Routing>();

/** A policy's routing rules, parsed once. */
function routingOf(policy: Policy): Routing {
  const known = routings.get(policy);
  if (known) return known;
  const rules = parseRules(policy.routing_rules);
  if (!rules.ok) throw new Error(`a policy that doesn't parse was let in: ${rules.error}`);
  const routing = { parsed: rules.value, claims: routedClaims(rules.value) };
  routings.set(policy, routing);
  return routing;
}

type Base = Omit<ValidateInput, 'proposal'>;

/** What the rules propose for what the recorded calls claim, with its evidence. */
function proposeByRules(incident: Incident, { plan, budget_exhausted }: Base, claims: ClaimStates): Proposal {
  const judged = judge(claims, plan, { malformed: false, budget_exhausted });
  return propose({ incident, claims, proposed: { decision: judged.proposed, priority: judged.gate.priority, required: judged.required, why: judged.gate.why, missing: missingEvidence(claims, plan, judged) } });
}

/** A model's proposal as every proposal looks: what its gate rests on is cited in any case, and actions come from us. */
function modelProposal(proposed: AgentProposal, incident: Incident, base: Base, merge: MergeOptions, byRules: Proposal): Proposal {
  const { decision, rationale, model_confidence } = proposed;
  const claims = mergeClaims(base.calls, merge);
  const judged = judge(claims, base.plan, { malformed: false, budget_exhausted: base.budget_exhausted, proposed: decision, model_confidence });
  const ours = decision === byRules.decision ? byRules : propose({ incident, claims, proposed: { decision, priority: judged.gate.priority, required: judged.required, why: judged.gate.why, missing: [] } });
  const own = new Set(proposed.evidence.map((e) => `${e.claim} ${e.call_id}`)), rested = ours.evidence.filter((e) => !own.has(`${e.claim} ${e.call_id}`));
  return { decision, priority: judged.gate.priority, rationale: rationale === '' ? ours.rationale : rationale, evidence: [...proposed.evidence, ...rested], recommended_actions: ours.recommended_actions, model_confidence };
}

/** What an agent is told and may do: the recorded calls, more of them, and what rules and validator make of them. */
function questionOf(input: DecideInput, context: DecideContext, enriched: Enriched, plan: EvidencePlan, merge: MergeOptions, routing: readonly ClaimName[]): AgentQuestion {
  const { incident } = input;
  return {
    decision_id: input.decision_id, incident, subject: input.subject, plan, calls: enriched.calls, max_calls: context.policy.thresholds.max_tool_calls, signal: context.signal, call: context.call,
    merge: (calls) => mergeClaims(calls, merge),
    judge: (calls) => {
      const claims = mergeClaims(calls, merge), { proposed, gate, confidence, facts } = judge(claims, plan, { malformed: false, budget_exhausted: false });
      return { decision: proposed, priority: gate.priority, confidence: confidence.value, urgent_confidence: facts.confidence, open: wantedClaims(claims, plan, routing) };
    },
    check: (evidence, calls) => evidence.flatMap((e) => citationProblem(e, calls, incident.entity) ?? []),
  };
}
