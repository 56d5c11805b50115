-- Whether whorl migrate fills this database, has filled it, or has moved what was in it elsewhere.
-- log: the SHA-256 of the first line of the custody log, which says whose records these are.
CREATE TABLE moves (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  state TEXT NOT NULL, -- filling, filled, used, moved
  other TEXT NOT NULL, -- where it comes from, or has gone
  log TEXT NOT NULL,
  at_millis INTEGER NOT NULL
);

-- Evidence that was carried here and read back, while the database is being filled.
CREATE TABLE moved_evidence (
  evidence TEXT PRIMARY KEY,
  record TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  problems TEXT NOT NULL -- a JSON array
);
