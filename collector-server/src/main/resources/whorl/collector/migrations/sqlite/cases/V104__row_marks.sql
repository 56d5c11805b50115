-- What people mark on rows of timelines: stars, tags, notes. An earlier version leaves them alone.
CREATE TABLE row_marks (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  evidence TEXT NOT NULL,
  -- a digest of what the row's source says, and which of the rows that are equal in it
  identity TEXT NOT NULL,
  ordinal INTEGER NOT NULL,
  who TEXT NOT NULL,
  -- the row's number in the newest index that it was looked for in
  row_number INTEGER NOT NULL,
  -- its time by the clock of its source
  source_nanos INTEGER NOT NULL,
  -- what it was when it was marked, for people
  row_time TEXT NOT NULL,
  row_type TEXT NOT NULL,
  message TEXT NOT NULL,
  star INTEGER NOT NULL,
  tags TEXT NOT NULL,          -- as JSON
  note TEXT,
  version INTEGER NOT NULL,
  at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  UNIQUE (evidence, identity, ordinal, who)
);
