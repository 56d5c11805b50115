-- Captures on a schedule. An earlier version leaves them alone.
CREATE TABLE schedules (
  name TEXT COLLATE "C" PRIMARY KEY,
  schedule TEXT COLLATE "C" NOT NULL,                -- as JSON
  next_millis BIGINT NOT NULL           -- when it is due; moved on by the collector that takes its turn
);
