-- One workspace file per engagement. Tables of long rows keep their rowid: they are appended, and only the short keys are sorted in; in the order of a hash each row would touch a page. Times are integer microseconds UTC (`*_us`) beside the ISO text where people read it.
CREATE TABLE workspace (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- Raw input, decoded (gunzipped, UTF-8) and compressed by chunk; `sha256` is of the bytes as they came.
CREATE TABLE raw_files (
  raw_id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL, path TEXT NOT NULL, format TEXT NOT NULL, kind TEXT NOT NULL, bytes INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('reading', 'done', 'cancelled', 'rolled_back')), imported_us INTEGER NOT NULL, finished_us INTEGER,
  records INTEGER NOT NULL DEFAULT 0, new INTEGER NOT NULL DEFAULT 0, duplicate INTEGER NOT NULL DEFAULT 0, quarantined INTEGER NOT NULL DEFAULT 0,
  -- Inventory: the file lists everything of its accounts and regions; when it was taken.
  complete INTEGER NOT NULL DEFAULT 0, observed_us INTEGER
) STRICT;
CREATE INDEX raw_files_sha256 ON raw_files (sha256);
CREATE TABLE raw_chunks (raw_id INTEGER NOT NULL REFERENCES raw_files, seq INTEGER NOT NULL, start INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (raw_id, seq)) STRICT, WITHOUT ROWID;
-- Inventory records one by one, so that a decision can be confirmed again from what was imported.
CREATE TABLE raw_records (raw_id INTEGER NOT NULL, record INTEGER NOT NULL, context BLOB NOT NULL, data BLOB NOT NULL, PRIMARY KEY (raw_id, record)) STRICT, WITHOUT ROWID;
CREATE TABLE quarantine (raw_id INTEGER NOT NULL REFERENCES raw_files, record INTEGER NOT NULL, position TEXT NOT NULL, why TEXT NOT NULL, excerpt TEXT NOT NULL, PRIMARY KEY (raw_id, record)) STRICT, WITHOUT ROWID;

CREATE TABLE findings (
  finding_id TEXT PRIMARY KEY, source TEXT NOT NULL, source_id TEXT NOT NULL, kind TEXT NOT NULL, entity TEXT NOT NULL, entity_type TEXT NOT NULL,
  issue_type TEXT NOT NULL, issue_mapped INTEGER NOT NULL, check_id TEXT NOT NULL, title TEXT NOT NULL, severity_reported TEXT NOT NULL, status TEXT NOT NULL,
  environment TEXT, account TEXT, region TEXT, discovered_at TEXT NOT NULL, discovered_us INTEGER NOT NULL, updated_us INTEGER NOT NULL,
  -- 0 when the record carries no time of its own and the time of import stands in.
  timed INTEGER NOT NULL, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, content_hash TEXT NOT NULL, raw_id INTEGER NOT NULL, record INTEGER NOT NULL, json TEXT NOT NULL
) STRICT;
CREATE INDEX findings_entity ON findings (entity);
-- Every version that was ever seen; what makes ingest idempotent and order-independent.
CREATE TABLE finding_versions (finding_id TEXT NOT NULL, content_hash TEXT NOT NULL, updated_us INTEGER NOT NULL, raw_id INTEGER NOT NULL, record INTEGER NOT NULL, PRIMARY KEY (finding_id, content_hash)) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  event_id TEXT PRIMARY KEY, source TEXT NOT NULL, time TEXT NOT NULL, time_us INTEGER NOT NULL, category TEXT NOT NULL, action TEXT NOT NULL, provider TEXT,
  outcome TEXT NOT NULL, error_code TEXT, read_only INTEGER, actor TEXT, actor_type TEXT NOT NULL, actor_session TEXT, actor_account TEXT, access_key TEXT, mfa INTEGER,
  account TEXT, region TEXT, src_ip TEXT, src_public INTEGER NOT NULL, vpc_endpoint TEXT, user_agent TEXT, raw_id INTEGER NOT NULL, record INTEGER NOT NULL
) STRICT;
CREATE INDEX events_actor ON events (actor, time_us) WHERE actor IS NOT NULL;
CREATE INDEX events_src_ip ON events (src_ip, time_us) WHERE src_public = 1;
CREATE INDEX events_access_key ON events (access_key, time_us) WHERE access_key IS NOT NULL;
CREATE TABLE event_targets (target TEXT NOT NULL, time_us INTEGER NOT NULL, event_id TEXT NOT NULL, PRIMARY KEY (target, time_us, event_id)) STRICT, WITHOUT ROWID;
-- What the logs cover: events a day by account and category.
CREATE TABLE event_days (account TEXT NOT NULL, category TEXT NOT NULL, day INTEGER NOT NULL, events INTEGER NOT NULL, first_us INTEGER NOT NULL, last_us INTEGER NOT NULL, PRIMARY KEY (account, category, day)) STRICT, WITHOUT ROWID;

