-- The collectors that run, and which of them has each agent's channel.
CREATE TABLE collectors (
  id TEXT COLLATE "C" PRIMARY KEY,
  version TEXT COLLATE "C" NOT NULL,
  started_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL
);
CREATE TABLE connections (
  agent TEXT COLLATE "C" PRIMARY KEY,
  collector TEXT COLLATE "C" NOT NULL,
  serial BIGINT NOT NULL,
  service TEXT COLLATE "C" NOT NULL,
  namespace TEXT COLLATE "C",
  pod TEXT COLLATE "C",
  pod_uid TEXT COLLATE "C",
  container TEXT COLLATE "C",
  host TEXT COLLATE "C",
  identity TEXT COLLATE "C" NOT NULL,
  connected_at BIGINT NOT NULL
);
CREATE INDEX connections_collector ON connections (collector);
CREATE INDEX connections_service ON connections (service);

-- When a capture was last changed or received bytes, and from which network its agent began it.
ALTER TABLE captures ADD COLUMN touched_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE captures ADD COLUMN begun_from TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX captures_open ON captures (agent) WHERE state IN ('requested', 'running', 'shipping');
