-- The id of the object store that these records belong to; none before the first start with one.
CREATE TABLE object_store (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  id TEXT NOT NULL,
  written INTEGER NOT NULL
);
