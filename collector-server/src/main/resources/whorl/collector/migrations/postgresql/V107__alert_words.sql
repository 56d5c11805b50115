-- An index by which rare words of alerts are found without reading all alerts. The extension comes
-- with PostgreSQL and needs no superuser since version 13, but may be absent or forbidden: then a
-- search reads all alerts, as before. docs/operators.md says how to make the index later.
DO $$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX IF NOT EXISTS alert_triage_words ON alert_triage USING gin (words gin_trgm_ops);
EXCEPTION WHEN OTHERS THEN
  RAISE NOTICE 'rare words of alerts have no index: %', SQLERRM;
END
$$;
