import { z } from 'zod';
import { decisions, priorities } from '#shared/model/decision.ts';
import { entityTypes, severities } from '#shared/model/finding.ts';
import { incidentStatuses } from '#shared/model/incident.ts';
import { evidenceMarks } from '#shared/model/evidence-mark.ts';
import { queueRowSchema, type QueueRow } from '#shared/rpc/schemas.ts';
import { ok, type Result } from '#shared/lib/result.ts';
import type { QueueStored } from '#electron/store/tables/queue.ts';
import type { App } from '../create-app.ts';
import type { InputOf, OutputOf } from '../procedure.ts';
import { cached } from '../snapshot-cache.ts';

/** One page of the queue with what the filters hide, what can be chosen, and the counts over everything. The store sorts, filters and counts. */
export function listQueue(app: App, input: InputOf<'queue.list'>): Result<OutputOf<'queue.list'>> {
  const { queue, policies } = app.tables;
  const { filter, sort, descending, offset, limit } = input;
  // Paging and sorting change neither counts nor facets.
  const around = cached(app, `queue ${JSON.stringify(filter)}`, () => {
    const { accounts } = policies.current().policy;
    const facets: Record<string, { value: string; label?: string; n: number }[]> = {};
    const { facets: found, ...sums } = queue.overview(filter, (key, make) => cached(app, `queue ${key}`, make));
    for (const { facet, value, n } of found) {
      const label = facet === 'account' ? accounts[value]?.name : undefined;
      (facets[facet] ??= []).push({ value, n, ...(label !== undefined && { label }) });
    }
    for (const list of Object.values(facets)) list.sort((a, b) => b.n - a.n || (a.value < b.value ? -1 : 1));
    return { ...sums, facets };
  });
  const rows = queue.list(filter, { sort, descending, offset, limit }).map(toRow);
  return ok({ rows, ...around, offset, counts: cached(app, 'queue counts', () => queueCounts(app)) });
}

/** findings → incidents → needing a person, and how many of each decision; closed incidents don't count. */
export function queueCounts(app: App): Readonly<Record<string, number>> {
  const byDecision = app.tables.queue.counts();
  const of = (name: string | null): number => byDecision.find((row) => row.decision === name)?.n ?? 0;
  return {
    findings: app.tables.findings.count(), incidents: byDecision.reduce((sum, row) => sum + row.n, 0), undecided: of(null), ...Object.fromEntries(decisions.map((name) => [name, of(name)])),
    needing_a_human: byDecision.reduce((sum, row) => sum + row.needing, 0), unmapped_issues: app.tables.findings.unmapped().length,
  };
}

const names = z.array(z.string());
const marks = z.array(z.enum(evidenceMarks));
const stored = z.object({
  status: z.enum(incidentStatuses), entity_type: z.enum(entityTypes), severity_reported: z.enum(severities), decision: z.enum(decisions).nullable(), priority: z.enum(priorities).nullable(), owner_provenance: queueRowSchema.unwrap().shape.owner_provenance,
});

/** A stored row as the screen gets it. */
export function toRow(row: QueueStored): QueueRow {
  return {
    ...row, ...stored.parse(row), sources: names.parse(JSON.parse(row.sources)), evidence: marks.parse(JSON.parse(row.evidence)), waits: row.waits === 1, paged: row.paged === 1, flagged: row.flagged === 1,
  };
}
