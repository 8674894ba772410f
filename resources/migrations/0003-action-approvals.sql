-- One approval of one recommended action: good for exactly what was shown (`subject`, a hash), for a short time, once.
CREATE TABLE action_approvals (
  approval_id INTEGER PRIMARY KEY, key TEXT NOT NULL, subject TEXT NOT NULL, action TEXT NOT NULL, target TEXT NOT NULL, author TEXT NOT NULL, at_us INTEGER NOT NULL,
  -- Good from then on, until then.
  from_us INTEGER NOT NULL, until_us INTEGER NOT NULL, used_us INTEGER, withdrawn_us INTEGER
) STRICT;
CREATE INDEX action_approvals_key ON action_approvals (key, subject);
