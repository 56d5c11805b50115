-- The custody log that collectors share, and what of it was published last. One collector with a
-- data folder keeps its log in custody.ndjson, and these tables stay empty.

CREATE TABLE custody_head (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  next BIGINT NOT NULL,
  hash TEXT
);

CREATE TABLE custody_entries (
  sequence BIGINT PRIMARY KEY,
  evidence TEXT,
  action TEXT NOT NULL,
  hash TEXT NOT NULL,
  line BYTEA NOT NULL
);
CREATE INDEX custody_entries_evidence ON custody_entries (evidence, sequence);
CREATE INDEX custody_entries_action ON custody_entries (action, sequence);

CREATE TABLE custody_evidence (
  evidence TEXT PRIMARY KEY,
  hash TEXT NOT NULL,
  kept INTEGER NOT NULL,
  purged INTEGER NOT NULL
);

CREATE TABLE custody_holds (
  evidence TEXT NOT NULL,
  holder TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  actor TEXT NOT NULL,
  at TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (evidence, holder)
);
CREATE INDEX custody_holds_holder ON custody_holds (holder);

CREATE TABLE custody_doubts (
  why TEXT PRIMARY KEY,
  at TEXT NOT NULL
);

CREATE TABLE custody_published (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  size BIGINT NOT NULL,
  fence BIGINT NOT NULL,
  checkpoint BYTEA NOT NULL,
  at TEXT NOT NULL
);

CREATE TABLE custody_stamps (
  size BIGINT PRIMARY KEY,
  at TEXT NOT NULL,
  checkpoint BYTEA NOT NULL,
  response BYTEA NOT NULL
);
