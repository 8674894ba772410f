import { claimDefinitions, isClaimName, type Call, type Evidence } from '#shared/model/claims.ts';
import { resolvePointer } from '#shared/lib/json.ts';

/**
 * Does a citation check out? The call was recorded in this run, succeeded, is about this entity, its tool is authoritative for the claim, the
 * pointer resolves in its recorded output to that claim, and the value there equals the cited one. @returns the reason when it doesn't.
 */
export function citationProblem(evidence: Evidence, calls: readonly Call[], entity: string): string | undefined {
  const call = calls.find((c) => c.call_id === evidence.call_id);
  if (!call) return `${evidence.call_id} is no call of this run`;
  if (call.status !== 'ok' || !call.output) return `${evidence.call_id} failed`;
  if (call.output.entity !== entity || call.arguments['entity'] !== entity) return `${evidence.call_id} is about another entity`;
  if (call.tool !== evidence.source) return `${evidence.call_id} was ${call.tool}, not ${evidence.source}`;
  if (!isClaimName(evidence.claim)) return `${evidence.claim} is no claim`;
  if (call.tool !== 'human_answer' && !(claimDefinitions[evidence.claim].tools as readonly string[]).includes(call.tool)) return `${call.tool} is not authoritative for ${evidence.claim}`;
  if (evidence.pointer !== `/claims/${evidence.claim}/value`) return `${evidence.pointer} is not where ${evidence.claim} stands`;
  const found = resolvePointer(call.output, evidence.pointer);
  if (!found.ok) return `${evidence.pointer} does not resolve in the output of ${evidence.call_id}`;
  return found.value === evidence.value ? undefined : `${evidence.pointer} of ${evidence.call_id} is ${JSON.stringify(found.value)}, not ${JSON.stringify(evidence.value)}`;
}
