-- Rules whose alerts are not shown at first, and nobody is told of, for a time.
CREATE TABLE alert_mutes (
  id TEXT PRIMARY KEY,
  rule TEXT NOT NULL,
  service TEXT NOT NULL,
  -- empty: in every namespace
  namespace TEXT NOT NULL,
  reason TEXT NOT NULL,
  who TEXT NOT NULL,
  at INTEGER NOT NULL,
  until_at INTEGER NOT NULL,
  -- when somebody ended it early, and who
  ended_at INTEGER,
  ended_by TEXT
);
CREATE INDEX alert_mutes_of_rule ON alert_mutes (rule, service, until_at);
CREATE INDEX alert_mutes_until ON alert_mutes (until_at);
