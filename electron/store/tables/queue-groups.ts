import type { Db } from '../db.ts';

/** What incidents can be counted by, in the command line's words. */
export const groupNames = ['issue', 'entity', 'type', 'owner', 'account', 'environment'] as const;
export type GroupName = (typeof groupNames)[number];
const columns: Readonly<Record<GroupName, string>> = { issue: 'primary_issue', entity: 'entity', type: 'entity_type', owner: 'owner', account: 'account', environment: 'environment' };
export interface GroupFilter { readonly decision?: string | undefined; readonly status?: string | undefined }
/** Incidents that have the same values; null stands for none. */
export interface IncidentGroup {
  readonly values: readonly (string | null)[];
  readonly incidents: number; readonly findings: number; readonly decisions: { readonly resolve_now: number; readonly ticket: number; readonly defer: number; readonly needs_human_review: number; readonly undecided: number };
  /** The one of them that comes first in work order. */
  readonly first: string;
}

/** Sorts as the work order does; the id stands behind what has the same length everywhere. */
const RANK = "printf('%02d %s %s', work_rank, coalesce(priority, 'P9'), id)", BEFORE_ID = '00 P9 '.length;
const counted = ['resolve_now', 'ticket', 'defer', 'needs_human_review'] as const;
type Row = { readonly n: number; readonly findings: number; readonly first: string } & Readonly<Record<(typeof counted)[number] | GroupName, number | string | null>>;

/**
 * Counts incidents that are alike in the named columns, in the work order of the first of each group; closed ones only where they are asked for.
 * @param by at least one column.
 */
export function groupIncidents(db: Db, by: readonly GroupName[], { decision, status }: GroupFilter): readonly IncidentGroup[] {
  const rows = db.prepare<[object], Row>(`SELECT ${by.map((name) => `${columns[name]} AS ${name}`).join(', ')}, count(*) AS n, sum(findings) AS findings, min(${RANK}) AS first,
    ${counted.map((name) => `sum(coalesce(decision, '') = '${name}') AS ${name}`).join(', ')}
    FROM queue WHERE (@status IS NOT NULL OR status <> 'closed') AND (@status IS NULL OR status = @status) AND (@decision IS NULL OR decision = @decision)
    GROUP BY ${by.map((_, i) => String(i + 1)).join(', ')} ORDER BY first`).all({ decision: decision ?? null, status: status ?? null });
  return rows.map((row) => {
    const of = (name: (typeof counted)[number]): number => Number(row[name]);
    return {
      values: by.map((name) => (row[name] === null ? null : String(row[name]))), incidents: row.n, findings: row.findings,
      decisions: { resolve_now: of('resolve_now'), ticket: of('ticket'), defer: of('defer'), needs_human_review: of('needs_human_review'), undecided: row.n - counted.reduce((sum, name) => sum + of(name), 0) },
      first: row.first.slice(BEFORE_ID),
    };
  });
}
