-- Evidence whose records and content are in an object store that several collectors share.

-- Which version of a record counts. removal: 0 not removed, 1 its objects are being deleted, 2 they are deleted.
CREATE TABLE evidence_records (
  evidence TEXT COLLATE "C" PRIMARY KEY,
  record TEXT COLLATE "C" NOT NULL,
  in_custody SMALLINT NOT NULL,
  held SMALLINT NOT NULL,
  locked_until BIGINT NOT NULL,
  removal SMALLINT NOT NULL,
  removed_at BIGINT NOT NULL
);
CREATE INDEX evidence_records_due ON evidence_records (evidence) WHERE in_custody = 0;
CREATE INDEX evidence_records_removed ON evidence_records (removed_at) WHERE removal <> 0;

-- The content that the records refer to.
CREATE TABLE content_references (
  sha256 TEXT COLLATE "C" NOT NULL,
  evidence TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (sha256, evidence)
);
CREATE INDEX content_references_of_evidence ON content_references (evidence);

-- Content that is pinned until a time, or is being deleted by a collector.
CREATE TABLE content_use (
  sha256 TEXT COLLATE "C" PRIMARY KEY,
  pins BIGINT NOT NULL,
  pinned_until BIGINT NOT NULL,
  removed_by TEXT COLLATE "C" NOT NULL,
  removed_since BIGINT NOT NULL
);
CREATE INDEX content_use_until ON content_use (pinned_until);
