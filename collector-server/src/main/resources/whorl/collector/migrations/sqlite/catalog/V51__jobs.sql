-- Work on evidence that any collector may do.
CREATE TABLE jobs (
  kind TEXT NOT NULL,
  evidence TEXT NOT NULL,
  urgent INTEGER NOT NULL,
  size INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  holder TEXT,
  until_millis INTEGER NOT NULL,
  again INTEGER NOT NULL,
  progress INTEGER NOT NULL,
  problem TEXT,
  added_millis INTEGER NOT NULL,
  due_millis INTEGER NOT NULL,
  PRIMARY KEY (kind, evidence)
);
CREATE INDEX jobs_next ON jobs (kind, urgent DESC, size, added_millis);
CREATE INDEX jobs_of_evidence ON jobs (evidence);
