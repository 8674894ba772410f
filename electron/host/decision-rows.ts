import type { Decided } from '#electron/pipeline/decide.ts';
import { toDecisionRows, type DecisionRows } from '#electron/store/tables/decisions.ts';
import type { LatestDecision } from '#electron/store/tables/latest.ts';
import { claimDefinitions } from '#shared/model/claims.ts';

/** What goes out or waits because of a decision. */
export interface Outgoing { readonly action: string; readonly status: string; readonly payload: string }
/** A decision as the writer needs it: all that takes time to build is built by whoever decided, perhaps in another thread. */
export interface DecisionToSave {
  readonly key: string; readonly incident: string; readonly decision_id: string; readonly decision: string; readonly priority: string;
  /** What the audit row says. */
  readonly audit: Readonly<Record<string, string | number>>;
  readonly engine: string;
  /** The key by which an agent signed it. */
  readonly key_id?: string | undefined;
  readonly gate_claims: string;
  readonly outgoing: readonly Outgoing[];
  readonly rows: DecisionRows;
  /** What stands of it in short: see `LatestDecision`. */
  readonly latest: LatestDecision;
}

/** Flattens a decision for saving. @param outcome see `outcomeOf` */
export function toSave(decided: Decided, inputHash: string, outcome: string): DecisionToSave {
  const { incident, triage, validation, trace } = decided;
  return {
    key: incident.key, incident: incident.id, decision_id: trace.decision_id, decision: triage.decision, priority: triage.priority, engine: `engine:${triage.engine.kind}`, key_id: trace.agent?.signature?.key_id,
    audit: { incident: incident.id, decision_id: trace.decision_id, decision: triage.decision, priority: triage.priority, gate: validation.gate.rule, confidence: triage.confidence, calls: trace.calls.length, findings: incident.supporting_findings.length, ...(trace.agent?.signature && { signature: trace.agent.signature.value }) },
    gate_claims: gateClaims(trace.claims), outgoing: outgoing(decided), rows: toDecisionRows({ ...decided, input_hash: inputHash }),
    latest: { key: incident.key, decision_id: trace.decision_id, engine: triage.engine.kind, outcome, input_hash: inputHash, run_id: trace.run_id },
  };
}

/** What a decision wants to go out. */
export function outgoing({ incident, triage, route }: Pick<Decided, 'incident' | 'triage' | 'route'>): readonly Outgoing[] {
  const wanted = route.actions.filter((a) => a.action !== 'queue');
  if (wanted.length === 0) return [];
  const payload = JSON.stringify({ incident: incident.id, entity: incident.entity, issue: incident.primary_issue, decision: triage.decision, priority: triage.priority, owner: triage.owner ?? null, to: triage.routing, recommended_actions: triage.recommended_actions });
  return wanted.map(({ action, status }) => ({ action, status, payload }));
}

/** The claims that gates read, as one text to compare. */
export function gateClaims(claims: readonly { readonly claim: string; readonly value: unknown }[]): string {
  return JSON.stringify(claims.filter((c) => Object.hasOwn(claimDefinitions, c.claim) && c.claim !== 'external_access').map((c) => [c.claim, c.value]).toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)));
}
