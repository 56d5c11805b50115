-- API tokens that people made, by the SHA-256 of the token, which only the person has.
CREATE TABLE api_tokens (
  id TEXT COLLATE "C" PRIMARY KEY,
  digest TEXT COLLATE "C" NOT NULL UNIQUE,
  maker TEXT COLLATE "C" NOT NULL,                  -- for one person always the same, whatever the name
  token TEXT COLLATE "C" NOT NULL,                  -- who made it, and what it may do, as JSON
  made_millis BIGINT NOT NULL,
  expires_millis BIGINT NOT NULL,
  used_millis BIGINT NOT NULL,             -- 0 if never; written at most once a minute
  revoked_millis BIGINT NOT NULL           -- 0 if it is not revoked; such rows go when custody has it
);
CREATE INDEX api_tokens_of_maker ON api_tokens (maker, id);
INSERT INTO limit_locks (name) VALUES ('API_TOKENS');
