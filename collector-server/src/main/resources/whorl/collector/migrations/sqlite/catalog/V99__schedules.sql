-- Captures on a schedule. An earlier version leaves them alone.
CREATE TABLE schedules (
  name TEXT PRIMARY KEY,
  schedule TEXT NOT NULL,                -- as JSON
  next_millis INTEGER NOT NULL           -- when it is due; moved on by the collector that takes its turn
);
