-- What is decided for all collectors together: storm control, cooldowns, quotas, failed logins.

-- A row is locked while what one row of a table cannot protect is decided, such as its number of rows.
CREATE TABLE limit_locks (name TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT INTO limit_locks (name) VALUES ('STORM'), ('SESSIONS');

-- captures: atMillis:enrolledMillis of each, separated by blanks.
CREATE TABLE storm_rules (
  rule_key TEXT PRIMARY KEY,
  first_agent TEXT NOT NULL,
  newest_millis INTEGER NOT NULL,
  earliest_enrolled INTEGER NOT NULL,
  captures TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX storm_rules_of_agent ON storm_rules (first_agent, newest_millis);

-- capture: empty while its claimer decides.
CREATE TABLE cooldowns (
  alert_key TEXT PRIMARY KEY,
  token TEXT NOT NULL,
  capture TEXT NOT NULL,
  at_millis INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE quotas (
  name TEXT NOT NULL,
  client TEXT NOT NULL,
  start_millis INTEGER NOT NULL,
  used INTEGER NOT NULL,
  PRIMARY KEY (name, client)
) WITHOUT ROWID;

CREATE TABLE failed_logins (
  network TEXT PRIMARY KEY,
  restored_millis INTEGER NOT NULL
) WITHOUT ROWID;
