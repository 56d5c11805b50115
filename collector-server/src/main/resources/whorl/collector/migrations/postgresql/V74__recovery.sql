-- Recovery of evidence in an object store that collectors share. Times are milliseconds since 1970.

-- The pass under way, or the last one: one collector at a time continues it.
CREATE TABLE recovery_state (
  id BIGINT PRIMARY KEY,
  step TEXT NOT NULL,       -- records, custody, catalog, content, done
  position TEXT NOT NULL,   -- the last id or digest that was looked at in this step
  pass BIGINT NOT NULL,
  begun_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL  -- of the pass before, while one is under way
);
INSERT INTO recovery_state (id, step, position, pass, begun_at, ended_at) VALUES (1, 'done', '', 0, 0, 0);

-- Evidence whose record, or some content of which, the object store does not have.
CREATE TABLE missing_evidence (
  evidence TEXT COLLATE "C" PRIMARY KEY,
  what TEXT NOT NULL,       -- record, content
  example TEXT NOT NULL,    -- the digest of one of them; empty if it is not known
  pass BIGINT NOT NULL,     -- the last one that missed it
  since BIGINT NOT NULL
);
