-- What the queue shows, sorts and filters by: one narrow row an incident, so that a list never reads an incident's or a decision's JSON.
CREATE TABLE queue (
  key TEXT PRIMARY KEY, id TEXT NOT NULL, status TEXT NOT NULL, title TEXT NOT NULL, entity TEXT NOT NULL, entity_name TEXT NOT NULL, entity_type TEXT NOT NULL, primary_issue TEXT NOT NULL,
  severity_reported TEXT NOT NULL, severity_rank INTEGER NOT NULL, decision TEXT, priority TEXT, confidence REAL, owner TEXT, owner_provenance TEXT, findings INTEGER NOT NULL, sources TEXT NOT NULL,
  account TEXT, environment TEXT, last_seen TEXT NOT NULL, evidence TEXT NOT NULL, waits INTEGER NOT NULL, paged INTEGER NOT NULL, flagged INTEGER NOT NULL, work_rank INTEGER NOT NULL, search TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX queue_work_order ON queue (work_rank, priority, id);
CREATE INDEX queue_age ON queue (last_seen, id);
CREATE INDEX queue_severity ON queue (severity_rank, work_rank, id);
CREATE INDEX queue_findings ON queue (findings, id);
CREATE INDEX queue_confidence ON queue (confidence, id);
CREATE INDEX queue_entity ON queue (entity_name, id);
-- What an incident has several of: the tools that reported it (`source`) and its ATT&CK techniques (`attack`).
CREATE TABLE queue_tags (kind TEXT NOT NULL, value TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (kind, value, key)) STRICT, WITHOUT ROWID;
CREATE INDEX queue_tags_key ON queue_tags (key);
-- Incidents whose row is out of date; the store brings them up to date before the transaction that changed them ends.
CREATE TABLE queue_dirty (key TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

-- What the taxonomy has no word for is counted with every look at the queue.
CREATE INDEX findings_unmapped ON findings (source, issue_type) WHERE issue_mapped = 0;

-- A review may be undone: by a review that says so (`undoes`); `before` holds as JSON what it replaced.
ALTER TABLE reviews ADD COLUMN undoes INTEGER;
ALTER TABLE reviews ADD COLUMN before TEXT;
ALTER TABLE answers ADD COLUMN withdrawn_us INTEGER;
-- Nothing goes out before this time, so that an undo is real.
ALTER TABLE outbox ADD COLUMN held_until INTEGER;
-- The policy as its author wrote it, with comments.
ALTER TABLE policies ADD COLUMN text TEXT;

-- The queue's rows as they ought to be.
CREATE VIEW queue_now AS
WITH joined AS (
  SELECT i.key, i.id, i.status, i.entity, i.entity_type, i.primary_issue, i.severity_reported, i.account, i.environment, i.json, d.decision, d.priority, d.confidence, d.owner,
    json_extract(d.triage, '$.owner_provenance') AS owner_provenance, d.trace,
    i.status = 'overridden' AND coalesce((SELECT r.flagged IS NOT NULL FROM reviews r WHERE r.key = i.key AND r.action = 'override' AND NOT EXISTS (SELECT 1 FROM reviews u WHERE u.undoes = r.review_id)
      ORDER BY r.review_id DESC LIMIT 1), 0) AS flagged
  FROM incidents i LEFT JOIN decisions d ON d.decision_id = i.decision_id)
SELECT key, id, status, json_extract(json, '$.title') AS title, entity,
  -- An ARN without a name of its own is called by what follows its partition, service, region and account.
  coalesce(json_extract(json, '$.entity_name'), CASE WHEN entity LIKE 'arn:%:%:%:%:%' THEN
    (SELECT substr(d, instr(d, ':') + 1) FROM (SELECT substr(c, instr(c, ':') + 1) AS d FROM (SELECT substr(b, instr(b, ':') + 1) AS c FROM (SELECT substr(a, instr(a, ':') + 1) AS b FROM (SELECT substr(entity, 5) AS a)))))
    ELSE entity END) AS entity_name,
  entity_type, primary_issue, severity_reported,
  CASE severity_reported WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 WHEN 'low' THEN 3 WHEN 'informational' THEN 4 ELSE 5 END AS severity_rank,
  decision, priority, confidence, owner, owner_provenance, json_array_length(json, '$.supporting_findings') AS findings,
  (SELECT json_group_array(source) FROM (SELECT DISTINCT json_extract(f.value, '$.source') AS source FROM json_each(joined.json, '$.supporting_findings') f ORDER BY 1)) AS sources,
  account, environment, json_extract(json, '$.last_seen') AS last_seen,
  coalesce((SELECT json_group_array(CASE WHEN json_extract(c.value, '$.value') = 'conflict' THEN 'conflict' WHEN json_extract(c.value, '$.value') = 'unknown' OR json_extract(c.value, '$.stale') THEN 'unknown'
    WHEN json_extract(c.value, '$.provenance') = 'inferred' THEN 'inferred' ELSE 'verified' END) FROM json_each(joined.trace, '$.claims') c WHERE json_extract(c.value, '$.required')), '[]') AS evidence,
  EXISTS (SELECT 1 FROM outbox o WHERE o.key = joined.key AND o.status = 'waiting_for_approval') AS waits,
  EXISTS (SELECT 1 FROM outbox o WHERE o.key = joined.key AND o.action = 'page_on_call' AND o.status IN ('outbox', 'approved', 'sent')) AS paged,
  flagged,
  -- Work order: overrides whose evidence changed, exposed or high-blast reviews, urgent ones, other reviews, tickets, deferrals, what is not decided.
  CASE WHEN flagged THEN 0 WHEN decision = 'needs_human_review' AND priority IN ('P1', 'P2') THEN 1 WHEN decision = 'resolve_now' THEN 2 WHEN decision = 'needs_human_review' THEN 3
    WHEN decision = 'ticket' THEN 4 WHEN decision = 'defer' THEN 5 ELSE 6 END AS work_rank,
  lower(id || ' ' || json_extract(json, '$.title') || ' ' || entity || ' ' || coalesce(json_extract(json, '$.entity_name'), '') || ' ' || primary_issue || ' ' || coalesce(owner, '') || ' ' || coalesce(account, '')) AS search
FROM joined;
CREATE VIEW queue_tags_now AS
SELECT DISTINCT 'source' AS kind, json_extract(f.value, '$.source') AS value, i.key AS key FROM incidents i, json_each(i.json, '$.supporting_findings') f
UNION ALL SELECT DISTINCT 'attack', a.value, i.key FROM incidents i, json_each(i.json, '$.attack') a;

CREATE TRIGGER queue_incident_added AFTER INSERT ON incidents BEGIN INSERT INTO queue_dirty SELECT new.key WHERE NOT EXISTS (SELECT 1 FROM queue_dirty WHERE key = new.key); END;
CREATE TRIGGER queue_incident_changed AFTER UPDATE ON incidents BEGIN INSERT INTO queue_dirty SELECT new.key WHERE NOT EXISTS (SELECT 1 FROM queue_dirty WHERE key = new.key); END;
CREATE TRIGGER queue_review_added AFTER INSERT ON reviews BEGIN INSERT INTO queue_dirty SELECT new.key WHERE NOT EXISTS (SELECT 1 FROM queue_dirty WHERE key = new.key); END;
CREATE TRIGGER queue_review_changed AFTER UPDATE ON reviews BEGIN INSERT INTO queue_dirty SELECT new.key WHERE NOT EXISTS (SELECT 1 FROM queue_dirty WHERE key = new.key); END;
CREATE TRIGGER queue_outbox_added AFTER INSERT ON outbox BEGIN INSERT INTO queue_dirty SELECT new.key WHERE NOT EXISTS (SELECT 1 FROM queue_dirty WHERE key = new.key); END;
CREATE TRIGGER queue_outbox_changed AFTER UPDATE ON outbox BEGIN INSERT INTO queue_dirty SELECT new.key WHERE NOT EXISTS (SELECT 1 FROM queue_dirty WHERE key = new.key); END;

INSERT INTO queue SELECT * FROM queue_now;
INSERT INTO queue_tags SELECT kind, value, key FROM queue_tags_now;
