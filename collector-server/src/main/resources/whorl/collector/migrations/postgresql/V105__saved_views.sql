-- Filters that people saved under a name. An earlier version leaves them alone.
CREATE TABLE saved_views (
  id TEXT COLLATE "C" PRIMARY KEY,
  who TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  query TEXT COLLATE "C" NOT NULL,
  shared SMALLINT NOT NULL,
  changed_at BIGINT NOT NULL
);
CREATE INDEX saved_views_of ON saved_views (who);
CREATE INDEX saved_views_shared ON saved_views (shared);
