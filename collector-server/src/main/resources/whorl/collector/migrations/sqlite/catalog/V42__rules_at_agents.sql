-- The last version number that was given to a push of this name.
CREATE TABLE rule_numbers (
  name TEXT PRIMARY KEY,
  last INTEGER NOT NULL
) WITHOUT ROWID;

-- What each agent said of each set. The row with an empty name says that it supports pushed rules.
CREATE TABLE rule_states (
  name TEXT NOT NULL,
  agent TEXT NOT NULL,
  wanted INTEGER NOT NULL,
  version INTEGER NOT NULL,
  rules INTEGER NOT NULL,
  problems TEXT NOT NULL,
  at_millis INTEGER NOT NULL,
  PRIMARY KEY (name, agent)
) WITHOUT ROWID;
CREATE INDEX rule_states_of_agent ON rule_states (agent);
