-- Filters that people saved under a name. An earlier version leaves them alone.
CREATE TABLE saved_views (
  id TEXT PRIMARY KEY,
  who TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  query TEXT NOT NULL,
  shared INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
);
CREATE INDEX saved_views_of ON saved_views (who);
CREATE INDEX saved_views_shared ON saved_views (shared);
