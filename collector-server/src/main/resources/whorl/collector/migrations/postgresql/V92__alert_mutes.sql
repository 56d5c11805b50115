-- Rules whose alerts are not shown at first, and nobody is told of, for a time.
CREATE TABLE alert_mutes (
  id TEXT COLLATE "C" PRIMARY KEY,
  rule TEXT COLLATE "C" NOT NULL,
  service TEXT COLLATE "C" NOT NULL,
  -- empty: in every namespace
  namespace TEXT COLLATE "C" NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  who TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  until_at BIGINT NOT NULL,
  -- when somebody ended it early, and who
  ended_at BIGINT,
  ended_by TEXT COLLATE "C"
);
CREATE INDEX alert_mutes_of_rule ON alert_mutes (rule, service, until_at);
CREATE INDEX alert_mutes_until ON alert_mutes (until_at);
