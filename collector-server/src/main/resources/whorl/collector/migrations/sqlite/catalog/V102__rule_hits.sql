-- How often each rule alerted: counts read only this index.
CREATE INDEX alerts_of_rule ON alerts (rule, at, source, service, origin);

-- Tests of rules on evidence, of the last day. A collector of an earlier version leaves them alone.
CREATE TABLE rule_tests (
  id TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  at_millis INTEGER NOT NULL,
  -- when the collector that runs it last wrote
  beat_millis INTEGER NOT NULL,
  -- progress and result, as JSON
  record TEXT NOT NULL
);
CREATE INDEX rule_tests_age ON rule_tests (at_millis);
