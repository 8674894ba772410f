import type { Event } from '#shared/model/event.ts';
import { MICROS_PER_DAY } from '#shared/lib/time.ts';
import type { Db } from '../db.ts';

export interface EventRow {
  readonly event_id: string; readonly source: string; readonly time: string; readonly time_us: number; readonly category: string; readonly action: string; readonly provider: string | null;
  readonly outcome: string; readonly error_code: string | null; readonly read_only: number | null; readonly actor: string | null; readonly actor_type: string; readonly actor_session: string | null;
  readonly actor_account: string | null; readonly access_key: string | null; readonly mfa: number | null; readonly account: string | null; readonly region: string | null; readonly src_ip: string | null;
  readonly src_public: number; readonly vpc_endpoint: string | null; readonly user_agent: string | null; readonly log: string | null; readonly record: number; readonly targets: readonly string[];
}
const columns = ['event_id', 'source', 'time', 'time_us', 'category', 'action', 'provider', 'outcome', 'error_code', 'read_only', 'actor', 'actor_type', 'actor_session', 'actor_account', 'access_key', 'mfa',
  'account', 'region', 'src_ip', 'src_public', 'vpc_endpoint', 'user_agent', 'log', 'raw_id', 'record'] as const;
const flag = (value: boolean | undefined): number | null => (value === undefined ? null : value ? 1 : 0);

/** Flattens an event for the table; `srcPublic` says that the source address is one of the public internet. */
export function toEventRow(event: Event, record: number, srcPublic: boolean): EventRow {
  return {
    event_id: event.event_id, source: event.source, time: event.time, time_us: event.time_us, category: event.category, action: event.action, provider: event.provider ?? null,
    outcome: event.outcome, error_code: event.error_code ?? null, read_only: flag(event.read_only), actor: event.actor ?? null, actor_type: event.actor_type,
    actor_session: event.actor_session ?? null, actor_account: event.actor_account ?? null, access_key: event.access_key ?? null, mfa: flag(event.mfa), account: event.account ?? null,
    region: event.region ?? null, src_ip: event.src_ip ?? null, src_public: srcPublic ? 1 : 0, vpc_endpoint: event.vpc_endpoint ?? null, user_agent: event.user_agent ?? null,
    log: event.log ?? null, record, targets: event.targets,
  };
}

/** What tools look at of an event: sequences of hundreds are read, so no more than that. */
export interface LoggedEvent { readonly event_id: string; readonly source: string; readonly time: string; readonly time_us: number; readonly category: string; readonly action: string; readonly outcome: string; readonly error_code: string | null; readonly actor: string | null; readonly account: string | null; readonly region: string | null; readonly src_ip: string | null }
export interface AccessGroup {
  /** The log that they stand in. */
  readonly source: string; readonly account: string; readonly region: string; readonly log: string;
  readonly actor_type: string; readonly actor_account: string | null; readonly src_public: number; readonly through_vpce: number; readonly outcome: string; readonly events: number;
  /** How many of them may be reads: all that are not said to write. */
  readonly reads: number; readonly first_us: number; readonly last_us: number;
}
export interface LogDays {
  readonly source: string; readonly account: string; readonly region: string; readonly category: string; readonly log: string; readonly days: number; readonly events: number; readonly first_us: number; readonly last_us: number; readonly longest_gap_days: number;
  /** First and last event of each day that has some. */
  readonly spans: readonly (readonly [firstUs: number, lastUs: number])[];
}
interface DayRow { source: string; account: string; region: string; category: string; log: string; day: number; events: number; first_us: number; last_us: number }
const logged = 'event_id, source, time, time_us, category, action, outcome, error_code, actor, account, region, src_ip';

