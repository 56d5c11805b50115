-- Whose something is: each combination of namespace, service and labels once. An id is the first
-- half of the SHA-256 of all of it.
CREATE TABLE origins (
  id TEXT PRIMARY KEY,
  namespace TEXT,
  service TEXT NOT NULL
);
-- Each label of an origin, as the SHA-256 of its name and value.
CREATE TABLE origin_labels (
  label TEXT NOT NULL,
  origin TEXT NOT NULL,
  PRIMARY KEY (label, origin)
);

-- Null: not found out yet, also in rows of earlier versions. Empty: it belongs to nobody.
ALTER TABLE evidence ADD COLUMN origin TEXT;
CREATE INDEX evidence_of_origin ON evidence (origin, sealed_at DESC, id DESC);
CREATE INDEX evidence_of_origin_in_state ON evidence (origin, state, sealed_at DESC, id DESC);
ALTER TABLE alerts ADD COLUMN origin TEXT;
CREATE INDEX alerts_of_origin ON alerts (origin, part, seq);
ALTER TABLE captures ADD COLUMN origin TEXT;
CREATE INDEX captures_of_origin ON captures (origin, seq);
ALTER TABLE agents ADD COLUMN origin TEXT;
CREATE INDEX agents_of_origin ON agents (origin, id);
