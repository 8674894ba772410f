-- A call that was asked with the very arguments of its decision's first call keeps '' for them. Here they are said for each.
CREATE VIEW recorded_calls AS
SELECT c.decision_id, c.call_id, c.tool,
  CASE c.arguments WHEN '' THEN (SELECT f.arguments FROM calls f WHERE f.decision_id = c.decision_id ORDER BY f.call_id LIMIT 1) ELSE c.arguments END AS arguments,
  c.status, c.output, c.error, c.started_us, c.duration_us, c.round
FROM calls c;
