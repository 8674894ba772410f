-- What models were asked and answered, as sent (redacted) and received; also exchanges of investigations that came to nothing. A decision names its own.
CREATE TABLE exchanges (
  exchange_id INTEGER PRIMARY KEY, decision_id TEXT NOT NULL, key TEXT NOT NULL, turn_id TEXT NOT NULL, purpose TEXT NOT NULL, endpoint TEXT NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL, model_digest TEXT, egress TEXT NOT NULL,
  prompt_id TEXT NOT NULL, prompt_hash TEXT NOT NULL, schema_hash TEXT NOT NULL, request_hash TEXT NOT NULL, request TEXT NOT NULL, response TEXT, problem TEXT, attempts TEXT NOT NULL,
  prompt_tokens INTEGER, response_tokens INTEGER, tokens INTEGER NOT NULL, started_us INTEGER NOT NULL, duration_us INTEGER NOT NULL
) STRICT;
CREATE INDEX exchanges_decision ON exchanges (decision_id);
CREATE INDEX exchanges_started ON exchanges (started_us);
-- What the probe of a model found, by digest (or by endpoint and name where a server tells none).
CREATE TABLE model_probes (model_key TEXT PRIMARY KEY, endpoint TEXT NOT NULL, facts TEXT NOT NULL, probed_us INTEGER NOT NULL) STRICT, WITHOUT ROWID;
-- Public keys that signed decisions, each with its certificate by an installation's key.
CREATE TABLE agent_keys (key_id TEXT PRIMARY KEY, role TEXT NOT NULL, certificate TEXT NOT NULL, added_us INTEGER NOT NULL) STRICT, WITHOUT ROWID;
-- The prompts as they were, by hash: a replay asks as the recording did, whatever ships now.
CREATE TABLE prompts (hash TEXT PRIMARY KEY, id TEXT NOT NULL, version TEXT NOT NULL, text TEXT NOT NULL) STRICT, WITHOUT ROWID;
