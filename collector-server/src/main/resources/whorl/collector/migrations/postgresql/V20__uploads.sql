-- Uploads that any collector continues. All times are milliseconds since 1970 by the database's
-- clock. A holder is a request of a collector; it has the row until held_until.

CREATE TABLE upload_evidence (
  evidence TEXT PRIMARY KEY,
  capture TEXT NOT NULL,
  agent TEXT NOT NULL,
  kept BIGINT NOT NULL DEFAULT 0,        -- 0 only if there can be no record yet
  active_at BIGINT NOT NULL,
  network TEXT NOT NULL DEFAULT '',
  slot_until BIGINT NOT NULL DEFAULT 0,
  holder TEXT NOT NULL DEFAULT '',
  held_until BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX upload_evidence_capture ON upload_evidence (capture);
CREATE INDEX upload_evidence_active ON upload_evidence (active_at);
CREATE INDEX upload_evidence_slots ON upload_evidence (slot_until);
CREATE INDEX upload_evidence_held ON upload_evidence (holder) WHERE holder <> '';

CREATE TABLE uploads (
  id TEXT PRIMARY KEY,
  evidence TEXT NOT NULL REFERENCES upload_evidence (evidence),
  capture TEXT NOT NULL,
  agent TEXT NOT NULL,
  artifact TEXT NOT NULL,
  folded TEXT NOT NULL,                  -- the artifact's name in lower case
  media_type TEXT NOT NULL,
  size BIGINT NOT NULL,                  -- -1 while it is unknown
  streamed BIGINT NOT NULL,
  aside BIGINT NOT NULL DEFAULT 0,
  network TEXT NOT NULL,
  received BIGINT NOT NULL DEFAULT 0,
  sha256 TEXT NOT NULL DEFAULT '',       -- of the whole artifact, once it is complete
  digest_state TEXT NOT NULL DEFAULT '', -- of the running SHA-256 over the received bytes
  part_bytes BIGINT NOT NULL,
  parts BIGINT NOT NULL DEFAULT 0,
  parts_key TEXT NOT NULL DEFAULT '',
  parts_upload TEXT NOT NULL DEFAULT '', -- the object store's id of the parted upload
  rest TEXT NOT NULL DEFAULT '',         -- the objects with the bytes after the last part
  touched_at BIGINT NOT NULL,
  holder TEXT NOT NULL DEFAULT '',
  held_until BIGINT NOT NULL DEFAULT 0,
  revision BIGINT NOT NULL DEFAULT 0,    -- grows whenever the row is locked
  interrupted BIGINT NOT NULL DEFAULT 0  -- 1 if a holder did not give it back
);

CREATE UNIQUE INDEX uploads_name ON uploads (evidence, folded) WHERE aside = 0;
CREATE INDEX uploads_evidence ON uploads (evidence);
CREATE INDEX uploads_content ON uploads (sha256) WHERE sha256 <> '';
CREATE INDEX uploads_unfinished ON uploads (network) WHERE sha256 = '';
CREATE INDEX uploads_held ON uploads (holder) WHERE holder <> '';

CREATE TABLE upload_parts (
  upload TEXT NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
  number BIGINT NOT NULL,
  tag TEXT NOT NULL,
  PRIMARY KEY (upload, number)
);

-- A row that is locked while something is counted that has a limit.
CREATE TABLE upload_limits (
  name TEXT PRIMARY KEY,
  changes BIGINT NOT NULL
);

INSERT INTO upload_limits (name, changes) VALUES ('slots', 0);
