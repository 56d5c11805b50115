-- The gravest finding of evidence, for lists. examined is null while the evidence is not analysed,
-- and in rows of earlier versions, which are filled after the start; 1: analysed; 2: encrypted, so
-- that it cannot be analysed here. Levels are numbers, 1 (informational) to 5 (critical).
ALTER TABLE evidence ADD COLUMN examined INTEGER;
ALTER TABLE evidence ADD COLUMN finding_level INTEGER;
ALTER TABLE evidence ADD COLUMN finding_title TEXT;
-- The level of the finding, or of the trigger until there is one; 0 without any.
ALTER TABLE evidence ADD COLUMN worst INTEGER NOT NULL DEFAULT 0;
-- What a search by words looks at, in lower case.
ALTER TABLE evidence ADD COLUMN words TEXT NOT NULL DEFAULT '';
CREATE INDEX evidence_worst ON evidence (worst DESC, sealed_at DESC, id DESC);
CREATE INDEX evidence_worst_of_origin ON evidence (origin, worst DESC, sealed_at DESC, id DESC);
CREATE INDEX evidence_unexamined ON evidence (id) WHERE examined IS NULL;
