-- Agents that left without a goodbye, until they come back or an alert is raised. Whichever collector
-- raises the alerts goes on with these rows when another one dies.
CREATE TABLE lost_agents (
  agent TEXT COLLATE "C" PRIMARY KEY,
  lost_at BIGINT NOT NULL,
  last_seen BIGINT NOT NULL,
  silent SMALLINT NOT NULL,
  proved SMALLINT NOT NULL,
  lived_millis BIGINT NOT NULL,
  identity TEXT COLLATE "C" NOT NULL
);
CREATE INDEX lost_agents_lost_at ON lost_agents (lost_at);

-- The number of open captures.
INSERT INTO limit_locks (name) VALUES ('CAPTURES');
