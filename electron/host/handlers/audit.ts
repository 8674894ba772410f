import { join } from 'node:path';
import type { AuditVerdict } from '#electron/audit/chain.ts';
import { verifyAudited } from '../audited-rows.ts';
import { reviewsTable } from '#electron/store/tables/reviews.ts';
import { agentTable } from '#electron/store/tables/agent.ts';
import { decisionsTable } from '#electron/store/tables/decisions.ts';
import { openReader } from '#electron/store/open.ts';
import { auditTable } from '#electron/store/tables/audit.ts';
import { contentsTable } from '#electron/store/tables/contents.ts';
import { rawFilesTable } from '#electron/store/tables/raw-files.ts';
import { changedContents } from '../audited-contents.ts';
import { ok, type Result } from '#shared/lib/result.ts';

/** How many changes are named; further ones are counted. */
const MOST_NAMED = 50;

export type WorkspaceVerdict = AuditVerdict & {
  /** Decisions of agents, and rows that they wrote themselves, whose signature verifies. */
  readonly signed: number;
  /** What of the contents is not as the log and its own hashes have it; looked for where the log itself is sound. */
  readonly changed: readonly string[];
};

/**
 * Walks the hash chain of a workspace, checks what it tells of and what agents signed, and looks through the contents. It finds any edit, deletion, swap or insertion
 * before the last row of the log; see audit/chain.ts and audited-contents.ts for what is not found.
 */
export async function verifyAudit(file: string, resourcesDir: string, say?: (text: string) => void): Promise<Result<WorkspaceVerdict>> {
  const reader = openReader(file, { migrationsDir: join(resourcesDir, 'migrations'), isCurrent: true });
  if (!reader.ok) return reader;
  if (reader.value.says !== undefined) say?.(reader.value.says);
  const { db, id } = reader.value, audit = auditTable(db);
  try {
    const verdict = verifyAudited({ audit, agent: agentTable(db), decisions: decisionsTable(db), reviews: reviewsTable(db) }, id);
    if (!verdict.valid) return ok({ ...verdict, changed: [] });
    const changed: string[] = [];
    let more = 0;
    for await (const why of changedContents({ audit, contents: contentsTable(db), rawFiles: rawFilesTable(db) })) if (changed.length < MOST_NAMED) changed.push(why); else more += 1;
    if (more > 0) changed.push(`and ${more} more`);
    const [first] = changed, { rows, signed } = verdict;
    return ok(first === undefined ? { ...verdict, changed } : { valid: false, rows, first_bad_seq: rows + 1, why: first, signed, changed });
  } finally { reader.value.close(); }
}
