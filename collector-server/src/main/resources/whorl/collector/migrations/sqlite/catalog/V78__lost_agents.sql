-- Agents that left without a goodbye, until they come back or an alert is raised. Whichever collector
-- raises the alerts goes on with these rows when another one dies.
CREATE TABLE lost_agents (
  agent TEXT PRIMARY KEY,
  lost_at INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  silent INTEGER NOT NULL,
  proved INTEGER NOT NULL,
  lived_millis INTEGER NOT NULL,
  identity TEXT NOT NULL
);
CREATE INDEX lost_agents_lost_at ON lost_agents (lost_at);

-- The number of open captures.
INSERT INTO limit_locks (name) VALUES ('CAPTURES');
