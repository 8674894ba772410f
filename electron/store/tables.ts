import type { Policy } from '#shared/model/policy.ts';
import type { Db } from './db.ts';
import { actionApprovalsTable } from './tables/action-approvals.ts';
import { agentTable } from './tables/agent.ts';
import { auditTable } from './tables/audit.ts';
import { contentsTable } from './tables/contents.ts';
import { decisionsTable } from './tables/decisions.ts';
import { eventsTable } from './tables/events.ts';
import { figuresTable } from './tables/figures.ts';
import { findingsTable } from './tables/findings.ts';
import { graphRowsTable } from './tables/graph-rows.ts';
import { incidentsTable } from './tables/incidents.ts';
import { latestTable } from './tables/latest.ts';
import { nodesTable } from './tables/nodes.ts';
import { outboxTable } from './tables/outbox.ts';
import { partsTable } from './tables/parts.ts';
import { policiesTable } from './tables/policies.ts';
import { pullsTable } from './tables/pulls.ts';
import { queueTable } from './tables/queue.ts';
import { rawFilesTable } from './tables/raw-files.ts';
import { reviewsTable } from './tables/reviews.ts';
import { rollbackTable } from './tables/rollback.ts';
import { runsTable } from './tables/runs.ts';
import { readSchema } from './tables/schema.ts';

/** All tables of a workspace over one connection, and the one way to change several together. */
export function openTables(db: Db, shippedPolicy: Policy) {
  const queue = queueTable(db);
  return {
    queue, contents: contentsTable(db), figures: figuresTable(db), schema: readSchema(db), rollback: rollbackTable(db), rawFiles: rawFilesTable(db), findings: findingsTable(db), events: eventsTable(db), nodes: nodesTable(db), graphRows: graphRowsTable(db), policies: policiesTable(db, shippedPolicy), incidents: incidentsTable(db), parts: partsTable(db),
    decisions: decisionsTable(db), latest: latestTable(db), reviews: reviewsTable(db), approvals: actionApprovalsTable(db), outbox: outboxTable(db), runs: runsTable(db), audit: auditTable(db), agent: agentTable(db), pulls: pullsTable(db),
    /** Runs `work` in one immediate transaction: all of it becomes durable, or none. The queue's rows of what it changed follow within it. */
    transaction: <T>(work: () => T): T => db.transaction(() => { const result = work(); queue.flush(); return result; }).immediate(),
  };
}
export type Tables = ReturnType<typeof openTables>;
