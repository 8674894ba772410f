-- What the queue shows of a decision stands beside it, so that a decision changes its row without anybody reading JSON.
ALTER TABLE decisions ADD COLUMN evidence TEXT NOT NULL DEFAULT '[]';
ALTER TABLE decisions ADD COLUMN owner_provenance TEXT;
UPDATE decisions SET owner_provenance = json_extract(triage, '$.owner_provenance'),
  evidence = coalesce((SELECT json_group_array(CASE WHEN json_extract(c.value, '$.value') = 'conflict' THEN 'conflict' WHEN json_extract(c.value, '$.value') = 'unknown' OR json_extract(c.value, '$.stale') THEN 'unknown'
    WHEN json_extract(c.value, '$.provenance') = 'inferred' THEN 'inferred' ELSE 'verified' END) FROM json_each(trace, '$.claims') c WHERE json_extract(c.value, '$.required')), '[]');

-- Incidents of which only the decision, a review or the outbox changed: the rest of their row stands.
CREATE TABLE queue_redecided (key TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
DROP TRIGGER queue_incident_changed;
DROP TRIGGER queue_review_added;
DROP TRIGGER queue_review_changed;
DROP TRIGGER queue_outbox_added;
DROP TRIGGER queue_outbox_changed;
CREATE TRIGGER queue_incident_changed AFTER UPDATE OF id, status, primary_issue, entity, entity_type, environment, account, severity_reported, json ON incidents BEGIN INSERT INTO queue_dirty SELECT new.key WHERE NOT EXISTS (SELECT 1 FROM queue_dirty WHERE key = new.key); END;
CREATE TRIGGER queue_incident_decided AFTER UPDATE OF decision_id ON incidents BEGIN INSERT INTO queue_redecided SELECT new.key WHERE NOT EXISTS (SELECT 1 FROM queue_redecided WHERE key = new.key); END;
CREATE TRIGGER queue_review_added AFTER INSERT ON reviews BEGIN INSERT INTO queue_redecided SELECT new.key WHERE NOT EXISTS (SELECT 1 FROM queue_redecided WHERE key = new.key); END;
CREATE TRIGGER queue_review_changed AFTER UPDATE ON reviews BEGIN INSERT INTO queue_redecided SELECT new.key WHERE NOT EXISTS (SELECT 1 FROM queue_redecided WHERE key = new.key); END;
CREATE TRIGGER queue_outbox_added AFTER INSERT ON outbox BEGIN INSERT INTO queue_redecided SELECT new.key WHERE NOT EXISTS (SELECT 1 FROM queue_redecided WHERE key = new.key); END;
CREATE TRIGGER queue_outbox_changed AFTER UPDATE ON outbox BEGIN INSERT INTO queue_redecided SELECT new.key WHERE NOT EXISTS (SELECT 1 FROM queue_redecided WHERE key = new.key); END;

DROP VIEW queue_now;
-- The part of a queue's row that follows decisions, reviews and the outbox.
CREATE VIEW queue_decided AS
WITH joined AS (
  SELECT i.key, d.decision, d.priority, d.confidence, d.owner, d.owner_provenance, coalesce(d.evidence, '[]') AS evidence,
    i.status = 'overridden' AND coalesce((SELECT r.flagged IS NOT NULL FROM reviews r WHERE r.key = i.key AND r.action = 'override' AND NOT EXISTS (SELECT 1 FROM reviews u WHERE u.undoes = r.review_id)
      ORDER BY r.review_id DESC LIMIT 1), 0) AS flagged
  FROM incidents i LEFT JOIN decisions d ON d.decision_id = i.decision_id)
SELECT key, decision, priority, confidence, owner, owner_provenance, evidence,
  EXISTS (SELECT 1 FROM outbox o WHERE o.key = joined.key AND o.status = 'waiting_for_approval') AS waits,
  EXISTS (SELECT 1 FROM outbox o WHERE o.key = joined.key AND o.action = 'page_on_call' AND o.status IN ('outbox', 'approved', 'sent')) AS paged,
  flagged,
  -- Work order: overrides whose evidence changed, exposed or high-blast reviews, urgent ones, other reviews, tickets, deferrals, what is not decided.
  CASE WHEN flagged THEN 0 WHEN decision = 'needs_human_review' AND priority IN ('P1', 'P2') THEN 1 WHEN decision = 'resolve_now' THEN 2 WHEN decision = 'needs_human_review' THEN 3
    WHEN decision = 'ticket' THEN 4 WHEN decision = 'defer' THEN 5 ELSE 6 END AS work_rank
FROM joined;
-- The queue's rows as they ought to be. `search` leaves the owner out, as that follows the decision.
CREATE VIEW queue_now AS
SELECT i.key, i.id, i.status, json_extract(i.json, '$.title') AS title, i.entity,
  -- An ARN without a name of its own is called by what follows its partition, service, region and account.
  coalesce(json_extract(i.json, '$.entity_name'), CASE WHEN i.entity LIKE 'arn:%:%:%:%:%' THEN
    (SELECT substr(d, instr(d, ':') + 1) FROM (SELECT substr(c, instr(c, ':') + 1) AS d FROM (SELECT substr(b, instr(b, ':') + 1) AS c FROM (SELECT substr(a, instr(a, ':') + 1) AS b FROM (SELECT substr(i.entity, 5) AS a)))))
    ELSE i.entity END) AS entity_name,
  i.entity_type, i.primary_issue, i.severity_reported,
  CASE i.severity_reported WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 WHEN 'low' THEN 3 WHEN 'informational' THEN 4 ELSE 5 END AS severity_rank,
  n.decision, n.priority, n.confidence, n.owner, n.owner_provenance, json_array_length(i.json, '$.supporting_findings') AS findings,
  (SELECT json_group_array(source) FROM (SELECT DISTINCT json_extract(f.value, '$.source') AS source FROM json_each(i.json, '$.supporting_findings') f ORDER BY 1)) AS sources,
  i.account, i.environment, json_extract(i.json, '$.last_seen') AS last_seen, n.evidence, n.waits, n.paged, n.flagged, n.work_rank,
  lower(i.id || ' ' || json_extract(i.json, '$.title') || ' ' || i.entity || ' ' || coalesce(json_extract(i.json, '$.entity_name'), '') || ' ' || i.primary_issue || ' ' || coalesce(i.account, '')) AS search
FROM incidents i JOIN queue_decided n ON n.key = i.key;
DELETE FROM queue;
INSERT INTO queue SELECT * FROM queue_now;

-- What correlation looks at of a finding beside its columns: [attack, vulnerability, observables, issue_guessed]; null for most.
ALTER TABLE findings ADD COLUMN parts TEXT;
UPDATE findings SET parts = nullif(json_extract(json, '$.attack', '$.vulnerability', '$.observables', '$.issue_guessed'), '[[],null,null,null]');
