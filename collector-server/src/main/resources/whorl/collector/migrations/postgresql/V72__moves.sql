-- Whether whorl migrate fills this database, has filled it, or has moved what was in it elsewhere.
-- log: the SHA-256 of the first line of the custody log, which says whose records these are.
CREATE TABLE moves (
  one SMALLINT PRIMARY KEY CHECK (one = 1),
  state TEXT COLLATE "C" NOT NULL, -- filling, filled, used, moved
  other TEXT COLLATE "C" NOT NULL, -- where it comes from, or has gone
  log TEXT COLLATE "C" NOT NULL,
  at_millis BIGINT NOT NULL
);

-- Evidence that was carried here and read back, while the database is being filled.
CREATE TABLE moved_evidence (
  evidence TEXT COLLATE "C" PRIMARY KEY,
  record TEXT COLLATE "C" NOT NULL,
  bytes BIGINT NOT NULL,
  problems TEXT COLLATE "C" NOT NULL -- a JSON array
);
