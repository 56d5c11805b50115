-- Exports of the last minutes, so that each is in custody once, whichever collectors serve it.
CREATE TABLE recent_exports (
  export TEXT COLLATE "C" PRIMARY KEY, -- the SHA-256 of action, actor, evidence and subject
  until_millis BIGINT NOT NULL
);
CREATE INDEX recent_exports_until ON recent_exports (until_millis);
