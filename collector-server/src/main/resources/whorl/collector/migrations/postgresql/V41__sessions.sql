-- Sessions of the page, by the SHA-256 of the cookie's value, which only the browser has.
CREATE TABLE sessions (
  digest TEXT COLLATE "C" PRIMARY KEY,
  role TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  opened_millis BIGINT NOT NULL,
  used_millis BIGINT NOT NULL
);
CREATE INDEX sessions_of_name ON sessions (name, used_millis);

-- What each collector read as its tokens file, to notice if they differ.
CREATE TABLE token_files (
  collector TEXT COLLATE "C" PRIMARY KEY,
  sha256 TEXT COLLATE "C" NOT NULL,
  at_millis BIGINT NOT NULL
);
