import { certificateSchema, signatureProblem, type Certificate } from '#electron/agent/identity.ts';
import type { AuditEntry } from '#electron/audit/chain.ts';
import type { AgentTable } from '#electron/store/tables/agent.ts';
import type { DecisionsTable } from '#electron/store/tables/decisions.ts';
import { isObject, str } from '#shared/lib/json.ts';
import { signatureSchema } from '#shared/model/agent.ts';
import { agentEvents, auditPayload } from './agent-audit.ts';
import { signedPayload } from './investigate-incident.ts';

export interface SignedTables { readonly agent: Pick<AgentTable, 'certificate'>; readonly decisions: Pick<DecisionsTable, 'get'> }
/** Checks the audit rows of agents' decisions, and what agents wrote themselves, and counts both. */
export interface SignatureCheck { readonly problem: (row: AuditEntry) => string | undefined; readonly signed: () => number }

/**
 * What is wrong with an audit row about an agent's decision: the decision must be there, carry a signature by a certified key of its agent, be what was
 * signed, and the row must name that key and signature. What an agent wrote itself (endpoints passed over, calls refused) carries its own signature. Rows of
 * the rules and of people are not signed.
 */
export function signatureCheck({ agent, decisions }: SignedTables): SignatureCheck {
  let signed = 0, agentsSign = false;
  return {
    signed: () => signed,
    problem(row) {
      if (agentEvents.some((event) => event === row.event)) return ownProblem(row);
      if (row.event !== 'decided' || (row.actor !== 'engine:agent' && row.key_id === 'none')) return undefined;
      const told = payloadOf(row), id = str(told.payload, 'decision_id') ?? '';
      const problem = told.problem ?? read(() => signedProblem(row, told.payload, id), id);
      if (problem === undefined) signed += 1;
      return problem;
    },
  };

  function ownProblem(row: AuditEntry): string | undefined {
    // Agents signed only their decisions before 2026-11-29; none does after one that signed.
    if (row.key_id === 'none') return agentsSign ? 'it is not signed, though its agent signed before' : undefined;
    agentsSign = true;
    const told = payloadOf(row);
    if (told.problem !== undefined) return told.problem;
    const { signature: text, ...dated } = isObject(told.payload) ? told.payload : {};
    const signature = signatureSchema.safeParse(text);
    if (!signature.success || signature.data.key_id !== row.key_id || row.actor !== `agent:${signature.data.role}`) return 'it does not carry the signature of whom it names';
    const problem = read(() => signatureProblem(signature.data, certificateOf(row.key_id), auditPayload(row.workspace, row.event, dated), 'audit row'), '');
    if (problem === undefined) signed += 1;
    return problem;
  }

  function certificateOf(keyId: string): Certificate | undefined {
    const text = agent.certificate(keyId);
    return text === undefined ? undefined : certificateSchema.parse(JSON.parse(text));
  }

  function signedProblem(row: AuditEntry, payload: unknown, id: string): string | undefined {
    const decision = decisions.get(id);
    if (decision === undefined) return `decision ${id}, which an agent signed, is gone`;
    const signature = decision.trace.agent?.signature;
    if (signature === undefined) return `decision ${id} of an agent is not signed`;
    // Rows from before 2026-11-29 don't repeat key and signature.
    if (row.key_id !== 'none' && (row.key_id !== signature.key_id || str(payload, 'signature') !== signature.value)) return `decision ${id} has another signature than was recorded`;
    const problem = signatureProblem(signature, certificateOf(signature.key_id), signedPayload(decision));
    return problem === undefined ? undefined : `decision ${id}: ${problem}`;
  }
}

function payloadOf(row: AuditEntry): { readonly payload?: unknown; readonly problem?: string } {
  try { return { payload: JSON.parse(row.payload) }; } catch { return { problem: 'its payload is not JSON: it was changed' }; }
}

/** Whoever changed a row may have left something that can't be read at all: that is a problem of that row, like any other. */
function read(check: () => string | undefined, id: string): string | undefined {
  try { return check(); } catch { return `${id === '' ? 'it' : `decision ${id}`}, or the certificate of who signed it, can't be read: it was changed`; }
}
