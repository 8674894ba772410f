import { verifyChain, type AuditEntry, type AuditVerdict } from '#electron/audit/chain.ts';
import type { DecisionsTable } from '#electron/store/tables/decisions.ts';
import type { ReviewsTable, VerdictRow } from '#electron/store/tables/reviews.ts';
import type { auditTable } from '#electron/store/tables/audit.ts';
import { isObject, type JsonObject } from '#shared/lib/json.ts';
import { signatureCheck, type SignedTables } from './agent/verify-signed.ts';

export interface AuditedTables extends SignedTables {
  readonly audit: Pick<ReturnType<typeof auditTable>, 'iterate'>;
  readonly decisions: SignedTables['decisions'] & Pick<DecisionsTable, 'standing'>;
  readonly reviews: Pick<ReviewsTable, 'verdicts' | 'countVerdicts'>;
}

/**
 * Walks the chain, and checks of each row that what it tells of still stands in the workspace as it was told: decisions with their count of calls, approvals,
 * rejections and overrides; and that people gave no verdict that it doesn't tell of. What agents signed is checked by their signatures.
 */
export function verifyAudited(tables: AuditedTables, workspace: string): AuditVerdict & { readonly signed: number } {
  const signatures = signatureCheck(tables);
  let told = 0;
  const verdict = verifyChain(tables.audit.iterate(), workspace, undefined, (row) => {
    if (ACTIONS.has(row.event)) told += 1;
    return signatures.problem(row) ?? rowProblem(tables, row);
  });
  const untold = verdict.valid ? tables.reviews.countVerdicts() - told : 0;
  if (untold > 0) return { valid: false, rows: verdict.rows, first_bad_seq: verdict.rows + 1, why: `the workspace has ${untold} more ${untold === 1 ? 'approval, rejection or override' : 'approvals, rejections or overrides'} than the log tells of`, signed: signatures.signed() };
  return { ...verdict, signed: signatures.signed() };
}

const ACTIONS: ReadonlyMap<string, 'approve' | 'reject' | 'override'> = new Map([['approved', 'approve'], ['rejected', 'reject'], ['overridden', 'override']] as const);

function rowProblem({ decisions, reviews }: AuditedTables, row: AuditEntry): string | undefined {
  const action = ACTIONS.get(row.event);
  if (row.event !== 'decided' && action === undefined) return undefined;
  try {
    const payload: unknown = JSON.parse(row.payload);
    if (!isObject(payload)) return undefined;
    if (action === undefined) return decisionProblem(decisions, payload);
    return reviews.verdicts(String(payload['incident']), action).some((verdict) => isTold(verdict, row.actor, payload)) ? undefined : `what ${row.actor} ${row.event} of ${String(payload['incident'])} is gone or was changed`;
  } catch { return 'what it tells of can\'t be read: it was changed'; }
}

function decisionProblem(decisions: AuditedTables['decisions'], payload: JsonObject): string | undefined {
  const id = String(payload['decision_id']), found = decisions.standing(id);
  if (!found) return `decision ${id} is gone`;
  const stands: readonly (readonly [name: string, ...values: readonly unknown[]])[] = [['decision', found.decision, found.told_decision], ['priority', found.priority, found.told_priority], ['confidence', found.confidence, found.told_confidence], ['calls', found.calls]];
  // Rows of older versions may tell less.
  const wrong = stands.find(([name, ...values]) => payload[name] !== undefined && values.some((value) => value !== payload[name]));
  return wrong && `decision ${id} was changed: it was made with ${wrong[0]} ${String(payload[wrong[0]])}`;
}

function isTold(verdict: VerdictRow, actor: string, payload: JsonObject): boolean {
  const to = payload['to'] ?? payload['decision'];
  return verdict.author === actor && verdict.decision === to && (verdict.note ?? '') === (payload['note'] ?? '')
    && (['priority', 'reason', 'expires_us', 'decision_id'] as const).every((name) => payload[name] === undefined || payload[name] === verdict[name]);
}
