-- The custody log by time, person and act; made from the log, and again from it if it is empty. A
-- collector of an earlier version leaves it alone.
CREATE TABLE audit_entries (
  -- the time in milliseconds and the sequence of the entry, so that it sorts by time
  at_entry TEXT PRIMARY KEY,
  sequence INTEGER NOT NULL UNIQUE,
  action TEXT NOT NULL,
  -- person, agent or collector
  kind TEXT NOT NULL,
  who TEXT NOT NULL,
  -- who made the API token that acted; else as who
  owner TEXT NOT NULL,
  evidence TEXT,
  -- whose the thing is; null: not found out yet; empty: nobody's
  origin TEXT,
  -- the entry as JSON, shortened
  record TEXT NOT NULL
);
CREATE INDEX audit_of_kind ON audit_entries (kind, at_entry);
CREATE INDEX audit_of_owner ON audit_entries (owner, at_entry);
CREATE INDEX audit_of_action ON audit_entries (action, at_entry);
CREATE INDEX audit_of_origin ON audit_entries (origin, at_entry);
CREATE INDEX audit_of_evidence ON audit_entries (evidence) WHERE evidence IS NOT NULL;
CREATE INDEX audit_without_origin ON audit_entries (at_entry) WHERE origin IS NULL;

CREATE TABLE audit_progress (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  -- the next line of the log
  next_line INTEGER NOT NULL
);
INSERT INTO audit_progress (one, next_line) VALUES (1, 0);