/** Log events, what they touched, and what each log covers: by source, account, region, category and, where a source keeps several, which one. */
export function eventsTable(db: Db) {
  const insert = db.prepare<unknown[]>(`INSERT OR IGNORE INTO events (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`);
  const target = db.prepare<[string, number, string]>('INSERT OR IGNORE INTO event_targets (target, time_us, event_id) VALUES (?, ?, ?)');
  const day = db.prepare<[string, string, string, string, string, number, number, number]>(`INSERT INTO event_days (source, account, region, category, log, day, events, first_us, last_us) VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?)
    ON CONFLICT DO UPDATE SET events = events + 1, first_us = min(first_us, excluded.first_us), last_us = max(last_us, excluded.last_us)`);
  const access = db.prepare<[string, number, number], AccessGroup>(`SELECT e.source, coalesce(e.account, '') AS account, coalesce(e.region, '') AS region, coalesce(e.log, '') AS log, e.actor_type, e.actor_account, e.src_public,
    e.vpc_endpoint IS NOT NULL AS through_vpce, e.outcome, count(*) AS events, sum(coalesce(e.read_only, 1)) AS reads, min(e.time_us) AS first_us, max(e.time_us) AS last_us FROM event_targets t JOIN events e USING (event_id) WHERE t.target = ? AND t.time_us BETWEEN ? AND ? AND e.category = 'data_access' GROUP BY 5, 6, 7, 8, 9, 1, 2, 3, 4 ORDER BY 5, 6, 7, 8, 9, 1, 2, 3, 4`);
  const byTarget = db.prepare<[string, number, number, number], LoggedEvent>(`SELECT ${logged.split(', ').map((c) => `e.${c}`).join(', ')} FROM event_targets t JOIN events e USING (event_id)
    WHERE t.target = ? AND t.time_us BETWEEN ? AND ? AND e.category <> 'data_access' AND coalesce(e.read_only, 0) = 0 ORDER BY e.time_us DESC, e.event_id LIMIT ?`);
  const byActor = db.prepare<[string, number, number, number], LoggedEvent>(`SELECT ${logged} FROM events WHERE actor = ? AND time_us BETWEEN ? AND ? ORDER BY time_us, event_id LIMIT ?`);
  const byIp = db.prepare<[string, number, number, number], LoggedEvent>(`SELECT ${logged} FROM events WHERE src_ip = ? AND src_public = 1 AND time_us BETWEEN ? AND ? ORDER BY time_us, event_id LIMIT ?`);
  const byKey = db.prepare<[string, number, number, number], LoggedEvent>(`SELECT ${logged} FROM events WHERE access_key = ? AND time_us BETWEEN ? AND ? ORDER BY time_us, event_id LIMIT ?`);
  const days = db.prepare<[], DayRow>('SELECT * FROM event_days ORDER BY source, account, region, category, log, day');
  const count = db.prepare<[], number>('SELECT count(*) FROM events').pluck();
  const newest = db.prepare<[number], number | null>('SELECT max(last_us) FROM event_days WHERE last_us <= ?').pluck();
  return {
    /** @returns true when the event was not known. */
    add(row: EventRow, rawId: number): boolean {
      const bound = columns.map((c) => (c === 'raw_id' ? rawId : row[c]));
      if (insert.run(...bound).changes === 0) return false;
      for (const t of row.targets) target.run(t, row.time_us, row.event_id);
      day.run(row.source, row.account ?? '', row.region ?? '', row.category, row.log ?? '', Math.floor(row.time_us / MICROS_PER_DAY), row.time_us, row.time_us);
      return true;
    },
    /** Data access to an entity between two times, grouped by who and from where. */
    access: (entity: string, fromUs: number, toUs: number) => access.all(entity, fromUs, toUs),
    changesOf: (entity: string, fromUs: number, toUs: number, limit: number) => byTarget.all(entity, fromUs, toUs, limit),
    byActor: (actor: string, fromUs: number, toUs: number, limit: number) => byActor.all(actor, fromUs, toUs, limit),
    bySourceIp: (ip: string, fromUs: number, toUs: number, limit: number) => byIp.all(ip, fromUs, toUs, limit),
    byAccessKey: (key: string, fromUs: number, toUs: number, limit: number) => byKey.all(key, fromUs, toUs, limit),
    /** What each log covers, with the longest run of days without any event. */
    coverage(): readonly LogDays[] {
      const groups = new Map<string, LogDays & { last_day: number; readonly spans: (readonly [number, number])[] }>();
      for (const row of days.iterate()) {
        const key = `${row.source}\0${row.account}\0${row.region}\0${row.category}\0${row.log}`;
        const g = groups.get(key);
        g?.spans.push([row.first_us, row.last_us]);
        groups.set(key, g ? {
          ...g, days: g.days + 1, events: g.events + row.events, last_us: Math.max(g.last_us, row.last_us), first_us: Math.min(g.first_us, row.first_us),
          longest_gap_days: Math.max(g.longest_gap_days, row.day - g.last_day - 1), last_day: row.day,
        } : { source: row.source, account: row.account, region: row.region, category: row.category, log: row.log, days: 1, events: row.events, first_us: row.first_us, last_us: row.last_us, longest_gap_days: 0, spans: [[row.first_us, row.last_us]], last_day: row.day });
      }
      return [...groups.values()].map(({ last_day: _, ...rest }) => rest);
    },
    count: () => count.get() ?? 0,
    newestUs: (untilUs: number) => newest.get(untilUs) ?? undefined,
  };
}
export type EventsTable = ReturnType<typeof eventsTable>;
