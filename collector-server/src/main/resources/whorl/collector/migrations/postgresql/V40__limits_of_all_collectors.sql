-- What is decided for all collectors together: storm control, cooldowns, quotas, failed logins.

-- A row is locked while what one row of a table cannot protect is decided, such as its number of rows.
CREATE TABLE limit_locks (name TEXT COLLATE "C" PRIMARY KEY);
INSERT INTO limit_locks (name) VALUES ('STORM'), ('SESSIONS');

-- captures: atMillis:enrolledMillis of each, separated by blanks.
CREATE TABLE storm_rules (
  rule_key TEXT COLLATE "C" PRIMARY KEY,
  first_agent TEXT COLLATE "C" NOT NULL,
  newest_millis BIGINT NOT NULL,
  earliest_enrolled BIGINT NOT NULL,
  captures TEXT COLLATE "C" NOT NULL
);
CREATE INDEX storm_rules_of_agent ON storm_rules (first_agent, newest_millis);

-- capture: empty while its claimer decides.
CREATE TABLE cooldowns (
  alert_key TEXT COLLATE "C" PRIMARY KEY,
  token TEXT COLLATE "C" NOT NULL,
  capture TEXT COLLATE "C" NOT NULL,
  at_millis BIGINT NOT NULL
);

CREATE TABLE quotas (
  name TEXT COLLATE "C" NOT NULL,
  client TEXT COLLATE "C" NOT NULL,
  start_millis BIGINT NOT NULL,
  used BIGINT NOT NULL,
  PRIMARY KEY (name, client)
);

CREATE TABLE failed_logins (
  network TEXT COLLATE "C" PRIMARY KEY,
  restored_millis BIGINT NOT NULL
);
