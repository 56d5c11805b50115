-- To whom each agent belongs: the identity that it proved when it was first heard of. Rows stay.
CREATE TABLE agent_owners (
  agent TEXT PRIMARY KEY,
  identity TEXT NOT NULL,
  account TEXT NOT NULL,
  owner TEXT NOT NULL,                   -- all of it, as JSON
  at_millis INTEGER NOT NULL
);

-- Whose captures a rule has had: atMillis:digest of each, separated by blanks.
ALTER TABLE storm_rules ADD COLUMN parties TEXT NOT NULL DEFAULT '';
