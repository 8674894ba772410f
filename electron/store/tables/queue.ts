import { type ListFilter, type QueueFilter, listFilters } from '#shared/rpc/schemas.ts';
import { severities } from '#shared/model/finding.ts';
import type { Db } from '../db.ts';
import { groupIncidents, type GroupFilter, type GroupName, type IncidentGroup } from './queue-groups.ts';
import { openEvidence, type OpenEvidence } from './open-evidence.ts';
import { countGroups, type Facet, type QueueCounts, type QueueGroup } from './queue-counts.ts';

/** A row as it lies in the table: lists as JSON, flags as 0 and 1. */
export interface QueueStored {
  readonly key: string; readonly id: string; readonly status: string; readonly title: string; readonly entity: string; readonly entity_name: string; readonly entity_type: string; readonly primary_issue: string;
  readonly severity_reported: string; readonly decision: string | null; readonly priority: string | null; readonly confidence: number | null; readonly owner: string | null; readonly owner_provenance: string | null;
  readonly findings: number; readonly sources: string; readonly account: string | null; readonly environment: string | null; readonly last_seen: string; readonly evidence: string; readonly waits: number; readonly paged: number; readonly flagged: number;
}
export interface QueueOrder { readonly sort: keyof typeof orders; readonly descending: boolean; readonly offset: number; readonly limit: number }

const columns = 'key, id, status, title, entity, entity_name, entity_type, primary_issue, severity_reported, decision, priority, confidence, owner, owner_provenance, findings, sources, account, environment, last_seen, evidence, waits, paged, flagged';
/** What follows the decision, the reviews and the outbox. */
const decided = 'decision, priority, confidence, owner, owner_provenance, evidence, waits, paged, flagged, work_rank';
/** Each as an index has it, so that a page is read without sorting. Ascending: top of the work first, youngest, most severe, fewest findings, least sure, A to Z. */
const orders = {
  work_order: (dir: string) => `work_rank ${dir}, priority ${dir}, id ${dir}`, age: (dir: string) => (dir === 'ASC' ? 'last_seen DESC, id DESC' : 'last_seen ASC, id ASC'), severity: (dir: string) => `severity_rank ${dir}, work_rank ${dir}, id ${dir}`,
  findings: (dir: string) => `findings ${dir}, id ${dir}`, confidence: (dir: string) => `confidence ${dir}, id ${dir}`, entity: (dir: string) => `entity_name ${dir}, id ${dir}`,
} as const;

/** The filters in the order of their bits. Each says when a row fails; an empty list lets everything pass, and '' in a list stands for "none". `@not_…` turns a list round. */
const among = (column: string, name: ListFilter): string => `(@${name} <> '[]' AND (coalesce(${column}, '') IN (SELECT value FROM json_each(@${name}))) = @not_${name})`;
const tagged = (kind: ListFilter): string => `(@${kind} <> '[]' AND (queue.key IN (SELECT key FROM queue_tags WHERE kind = '${kind}' AND value IN (SELECT value FROM json_each(@${kind})))) = @not_${kind})`;
const failing = {
  decision: among('decision', 'decision'), priority: among('priority', 'priority'), min_severity: '(severity_rank > @min_severity)', source: tagged('source'), account: among('account', 'account'),
  environment: among('environment', 'environment'), attack: tagged('attack'), status: among('status', 'status'), owner: among('owner', 'owner'),
  text: "(@text <> '[]' AND EXISTS (SELECT 1 FROM json_each(@text) WHERE instr(queue.search || ' ' || lower(coalesce(queue.owner, '')), value) = 0))",
} as const;
export type FilterName = keyof typeof failing;
const names = Object.keys(failing) as readonly FilterName[];
const bitOf = (name: FilterName): number => 2 ** names.indexOf(name);
/** Closed incidents are there only for who asks for them. */
const BASE = "(@closed = 1 OR status <> 'closed')";
/** Which filters a row fails, as bits; only those that are set cost anything. */
const failed = (set: readonly FilterName[]): string => set.map((name) => `${failing[name]} * ${bitOf(name)}`).join(' + ') || '0';
const isSet = ({ min_severity, text, ...filter }: QueueFilter, name: FilterName): boolean => (name === 'min_severity' ? min_severity !== undefined : name === 'text' ? text.trim() !== '' : filter[name].length > 0);
/** Rows that are alike, counted; a few hundred whatever the size of the queue. */
const groupsOf = (isNarrowed: boolean): string => `SELECT decision, priority, severity_reported AS severity, account, environment, owner, status, sources,
  (@attack <> '[]' AND queue.key IN (SELECT key FROM queue_tags WHERE kind = 'attack' AND value IN (SELECT value FROM json_each(@attack)))) AS has_attack, count(*) AS n
  FROM queue WHERE ${BASE}${isNarrowed ? ` AND NOT ${failing.text}` : ''} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9`;
