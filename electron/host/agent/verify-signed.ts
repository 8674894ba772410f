import { certificateSchema, signatureProblem } from '#electron/agent/identity.ts';
import type { AuditEntry } from '#electron/audit/chain.ts';
import type { AgentTable } from '#electron/store/tables/agent.ts';
import type { DecisionsTable } from '#electron/store/tables/decisions.ts';
import { str } from '#shared/lib/json.ts';
import { signedPayload } from './investigate-incident.ts';

export interface SignedTables { readonly agent: Pick<AgentTable, 'certificate'>; readonly decisions: Pick<DecisionsTable, 'get'> }
/** Checks the audit rows of agents' decisions, and counts them. */
export interface SignatureCheck { readonly problem: (row: AuditEntry) => string | undefined; readonly signed: () => number }

/**
 * What is wrong with an audit row about an agent's decision: the decision must be there, carry a signature by a certified key of its agent, be what was
 * signed, and the row must name that key and signature. Rows of the rules and of people are not signed.
 */
export function signatureCheck({ agent, decisions }: SignedTables): SignatureCheck {
  let signed = 0;
  return {
    signed: () => signed,
    problem(row) {
      if (row.event !== 'decided' || (row.actor !== 'engine:agent' && row.key_id === 'none')) return undefined;
      const payload: unknown = JSON.parse(row.payload), id = str(payload, 'decision_id') ?? '';
      const problem = read(() => signedProblem(row, payload, id), id);
      if (problem === undefined) signed += 1;
      return problem;
    },
  };

  function signedProblem(row: AuditEntry, payload: unknown, id: string): string | undefined {
    const decision = decisions.get(id);
    if (decision === undefined) return `decision ${id}, which an agent signed, is gone`;
    const signature = decision.trace.agent?.signature;
    if (signature === undefined) return `decision ${id} of an agent is not signed`;
    // Rows from before 2026-11-29 don't repeat key and signature.
    if (row.key_id !== 'none' && (row.key_id !== signature.key_id || str(payload, 'signature') !== signature.value)) return `decision ${id} has another signature than was recorded`;
    const text = agent.certificate(signature.key_id);
    const problem = signatureProblem(signature, text === undefined ? undefined : certificateSchema.parse(JSON.parse(text)), signedPayload(decision));
    return problem === undefined ? undefined : `decision ${id}: ${problem}`;
  }
}

/** Whoever changed a row may have left something that can't be read at all: that is a problem of that row, like any other. */
function read(check: () => string | undefined, id: string): string | undefined {
  try { return check(); } catch { return `decision ${id}, or the certificate of who signed it, can't be read: it was changed`; }
}
