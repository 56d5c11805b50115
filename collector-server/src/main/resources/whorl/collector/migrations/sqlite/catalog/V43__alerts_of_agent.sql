-- So that an alert finds its group at whichever collector its agent is. Null in earlier rows.
ALTER TABLE alerts ADD COLUMN agent TEXT;
CREATE INDEX alerts_of_agent ON alerts (agent, at);
