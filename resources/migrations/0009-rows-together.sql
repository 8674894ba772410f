-- A run changes incidents that lie together: their rows of queue and outbox stand together too, in the order in which they were made. By their keys,
-- which are hashes, they lay all over the file, so that each commit of some hundred decisions wrote nearly every page of both.
CREATE TEMP TABLE outbox_before AS SELECT * FROM outbox ORDER BY created_us, outbox_id;
DROP TABLE outbox;
CREATE TABLE outbox (
  outbox_id TEXT PRIMARY KEY, key TEXT NOT NULL, action TEXT NOT NULL, status TEXT NOT NULL, decision_id TEXT NOT NULL, payload TEXT NOT NULL, created_us INTEGER NOT NULL, updated_us INTEGER NOT NULL, held_until INTEGER
) STRICT;
INSERT INTO outbox SELECT outbox_id, key, action, status, decision_id, payload, created_us, updated_us, held_until FROM outbox_before;
DROP TABLE outbox_before;
CREATE INDEX outbox_key ON outbox (key);
CREATE TRIGGER queue_outbox_added AFTER INSERT ON outbox BEGIN INSERT INTO queue_redecided SELECT new.key WHERE NOT EXISTS (SELECT 1 FROM queue_redecided WHERE key = new.key); END;
CREATE TRIGGER queue_outbox_changed AFTER UPDATE ON outbox BEGIN INSERT INTO queue_redecided SELECT new.key WHERE NOT EXISTS (SELECT 1 FROM queue_redecided WHERE key = new.key); END;

DROP TABLE queue;
CREATE TABLE queue (
  key TEXT PRIMARY KEY, id TEXT NOT NULL, status TEXT NOT NULL, title TEXT NOT NULL, entity TEXT NOT NULL, entity_name TEXT NOT NULL, entity_type TEXT NOT NULL, primary_issue TEXT NOT NULL,
  severity_reported TEXT NOT NULL, severity_rank INTEGER NOT NULL, decision TEXT, priority TEXT, confidence REAL, owner TEXT, owner_provenance TEXT, findings INTEGER NOT NULL, sources TEXT NOT NULL,
  account TEXT, environment TEXT, last_seen TEXT NOT NULL, evidence TEXT NOT NULL, waits INTEGER NOT NULL, paged INTEGER NOT NULL, flagged INTEGER NOT NULL, work_rank INTEGER NOT NULL, search TEXT NOT NULL
) STRICT;
CREATE INDEX queue_work_order ON queue (work_rank, priority, id);
CREATE INDEX queue_age ON queue (last_seen, id);
CREATE INDEX queue_severity ON queue (severity_rank, work_rank, id);
CREATE INDEX queue_findings ON queue (findings, id);
CREATE INDEX queue_confidence ON queue (confidence, id);
CREATE INDEX queue_entity ON queue (entity_name, id);
INSERT INTO queue SELECT n.* FROM incidents i CROSS JOIN queue_now n ON n.key = i.key ORDER BY i.rowid;
