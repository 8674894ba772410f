import type { AgentTrace } from './agent.ts';
import type { Call, ClaimName, ClaimStates, Evidence, ToolName } from './claims.ts';
import type { DecisionName, Priority } from './decision.ts';
import type { EvidencePlan } from './evidence-plan.ts';
import type { Incident } from './incident.ts';
import type { JsonObject } from '../lib/json.ts';

/** What a model proposes, after its ids have become evidence. */
export interface AgentProposal {
  readonly decision: DecisionName; readonly rationale: string; readonly evidence: readonly Evidence[]; readonly missing: readonly string[];
  /** 0 to 1; can only lower the computed confidence. */
  readonly model_confidence: number;
}
/** What the rule engine makes of a set of recorded calls. */
export interface RulesView {
  readonly decision: DecisionName; readonly priority: Priority; readonly confidence: number;
  /** What `resolve_now` would have. */
  readonly urgent_confidence: number;
  /** Claims that can still change decision, priority or route. */
  readonly open: readonly ClaimName[];
}

/** One incident, handed to an agent after the evidence plan has run. It sees the recorded calls and may ask for more of them. */
export interface AgentQuestion {
  readonly decision_id: string;
  readonly incident: Incident;
  readonly subject: JsonObject;
  readonly plan: EvidencePlan;
  readonly calls: readonly Call[];
  readonly max_calls: number;
  merge(calls: readonly Call[]): ClaimStates;
  judge(calls: readonly Call[]): RulesView;
  /** What is wrong with the citations; empty when all check out. */
  check(evidence: readonly Evidence[], calls: readonly Call[]): readonly string[];
  call(request: { readonly call_id: string; readonly tool: ToolName; readonly round: number; readonly arguments: JsonObject }): Promise<Call>;
  readonly signal: AbortSignal;
}
export type AgentAnswer =
  | { readonly kind: 'proposed'; readonly proposal: AgentProposal; readonly calls: readonly Call[]; readonly trace: AgentTrace }
  /** The model was there and gave nothing that can be used: a person decides. */
  | { readonly kind: 'unusable'; readonly why: string; readonly calls: readonly Call[]; readonly trace: AgentTrace }
  /** No model could be asked: the rules decide, and it is said. */
  | { readonly kind: 'degraded'; readonly why: string };
export type AgentPort = (question: AgentQuestion) => Promise<AgentAnswer>;
