-- The collectors that run, and which of them has each agent's channel.
CREATE TABLE collectors (
  id TEXT PRIMARY KEY,
  version TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL
);
CREATE TABLE connections (
  agent TEXT PRIMARY KEY,
  collector TEXT NOT NULL,
  serial INTEGER NOT NULL,
  service TEXT NOT NULL,
  namespace TEXT,
  pod TEXT,
  pod_uid TEXT,
  container TEXT,
  host TEXT,
  identity TEXT NOT NULL,
  connected_at INTEGER NOT NULL
);
CREATE INDEX connections_collector ON connections (collector);
CREATE INDEX connections_service ON connections (service);

-- When a capture was last changed or received bytes, and from which network its agent began it.
ALTER TABLE captures ADD COLUMN touched_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE captures ADD COLUMN begun_from TEXT NOT NULL DEFAULT '';
CREATE INDEX captures_open ON captures (agent) WHERE state IN ('requested', 'running', 'shipping');
