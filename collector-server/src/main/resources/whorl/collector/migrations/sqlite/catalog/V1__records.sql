-- Tables that exist already are those of earlier versions, in the form of the last of them.

CREATE TABLE schema_readers (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  least_version INTEGER NOT NULL
);
INSERT INTO schema_readers (one, least_version) VALUES (1, 1);

CREATE TABLE IF NOT EXISTS evidence (
  id TEXT PRIMARY KEY,
  sealed_at INTEGER NOT NULL,
  service TEXT NOT NULL,
  agent TEXT NOT NULL,
  capture TEXT NOT NULL,
  state TEXT NOT NULL,
  record TEXT NOT NULL,
  class TEXT NOT NULL,
  bytes INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS evidence_newest ON evidence (sealed_at DESC, id DESC);
CREATE INDEX IF NOT EXISTS evidence_capture ON evidence (capture);
CREATE INDEX evidence_of_service ON evidence (service, sealed_at DESC, id DESC);
CREATE INDEX evidence_of_service_in_state ON evidence (service, state, sealed_at DESC, id DESC);
CREATE INDEX evidence_of_agent ON evidence (agent, sealed_at DESC, id DESC);
CREATE INDEX evidence_in_state ON evidence (state, sealed_at DESC, id DESC);

CREATE TABLE IF NOT EXISTS alerts (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  source TEXT NOT NULL,
  rule TEXT NOT NULL,
  level TEXT NOT NULL,
  service TEXT,
  bytes INTEGER NOT NULL,
  record TEXT NOT NULL,
  journal TEXT NOT NULL,
  at INTEGER NOT NULL DEFAULT 0,
  outside INTEGER NOT NULL DEFAULT 0,
  part INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE alert_usage (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  own_alerts INTEGER NOT NULL,
  own_bytes INTEGER NOT NULL,
  outside_alerts INTEGER NOT NULL,
  outside_bytes INTEGER NOT NULL
);
INSERT INTO alert_usage (one, own_alerts, own_bytes, outside_alerts, outside_bytes)
  SELECT 1, coalesce(sum(1 - outside), 0), coalesce(sum(bytes * (1 - outside)), 0),
    coalesce(sum(outside), 0), coalesce(sum(bytes * outside), 0) FROM alerts;

CREATE TABLE IF NOT EXISTS agents (
  id TEXT PRIMARY KEY,
  service TEXT NOT NULL,
  namespace TEXT,
  pod TEXT,
  pod_uid TEXT,
  last_seen INTEGER NOT NULL,
  record TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS agents_last_seen ON agents (last_seen);

CREATE TABLE IF NOT EXISTS captures (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  agent TEXT NOT NULL,
  service TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  alert TEXT,
  evidence TEXT,
  bytes INTEGER NOT NULL,
  total INTEGER NOT NULL,
  requested_at TEXT NOT NULL,
  sealed_at TEXT,
  failure TEXT,
  ordered INTEGER NOT NULL,
  artifacts TEXT NOT NULL,
  force INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS captures_state ON captures (state);
CREATE INDEX captures_of_agent ON captures (agent, seq);
CREATE TABLE IF NOT EXISTS idempotency_keys (
  key TEXT PRIMARY KEY,
  body TEXT NOT NULL,
  captures TEXT NOT NULL,
  at INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS journal (
  arrival INTEGER PRIMARY KEY AUTOINCREMENT,
  agent TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  line TEXT NOT NULL,
  at INTEGER NOT NULL DEFAULT 0,
  UNIQUE (agent, sequence)
);
CREATE INDEX IF NOT EXISTS journal_at ON journal (at);
CREATE INDEX IF NOT EXISTS journal_agent_at ON journal (agent, at);
-- The protected events are counted again after the time recount_at.
CREATE TABLE journal_usage (
  agent TEXT PRIMARY KEY,
  events INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  protected_events INTEGER NOT NULL,
  protected_bytes INTEGER NOT NULL,
  recount_at INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO journal_usage (agent, events, bytes, protected_events, protected_bytes, recount_at)
  SELECT agent, count(*), sum(bytes), 0, 0, 0 FROM journal GROUP BY agent;

CREATE TABLE IF NOT EXISTS indicators (
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  origin TEXT NOT NULL,
  of_alert INTEGER NOT NULL,
  agent TEXT,
  service TEXT,
  pod TEXT,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (kind, value, origin)
);
CREATE INDEX IF NOT EXISTS indicators_origin ON indicators (origin);
CREATE INDEX IF NOT EXISTS indicators_age ON indicators (last_seen);
CREATE TABLE IF NOT EXISTS indicator_origins (origin TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS indicator_alerts (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  seq INTEGER NOT NULL
);

-- Totals of tables that are bounded, changed in the same transaction as their rows.
CREATE TABLE usage_totals (
  name TEXT PRIMARY KEY,
  items INTEGER NOT NULL,
  bytes INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO usage_totals (name, items, bytes)
  SELECT 'journal', count(*), coalesce(sum(bytes), 0) FROM journal;
INSERT INTO usage_totals (name, items, bytes) SELECT 'indicators', count(*), 0 FROM indicators;

CREATE TABLE IF NOT EXISTS first_keys (
  agent TEXT PRIMARY KEY,
  key_id TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  at_millis INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS first_keys_sequence ON first_keys (sequence);

CREATE TABLE IF NOT EXISTS custody_end (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  sequence INTEGER NOT NULL,
  hash TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS rule_sets (
  name TEXT PRIMARY KEY,
  newest INTEGER NOT NULL,
  removed INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rule_versions (
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (name, version)
) WITHOUT ROWID;

CREATE TABLE leases (
  name TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  fencing INTEGER NOT NULL,
  until_millis INTEGER NOT NULL
) WITHOUT ROWID;

-- Versions before migrations would not keep the totals: they refuse these ledgers.
CREATE TABLE IF NOT EXISTS ledger_versions (ledger TEXT PRIMARY KEY, version INTEGER NOT NULL);
INSERT INTO ledger_versions (ledger, version)
  VALUES ('alerts', 4), ('journal', 3), ('indicators', 2)
  ON CONFLICT (ledger) DO UPDATE SET version = excluded.version;
