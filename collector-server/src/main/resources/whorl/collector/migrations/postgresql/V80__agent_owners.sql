-- To whom each agent belongs: the identity that it proved when it was first heard of. Rows stay.
CREATE TABLE agent_owners (
  agent TEXT COLLATE "C" PRIMARY KEY,
  identity TEXT COLLATE "C" NOT NULL,
  account TEXT COLLATE "C" NOT NULL,
  owner TEXT COLLATE "C" NOT NULL,       -- all of it, as JSON
  at_millis BIGINT NOT NULL
);

-- Whose captures a rule has had: atMillis:digest of each, separated by blanks.
ALTER TABLE storm_rules ADD COLUMN parties TEXT NOT NULL DEFAULT '';
