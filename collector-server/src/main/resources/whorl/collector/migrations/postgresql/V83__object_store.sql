-- The id of the object store that these records belong to; none before the first start with one.
CREATE TABLE object_store (
  one SMALLINT PRIMARY KEY CHECK (one = 1),
  id TEXT COLLATE "C" NOT NULL,
  written SMALLINT NOT NULL
);
