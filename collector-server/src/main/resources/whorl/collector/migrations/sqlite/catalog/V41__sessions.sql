-- Sessions of the page, by the SHA-256 of the cookie's value, which only the browser has.
CREATE TABLE sessions (
  digest TEXT PRIMARY KEY,
  role TEXT NOT NULL,
  name TEXT NOT NULL,
  opened_millis INTEGER NOT NULL,
  used_millis INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_of_name ON sessions (name, used_millis);

-- What each collector read as its tokens file, to notice if they differ.
CREATE TABLE token_files (
  collector TEXT PRIMARY KEY,
  sha256 TEXT NOT NULL,
  at_millis INTEGER NOT NULL
) WITHOUT ROWID;
