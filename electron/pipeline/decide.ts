import type { ClaimName, ToolName } from '#shared/model/claims.ts';
import type { Route, Trace, Triage, Validation } from '#shared/model/decision.ts';
import { evidencePlan } from '#shared/model/evidence-plan.ts';
import type { Finding } from '#shared/model/finding.ts';
import type { Incident } from '#shared/model/incident.ts';
import type { Policy } from '#shared/model/policy.ts';
import type { JsonObject } from '#shared/lib/json.ts';
import { enrich } from './enrich/enrich.ts';
import { subjectOf } from './enrich/subject.ts';
import type { CallPort } from './ports.ts';
import { parseRules, route, routedClaims } from './route/route.ts';
import { conclude, propose } from './triage/triage.ts';
import { RULES_VERSION } from './triage/rules-engine.ts';
import { judge, wantedClaims } from './validate/judge.ts';
import { validate } from './validate/validate.ts';

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
}
export interface Decided { readonly incident: Incident; readonly triage: Triage; readonly validation: Validation; readonly route: Route; readonly trace: Trace }

/** The plan and the arguments that all tools get, for one incident and its findings. */
export function prepare(incident: Incident, findings: readonly Finding[]): JsonObject {
  return subjectOf(incident, findings, evidencePlan({ issue_type: incident.primary_issue, kind: incident.kind, entity_type: incident.entity_type }));
}

/** One incident through the stages: enrich, triage, validate, route. Given the same calls it gives the same decision, byte for byte. */
export async function decide(input: DecideInput, context: DecideContext): Promise<Decided> {
  const { incident } = input;
  const { policy, run } = context;
  const startedUs = context.clock.startedUs();
  const plan = evidencePlan({ issue_type: incident.primary_issue, kind: incident.kind, entity_type: incident.entity_type });
  const rules = parseRules(policy.routing_rules);
  if (!rules.ok) throw new Error(`a policy that doesn't parse was let in: ${rules.error}`);
  const merge = { asOfUs: run.as_of_us, maxAgeDays: policy.thresholds.max_age_days };
  const enriched = await enrich({ subject: input.subject, plan, answers: input.answers }, {
    call: context.call, tools: context.tools, merge, maxCalls: policy.thresholds.max_tool_calls, signal: context.signal, wanted: (claims) => wantedClaims(claims, plan, routedClaims(rules.value)),
  });
  const judged = judge(enriched.claims, plan, { malformed: false, budget_exhausted: enriched.budget_exhausted });
  const preview = validate({ entity: incident.entity, plan, calls: enriched.calls, budget_exhausted: enriched.budget_exhausted, proposal: { decision: judged.proposed, priority: judged.gate.priority, rationale: '', evidence: [], recommended_actions: [] } }, merge);
  const proposal = propose({ incident, claims: enriched.claims, proposed: { decision: judged.proposed, priority: judged.gate.priority, required: judged.required, why: judged.gate.why, missing: preview.missing } });
  const checked = validate({ entity: incident.entity, plan, calls: enriched.calls, proposal, budget_exhausted: enriched.budget_exhausted }, merge);
  const durationUs = context.clock.durationUs(startedUs);
  const triage = conclude({ proposal, validation: checked.validation, priority: checked.judgement.gate.priority, confidence: checked.judgement.confidence, missing: checked.missing, claims: checked.claims, plan, startedUs, durationUs });
  return {
    incident, triage, validation: checked.validation, route: route({ incident, triage, claims: checked.claims, rules: rules.value }),
    trace: {
      decision_id: input.decision_id, run_id: run.run_id, incident_key: incident.key, as_of_us: run.as_of_us, started_us: startedUs, duration_us: durationUs, policy_version: run.policy_version, graph_version: run.graph_version,
      rules_version: RULES_VERSION, stopped: enriched.stopped, calls: enriched.calls, claims: checked.views,
    },
  };
}