CREATE TABLE nodes (
  urn TEXT PRIMARY KEY, type TEXT NOT NULL, kind TEXT NOT NULL, name TEXT, account TEXT, region TEXT, source TEXT NOT NULL, provenance TEXT NOT NULL,
  first_seen INTEGER NOT NULL, captured_us INTEGER, observed_us INTEGER, closed_us INTEGER, hash TEXT NOT NULL, raw_id INTEGER NOT NULL, record INTEGER NOT NULL, json TEXT NOT NULL
) STRICT;
CREATE INDEX nodes_type ON nodes (type, urn);
CREATE TABLE node_versions (urn TEXT NOT NULL, hash TEXT NOT NULL, captured_us INTEGER NOT NULL, raw_id INTEGER NOT NULL, record INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY (urn, hash, captured_us)) STRICT;
-- Which file showed which resource: tells when it was last seen and, against a complete snapshot, that it is gone.
CREATE TABLE node_sightings (raw_id INTEGER NOT NULL, urn TEXT NOT NULL, PRIMARY KEY (raw_id, urn)) STRICT, WITHOUT ROWID;
CREATE INDEX node_sightings_urn ON node_sightings (urn);
CREATE TABLE aliases (alias TEXT NOT NULL, urn TEXT NOT NULL, account TEXT NOT NULL DEFAULT '', PRIMARY KEY (alias, urn)) STRICT, WITHOUT ROWID;
CREATE INDEX aliases_urn ON aliases (urn);
CREATE TABLE edges (
  edge_id INTEGER PRIMARY KEY, source TEXT NOT NULL, kind TEXT NOT NULL, target TEXT NOT NULL, derived INTEGER NOT NULL, provenance TEXT NOT NULL, condition TEXT, cost REAL,
  reason TEXT, origin TEXT NOT NULL, valid_from INTEGER NOT NULL, valid_to INTEGER
) STRICT;
CREATE INDEX edges_source ON edges (source, kind) WHERE valid_to IS NULL;
CREATE INDEX edges_target ON edges (target, kind) WHERE valid_to IS NULL;
CREATE INDEX edges_origin ON edges (origin) WHERE valid_to IS NULL;
-- Which resources a derived group of edges was computed from.
CREATE TABLE derivations (origin TEXT NOT NULL, input_urn TEXT NOT NULL, PRIMARY KEY (origin, input_urn)) STRICT, WITHOUT ROWID;
CREATE INDEX derivations_input ON derivations (input_urn);
CREATE TABLE dirty_urns (urn TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

CREATE TABLE policies (version INTEGER PRIMARY KEY, json TEXT NOT NULL, source TEXT NOT NULL, imported_us INTEGER NOT NULL) STRICT;

CREATE TABLE incidents (
  key TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE, status TEXT NOT NULL, primary_issue TEXT NOT NULL, entity TEXT NOT NULL, entity_type TEXT NOT NULL, environment TEXT,
  account TEXT, severity_reported TEXT NOT NULL, input_hash TEXT NOT NULL, merged_into TEXT, updated_us INTEGER NOT NULL, decision_id TEXT, json TEXT NOT NULL
) STRICT;
CREATE TABLE incident_findings (finding_id TEXT PRIMARY KEY, key TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX incident_findings_key ON incident_findings (key);
-- Corrections by people: pairs of findings that must or cannot be one incident.
CREATE TABLE links (finding_a TEXT NOT NULL, finding_b TEXT NOT NULL, link TEXT NOT NULL CHECK (link IN ('must', 'cannot')), author TEXT NOT NULL, at_us INTEGER NOT NULL, PRIMARY KEY (finding_a, finding_b)) STRICT, WITHOUT ROWID;

CREATE TABLE runs (run_id TEXT PRIMARY KEY, started_us INTEGER NOT NULL, finished_us INTEGER, as_of_us INTEGER NOT NULL, engine TEXT NOT NULL, state TEXT NOT NULL, policy_version INTEGER NOT NULL, graph_version INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE decisions (
  decision_id TEXT PRIMARY KEY, key TEXT NOT NULL, run_id TEXT NOT NULL, decision TEXT NOT NULL, priority TEXT NOT NULL, verdict TEXT, confidence REAL NOT NULL, owner TEXT,
  as_of_us INTEGER NOT NULL, started_us INTEGER NOT NULL, duration_us INTEGER NOT NULL, policy_version INTEGER NOT NULL, graph_version INTEGER NOT NULL,
  input_hash TEXT NOT NULL, incident TEXT NOT NULL, triage TEXT NOT NULL, validation TEXT NOT NULL, route TEXT NOT NULL, trace TEXT NOT NULL
) STRICT;
CREATE INDEX decisions_key ON decisions (key, started_us);
CREATE TABLE calls (
  decision_id TEXT NOT NULL, call_id TEXT NOT NULL, tool TEXT NOT NULL, arguments TEXT NOT NULL, status TEXT NOT NULL, output TEXT, error TEXT,
  started_us INTEGER NOT NULL, duration_us INTEGER NOT NULL, round INTEGER NOT NULL, PRIMARY KEY (decision_id, call_id)
) STRICT;

CREATE TABLE reviews (
  review_id INTEGER PRIMARY KEY, key TEXT NOT NULL, decision_id TEXT, action TEXT NOT NULL, decision TEXT, priority TEXT, reason TEXT, note TEXT, author TEXT NOT NULL, at_us INTEGER NOT NULL,
  expires_us INTEGER, claims TEXT, flagged TEXT
) STRICT;
CREATE INDEX reviews_key ON reviews (key);
CREATE TABLE answers (
  answer_id INTEGER PRIMARY KEY, key TEXT NOT NULL, claim TEXT NOT NULL, value TEXT NOT NULL, author TEXT NOT NULL, note TEXT NOT NULL, at_us INTEGER NOT NULL, expires_us INTEGER NOT NULL
) STRICT;
CREATE INDEX answers_key ON answers (key);
-- What would go out; sending is a later stage. One row an incident, action and decision content.
CREATE TABLE outbox (
  outbox_id TEXT PRIMARY KEY, key TEXT NOT NULL, action TEXT NOT NULL, status TEXT NOT NULL, decision_id TEXT NOT NULL, payload TEXT NOT NULL, created_us INTEGER NOT NULL, updated_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_key ON outbox (key);

CREATE TABLE audit (
  seq INTEGER PRIMARY KEY, workspace TEXT NOT NULL, previous_hash TEXT NOT NULL, time_us INTEGER NOT NULL, actor TEXT NOT NULL, key_id TEXT NOT NULL, event TEXT NOT NULL,
  payload TEXT NOT NULL, payload_hash TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
