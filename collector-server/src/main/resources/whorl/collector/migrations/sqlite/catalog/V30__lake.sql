-- The evidence whose rows are, or are to be, in the lake's table.
CREATE TABLE lake (
  evidence TEXT PRIMARY KEY,
  -- wanted, kept, unwanted
  state TEXT NOT NULL,
  -- grows with each request; the outcome for an older one does not complete it
  generation BIGINT NOT NULL,
  -- a JSON array of the locations at which files of it may be
  files TEXT NOT NULL,
  row_count BIGINT NOT NULL,
  byte_count BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  problem TEXT,
  due_at BIGINT NOT NULL,
  -- the collector that works on it, until that time at the latest
  holder TEXT,
  held_until BIGINT NOT NULL
);
CREATE INDEX lake_due ON lake (state, due_at);

-- Files that are in the table no more; they are deleted when no snapshot before this commit is left.
CREATE TABLE lake_removed (
  location TEXT PRIMARY KEY,
  sequence BIGINT NOT NULL
);
