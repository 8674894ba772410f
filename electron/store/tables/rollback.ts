import type { Db } from '../db.ts';

export interface Affected { readonly findings: ReadonlySet<string>; readonly events: ReadonlySet<string>; readonly urns: ReadonlySet<string> }

interface LogDay { source: string; account: string; region: string; category: string; log: string; day: number }

/**
 * Takes an import out of the tables. What other imports say of the same things is forgotten with it and must be read again from them: a version is
 * stored once, under the first file that showed it.
 */
export function rollbackTable(db: Db) {
  const findings = db.prepare<[number], string>('SELECT DISTINCT finding_id FROM finding_versions WHERE raw_id = ?').pluck();
  const events = db.prepare<[number], string>('SELECT event_id FROM events WHERE raw_id = ?').pluck();
  const urns = db.prepare<[number], string>('SELECT urn FROM node_sightings WHERE raw_id = ?').pluck();
  // Files with duplicates may hold what this one brought first; files with other versions or sightings of the same things surely do.
  const others = db.prepare<[object], number>(`SELECT raw_id FROM raw_files WHERE raw_id <> @raw_id AND state <> 'rolled_back' AND (
      (duplicate > 0 AND kind = (SELECT kind FROM raw_files WHERE raw_id = @raw_id))
      OR raw_id IN (SELECT v.raw_id FROM finding_versions v WHERE v.finding_id IN (SELECT w.finding_id FROM finding_versions w WHERE w.raw_id = @raw_id))
      OR raw_id IN (SELECT s.raw_id FROM node_sightings s WHERE s.urn IN (SELECT value FROM json_each(@ids)))) ORDER BY raw_id`).pluck();
  const of = 'IN (SELECT value FROM json_each(@ids))';
  const dropFindings = [`DELETE FROM finding_versions WHERE finding_id ${of}`, `DELETE FROM findings WHERE finding_id ${of}`].map((sql) => db.prepare<[object]>(sql));
  const unassign = db.prepare<[object]>(`DELETE FROM incident_findings WHERE finding_id ${of} AND finding_id NOT IN (SELECT finding_id FROM findings)`);
  const days = db.prepare<[object], LogDay>(`SELECT DISTINCT source, coalesce(account, '') AS account, coalesce(region, '') AS region, category, coalesce(log, '') AS log, time_us / 86400000000 AS day FROM events WHERE event_id ${of}`);
  const dropEvents = [`DELETE FROM event_targets WHERE event_id ${of}`, `DELETE FROM events WHERE event_id ${of}`].map((sql) => db.prepare<[object]>(sql));
  const dropDay = db.prepare<[LogDay]>('DELETE FROM event_days WHERE source = @source AND account = @account AND region = @region AND category = @category AND log = @log AND day = @day');
  const countDay = db.prepare<[LogDay]>(`INSERT INTO event_days (source, account, region, category, log, day, events, first_us, last_us) SELECT @source, @account, @region, @category, @log, @day, count(*), min(time_us), max(time_us)
    FROM events WHERE source = @source AND coalesce(account, '') = @account AND coalesce(region, '') = @region AND category = @category AND coalesce(log, '') = @log AND time_us / 86400000000 = @day HAVING count(*) > 0`);
  const dropNodes = [
    `INSERT OR IGNORE INTO dirty_urns SELECT value FROM json_each(@ids)`, `DELETE FROM aliases WHERE urn ${of}`, `DELETE FROM node_versions WHERE urn ${of}`, `DELETE FROM nodes WHERE urn ${of}`,
  ].map((sql) => db.prepare<[object]>(sql));
  const dropFile = ['DELETE FROM node_sightings WHERE raw_id = ?', 'DELETE FROM raw_chunks WHERE raw_id = ?', 'DELETE FROM raw_records WHERE raw_id = ?', 'DELETE FROM quarantine WHERE raw_id = ?', "UPDATE raw_files SET state = 'rolled_back', complete = 0 WHERE raw_id = ?"].map((sql) => db.prepare<[number]>(sql));
  // What a snapshot closed by not showing it; closeGone closes again what another one doesn't show either.
  const absent = "closed_us IS NOT NULL AND json_extract(json, '$.deleted') = 0";
  const reopen = [`INSERT OR IGNORE INTO dirty_urns SELECT urn FROM nodes WHERE ${absent}`, `UPDATE nodes SET closed_us = NULL WHERE ${absent}`].map((sql) => db.prepare(sql));
  const ids = (all: ReadonlySet<string>) => ({ ids: JSON.stringify([...all]) });
  return {
    affected: (rawId: number): Affected => ({ findings: new Set(findings.all(rawId)), events: new Set(events.all(rawId)), urns: new Set(urns.all(rawId)) }),
    /** Files that must be read again for what the affected things are without this one. */
    others: (rawId: number, gone: Affected): readonly number[] => others.all({ raw_id: rawId, ...ids(gone.urns) }),
    drop(rawId: number, gone: Affected, wasComplete: boolean): void {
      for (const step of dropFindings) step.run(ids(gone.findings));
      const touched = days.all(ids(gone.events));
      for (const step of dropEvents) step.run(ids(gone.events));
      for (const day of touched) { dropDay.run(day); countDay.run(day); }
      for (const step of dropNodes) step.run(ids(gone.urns));
      for (const step of dropFile) step.run(rawId);
      if (wasComplete) for (const step of reopen) step.run();
    },
    /** Findings that are gone for good leave their incidents. */
    unassign: (gone: Affected) => { unassign.run(ids(gone.findings)); },
  };
}
