-- Searches over the rows of timelines: what is searched, and what was found so far.
CREATE TABLE row_searches (
  id TEXT PRIMARY KEY,
  owner TEXT NOT NULL,              -- who sees it, and whose quota counts
  question TEXT NOT NULL,           -- as JSON
  scope TEXT NOT NULL,              -- digest of what the person could see
  state TEXT NOT NULL,              -- running, ended, cancelled
  found TEXT NOT NULL,              -- rows, and what was not read, as JSON
  written_millis INTEGER NOT NULL   -- an old one that is running has no collector any more
);
INSERT INTO limit_locks (name) VALUES ('ROW_SEARCHES');
