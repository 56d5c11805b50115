-- Whose session it is, if an identity provider named the person: all of it, as JSON; and by what
-- the provider ends it. Both begin with the provider's issuer and a blank. NULL for tokens.
ALTER TABLE sessions ADD COLUMN person TEXT;
ALTER TABLE sessions ADD COLUMN subject TEXT;
ALTER TABLE sessions ADD COLUMN provider_session TEXT;
CREATE INDEX sessions_of_subject ON sessions (subject);

-- What may be used once, by its SHA-256: states of logins, ids of logout tokens.
CREATE TABLE used_once (
  digest TEXT PRIMARY KEY,
  ends_millis BIGINT NOT NULL
);
CREATE INDEX used_once_ends ON used_once (ends_millis);
