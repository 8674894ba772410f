import { join } from 'node:path';
import type { AuditVerdict } from '#electron/audit/chain.ts';
import { verifyAudited } from '../audited-rows.ts';
import { reviewsTable } from '#electron/store/tables/reviews.ts';
import { agentTable } from '#electron/store/tables/agent.ts';
import { decisionsTable } from '#electron/store/tables/decisions.ts';
import { openReader } from '#electron/store/open.ts';
import { auditTable } from '#electron/store/tables/audit.ts';
import { ok, type Result } from '#shared/lib/result.ts';

/** Walks the hash chain of a workspace, and checks what it tells of and what agents signed. It finds any edit, deletion, swap or insertion before the last row; see audit/chain.ts for what it can't. */
export function verifyAudit(file: string, resourcesDir: string): Result<AuditVerdict & { /** Decisions of agents, and rows that they wrote themselves, whose signature verifies. */ readonly signed: number }> {
  const reader = openReader(file, join(resourcesDir, 'migrations'));
  if (!reader.ok) return reader;
  const { db, id } = reader.value;
  try {
    return ok(verifyAudited({ audit: auditTable(db), agent: agentTable(db), decisions: decisionsTable(db), reviews: reviewsTable(db) }, id));
  } finally { reader.value.close(); }
}
