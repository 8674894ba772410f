import { join } from 'node:path';
import { verifyChain, type AuditVerdict } from '#electron/audit/chain.ts';
import { openReader } from '#electron/store/open.ts';
import { auditTable } from '#electron/store/tables/audit.ts';
import { ok, type Result } from '#shared/lib/result.ts';

/** Walks the hash chain of a workspace. It finds any edit, deletion, swap or insertion before the last row; see audit/chain.ts for what it can't. */
export function verifyAudit(file: string, resourcesDir: string): Result<AuditVerdict> {
  const reader = openReader(file, join(resourcesDir, 'migrations'));
  if (!reader.ok) return reader;
  try { return ok(verifyChain(auditTable(reader.value.db).iterate(), reader.value.id)); } finally { reader.value.close(); }
}
