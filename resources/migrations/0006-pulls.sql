-- Live pulls. Credentials are in none of these; `principal` says whose they were. A pull's answers are raw files like any others.
CREATE TABLE pulls (
  pull_id INTEGER PRIMARY KEY, product TEXT NOT NULL, target TEXT NOT NULL, principal TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('running', 'done', 'cut', 'left', 'rolled_back')), why TEXT,
  started_us INTEGER NOT NULL, finished_us INTEGER, planned INTEGER NOT NULL DEFAULT 0, requests INTEGER NOT NULL DEFAULT 0, retries INTEGER NOT NULL DEFAULT 0,
  -- How often its resources were put into the graph; and what that brought.
  settled INTEGER NOT NULL DEFAULT 0, new INTEGER NOT NULL DEFAULT 0, changed INTEGER NOT NULL DEFAULT 0, unchanged INTEGER NOT NULL DEFAULT 0, closed INTEGER NOT NULL DEFAULT 0
) STRICT;
-- What was asked: durable one by one, so that a cut pull goes on. `lists`: what of the graph a unit lists whole.
CREATE TABLE pull_units (
  pull_id INTEGER NOT NULL REFERENCES pulls, unit TEXT NOT NULL, call TEXT NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('open', 'done', 'denied', 'absent', 'failed')),
  next TEXT, format TEXT NOT NULL DEFAULT '', records INTEGER NOT NULL DEFAULT 0, says TEXT NOT NULL DEFAULT '', lists TEXT NOT NULL DEFAULT '[]', gaps TEXT NOT NULL DEFAULT '[]', PRIMARY KEY (pull_id, unit)
) STRICT, WITHOUT ROWID;
CREATE TABLE pull_files (raw_id INTEGER PRIMARY KEY REFERENCES raw_files, pull_id INTEGER NOT NULL REFERENCES pulls) STRICT;
CREATE INDEX pull_files_pull ON pull_files (pull_id);
-- Resources as the answers of a pull tell them together, until they are put into the graph; and the relationships that their records state.
CREATE TABLE pull_nodes (pull_id INTEGER NOT NULL REFERENCES pulls, urn TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (pull_id, urn)) STRICT, WITHOUT ROWID;
CREATE TABLE pull_edges (pull_id INTEGER NOT NULL REFERENCES pulls, source TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (pull_id, source)) STRICT, WITHOUT ROWID;
-- Which records told a resource that a pull has changed, in their order: what is confirmed again from raw data reads them.
CREATE TABLE pull_records (urn TEXT NOT NULL, pull_id INTEGER NOT NULL REFERENCES pulls, raw_id INTEGER NOT NULL, record INTEGER NOT NULL, PRIMARY KEY (urn, pull_id, raw_id, record)) STRICT, WITHOUT ROWID;
