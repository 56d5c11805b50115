-- Work on evidence that any collector may do.
CREATE TABLE jobs (
  kind TEXT COLLATE "C" NOT NULL,
  evidence TEXT COLLATE "C" NOT NULL,
  urgent SMALLINT NOT NULL,
  size BIGINT NOT NULL,
  attempts INTEGER NOT NULL,
  holder TEXT COLLATE "C",
  until_millis BIGINT NOT NULL,
  again SMALLINT NOT NULL,
  progress INTEGER NOT NULL,
  problem TEXT COLLATE "C",
  added_millis BIGINT NOT NULL,
  due_millis BIGINT NOT NULL,
  PRIMARY KEY (kind, evidence)
);
CREATE INDEX jobs_next ON jobs (kind, urgent DESC, size, added_millis);
CREATE INDEX jobs_of_evidence ON jobs (evidence);
