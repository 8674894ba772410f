-- What logs cover is told by source, account, region and, where a source keeps several logs that are switched on one by one (the data events of each AWS
-- service, a tenant's kinds of sign-ins), by log: what one of them holds says nothing about the days of another.
ALTER TABLE events ADD COLUMN log TEXT;
-- CloudTrail's data events are chosen by service. All rows so far are CloudTrail's.
UPDATE events SET log = provider WHERE source = 'cloudtrail' AND category = 'data_access' AND provider IS NOT NULL;
DROP TABLE event_days;
CREATE TABLE event_days (
  source TEXT NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL, category TEXT NOT NULL, log TEXT NOT NULL, day INTEGER NOT NULL,
  events INTEGER NOT NULL, first_us INTEGER NOT NULL, last_us INTEGER NOT NULL, PRIMARY KEY (source, account, region, category, log, day)
) STRICT, WITHOUT ROWID;
INSERT INTO event_days
SELECT source, coalesce(account, ''), coalesce(region, ''), category, coalesce(log, ''), time_us / 86400000000, count(*), min(time_us), max(time_us) FROM events GROUP BY 1, 2, 3, 4, 5, 6;
