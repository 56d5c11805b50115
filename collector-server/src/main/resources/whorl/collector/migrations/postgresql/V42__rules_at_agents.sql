-- The last version number that was given to a push of this name.
CREATE TABLE rule_numbers (
  name TEXT COLLATE "C" PRIMARY KEY,
  last BIGINT NOT NULL
);

-- What each agent said of each set. The row with an empty name says that it supports pushed rules.
CREATE TABLE rule_states (
  name TEXT COLLATE "C" NOT NULL,
  agent TEXT COLLATE "C" NOT NULL,
  wanted BIGINT NOT NULL,
  version BIGINT NOT NULL,
  rules BIGINT NOT NULL,
  problems TEXT COLLATE "C" NOT NULL,
  at_millis BIGINT NOT NULL,
  PRIMARY KEY (name, agent)
);
CREATE INDEX rule_states_of_agent ON rule_states (agent);
