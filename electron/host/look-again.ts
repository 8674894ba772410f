import { decide, type DecideContext, type Decided, type DecideInput } from '#electron/pipeline/decide.ts';
import type { Settled, ToDecide } from '#electron/pipeline/run.ts';
import { RULES_VERSION } from '#electron/pipeline/triage/rules-engine.ts';
import { NotOnTape } from '#electron/agent/tape.ts';
import { agentFromTape } from './agent/replay-agent.ts';
import type { App } from './create-app.ts';
import { gateClaims, toSave, type DecisionToSave } from './decision-rows.ts';
import { isSameOutcome, outcomeOf } from './outcome.ts';

/** What came of an incident that was just decided: its earlier decision is kept where both came to the same and the rules made both, none of them for want of a model. */
export function settle(app: App, made: Decided, item: ToDecide): Settled<DecisionToSave> {
  const outcome = outcomeOf(made), { latest } = item;
  const isByRules = latest?.engine === 'rules' && made.triage.engine.kind === 'rules' && made.trace.degraded === undefined;
  if (latest && isByRules && isSame(app, made, outcome, latest)) return keptAs(made, outcome, item, latest.decision_id);
  return { is: 'decided', saved: toSave(made, item.input_hash, outcome), again: latest !== undefined };
}

/**
 * Whether a model's decision still holds: the tools are asked anew, and the model's part is played from the recording. Where it would be asked anything else than
 * it was asked then, or something else comes of its answers, it does not hold. No model is asked.
 * @returns what is kept; undefined when it doesn't hold
 */
export async function holdsByTape(app: App, input: Omit<DecideInput, 'decision_id'>, item: ToDecide, context: DecideContext): Promise<Settled<DecisionToSave> | undefined> {
  const { latest } = item;
  const record = latest?.engine === 'agent' ? app.tables.decisions.get(latest.decision_id) : undefined;
  if (!latest || !record || record.trace.rules_version !== RULES_VERSION) return undefined;
  try {
    const made = await decide({ ...input, decision_id: latest.decision_id }, { ...context, agent: agentFromTape(app, record, context.policy) });
    const outcome = outcomeOf(made);
    return isSame(app, made, outcome, latest) ? keptAs(made, outcome, item, latest.decision_id) : undefined;
  } catch (error) {
    if (error instanceof NotOnTape) return undefined;
    throw error;
  }
}

function isSame(app: App, made: Decided, outcome: string, latest: NonNullable<ToDecide['latest']>): boolean {
  if (latest.outcome !== '') return latest.outcome === outcome;
  const record = app.tables.decisions.get(latest.decision_id);
  return record !== undefined && isSameOutcome(record, made);
}

function keptAs({ incident, triage, trace }: Decided, outcome: string, { key, input_hash }: ToDecide, decisionId: string): Settled<DecisionToSave> {
  const under = incident.status === 'overridden' ? { incident: incident.id, decision_id: decisionId, decision: triage.decision, priority: triage.priority, gate_claims: gateClaims(trace.claims) } : undefined;
  return { is: 'kept', kept: { key, input_hash, outcome, under } };
}
