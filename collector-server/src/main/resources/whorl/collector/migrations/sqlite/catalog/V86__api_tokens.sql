-- API tokens that people made, by the SHA-256 of the token, which only the person has.
CREATE TABLE api_tokens (
  id TEXT PRIMARY KEY,
  digest TEXT NOT NULL UNIQUE,
  maker TEXT NOT NULL,                  -- for one person always the same, whatever the name
  token TEXT NOT NULL,                  -- who made it, and what it may do, as JSON
  made_millis INTEGER NOT NULL,
  expires_millis INTEGER NOT NULL,
  used_millis INTEGER NOT NULL,             -- 0 if never; written at most once a minute
  revoked_millis INTEGER NOT NULL           -- 0 if it is not revoked; such rows go when custody has it
);
CREATE INDEX api_tokens_of_maker ON api_tokens (maker, id);
INSERT INTO limit_locks (name) VALUES ('API_TOKENS');