/** Only what has a technique is looked at. */
const techniquesOf = (set: readonly FilterName[]): string => `SELECT 'attack' AS facet, t.value AS value, count(*) AS n FROM (SELECT key AS tagged, value FROM queue_tags WHERE kind = 'attack') t CROSS JOIN queue ON queue.key = t.tagged WHERE ${BASE} AND (${failed(set.filter((name) => name !== 'attack'))}) = 0 GROUP BY t.value`;

/** Binds a filter: lists as JSON, words of the text each for itself. */
function bind(filter: QueueFilter): Record<string, string | number> {
  return {
    ...Object.fromEntries(listFilters.flatMap((name): [string, string | number][] => [[name, JSON.stringify(filter[name])], [`not_${name}`, filter.not.includes(name) ? 1 : 0]])),
    min_severity: filter.min_severity === undefined ? severities.length : severities.indexOf(filter.min_severity),
    text: JSON.stringify(filter.text.toLowerCase().split(/\s+/).filter((word) => word !== '')), closed: filter.status.includes('closed') && !filter.not.includes('status') ? 1 : 0,
  };
}

/** Gives what `make` gives, or what it gave for the same key and the same data. */
type Remember = <T>(key: string, make: () => T) => T;

/** The queue: narrow rows that follow the incidents, and what the screen asks of them. */
export function queueTable(db: Db) {
  const prepared = new Map<string, ReturnType<Db['prepare']>>();
  /** A statement for the filters that are set; each such statement is prepared once. */
  const all = <T>(sql: string, bound: object): readonly T[] => {
    const known = prepared.get(sql) ?? db.prepare(sql);
    prepared.set(sql, known);
    return known.all(bound) as readonly T[];
  };
  const counts = db.prepare<[], { decision: string | null; n: number; needing: number }>(`SELECT decision, count(*) AS n, sum(flagged = 1 OR (status IN ('open', 'reopened') AND (decision = 'needs_human_review' OR waits = 1))) AS needing
    FROM queue WHERE status <> 'closed' GROUP BY decision`);
  const some = db.prepare<[], number>('SELECT 1 WHERE EXISTS (SELECT 1 FROM queue_dirty) OR EXISTS (SELECT 1 FROM queue_redecided)').pluck();
  const dirty = '(SELECT key FROM queue_dirty)';
  const flush = [
    `DELETE FROM queue WHERE key IN ${dirty}`, `INSERT INTO queue SELECT n.* FROM incidents i CROSS JOIN queue_now n ON n.key = i.key WHERE i.key IN ${dirty} ORDER BY i.rowid`, `DELETE FROM queue_tags WHERE key IN ${dirty}`,
    `INSERT INTO queue_tags SELECT kind, value, key FROM queue_tags_now WHERE key IN ${dirty}`, 'DELETE FROM queue_dirty',
    `UPDATE queue SET (${decided}) = (SELECT ${decided} FROM queue_decided n WHERE n.key = queue.key) WHERE key IN (SELECT key FROM queue_redecided)`, 'DELETE FROM queue_redecided',
  ].map((sql) => db.prepare(sql));
  const get = db.prepare<[string], QueueStored>(`SELECT ${columns} FROM queue WHERE key = ?`);
  return {
    /** Brings the rows of changed incidents up to date; call before the end of the transaction that changed them. */
    flush(): void { if (some.get() !== undefined) for (const step of flush) step.run(); },
    get: (key: string) => get.get(key),
    list(filter: QueueFilter, { sort, descending, offset, limit }: QueueOrder): readonly QueueStored[] {
      const set = names.filter((name) => isSet(filter, name));
      return all(`SELECT ${columns} FROM queue WHERE ${BASE} AND (${failed(set)}) = 0 ORDER BY ${orders[sort](descending ? 'DESC' : 'ASC')} LIMIT @limit OFFSET @offset`, { ...bind(filter), limit, offset });
    },
    /**
     * How many there are, how many all filters leave, how many each filter that is set takes away by itself, and what could be chosen beside the others.
     * @param remember keeps what was counted while the data stays the same: most filters then cost no look at the rows
     */
    overview(filter: QueueFilter, remember: Remember = (_, make) => make()): QueueCounts {
      const bound = bind(filter), set = names.filter((name) => isSet(filter, name)), { text, attack, closed } = bound;
      const groups = (isNarrowed: boolean): readonly QueueGroup[] => remember(`groups ${isNarrowed ? text : ''} ${attack} ${closed}`, () => all<QueueGroup>(groupsOf(isNarrowed), bound));
      const counted = countGroups(groups(false), groups(set.includes('text')), filter);
      return { ...counted, facets: [...counted.facets, ...all<Facet>(techniquesOf(set), bound)] };
    },
    /** Incidents that are alike, counted. */
    groups: (by: readonly GroupName[], filter: GroupFilter): readonly IncidentGroup[] => groupIncidents(db, by, filter),
    /** What the incidents that wait for a person lack. */
    openEvidence: (): readonly OpenEvidence[] => openEvidence(db),
    /** By decision in force (null: none yet): how many, and how many of them wait for a person. */
    counts: () => counts.all(),
  };
}
export type QueueTable = ReturnType<typeof queueTable>;
