-- The channel that an agent had before its newest, so that one statement records a connection and
-- says whom it replaces; NULL if there was none. Earlier versions leave these columns alone.
ALTER TABLE connections ADD COLUMN earlier_collector TEXT;
ALTER TABLE connections ADD COLUMN earlier_serial INTEGER;
