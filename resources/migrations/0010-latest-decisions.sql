-- The newest decision that the machine made of each incident, what it came to (a hash, '' where it was not computed), and from which inputs and by which
-- run it was last found to hold. After new data what still holds changes its row here, some hundred bytes, and keeps its decision.
CREATE TABLE latest_decisions (key TEXT PRIMARY KEY, decision_id TEXT NOT NULL, engine TEXT NOT NULL, outcome TEXT NOT NULL, input_hash TEXT NOT NULL, run_id TEXT NOT NULL) STRICT;
INSERT INTO latest_decisions
SELECT i.key, d.decision_id, json_extract(d.triage, '$.engine.kind'), '', i.input_hash, d.run_id FROM incidents i JOIN decisions d
  ON d.decision_id = (SELECT m.decision_id FROM decisions m WHERE m.key = i.key AND json_extract(m.triage, '$.engine.kind') <> 'human' ORDER BY m.started_us DESC, m.decision_id DESC LIMIT 1)
ORDER BY i.rowid;
ALTER TABLE incidents DROP COLUMN input_hash;
