-- Tables that exist already are those of earlier versions, which kept them in the same form.

CREATE TABLE schema_readers (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  least_version INTEGER NOT NULL
);
INSERT INTO schema_readers (one, least_version) VALUES (1, 1);

CREATE TABLE IF NOT EXISTS cases (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  closed INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  created_by TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS case_tags (
  of_case TEXT NOT NULL,
  tag TEXT NOT NULL,
  PRIMARY KEY (of_case, tag)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS case_evidence (
  of_case TEXT NOT NULL,
  evidence TEXT NOT NULL,
  PRIMARY KEY (of_case, evidence)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS case_evidence_by_evidence ON case_evidence (evidence);
CREATE TABLE IF NOT EXISTS case_notes (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  of_case TEXT NOT NULL,
  at TEXT NOT NULL,
  by TEXT NOT NULL,
  text TEXT NOT NULL,
  row TEXT
);
CREATE INDEX IF NOT EXISTS case_notes_by_case ON case_notes (of_case, seq);

CREATE TABLE IF NOT EXISTS custody_end (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  sequence INTEGER NOT NULL,
  hash TEXT NOT NULL
);
